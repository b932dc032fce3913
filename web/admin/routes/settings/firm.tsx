import { useState } from "preact/hooks";
import { api } from "../../core/calls";
import { useLoad } from "../../core/load";
import { desk } from "../../core/session";
import { t } from "../../core/text";
import type { Tenant } from "../../model";
import { Area, Choice, Field, Form, Switch } from "../../ui/controls";
import { Await } from "../../ui/states";
import { toast } from "../../ui/toast";
import { Part } from "./parts";
import { languageNames } from "./profile";

export function Firm() {
  const tenant = useLoad(() => api.get<Tenant>("/tenant"), desk.settingsChanged.value);
  return (
    <Part title={t("firm.title")} lead={t("firm.lead")}>
      <Await of={tenant}>{(data) => <FirmForm tenant={data} submit={t("do.save")} />}</Await>
    </Part>
  );
}

interface FirmFormProps {
  tenant: Tenant;
  submit: string;
  brief?: boolean;
  onDone?: () => void;
}

/** `brief` leaves out what can wait until after the first steps. */
export function FirmForm({ tenant, submit, brief, onDone }: FirmFormProps) {
  const [form, setForm] = useState(tenant);
  const save = async () => {
    const { name, language, quote_in_alerts, help_text } = form;
    const change = brief ? { name, language } : { name, language, quote_in_alerts, help_text };
    const saved = await api.patch<Tenant>("/tenant", change);
    desk.me.value = { ...desk.me.peek()!, tenant: { ...desk.me.peek()!.tenant, ...saved } };
    if (onDone) onDone();
    else toast(t("do.saved"));
  };
  return (
    <Form submit={submit} onSubmit={save}>
      <Field
        label={t("claim.firm")}
        autocomplete="organization"
        required
        value={form.name}
        onInput={(name) => setForm({ ...form, name })}
      />
      <Choice
        label={t("firm.language")}
        hint={t("firm.languageHint")}
        value={form.language ?? "en"}
        options={languageNames()}
        onChange={(language) => setForm({ ...form, language })}
      />
      {!brief && (
        <>
          <Area
            label={t("firm.helpText")}
            hint={t("firm.helpTextHint")}
            value={form.help_text ?? ""}
            onInput={(help_text) => setForm({ ...form, help_text })}
          />
          <Switch
            label={t("firm.quote")}
            hint={t("firm.quoteHint")}
            checked={form.quote_in_alerts === true}
            onChange={(quote_in_alerts) => setForm({ ...form, quote_in_alerts })}
          />
        </>
      )}
    </Form>
  );
}
