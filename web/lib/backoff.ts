/* backoff.ts - how long to wait before trying again. */

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** Wait before try number `tries` (0 for the first): doubles up to 30 s, and a random half of it, so
 *  that the clients of a restarted server don't come back in one wave. */
export function backoffMs(tries: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries, 16));
  return Math.round(full / 2 + (full / 2) * random());
}
