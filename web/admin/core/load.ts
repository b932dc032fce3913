import { useEffect, useState } from "preact/hooks";
import { Problem } from "../../lib/api";
import { word, t } from "./text";

export interface Loaded<T> {
  data: T | undefined;
  error: unknown;
  reload(): void;
  set(data: T): void;
}

/** Reads something when the view appears, or when `key` changes; an old answer that comes late is
 *  thrown away. */
export function useLoad<T>(read: () => Promise<T>, key: string | number = ""): Loaded<T> {
  const [state, setState] = useState<{ key: unknown; data?: T; error?: unknown }>({ key: null });
  const [round, setRound] = useState(0);
  useEffect(() => {
    let current = true;
    read().then(
      (data) => current && setState({ key, data }),
      (error: unknown) => current && setState({ key, error }),
    );
    return () => {
      current = false;
    };
  }, [key, round]);
  const mine = state.key === key;
  return {
    data: mine ? state.data : undefined,
    error: mine ? state.error : undefined,
    reload: () => setRound(round + 1),
    set: (data) => setState({ key, data }),
  };
}

/** A sentence for whatever went wrong. */
export function sentence(error: unknown): string {
  if (!(error instanceof Problem)) return t("error.internal");
  return word(`error.${error.code}`, error.detail || t("error.internal"));
}
