/* panel.tsx - a screen in place of the log, with a way back. */
import type { ComponentChildren } from "preact";
import { Icon } from "./shared";
import { t } from "./words";
import { BACK } from "../view/icons";

export function Panel(props: { title: string; onBack?: () => void; children: ComponentChildren }) {
  return (
    <main class="panel">
      <div class="panel-head">
        {props.onBack && (
          <button type="button" class="icon-button" data-focus aria-label={t("back")} onClick={props.onBack}>
            <Icon d={BACK} />
          </button>
        )}
        <h2>{props.title}</h2>
      </div>
      {props.children}
    </main>
  );
}
