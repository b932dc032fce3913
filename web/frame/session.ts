/* session.ts - who the visitor is to the server: a token, kept in memory until the first message. */
import { createApi, Problem, type Api } from "../lib/api";
import type { Config } from "./config";

export interface Identity {
  user?: string;
  userHash?: string;
}

export interface Session {
  readonly api: Api;
  /** Stands before each call's path. */
  readonly base: string;
  headers(): Record<string, string>;
  token: string | null;
  /** Makes sure that there is a token; asks for one at most once at a time. */
  ensure(page: string): Promise<void>;
}

/** True when the token is worth nothing any more. */
export function isLost(error: unknown): boolean {
  return error instanceof Problem && (error.status === 401 || error.status === 410);
}

export function createSession(config: Config, identity: Identity, token: string | null): Session {
  let asking: Promise<void> | null = null;
  const headers = (): Record<string, string> =>
    session.token ? { Authorization: "Bearer " + session.token } : {};
  const api = createApi(config.api, headers);

  async function ask(page: string) {
    const anonymous = { page };
    const signed = { page, user: identity.user, user_hash: identity.userHash };
    try {
      const body = identity.user ? signed : anonymous;
      session.token = (await api.post<{ token: string }>("/session", body)).token;
    } catch (error) {
      if (!identity.user || !(error instanceof Problem) || error.retryable) throw error;
      /* A wrong signature is the site's mistake, and no reason to leave its visitor without a chat. */
      console.warn("Lethe: data-user and data-user-hash were refused; the visitor stays anonymous.");
      session.token = (await api.post<{ token: string }>("/session", anonymous)).token;
    }
  }

  const session: Session = {
    api,
    base: config.api,
    headers,
    token,
    ensure(page) {
      if (session.token) return Promise.resolve();
      asking ??= ask(page).finally(() => (asking = null));
      return asking;
    },
  };
  return session;
}
