import type { ComponentChildren } from "preact";
import { t } from "../../core/text";
import { useTitle } from "../../shell";

/** A quiet card in the middle; the privacy policy is one click away on each of these pages. */
export function Frame(props: { title: string; lead?: string; children: ComponentChildren }) {
  useTitle(props.title);
  return (
    <div class="door">
      <main class="door-card">
        <p class="brand">{t("app.name")}</p>
        <h1>{props.title}</h1>
        {props.lead && <p class="muted">{props.lead}</p>}
        {props.children}
      </main>
      <footer class="door-foot">
        <a href="/privacy">{t("sign.privacy")}</a>
      </footer>
    </div>
  );
}

export function Policy({ accepted, onChange }: { accepted: boolean; onChange: (on: boolean) => void }) {
  return (
    <label class="check">
      <input
        type="checkbox"
        required
        checked={accepted}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>
        {t("sign.policy")}{" "}
        <a href="/privacy" target="_blank" rel="noopener">
          {t("sign.privacy")}
        </a>
      </span>
    </label>
  );
}
