/* answer.tsx - the field for an answer of a certain kind, checked before it is sent. */
import type { InputHTMLAttributes } from "preact";
import type { InputType } from "../../lib/types";
import { readAnswer } from "./answers";
import { Component, createRef, Icon, t as core } from "./shared";
import { t } from "./words";
import { SEND, WARN } from "../view/icons";

type Typed = "email" | "phone" | "number" | "date";

const FIELDS: Record<Typed, InputHTMLAttributes<HTMLInputElement>> = {
  email: { type: "email", inputMode: "email", autoComplete: "email" },
  phone: { type: "tel", inputMode: "tel", autoComplete: "tel" },
  number: { type: "text", inputMode: "decimal", autoComplete: "off" },
  date: { type: "date", autoComplete: "off" },
};

interface AnswerProps {
  type: InputType;
  onSend(text: string): void;
  onInstead(): void;
}

export class Answer extends Component<AnswerProps, { wrong: boolean }> {
  override state = { wrong: false };
  input = createRef<HTMLInputElement>();

  /* It takes the place of the field that had the focus. */
  override componentDidMount() {
    if (document.activeElement === document.body) this.input.current!.focus();
  }

  send = (event: Event) => {
    event.preventDefault();
    const input = this.input.current!;
    const answer = readAnswer(this.props.type, input.value);
    this.setState({ wrong: answer === null });
    if (answer === null) input.focus();
    else this.props.onSend(answer);
  };

  override render() {
    const type = this.props.type as Typed;
    const { wrong } = this.state;
    return (
      <form class="answer" noValidate onSubmit={this.send}>
        <label for="answer">{t(`input.${type}`)}</label>
        <div class="write">
          <input id="answer" class="field" ref={this.input} data-focus {...FIELDS[type]}
            aria-invalid={wrong} aria-describedby="answer-wrong" />
          <button type="submit" class="icon-button send" aria-label={core("compose.send")}>
            <Icon d={SEND} />
          </button>
        </div>
        <p id="answer-wrong" class="meta bad" role="alert">
          {wrong && (
            <>
              <Icon d={WARN} />
              {t(`input.${type}.wrong`)}
            </>
          )}
        </p>
        <button type="button" class="link" onClick={this.props.onInstead}>
          {t("compose.instead")}
        </button>
      </form>
    );
  }
}
