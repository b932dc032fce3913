/* i18n.ts - words from a catalogue. Keys are typed by the English file; other languages load when
 * asked for, and what they lack falls back to English.
 *
 * Placeholders are `{name}`. A text that depends on a number has one key per plural form, `key#one`,
 * `key#other` …, chosen by Intl.PluralRules (see `plural`). */

export type Catalogue = Record<string, string>;
export type Params = Record<string, string | number>;
type PluralKey<Key> = Key extends `${infer Base}#other` ? Base : never;

export interface I18n<Key extends string> {
  t(key: Key, params?: Params): string;
  /** False for a plural form that the language's catalogue does not have. */
  has(key: string): boolean;
  /** Switches the language; "de-AT" takes "de" when there is no better. */
  use(lang: string): Promise<void>;
  readonly lang: string;
  readonly dir: "ltr" | "rtl";
}

export function createI18n<C extends Catalogue>(
  english: C,
  others: Record<string, () => Promise<{ default: Catalogue }>>,
): I18n<Extract<keyof C, string>> {
  let words: Catalogue = english;
  let lang = "en";

  return {
    get lang() {
      return lang;
    },
    get dir() {
      /* ISO 639 codes of languages written from right to left. */
      return /^(ar|ckb|dv|fa|he|ps|sd|ug|ur|yi)\b/.test(lang) ? "rtl" : "ltr";
    },
    has: (key) => key in words,
    t: (key, params = {}) =>
      (words[key] ?? english[key]!).replace(/\{(\w+)\}/g, (whole, name) => String(params[name] ?? whole)),
    async use(wanted) {
      const base = wanted.split("-")[0]!;
      const load = others[wanted] ?? others[base];
      words = load ? (await load()).default : english;
      lang = load || base === "en" ? wanted : "en";
    },
  };
}

/** The text for `n` things; `{n}` is filled with the number in the language's digits. */
export function plural<Key extends string>(
  i18n: I18n<Key>,
  key: PluralKey<Key>,
  n: number,
  params?: Params,
): string {
  const form = `${key}#${new Intl.PluralRules(i18n.lang).select(n)}`;
  const known = (i18n.has(form) ? form : `${key}#other`) as Key;
  return i18n.t(known, { n: new Intl.NumberFormat(i18n.lang).format(n), ...params });
}
