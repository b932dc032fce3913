import { useState } from "preact/hooks";
import { door } from "../../core/calls";
import { useLoad } from "../../core/load";
import { go, place } from "../../core/router";
import { enter } from "../../core/session";
import { t } from "../../core/text";
import type { Me, Start } from "../../model";
import { Field, Form } from "../../ui/controls";
import { Frame, Policy } from "./frame";

/** The first owner, by the one-time link that the server printed. */
export function Claim() {
  const start = useLoad(() => door.get<Start>("/start"));
  const ticket = place.value.hash;
  const [form, setForm] = useState({ firm: "", name: "", email: "", password: "" });
  const [policy, setPolicy] = useState(false);
  const field = (name: keyof typeof form) => ({
    name,
    required: true,
    value: form[name],
    onInput: (value: string) => setForm({ ...form, [name]: value }),
  });
  const claim = async () => {
    await door.post("/claim", { ticket, ...form, policy: start.data?.policy ?? policy });
    await enter(await door.get<Me>("/me"));
    go("/app/welcome", "replace");
  };
  if (start.data?.claimed || !ticket)
    return (
      <Frame title={t("claim.title")}>
        <p class="notice warn">{t(start.data?.claimed ? "claim.taken" : "claim.noTicket")}</p>
        <a class="btn" href="/login">
          {t("sign.in")}
        </a>
      </Frame>
    );
  return (
    <Frame title={t("claim.title")} lead={t("claim.lead")}>
      <Form submit={t("claim.do")} onSubmit={claim}>
        <Field label={t("claim.firm")} autocomplete="organization" autofocus {...field("firm")} />
        <Field label={t("sign.name")} autocomplete="name" {...field("name")} />
        <Field label={t("sign.email")} type="email" autocomplete="username" {...field("email")} />
        <Field
          label={t("sign.newPassword")}
          type="password"
          autocomplete="new-password"
          minLength={10}
          hint={t("sign.passwordHint")}
          {...field("password")}
        />
        <Policy accepted={policy} onChange={setPolicy} />
      </Form>
    </Frame>
  );
}
