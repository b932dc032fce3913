import { useState, type Dispatch } from "preact/hooks";
import { api } from "../../core/calls";
import { useLoad } from "../../core/load";
import { go } from "../../core/router";
import { desk, savePreferences } from "../../core/session";
import { t } from "../../core/text";
import type { Channel, Page, Purposes, Tenant } from "../../model";
import { useTitle } from "../../shell";
import { Await } from "../../ui/states";
import { Toasts, toastError } from "../../ui/toast";
import { MailTest } from "../settings/alerts";
import { FirmForm } from "../settings/firm";
import { Connect } from "../settings/messenger";
import { PurposesForm } from "../settings/privacy";
import { Invite } from "../settings/team";
import { NewSite, Snippet } from "../settings/websites";

const STEPS = ["firm", "fields", "site", "team", "messenger"] as const;

/** The first five minutes. Each step can be left out and taken up again; the place is kept with the
 *  user's preferences, so that it is the same on another device. */
export default function Welcome() {
  useTitle(t("welcome.title"));
  const kept = desk.me.value!.preferences?.welcome;
  const [step, setStep] = useState(kept?.done ? 0 : Math.min(kept?.step ?? 0, STEPS.length - 1));
  const keep = (at: number, done: boolean) => savePreferences({ welcome: { step: at, done } }).catch(toastError);
  const move: Dispatch<number> = (at) => {
    if (at >= STEPS.length) {
      void keep(STEPS.length - 1, true);
      return go("/app/inbox", "replace");
    }
    setStep(at);
    void keep(at, false);
  };
  const name = STEPS[step]!;
  const next = () => move(step + 1);
  return (
    <main class="door welcome">
      <div class="door-card">
        <p class="brand">{t("app.name")}</p>
        <ol class="dots" aria-label={t("welcome.steps")}>
          {STEPS.map((one, n) => (
            <li key={one}>
              <button
                type="button"
                class="dot"
                aria-current={n === step ? "step" : undefined}
                onClick={() => move(n)}
              >
                <span aria-hidden="true">{n + 1}</span>
                <span class="visually-hidden">{t(`welcome.${one}`)}</span>
              </button>
            </li>
          ))}
        </ol>
        <h1>{t(`welcome.${name}`)}</h1>
        <p class="muted">{t(`welcome.${name}Hint`)}</p>
        <Step name={name} next={next} />
        <div class="actions welcome-foot">
          {step > 0 && (
            <button class="btn" type="button" onClick={() => move(step - 1)}>
              {t("do.back")}
            </button>
          )}
          <button class="btn ghost" type="button" onClick={next}>
            {t(step === STEPS.length - 1 ? "welcome.finish" : "welcome.skip")}
          </button>
        </div>
      </div>
      <Toasts />
    </main>
  );
}

function Step({ name, next }: { name: (typeof STEPS)[number]; next: () => void }) {
  switch (name) {
    case "firm":
      return <FirmStep next={next} />;
    case "fields":
      return <FieldsStep next={next} />;
    case "site":
      return <SiteStep next={next} />;
    case "team":
      return (
        <>
          <MailTest />
          <Invite />
          <Onward next={next} />
        </>
      );
    case "messenger":
      return <Connect onDone={next} />;
  }
}

function Onward({ next }: { next: () => void }) {
  return (
    <div class="actions">
      <button class="btn primary" type="button" onClick={next}>
        {t("welcome.next")}
      </button>
    </div>
  );
}

function FirmStep({ next }: { next: () => void }) {
  const tenant = useLoad(() => api.get<Tenant>("/tenant"));
  return (
    <Await of={tenant}>
      {(data) => <FirmForm tenant={data} brief submit={t("welcome.next")} onDone={next} />}
    </Await>
  );
}

function FieldsStep({ next }: { next: () => void }) {
  const purposes = useLoad(() => api.get<Purposes>("/purposes"));
  return (
    <Await of={purposes}>
      {(data) => <PurposesForm purposes={data} ready submit={t("welcome.next")} onDone={next} />}
    </Await>
  );
}

/** "We saw your site": told by the live socket, or by looking again. */
function SiteStep({ next }: { next: () => void }) {
  const sites = useLoad(() => api.get<Page<Channel>>("/sites"), desk.settingsChanged.value);
  return (
    <Await of={sites}>
      {({ items }) =>
        items[0] ? (
          <>
            <Snippet site={items[0]} onCheck={sites.reload} />
            <Onward next={next} />
          </>
        ) : (
          <NewSite onDone={sites.reload} />
        )
      }
    </Await>
  );
}
