import { api } from "../../core/calls";
import { chime } from "../../core/alert";
import { desk, savePreferences } from "../../core/session";
import { t } from "../../core/text";
import type { Me } from "../../model";
import { Switch } from "../../ui/controls";
import { Icon } from "../../ui/icons";
import { toast, toastError } from "../../ui/toast";
import { atLeast } from "../../model";
import { Part } from "./parts";

/** Alerts are each user's own choice; nobody is told of what they did not ask for. */
export function Alerts() {
  const { user, preferences } = desk.me.value!;
  const change = (values: object) =>
    api.patch<Partial<Me>>("/me", values).then((me) => {
      desk.me.value = { ...desk.me.peek()!, ...me };
    }, toastError);
  return (
    <>
      <Part title={t("alerts.mail")} lead={t("alerts.mailHint")}>
        <Switch
          label={t("alerts.help")}
          hint={t("alerts.helpHint")}
          checked={user.alerts.help}
          onChange={(help) => void change({ alerts: { ...user.alerts, help } })}
        />
        <Switch
          label={t("alerts.channel")}
          hint={t("alerts.channelHint")}
          checked={user.alerts.channel}
          onChange={(channel) => void change({ alerts: { ...user.alerts, channel } })}
        />
        <Switch
          label={t("alerts.available")}
          hint={t("alerts.availableHint")}
          checked={user.available}
          onChange={(available) => void change({ available })}
        />
        {atLeast(user.role, "admin") && <MailTest />}
      </Part>
      <Part title={t("alerts.here")}>
        <Switch
          label={t("alerts.sound")}
          hint={t("alerts.soundHint")}
          checked={preferences?.sound === true}
          onChange={(sound) => {
            if (sound) chime();
            void savePreferences({ sound }).catch(toastError);
          }}
        />
        <div class="actions">
          <button class="btn" type="button" onClick={chime}>
            <Icon name="sound" size={16} /> {t("alerts.try")}
          </button>
        </div>
      </Part>
    </>
  );
}

export function MailTest() {
  const test = () =>
    api.post("/mail/test").then(
      () => toast(t("alerts.mailQueued", { email: desk.me.peek()!.user.email })),
      toastError,
    );
  return (
    <div class="actions">
      <button class="btn" type="button" onClick={() => void test()}>
        <Icon name="mail" size={16} /> {t("alerts.mailTest")}
      </button>
    </div>
  );
}
