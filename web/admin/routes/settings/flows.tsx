import { useState } from "preact/hooks";
import { Problem } from "../../../lib/api";
import { api } from "../../core/calls";
import { dateTime, t } from "../../core/text";
import type { Flow, FlowProblem } from "../../model";
import { Area, Field, Form } from "../../ui/controls";
import { save } from "../../ui/person";
import { Await, Empty } from "../../ui/states";
import { toast, toastError } from "../../ui/toast";
import { Card, Part, State, published, useItems } from "./parts";

export function Flows() {
  const flows = useItems<Flow>("/flows");
  return (
    <>
      <Await of={flows}>
        {({ items }) => (
          <>
            {items.map((flow) => (
              <FlowCard key={flow.id} flow={flow} onChange={flows.reload} />
            ))}
            {!items.length && (
              <Empty icon="flow" title={t("flows.noneYet")}>
                {t("flows.noneHint")}
              </Empty>
            )}
          </>
        )}
      </Await>
      <Part title={t("flows.import")} lead={t("flows.importHint")}>
        <Import onDone={flows.reload} />
      </Part>
    </>
  );
}

/** A new flow, or with `flow` its next version; the server checks it and names what is wrong. */
function Import({ flow, onDone }: { flow?: Flow; onDone: () => void }) {
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const [problems, setProblems] = useState<FlowProblem[]>([]);
  const send = async () => {
    setProblems([]);
    const document = parse(text);
    if (document instanceof Error) return setProblems([{ text: document.message }]);
    try {
      if (flow) await api.post(`/flows/${encodeURIComponent(flow.id)}/versions`, { document });
      else await api.post("/flows", { name, document });
    } catch (error) {
      const found = error instanceof Problem && error.status === 422 && error.body.problems;
      if (!Array.isArray(found)) throw error;
      return setProblems(found as FlowProblem[]);
    }
    setText("");
    setName("");
    toast(t("flows.imported"));
    onDone();
  };
  const file = async (list: FileList | null) => {
    if (list?.[0]) setText(await list[0].text());
  };
  return (
    <Form submit={t(flow ? "flows.addVersion" : "flows.add")} onSubmit={send}>
      {!flow && <Field label={t("flows.name")} required value={name} onInput={setName} />}
      <label class="field">
        <span>{t("flows.file")}</span>
        <input
          type="file"
          accept="application/json,.json"
          onChange={(event) => void file(event.currentTarget.files)}
        />
      </label>
      <Area label={t("flows.document")} rows={8} mono required value={text} onInput={setText} />
      <Problems items={problems} />
    </Form>
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error as Error;
  }
}

function Problems({ items }: { items: FlowProblem[] }) {
  return (
    <div role="alert">
      {items.length > 0 && (
        <table class="table">
          <caption class="problem">{t("flows.problems")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("flows.node")}</th>
              <th scope="col">{t("flows.field")}</th>
              <th scope="col">{t("flows.problem")}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((one, n) => (
              <tr key={n}>
                <td class="mono">{one.node ?? "–"}</td>
                <td class="mono">{one.field ?? "–"}</td>
                <td>{one.text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

function FlowCard({ flow, onChange }: { flow: Flow; onChange: () => void }) {
  const path = `/flows/${encodeURIComponent(flow.id)}`;
  const now = published(flow);
  const publish = (version: string) =>
    api.post(`${path}/publish`, { version }).then(() => {
      toast(t("flows.published"));
      onChange();
    }, toastError);
  const download = (version: string, number: number) =>
    api
      .get<{ document?: unknown }>(`${path}/versions/${encodeURIComponent(version)}`)
      .then((data) => save(`${flow.name}-${number}.json`, JSON.stringify(data.document ?? data, null, 2)))
      .catch(toastError);
  return (
    <Card
      title={flow.name}
      aside={
        now ? (
          <State tone="ok" icon="check" text={t("flows.live", { number: now.number })} />
        ) : (
          <State tone="muted" icon="clock" text={t("flows.draft")} />
        )
      }
    >
      <ul class="versions">
        {flow.versions.map((version) => (
          <li key={version.id}>
            <span>{t("flows.version", { number: version.number })}</span>
            <span class="muted grow">{dateTime(version.published_at ?? version.created_at)}</span>
            <button class="btn small ghost" type="button" onClick={() => void download(version.id, version.number)}>
              {t("flows.export")}
            </button>
            {version.id === now?.id ? (
              <strong class="ok">{t("flows.isLive")}</strong>
            ) : (
              <button class="btn small" type="button" onClick={() => void publish(version.id)}>
                {t(version.published_at ? "flows.rollBack" : "flows.publish")}
              </button>
            )}
          </li>
        ))}
      </ul>
      <details>
        <summary>{t("flows.newVersion")}</summary>
        <Import flow={flow} onDone={onChange} />
      </details>
    </Card>
  );
}
