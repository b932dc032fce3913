import { useState } from "preact/hooks";
import { api } from "../../core/calls";
import { date, t } from "../../core/text";
import type { Token } from "../../model";
import { Confirm } from "../../ui/confirm";
import { Code, Field, Form } from "../../ui/controls";
import { Await, Empty } from "../../ui/states";
import { Card, Part, useItems } from "./parts";

export function Tokens() {
  const tokens = useItems<Token>("/tokens");
  const [removing, setRemoving] = useState<Token | null>(null);
  return (
    <>
      <Await of={tokens}>
        {({ items }) =>
          items.length ? (
            <>
              {items.map((token) => (
                <Card
                  key={token.id}
                  title={token.label}
                  aside={
                    <button class="btn small danger" type="button" onClick={() => setRemoving(token)}>
                      {t("tokens.revoke")}
                    </button>
                  }
                >
                  <p class="mono break">{scopesOf(token)}</p>
                  <p class="muted">
                    {token.created_at && t("tokens.since", { date: date(token.created_at) })}{" "}
                    {token.used_at ? t("tokens.used", { date: date(token.used_at) }) : t("tokens.unused")}
                  </p>
                </Card>
              ))}
            </>
          ) : (
            <Empty icon="key" title={t("tokens.none")} />
          )
        }
      </Await>
      <Part title={t("tokens.new")} lead={t("tokens.hint")}>
        <NewToken onDone={tokens.reload} />
      </Part>
      {removing && (
        <Confirm
          title={t("tokens.revokeOne", { label: removing.label })}
          act={t("tokens.revoke")}
          onClose={() => setRemoving(null)}
          onAct={async () => {
            await api.del(`/tokens/${encodeURIComponent(removing.id)}`);
            tokens.reload();
          }}
        >
          <p>{t("tokens.revokeHint")}</p>
        </Confirm>
      )}
    </>
  );
}

const scopesOf = (token: Token) =>
  Array.isArray(token.scopes) ? token.scopes.join(" ") : String(token.scopes ?? "");

function NewToken({ onDone }: { onDone: () => void }) {
  const [label, setLabel] = useState("");
  const [scopes, setScopes] = useState("");
  const [token, setToken] = useState("");
  const make = async () => {
    const answer = await api.post<{ token: string }>("/tokens", {
      label,
      scopes: scopes.split(/[\s,]+/).filter(Boolean),
    });
    setToken(answer.token);
    setLabel("");
    onDone();
  };
  return (
    <>
      <Form submit={t("tokens.make")} onSubmit={make}>
        <Field label={t("tokens.label")} required value={label} onInput={setLabel} />
        <Field label={t("tokens.scopes")} hint={t("tokens.scopesHint")} value={scopes} onInput={setScopes} />
      </Form>
      {token && (
        <div class="stack" role="status">
          <p class="notice warn">{t("sites.secretOnce")}</p>
          <Code text={token} label={t("tokens.new")} />
        </div>
      )}
    </>
  );
}
