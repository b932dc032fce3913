/* uploads.ts - files on their way to the server. Once one is there it becomes a message. */
import type { FileInfo } from "../../lib/types";
import { upload as uploadFile } from "../../lib/upload";
import type { Session } from "../session";
import { clientId } from "./shared";

export interface Upload {
  id: string;
  file: File;
  /** 0..1 */
  part: number;
  problem?: "large" | "empty" | "type" | "failed";
  stop: AbortController;
}

export interface Uploads {
  add(file: File): void;
  retry(id: string): void;
  remove(id: string): void;
}

function problemOf(error: unknown): Upload["problem"] {
  const { status } = error as { status?: number };
  if (status === 413) return "large";
  return status === 415 || status === 422 ? "type" : "failed";
}

export function createUploads(
  session: Session,
  maxBytes: number,
  page: () => string,
  onChange: (uploads: Upload[]) => void,
  onDone: (info: FileInfo) => void,
): Uploads {
  let list: Upload[] = [];

  function change(next: Upload[]) {
    list = next;
    onChange(list);
  }

  function patch(id: string, values: Partial<Upload>) {
    change(list.map((upload) => (upload.id === id ? { ...upload, ...values } : upload)));
  }

  const remove = (id: string) => change(list.filter((upload) => upload.id !== id));

  async function run({ id, file, stop }: Upload) {
    try {
      await session.ensure(page());
      const info = await uploadFile<FileInfo>({
        url: session.base + "/files",
        headers: session.headers(),
        file,
        onProgress: (part) => patch(id, { part }),
        stop: stop.signal,
      });
      remove(id);
      onDone(info);
    } catch (error) {
      if (!stop.signal.aborted) patch(id, { problem: problemOf(error), part: 0 });
    }
  }

  return {
    add(file) {
      const problem = !file.size ? "empty" : file.size > maxBytes ? "large" : undefined;
      const upload: Upload = { id: clientId(), file, part: 0, problem, stop: new AbortController() };
      change([...list, upload]);
      if (!problem) void run(upload);
    },
    retry(id) {
      patch(id, { problem: undefined });
      const upload = list.find((candidate) => candidate.id === id);
      if (upload) void run(upload);
    },
    remove(id) {
      list.find((upload) => upload.id === id)?.stop.abort();
      remove(id);
    },
  };
}
