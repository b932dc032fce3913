/* api.ts - calls to the server. Whatever goes wrong comes out as a Problem with a stable code. */

/** An error answer (RFC 9457), or one of our own codes: "network" (no answer) and "timeout". */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail = "",
    readonly body: Record<string, unknown> = {},
    readonly retryAfterMs = 0,
  ) {
    super(detail || code);
  }

  /** True when the very same call may succeed later. */
  get retryable(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }
}

export interface Api {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  put<T>(path: string, body?: unknown): Promise<T>;
  patch<T>(path: string, body?: unknown): Promise<T>;
  del<T>(path: string): Promise<T>;
}

const TIMEOUT_MS = 30_000;

/** The Problem that an answer's body tells of. */
export function problemOf(status: number, text: string, retryAfter: string | null): Problem {
  let body: Record<string, unknown> = {};
  try {
    body = JSON.parse(text);
  } catch {
    /* a proxy's page, not our answer: the status must do */
  }
  return new Problem(
    status,
    String(body.code ?? "http_" + status),
    String(body.detail ?? body.title ?? ""),
    body,
    (Number(retryAfter) || 0) * 1000,
  );
}

export type Call = <T>(method: string, path: string, body?: unknown) => Promise<T>;

/** `base` stands before each path; `headers` is asked at every call (a token may come later). */
export function createCall(base: string, headers: () => Record<string, string> = () => ({})): Call {
  return async (method, path, body) => {
    const json = body !== undefined && { "Content-Type": "application/json" };
    let response: Response, text: string;
    try {
      response = await fetch(base + path, {
        method,
        headers: { ...headers(), ...json },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      text = await response.text();
    } catch (error) {
      throw new Problem(0, (error as Error).name === "TimeoutError" ? "timeout" : "network");
    }
    if (!response.ok) throw problemOf(response.status, text, response.headers.get("Retry-After"));
    return text ? JSON.parse(text) : undefined;
  };
}

/** The same with a name for each method. */
export function createApi(base: string, headers?: () => Record<string, string>): Api {
  const call = createCall(base, headers);
  return {
    get: (path) => call("GET", path),
    post: (path, body) => call("POST", path, body),
    put: (path, body) => call("PUT", path, body),
    patch: (path, body) => call("PATCH", path, body),
    del: (path) => call("DELETE", path),
  };
}
