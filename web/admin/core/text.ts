import { signal } from "@preact/signals";
import { createI18n, plural } from "../../lib/i18n";
import english from "../../i18n/admin/en.json";

const i18n = createI18n(english, { de: () => import("../../i18n/admin/de.json") });

export type Key = Parameters<typeof i18n.t>[0];
type Counted = Key extends infer K ? (K extends `${infer Base}#other` ? Base : never) : never;
export const LANGUAGES = ["en", "de"] as const;

/** The language on screen; reading it in a view makes the view follow a change. */
export const lang = signal("en");

export const t: typeof i18n.t = (key, params) => (lang.value, i18n.t(key, params));

export const tn = (key: Counted, n: number): string => (lang.value, plural(i18n, key, n));

/** A word that may be missing from the catalogue, such as a server's code: else `or`. */
export function word(key: string, or: string): string {
  return key in english ? t(key as Key) : or;
}

export async function speak(wanted: string | undefined): Promise<void> {
  await i18n.use(wanted ?? navigator.language).catch(() => i18n.use("en"));
  lang.value = i18n.lang;
  document.documentElement.lang = i18n.lang;
  document.documentElement.dir = i18n.dir;
}

const formats = new Map<string, Intl.DateTimeFormat>();
function format(kind: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = lang.value + kind;
  let one = formats.get(key);
  if (!one) formats.set(key, (one = new Intl.DateTimeFormat(lang.value, options)));
  return one;
}

const DAY = 86_400_000;

export const clockTime = (ms: number) => format("t", { hour: "2-digit", minute: "2-digit" }).format(ms);
export const dateTime = (ms: number) => format("dt", { dateStyle: "medium", timeStyle: "short" }).format(ms);
export const date = (ms: number) => format("d", { dateStyle: "medium" }).format(ms);
export const number = (n: number) => new Intl.NumberFormat(lang.value).format(n);

/** A day rule: "Today", "Yesterday", "Monday, 3 March". */
export function day(ms: number, now: number): string {
  const days = Math.round((midnight(now) - midnight(ms)) / DAY);
  if (days === 0) return t("time.today");
  if (days === 1) return t("time.yesterday");
  const year = new Date(ms).getFullYear() !== new Date(now).getFullYear();
  return format("day" + year, {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(year && { year: "numeric" }),
  }).format(ms);
}

export const midnight = (ms: number) => new Date(ms).setHours(0, 0, 0, 0);

/** A short age for lists: "now", "5 min", "3 h", "2 d", then the date. */
export function age(ms: number, now: number): string {
  const minutes = Math.floor((now - ms) / 60_000);
  if (minutes < 1) return t("time.now");
  if (minutes < 60) return t("time.minutes", { n: minutes });
  if (minutes < 24 * 60) return t("time.hours", { n: Math.floor(minutes / 60) });
  if (minutes < 7 * 24 * 60) return t("time.days", { n: Math.floor(minutes / (24 * 60)) });
  return format("short", { day: "numeric", month: "short" }).format(ms);
}

export function size(bytes: number): string {
  const [n, unit] = bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"];
  return new Intl.NumberFormat(lang.value, {
    style: "unit",
    unit: unit as string,
    maximumFractionDigits: (n as number) < 10 ? 1 : 0,
  }).format(n as number);
}
