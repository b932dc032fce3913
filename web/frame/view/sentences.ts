/* sentences.ts - sentences made of what the server sent. */
import type { Message } from "../../lib/types";
import { lang, t } from "../words";

export function whoIs({ author, user }: Message): string {
  if (author === "person") return t("you");
  return author === "agent" ? (user?.name ?? t("team")) : t("assistant.short");
}

export function eventText({ text, event }: Message): string {
  const name = event?.user?.name;
  switch (event?.type) {
    case "assigned":
      return name ? t("event.joined", { name }) : t("event.joined.nobody");
    case "help":
    case "closed":
    case "erased":
      return t(`event.${event.type}`);
    default:
      return text ?? "";
  }
}

export function timeOf(ms: number): string {
  return new Intl.DateTimeFormat(lang, { timeStyle: "short" }).format(ms);
}

export function dayOf(ms: number): string {
  const today = new Date(ms).toDateString() === new Date().toDateString();
  return today ? t("today") : new Intl.DateTimeFormat(lang, { dateStyle: "long" }).format(ms);
}
