/* live.ts - the dashboard's feed: every journal event once and in order, across cuts. */
import { openSocket, type Socket, type SocketState } from "./socket";
import type { LiveFrame } from "./types";

export type LiveEvent = Extract<LiveFrame, { type: "event" }>;
export type LiveHint = Exclude<LiveFrame, { type: "event" } | { type: "ready" }>;

export interface LiveOptions {
  /** Last number seen, or null to start at the newest. */
  after: number | null;
  onEvent(event: LiveEvent): void;
  /** Typing, presence, viewers: not stored, no number. */
  onHint?(hint: LiveHint): void;
  /** Too much was missed: load everything afresh. */
  onReset(): void;
  onState?(state: SocketState): void;
  url?: string;
  connect?(url: string): WebSocket;
}

export interface Live extends Socket {
  readonly after: number | null;
}

export function openLive(options: LiveOptions): Live {
  let after = options.after;

  const socket = openSocket<LiveFrame>({
    url: options.url ?? "/api/v1/live",
    connect: options.connect,
    hello: () => ({ type: "hello", after }),
    onState: options.onState,
    onFrame(frame) {
      if (frame.type === "ready") {
        if (frame.reset) {
          after = frame.seq;
          options.onReset();
        } else {
          /* What was missed still follows, so the cursor only moves with the events. */
          after ??= frame.seq;
        }
      } else if (frame.type === "event") {
        if (after !== null && frame.seq <= after) return;
        after = frame.seq;
        options.onEvent(frame);
      } else {
        options.onHint?.(frame);
      }
    },
  });

  return Object.defineProperty(socket, "after", { get: () => after }) as Live;
}
