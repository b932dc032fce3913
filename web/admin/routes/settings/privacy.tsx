import { useState } from "preact/hooks";
import { api } from "../../core/calls";
import { useLoad } from "../../core/load";
import { desk } from "../../core/session";
import { date, t, word } from "../../core/text";
import type { Purposes } from "../../model";
import { Area, Form, Switch } from "../../ui/controls";
import { Await } from "../../ui/states";
import { toast } from "../../ui/toast";
import { Part } from "./parts";

export function Privacy() {
  const purposes = useLoad(() => api.get<Purposes>("/purposes"), desk.settingsChanged.value);
  return (
    <Part title={t("purposes.title")} lead={t("purposes.lead")}>
      <Await of={purposes}>{(data) => <PurposesForm purposes={data} submit={t("do.save")} />}</Await>
    </Part>
  );
}

interface PurposesFormProps {
  purposes: Purposes;
  submit: string;
  /** In the first steps, every field starts with its ready purpose. */
  ready?: boolean;
  onDone?: () => void;
}

type Words = Record<string, string | null>;

/** A field is kept only while it has a purpose; taking the purpose away stops the collection. */
export function PurposesForm({ purposes, submit, ready, onDone }: PurposesFormProps) {
  const [words, setWords] = useState<Words>(() => {
    const now: Words = {};
    for (const [name, field] of Object.entries(purposes.fields))
      now[name] = field?.text ?? (ready ? (purposes.ready[name] ?? null) : null);
    return now;
  });
  const offered = Object.keys(words).filter((name) => purposes.ready[name] !== undefined || words[name] !== null);
  const save = async () => {
    const fields = Object.fromEntries(offered.map((name) => [name, words[name]?.trim() || null]));
    await api.put("/purposes", { fields });
    if (onDone) onDone();
    else toast(t("do.saved"));
  };
  const all = () =>
    setWords(Object.fromEntries(Object.entries(words).map(([name, text]) => [name, text ?? purposes.ready[name] ?? null])));
  return (
    <Form
      submit={submit}
      onSubmit={save}
      more={
        <button class="btn" type="button" onClick={all}>
          {t("purposes.all")}
        </button>
      }
    >
      {offered.map((name) => (
        <Purpose
          key={name}
          name={name}
          text={words[name] ?? null}
          since={purposes.fields[name]?.declared_at}
          ready={purposes.ready[name] ?? ""}
          onChange={(text) => setWords({ ...words, [name]: text })}
        />
      ))}
    </Form>
  );
}

interface PurposeProps {
  name: string;
  text: string | null;
  since: number | undefined;
  ready: string;
  onChange: (text: string | null) => void;
}

function Purpose({ name, text, since, ready, onChange }: PurposeProps) {
  const label = word(`field.${name}`, name);
  return (
    <fieldset class="purpose">
      <legend class="visually-hidden">{label}</legend>
      <Switch
        label={label}
        hint={since && text !== null ? t("person.declared", { date: date(since) }) : t("purposes.off")}
        checked={text !== null}
        onChange={(on) => onChange(on ? ready : null)}
      />
      {text !== null && (
        <Area
          label={t("purposes.why", { field: label })}
          rows={2}
          required
          value={text}
          onInput={(value) => onChange(value)}
        />
      )}
    </fieldset>
  );
}
