/* thread.ts - the list of messages: each id once, in the order of the conversation. */
import type { Message } from "../lib/types";

/** `list` with `incoming` added; a message that is there already is replaced by the newer form. */
export function merge(list: readonly Message[], incoming: readonly Message[]): Message[] {
  const byId = new Map(list.map((message) => [message.id, message]));
  for (const message of incoming) if (message.kind !== "note") byId.set(message.id, message);
  return [...byId.values()].sort((a, b) => a.cseq - b.cseq);
}

/** Not written by the visitor. */
export function isIncoming(message: Message): boolean {
  return message.kind === "message" && message.author !== "person" && !message.deleted_at;
}

export function lastIncoming(list: readonly Message[]): Message | undefined {
  return [...list].reverse().find(isIncoming);
}

/** The message whose question or suggestions are open: the last one, while nobody answered. */
export function openQuestion(list: readonly Message[]): Message | undefined {
  const last = [...list].reverse().find((message) => message.kind === "message");
  return last && isIncoming(last) ? last : undefined;
}
