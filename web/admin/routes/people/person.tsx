import { useEffect, useState } from "preact/hooks";
import { api } from "../../core/calls";
import { useLoad } from "../../core/load";
import { go } from "../../core/router";
import { desk } from "../../core/session";
import { age, date, t } from "../../core/text";
import type { Person } from "../../model";
import { minute } from "../../store/clock";
import { Avatar } from "../../ui/avatar";
import { Field, Form } from "../../ui/controls";
import { Attributes, Fields, Identities, Past, PrivacyActions } from "../../ui/person";
import { Await } from "../../ui/states";
import { toast } from "../../ui/toast";

export function PersonPage({ id }: { id: string }) {
  const changed = desk.personChanged.value;
  const erased = desk.erased.value;
  const person = useLoad(
    () => api.get<Person>(`/people/${encodeURIComponent(id)}`),
    id + (changed.person === id ? changed.n : ""),
  );
  useEffect(() => {
    if (erased?.person === id) go("/app/people", "replace");
  }, [erased]);
  if (erased?.person === id) return null;
  return (
    <>
      <a class="link only-narrow" href="/app/people">
        {t("nav.people")}
      </a>
      <Await of={person}>
        {(data) => (
          <div class="person-page">
            <header class="person-head">
              <Avatar id={data.id} name={data.name} picture={data.picture} big />
              <div>
                <h2>
                  <bdi>{data.name ?? t("person.visitor")}</bdi>
                </h2>
                <p class="muted">
                  {data.online
                    ? t("person.onlineNow")
                    : data.seen_at
                      ? t("person.lastSeen", { age: age(data.seen_at, minute.value) })
                      : t("person.neverSeen")}
                  {" · "}
                  {t("people.since", { date: date(data.created_at) })}
                </p>
              </div>
            </header>
            <Fields person={data} />
            <Edit person={data} onSaved={person.set} />
            <Attributes person={data} />
            <Identities person={data} />
            <Past person={data} />
            <PrivacyActions person={data} />
          </div>
        )}
      </Await>
    </>
  );
}

const EDITABLE = ["first_name", "last_name", "email", "phone"] as const;

/** A person may ask for a correction; only fields with a purpose can be kept. */
function Edit({ person, onSaved }: { person: Person; onSaved: (person: Person) => void }) {
  const [form, setForm] = useState<Record<string, string>>(() =>
    ({
      ...Object.fromEntries((person.fields ?? []).map((field) => [field.name, field.value ?? ""])),
      email: person.email ?? "",
      phone: person.phone ?? "",
    }),
  );
  const fields = EDITABLE.filter((name) => name in form);
  if (!fields.length) return null;
  const save = async () => {
    const change = Object.fromEntries(fields.map((name) => [name, form[name]]));
    onSaved(await api.patch<Person>(`/people/${encodeURIComponent(person.id)}`, change));
    toast(t("do.saved"));
  };
  return (
    <details class="side-part">
      <summary>{t("people.correct")}</summary>
      <Form submit={t("do.save")} onSubmit={save}>
        {fields.map((name) => (
          <Field
            key={name}
            label={t(`field.${name}`)}
            value={form[name] ?? ""}
            onInput={(value) => setForm({ ...form, [name]: value })}
          />
        ))}
      </Form>
    </details>
  );
}
