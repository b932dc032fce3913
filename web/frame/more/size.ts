/* size.ts - a number of bytes for people. */
import { lang } from "./shared";

const MEGA = 1024 * 1024;

export function sizeOf(bytes: number): string {
  const mega = bytes >= MEGA;
  return new Intl.NumberFormat(lang, {
    style: "unit",
    unit: mega ? "megabyte" : "kilobyte",
    maximumFractionDigits: 1,
  }).format(bytes / (mega ? MEGA : 1024));
}
