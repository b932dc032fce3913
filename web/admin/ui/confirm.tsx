import type { ComponentChildren } from "preact";
import { Dialog } from "../../lib/ui/dialog";
import { t } from "../core/text";
import { Form } from "./controls";

/** Asks before something is taken away; the title names the thing, the children say the effect. */
export function Confirm(props: {
  title: string;
  act: string;
  onAct: () => Promise<unknown>;
  onClose: () => void;
  children?: ComponentChildren;
}) {
  return (
    <Dialog title={props.title} onClose={props.onClose} class="dialog">
      <h2>{props.title}</h2>
      <Form
        submit={props.act}
        onSubmit={async () => {
          await props.onAct();
          props.onClose();
        }}
        more={
          <button class="btn" type="button" onClick={props.onClose}>
            {t("do.cancel")}
          </button>
        }
      >
        {props.children}
      </Form>
    </Dialog>
  );
}
