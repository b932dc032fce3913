/* app.tsx - the whole chat: header, one of three screens, and the way to a person and to one's data.
 *
 * Components with state are classes here: hooks would cost the first load 1.6 kB. */
import { Component, createRef } from "preact";
import type { Chat, ChatState, Receipt } from "../chat";
import type { Config } from "../config";
import { Later } from "../later";
import { t } from "../words";
import { Composer } from "./composer";
import { CLOSE, PERSON, ROBOT, SHIELD, WARN, Icon } from "./icons";
import { Log } from "./log";
import { whoIs } from "./sentences";

export interface AppProps {
  chat: Chat;
  state: ChatState;
  config: Config;
  /** Counts up each time the host page opens the chat. */
  opened: number;
  onClose?: () => void;
}

interface AppState {
  screen: "chat" | "privacy" | "leave";
  receipt: Receipt | null;
}

export class App extends Component<AppProps, AppState> {
  override state: AppState = { screen: "chat", receipt: null };
  root = createRef<HTMLDivElement>();

  go = (screen: AppState["screen"]) => this.setState({ screen });
  back = () => this.go("chat");
  restart = () => {
    this.setState({ screen: "chat", receipt: null });
    this.props.chat.begin();
  };
  escape = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.isComposing) return;
    if (this.state.screen !== "chat") this.back();
    else this.props.onClose?.();
  };

  focus() {
    this.root.current!.querySelector<HTMLElement>("[data-focus]")?.focus();
  }

  override componentDidMount() {
    addEventListener("keydown", this.escape);
    this.focus();
  }

  override componentDidUpdate(before: AppProps, was: AppState) {
    const { opened, state } = this.props;
    if (before.opened !== opened || was.screen !== this.state.screen || before.state.phase !== state.phase)
      this.focus();
  }

  screen() {
    const { chat, state, config } = this.props;
    const { screen, receipt } = this.state;
    if (screen === "privacy")
      return (
        <Later of="Privacy" key="privacy" chat={chat} state={state} config={config} receipt={receipt}
          onBack={this.back} onReceipt={(got) => this.setState({ receipt: got })} onRestart={this.restart} />
      );
    if (screen === "leave") return <Later of="Leave" key="leave" chat={chat} onBack={this.back} />;
    if (state.phase === "gone" || state.phase === "failed")
      return (
        <main class="panel">
          <p>{t(state.phase)}</p>
          <button type="button" class="button" data-focus onClick={this.restart}>
            {t(state.phase === "gone" ? "erase.new" : "retry")}
          </button>
        </main>
      );
    return (
      <main class="chat">
        <Log chat={chat} state={state} config={config} />
        {!config.online && state.help === "asked" && (
          <p class="away">
            {t("person.away")}{" "}
            <button type="button" class="link" onClick={() => this.go("leave")}>
              {t("person.leave")}
            </button>
          </p>
        )}
        <Composer chat={chat} state={state} />
      </main>
    );
  }

  override render() {
    const { chat, state, config, onClose } = this.props;
    return (
      <div class="app" ref={this.root}>
        <Header config={config} state={state} onClose={onClose} />
        <div class="banner" role="status">
          {state.link === "waiting" && (
            <p>
              <Icon d={WARN} />
              {t("offline")}
            </p>
          )}
        </div>
        {this.screen()}
        <Foot chat={chat} state={state} onPrivacy={() => this.go("privacy")} />
        <Spoken state={state} />
      </div>
    );
  }
}

function Header({ config, state, onClose }: Pick<AppProps, "config" | "state" | "onClose">) {
  const person = state.floor === "agent";
  return (
    <header class="head">
      <div class="head-text">
        <h1>{config.name}</h1>
        <p>
          <Icon d={person ? PERSON : ROBOT} />
          {person ? `${state.agent ?? t("team")} · ${t("person")}` : t("assistant")}
        </p>
      </div>
      {onClose && (
        <button type="button" class="icon-button" aria-label={t("close")} onClick={onClose}>
          <Icon d={CLOSE} />
        </button>
      )}
    </header>
  );
}

function Foot({ chat, state, onPrivacy }: { chat: Chat; state: ChatState; onPrivacy(): void }) {
  const done = state.floor === "agent" ? "person.joined" : state.help === "asked" && "person.asked";
  return (
    <footer class="foot">
      {done ? (
        <span class="foot-item" role="status">
          <Icon d={PERSON} />
          {t(done)}
        </span>
      ) : (
        <button type="button" class="foot-item" onClick={chat.askPerson}>
          <Icon d={PERSON} />
          {t("person.ask")}
        </button>
      )}
      <button type="button" class="foot-item" onClick={onPrivacy}>
        <Icon d={SHIELD} />
        {t("privacy")}
      </button>
      {state.help === "failed" && <p role="alert">{t("person.failed")}</p>}
    </footer>
  );
}

/** New messages, each added once: the log itself is silent, or its whole history would be read out. */
function Spoken({ state }: { state: ChatState }) {
  return (
    <div class="visually-hidden" aria-live="polite" aria-relevant="additions">
      {state.spoken.map((message) => (
        <p key={message.id}>
          {whoIs(message)}: {message.text ?? message.cards?.[0]?.title ?? t("file")}
        </p>
      ))}
    </div>
  );
}
