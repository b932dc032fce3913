import { Problem } from "../../../lib/api";
import { useEffect, useRef, useState } from "preact/hooks";
import { uploadTo } from "../../core/calls";
import { desk, tell } from "../../core/session";
import { clockTime, size, t } from "../../core/text";
import type { Conversation, Mode } from "../../model";
import { minute } from "../../store/clock";
import type { Saying } from "../../store/sending";
import { IconButton } from "../../ui/controls";
import { Icon } from "../../ui/icons";
import { toastError } from "../../ui/toast";
import { modes, write } from "./shortcuts";

const TYPING_EVERY_MS = 3_000;
const MOST_BYTES = 10_000_000;

type File_ = NonNullable<Saying["file"]>;

/** Writes to the conversation it was made for, and to no other: its id is part of every draft. */
export function Composer({ item }: { item: Conversation }) {
  const mode = modes.value[item.id] ?? "message";
  const [file, setFile] = useState<File_ | null>(null);
  const draft = desk.drafts.text(item.id, mode);
  const shut = mode === "message" && closedWindow(item, minute.value);

  const send = () => {
    const text = draft.peek().trim();
    if ((!text && !file) || shut) return;
    desk.say({ conversation: item.id, kind: mode, text, file: file ?? undefined });
    desk.drafts.write(item.id, mode, "");
    tell({ type: "typing", conversation: item.id, on: false });
    setFile(null);
  };
  return (
    <form
      class={`composer composer-${mode}`}
      aria-label={t(mode === "note" ? "write.note" : "write.reply")}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <ModeTabs id={item.id} mode={mode} />
      {shut && (
        <p class="notice warn">
          <Icon name="clock" size={16} /> {t("write.closed")}
        </p>
      )}
      <Box item={item} mode={mode} disabled={shut} onSend={send} />
      {file && <Chosen file={file} onDrop={() => setFile(null)} />}
      <div class="composer-foot">
        <Attach item={item} disabled={mode === "note" || shut} onFile={setFile} />
        <Hint item={item} mode={mode} />
        <button class="btn primary" type="submit" disabled={shut || (!draft.value.trim() && !file)}>
          <Icon name={mode === "note" ? "note" : "send"} size={16} />
          {t(mode === "note" ? "write.saveNote" : "write.send")}
        </button>
      </div>
    </form>
  );
}

function ModeTabs({ id, mode }: { id: string; mode: Mode }) {
  const tab = (name: Mode, key: string) => (
    <button
      type="button"
      role="tab"
      class="tab"
      aria-selected={mode === name}
      aria-controls="composer"
      aria-keyshortcuts={key}
      tabIndex={mode === name ? 0 : -1}
      onClick={() => write(id, name)}
    >
      <Icon name={name === "note" ? "note" : "reply"} size={16} />
      {t(name === "note" ? "write.noteTab" : "write.replyTab")}
      <kbd>{key}</kbd>
    </button>
  );
  const arrows = (event: KeyboardEvent) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    write(id, mode === "note" ? "message" : "note");
  };
  return (
    <div class="tabs" role="tablist" aria-label={t("write.modes")} onKeyDown={arrows}>
      {tab("message", "r")}
      {tab("note", "n")}
    </div>
  );
}

interface BoxProps {
  item: Conversation;
  mode: Mode;
  disabled: boolean;
  onSend: () => void;
}

function Box({ item, mode, disabled, onSend }: BoxProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const told = useRef(0);
  const draft = desk.drafts.text(item.id, mode);
  const typed = (text: string) => {
    desk.drafts.write(item.id, mode, text);
    if (mode === "note" || Date.now() - told.current < TYPING_EVERY_MS) return;
    told.current = Date.now();
    tell({ type: "typing", conversation: item.id, on: text !== "" });
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Escape") area.current?.blur();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    onSend();
  };
  useEffect(() => {
    const box = area.current!;
    box.style.blockSize = "auto";
    box.style.blockSize = `${box.scrollHeight + 2}px`;
  }, [draft.value, mode]);
  return (
    <textarea
      ref={area}
      id="composer"
      dir="auto"
      rows={2}
      class="composer-box"
      value={draft.value}
      disabled={disabled}
      aria-label={t(mode === "note" ? "write.note" : "write.reply")}
      placeholder={t(mode === "note" ? "write.notePlace" : "write.replyPlace", {
        name: item.person.name ?? t("person.visitor"),
      })}
      onInput={(event) => typed(event.currentTarget.value)}
      onKeyDown={press}
    />
  );
}

function Attach({ item, disabled, onFile }: { item: Conversation; disabled: boolean; onFile: (file: File_) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [part, setPart] = useState<number | null>(null);
  const choose = async () => {
    const file = input.current?.files?.[0];
    if (!file) return;
    input.current!.value = "";
    if (file.size > MOST_BYTES) return toastError(new Problem(413, "too_large"));
    setPart(0);
    try {
      onFile(await uploadTo(item.id, file, setPart));
    } catch (error) {
      toastError(error);
    }
    setPart(null);
  };
  return (
    <>
      <input ref={input} type="file" hidden tabIndex={-1} onChange={() => void choose()} aria-label={t("write.attach")} />
      <IconButton
        icon="attach"
        label={t("write.attach")}
        disabled={disabled || part !== null}
        onClick={() => input.current?.click()}
      />
      {part !== null && <progress value={part} max={1} aria-label={t("write.uploading")} />}
    </>
  );
}

function Chosen({ file, onDrop }: { file: File_; onDrop: () => void }) {
  return (
    <div class="chosen">
      <Icon name="file" size={16} />
      <span class="ellipsis grow">{file.name}</span>
      <span class="muted">{size(file.size)}</span>
      <IconButton icon="close" label={t("write.unattach")} onClick={onDrop} />
    </div>
  );
}

/** What sending will do: the bot falls silent, or the window closes soon. */
function Hint({ item, mode }: { item: Conversation; mode: Mode }) {
  const closes = item.window_closes_at;
  const text =
    mode === "note"
      ? t("write.noteHint")
      : closes && closes > minute.value
        ? t("write.window", { time: clockTime(closes) })
        : item.floor === "bot"
          ? t("write.takesOver")
          : t("write.enter");
  return <span class="composer-hint grow">{text}</span>;
}

const closedWindow = (item: Conversation, now: number): boolean =>
  !!item.window_closes_at && item.window_closes_at <= now;
