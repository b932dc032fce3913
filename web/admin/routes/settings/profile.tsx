import { useState } from "preact/hooks";
import { api } from "../../core/calls";
import { desk, leave, savePreferences } from "../../core/session";
import { LANGUAGES, speak, t } from "../../core/text";
import { showTheme } from "../../core/theme";
import type { Me, Preferences } from "../../model";
import { Choice, Field, Form, Switch } from "../../ui/controls";
import { Icon } from "../../ui/icons";
import { toast, toastError } from "../../ui/toast";
import { Part } from "./parts";

export function Profile() {
  return (
    <>
      <Name />
      <Screen />
      <Password />
      <Sessions />
    </>
  );
}

function Name() {
  const { user } = desk.me.value!;
  const [name, setName] = useState(user.name);
  const save = async () => {
    const me = await api.patch<Partial<Me>>("/me", { name });
    desk.me.value = { ...desk.me.peek()!, ...me };
    toast(t("do.saved"));
  };
  return (
    <Part title={t("profile.you")}>
      <Form submit={t("do.save")} onSubmit={save}>
        <Field label={t("sign.name")} autocomplete="name" required value={name} onInput={setName} />
        <p class="muted">
          {user.email} · {t(`role.${user.role}`)}
        </p>
      </Form>
    </Part>
  );
}

export const languageNames = (): [string, string][] =>
  LANGUAGES.map((code) => [code, new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code]);

function Screen() {
  const preferences = desk.me.value!.preferences ?? {};
  const change = (values: Preferences) => savePreferences(values).catch(toastError);
  return (
    <Part title={t("profile.screen")}>
      <div class="form">
        <Choice
          label={t("profile.theme")}
          value={preferences.theme ?? "system"}
          options={[
            ["system", t("theme.system")],
            ["light", t("theme.light")],
            ["dark", t("theme.dark")],
          ]}
          onChange={(theme) => {
            showTheme(theme);
            void change({ theme });
          }}
        />
        <Choice
          label={t("profile.language")}
          value={preferences.language ?? ""}
          options={[["", t("profile.browser")], ...languageNames()]}
          onChange={(language) => {
            void speak(language || undefined);
            void change({ language: language || undefined });
          }}
        />
        <Switch
          label={t("profile.keys")}
          hint={t("profile.keysHint")}
          checked={preferences.keys !== false}
          onChange={(keys) => void change({ keys })}
        />
      </div>
    </Part>
  );
}

function Password() {
  const [old_password, setOld] = useState("");
  const [password, setNew] = useState("");
  const save = async () => {
    await api.patch("/me", { old_password, password });
    setOld("");
    setNew("");
    toast(t("reset.changed"));
  };
  return (
    <Part title={t("sign.password")}>
      <Form submit={t("reset.set")} onSubmit={save}>
        <Field
          label={t("profile.oldPassword")}
          type="password"
          autocomplete="current-password"
          required
          value={old_password}
          onInput={setOld}
        />
        <Field
          label={t("sign.newPassword")}
          type="password"
          autocomplete="new-password"
          minLength={10}
          hint={t("sign.passwordHint")}
          required
          value={password}
          onInput={setNew}
        />
      </Form>
    </Part>
  );
}

function Sessions() {
  return (
    <Part title={t("profile.sessions")} lead={t("profile.sessionsHint")}>
      <div class="actions">
        <button class="btn" type="button" onClick={() => void leave().catch(toastError)}>
          <Icon name="out" size={16} /> {t("profile.out")}
        </button>
        <button class="btn danger" type="button" onClick={() => void leave(true).catch(toastError)}>
          {t("profile.outEverywhere")}
        </button>
      </div>
    </Part>
  );
}
