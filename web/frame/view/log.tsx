/* log.tsx - the scrolling list of the conversation. */
import { Component, createRef } from "preact";
import type { Message, QuickReply } from "../../lib/types";
import type { Chat, ChatState } from "../chat";
import type { Config } from "../config";
import { Later } from "../later";
import { openQuestion } from "../thread";
import { t } from "../words";
import { PendingRow, Row } from "./rows";

interface LogProps {
  chat: Chat;
  state: ChatState;
  config: Config;
}

/* Nearer to the end than this, the reader follows the conversation. */
const NEAR_END_PX = 80;

export class Log extends Component<LogProps> {
  box = createRef<HTMLDivElement>();
  atEnd = true;
  heightBefore = 0;
  /* A picture that arrives, or a phone's keyboard, changes the height without any new message. */
  watch = new ResizeObserver(() => this.follow());

  override componentDidMount() {
    const el = this.box.current!;
    this.watch.observe(el);
    this.watch.observe(el.firstElementChild!);
  }

  override componentWillUnmount() {
    this.watch.disconnect();
  }

  /* Own words are always shown; what others write moves the view only for a reader at the end; older
   * messages put on top leave everything where it was. */
  override componentDidUpdate({ state: before }: LogProps) {
    const { pending, uploads, messages } = this.props.state;
    const el = this.box.current!;
    if (pending.length > before.pending.length || uploads.length > before.uploads.length) this.atEnd = true;
    if (this.heightBefore && messages !== before.messages) {
      el.scrollTop += el.scrollHeight - this.heightBefore;
      this.heightBefore = 0;
    }
    this.follow();
  }

  follow() {
    const el = this.box.current!;
    if (this.atEnd) el.scrollTop = el.scrollHeight;
  }

  onScroll = () => {
    const el = this.box.current!;
    this.atEnd = el.scrollHeight - el.scrollTop - el.clientHeight < NEAR_END_PX;
  };

  earlier = () => {
    this.atEnd = false;
    this.heightBefore = this.box.current!.scrollHeight;
    this.props.chat.showEarlier().catch(() => (this.heightBefore = 0));
  };

  override render({ chat, state, config }: LogProps) {
    const { messages, pending, uploads, earlier, readAt, link } = state;
    const own = pending.length ? null : [...messages].reverse().find(({ author }) => author === "person");

    const shown = config.greeting && !earlier ? [greetingOf(config.greeting), ...messages] : messages;

    return (
      <div class="log" role="log" aria-live="off" aria-label={t("log")} tabIndex={0} ref={this.box} onScroll={this.onScroll}>
        <div class="log-inner">
          {earlier && (
            <button type="button" class="link earlier" onClick={this.earlier}>
              {t("earlier")}
            </button>
          )}
          {shown.map((message, i) => (
            <Row key={message.id} chat={chat} message={message} before={shown[i - 1]}
              status={message === own ? statusOf(message, readAt) : ""} />
          ))}
          {pending.map((item) => (
            <PendingRow key={item.client_id} chat={chat} item={item} waiting={link === "waiting"} />
          ))}
          {uploads.map((upload) => (
            <Later of="UploadRow" key={upload.id} chat={chat} upload={upload} max={config.max_file} />
          ))}
          <Suggestions chat={chat} replies={pending.length ? [] : repliesTo(messages, config)} />
        </div>
      </div>
    );
  }
}

/** The site's own first words stand in the log like a message, but were never sent. */
function greetingOf(text: string): Message {
  return { id: "", cseq: 0, kind: "message", author: "bot", text, sent_at: 0 };
}

function statusOf({ state, sent_at }: Message, readAt: number) {
  if (state === "refused" || state === "unknown") return t("state.failed");
  return t(state === "read" || sent_at <= readAt ? "state.read" : "state.sent");
}

function repliesTo(messages: readonly Message[], { starters }: Config): QuickReply[] {
  if (!messages.length) return starters ?? [];
  const { quick_replies = [], input } = openQuestion(messages) ?? {};
  const choices = (input?.type === "choice" && input.choices) || [];
  return [
    ...quick_replies,
    ...choices.map((choice) => (typeof choice === "string" ? { title: choice } : choice)),
  ];
}

/** Directly after the last message, so that one Tab from there reaches them. */
function Suggestions({ chat, replies }: { chat: Chat; replies: QuickReply[] }) {
  if (!replies.length) return null;
  return (
    <div class="suggestions" role="group" aria-label={t("choices")}>
      {replies.map(({ title, payload }) => (
        <button type="button" class="chip" dir="auto" onClick={() => chat.say({ text: title, payload })}>
          {title}
        </button>
      ))}
    </div>
  );
}
