/* chat.ts - the conversation as the visitor has it: state, and everything that changes it. No DOM. */
import { backoffMs } from "../lib/backoff";
import { Problem } from "../lib/api";
import { createOutbox, type Outbox, type OutboxItem } from "../lib/outbox";
import type { SocketState } from "../lib/socket";
import type { Attachment, FileInfo, Floor, Message } from "../lib/types";
import type { Config } from "./config";
import { createFeed, type Feed, type MessagePage } from "./feed";
import { createKeep } from "./keep";
import { createSession, isLost, type Identity } from "./session";
import { isIncoming, lastIncoming, merge } from "./thread";
import { loadMore } from "./later";
import type { Upload, Uploads } from "./more/uploads";

export interface Draft {
  text?: string;
  payload?: string;
  file?: string;
  /** Shown until the server's form of the message is there. */
  attachment?: Attachment;
}

export interface Receipt {
  code: string;
  status_url: string;
}

export interface ChatState {
  /** loading: nothing is known yet · open · failed: the site can't be reached for good · gone: erased */
  phase: "loading" | "open" | "failed" | "gone";
  link: SocketState;
  messages: Message[];
  pending: readonly OutboxItem<Draft>[];
  uploads: Upload[];
  /** The history may go on before the first message. */
  earlier: boolean;
  floor: Floor;
  agent: string | null;
  typing: "bot" | "agent" | null;
  readAt: number;
  help: "none" | "asked" | "failed";
  unread: number;
  /** New messages for the screen reader, each once. */
  spoken: Message[];
}

export interface ChatOptions {
  config: Config;
  identity: Identity;
  page: string;
  onChange(state: ChatState): void;
}

export interface Chat {
  readonly state: ChatState;
  begin(): void;
  say(draft: Draft): void;
  retry(client_id: string): void;
  drop(client_id: string): void;
  attach(file: File): void;
  retryUpload(id: string): void;
  removeUpload(id: string): void;
  showEarlier(): Promise<void>;
  askPerson(): void;
  typing(on: boolean): void;
  setPage(page: string): void;
  /** The visitor looks at the chat, or does not. */
  setSeen(seen: boolean): void;
  /** The bytes behind an attachment's address. */
  file(url: string): Promise<Blob>;
  data(): Promise<unknown>;
  erase(): Promise<Receipt>;
  leave(email: string, text: string): Promise<void>;
}

const TYPING_MS = 12_000;
const SPOKEN_MAX = 4;

const EMPTY: ChatState = {
  phase: "loading",
  link: "connecting",
  messages: [],
  pending: [],
  uploads: [],
  earlier: false,
  floor: "nobody",
  agent: null,
  typing: null,
  readAt: 0,
  help: "none",
  unread: 0,
  spoken: [],
};

