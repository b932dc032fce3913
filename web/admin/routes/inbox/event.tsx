import { desk } from "../../core/session";
import { clockTime, t, word } from "../../core/text";
import type { Conversation, Message, Named } from "../../model";

/** "Ada assigned this to Grace", as a quiet line between the messages. */
export function EventLine({ message, item }: { message: Message; item: Conversation }) {
  const event = message.event;
  if (!event) return null;
  const by = who(event.by ?? message.user) ?? t("event.someone");
  const user = who(event.user) ?? by;
  const person = item.person.name ?? t("person.visitor");
  const self = event.by ?? message.user;
  const key = self && event.user && self.id === event.user.id ? `event.${event.type}.self` : "";
  const text = word(key, "") || word(`event.${event.type}`, event.type);
  const words = text.replace("{by}", by).replace("{user}", user).replace("{person}", person);
  return (
    <p class="event">
      <span dir="auto">{words}</span> <time>{clockTime(message.sent_at)}</time>
    </p>
  );
}

function who(user: Named | undefined): string | null {
  if (!user) return null;
  return desk.nameOf(user.id) ?? user.name;
}
