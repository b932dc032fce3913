import { Dialog } from "../../../lib/ui/dialog";
import { t } from "../../core/text";
import { helpShown } from "./shortcuts";

const KEYS = [
  ["j", "keys.next"],
  ["k", "keys.previous"],
  ["Enter", "keys.open"],
  ["r", "keys.reply"],
  ["n", "keys.note"],
  ["e", "keys.resolve"],
  ["a", "keys.assign"],
  ["z", "keys.undo"],
  ["/", "keys.search"],
  ["Esc", "keys.leave"],
  ["?", "keys.help"],
] as const;

export function KeysHelp() {
  if (!helpShown.value) return null;
  const close = () => {
    helpShown.value = false;
  };
  return (
    <Dialog title={t("keys.title")} onClose={close} class="dialog">
      <h2>{t("keys.title")}</h2>
      <p class="muted">{t("keys.hint")}</p>
      <dl class="keys">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(what)}</dd>
          </div>
        ))}
      </dl>
      <div class="actions">
        <button class="btn" type="button" onClick={close}>
          {t("do.close")}
        </button>
      </div>
    </Dialog>
  );
}
