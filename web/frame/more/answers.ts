/* answers.ts - is what the visitor typed an answer of the asked kind? The server decides in the end;
 * this spares a round. */
import type { InputType } from "../../lib/types";

/** The answer as it is sent, or null when it does not fit. */
export function readAnswer(type: InputType, raw: string): string | null {
  const text = raw.trim();
  switch (type) {
    case "email":
      /* RFC 5321 §4.5.3.1: at most 254 octets fit into a path. */
      return text.length <= 254 && /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(text) ? text : null;
    case "phone": {
      /* E.164 allows 15 digits. */
      const digits = text.replace(/[\s().\/-]/g, "");
      return /^\+?\d{5,15}$/.test(digits) ? digits : null;
    }
    case "number": {
      const number = text.replace(",", ".");
      return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(number) ? number : null;
    }
    case "date":
      return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : null;
    default:
      return text || null;
  }
}
