import { batch, signal } from "@preact/signals";
import type { LiveEvent, LiveHint } from "../../lib/live";
import type { Conversation, Counts, Me, Message, Mode, Page, User, View } from "../model";
import { Conversations } from "./conversations";
import { Drafts } from "./drafts";
import { Sending, type Outgoing, type Saying } from "./sending";
import { Threads } from "./threads";

const COUNTS_AFTER_MS = 400; // a burst of events asks for the counts once
const TYPING_MS = 6_000; // a "typing" that nobody renews ends by itself

/** What the desk asks of the server; the real one is `core/calls.ts`. */
export interface DeskPort {
  list(view: View, cursor: string | null): Promise<Page<Conversation>>;
  counts(): Promise<Counts>;
  conversation(id: string): Promise<Conversation>;
  messages(id: string, before: string | null): Promise<Page<Message>>;
  change(id: string, change: object): Promise<Conversation>;
  read(id: string, message: string): Promise<unknown>;
  send(item: Outgoing): Promise<Message>;
  retry(message: string): Promise<Message>;
  loadDraft(id: string): Promise<{ message?: string | null; note?: string | null }>;
  saveDraft(id: string, mode: Mode, text: string): Promise<unknown>;
}

/** The whole live state of the inbox; views draw it and call its verbs, nothing else changes it. */
export class Desk {
  readonly me = signal<Me | null>(null);
  readonly users = signal<readonly User[]>([]);
  readonly counts = signal<Counts | null>(null);
  readonly online = signal<"connecting" | "on" | "off">("connecting");
  readonly typing = signal<Readonly<Record<string, readonly string[]>>>({});
  readonly viewers = signal<Readonly<Record<string, readonly string[]>>>({});
  /** Counts up when settings, or a person, changed elsewhere. */
  readonly settingsChanged = signal(0);
  readonly personChanged = signal<{ person: string; n: number }>({ person: "", n: 0 });
  readonly erased = signal<{ person: string; conversations: readonly string[] } | null>(null);
  /** The open conversation, if any. */
  readonly open = signal<string | null>(null);

  readonly conversations = new Conversations(() => this.me.peek()?.user.id ?? null);
  readonly threads = new Threads();
  readonly drafts: Drafts;
  readonly sending: Sending;
  /** Called with a message that came in live, for the sound and the announcement. */
  onIncoming: (message: Message, conversation: Conversation | undefined) => void = () => {};
  onHelp: (conversation: Conversation) => void = () => {};

  private seq = -1;
  private alone = false; // the socket never came up: read without it
  private view: View | null = null;
  private countsTimer: ReturnType<typeof setTimeout> | undefined;
  private typingTimers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(
    private port: DeskPort,
    private now: () => number = Date.now,
  ) {
    this.drafts = new Drafts({
      load: (id) => port.loadDraft(id),
      save: (id, mode, text) => port.saveDraft(id, mode, text),
    });
    this.sending = new Sending(
      (item) => port.send(item),
      (message) => this.threads.answer(message, -1), // a new one: any event about it is newer
    );
  }

  /** The socket is up. The first time it also starts the reading, unless a reset came with it. */
  up(): void {
    this.online.value = "on";
    this.sending.resume();
    void this.drafts.flush();
    queueMicrotask(() => {
      if (this.seq < 0) this.reset();
    });
  }

  /** The line broke, or never came up; what is on screen stays, writing goes on. */
  down(): void {
    this.online.value = "off";
    if (!this.gated) return;
    this.alone = true;
    this.clear();
    void this.reload();
  }

  /** Too much was missed, or this is the first time: everything afresh. */
  reset(): void {
    this.seq = Math.max(this.seq, 0);
    this.alone = false;
    this.clear();
    void this.reload();
  }

  event(event: LiveEvent): void {
    this.seq = event.seq;
    if (event.kind === "erased") return this.dropPerson(event.object ?? "");
    batch(() => {
      if (event.data) this.liveConversation(event.data, event.seq);
      if (event.message) this.liveMessage(event.message, event.data, event.seq);
    });
    if (event.kind === "person") this.personChanged.value = { person: event.object ?? "", n: event.seq };
    if (event.kind === "settings") this.settingsChanged.value = event.seq;
    if (event.kind === "message" || event.kind === "conversation") this.countsSoon();
  }

  hint(hint: LiveHint): void {
    if (hint.type === "typing") this.setTyping(hint.conversation, hint.who, hint.on);
    else if (hint.type === "presence")
      this.conversations.presence(hint.person, hint.online, this.now());
    else this.viewers.value = { ...this.viewers.value, [hint.conversation]: hint.users };
  }

  async showView(view: View): Promise<void> {
    this.view = view;
    const list = this.conversations.view(view);
    if (list.state.peek() === "ready" || list.state.peek() === "loading") return;
    list.state.value = "loading";
    if (!this.gated) await this.loadList(view, null);
  }

  async moreOf(view: View): Promise<void> {
    const list = this.conversations.view(view);
    if (list.next === null || list.state.peek() !== "ready") return;
    const cursor = list.next;
    list.next = null; // one reading at a time
    await this.loadList(view, cursor);
  }

  async openConversation(id: string): Promise<void> {
    this.open.value = id;
    if (this.gated) return;
    const thread = this.threads.get(id);
    void this.drafts.open(id);
    const waits: Promise<unknown>[] = [];
    if (!this.conversations.get(id).peek()) waits.push(this.loadConversation(id));
    if (thread.state.peek() === "idle" || thread.state.peek() === "error")
      waits.push(this.loadMessages(id, null));
    await Promise.all(waits);
  }

