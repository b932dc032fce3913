import { useState } from "preact/hooks";
import { door } from "../../core/calls";
import { useLoad } from "../../core/load";
import { enter } from "../../core/session";
import { t } from "../../core/text";
import type { Me, Start } from "../../model";
import { Field, Form } from "../../ui/controls";
import { Frame } from "./frame";

export function Login() {
  const start = useLoad(() => door.get<Start>("/start"));
  const firm = start.data?.tenant;
  const name = typeof firm === "string" ? firm : firm?.name;
  return (
    <Frame title={name ? t("sign.titleFirm", { firm: name }) : t("sign.title")}>
      {start.data?.claimed === false && <p class="notice warn">{t("sign.unclaimed")}</p>}
      <LoginForm onIn={enter} />
    </Frame>
  );
}

/** E-mail and password as browsers and password managers know them; also used when a session ends
 *  while the page is open. */
export function LoginForm({ onIn, email: known = "" }: { onIn: (me: Me) => Promise<unknown>; email?: string }) {
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState("");
  const login = async () => {
    await door.post("/login", { email: email.trim(), password });
    await onIn(await door.get<Me>("/me")); // with the preferences, which the login's answer lacks
  };
  return (
    <Form
      submit={t("sign.in")}
      onSubmit={login}
      more={
        <a class="link" href="/reset">
          {t("sign.forgot")}
        </a>
      }
    >
      <Field
        label={t("sign.email")}
        type="email"
        name="email"
        autocomplete="username"
        required
        autofocus={!known}
        value={email}
        onInput={setEmail}
      />
      <Field
        label={t("sign.password")}
        type="password"
        name="password"
        autocomplete="current-password"
        required
        value={password}
        onInput={setPassword}
      />
    </Form>
  );
}
