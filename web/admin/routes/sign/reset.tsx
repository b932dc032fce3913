import { useState } from "preact/hooks";
import { door } from "../../core/calls";
import { place } from "../../core/router";
import { t } from "../../core/text";
import { Field, Form } from "../../ui/controls";
import { Frame } from "./frame";

/** Without a ticket: asks for the link. With one, from the mail: sets the new password. */
export function Reset() {
  return place.value.hash ? <NewPassword ticket={place.value.hash} /> : <Forgot />;
}

function Forgot() {
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState(false);
  return (
    <Frame title={t("reset.title")} lead={sent ? undefined : t("reset.lead")}>
      {sent ? (
        <p class="notice" role="status">
          {t("reset.sent")}
        </p>
      ) : (
        <Form
          submit={t("reset.send")}
          onSubmit={async () => {
            await door.post("/password/forgot", { email: email.trim() });
            setSent(true);
          }}
        >
          <Field
            label={t("sign.email")}
            type="email"
            autocomplete="username"
            required
            autofocus
            value={email}
            onInput={setEmail}
          />
        </Form>
      )}
      <a class="link" href="/login">
        {t("reset.back")}
      </a>
    </Frame>
  );
}

function NewPassword({ ticket }: { ticket: string }) {
  const [password, setPassword] = useState("");
  const [done, setDone] = useState(false);
  return (
    <Frame title={t("reset.new")}>
      {done ? (
        <>
          <p class="notice" role="status">
            {t("reset.done")}
          </p>
          <a class="btn primary" href="/login">
            {t("sign.in")}
          </a>
        </>
      ) : (
        <Form
          submit={t("reset.set")}
          onSubmit={async () => {
            await door.post("/password/reset", { ticket, password });
            setDone(true);
          }}
        >
          <Field
            label={t("sign.newPassword")}
            type="password"
            autocomplete="new-password"
            minLength={10}
            hint={t("sign.passwordHint")}
            required
            autofocus
            value={password}
            onInput={setPassword}
          />
        </Form>
      )}
    </Frame>
  );
}
