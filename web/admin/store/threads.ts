import { batch, signal, type Signal } from "@preact/signals";
import type { Message, Page } from "../model";

export interface Thread {
  /** Oldest first. Ids are time-ordered text of one length, so their order is the order. */
  messages: Signal<readonly Message[]>;
  state: Signal<"idle" | "loading" | "ready" | "error">;
  total: number;
  /** Whether older ones than the first are still on the server. */
  older: boolean;
}

/** The messages of the conversations that were opened. */
export class Threads {
  private known = new Map<string, Thread>();
  private liveSeq = new Map<string, number>();
  private gone = new Set<string>(); // conversations of the erased: no late answer brings them back

  get(conversation: string): Thread {
    let thread = this.known.get(conversation);
    if (!thread) {
      thread = {
        messages: signal<readonly Message[]>([]),
        state: signal<"idle" | "loading" | "ready" | "error">("idle"),
        total: 0,
        older: false,
      };
      this.known.set(conversation, thread);
    }
    return thread;
  }

  /** A page, newest or older; what a live event renewed while it was read stays. */
  page(conversation: string, page: Page<Message>, asOf: number): void {
    if (this.gone.has(conversation)) return;
    const thread = this.get(conversation);
    const fresh = page.items.filter((item) => (this.liveSeq.get(item.id) ?? -1) <= asOf);
    batch(() => {
      thread.older = page.next !== null;
      thread.total = page.total;
      thread.messages.value = merge(thread.messages.value, fresh);
      thread.state.value = "ready";
    });
  }

  /** One message by a live event. */
  live(message: Message, seq: number): void {
    this.liveSeq.set(message.id, seq);
    this.put(message);
  }

  /** One message as the answer to our own call: an event that came since `asOf` is newer. */
  answer(message: Message, asOf: number): void {
    if ((this.liveSeq.get(message.id) ?? -1) <= asOf) this.put(message);
  }

  private put(message: Message): void {
    const thread = this.known.get(message.conversation ?? "");
    if (!thread || thread.state.peek() === "idle") return; // opened later: read then
    const before = thread.messages.peek().length;
    thread.messages.value = merge(thread.messages.value, [message]);
    thread.total += thread.messages.peek().length - before;
  }

  /** The person was erased: nothing of these stays, and nothing comes back. */
  drop(conversations: readonly string[]): void {
    for (const id of conversations) {
      this.gone.add(id);
      this.empty(this.get(id));
    }
  }

  /** Everything will be read afresh. */
  clear(): void {
    for (const thread of this.known.values()) this.empty(thread);
  }

  private empty(thread: Thread): void {
    thread.messages.value = [];
    thread.state.value = "idle";
    thread.older = false;
    thread.total = 0;
  }
}

/** Joins two lists of messages by id, the second winning; quick when it only appends. */
export function merge(old: readonly Message[], fresh: readonly Message[]): readonly Message[] {
  if (!fresh.length) return old;
  const last = old[old.length - 1];
  if (fresh.length === 1 && last && fresh[0]!.id >= last.id)
    return fresh[0]!.id > last.id ? [...old, fresh[0]!] : [...old.slice(0, -1), fresh[0]!];
  const byId = new Map(old.map((item) => [item.id, item]));
  for (const item of fresh) byId.set(item.id, item);
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}
