import { useEffect } from "preact/hooks";
import { desk } from "../../core/session";
import { t } from "../../core/text";
import type { Conversation, View } from "../../model";
import { Avatar } from "../../ui/avatar";
import { Choice, IconButton } from "../../ui/controls";
import { Icon } from "../../ui/icons";
import { Failed, Skeleton } from "../../ui/states";
import { go } from "../../core/router";
import { assign, helped, resolve, setFloor } from "./actions";
import { Composer } from "./composer";
import { Log } from "./log";

interface ThreadProps {
  id: string;
  view: View;
  side: boolean;
  onSide: (shown: boolean) => void;
}

export function Thread({ id, view, side, onSide }: ThreadProps) {
  const item = desk.conversations.get(id).value;
  const state = desk.threads.get(id).state.value;
  const count = desk.threads.get(id).messages.value.length;
  useEffect(() => {
    if (document.visibilityState === "visible" && state === "ready") void desk.markRead(id);
  }, [id, state, count]);

  if (!item)
    return (
      <section class="thread" aria-label={t("inbox.thread")}>
        {state === "error" ? (
          <Failed again={() => void desk.openConversation(id)} />
        ) : (
          <Skeleton rows={5} />
        )}
      </section>
    );
  return (
    <section class="thread" aria-label={t("inbox.thread")}>
      <Head item={item} view={view} side={side} onSide={onSide} />
      <Notices item={item} />
      {state === "error" ? (
        <Failed again={() => void desk.openConversation(id)} />
      ) : state === "ready" ? (
        <Log item={item} />
      ) : (
        <div class="log">
          <Skeleton rows={5} />
        </div>
      )}
      <Typing item={item} />
      <Composer item={item} />
    </section>
  );
}

function Head({ item, view, side, onSide }: { item: Conversation } & Omit<ThreadProps, "id">) {
  const open = item.status === "open";
  return (
    <header class="thread-head">
      <div class="thread-who">
        <span class="only-narrow">
          <IconButton icon="back" label={t("do.back")} onClick={() => go(`/app/inbox?view=${view}`)} />
        </span>
        <Avatar id={item.person.id} name={item.person.name} picture={item.person.picture} />
        <div class="grow ellipsis">
          <h2 class="ellipsis">
            <bdi>{item.person.name ?? t("person.visitor")}</bdi>
          </h2>
          <span class={open ? "status ok" : "status"}>
            <Icon name={open ? "inbox" : "check"} size={14} />
            {t(open ? "status.open" : "status.closed")}
          </span>
          <Viewers id={item.id} />
        </div>
        <Assignee item={item} />
        <button
          class="btn"
          type="button"
          aria-keyshortcuts="e"
          title={t(open ? "do.resolve" : "do.reopen") + " (e)"}
          onClick={() => void resolve(item.id)}
        >
          <Icon name={open ? "check" : "undo"} size={16} />
          <span class="wide-word">{t(open ? "do.resolve" : "do.reopen")}</span>
        </button>
        <IconButton
          icon="panel"
          label={t("inbox.side")}
          pressed={side}
          onClick={() => onSide(!side)}
        />
      </div>
      <FloorBar item={item} />
    </header>
  );
}

function Assignee({ item }: { item: Conversation }) {
  const me = desk.me.value!.user;
  const users = desk.users.value.some((user) => user.id === me.id) ? desk.users.value : [me];
  const known = users.map((user) => [user.id, user.id === me.id ? t("assign.me") : user.name] as const);
  const other = item.assignee && !users.some((user) => user.id === item.assignee!.id);
  return (
    <Choice
      bare
      label={t("assign.label")}
      value={item.assignee?.id ?? ""}
      options={[
        ["", t("assign.none")],
        ...known,
        ...(other ? [[item.assignee!.id, item.assignee!.name ?? t("assign.colleague")] as const] : []),
      ]}
      onChange={(user) => void assign(item.id, user || null)}
    />
  );
}

/** Who else looks at it now. */
function Viewers({ id }: { id: string }) {
  const me = desk.me.value!.user.id;
  const others = (desk.viewers.value[id] ?? []).filter((user) => user !== me);
  if (!others.length) return null;
  const names = others.map((user) => desk.nameOf(user) ?? t("assign.colleague"));
  return (
    <span class="status warn">
      <Icon name="eye" size={14} />
      {t("thread.viewers", { names: names.join(", ") })}
    </span>
  );
}

/** Who speaks: the bot, me, a colleague, or nobody. One at a time. */
function FloorBar({ item }: { item: Conversation }) {
  const mine = item.floor === "agent" && item.floor_user?.id === desk.me.value!.user.id;
  const words =
    item.floor === "bot"
      ? t("floor.bot")
      : mine
        ? t("floor.you")
        : item.floor === "agent"
          ? t("floor.other", { name: item.floor_user?.name ?? t("assign.colleague") })
          : t("floor.nobody");
  return (
    <div class={`floor floor-${mine ? "mine" : item.floor}`}>
      <Icon name={item.floor === "bot" ? "bot" : "agent"} size={16} />
      <span class="grow">{words}</span>
      {item.help_wanted_at && (
        <button class="btn small" type="button" onClick={() => void helped(item.id)}>
          {t("floor.helped")}
        </button>
      )}
      {mine ? (
        <button class="btn small" type="button" onClick={() => void setFloor(item.id, "bot")}>
          {t("floor.handBack")}
        </button>
      ) : (
        <button class="btn small" type="button" onClick={() => void setFloor(item.id, "agent")}>
          {t("floor.take")}
        </button>
      )}
    </div>
  );
}

function Notices({ item }: { item: Conversation }) {
  return (
    <>
      {item.help_wanted_at && item.status === "open" && (
        <p class="notice bad">
          <Icon name="hand" size={16} /> {t("thread.help")}
        </p>
      )}
      {item.standby && (
        <p class="notice warn">
          <Icon name="warn" size={16} /> {t("thread.standby")}
        </p>
      )}
    </>
  );
}

function Typing({ item }: { item: Conversation }) {
  const me = desk.me.value!.user.id;
  const who = (desk.typing.value[item.id] ?? []).filter((one) => one !== me);
  const names = who.map((one) =>
    one === "person" ? (item.person.name ?? t("person.visitor")) : (desk.nameOf(one) ?? t("assign.colleague")),
  );
  return (
    <div class="typing" role="status">
      {names.length > 0 && t("thread.typing", { name: names.join(", ") })}
    </div>
  );
}
