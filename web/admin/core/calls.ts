// Every call of the dashboard to the server. An ended session shows the sign-in above the page; what
// was on its way waits (status 0 is retryable) and goes on afterwards.
import { createApi, Problem, type Api } from "../../lib/api";
import type { FileInfo } from "../../lib/types";
import { upload } from "../../lib/upload";
import { signal } from "@preact/signals";
import type { DeskPort } from "../store/desk";

export const signedOut = signal(false);

const raw = createApi("/api/v1");

async function watch<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
    signedOut.value = true;
    throw new Problem(0, "not_signed_in", error.detail);
  }
}

/** Calls as a signed-in user. */
export const api: Api = {
  get: (path) => watch(raw.get(path)),
  post: (path, body) => watch(raw.post(path, body)),
  put: (path, body) => watch(raw.put(path, body)),
  patch: (path, body) => watch(raw.patch(path, body)),
  del: (path) => watch(raw.del(path)),
};

/** Sends a file into a conversation; `onProgress` gets 0..1. */
export const uploadTo = (conversation: string, file: File, onProgress: (part: number) => void) =>
  watch(
    upload<FileInfo>({
      url: `/api/v1/files?conversation=${encodeURIComponent(conversation)}`,
      file,
      headers: {},
      onProgress,
    }),
  );

/** Calls of the pages before signing in: a 401 is an answer there, not an ended session. */
export const door = raw;

const one = (id: string) => `/conversations/${encodeURIComponent(id)}`;

export const deskPort: DeskPort = {
  list: (view, cursor) =>
    api.get(`/conversations?view=${view}&limit=50${cursor ? "&cursor=" + encodeURIComponent(cursor) : ""}`),
  counts: () => api.get("/conversations/counts"),
  conversation: (id) => api.get(one(id)),
  messages: (id, before) =>
    api.get(`${one(id)}/messages?limit=50${before ? "&before=" + encodeURIComponent(before) : ""}`),
  change: (id, change) => api.patch(one(id), change),
  read: (id, message) => api.post(`${one(id)}/read`, { message }),
  send: ({ client_id, body }) =>
    api.post(`${one(body.conversation)}/messages`, {
      client_id,
      kind: body.kind,
      ...(body.text && { text: body.text }),
      ...(body.file && { file: body.file.id }),
    }),
  retry: (message) => api.post(`/messages/${encodeURIComponent(message)}/retry`),
  loadDraft: (id) => api.get(`${one(id)}/draft`),
  saveDraft: (id, mode, text) => api.put(`${one(id)}/draft`, { mode, text }),
};
