/* i18n.ts - words from a catalogue. Keys are typed by the English file; other languages load when
 * asked for, and what they lack falls back to English.
 *
 * Placeholders are `{name}`. A text that depends on a number has one key per plural form, `key#one`,
 * `key#other` …, chosen by Intl.PluralRules. */

export type Catalogue = Record<string, string>;
export type Params = Record<string, string | number>;
type Plural<Key> = Key extends `${infer Base}#other` ? Base : never;

export interface I18n<Key extends string> {
  t(key: Key, params?: Params): string;
  /** `{n}` is filled with the number, in the language's digits. */
  tn(key: Plural<Key>, n: number, params?: Params): string;
  /** Switches the language; "de-AT" takes "de" when there is no better. */
  use(lang: string): Promise<void>;
  readonly lang: string;
  readonly dir: "ltr" | "rtl";
}

/* ISO 639 codes of languages written from right to left. */
const RTL = ["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"];

export function directionOf(lang: string): "ltr" | "rtl" {
  return RTL.includes(lang.split("-")[0]!.toLowerCase()) ? "rtl" : "ltr";
}

export function fill(text: string, params: Params = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(params[name] ?? whole));
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
      return directionOf(lang);
    },
    t: (key, params) => fill(words[key] ?? english[key]!, params),
    tn(key, n, params) {
      const form = new Intl.PluralRules(lang).select(n);
      const text = words[`${key}#${form}`] ?? words[`${key}#other`] ?? english[`${key}#other`]!;
      return fill(text, { n: new Intl.NumberFormat(lang).format(n), ...params });
    },
    async use(wanted) {
      const base = wanted.split("-")[0]!.toLowerCase();
      const name = others[wanted] ? wanted : base;
      const load = others[name];
      if (load) words = (await load()).default;
      else words = english;
      lang = load || base === "en" ? wanted : "en";
    },
  };
}
