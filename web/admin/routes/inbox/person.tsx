import { Linked } from "../../../lib/ui/linked";
import { api } from "../../core/calls";
import { useLoad } from "../../core/load";
import { desk } from "../../core/session";
import { age, t } from "../../core/text";
import type { Conversation, Person } from "../../model";
import { minute } from "../../store/clock";
import { Avatar } from "../../ui/avatar";
import { IconButton } from "../../ui/controls";
import { Icon } from "../../ui/icons";
import { Await } from "../../ui/states";
import { Attributes, Fields, Identities, Past, PrivacyActions } from "../../ui/person";

/** Who it is we talk to: what we know, and why we may know it. */
export function PersonPane({ id, onClose }: { id: string; onClose: () => void }) {
  const item = desk.conversations.get(id).value;
  if (!item) return <aside class="side" aria-label={t("person.title")} />;
  return (
    <aside class="side" aria-label={t("person.title")}>
      <div class="side-close">
        <IconButton icon="close" label={t("do.close")} onClick={onClose} />
      </div>
      <div class="side-head">
        <Avatar id={item.person.id} name={item.person.name} picture={item.person.picture} big />
        <h2 dir="auto">{item.person.name ?? t("person.visitor")}</h2>
        <Presence item={item} />
      </div>
      <Website item={item} />
      <Details item={item} />
    </aside>
  );
}

function Presence({ item }: { item: Conversation }) {
  const { online, seen_at } = item.person;
  if (online)
    return (
      <span class="with-icon ok">
        <span class="online-dot still" /> {t("person.onlineNow")}
      </span>
    );
  return (
    <span class="muted">
      {seen_at ? t("person.lastSeen", { age: age(seen_at, minute.value) }) : t("person.neverSeen")}
    </span>
  );
}

function Website({ item }: { item: Conversation }) {
  const web = item.channel.kind === "web";
  return (
    <section class="side-part">
      <h3>{t("person.where")}</h3>
      <dl class="facts">
        <dt>{t("person.channel")}</dt>
        <dd class="with-icon">
          <Icon name={web ? "web" : "messenger"} size={14} />
          <span class="ellipsis">
            {t(web ? "channel.web" : "channel.messenger")}
            {item.channel.name && ` · ${item.channel.name}`}
          </span>
        </dd>
        {item.origin && (
          <>
            <dt>{t("person.origin")}</dt>
            <dd>{item.origin}</dd>
          </>
        )}
        {item.page && (
          <>
            <dt>{t("person.page")}</dt>
            <dd class="break">
              <Linked text={item.page} />
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}

function Details({ item }: { item: Conversation }) {
  const who = item.person.id;
  const changed = desk.personChanged.value;
  const person = useLoad(
    () => api.get<Person>(`/people/${encodeURIComponent(who)}`),
    who + (changed.person === who ? changed.n : ""),
  );
  return (
    <Await of={person}>
      {(data) => (
        <>
          <Fields person={data} />
          <Attributes person={data} />
          <Identities person={data} />
          <Past person={data} except={item.id} />
          <PrivacyActions person={data} />
        </>
      )}
    </Await>
  );
}
