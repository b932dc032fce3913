// What a view shows when there is nothing to show yet, at all, or to this role.
import type { ComponentChildren } from "preact";
import { sentence, type Loaded } from "../core/load";
import { t } from "../core/text";
import { Problem } from "../../lib/api";
import { Icon, type IconName } from "./icons";

/** Appears after 200 ms (in CSS), so that a quick answer flashes nothing. */
export function Loading() {
  return (
    <div class="state late" role="status">
      <span class="spinner" aria-hidden="true" />
      <span>{t("state.loading")}</span>
    </div>
  );
}

/** Grey rows in the shape of what comes. */
export function Skeleton({ rows }: { rows: number }) {
  return (
    <div class="skeleton late" role="status" aria-label={t("state.loading")}>
      {Array.from({ length: rows }, (_, n) => (
        <div class="skeleton-row" key={n}>
          <span class="skeleton-dot" />
          <span class="skeleton-line" />
        </div>
      ))}
    </div>
  );
}

export function Empty(props: { icon: IconName; title: string; children?: ComponentChildren }) {
  return (
    <div class="state">
      <Icon name={props.icon} size={28} />
      <strong>{props.title}</strong>
      {props.children && <div class="muted">{props.children}</div>}
    </div>
  );
}

export function Failed({ error, again }: { error?: unknown; again?: () => void }) {
  if (error instanceof Problem && error.status === 403) return <Forbidden />;
  return (
    <div class="state" role="alert">
      <Icon name="warn" size={28} />
      <strong>{error ? sentence(error) : t("state.failed")}</strong>
      {again && (
        <button class="btn" type="button" onClick={again}>
          {t("do.again")}
        </button>
      )}
    </div>
  );
}

export function Forbidden() {
  return (
    <Empty icon="shield" title={t("state.forbidden")}>
      {t("state.forbiddenHint")}
    </Empty>
  );
}

/** Loading, failed, or the children with what was read. */
export function Await<T>(props: { of: Loaded<T>; children: (data: T) => ComponentChildren }) {
  if (props.of.error) return <Failed error={props.of.error} again={props.of.reload} />;
  if (props.of.data === undefined) return <Loading />;
  return <>{props.children(props.of.data)}</>;
}
