/* leave.tsx - a message with an e-mail address, for when nobody is there. */
import type { Chat } from "../chat";
import { readAnswer } from "./answers";
import { Panel } from "./panel";
import { Component, t as core } from "./shared";
import { t } from "./words";

interface LeaveProps {
  chat: Chat;
  onBack(): void;
}

type Step = "form" | "email" | "text" | "failed" | "done";

export class Leave extends Component<LeaveProps, { step: Step }> {
  override state = { step: "form" as Step };

  send = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const email = readAnswer("email", String(form.get("email")));
    const text = String(form.get("text")).trim();
    const go = (step: Step) => this.setState({ step });
    if (!email || !text) return go(email ? "text" : "email");
    this.props.chat.call("POST", "/offline", { email, text }).then(() => go("done"), () => go("failed"));
  };

  override render({ onBack }: LeaveProps) {
    const { step } = this.state;
    return (
      <Panel title={core("person.leave")} onBack={onBack}>
        {step === "done" ? <p role="status">{t("leave.done")}</p> : this.form(step)}
      </Panel>
    );
  }

  form(step: Step) {
    return (
      <form noValidate onSubmit={this.send}>
        <p>{t("leave.text")}</p>
        <label for="leave-email">{t("input.email")}</label>
        <input id="leave-email" class="field" name="email" type="email" autoComplete="email"
          aria-invalid={step === "email"} aria-describedby="leave-wrong" />
        <label for="leave-text">{t("leave.message")}</label>
        <textarea id="leave-text" class="field" name="text" rows={4} dir="auto" maxLength={4000}
          aria-invalid={step === "text"} aria-describedby="leave-wrong" />
        <p id="leave-wrong" class="bad" role="alert">
          {step === "email" && t("input.email.wrong")}
          {step === "text" && t("input.text.wrong")}
          {step === "failed" && t("data.failed")}
        </p>
        <button type="submit" class="button">
          {t("leave.send")}
        </button>
      </form>
    );
  }
}
