/* id.ts - names that the client gives. */

/** 128 random bits in hex. crypto.randomUUID is missing on pages without TLS; this is not. */
export function clientId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
