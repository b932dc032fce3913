/* feed.ts - messages from the server: each once, whatever the network does.
 *
 * The cursor is the highest number up to which nothing is missing. After every (re)connection the
 * server's ready frame says where the conversation is; what lies between is fetched, and until it is
 * there the cursor stands still, so that a cut in the middle loses nothing. */
import type { Call, Problem } from "../lib/api";
import { backoffMs } from "../lib/backoff";
import { openSocket, type Socket, type SocketState } from "../lib/socket";
import type { Floor, Message, WidgetFrame } from "../lib/types";

export interface MessagePage {
  items: Message[];
  cseq: number;
  reset?: boolean;
  floor: Floor;
  agent?: { name: string | null } | null;
}

export interface FeedEvents {
  /** `live`: just written, to be announced; otherwise a part of the history. */
  onMessages(messages: Message[], live: boolean): void;
  /** What is shown is no longer true: drop it all, the messages follow. */
  onReset(): void;
  onFloor(floor: Floor, agent: string | null): void;
  onTyping(who: "bot" | "agent", on: boolean): void;
  onRead(at: number): void;
  onState(state: SocketState): void;
  /** A call failed in a way that trying again won't mend. */
  onProblem(error: Problem): void;
}

export interface Feed {
  /** The newest page of the history. */
  load(): Promise<void>;
  connect(): void;
  send(frame: object): void;
  retry(): void;
  close(): void;
  readonly cursor: number;
}

export interface FeedOptions {
  call: Call;
  url: string;
  token(): string | null;
  page(): string;
  connect?(url: string): WebSocket;
}

const PROBE_EVERY = 3;

export function createFeed(options: FeedOptions, events: FeedEvents): Feed {
  let cursor = 0;
  let newest = 0;
  let filling = false;
  let socket: Socket | null = null;
  let closed = false;
  let misses = 0;

  function take(page: MessagePage, live: boolean) {
    if (page.reset) events.onReset();
    events.onMessages(page.items, live && !page.reset);
    events.onFloor(page.floor, page.agent?.name ?? null);
    cursor = Math.max(page.reset ? 0 : cursor, page.cseq);
    newest = Math.max(page.reset ? 0 : newest, cursor);
  }

  const get = (query: string) => options.call<MessagePage>("GET", "/messages" + query);

  /** Fetches what lies after the cursor. */
  async function fill(tries = 0) {
    filling = true;
    try {
      do {
        const before = cursor;
        take(await get("?after=" + cursor), true);
        if (cursor === before) cursor = newest;
      } while (cursor < newest);
      filling = false;
    } catch (error) {
      if (closed) return;
      events.onProblem(error as Problem);
      setTimeout(fill, backoffMs(tries), tries + 1);
    }
  }

  function onFrame(frame: WidgetFrame) {
    switch (frame.type) {
      case "ready":
        events.onFloor(frame.floor, frame.agent?.name ?? null);
        if (frame.reset) {
          events.onReset();
          cursor = newest = 0;
          feed.load().catch(events.onProblem);
          break;
        }
        newest = Math.max(newest, frame.cseq);
        if (newest > cursor && !filling) void fill();
        break;
      case "message":
        newest = Math.max(newest, frame.cseq);
        if (!filling) cursor = newest;
        events.onMessages([frame.message], true);
        break;
      case "typing":
        events.onTyping(frame.who, frame.on);
        break;
      case "floor":
        events.onFloor(frame.floor, frame.agent?.name ?? null);
        break;
      case "read":
        events.onRead(frame.at);
        break;
    }
  }

  const feed: Feed = {
    get cursor() {
      return cursor;
    },
    async load() {
      take(await get(""), false);
    },
    connect() {
      socket = openSocket<WidgetFrame>({
        url: options.url,
        connect: options.connect,
        hello: () => ({ type: "hello", token: options.token(), after: cursor, page: options.page() }),
        onState(state) {
          events.onState(state);
          if (state === "live") misses = 0;
          /* A refused socket does not say why; a plain call does. */
          if (state === "waiting" && ++misses % PROBE_EVERY === 0 && !filling) void fill();
        },
        onFrame,
      });
    },
    send: (frame) => void socket?.send(frame),
    retry: () => socket?.retry(),
    close() {
      closed = true;
      socket?.close();
    },
  };
  return feed;
}
