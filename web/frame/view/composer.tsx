/* composer.tsx - where the visitor writes: a message, or the answer to a question of a certain kind. */
import { Component, createRef } from "preact";
import type { InputType } from "../../lib/types";
import type { Chat, ChatState } from "../chat";
import { Later } from "../later";
import { openQuestion } from "../thread";
import { t } from "../words";
import { ATTACH, SEND, Icon } from "./icons";

interface ComposerProps {
  chat: Chat;
  state: ChatState;
}

const TEXT_MAX = 4000;
const TYPING_PAUSE_MS = 3000;
/* Kinds of answers with a field of their own. */
const TYPED: (InputType | undefined)[] = ["email", "phone", "number", "date"];

export class Composer extends Component<ComposerProps, { instead?: string; text: string }> {
  override state = { text: "" } as { instead?: string; text: string };
  area = createRef<HTMLTextAreaElement>();
  picker = createRef<HTMLInputElement>();
  timer: ReturnType<typeof setTimeout> | undefined;

  /** Tells the other side about typing: on at the first key, off after a pause. */
  typing(on: boolean) {
    clearTimeout(this.timer);
    if (on !== (this.timer !== undefined)) this.props.chat.typing(on);
    this.timer = on ? setTimeout(this.pause, TYPING_PAUSE_MS) : undefined;
  }
  pause = () => this.typing(false);

  override componentWillUnmount() {
    this.pause();
  }

  send = (event: Event) => {
    event.preventDefault();
    const text = this.state.text.trim();
    if (!text) return;
    this.pause();
    this.props.chat.say({ text });
    this.setState({ text: "" });
  };

  onInput = () => {
    this.setState({ text: this.area.current!.value });
    this.typing(true);
  };

  onKeyDown = (event: KeyboardEvent) => {
    /* 229: the key belongs to an input method, also where isComposing comes late. */
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) this.send(event);
  };

  pick = () => {
    const input = this.picker.current!;
    for (const file of input.files!) this.props.chat.attach(file);
    input.value = "";
  };
  choose = () => this.picker.current!.click();

  override componentDidUpdate() {
    const style = this.area.current?.style;
    if (!style) return;
    style.blockSize = "auto";
    style.blockSize = this.area.current!.scrollHeight + 2 + "px";
  }

  override render({ chat, state }: ComposerProps) {
    const question = state.pending.length ? undefined : openQuestion(state.messages);
    const type = question?.input?.type;
    const typed = TYPED.includes(type) && this.state.instead !== question!.id;

    return (
      <div class="composer">
        <p class="typing" role="status">
          {state.typing && (
            <>
              <span class="dots" aria-hidden="true">
                <i /><i /><i />
              </span>
              {t("typing", {
                who: state.typing === "bot" ? t("assistant.short") : (state.agent ?? t("team")),
              })}
            </>
          )}
        </p>
        {typed ? (
          <Later of="Answer" key={question!.id} type={type!} onSend={(text) => chat.say({ text })}
            onInstead={() => this.setState({ instead: question!.id })} />
        ) : (
          this.write(type === "file")
        )}
      </div>
    );
  }

  write(file: boolean) {
    const { text } = this.state;
    return (
      <form class={file ? "write file" : "write"} onSubmit={this.send}>
        <input ref={this.picker} type="file" hidden multiple onChange={this.pick} />
        <button type="button" class="icon-button attach" aria-label={t("compose.attach")} onClick={this.choose}>
          <Icon d={ATTACH} />
        </button>
        <textarea ref={this.area} rows={1} dir={text ? "auto" : undefined} data-focus maxLength={TEXT_MAX} value={text}
          aria-label={t("compose.label")} placeholder={t("compose.hint")}
          onInput={this.onInput} onKeyDown={this.onKeyDown} onBlur={this.pause} />
        <button type="submit" class="icon-button send" aria-label={t("compose.send")} aria-disabled={!text.trim()}>
          <Icon d={SEND} />
        </button>
      </form>
    );
  }
}
