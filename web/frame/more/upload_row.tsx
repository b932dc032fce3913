/* upload_row.tsx - a file on its way, in the log. */
import type { Chat } from "../chat";
import { Icon, t as core } from "./shared";
import { sizeOf } from "./size";
import { removeUpload, retryUpload, type Upload } from "./uploads";
import { t } from "./words";
import { WARN } from "../view/icons";

interface UploadProps {
  chat: Chat;
  upload: Upload;
  max: number;
}

export function UploadRow({ chat, upload, max }: UploadProps) {
  const { id, problem, file, part } = upload;
  const percent = Math.round(part * 100);

  if (!problem)
    return (
      <div class="row own">
        <p class="meta">
          {t("upload.running", { name: file.name, percent })}
          <button type="button" class="link" onClick={() => removeUpload(chat, id)}>
            {t("cancel")}
          </button>
        </p>
        <progress value={percent} max={100} aria-label={file.name} />
      </div>
    );
  return (
    <div class="row own">
      <p class="meta bad" role="alert">
        <Icon d={WARN} />
        {t(`upload.${problem}`, { name: file.name, max: sizeOf(max) })}
        {problem === "failed" && (
          <button type="button" class="link" onClick={() => retryUpload(chat, id)}>
            {core("retry")}
          </button>
        )}
        <button type="button" class="link" onClick={() => removeUpload(chat, id)}>
          {core("drop")}
        </button>
      </p>
    </div>
  );
}
