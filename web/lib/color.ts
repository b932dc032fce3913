/* color.ts - an owner may choose any colour; the text on it must stay readable (WCAG 2.2, 1.4.3). */

type Rgb = [number, number, number];

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

/** Black or white, whichever reads better on it. One of the two always reaches 4.5:1: with black the
 *  ratio is (L + .05) / .05, with white 1.05 / (L + .05), and their product is 21. */
export function onColor(color: Rgb): "#000" | "#fff" {
  return luminance(color) > 0.179 ? "#000" : "#fff";
}
