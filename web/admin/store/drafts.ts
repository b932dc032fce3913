import { signal, type Signal } from "@preact/signals";
import type { Mode } from "../model";

const SAVE_AFTER_MS = 700; // so that at most a second of writing can be lost

export interface DraftPort {
  load(conversation: string): Promise<{ message?: string | null; note?: string | null }>;
  save(conversation: string, mode: Mode, text: string): Promise<unknown>;
}

interface Draft {
  text: Signal<string>;
  dirty: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** What the agent has begun to write: one text per conversation and mode, bound to its id, so that
 *  no text can ever go to another person. */
export class Drafts {
  private known = new Map<string, Draft>();
  private loaded = new Set<string>();

  constructor(private port: DraftPort) {}

  text(conversation: string, mode: Mode): Signal<string> {
    return this.draft(conversation, mode).text;
  }

  /** Reads both drafts once; what was typed here meanwhile wins. */
  async open(conversation: string): Promise<void> {
    if (this.loaded.has(conversation)) return;
    this.loaded.add(conversation);
    try {
      const saved = await this.port.load(conversation);
      for (const mode of ["message", "note"] as const) {
        const draft = this.draft(conversation, mode);
        if (!draft.dirty && !draft.text.peek() && saved[mode]) draft.text.value = saved[mode]!;
      }
    } catch {
      this.loaded.delete(conversation); // the next opening tries again
    }
  }

  write(conversation: string, mode: Mode, text: string): void {
    const draft = this.draft(conversation, mode);
    draft.text.value = text;
    draft.dirty = true;
    clearTimeout(draft.timer);
    draft.timer = setTimeout(() => void this.save(conversation, mode), SAVE_AFTER_MS);
  }

  /** Saves what is not saved yet; called when the page goes away and after signing in again. */
  async flush(): Promise<void> {
    const waiting: Promise<void>[] = [];
    for (const [key, draft] of this.known) {
      if (!draft.dirty) continue;
      const [conversation, mode] = key.split(" ") as [string, Mode];
      waiting.push(this.save(conversation, mode));
    }
    await Promise.all(waiting);
  }

  get unsaved(): boolean {
    return [...this.known.values()].some((draft) => draft.dirty && draft.text.peek() !== "");
  }

  drop(conversations: readonly string[]): void {
    for (const id of conversations) {
      for (const mode of ["message", "note"] as const) {
        const draft = this.known.get(key(id, mode));
        if (!draft) continue;
        clearTimeout(draft.timer);
        draft.text.value = "";
        draft.dirty = false;
      }
      this.loaded.delete(id);
    }
  }

  private draft(conversation: string, mode: Mode): Draft {
    let draft = this.known.get(key(conversation, mode));
    if (!draft) {
      draft = { text: signal(""), dirty: false, timer: undefined };
      this.known.set(key(conversation, mode), draft);
    }
    return draft;
  }

  private async save(conversation: string, mode: Mode): Promise<void> {
    const draft = this.known.get(key(conversation, mode));
    if (!draft?.dirty) return;
    clearTimeout(draft.timer);
    const text = draft.text.peek();
    draft.dirty = false;
    try {
      await this.port.save(conversation, mode, text);
    } catch {
      draft.dirty = true; // kept here; flush() or the next key tries again
    }
  }
}

const key = (conversation: string, mode: Mode) => `${conversation} ${mode}`;
