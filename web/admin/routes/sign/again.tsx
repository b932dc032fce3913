import { Dialog } from "../../../lib/ui/dialog";
import { desk, enter } from "../../core/session";
import { t } from "../../core/text";
import { LoginForm } from "./login";

/** The session ended while the page was open: sign in above it, and everything is still there. */
export default function Again() {
  return (
    <Dialog title={t("sign.again")} onClose={() => {}} class="dialog">
      <h2>{t("sign.again")}</h2>
      <p class="muted">{t("sign.againHint")}</p>
      <LoginForm onIn={enter} email={desk.me.peek()?.user.email} />
    </Dialog>
  );
}
