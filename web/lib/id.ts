/* id.ts - names that the client gives. */

/** 128 random bits. crypto.randomUUID is missing on pages without TLS; this is not. */
export function clientId(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}
