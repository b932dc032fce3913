/* uploads.ts - files on their way to the server. Once one is there it becomes a message. */
import type { FileInfo } from "../../lib/types";
import { upload as uploadFile } from "../../lib/upload";
import type { Chat } from "../chat";
import { clientId } from "./shared";

export interface Upload {
  id: string;
  file: File;
  /** 0..1 */
  part: number;
  problem?: "large" | "empty" | "type" | "failed";
  stop: AbortController;
}

function problemOf(error: unknown): Upload["problem"] {
  const { status } = error as { status?: number };
  if (status === 413) return "large";
  return status === 415 || status === 422 ? "type" : "failed";
}

let list: Upload[] = [];

function change(chat: Chat, next: Upload[]) {
  list = next;
  chat.setUploads(list);
}

function patch(chat: Chat, id: string, values: Partial<Upload>) {
  change(chat, list.map((upload) => (upload.id === id ? { ...upload, ...values } : upload)));
}

async function run(chat: Chat, { id, file, stop }: Upload) {
  const { session } = chat;
  try {
    await session.ensure(location.origin);
    const { id: stored, type, name, size } = await uploadFile<FileInfo>({
      url: session.base + "/files",
      headers: session.headers(),
      file,
      onProgress: (part) => patch(chat, id, { part }),
      stop: stop.signal,
    });
    removeUpload(chat, id);
    const kind = type.startsWith("image/") ? "image" : "file";
    chat.say({ file: stored, attachment: { type: kind, name, size } });
  } catch (error) {
    if (!stop.signal.aborted) patch(chat, id, { problem: problemOf(error), part: 0 });
  }
}

export function attach(chat: Chat, maxBytes: number, file: File) {
  const problem = !file.size ? "empty" : file.size > maxBytes ? "large" : undefined;
  const upload: Upload = { id: clientId(), file, part: 0, problem, stop: new AbortController() };
  change(chat, [...list, upload]);
  if (!problem) void run(chat, upload);
}

export function retryUpload(chat: Chat, id: string) {
  patch(chat, id, { problem: undefined });
  const upload = list.find((candidate) => candidate.id === id);
  if (upload) void run(chat, upload);
}

export function removeUpload(chat: Chat, id: string) {
  list.find((upload) => upload.id === id)?.stop.abort();
  change(chat, list.filter((upload) => upload.id !== id));
}
