import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { t } from "../core/text";
import { sentence } from "../core/load";
import { Icon, type IconName } from "./icons";

interface FieldProps {
  type?: "text" | "email" | "password" | "url" | "color" | "number";
  name?: string;
  autocomplete?: string;
  autofocus?: boolean;
  required?: boolean;
  disabled?: boolean;
  spellcheck?: boolean;
  placeholder?: string;
  pattern?: string;
  minLength?: number;
  label: string;
  hint?: ComponentChildren;
  value: string;
  onInput: (value: string) => void;
}

export function Field({ label, hint, value, onInput, type = "text", ...input }: FieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...(input as object)}
        type={type as "text"}
        id={id}
        class="input"
        value={value}
        aria-describedby={hint ? id + "h" : undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {hint && (
        <div class="hint" id={id + "h"}>
          {hint}
        </div>
      )}
    </div>
  );
}

interface AreaProps {
  label: string;
  hint?: ComponentChildren;
  value: string;
  onInput: (value: string) => void;
  rows?: number;
  mono?: boolean;
  required?: boolean;
  placeholder?: string;
}

export function Area({ label, hint, value, onInput, mono, rows = 3, ...area }: AreaProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        {...area}
        id={id}
        rows={rows}
        dir="auto"
        class={mono ? "input mono" : "input"}
        value={value}
        aria-describedby={hint ? id + "h" : undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {hint && (
        <div class="hint" id={id + "h"}>
          {hint}
        </div>
      )}
    </div>
  );
}

interface ChoiceProps<V extends string> {
  label: string;
  value: V;
  options: readonly (readonly [V, string])[];
  onChange: (value: V) => void;
  hint?: string;
  bare?: boolean;
  disabled?: boolean;
}

/** A native select; `bare` keeps its label for screen readers only. */
export function Choice<V extends string>(props: ChoiceProps<V>) {
  const id = useId();
  return (
    <div class={props.bare ? "field bare" : "field"}>
      <label for={id} class={props.bare ? "visually-hidden" : undefined}>
        {props.label}
      </label>
      <select
        id={id}
        class="input"
        value={props.value}
        disabled={props.disabled}
        onChange={(event) => props.onChange(event.currentTarget.value as V)}
      >
        {props.options.map(([value, text]) => (
          <option key={value} value={value} selected={value === props.value}>
            {text}
          </option>
        ))}
      </select>
      {props.hint && <div class="hint">{props.hint}</div>}
    </div>
  );
}

interface SwitchProps {
  label: string;
  hint?: ComponentChildren;
  checked: boolean;
  disabled?: boolean;
  onChange: (on: boolean) => void;
}

export function Switch(props: SwitchProps) {
  const id = useId();
  return (
    <div class="switch">
      <input
        id={id}
        type="checkbox"
        role="switch"
        checked={props.checked}
        disabled={props.disabled}
        aria-describedby={props.hint ? id + "h" : undefined}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <div>
        <label for={id}>{props.label}</label>
        {props.hint && (
          <div class="hint" id={id + "h"}>
            {props.hint}
          </div>
        )}
      </div>
    </div>
  );
}

interface IconButtonProps {
  icon: IconName;
  label: string;
  onClick: () => void;
  pressed?: boolean;
  keys?: string;
  disabled?: boolean;
}

export function IconButton(props: IconButtonProps) {
  return (
    <button
      class="icon-btn"
      type="button"
      title={props.keys ? `${props.label} (${props.keys})` : props.label}
      aria-label={props.label}
      aria-pressed={props.pressed}
      aria-keyshortcuts={props.keys}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  );
}

/** A form that can't be sent twice at once and says why the server refused. */
export function Form(props: {
  onSubmit: () => Promise<unknown>;
  submit: string;
  children: ComponentChildren;
  more?: ComponentChildren;
  class?: string;
}) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await props.onSubmit();
    } catch (problem) {
      setError(problem);
    }
    setBusy(false);
  };
  return (
    <form class={props.class ?? "form"} onSubmit={submit}>
      {props.children}
      <div role="alert">{!!error && <p class="problem">{sentence(error)}</p>}</div>
      <div class="actions">
        <button class="btn primary" type="submit" disabled={busy}>
          {props.submit}
        </button>
        {props.more}
      </div>
    </form>
  );
}

export function Copy({ text, label }: { text: string; label?: string }) {
  const [done, setDone] = useState(false);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setDone(true),
      () => setDone(false),
    );
  return (
    <button class="btn small" type="button" onClick={copy}>
      <Icon name={done ? "check" : "copy"} size={16} />
      <span role="status">{done ? t("do.copied") : (label ?? t("do.copy"))}</span>
    </button>
  );
}

/** Text to take along: a snippet, a link, a token shown once. */
export function Code({ text, label }: { text: string; label: string }) {
  return (
    <div class="code">
      <pre tabIndex={0} aria-label={label}>
        <code>{text}</code>
      </pre>
      <Copy text={text} />
    </div>
  );
}
