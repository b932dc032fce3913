/* index.ts - the part of the frame that most visitors never need: loaded when it is. */
import { ready as wordsReady } from "./words";

export { Answer } from "./answer";
export { Leave } from "./leave";
export { Privacy } from "./privacy";
export { Rich } from "./rich";
export { attach } from "./uploads";
export { UploadRow } from "./upload_row";

/* The address of the style sheet has a hash, which the build wrote into the page. */
const sheet = document.createElement("link");
sheet.rel = "stylesheet";
sheet.href = document.getElementById("app")!.dataset.moreCss!;

export const ready = Promise.all([
  wordsReady,
  new Promise((resolve, reject) => {
    sheet.onload = resolve;
    sheet.onerror = reject;
    document.head.append(sheet);
  }),
]);
