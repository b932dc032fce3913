import { batch, signal, type Signal } from "@preact/signals";
import { VIEWS, type Conversation, type Page, type View } from "../model";

export interface ViewList {
  ids: Signal<readonly string[]>;
  total: Signal<number>;
  next: string | null;
  state: Signal<"idle" | "loading" | "ready" | "error">;
}

/** Every conversation we know, and the order of those on screen in each view. A row is its own
 *  signal: a new message redraws one row, not the list. */
export class Conversations {
  readonly views = new Map<View, ViewList>();
  private known = new Map<string, Signal<Conversation | null>>();
  private liveSeq = new Map<string, number>();
  private gone = new Set<string>(); // people erased since we are here: no late answer brings them back

  constructor(private me: () => string | null) {
    for (const view of VIEWS)
      this.views.set(view, {
        ids: signal<readonly string[]>([]),
        total: signal(0),
        next: null,
        state: signal<"idle" | "loading" | "ready" | "error">("idle"),
      });
  }

  view(name: View): ViewList {
    return this.views.get(name)!;
  }

  /** The signal of one conversation; null inside until it is loaded, and again once it is erased. */
  get(id: string): Signal<Conversation | null> {
    let row = this.known.get(id);
    if (!row) {
      row = signal<Conversation | null>(null);
      this.known.set(id, row);
    }
    return row;
  }

  /** Takes rows read from the server. `asOf` is the live number when the reading began: a row that
   *  a live event renewed meanwhile is newer than what was read, and stays. */
  merge(items: readonly Conversation[], asOf: number): void {
    batch(() => {
      for (const item of items) if ((this.liveSeq.get(item.id) ?? -1) <= asOf) this.put(item);
    });
  }

  /** A row as a live event tells it. */
  live(item: Conversation, seq: number): void {
    this.liveSeq.set(item.id, seq);
    batch(() => this.put(item));
  }

  /** A page of a view's list; the first page replaces what was listed. */
  page(name: View, page: Page<Conversation>, first: boolean, asOf: number): void {
    const list = this.view(name);
    batch(() => {
      if (first) list.ids.value = [];
      list.next = page.next;
      list.total.value = page.total;
      list.state.value = "ready";
      for (const item of page.items) if ((this.liveSeq.get(item.id) ?? -1) <= asOf) this.store(item);
      const have = new Set(list.ids.value);
      const fresh = page.items
        .map((item) => item.id)
        .filter((id) => !have.has(id) && this.belongs(name, this.get(id).peek()));
      list.ids.value = this.sorted(name, [...list.ids.value, ...fresh]);
      for (const id of fresh) this.place(this.get(id).peek()!);
    });
  }

  /** Someone came or went: every row of that person shows it. */
  presence(person: string, online: boolean, now: number): void {
    batch(() => {
      for (const row of this.known.values()) {
        const item = row.peek();
        if (item?.person.id === person)
          row.value = {
            ...item,
            person: { ...item.person, online, seen_at: online ? item.person.seen_at : now },
          };
      }
    });
  }

  /** Forgets everything of a person and tells which conversations went. */
  dropPerson(person: string): string[] {
    const gone: string[] = [];
    this.gone.add(person);
    batch(() => {
      for (const [id, row] of this.known) {
        if (row.peek()?.person.id !== person) continue;
        gone.push(id);
        row.value = null; // the signal stays: a view may hang on it
      }
      const lost = new Set(gone);
      for (const list of this.views.values()) {
        const kept = list.ids.value.filter((id) => !lost.has(id));
        list.total.value -= list.ids.value.length - kept.length;
        list.ids.value = kept;
      }
    });
    return gone;
  }

  /** Forgets all of it, because the server asked to load afresh; the signals stay, views hang on
   *  them, and so do the live numbers, which tell older answers from newer events. */
  clear(): void {
    batch(() => {
      for (const list of this.views.values()) {
        list.ids.value = [];
        list.total.value = 0;
        list.next = null;
        list.state.value = "idle";
      }
      for (const row of this.known.values()) row.value = null;
    });
  }

  private put(item: Conversation): void {
    this.store(item);
    if (!this.gone.has(item.person.id)) this.place(item);
  }

  private store(item: Conversation): void {
    if (this.gone.has(item.person.id)) return;
    this.get(item.id).value = item;
  }

  /** Puts the row where it belongs in each loaded view, or takes it out. */
  private place(item: Conversation): void {
    for (const [name, list] of this.views) {
      if (list.state.peek() !== "ready") continue;
      const ids = list.ids.peek();
      const at = ids.indexOf(item.id);
      if (!this.belongs(name, item)) {
        if (at < 0) continue;
        list.ids.value = ids.filter((id) => id !== item.id);
        list.total.value -= 1;
        continue;
      }
      const rest = at < 0 ? [...ids] : ids.filter((id) => id !== item.id);
      const to = this.position(name, rest, item);
      if (at < 0) list.total.value += 1;
      if (at < 0 && to === rest.length && list.next !== null) continue; // comes with its page
      if (at === to) continue;
      rest.splice(to, 0, item.id);
      list.ids.value = rest;
    }
  }

  private position(view: View, ids: readonly string[], item: Conversation): number {
    let low = 0;
    let high = ids.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.get(ids[middle]!).peek();
      if (other && compare(view, other, item) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private sorted(view: View, ids: string[]): string[] {
    const row = (id: string) => this.get(id).peek();
    return ids
      .filter((id) => row(id))
      .sort((a, b) => compare(view, row(a)!, row(b)!));
  }

  private belongs(view: View, item: Conversation | null): boolean {
    if (!item) return false;
    if (view === "closed") return item.status === "closed";
    if (item.status !== "open") return false;
    if (view === "mine") return item.assignee?.id === this.me();
    if (view === "unassigned") return !item.assignee;
    return view === "all" || !!item.help_wanted_at;
  }
}

/** Newest activity first; who waits for help: longest first. */
function compare(view: View, a: Conversation, b: Conversation): number {
  const by =
    view === "help"
      ? (a.help_wanted_at ?? 0) - (b.help_wanted_at ?? 0)
      : b.last_at - a.last_at;
  return by || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}
