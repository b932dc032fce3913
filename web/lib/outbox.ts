/* outbox.ts - what a person wrote, until the server has it: in order, each exactly once.
 *
 * An item keeps its client_id through every try, and the server answers a repeated id with the message
 * it stored the first time; so an answer that got lost does no harm. */
import { Problem } from "./api";
import { backoffMs } from "./backoff";
import { clientId } from "./id";

export interface OutboxItem<Body> {
  client_id: string;
  body: Body;
  at: number;
  state: "sending" | "failed";
  problem?: Problem;
}

export interface OutboxOptions<Body, Result> {
  send(item: OutboxItem<Body>): Promise<Result>;
  onSent(item: OutboxItem<Body>, result: Result): void;
  /** The list changed: it is also the moment to store it, if it shall outlive the page. */
  onChange(items: readonly OutboxItem<Body>[]): void;
  /** Left over from an earlier page; they are sent first. */
  initial?: OutboxItem<Body>[];
  wait?(ms: number, wake: () => void): () => void;
}

export interface Outbox<Body> {
  add(body: Body): OutboxItem<Body>;
  /** Sends a failed item again, under the same id. */
  retry(client_id: string): void;
  drop(client_id: string): void;
  /** The network is back: don't wait any longer. */
  flush(): void;
  readonly items: readonly OutboxItem<Body>[];
}

function wait(ms: number, wake: () => void): () => void {
  const timer = setTimeout(wake, ms);
  return () => clearTimeout(timer);
}

export function createOutbox<Body, Result>(options: OutboxOptions<Body, Result>): Outbox<Body> {
  let items: OutboxItem<Body>[] = (options.initial ?? []).map((item) => ({ ...item, state: "sending" }));
  let busy = false;
  let tries = 0;
  let stopWaiting: (() => void) | null = null;

  function change(next: OutboxItem<Body>[]) {
    items = next;
    options.onChange(items);
  }

  function patch(client_id: string, values: Partial<OutboxItem<Body>>) {
    change(items.map((item) => (item.client_id === client_id ? { ...item, ...values } : item)));
  }

  function failed(item: OutboxItem<Body>, error: unknown) {
    const problem = error instanceof Problem ? error : new Problem(0, "failed", String(error));
    if (!(error instanceof Problem) || !problem.retryable) {
      patch(item.client_id, { state: "failed", problem });
      return;
    }
    stopWaiting = (options.wait ?? wait)(Math.max(backoffMs(tries++), problem.retryAfterMs), () => {
      stopWaiting = null;
      void run();
    });
  }

  async function run() {
    if (busy || stopWaiting) return;
    busy = true;
    for (;;) {
      const item = items.find((candidate) => candidate.state === "sending");
      if (!item) break;
      try {
        const result = await options.send(item);
        tries = 0;
        change(items.filter((other) => other.client_id !== item.client_id));
        options.onSent(item, result);
      } catch (error) {
        failed(item, error);
        if (stopWaiting) break;
      }
    }
    busy = false;
  }

  if (items.length) void run();

  return {
    get items() {
      return items;
    },
    add(body) {
      const item: OutboxItem<Body> = { client_id: clientId(), body, at: Date.now(), state: "sending" };
      change([...items, item]);
      void run();
      return item;
    },
    retry(client_id) {
      patch(client_id, { state: "sending", problem: undefined });
      void run();
    },
    drop(client_id) {
      change(items.filter((item) => item.client_id !== client_id));
    },
    flush() {
      stopWaiting?.();
      stopWaiting = null;
      tries = 0;
      void run();
    },
  };
}
