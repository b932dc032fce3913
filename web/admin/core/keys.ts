// Single keys, as in WCAG 2.1.4: never in a field, never with Ctrl, Alt or Meta, and to be switched
// off in the profile.
import { useEffect, useRef } from "preact/hooks";
import { desk } from "./session";

export type Keys = Record<string, (() => void) | undefined>;

const FIELD = "input, textarea, select, [contenteditable], dialog[open]";

export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys; // set while drawing: the next key must not act on an older picture
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing)
        return;
      if (desk.me.peek()?.preferences?.keys === false) return;
      const target = event.target as Element;
      if (target.closest(FIELD) || document.querySelector("dialog[open]")) return;
      if (event.key === "Enter" && target.closest("button, a, summary, [role=tab]")) return;
      const action = latest.current[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}
