// mock.mjs - a server that speaks the widget's part of docs/api.md, for the browser tests, and a host
// page on another port (another origin) with a strict CSP. Tests reach into it: `server.say(…)`.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";

const dist = join(dirname(fileURLToPath(import.meta.url)), "..", "dist");
const API = "/api/v1/widget/site_1";
const MAX_FILE = 64 * 1024;
const PAGE_SIZE = 30;

export const FRAME_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
  "connect-src 'self'; font-src 'none'; form-action 'self'; base-uri 'none'";

function listen(server) {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

function json(response, status, value) {
  const problem = status >= 400;
  response.writeHead(status, { "Content-Type": problem ? "application/problem+json" : "application/json" });
  response.end(value === undefined ? "" : JSON.stringify(value));
}

const problem = (response, status, code) => json(response, status, { type: "about:blank", status, code, title: code });

export class MockServer {
  visitors = new Map();
  sockets = new Set();
  requests = [];
  config = {};
  /** Set by a test: the next calls whose path ends with the key fail in that way. */
  faults = new Map();
  started = 0;

  static async start(config = {}) {
    const mock = new MockServer();
    mock.config = config;
    mock.manifest = JSON.parse(readFileSync(join(dist, "manifest.json"), "utf8"));
    mock.http = createServer((request, response) => void mock.handle(request, response));
    mock.ws = new WebSocketServer({ noServer: true });
    mock.http.on("upgrade", (request, socket, head) => {
      if (mock.down) return socket.destroy();
      mock.ws.handleUpgrade(request, socket, head, (ws) => mock.connect(ws));
    });
    mock.port = await listen(mock.http);
    mock.origin = `http://127.0.0.1:${mock.port}`;
    mock.host = createServer((_, response) => mock.hostPage(response));
    mock.hostPort = await listen(mock.host);
    /* "localhost" and "127.0.0.1" are different sites, as a customer's website and ours are; browsers
     * may deny storage to a frame then. With `sameSite` only the ports differ, and it is there. */
    mock.hostOrigin = `http://${config.sameSite ? "127.0.0.1" : "localhost"}:${mock.hostPort}`;
    mock.host.on("request", (request) => mock.requests.push(`host ${request.url}`));
    return mock;
  }

  stop() {
    this.cut();
    for (const server of [this.http, this.host]) {
      server.close();
      server.closeAllConnections();
    }
  }

  hostPage(response) {
    const { attributes = "", lang = "en" } = this.config;
    response.writeHead(200, {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy":
        `default-src 'none'; script-src ${this.origin}; frame-src ${this.origin}` +
        `; require-trusted-types-for 'script'`,
    });
    response.end(
      `<!doctype html><html lang="${lang}"><head><title>A website</title>` +
        `<script async src="${this.origin}/widget.js" data-site="site_1" ${attributes}></script></head>` +
        `<body><main><h1>A website</h1><p>Text.</p><a href="#x">A link</a></main></body></html>`,
    );
  }

  async handle(request, response) {
    const url = new URL(request.url, this.origin);
    this.requests.push(`${request.method} ${url.pathname}`);
    if (this.down) return request.socket.destroy();
    const body = await bodyOf(request);
    for (const [end, fault] of this.faults)
      if (url.pathname.endsWith(end)) return fault(response, request);
    if (url.pathname.startsWith(API)) return this.api(request, url, body, response);
    if (/^\/(widget|chat)\/site_1$/.test(url.pathname)) return this.page(url, response);
    if (url.pathname === "/privacy") return response.end("privacy");
    return this.file(url.pathname, response);
  }

  file(path, response) {
    const file = this.manifest.files.find((entry) => entry.path === path);
    if (!file || file.cache === "template") return problem(response, 404, "not_found");
    response.writeHead(200, {
      "Content-Type": file.type,
      "Cache-Control": "no-store",
      "Cross-Origin-Resource-Policy": path === "/widget.js" ? "cross-origin" : "same-origin",
    });
    response.end(readFileSync(join(dist, file.file)));
  }

  page(url, response) {
    const lang = (url.searchParams.get("lang") ?? this.config.lang ?? "en").split("-")[0];
    const name = ["de", "ar"].includes(lang) ? `frame.${lang}.html` : "frame.html";
    const config = {
      site: "site_1",
      name: "Fern & Kettle",
      color: null,
      greeting: null,
      language: lang,
      online: true,
      privacy_url: null,
      api: API,
      max_file: MAX_FILE,
      starters: null,
      ...this.config.config,
    };
    response.writeHead(200, {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": `${FRAME_CSP}; frame-ancestors ${this.hostOrigin}`,
    });
    response.end(
      readFileSync(join(dist, "templates", name), "utf8")
        .replaceAll("{{title}}", "Fern &amp; Kettle")
        .replaceAll("{{site}}", "site_1")
        .replace("{{config}}", () => JSON.stringify(config).replaceAll("<", "\\u003c")),
    );
  }

  visitorOf(token) {
    return this.visitors.get(token);
  }

  /** The only visitor of most tests. */
  get visitor() {
    return [...this.visitors.values()].at(-1);
  }

  api(request, url, body, response) {
    const path = url.pathname.slice(API.length);
    const call = `${request.method} ${path}`;
    if (call === "POST /session") return this.session(JSON.parse(body), response);
    if (call === "POST /offline") {
      this.offline = JSON.parse(body);
      return json(response, 202);
    }
    const token = (request.headers.authorization ?? "").replace("Bearer ", "");
    const visitor = this.visitorOf(token);
    if (!visitor) return problem(response, 401, "not_signed_in");
    if (visitor.erased) return problem(response, 410, "forgotten");
    switch (call) {
      case "GET /messages":
        return json(response, 200, this.messages(visitor, url.searchParams));
      case "POST /messages":
        return this.post(visitor, JSON.parse(body), response);
      case "POST /start":
        this.started++;
        return json(response, 202);
      case "POST /help":
        visitor.help = true;
        this.say({ kind: "event", author: "system", event: { type: "help" } }, visitor);
        return json(response, 202);
      case "POST /read":
        visitor.read = JSON.parse(body).message;
        return json(response, 204);
      case "POST /files":
        return this.upload(visitor, request, body, response);
      case "GET /data":
        return json(response, 200, { messages: visitor.messages });
      case "POST /erase":
        visitor.erased = true;
        return json(response, 202, { code: "ERS-7F3K-2M9Q", status_url: "/deletion?code=ERS-7F3K-2M9Q" });
      default:
        if (path.startsWith("/files/")) {
          const file = visitor.files.get(path.slice(7));
          response.writeHead(200, { "Content-Type": file.type });
          return response.end(file.bytes);
        }
        return problem(response, 404, "not_found");
    }
  }

  session({ user, user_hash, page }, response) {
    if (user && user_hash !== "good") return problem(response, 403, "not_allowed");
    const token = randomBytes(8).toString("hex");
    this.visitors.set(token, { token, user, page, cseq: 0, messages: [], byClient: new Map(), files: new Map() });
    json(response, 201, { token });
  }

  messages(visitor, query) {
    let items = visitor.messages;
    if (query.has("after")) items = items.filter((m) => m.cseq > Number(query.get("after")));
    if (query.has("before")) items = items.slice(0, items.findIndex((m) => m.id === query.get("before")));
    this.sent = (this.sent ?? 0) + Math.min(items.length, PAGE_SIZE);
    items = query.has("after") ? items.slice(0, PAGE_SIZE) : items.slice(-PAGE_SIZE);
    const cseq = query.has("after") ? (items.at(-1)?.cseq ?? visitor.cseq) : visitor.cseq;
    return { items, cseq, reset: false, floor: this.floor ?? "bot", agent: this.agent ?? null };
  }

  append(visitor, message) {
    const cseq = ++visitor.cseq;
    const whole = { id: `msg_${visitor.token.slice(0, 4)}_${cseq}`, cseq, kind: "message", sent_at: Date.now(), ...message };
    visitor.messages.push(whole);
    this.push(visitor, { type: "message", cseq, message: whole });
    return whole;
  }

  post(visitor, { client_id, text, payload, file, page }, response) {
    let message = visitor.byClient.get(client_id);
    visitor.page = page;
    if (!message) {
      const stored = visitor.files.get(file);
      message = this.append(visitor, {
        author: "person", state: "received", text, client_id, payload,
        attachments: stored && [{
          type: stored.type.startsWith("image/") ? "image" : "file",
          url: `${API}/files/${file}`, name: stored.name, size: stored.bytes.length,
        }],
      });
      visitor.byClient.set(client_id, message);
      this.onMessage?.(visitor, message);
    }
    if (this.loseAnswer) {
      this.loseAnswer = false;
      return response.destroy();
    }
    json(response, 201, message);
  }

  upload(visitor, request, bytes, response) {
    if (bytes.length > MAX_FILE) return problem(response, 413, "too_large");
    const id = `fil_${visitor.files.size + 1}`;
    const name = decodeURIComponent(request.headers["x-file-name"]);
    const type = request.headers["content-type"];
    visitor.files.set(id, { bytes, name, type });
    json(response, 201, { id, type, name, size: bytes.length });
  }

  /** A word of the bot or an agent. */
  say(message, visitor = this.visitor) {
    return this.append(visitor, { author: "bot", state: "sent", ...(typeof message === "string" ? { text: message } : message) });
  }

  push(visitor, frame) {
    for (const socket of this.sockets)
      if (socket.visitor === visitor) socket.send(JSON.stringify(frame));
  }

  connect(socket) {
    socket.on("message", (data) => {
      const frame = JSON.parse(data);
      if (frame.type !== "hello") return void (this.hints ??= []).push(frame);
      const visitor = this.visitorOf(frame.token);
      if (!visitor || visitor.erased) return socket.close(1008);
      socket.visitor = visitor;
      (this.hellos ??= []).push(frame);
      this.sockets.add(socket);
      socket.send(JSON.stringify({ type: "ready", cseq: visitor.cseq, reset: false, floor: this.floor ?? "bot", agent: this.agent ?? null }));
    });
    socket.on("close", () => this.sockets.delete(socket));
  }

  /** Cuts every socket as a broken network does; with `down` nothing comes back until it is false. */
  cut(down = false) {
    this.down = down;
    for (const socket of this.sockets) socket.terminate();
    this.sockets.clear();
  }
}