  close(): void {
    this.open.value = null;
  }

  async olderMessages(id: string): Promise<void> {
    const first = this.threads.get(id).messages.peek()[0];
    if (first && this.threads.get(id).older) await this.loadMessages(id, first.id);
  }

  /** Changes status, assignee or floor: shown at once, put back if the server refuses. */
  async change(id: string, change: object, shown: Partial<Conversation>): Promise<void> {
    const before = this.conversations.get(id).peek();
    const asOf = this.seq;
    if (before) this.conversations.merge([{ ...before, ...shown }], Infinity);
    try {
      this.conversations.merge([await this.port.change(id, change)], asOf);
      this.countsSoon();
    } catch (error) {
      if (before) this.conversations.merge([before], asOf);
      throw error;
    }
  }

  say(saying: Saying): void {
    this.sending.add(saying);
  }

  async retry(message: Message): Promise<void> {
    const asOf = this.seq;
    this.threads.answer(await this.port.retry(message.id), asOf);
  }

  /** Tells the server how far the open thread was read, once per message. */
  async markRead(id: string): Promise<void> {
    const item = this.conversations.get(id).peek();
    const messages = this.threads.get(id).messages.peek();
    const last = messages[messages.length - 1];
    if (!item?.unread || !last) return;
    this.conversations.merge([{ ...item, unread: 0 }], Infinity);
    try {
      await this.port.read(id, last.id);
      this.countsSoon();
    } catch {
      // the unread mark comes back with the next reading of the list
    }
  }

  /** Everything afresh: after a reset, or when somebody else signed in. */
  clear(): void {
    batch(() => {
      this.conversations.clear();
      this.threads.clear();
      this.counts.value = null;
      this.typing.value = {};
      this.viewers.value = {};
    });
  }

  nameOf(user: string): string | null {
    const me = this.me.peek()?.user;
    if (me?.id === user) return me.name;
    return this.users.value.find((one) => one.id === user)?.name ?? null;
  }

  /** Reading waits for the socket: whatever changes after it is up comes as an event, so nothing
   *  can fall between the reading and the events. */
  private get gated(): boolean {
    return this.seq < 0 && !this.alone;
  }

  private async reload(): Promise<void> {
    const id = this.open.peek();
    const view = this.view;
    await Promise.all([
      this.loadCounts(),
      view ? this.showView(view) : undefined,
      id ? this.openConversation(id) : undefined,
    ]);
  }

  private liveConversation(item: Conversation, seq: number): void {
    const before = this.conversations.get(item.id).peek();
    this.conversations.live(item, seq);
    if (item.help_wanted_at && !before?.help_wanted_at && item.status === "open") this.onHelp(item);
  }

  private liveMessage(message: Message, item: Conversation | undefined, seq: number): void {
    this.sending.confirm(message);
    this.threads.live(message, seq);
    if (message.author === "person" && message.state === "received") {
      this.setTyping(message.conversation ?? "", "person", false);
      this.onIncoming(message, item);
    }
  }

  /** First of all: whoever was erased is gone from the screen and from memory. */
  private dropPerson(person: string): void {
    batch(() => {
      const gone = this.conversations.dropPerson(person);
      this.threads.drop(gone);
      this.drafts.drop(gone);
      this.sending.drop(gone);
      this.erased.value = { person, conversations: gone };
    });
    this.countsSoon();
  }

  private setTyping(conversation: string, who: string, on: boolean): void {
    const timer = `${conversation} ${who}`;
    clearTimeout(this.typingTimers.get(timer));
    this.typingTimers.delete(timer);
    const now = this.typing.peek()[conversation] ?? [];
    if (on)
      this.typingTimers.set(
        timer,
        setTimeout(() => this.setTyping(conversation, who, false), TYPING_MS),
      );
    if (on === now.includes(who)) return;
    const next = on ? [...now, who] : now.filter((one) => one !== who);
    this.typing.value = { ...this.typing.peek(), [conversation]: next };
  }

  private countsSoon(): void {
    if (this.countsTimer) return;
    this.countsTimer = setTimeout(() => {
      this.countsTimer = undefined;
      void this.loadCounts();
    }, COUNTS_AFTER_MS);
  }

  private async loadCounts(): Promise<void> {
    try {
      this.counts.value = await this.port.counts();
    } catch {
      // the numbers stay as they were; the banner tells that the line is down
    }
  }

  private async loadList(view: View, cursor: string | null): Promise<void> {
    const list = this.conversations.view(view);
    const asOf = this.seq;
    try {
      this.conversations.page(view, await this.port.list(view, cursor), cursor === null, asOf);
    } catch {
      list.next = cursor;
      if (cursor === null) list.state.value = "error";
    }
  }

  private async loadConversation(id: string): Promise<void> {
    const asOf = this.seq;
    try {
      this.conversations.merge([await this.port.conversation(id)], asOf);
    } catch {
      this.threads.get(id).state.value = "error";
    }
  }

  private async loadMessages(id: string, before: string | null): Promise<void> {
    const thread = this.threads.get(id);
    const asOf = this.seq;
    if (before === null) thread.state.value = "loading";
    try {
      const page = await this.port.messages(id, before);
      this.threads.page(id, page, asOf);
    } catch {
      if (before === null) thread.state.value = "error";
    }
  }
}
