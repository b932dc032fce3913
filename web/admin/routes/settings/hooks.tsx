import { useState } from "preact/hooks";
import { dateTime, number, t } from "../../core/text";
import type { Channel, HookLine } from "../../model";
import { Choice, Field } from "../../ui/controls";
import { Await, Empty } from "../../ui/states";
import { useItems } from "./parts";

const KINDS = ["message", "echo", "postback", "delivery", "read", "reaction", "referral", "handover", "optin", "unknown"];
const OUTCOMES = ["stored", "duplicate", "ignored", "refused", "failed"];

/** What the providers' webhooks brought: no text, no person, only what helps to find a fault. */
export function Hooks() {
  const [filter, setFilter] = useState({ channel: "", kind: "", outcome: "", slower_than_ms: "" });
  const set = (change: Partial<typeof filter>) => setFilter({ ...filter, ...change });
  const asked = Object.entries(filter).filter(([, value]) => value !== "");
  const lines = useItems<HookLine>("/hooks" + (asked.length ? "?" + new URLSearchParams(asked) : ""));
  const channels = useItems<Channel>("/channels");
  const any = ["", t("hooks.any")] as const;
  return (
    <>
      <p class="muted">{t("hooks.lead")}</p>
      <div class="filters">
        <Choice
          label={t("person.channel")}
          value={filter.channel}
          options={[any, ...(channels.data?.items ?? []).map((one) => [one.id, one.name ?? one.id] as const)]}
          onChange={(channel) => set({ channel })}
        />
        <Choice
          label={t("hooks.kind")}
          value={filter.kind}
          options={[any, ...KINDS.map((kind) => [kind, kind] as const)]}
          onChange={(kind) => set({ kind })}
        />
        <Choice
          label={t("hooks.outcome")}
          value={filter.outcome}
          options={[any, ...OUTCOMES.map((outcome) => [outcome, outcome] as const)]}
          onChange={(outcome) => set({ outcome })}
        />
        <Field
          label={t("hooks.slower")}
          type="number"
          value={filter.slower_than_ms}
          onInput={(slower_than_ms) => set({ slower_than_ms })}
        />
        <button class="btn" type="button" onClick={lines.reload}>
          {t("hooks.refresh")}
        </button>
      </div>
      <Await of={lines}>
        {({ items }) => (items.length ? <Table items={items} /> : <Empty icon="list" title={t("hooks.none")} />)}
      </Await>
    </>
  );
}

function Table({ items }: { items: HookLine[] }) {
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={t("settings.hooks")}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{t("hooks.at")}</th>
            <th scope="col">{t("person.channel")}</th>
            <th scope="col">{t("hooks.kind")}</th>
            <th scope="col">{t("hooks.outcome")}</th>
            <th scope="col" class="num">{t("hooks.latency")}</th>
            <th scope="col" class="num">{t("hooks.size")}</th>
            <th scope="col">{t("hooks.step")}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((line) => (
            <tr key={line.id}>
              <td>{dateTime(line.at)}</td>
              <td>{channelOf(line)}</td>
              <td class="mono">{line.kind}</td>
              <td class={line.outcome === "refused" || line.outcome === "failed" ? "bad" : undefined}>{line.outcome}</td>
              <td class="num">{line.latency_ms === undefined ? "–" : number(line.latency_ms)}</td>
              <td class="num">{line.size === undefined ? "–" : number(line.size)}</td>
              <td>{line.flow_step ?? "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function channelOf({ channel, source }: HookLine): string {
  if (!channel) return source ?? "–";
  return typeof channel === "string" ? channel : (channel.name ?? channel.id);
}
