/* rich.tsx - what a message has beside its text: files, cards, buttons. */
import { safeHref } from "../../lib/text";
import type { Attachment, Button, Card, Message } from "../../lib/types";
import type { Chat } from "../chat";
import { save } from "./save";
import { Component, Icon, t as core } from "./shared";
import { sizeOf } from "./size";
import { t } from "./words";
import { FILE } from "../view/icons";

export function Rich({ chat, message }: { chat: Chat; message: Message }) {
  const { attachments, cards, buttons } = message;
  return (
    <>
      {attachments?.map((attachment) => <File chat={chat} file={attachment} />)}
      {cards?.length ? (
        <div class="cards" role="group" tabIndex={0} aria-label={cards[0]!.title}>
          {cards.map((card) => <CardView chat={chat} card={card} />)}
        </div>
      ) : null}
      <Buttons chat={chat} buttons={buttons} />
    </>
  );
}

function Outside({ href, title }: { href: string; title: string }) {
  return (
    <a class="button" dir="auto" href={href} target="_blank" rel="noopener noreferrer nofollow">
      {title}
    </a>
  );
}

function Buttons({ chat, buttons }: { chat: Chat; buttons: Button[] | undefined }) {
  if (!buttons?.length) return null;
  return (
    <div class="buttons">
      {buttons.map(({ title, url, payload }) => {
        const href = safeHref(url);
        if (href) return <Outside href={href} title={title} />;
        return (
          <button type="button" class="button" dir="auto" onClick={() => chat.say({ text: title, payload })}>
            {title}
          </button>
        );
      })}
    </div>
  );
}

function CardView({ chat, card }: { chat: Chat; card: Card }) {
  return (
    <div class="card" dir="auto">
      {card.image && <Picture chat={chat} url={card.image} name={card.title} />}
      <div class="card-text">
        <p class="card-title">{card.title}</p>
        {card.subtitle && <p class="meta">{card.subtitle}</p>}
      </div>
      <Buttons chat={chat} buttons={card.buttons} />
    </div>
  );
}

function isOurs(url: string): boolean {
  return new URL(url, location.href).origin === location.origin;
}

async function bytesOf(chat: Chat, url: string): Promise<Blob> {
  const response = await fetch(url, { headers: chat.session.headers() });
  if (!response.ok) throw new Error(String(response.status));
  return response.blob();
}

interface PictureProps {
  chat: Chat;
  url: string;
  name: string;
}

/** A picture of ours is fetched with the visitor's token; another site's is a link, since loading it
 *  would tell that site who is chatting. */
class Picture extends Component<PictureProps, { source?: string; failed?: boolean }> {
  gone = false;

  override componentDidMount() {
    const { chat, url } = this.props;
    if (!isOurs(url)) return;
    bytesOf(chat, url).then(
      (blob) => {
        if (!this.gone) this.setState({ source: URL.createObjectURL(blob) });
      },
      () => this.setState({ failed: true }),
    );
  }

  override componentWillUnmount() {
    this.gone = true;
    if (this.state.source) URL.revokeObjectURL(this.state.source);
  }

  override render({ url, name }: PictureProps) {
    const { source, failed } = this.state;
    if (failed) return <p class="meta bad">{t("file.gone")}</p>;
    if (source) return <img class="picture" src={source} alt={name} />;
    if (isOurs(url)) return <div class="picture" />;
    const href = safeHref(url);
    return href ? <Outside href={href} title={t("file.picture")} /> : null;
  }
}

interface FileProps {
  chat: Chat;
  file: Attachment;
}

class File extends Component<FileProps, { failed: boolean }> {
  override state = { failed: false };

  name() {
    const { name, type } = this.props.file;
    return name ?? (type === "location" ? t("file.location") : core("file"));
  }

  download = () => {
    this.setState({ failed: false });
    const { chat, file } = this.props;
    bytesOf(chat, file.url!).then((blob) => save(blob, this.name()), () => this.setState({ failed: true }));
  };

  override render({ chat, file: { url, type, size, name: given } }: FileProps) {
    const name = this.name();
    if (!url) return <p class="bubble">{given ?? t("file.unknown")}</p>;
    if (type === "image" || type === "sticker") return <Picture chat={chat} url={url} name={name} />;
    const outside = isOurs(url) ? undefined : safeHref(url);
    if (outside) return <Outside href={outside} title={name} />;
    return (
      <>
        <button type="button" class="button file" title={t("file.download", { name })} onClick={this.download}>
          <Icon d={FILE} />
          <span dir="auto">{name}</span>
          {size ? <span class="meta">{sizeOf(size)}</span> : null}
        </button>
        {this.state.failed && <p class="meta bad" role="alert">{t("file.gone")}</p>}
      </>
    );
  }
}
