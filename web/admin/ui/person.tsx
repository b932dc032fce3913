// The parts of what is known of a person; the inbox's side pane and the person's page show the same.
import { api } from "../core/calls";
import { date, t, word, age } from "../core/text";
import { desk } from "../core/session";
import { atLeast, type Person } from "../model";
import { minute } from "../store/clock";
import { erasing } from "./erasing";
import { Icon } from "./icons";
import { toastError } from "./toast";

export function Fields({ person }: { person: Person }) {
  const fields = person.fields ?? [];
  const contact = (["email", "phone"] as const).filter((name) => person[name]);
  return (
    <section class="side-part">
      <h3>{t("person.fields")}</h3>
      {fields.length || contact.length ? (
        <dl class="facts">
          {contact.map((name) => (
            <div key={name} class="fact">
              <dt>{t(`field.${name}`)}</dt>
              <dd class="break">{person[name]}</dd>
            </div>
          ))}
          {fields.map((field) => (
            <div key={field.name} class="fact">
              <dt>{word(`field.${field.name}`, field.name)}</dt>
              <dd>
                <span dir="auto">{field.value ?? "–"}</span>
                <details class="why">
                  <summary>{t("person.why")}</summary>
                  <span dir="auto">{field.purpose}</span>
                  {field.declared_at && (
                    <span class="muted"> {t("person.declared", { date: date(field.declared_at) })}</span>
                  )}
                </details>
              </dd>
            </div>
          ))}
        </dl>
      ) : (
        <p class="muted">{t("person.noFields")}</p>
      )}
    </section>
  );
}

export function Attributes({ person }: { person: Person }) {
  const pairs = Object.entries(person.attributes ?? {});
  if (!pairs.length) return null;
  return (
    <section class="side-part">
      <h3>{t("person.attributes")}</h3>
      <dl class="facts">
        {pairs.map(([name, value]) => (
          <div key={name} class="fact">
            <dt dir="auto">{name}</dt>
            <dd dir="auto">{typeof value === "string" ? value : JSON.stringify(value)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export function Identities({ person }: { person: Person }) {
  if (!person.identities?.length) return null;
  return (
    <section class="side-part">
      <h3>{t("person.identities")}</h3>
      <dl class="facts">
        {person.identities.map((one) => (
          <div key={one.external} class="fact">
            <dt>{channelName(person, one.channel)}</dt>
            <dd class="mono break">{one.external}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** An identity names its channel by id; a conversation on that channel knows its name. */
function channelName(person: Person, channel: string): string {
  const known = person.conversations?.find((item) => item.channel.id === channel)?.channel;
  return known ? known.name || t(`channel.${known.kind}`) : t("person.channel");
}

/** Earlier conversations; `except` is the one on screen. */
export function Past({ person, except }: { person: Person; except?: string }) {
  const past = (person.conversations ?? []).filter((item) => item.id !== except);
  return (
    <section class="side-part">
      <h3>{t("person.past")}</h3>
      {past.length ? (
        <ul class="past">
          {past.map((item) => (
            <li key={item.id}>
              <a href={`/app/inbox/${item.id}?view=${item.status === "closed" ? "closed" : "all"}`}>
                <span class="with-icon">
                  <Icon name={item.channel.kind === "web" ? "web" : "messenger"} size={14} />
                  {t(item.status === "open" ? "status.open" : "status.closed")}
                </span>
                <span class="muted">{age(item.last_at, minute.value)}</span>
              </a>
            </li>
          ))}
        </ul>
      ) : (
        <p class="muted">{t("person.noPast")}</p>
      )}
    </section>
  );
}

export function PrivacyActions({ person }: { person: Person }) {
  if (!atLeast(desk.me.value?.user.role, "admin"))
    return (
      <section class="side-part">
        <h3>{t("privacy.title")}</h3>
        <p class="muted">{t("privacy.askAdmin")}</p>
      </section>
    );
  return (
    <section class="side-part">
      <h3>{t("privacy.title")}</h3>
      <div class="stack">
        <button class="btn" type="button" onClick={() => void exportPerson(person).catch(toastError)}>
          <Icon name="download" size={16} /> {t("privacy.export")}
        </button>
        <button
          class="btn danger"
          type="button"
          onClick={() => {
            erasing.value = { person: person.id, name: person.name };
          }}
        >
          <Icon name="erase" size={16} /> {t("privacy.erase")}
        </button>
      </div>
    </section>
  );
}

async function exportPerson(person: Person): Promise<void> {
  const data = await api.get<unknown>(`/people/${encodeURIComponent(person.id)}/export`);
  save(`${person.id}.json`, JSON.stringify(data, null, 2));
}

/** Gives the browser a file to keep; the address is taken back at once. */
export function save(name: string, text: string): void {
  const href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = href;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}