export function createChat({ config, identity, page, onChange }: ChatOptions): Chat {
  const keep = createKeep(config.site, identity.user ?? null);
  const kept = keep.load();
  const session = createSession(config, identity, kept?.token ?? null);
  const { api } = session;
  let state = EMPTY;
  let feed: Feed | null = null;
  let seen = false;
  let lastRead = "";
  let wrote = kept !== null;
  let typingTimer: ReturnType<typeof setTimeout> | undefined;

  function update(values: Partial<ChatState>) {
    state = { ...state, ...values };
    onChange(state);
  }

  function store(unsent: readonly OutboxItem<Draft>[]) {
    if (wrote && session.token) keep.save({ token: session.token, unsent: [...unsent] });
  }

  const outbox: Outbox<Draft> = createOutbox<Draft, Message>({
    initial: kept?.unsent,
    async send({ client_id, body: { text, payload, file } }) {
      await session.ensure(page);
      wrote = true;
      store(outbox.items);
      try {
        return await api.post<Message>("/messages", { client_id, text, payload, file, page });
      } catch (error) {
        if (isLost(error)) lost(error);
        /* A new token can carry the same message; what was erased is not started again unasked. */
        throw (error as Problem).status === 401 ? new Problem(0, "session") : error;
      }
    },
    onSent: (_, message) => update({ messages: merge(state.messages, [message]) }),
    onChange(pending) {
      store(pending);
      update({ pending });
    },
  });
  update({ pending: outbox.items });

  let uploads: Uploads | null = null;

  async function attach(file: File) {
    const { createUploads } = await loadMore();
    uploads ??= createUploads(session, config.max_file, () => page, (list) => update({ uploads: list }), sayFile);
    uploads.add(file);
  }

  function sayFile({ id, name, type, size }: FileInfo) {
    say({ file: id, attachment: { type: type.startsWith("image/") ? "image" : "file", name, size } });
  }

  /** The token is worth nothing: erased for good (410), or forgotten by the server (401). */
  function lost(error: unknown) {
    feed?.close();
    feed = null;
    session.token = null;
    wrote = false;
    lastRead = "";
    keep.clear();
    const gone = error instanceof Problem && error.status === 410;
    update({ ...EMPTY, pending: outbox.items, uploads: state.uploads, phase: gone ? "gone" : "loading" });
    if (!gone) void begin();
  }

  function onProblem(error: unknown) {
    if (isLost(error)) lost(error);
  }

  /** Tells the server how far was read, once per message. */
  function markRead() {
    const last = lastIncoming(state.messages);
    if (!seen || !last) return;
    if (state.unread) update({ unread: 0 });
    if (last.id === lastRead) return;
    lastRead = last.id;
    api.post("/read", { message: last.id }).catch(() => (lastRead = ""));
  }

  function onMessages(incoming: Message[], live: boolean) {
    const known = new Set(state.messages.map((message) => message.id));
    const fresh = live ? incoming.filter((message) => !known.has(message.id) && isIncoming(message)) : [];
    update({
      messages: merge(state.messages, incoming),
      unread: state.unread + fresh.length,
      spoken: [...state.spoken, ...fresh].slice(-SPOKEN_MAX),
      ...(fresh.length ? { typing: null } : {}),
    });
    const arrived = new Set(incoming.map((message) => message.client_id));
    for (const item of outbox.items) if (arrived.has(item.client_id)) outbox.drop(item.client_id);
    markRead();
  }

  function makeFeed(): Feed {
    return createFeed(
      { api, url: config.api + "/live", token: () => session.token, page: () => page },
      {
        onMessages,
        onReset: () => update({ messages: [], earlier: false, spoken: [] }),
        onFloor: (floor, agent) =>
          update({ floor, agent, ...(floor === "agent" ? { help: "none" as const } : {}) }),
        onTyping(who, on) {
          clearTimeout(typingTimer);
          update({ typing: on ? who : null });
          if (on) typingTimer = setTimeout(() => update({ typing: null }), TYPING_MS);
        },
        onRead: (at) => update({ readAt: Math.max(state.readAt, at) }),
        onState(link) {
          update({ link });
          if (link === "live") outbox.flush();
        },
        onProblem,
      },
    );
  }

  async function begin(tries = 0) {
    update({ phase: "loading" });
    try {
      await session.ensure(page);
      feed ??= makeFeed();
      if (wrote) await feed.load();
      update({ phase: "open", earlier: state.messages.length > 0 && state.messages[0]!.cseq > 1 });
      feed.connect();
      if (!state.messages.length && !state.pending.length) await api.post("/start", { page });
    } catch (error) {
      if (isLost(error)) return lost(error);
      if (state.phase === "open") return;
      if (!(error instanceof Problem) || !error.retryable) return update({ phase: "failed" });
      update({ link: "waiting" });
      setTimeout(() => void begin(tries + 1), backoffMs(tries));
    }
  }

  function say(draft: Draft) {
    wrote = true;
    outbox.add(draft);
  }

  return {
    get state() {
      return state;
    },
    begin: () => void begin(),
    say,
    retry: (id) => outbox.retry(id),
    drop: (id) => outbox.drop(id),
    attach: (file) => void attach(file),
    retryUpload: (id) => uploads?.retry(id),
    removeUpload: (id) => uploads?.remove(id),
    async showEarlier() {
      const first = state.messages[0];
      if (!first) return;
      const { items } = await api.get<MessagePage>("/messages?before=" + encodeURIComponent(first.id));
      const messages = merge(state.messages, items);
      update({ messages, earlier: items.length > 0 && messages[0]!.cseq > 1 });
    },
    askPerson() {
      update({ help: "asked" });
      session.ensure(page).then(() => api.post("/help")).catch((error) => {
        update({ help: "failed" });
        onProblem(error);
      });
    },
    typing: (on) => feed?.send({ type: "typing", on }),
    setPage(next) {
      if (next === page) return;
      page = next;
      feed?.send({ type: "page", page });
    },
    setSeen(next) {
      seen = next;
      markRead();
    },
    async file(url) {
      const response = await fetch(url, { headers: session.headers() });
      if (!response.ok) throw new Problem(response.status, "file");
      return response.blob();
    },
    data: () => api.get("/data"),
    async erase() {
      const receipt = await api.post<Receipt>("/erase", { confirm: "erase" });
      for (const item of outbox.items) outbox.drop(item.client_id);
      lost(new Problem(410, "forgotten"));
      return receipt;
    },
    leave: (email, text) => api.post("/offline", { email, text }),
  };
}
