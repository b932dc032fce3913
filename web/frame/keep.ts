/* keep.ts - what outlives the page: the visitor's token and messages not sent yet. Nothing is written
 * before the visitor's first message. A browser that allows no storage (third-party frames, private
 * windows) costs the history on reload and nothing else. */
import type { OutboxItem } from "../lib/outbox";
import type { Draft } from "./chat";

interface Kept {
  token: string;
  /** The signed-in user that the token belongs to: another one must not get their chat. */
  user: string | null;
  unsent: OutboxItem<Draft>[];
}

export interface Keep {
  load(): Kept | null;
  save(kept: Omit<Kept, "user">): void;
  clear(): void;
}

export function createKeep(site: string, user: string | null): Keep {
  const key = "lethe:" + site;

  function attempt<T>(run: () => T): T | null {
    try {
      return run();
    } catch {
      return null;
    }
  }

  return {
    load() {
      const kept = attempt(() => JSON.parse(localStorage.getItem(key) ?? "null") as Kept | null);
      return kept && kept.user === user ? kept : null;
    },
    save: (kept) => void attempt(() => localStorage.setItem(key, JSON.stringify({ ...kept, user }))),
    clear: () => void attempt(() => localStorage.removeItem(key)),
  };
}
