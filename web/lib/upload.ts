/* upload.ts - sends a file, telling how far it is. */
import { Problem, problemOf } from "./api";

export interface UploadOptions {
  url: string;
  file: File;
  headers: Record<string, string>;
  /** Gets 0..1. */
  onProgress(part: number): void;
  stop?: AbortSignal;
}

/** Sends a file's bytes as they are. fetch tells nothing about the progress of a request's body, so
 *  this is an XMLHttpRequest. */
export function upload<T>({ url, file, headers, onProgress, stop }: UploadOptions): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
    request.upload.onprogress = (event) => onProgress(event.total ? event.loaded / event.total : 0);
    request.onload = () => {
      const { status, responseText } = request;
      if (status < 300) resolve(JSON.parse(responseText));
      else reject(problemOf(status, responseText, request.getResponseHeader("Retry-After")));
    };
    request.onerror = () => reject(new Problem(0, "network"));
    request.onabort = () => reject(new Problem(0, "aborted"));
    stop?.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}
