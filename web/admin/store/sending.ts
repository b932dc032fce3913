import { signal, type Signal } from "@preact/signals";
import { createOutbox, type Outbox, type OutboxItem } from "../../lib/outbox";
import type { Message, Mode } from "../model";

export interface Saying {
  conversation: string;
  kind: Mode;
  text: string;
  file?: { id: string; name: string; type: string; size: number };
}
export type Outgoing = OutboxItem<Saying>;

/** What was sent and isn't confirmed yet: one outbox for each conversation, so that one which waits
 *  or fails doesn't hold up the others. */
export class Sending {
  readonly items: Signal<readonly Outgoing[]> = signal<readonly Outgoing[]>([]);
  private boxes = new Map<string, Outbox<Saying>>();

  constructor(
    private send: (item: Outgoing) => Promise<Message>,
    private sent: (message: Message) => void,
  ) {}

  add(saying: Saying): void {
    this.box(saying.conversation).add(saying);
  }

  again(item: Outgoing): void {
    this.boxes.get(item.body.conversation)?.retry(item.client_id);
  }

  discard(item: Outgoing): void {
    this.boxes.get(item.body.conversation)?.drop(item.client_id);
  }

  /** The line is back, or somebody signed in again. */
  resume(): void {
    for (const box of this.boxes.values()) box.flush();
  }

  /** A message came by the live socket: if it is one of ours, it is no longer on its way. */
  confirm(message: Message): void {
    if (message.client_id) this.boxes.get(message.conversation ?? "")?.drop(message.client_id);
  }

  drop(conversations: readonly string[]): void {
    for (const id of conversations) {
      const box = this.boxes.get(id);
      this.boxes.delete(id);
      for (const item of box?.items ?? []) box!.drop(item.client_id);
    }
    this.collect();
  }

  /** Nothing is sent any more: somebody else signed in. */
  clear(): void {
    this.drop([...this.boxes.keys()]);
  }

  private box(conversation: string): Outbox<Saying> {
    const known = this.boxes.get(conversation);
    if (known) return known;
    const box: Outbox<Saying> = createOutbox<Saying, Message>({
      send: (item) => this.send(item),
      onSent: (_, message) => {
        if (this.boxes.get(conversation) === box) this.sent(message); // else erased meanwhile
      },
      onChange: () => this.collect(),
    });
    this.boxes.set(conversation, box);
    return box;
  }

  private collect(): void {
    this.items.value = [...this.boxes.values()].flatMap((box) => [...box.items]);
  }
}
