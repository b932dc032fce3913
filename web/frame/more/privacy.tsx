/* privacy.tsx - the notice, a copy of one's data, and erasure: never more than two steps away. */
import { safeHref } from "../../lib/text";
import type { Chat, ChatState, Receipt } from "../chat";
import type { Config } from "../config";
import { Panel } from "./panel";
import { save } from "./save";
import { Component, t as core } from "./shared";
import { t } from "./words";

interface PrivacyProps {
  chat: Chat;
  state: ChatState;
  config: Config;
  receipt: Receipt | null;
  onReceipt(receipt: Receipt): void;
  onBack(): void;
  onRestart(): void;
}

export class Privacy extends Component<PrivacyProps, { failed: boolean; typed: string }> {
  override state = { failed: false, typed: "" };

  attempt(run: Promise<void>) {
    this.setState({ failed: false });
    run.catch(() => this.setState({ failed: true }));
  }

  download = () =>
    this.attempt(
      this.props.chat.call("GET", "/data").then((data) => {
        const text = JSON.stringify(data, null, 2);
        save(new Blob([text], { type: "application/json" }), "my-data.json");
      }),
    );

  agreed = () => this.state.typed.trim().toLowerCase() === t("erase.word").toLowerCase();

  erase = (event: Event) => {
    event.preventDefault();
    const { chat, onReceipt } = this.props;
    if (!this.agreed()) return;
    this.attempt(
      chat.call<Receipt>("POST", "/erase", { confirm: "erase" }).then((receipt) => {
        onReceipt(receipt);
        chat.forget();
      }),
    );
  };

  override render({ state, config, receipt, onBack, onRestart }: PrivacyProps) {
    if (receipt) return <Done receipt={receipt} onRestart={onRestart} />;
    const { messages, pending } = state;
    const anything = pending.length || messages.some(({ author }) => author === "person");
    return (
      <Panel title={core("privacy")} onBack={onBack}>
        <p>{t("privacy.text", { name: config.name })}</p>
        <p>
          <a href={safeHref(config.privacy_url ?? undefined) ?? "/privacy"} target="_blank" rel="noopener">
            {t("privacy.notice")}
          </a>
        </p>
        {anything ? (
          <>
            <button type="button" class="button" onClick={this.download}>
              {t("data.download")}
            </button>
            {this.eraseForm()}
          </>
        ) : (
          <p class="muted">{t("privacy.none")}</p>
        )}
        <p class="bad" role="alert">{this.state.failed && t("data.failed")}</p>
      </Panel>
    );
  }

  eraseForm() {
    return (
      <form class="erase" onSubmit={this.erase}>
        <h3>{t("erase")}</h3>
        <p>{t("erase.text", { name: this.props.config.name })}</p>
        <label for="erase">{t("erase.label", { word: t("erase.word") })}</label>
        <input id="erase" class="field" autoComplete="off" value={this.state.typed}
          onInput={(event) => this.setState({ typed: event.currentTarget.value })} />
        <button type="submit" class="button danger" disabled={!this.agreed()}>
          {t("erase.now")}
        </button>
      </form>
    );
  }
}

function Done({ receipt, onRestart }: { receipt: Receipt; onRestart(): void }) {
  return (
    <Panel title={t("erase.done")}>
      <p role="status">{t("erase.done.text")}</p>
      <p class="meta">{t("erase.code")}</p>
      <p class="code">{receipt.code}</p>
      <p>
        <a href={new URL(receipt.status_url, location.href).href} target="_blank" rel="noopener">
          {t("erase.status")}
        </a>
      </p>
      <button type="button" class="button" data-focus onClick={onRestart}>
        {core("erase.new")}
      </button>
    </Panel>
  );
}
