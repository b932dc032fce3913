import { useState } from "preact/hooks";
import { api } from "../../core/calls";
import { age, t } from "../../core/text";
import { siteOf, type Channel, type SiteSettings } from "../../model";
import { minute } from "../../store/clock";
import { Confirm } from "../../ui/confirm";
import { Area, Choice, Code, Field, Form } from "../../ui/controls";
import { Await, Empty } from "../../ui/states";
import { toast } from "../../ui/toast";
import { Card, FlowChoice, Part, State, useItems } from "./parts";
import { languageNames } from "./profile";

export function Websites() {
  const sites = useItems<Channel>("/sites");
  const [adding, setAdding] = useState(false);
  const again = () => {
    setAdding(false);
    sites.reload();
  };
  return (
    <Await of={sites}>
      {({ items }) => (
        <>
          {items.map((site) => (
            <Site key={site.id} site={site} onChange={sites.reload} />
          ))}
          {!items.length && !adding && (
            <Empty icon="web" title={t("sites.none")}>
              {t("sites.noneHint")}
            </Empty>
          )}
          {adding || !items.length ? (
            <Part title={t("sites.new")}>
              <NewSite onDone={again} />
            </Part>
          ) : (
            <button class="btn" type="button" onClick={() => setAdding(true)}>
              {t("sites.new")}
            </button>
          )}
        </>
      )}
    </Await>
  );
}

export function NewSite({ onDone }: { onDone: () => void }) {
  const [name, setName] = useState("");
  const [origin, setOrigin] = useState("https://");
  const add = async () => {
    await api.post("/sites", { name, origins: lines(origin) });
    onDone();
  };
  return (
    <Form submit={t("sites.add")} onSubmit={add}>
      <Field label={t("sites.name")} required value={name} onInput={setName} />
      <Field
        label={t("sites.origin")}
        type="url"
        hint={t("sites.originHint")}
        required
        value={origin}
        onInput={setOrigin}
      />
    </Form>
  );
}

/** The line for the website, and whether a visit with it was seen. */
export function Snippet({ site, onCheck }: { site: Channel; onCheck: () => void }) {
  return (
    <div class="stack">
      <p class="muted">{t("sites.snippetHint")}</p>
      <Code text={site.snippet ?? ""} label={t("sites.snippet")} />
      <div class="actions" role="status">
        {site.seen_at ? (
          <State tone="ok" icon="check" text={t("sites.seen", { age: age(site.seen_at, minute.value) })} />
        ) : (
          <State tone="warn" icon="clock" text={t("sites.unseen")} />
        )}
        <button class="btn small" type="button" onClick={onCheck}>
          {t("sites.look")}
        </button>
      </div>
    </div>
  );
}

function Site({ site, onChange }: { site: Channel; onChange: () => void }) {
  const [removing, setRemoving] = useState(false);
  const name = site.name ?? t("channel.web");
  return (
    <Card
      title={name}
      aside={
        <a class="link" href={`/chat/${encodeURIComponent(site.external ?? site.id)}`} target="_blank" rel="noopener">
          {t("sites.hosted")}
        </a>
      }
    >
      <Snippet site={site} onCheck={onChange} />
      <details>
        <summary>{t("sites.look_and_feel")}</summary>
        <SiteForm site={site} onSaved={onChange} />
      </details>
      <details>
        <summary>{t("sites.identity")}</summary>
        <Identity site={site} />
      </details>
      <div class="actions">
        <button class="btn small danger" type="button" onClick={() => setRemoving(true)}>
          {t("do.remove")}
        </button>
      </div>
      {removing && (
        <Confirm
          title={t("sites.remove", { name })}
          act={t("do.remove")}
          onClose={() => setRemoving(false)}
          onAct={async () => {
            await api.del(`/sites/${encodeURIComponent(site.id)}`);
            onChange();
          }}
        >
          <p>{t("sites.removeHint")}</p>
        </Confirm>
      )}
    </Card>
  );
}

function SiteForm({ site, onSaved }: { site: Channel; onSaved: () => void }) {
  const [form, setForm] = useState<SiteSettings & { name: string; flow: string; list: string }>(() => {
    const { identity_secret: _, ...rest } = siteOf(site);
    return { ...rest, name: site.name ?? "", flow: site.flow ?? "", list: (rest.origins ?? []).join("\n") };
  });
  const set = (change: Partial<typeof form>) => setForm({ ...form, ...change });
  const save = async () => {
    const { list, name, flow, color, greeting, language, privacy_url } = form;
    await api.patch(`/sites/${encodeURIComponent(site.id)}`, {
      name,
      flow: flow || null,
      origins: lines(list),
      color,
      greeting,
      language,
      privacy_url,
    });
    toast(t("do.saved"));
    onSaved();
  };
  return (
    <Form submit={t("do.save")} onSubmit={save}>
      <Field label={t("sites.name")} required value={form.name} onInput={(name) => set({ name })} />
      <Area
        label={t("sites.origins")}
        hint={t("sites.originsHint")}
        mono
        value={form.list}
        onInput={(list) => set({ list })}
      />
      <Field
        label={t("sites.color")}
        type="color"
        hint={t("sites.colorHint")}
        value={form.color || "#1f5fbf"}
        onInput={(color) => set({ color })}
      />
      <Area
        label={t("sites.greeting")}
        rows={2}
        value={form.greeting ?? ""}
        onInput={(greeting) => set({ greeting })}
      />
      <Choice
        label={t("sites.language")}
        value={form.language ?? ""}
        options={[["", t("sites.visitors")], ...languageNames()]}
        onChange={(language) => set({ language })}
      />
      <FlowChoice value={form.flow} onChange={(flow) => set({ flow })} />
      <Field
        label={t("sites.privacy")}
        type="url"
        value={form.privacy_url ?? ""}
        onInput={(privacy_url) => set({ privacy_url })}
      />
    </Form>
  );
}

function Identity({ site }: { site: Channel }) {
  const [secret, setSecret] = useState("");
  const make = async () => {
    const changed = await api.patch<Channel>(`/sites/${encodeURIComponent(site.id)}`, { identity_secret: true });
    setSecret(String(siteOf(changed).identity_secret ?? ""));
  };
  return (
    <div class="stack">
      <p class="muted">{t("sites.identityHint")}</p>
      {secret ? (
        <>
          <p class="notice warn">{t("sites.secretOnce")}</p>
          <Code text={secret} label={t("sites.identity")} />
        </>
      ) : (
        <Form submit={t("sites.makeSecret")} onSubmit={make}>
          <p class="muted">{t("sites.makeSecretHint")}</p>
        </Form>
      )}
    </div>
  );
}

export const lines = (text: string): string[] =>
  text
    .split(/\s+/)
    .map((line) => line.trim())
    .filter(Boolean);
