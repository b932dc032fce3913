import { useEffect, useRef, useState } from "preact/hooks";
import { desk } from "../../core/session";
import { age, t } from "../../core/text";
import type { Conversation, View } from "../../model";
import { minute } from "../../store/clock";
import { Avatar } from "../../ui/avatar";
import { Icon } from "../../ui/icons";
import { Empty, Failed, Skeleton } from "../../ui/states";

const ROW = 76; // px, as .row in inbox.css
const SPARE = 6; // rows drawn above and below what is seen

interface ListProps {
  view: View;
  open: string | null;
  cursor: string | null;
}

export function List(props: ListProps) {
  const { view } = props;
  const list = desk.conversations.view(view);
  const state = list.state.value;
  if (state === "error") return <Failed again={() => void desk.showView(view)} />;
  if (state !== "ready") return <Skeleton rows={8} />;
  if (!list.ids.value.length)
    return (
      <Empty icon={view === "help" ? "check" : "inbox"} title={t(`empty.${view}`)}>
        {view === "all" && t("empty.allHint")}
      </Empty>
    );
  return <Rows key={view} {...props} />;
}

/** Only the rows in sight are in the page, however long the list is. */
function Rows({ view, open, cursor }: ListProps) {
  const list = desk.conversations.view(view);
  const ids = list.ids.value;
  const box = useRef<HTMLDivElement>(null);
  const { top, height } = useScroll(box);
  const from = Math.max(0, Math.floor(top / ROW) - SPARE);
  const to = Math.min(ids.length, Math.ceil((top + height) / ROW) + SPARE);

  useEffect(() => {
    if (to >= ids.length - SPARE) void desk.moreOf(view);
  });
  useEffect(() => {
    if (cursor) reveal(box.current!, ids.indexOf(cursor));
  }, [cursor]);

  return (
    <div class="rows" ref={box} tabIndex={-1}>
      <ul class="rows-inner" style={{ blockSize: `${list.total.value * ROW}px` }}>
        {ids.slice(from, to).map((id, n) => (
          <li
            key={id}
            class="row-at"
            style={{ insetBlockStart: `${(from + n) * ROW}px` }}
            aria-setsize={list.total.value}
            aria-posinset={from + n + 1}
          >
            <Row id={id} view={view} open={id === open} cursor={id === cursor} />
          </li>
        ))}
      </ul>
    </div>
  );
}

interface RowProps {
  id: string;
  view: View;
  open: boolean;
  cursor: boolean;
}

function Row({ id, view, open, cursor }: RowProps) {
  const item = desk.conversations.get(id).value;
  if (!item) return null;
  const name = item.person.name ?? t("person.visitor");
  const typing = (desk.typing.value[id] ?? []).includes("person");
  return (
    <a
      class={cursor ? "row cursor" : "row"}
      href={`/app/inbox/${id}?view=${view}`}
      aria-current={open ? "true" : undefined}
      data-unread={item.unread > 0 || undefined}
      data-id={id}
    >
      <span class="row-face">
        <Avatar id={item.person.id} name={item.person.name} picture={item.person.picture} />
        {item.person.online && <span class="online-dot" />}
      </span>
      <span class="row-name">
        <bdi>{name}</bdi>
      </span>
      <time class="row-age">{age(item.last_at, minute.value)}</time>
      <span class="row-text">
        {typing ? t("thread.typing", { name }) : <Snippet item={item} />}
      </span>
      {item.unread > 0 && (
        <span class="badge">
          {item.unread > 99 ? "99+" : item.unread}
          <span class="visually-hidden"> {t("row.unread")}</span>
        </span>
      )}
      <RowMeta item={item} />
    </a>
  );
}

function Snippet({ item }: { item: Conversation }) {
  const last = item.last_message;
  if (!last) return <>{t("row.nothing")}</>;
  const who =
    last.kind === "note" ? t("row.note") : last.author === "bot" ? t("row.bot") : last.author === "agent" ? t("row.agent") : "";
  return (
    <>
      {who && <span class="row-who">{who} </span>}
      <bdi>{last.text || t("row.attachment")}</bdi>
    </>
  );
}

function RowMeta({ item }: { item: Conversation }) {
  return (
    <span class="row-meta">
      <span class="with-icon">
        <Icon name={item.channel.kind === "web" ? "web" : "messenger"} size={14} />
        {t(item.channel.kind === "web" ? "channel.web" : "channel.messenger")}
      </span>
      {item.person.online && <span class="ok">{t("person.online")}</span>}
      {item.help_wanted_at && item.status === "open" ? (
        <span class="chip bad">
          <Icon name="hand" size={13} />
          {t("row.help", { age: age(item.help_wanted_at, minute.value) })}
        </span>
      ) : item.assignee ? (
        <span class="ellipsis">{item.assignee.name}</span>
      ) : null}
    </span>
  );
}

function useScroll(box: { current: HTMLDivElement | null }): { top: number; height: number } {
  const [seen, setSeen] = useState({ top: 0, height: 800 });
  useEffect(() => {
    const element = box.current!;
    const look = () => setSeen({ top: element.scrollTop, height: element.clientHeight });
    const watch = new ResizeObserver(look);
    element.addEventListener("scroll", look, { passive: true });
    watch.observe(element);
    return () => {
      element.removeEventListener("scroll", look);
      watch.disconnect();
    };
  }, []);
  return seen;
}

function reveal(box: HTMLElement, index: number): void {
  if (index < 0) return;
  const top = index * ROW;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW - box.clientHeight;
}
