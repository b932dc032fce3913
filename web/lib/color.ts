/* color.ts - an owner may choose any colour; the text on it must stay readable (WCAG 2.2, 1.4.3). */

export type Rgb = [number, number, number];

/** "#abc" or "#aabbcc"; null when it is neither. */
export function parseColor(text: string): Rgb | null {
  const hex = /^#([\da-f]{3}|[\da-f]{6})$/i.exec(text.trim())?.[1];
  if (!hex) return null;
  const full = hex.length === 3 ? hex.replace(/./g, "$&$&") : hex;
  return [0, 2, 4].map((at) => parseInt(full.slice(at, at + 2), 16)) as Rgb;
}

/** Relative luminance as WCAG 2.2 defines it. */
export function luminance(color: Rgb): number {
  const [r, g, b] = color.map((byte) => {
    const part = byte / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: Rgb, b: Rgb): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Black or white, whichever reads better on it: with black the ratio is (L + .05) / .05, with white
 *  1.05 / (L + .05), and their product is 21, so the better one has at least 4.58:1. A plain power stands
 *  for the exact curve here, because the loader pays for each byte; the 4.5:1 still hold, which
 *  test/unit/color.test.mjs shows over the whole cube. */
export function onColor([r, g, b]: Rgb): "#000" | "#fff" {
  return 0.2126 * r ** 2.2 + 0.7152 * g ** 2.2 + 0.0722 * b ** 2.2 > 0.18 * 255 ** 2.2 ? "#000" : "#fff";
}
