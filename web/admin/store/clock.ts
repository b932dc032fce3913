import { signal } from "@preact/signals";

/** "Now" for ages and day rules; moves once a minute so that nothing redraws for nothing. */
export const minute = signal(Date.now());

export function startClock(): () => void {
  const timer = setInterval(() => {
    minute.value = Date.now();
  }, 60_000);
  return () => clearInterval(timer);
}
