/* words.ts - the frame's language: the build wrote its words into the page (frame.html, frame.de.html,
 * …), so no language costs a request or carries another one along. */
import type en from "../i18n/widget/en.json";

export type WordKey = keyof typeof en;

const words: Record<WordKey, string> = JSON.parse(document.getElementById("words")!.textContent!);

export const lang = document.documentElement.lang;

export function t(key: WordKey, params: Record<string, string> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => params[name]!);
}
