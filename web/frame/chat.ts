/* chat.ts - the conversation as the visitor has it: state, and everything that changes it. No DOM. */
import { backoffMs } from "../lib/backoff";
import { Problem, type Call } from "../lib/api";
import { createOutbox, type Outbox, type OutboxItem } from "../lib/outbox";
import type { SocketState } from "../lib/socket";
import type { Attachment, Floor, Message } from "../lib/types";
import type { Config } from "./config";
import { createFeed, type Feed, type MessagePage } from "./feed";
import { createKeep } from "./keep";
import { createSession, isLost, type Identity, type Session } from "./session";
import { isIncoming, lastIncoming, merge } from "./thread";
import { loadMore } from "./later";
import type { Upload } from "./more/uploads";

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
  setUploads(uploads: Upload[]): void;
  showEarlier(): Promise<void>;
  askPerson(): void;
  typing(on: boolean): void;
  setPage(page: string): void;
  /** The visitor looks at the chat, or does not. */
  setSeen(seen: boolean): void;
  /** Everything of this visitor was erased, or will be: shows and keeps nothing any more. */
  forget(): void;
  readonly call: Call;
  readonly session: Session;
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
  const { call } = session;
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
        return await call<Message>("POST", "/messages", { client_id, text, payload, file, page });
      } catch (error) {
        onProblem(error as Problem);
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

  /** The token is worth nothing: erased for good (410), or forgotten by the server (401). */
  function lost(gone: boolean) {
    feed?.close();
    feed = null;
    session.token = null;
    wrote = false;
    lastRead = "";
    keep.clear();
    update({ ...EMPTY, pending: outbox.items, uploads: state.uploads, phase: gone ? "gone" : "loading" });
    if (!gone) void begin();
  }

  function onProblem(error: Problem) {
    if (isLost(error)) lost(error.status === 410);
  }

  /** Tells the server how far was read, once per message. */
  function markRead() {
    const last = lastIncoming(state.messages);
    if (!seen || !last) return;
    if (state.unread) update({ unread: 0 });
    if (last.id === lastRead) return;
    lastRead = last.id;
    call("POST", "/read", { message: last.id }).catch(() => (lastRead = ""));
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
      { call, url: config.api + "/live", token: () => session.token, page: () => page },
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
      if (!state.messages.length && !state.pending.length) await call("POST", "/start", { page });
    } catch (error) {
      const problem = error as Problem;
      if (isLost(problem) || state.phase === "open") return onProblem(problem);
      if (!problem.retryable) return update({ phase: "failed" });
      update({ link: "waiting" });
      setTimeout(() => void begin(tries + 1), backoffMs(tries));
    }
  }

  const chat: Chat = {
    get state() {
      return state;
    },
    begin: () => void begin(),
    say(draft) {
      wrote = true;
      outbox.add(draft);
    },
    retry: outbox.retry,
    drop: outbox.drop,
    attach: (file) => void loadMore().then((more) => more.attach(chat, config.max_file, file)),
    setUploads: (uploads) => update({ uploads }),
    async showEarlier() {
      const first = state.messages[0];
      if (!first) return;
      const { items } = await call<MessagePage>("GET", "/messages?before=" + encodeURIComponent(first.id));
      const messages = merge(state.messages, items);
      update({ messages, earlier: items.length > 0 && messages[0]!.cseq > 1 });
    },
    askPerson() {
      update({ help: "asked" });
      session.ensure(page).then(() => call("POST", "/help")).catch((error) => {
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
    forget() {
      for (const { client_id } of outbox.items) outbox.drop(client_id);
      lost(true);
    },
    call,
    session,
  };
  return chat;
}
