/* socket.ts - one WebSocket that comes back by itself. What was missed is the owner's business: it
 * names its place in the `hello` of each new connection. */
import { backoffMs } from "./backoff";

export type SocketState = "connecting" | "live" | "waiting" | "closed";

export interface SocketOptions<Frame extends { type: string }> {
  /** Path or full address; the page's host and scheme are filled in. */
  url: string;
  /** The first frame of every connection. */
  hello(): object;
  onFrame(frame: Frame): void;
  /** "live" from the server's ready frame on. */
  onState?(state: SocketState): void;
  /** For tests. */
  connect?(url: string): WebSocket;
}

export interface Socket {
  /** False when it is not live: the frame is dropped, for it would be stale later. */
  send(frame: object): boolean;
  /** Tries at once instead of at the next turn. */
  retry(): void;
  close(): void;
  readonly state: SocketState;
}

function absolute(url: string): string {
  return new URL(url, location.href).href.replace(/^http/, "ws");
}

export function openSocket<Frame extends { type: string }>(options: SocketOptions<Frame>): Socket {
  const connect = options.connect ?? ((url) => new WebSocket(absolute(url)));
  let socket: WebSocket | null = null;
  let state: SocketState = "closed";
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;

  function enter(next: SocketState) {
    if (state === next) return;
    state = next;
    options.onState?.(next);
  }

  function open() {
    clearTimeout(timer);
    enter("connecting");
    const mine = (socket = connect(options.url));
    mine.onopen = () => mine.send(JSON.stringify(options.hello()));
    mine.onmessage = (event) => {
      if (socket !== mine) return;
      const frame = JSON.parse(event.data) as Frame;
      if (frame.type === "ready") {
        tries = 0;
        enter("live");
      }
      options.onFrame(frame);
    };
    mine.onclose = () => {
      if (socket === mine) later();
    };
  }

  function later() {
    socket = null;
    enter("waiting");
    timer = setTimeout(open, backoffMs(tries++));
  }

  function retry() {
    if (state === "waiting") open();
  }

  /* The network went: the close event may take minutes, so don't wait for it. */
  function lost() {
    const old = socket;
    if (state === "closed" || !old) return;
    later();
    old.close();
  }

  addEventListener("online", retry);
  addEventListener("offline", lost);
  open();

  return {
    get state() {
      return state;
    },
    retry,
    send(frame) {
      if (state !== "live" || !socket) return false;
      socket.send(JSON.stringify(frame));
      return true;
    },
    close() {
      clearTimeout(timer);
      removeEventListener("online", retry);
      removeEventListener("offline", lost);
      enter("closed");
      const old = socket;
      socket = null;
      old?.close();
    },
  };
}
