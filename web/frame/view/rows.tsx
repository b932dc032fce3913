/* rows.tsx - one entry of the log: a message, an event, what is being sent. */
import { Component } from "preact";
import type { OutboxItem } from "../../lib/outbox";
import type { Message } from "../../lib/types";
import { Linked } from "../../lib/ui/linked";
import type { Chat, Draft } from "../chat";
import { Later } from "../later";
import { t } from "../words";
import { WARN, Icon } from "./icons";
import { dayOf, eventText, timeOf, whoIs } from "./sentences";

/* Messages of one author closer together than this are one block. */
const BLOCK_MS = 5 * 60_000;
/* One to three pictographs and nothing else: shown larger. */
const ONLY_EMOJI = /^(\p{Extended_Pictographic}[\p{Emoji_Modifier}\u200D\uFE0F]*\s*){1,3}$/u;

interface RowProps {
  chat: Chat;
  message: Message;
  before: Message | undefined;
  status: string;
}

/** Renders again only for another form of its message: a new one at the end costs nothing above it. */
export class Row extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps) {
    const { message, before, status } = this.props;
    return message !== next.message || before?.id !== next.before?.id || status !== next.status;
  }

  override render({ chat, message, before, status }: RowProps) {
    const day = dayOf(message.sent_at);
    const newDay = !before || dayOf(before.sent_at) !== day;
    return (
      <>
        {newDay && message.sent_at > 0 && <p class="note">{day}</p>}
        {message.kind === "event" ? (
          <p class="note">{eventText(message)}</p>
        ) : (
          <MessageRow chat={chat} message={message} status={status}
            first={newDay || startsBlock(message, before)} />
        )}
      </>
    );
  }
}

function startsBlock(message: Message, before: Message): boolean {
  return (
    before.kind !== "message" ||
    whoIs(before) !== whoIs(message) ||
    message.sent_at - before.sent_at > BLOCK_MS
  );
}

type MessageRowProps = Omit<RowProps, "before"> & { first: boolean };

function MessageRow({ chat, message, status, first }: MessageRowProps) {
  const own = message.author === "person";
  const gone = message.deleted_at || message.state === "withdrawn";
  const text = gone ? t("message.withdrawn") : message.text;
  const { attachments, cards, buttons, edited_at, sent_at } = message;
  return (
    <div class={`row ${own ? "own" : "other"}${first ? " first" : ""}`}>
      {first && (
        <p class={own ? "visually-hidden" : "meta"}>
          {whoIs(message)}
          {sent_at > 0 && " · " + timeOf(sent_at)}
        </p>
      )}
      {text && (
        <div class={ONLY_EMOJI.test(text) ? "bubble emoji" : gone ? "bubble gone" : "bubble"} dir="auto">
          <Linked text={text} />
          {edited_at && <span class="edited"> {t("message.edited")}</span>}
        </div>
      )}
      {!gone && (attachments?.length || cards?.length || buttons?.length) ? (
        <Later of="Rich" chat={chat} message={message} />
      ) : null}
      {status && (
        <p class="meta">
          {timeOf(sent_at)} · {status}
        </p>
      )}
    </div>
  );
}

interface PendingProps {
  chat: Chat;
  item: OutboxItem<Draft>;
  waiting: boolean;
}

export function PendingRow({ chat, item, waiting }: PendingProps) {
  const { client_id, body, state } = item;
  return (
    <div class="row own pending">
      <div class="bubble" dir="auto">
        {body.text ?? body.attachment?.name}
      </div>
      {state === "failed" ? (
        <p class="meta bad">
          <Icon d={WARN} />
          {t("state.failed")}
          <button type="button" class="link" onClick={() => chat.retry(client_id)}>
            {t("retry")}
          </button>
          <button type="button" class="link" onClick={() => chat.drop(client_id)}>
            {t("drop")}
          </button>
        </p>
      ) : (
        <p class="meta">{t(waiting ? "state.waiting" : "state.sending")}</p>
      )}
    </div>
  );
}
