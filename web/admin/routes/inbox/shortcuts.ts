import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { useKeys } from "../../core/keys";
import { go } from "../../core/router";
import { desk } from "../../core/session";
import type { Mode, View } from "../../model";
import { assign, resolve } from "./actions";

/** Which of the two texts is being written, per conversation; the keys r and n switch it. */
export const modes = signal<Readonly<Record<string, Mode>>>({});
export const helpShown = signal(false);

export function write(id: string, mode: Mode): void {
  modes.value = { ...modes.value, [id]: mode };
  requestAnimationFrame(() => document.getElementById("composer")?.focus());
}

/** j/k walk the list, Enter opens; the rest acts on what is open, else on what is marked. */
export function useInboxKeys({ view, id }: { view: View; id: string | null }): string | null {
  const [cursor, setCursor] = useState<string | null>(id);
  useEffect(() => setCursor(id), [id, view]);
  const step = (by: number) => {
    const ids = desk.conversations.view(view).ids.peek();
    const at = cursor ? ids.indexOf(cursor) : -1;
    const next = ids[at < 0 ? 0 : Math.min(ids.length - 1, Math.max(0, at + by))];
    if (next) setCursor(next);
  };
  const target = id ?? cursor;
  const on = (act: (target: string) => void) => () => target && act(target);
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    Enter: () => cursor && go(`/app/inbox/${cursor}?view=${view}`),
    r: on((one) => id && write(one, "message")),
    n: on((one) => id && write(one, "note")),
    e: on((one) => void resolve(one)),
    a: on((one) => void assign(one, desk.me.peek()!.user.id)),
    "/": () => document.getElementById("search")?.focus(),
    "?": () => {
      helpShown.value = true;
    },
    Escape: () => id && go(`/app/inbox?view=${view}`),
  });
  return cursor;
}
