import { signal } from "@preact/signals";
import { useKeys } from "../core/keys";
import { t } from "../core/text";
import { sentence } from "../core/load";
import { Icon } from "./icons";

const SHOWN_MS = 10_000;

interface Toast {
  text: string;
  undo?: () => void;
  bad?: boolean;
}

const current = signal<Toast | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

/** One line at the foot for 10 s; with `undo` it offers the way back, also by the key z. */
export function toast(text: string, undo?: () => void): void {
  show({ text, undo });
}

export function toastError(error: unknown): void {
  show({ text: sentence(error), bad: true });
}

function show(next: Toast): void {
  clearTimeout(timer);
  current.value = next;
  timer = setTimeout(hide, SHOWN_MS);
}

function hide(): void {
  clearTimeout(timer);
  current.value = null;
}

export function Toasts() {
  const now = current.value;
  const undo = () => {
    now?.undo?.();
    hide();
  };
  useKeys({ z: now?.undo ? undo : undefined });
  return (
    <div class="toasts" role="status">
      {now && (
        <div class={now.bad ? "toast bad" : "toast"}>
          <Icon name={now.bad ? "warn" : "check"} />
          <span class="grow">{now.text}</span>
          {now.undo && (
            <button class="btn small" type="button" onClick={undo} aria-keyshortcuts="z">
              {t("do.undo")} <kbd>z</kbd>
            </button>
          )}
          <button class="icon-btn" type="button" onClick={hide} aria-label={t("do.close")}>
            <Icon name="close" size={16} />
          </button>
        </div>
      )}
    </div>
  );
}
