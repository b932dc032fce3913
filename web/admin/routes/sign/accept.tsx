import { useState } from "preact/hooks";
import { door } from "../../core/calls";
import { useLoad } from "../../core/load";
import { go, place } from "../../core/router";
import { enter } from "../../core/session";
import { t } from "../../core/text";
import type { Me, Start } from "../../model";
import { Field, Form } from "../../ui/controls";
import { Frame, Policy } from "./frame";

/** A colleague who was invited by mail. */
export function Accept() {
  const start = useLoad(() => door.get<Start>("/start"));
  const ticket = place.value.hash;
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [policy, setPolicy] = useState(false);
  const accept = async () => {
    const accepted = start.data?.policy ?? policy;
    await door.post("/invitations/accept", { ticket, name, password, policy: accepted });
    await enter(await door.get<Me>("/me"));
    go("/app/inbox", "replace");
  };
  return (
    <Frame title={t("accept.title")} lead={t("accept.lead")}>
      {!ticket && <p class="notice warn">{t("accept.noTicket")}</p>}
      <Form submit={t("accept.do")} onSubmit={accept}>
        <Field label={t("sign.name")} autocomplete="name" required autofocus value={name} onInput={setName} />
        <Field
          label={t("sign.newPassword")}
          type="password"
          autocomplete="new-password"
          minLength={10}
          hint={t("sign.passwordHint")}
          required
          value={password}
          onInput={setPassword}
        />
        <Policy accepted={policy} onChange={setPolicy} />
      </Form>
    </Frame>
  );
}
