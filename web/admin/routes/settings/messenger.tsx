import { useState } from "preact/hooks";
import { api } from "../../core/calls";
import { age, t, word } from "../../core/text";
import type { Channel, CheckStep } from "../../model";
import { minute } from "../../store/clock";
import { Confirm } from "../../ui/confirm";
import { Code, Field, Form } from "../../ui/controls";
import { Await } from "../../ui/states";
import { toast, toastError } from "../../ui/toast";
import { Card, FlowChoice, Part, State, useItems } from "./parts";

const QUIET_MS = 24 * 3_600_000; // a Page that says nothing for a day deserves a look

export function Messenger() {
  const channels = useItems<Channel>("/channels");
  return (
    <Await of={channels}>
      {({ items }) => (
        <>
          {items
            .filter((one) => one.kind === "messenger")
            .map((one) => (
              <PageCard key={one.id} channel={one} onChange={channels.reload} />
            ))}
          <Part title={t("messenger.connect")} lead={t("messenger.connectHint")}>
            <Connect onDone={channels.reload} />
          </Part>
        </>
      )}
    </Await>
  );
}

export function Connect({ onDone }: { onDone: () => void }) {
  const [form, setForm] = useState({ name: "", page_id: "", token: "", flow: "" });
  const set = (change: Partial<typeof form>) => setForm({ ...form, ...change });
  const connect = async () => {
    await api.post("/channels", {
      kind: "messenger",
      name: form.name,
      page_id: form.page_id.trim(),
      token: form.token.trim(),
      ...(form.flow && { flow: form.flow }),
    });
    setForm({ name: "", page_id: "", token: "", flow: "" });
    onDone();
  };
  return (
    <>
      <p class="muted">{t("messenger.webhook")}</p>
      <Code text={`${location.origin}/hooks/meta`} label={t("messenger.webhookLabel")} />
      <Form submit={t("messenger.do")} onSubmit={connect}>
        <Field label={t("messenger.name")} required value={form.name} onInput={(name) => set({ name })} />
        <Field
          label={t("messenger.page")}
          required
          pattern="\s*[0-9]+\s*"
          hint={t("messenger.pageHint")}
          value={form.page_id}
          onInput={(page_id) => set({ page_id })}
        />
        <Field
          label={t("messenger.token")}
          type="password"
          autocomplete="off"
          required
          hint={t("messenger.tokenHint")}
          value={form.token}
          onInput={(token) => set({ token })}
        />
        <FlowChoice value={form.flow} onChange={(flow) => set({ flow })} />
      </Form>
    </>
  );
}

function PageCard({ channel, onChange }: { channel: Channel; onChange: () => void }) {
  const [removing, setRemoving] = useState(false);
  const path = `/channels/${encodeURIComponent(channel.id)}`;
  const name = channel.name ?? channel.external ?? t("channel.messenger");
  const flow = (id: string) =>
    api.patch(path, { flow: id || null }).then(() => {
      toast(t("do.saved"));
      onChange();
    }, toastError);
  return (
    <Card title={name} aside={<Health channel={channel} />}>
      <p class="muted">{t("messenger.pageIs", { id: channel.external ?? "" })}</p>
      <LastEvent channel={channel} />
      <Check path={path} />
      <div class="form">
        <FlowChoice value={channel.flow ?? ""} onChange={(id) => void flow(id)} />
      </div>
      <div class="actions">
        <button class="btn small danger" type="button" onClick={() => setRemoving(true)}>
          {t("do.remove")}
        </button>
      </div>
      {removing && (
        <Confirm
          title={t("messenger.remove", { name })}
          act={t("do.remove")}
          onClose={() => setRemoving(false)}
          onAct={async () => {
            await api.del(path);
            onChange();
          }}
        >
          <p>{t("messenger.removeHint")}</p>
        </Confirm>
      )}
    </Card>
  );
}

function Health({ channel }: { channel: Channel }) {
  if (channel.state === "on") return <State tone="ok" icon="check" text={t("channel.on")} />;
  if (channel.state === "off") return <State tone="muted" icon="close" text={t("channel.off")} />;
  const why = channel.reason ? ` · ${word(`reason.${channel.reason}`, channel.reason)}` : "";
  return <State tone="bad" icon="warn" text={t("channel.broken") + why} />;
}

/** The one number that shows a silently broken webhook: how long ago Meta last said anything. */
function LastEvent({ channel }: { channel: Channel }) {
  const at = channel.last_event_at;
  if (!at) return <State tone="warn" icon="clock" text={t("messenger.noEvent")} />;
  const quiet = minute.value - at > QUIET_MS;
  const text = t("messenger.lastEvent", { age: age(at, minute.value) });
  return <State tone={quiet ? "warn" : "ok"} icon={quiet ? "clock" : "check"} text={text} />;
}

function Check({ path }: { path: string }) {
  const [steps, setSteps] = useState<CheckStep[] | null>(null);
  const [busy, setBusy] = useState(false);
  const check = async () => {
    setBusy(true);
    try {
      setSteps((await api.post<{ steps: CheckStep[] }>(`${path}/check`)).steps);
    } catch (error) {
      toastError(error);
    }
    setBusy(false);
  };
  return (
    <div class="stack" aria-live="polite">
      {steps && (
        <ol class="steps">
          {steps.map((step) => (
            <li key={step.name}>
              <State
                tone={step.ok ? "ok" : "bad"}
                icon={step.ok ? "check" : "warn"}
                text={word(`check.${step.name}`, step.name)}
              />
              <span class="muted">{step.text}</span>
            </li>
          ))}
        </ol>
      )}
      <div class="actions">
        <button class="btn small" type="button" disabled={busy} onClick={() => void check()}>
          {t(busy ? "messenger.checking" : "messenger.check")}
        </button>
      </div>
    </div>
  );
}
