/* session.ts - who the visitor is to the server: a token, kept in memory until the first message. */
import { createCall, type Call, type Problem } from "../lib/api";
import type { Config } from "./config";

export interface Identity {
  user?: string;
  userHash?: string;
}

export interface Session {
  readonly call: Call;
  /** Stands before each call's path. */
  readonly base: string;
  headers(): Record<string, string>;
  token: string | null;
  /** Makes sure that there is a token; asks for one at most once at a time. */
  ensure(page: string): Promise<void>;
}

/** True when the token is worth nothing any more. */
export function isLost({ status }: Problem): boolean {
  return status === 401 || status === 410;
}

export function createSession(config: Config, identity: Identity, token: string | null): Session {
  let asking: Promise<void> | null = null;
  const headers = (): Record<string, string> =>
    session.token ? { Authorization: "Bearer " + session.token } : {};
  const call = createCall(config.api, headers);

  async function ask(page: string) {
    const open = (who: object) => call<{ token: string }>("POST", "/session", { page, ...who });
    const { user, userHash } = identity;
    const answer = await open({ user, user_hash: userHash }).catch((error) => {
      if (!user || (error as Problem).retryable) throw error;
      /* A wrong signature is the site's mistake, and no reason to leave its visitor without a chat. */
      console.warn("Lethe: data-user-hash is wrong; the visitor stays anonymous.");
      return open({});
    });
    session.token = answer.token;
  }

  const session: Session = {
    call,
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
