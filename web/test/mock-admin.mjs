// mock-admin.mjs - the dashboard's side of docs/api.md, from memory, for tests in a browser. It keeps a
// journal like the real one: events carry numbers, and a socket resumes from the last it saw.
//   node test/mock-admin.mjs [port]     serves the built pages with sample data, to look at
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";
import { enter, routes } from "./mock-routes.mjs";
import { CHANNELS, USERS, makeSample } from "./sample-admin.mjs";

const dist = join(dirname(fileURLToPath(import.meta.url)), "..", "dist");
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https:; " +
  "connect-src 'self'; font-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const PAGES = /^\/(app(\/.*)?|login|claim|reset|invite)?$/;

export async function startMock({ port = 0, ...options } = {}) {
  const state = {
    ...makeSample(options),
    users: structuredClone(USERS),
    channels: structuredClone(CHANNELS),
    tenant: { id: "ten_1", name: "Example Shop", language: "en", quote_in_alerts: false, help_text: "" },
    preferences: new Map(),
    drafts: new Map(),
    erasures: new Map(),
    sentIds: new Map(),
    signedIn: null,
    seq: 100,
    journal: [],
    sockets: new Set(),
    requests: [],
    oldest: 0, // journal rows up to here are gone: who asks for one gets a reset
  };
  const server = createServer((request, response) => serve(state, request, response));
  const live = new WebSocketServer({ server, path: "/api/v1/live" });
  live.on("connection", (socket) => onSocket(state, socket));
  await new Promise((done) => server.listen(port, "127.0.0.1", done));
  const mock = {
    state,
    url: `http://127.0.0.1:${server.address().port}`,
    /** A journal row: stored, numbered, told to every socket. */
    emit: (event) => emit(state, event),
    /** Something not stored: typing, presence, viewers. */
    hint: (frame) => state.sockets.forEach((socket) => socket.send(JSON.stringify(frame))),
    signIn: (n) => enter(state, state.users[n]),
    /** A visitor writes. */
    say: (conversation, text) => say(state, conversation, text),
    cut: () => state.sockets.forEach((socket) => socket.terminate()),
    stop: async () => {
      mock.cut();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  state.mock = mock;
  return mock;
}

function emit(state, event) {
  const row = { type: "event", seq: ++state.seq, ...event };
  state.journal.push(row);
  for (const socket of state.sockets) socket.send(JSON.stringify(row));
  return row;
}

function say(state, conversation, text) {
  const item = state.conversations.find((one) => one.id === conversation);
  const list = state.messages.get(conversation);
  const message = {
    id: state.idOf("msg"), conversation, cseq: list.length + 1, kind: "message", author: "person",
    state: "received", text, sent_at: Date.now(),
  };
  list.push(message);
  Object.assign(item, {
    last_at: message.sent_at, last_in_at: message.sent_at, unread: item.unread + 1,
    last_message: { text, author: "person", kind: "message" },
  });
  emit(state, { kind: "message", conversation, object: message.id, message, data: { ...item } });
  return message;
}

function onSocket(state, socket) {
  socket.on("message", (data) => {
    const frame = JSON.parse(data);
    if (frame.type !== "hello") {
      state.requests.push({ method: "WS", path: frame.type, body: frame });
      return;
    }
    if (!state.signedIn) return socket.close(4401);
    const after = frame.after;
    const reset = after !== null && after < state.oldest;
    state.sockets.add(socket);
    socket.send(JSON.stringify({ type: "ready", seq: state.seq, reset }));
    if (after !== null && !reset)
      for (const row of state.journal) if (row.seq > after) socket.send(JSON.stringify(row));
  });
  socket.on("close", () => state.sockets.delete(socket));
}

async function serve(state, request, response) {
  const url = new URL(request.url, "http://mock");
  if (url.pathname.startsWith("/api/v1/")) return answer(state, request, url, response);
  const file = PAGES.test(url.pathname) ? "templates/admin.html" : url.pathname.slice(1);
  try {
    const bytes = readFileSync(join(dist, file));
    const type = file.endsWith(".css") ? "text/css" : file.endsWith(".js") ? "text/javascript" : "text/html";
    response.writeHead(200, { "Content-Type": `${type}; charset=utf-8`, "Content-Security-Policy": CSP });
    response.end(bytes);
  } catch {
    response.writeHead(404).end();
  }
}

async function answer(state, request, url, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const raw = Buffer.concat(chunks);
  const json = request.headers["content-type"] === "application/json";
  const body = json && raw.length ? JSON.parse(raw) : {};
  const path = url.pathname.slice("/api/v1".length);
  state.requests.push({ method: request.method, path, body });
  const call = { state, body, raw, query: url.searchParams, headers: request.headers };
  const send = (status, data) => {
    const type = status >= 400 ? "application/problem+json" : "application/json";
    response.writeHead(status, { "Content-Type": type, "Cache-Control": "no-store" });
    response.end(data === undefined ? undefined : JSON.stringify(data));
  };
  for (const [route, run] of Object.entries(routes)) {
    const [method, pattern] = route.split(" ");
    const match = method === request.method && match_(pattern, path);
    if (!match) continue;
    const open = /^\/(start|login|claim|password|invitations\/accept)/.test(path);
    if (!open && !state.signedIn) return send(401, { code: "not_signed_in", detail: "Sign in and try again." });
    if (state.failNext) {
      const problem = state.failNext;
      state.failNext = null;
      return problem === "cut" ? request.socket.destroy() : send(problem.status, problem);
    }
    const result = await run({ ...call, ...match });
    return result?.problem ? send(result.problem.status, result.problem) : send(result === undefined ? 204 : 200, result);
  }
  send(404, { code: "not_found", detail: `${request.method} ${path}` });
}

function match_(pattern, path) {
  const want = pattern.split("/");
  const have = path.split("/");
  if (want.length !== have.length) return null;
  const found = {};
  for (const [n, part] of want.entries()) {
    if (part.startsWith(":")) found[part.slice(1)] = decodeURIComponent(have[n]);
    else if (part !== have[n]) return null;
  }
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const mock = await startMock({ port: Number(process.argv[2] ?? 0) });
  console.log(`${mock.url}/login  (any address of test/sample-admin.mjs, password "correct horse")`);
}
