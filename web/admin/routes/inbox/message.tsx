import type { ComponentChildren } from "preact";
import { Linked } from "../../../lib/ui/linked";
import { safeHref } from "../../../lib/text";
import { desk } from "../../core/session";
import { clockTime, dateTime, size, t, word } from "../../core/text";
import type { Attachment, Button, Card, Conversation, Message } from "../../model";
import type { Outgoing } from "../../store/sending";
import { Icon } from "../../ui/icons";
import { toastError } from "../../ui/toast";

interface BubbleProps {
  message: Message;
  item: Conversation;
  first: boolean;
  last: boolean;
}

export function Bubble({ message, item, first, last }: BubbleProps) {
  const side = message.author === "person" ? "theirs" : "ours";
  const kind = message.kind === "note" ? "note" : side;
  const trouble = message.state === "refused" || message.state === "unknown";
  return (
    <article class={`msg ${kind} ${message.author}${first ? " first" : ""}`}>
      {first && <Author message={message} item={item} />}
      <div class="bubble">
        {message.deleted_at ? <em class="muted">{t("msg.deleted")}</em> : <Content message={message} />}
        {message.reaction && <span class="reaction">{message.reaction}</span>}
      </div>
      {(last || trouble || message.edited_at) && (
        <footer class="msg-foot">
          <time title={dateTime(message.sent_at)}>{clockTime(message.sent_at)}</time>
          {message.edited_at && <span>{t("msg.edited")}</span>}
          {side === "ours" && message.kind === "message" && <State message={message} item={item} />}
        </footer>
      )}
    </article>
  );
}

function Author({ message, item }: { message: Message; item: Conversation }) {
  if (message.kind === "note")
    return (
      <div class="msg-author">
        <Icon name="note" size={14} />
        <strong>{t("msg.note")}</strong> {nameOf(message)}
      </div>
    );
  if (message.author === "bot")
    return (
      <div class="msg-author">
        <Icon name="bot" size={14} /> {t("msg.bot")}
      </div>
    );
  if (message.author === "person")
    return (
      <div class="msg-author" dir="auto">
        {item.person.name ?? t("person.visitor")}
      </div>
    );
  return <div class="msg-author">{message.author === "system" ? t("msg.system") : nameOf(message)}</div>;
}

function nameOf(message: Message): string {
  if (!message.user) return t("assign.colleague");
  if (message.user.id === desk.me.value?.user.id) return t("msg.you");
  return message.user.name ?? desk.nameOf(message.user.id) ?? t("assign.colleague");
}

/** The state in words; what failed says why and offers the way on. */
function State({ message, item }: { message: Message; item: Conversation }) {
  const state = message.state ?? "sent";
  const read =
    (state === "sent" || state === "delivered") && (item.person_read_at ?? 0) >= message.sent_at;
  if (state !== "refused" && state !== "unknown")
    return <span class="msg-state">{t(`msg.state.${read ? "read" : state}`)}</span>;
  const again = () => desk.retry(message).catch(toastError);
  return (
    <span class="msg-state bad">
      <Icon name="warn" size={14} />
      {t(`msg.state.${state}`)}
      {message.reason && ` ${word(`reason.${message.reason}`, message.reason)}`}
      <button class="link" type="button" onClick={again}>
        {t("msg.again")}
      </button>
    </span>
  );
}

/** Ours, not yet confirmed by the server. */
export function Pending({ item }: { item: Outgoing }) {
  const failed = item.state === "failed";
  const waiting = !failed && desk.online.value === "off";
  return (
    <article class={`msg first ${item.body.kind === "note" ? "note" : "ours"} agent pending`} data-pending>
      <div class="bubble">
        {item.body.text && <Text>{<Linked text={item.body.text} />}</Text>}
        {item.body.file && <FileLine file={{ type: "file", name: item.body.file.name, size: item.body.file.size }} />}
      </div>
      <footer class="msg-foot">
        {!failed && <span class="msg-state">{t(waiting ? "msg.waiting" : "msg.sending")}</span>}
        {failed && (
          <span class="msg-state bad">
            <Icon name="warn" size={14} />
            {t("msg.failed")} {word(`error.${item.problem?.code}`, item.problem?.detail ?? "")}
            <button class="link" type="button" onClick={() => desk.sending.again(item)}>
              {t("msg.again")}
            </button>
            <button class="link" type="button" onClick={() => desk.sending.discard(item)}>
              {t("msg.discard")}
            </button>
          </span>
        )}
      </footer>
    </article>
  );
}

const Text = ({ children }: { children: ComponentChildren }) => (
  <p class="msg-text" dir="auto">
    {children}
  </p>
);

function Content({ message }: { message: Message }) {
  return (
    <>
      {message.text && (
        <Text>
          <Linked text={message.text} />
        </Text>
      )}
      {message.attachments?.map((file, n) => <FileView key={n} file={file} />)}
      {message.cards?.map((card, n) => <CardView key={n} card={card} />)}
      <Buttons buttons={message.buttons} />
      {!!message.quick_replies?.length && (
        <ul class="quick" aria-label={t("msg.choices")}>
          {message.quick_replies.map((reply, n) => (
            <li key={n} class="quick-reply" dir="auto">
              {reply.title}
            </li>
          ))}
        </ul>
      )}
      {message.input && (
        <p class="asks">
          <Icon name="reply" size={13} /> {t("msg.asks", { type: word(`input.${message.input.type}`, message.input.type) })}
        </p>
      )}
    </>
  );
}

function FileView({ file }: { file: Attachment }) {
  const href = file.url && (file.url.startsWith("/") ? file.url : safeHref(file.url));
  if (!href) return <FileLine file={file} />;
  if (file.type === "image" || file.type === "sticker")
    return (
      <a class="picture" href={href} target="_blank" rel="noopener noreferrer">
        <img src={href} alt={file.name || t("msg.image")} loading="lazy" referrerpolicy="no-referrer" />
      </a>
    );
  return (
    <a class="file" href={href} target="_blank" rel="noopener noreferrer">
      <FileLine file={file} />
    </a>
  );
}

function FileLine({ file }: { file: Attachment }) {
  return (
    <span class="file-line">
      <Icon name={file.type === "location" ? "pin" : "file"} size={16} />
      <span class="ellipsis">{file.name || word(`file.${file.type}`, file.type)}</span>
      {!!file.size && <span class="muted">{size(file.size)}</span>}
    </span>
  );
}

function CardView({ card }: { card: Card }) {
  return (
    <div class="msg-card">
      {card.image && safeHref(card.image) && <img src={card.image} alt="" loading="lazy" referrerpolicy="no-referrer" />}
      <strong dir="auto">{card.title}</strong>
      {card.subtitle && <span dir="auto">{card.subtitle}</span>}
      <Buttons buttons={card.buttons} />
    </div>
  );
}

function Buttons({ buttons }: { buttons: Button[] | undefined }) {
  if (!buttons?.length) return null;
  return (
    <ul class="quick">
      {buttons.map((button, n) => (
        <li key={n} class="quick-reply" dir="auto">
          {button.title}
        </li>
      ))}
    </ul>
  );
}
