// What the settings pages share.
import type { ComponentChildren } from "preact";
import { api } from "../../core/calls";
import { useLoad, type Loaded } from "../../core/load";
import { desk } from "../../core/session";
import { t } from "../../core/text";
import type { Flow, Page } from "../../model";
import { Choice } from "../../ui/controls";
import { Icon, type IconName } from "../../ui/icons";

/** A list of settings objects; read again when somebody changes settings elsewhere. */
export function useItems<T>(path: string): Loaded<Page<T>> {
  const mark = path.includes("?") ? "&" : "?";
  return useLoad(
    () => api.get<Page<T>>(`${path}${mark}limit=100`),
    path + " " + desk.settingsChanged.value,
  );
}

export function Part(props: { title: string; lead?: string; children?: ComponentChildren }) {
  return (
    <section class="part">
      <h3>{props.title}</h3>
      {props.lead && <p class="muted">{props.lead}</p>}
      {props.children}
    </section>
  );
}

/** One thing in a list: a heading line, and what belongs to it. */
export function Card(props: { title: string; aside?: ComponentChildren; children?: ComponentChildren }) {
  return (
    <article class="card">
      <header class="card-head">
        <strong class="grow ellipsis" dir="auto">
          {props.title}
        </strong>
        {props.aside}
      </header>
      {props.children}
    </article>
  );
}

export function State({ tone, icon, text }: { tone: "ok" | "warn" | "bad" | "muted"; icon: IconName; text: string }) {
  return (
    <span class={`with-icon ${tone}`}>
      <Icon name={icon} size={16} /> {text}
    </span>
  );
}

export const published = (flow: Flow) =>
  flow.versions.find((one) => one.id === flow.published || one.number === flow.published);

/** Which published flow answers; none means that people are asked for at once. */
export function FlowChoice({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  const flows = useItems<Flow>("/flows");
  const ready = (flows.data?.items ?? []).filter((flow) => flow.published);
  return (
    <Choice
      label={t("flows.choose")}
      value={value}
      options={[["", t("flows.none")], ...ready.map((flow) => [flow.id, flow.name] as const)]}
      onChange={onChange}
    />
  );
}
