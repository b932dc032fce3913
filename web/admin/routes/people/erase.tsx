import { useEffect, useState } from "preact/hooks";
import { Dialog } from "../../../lib/ui/dialog";
import { api } from "../../core/calls";
import { useLoad } from "../../core/load";
import { desk } from "../../core/session";
import { dateTime, number, t, word } from "../../core/text";
import type { Erasure, ErasePlan } from "../../model";
import { Field, Form } from "../../ui/controls";
import { erasing } from "../../ui/erasing";
import { Icon } from "../../ui/icons";
import { save } from "../../ui/person";
import { Await } from "../../ui/states";

const LOOK_MS = 1_000; // between looks at a running erasure, while its dialog is open

/** Says exactly what goes and what stays, asks for a typed word, then shows the receipt. It stays
 *  open when the person's own pages are gone, and from then on holds no name. */
export default function EraseDialog() {
  const { person, name } = erasing.value!;
  const [erasure, setErasure] = useState<string | null>(null);
  const close = () => {
    erasing.value = null;
  };
  const title = erasure ? t("erase.running") : t("erase.title", { name: name ?? t("person.visitor") });
  return (
    <Dialog title={title} onClose={close} class="dialog wide">
      <h2 dir="auto">{title}</h2>
      {erasure ? (
        <Progress id={erasure} onClose={close} />
      ) : (
        <Ask
          person={person}
          onClose={close}
          onStarted={(id) => {
            erasing.value = { person, name: null };
            setErasure(id);
          }}
        />
      )}
    </Dialog>
  );
}

interface AskProps {
  person: string;
  onClose: () => void;
  onStarted: (erasure: string) => void;
}

function Ask({ person, onClose, onStarted }: AskProps) {
  const path = `/people/${encodeURIComponent(person)}/erase`;
  const plan = useLoad(() => api.get<ErasePlan>(path), person);
  const [typed, setTyped] = useState("");
  const wanted = t("erase.word");
  const erase = async () => {
    const { erasure } = await api.post<{ erasure: string }>(path, { confirm: "erase" });
    onStarted(erasure);
  };
  return (
    <Await of={plan}>
      {(what) => (
        <>
          <Plan plan={what} />
          <p class="notice bad">
            <Icon name="warn" size={16} /> {t("erase.final")}
          </p>
          <Form
            submit={t("erase.do")}
            class={typed.trim().toLowerCase() === wanted ? "form danger-form" : "form locked"}
            onSubmit={async () => {
              if (typed.trim().toLowerCase() === wanted) await erase();
            }}
            more={
              <button class="btn" type="button" onClick={onClose}>
                {t("do.cancel")}
              </button>
            }
          >
            <Field
              label={t("erase.type", { word: wanted })}
              value={typed}
              onInput={setTyped}
              autocomplete="off"
              spellcheck={false}
              required
              pattern={wanted}
            />
          </Form>
        </>
      )}
    </Await>
  );
}

function Plan({ plan }: { plan: ErasePlan }) {
  return (
    <div class="erase-plan">
      <section>
        <h3>{t("erase.goes")}</h3>
        <ul class="goes">
          {plan.goes.filter((one) => one.count).map((one) => (
            <li key={one.what}>
              <span>{word(`erase.what.${one.what}`, one.what)}</span>
              <strong>{number(one.count)}</strong>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h3>{t("erase.stays")}</h3>
        <ul class="stays">
          {plan.stays.map((one) => (
            <li key={one.what}>
              <strong>{word(`erase.what.${one.what}`, one.what)}</strong>
              <span class="muted">{word(`erase.why.${one.why}`, one.why)}</span>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function Progress({ id, onClose }: { id: string; onClose: () => void }) {
  const look = useLoad(
    () => api.get<Erasure>(`/erasures/${encodeURIComponent(id)}`),
    id + (desk.erased.value?.person ?? ""),
  );
  const state = look.data;
  useEffect(() => {
    if (state?.state === "erased") return;
    const timer = setTimeout(look.reload, LOOK_MS);
    return () => clearTimeout(timer);
  }, [state, look.error]);
  const done = state?.state === "erased";
  return (
    <div class="erase-done">
      <p class="with-icon" role="status">
        {done ? <Icon name="check" /> : <span class="spinner" aria-hidden="true" />}
        <strong>
          {done ? t("erase.done") : t("erase.step", { step: word(`erase.at.${state?.step}`, String(state?.step ?? "")) })}
        </strong>
      </p>
      {done && state.done_at && <p class="muted">{dateTime(state.done_at)}</p>}
      {done && <p>{t("erase.receiptHint")}</p>}
      {!!state?.recipients?.length && (
        <section>
          <h3>{t("erase.recipients")}</h3>
          <ul class="goes">
            {state.recipients.map((one) => (
              <li key={one.name}>
                <span>{one.name}</span>
                <span class="muted">{word(`erase.recipient.${one.state}`, one.state)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <div class="actions">
        {done && !!state.receipt && (
          <button class="btn primary" type="button" onClick={() => saveReceipt(id, state.receipt)}>
            <Icon name="download" size={16} /> {t("erase.receipt")}
          </button>
        )}
        <button class="btn" type="button" onClick={onClose}>
          {t(done ? "do.close" : "erase.background")}
        </button>
      </div>
    </div>
  );
}

function saveReceipt(id: string, receipt: unknown): void {
  save(`receipt-${id}.json`, typeof receipt === "string" ? receipt : JSON.stringify(receipt, null, 2));
}
