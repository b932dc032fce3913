/* text.ts - what another person wrote, made ready to show. */

export type TextPart = string | { href: string; text: string };

/** Splits text into plain runs and links. Only http and https become links; a full stop or a closing
 *  bracket at the end belongs to the sentence. */
export function linkify(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let at = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"']+/gi)) {
    const found = match[0].replace(/[.,;:!?)\]}»”’]+$/, "");
    if (!URL_HOST.test(found)) continue;
    if (match.index! > at) parts.push(text.slice(at, match.index));
    parts.push({ href: found, text: found });
    at = match.index! + found.length;
  }
  if (at < text.length) parts.push(text.slice(at));
  return parts;
}

const URL_HOST = /^https?:\/\/[^/?#]/i;

/** `url` when it is safe to follow from a click (http, https, mailto, tel), else undefined. */
export function safeHref(url: string | undefined): string | undefined {
  return url && /^(https?:\/\/|mailto:|tel:)/i.test(url.trim()) ? url.trim() : undefined;
}
