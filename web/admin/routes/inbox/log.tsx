import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { place as route } from "../../core/router";
import { desk } from "../../core/session";
import { day, midnight, t, tn } from "../../core/text";
import type { Conversation, Message } from "../../model";
import { minute } from "../../store/clock";
import { Icon } from "../../ui/icons";
import { Bubble, Pending } from "./message";
import { EventLine } from "./event";

const SHOWN = 60; // messages in the page at first
const MOST = 160; // and at most
const STEP = 40; // more of them when the edge comes near
const NEAR = 300; // px from an edge
const TOGETHER_MS = 5 * 60_000; // one author within this time is one group

/** Which part of the thread is in the page: `skip` newest left out, then `take`. Counted from the
 *  end, so that older pages may arrive without moving it. */
interface Place {
  skip: number;
  take: number;
  /** The first message in sight, and where it stands; null while following the newest. */
  hold: { id: string; y: number } | null;
  /** The newest message when following stopped: later ones are "new". */
  seen: string;
  /** The newest message at the last drawing. */
  tail: string;
}

/** Where each conversation was left, so that coming back shows the same lines. */
const left = new Map<string, Place>();

export function Log({ item }: { item: Conversation }) {
  const messages = desk.threads.get(item.id).messages.value;
  const outgoing = desk.sending.items.value.filter((one) => one.body.conversation === item.id);
  const box = useRef<HTMLDivElement>(null);
  const place = useRef<Place>(left.get(item.id) ?? { skip: 0, take: SHOWN, hold: null, seen: "", tail: "" });
  useLinked(item.id, messages, place);
  const [, redraw] = useState(0);

  keepPlace(place.current, messages);
  const { skip, take } = place.current;
  const to = messages.length - skip;
  const from = Math.max(0, to - take);

  const settle = () => {
    const element = box.current;
    if (!element) return;
    const { hold } = place.current;
    if (!hold && !place.current.skip) element.scrollTop = element.scrollHeight;
    else if (hold) {
      const line = document.getElementById(hold.id);
      if (line) element.scrollTop = line.offsetTop - hold.y;
    }
  };
  useLayoutEffect(settle);
  useEffect(() => {
    const watch = new ResizeObserver(settle);
    watch.observe(box.current!.firstElementChild!);
    watch.observe(box.current!);
    return () => {
      watch.disconnect();
      left.set(item.id, place.current);
    };
  }, []);

  const scrolled = () => {
    const before = place.current;
    const was = !before.hold && !before.skip;
    const next = look(box.current!, before, from);
    place.current = next;
    if (from === 0 && box.current!.scrollTop < NEAR) void desk.olderMessages(item.id);
    if (next.skip !== before.skip || next.take !== before.take || was !== (!next.hold && !next.skip))
      redraw((n) => n + 1);
  };
  const toEnd = () => {
    place.current = { skip: 0, take: SHOWN, hold: null, seen: "", tail: "" };
    redraw((n) => n + 1);
  };

  const following = !place.current.hold && !skip;
  const fresh = following ? 0 : messages.filter((one) => one.id > place.current.seen).length;
  return (
    <div class="log-box">
      <div class="log" ref={box} onScroll={scrolled} tabIndex={0} role="log" aria-live="off" aria-label={t("inbox.log")}>
        <div class="log-inner">
          {from === 0 && !desk.threads.get(item.id).older && <p class="log-start">{t("thread.start")}</p>}
          {messages.slice(from, to).map((message, n) => (
            <Line
              key={message.id}
              message={message}
              before={messages[from + n - 1]}
              after={messages[from + n + 1]}
              item={item}
            />
          ))}
          {skip === 0 && outgoing.map((one) => <Pending key={one.client_id} item={one} />)}
        </div>
      </div>
      {!following && (
        <button class="pill" type="button" onClick={toEnd}>
          <Icon name="down" size={16} />
          {fresh ? tn("thread.new", fresh) : t("thread.latest")}
        </button>
      )}
      <Announcer item={item} last={messages[messages.length - 1]} />
    </div>
  );
}

/** A link to one message, such as from the search: older pages are read until it is there, then it
 *  stands near the top. */
function useLinked(conversation: string, messages: readonly Message[], place: { current: Place }): void {
  const wanted = route.value.hash;
  const reached = useRef("");
  const at = wanted && reached.current !== wanted ? messages.findIndex((one) => one.id === wanted) : -1;
  if (at >= 0) {
    reached.current = wanted;
    const last = messages[messages.length - 1]!.id;
    const skip = Math.max(0, messages.length - at - SHOWN);
    place.current = { skip, take: SHOWN + STEP, hold: { id: wanted, y: 80 }, seen: last, tail: last };
  }
  useEffect(() => {
    if (wanted.startsWith("msg_") && reached.current !== wanted) void desk.olderMessages(conversation);
  }, [wanted, messages.length]);
}

/** New ones at the end don't move what is read above: they stay out, or stand below the edge. */
function keepPlace(place: Place, messages: readonly Message[]): void {
  const last = messages[messages.length - 1]?.id ?? "";
  if (!place.hold && !place.skip) place.seen = last;
  let added = 0;
  while (added < messages.length && messages[messages.length - 1 - added]!.id > place.tail) added++;
  if (place.tail && place.skip) place.skip += added;
  else if (place.tail && place.hold) place.take += added;
  place.tail = last;
}

/** After scrolling: what is in sight, and whether more of either side must be drawn. */
function look(box: HTMLElement, place: Place, from: number): Place {
  const rest = box.scrollHeight - box.scrollTop - box.clientHeight;
  if (rest < 8 && place.skip === 0) return { ...place, take: Math.min(place.take, MOST), hold: null };
  const next = { ...place, hold: firstInSight(box) };
  if (box.scrollTop < NEAR && from > 0) {
    next.take = place.take + STEP;
    const over = next.take - MOST;
    if (over > 0) {
      next.take = MOST;
      next.skip = place.skip + over;
    }
  } else if (rest < NEAR && place.skip > 0) {
    next.skip = Math.max(0, place.skip - STEP);
  }
  return next;
}

function firstInSight(box: HTMLElement): { id: string; y: number } | null {
  const lines = box.querySelectorAll<HTMLElement>("[data-line]");
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const line = lines[middle]!;
    if (line.offsetTop + line.offsetHeight <= box.scrollTop) low = middle + 1;
    else high = middle;
  }
  const line = lines[low];
  return line ? { id: line.id, y: line.offsetTop - box.scrollTop } : null;
}

interface LineProps {
  message: Message;
  before: Message | undefined;
  after: Message | undefined;
  item: Conversation;
}

function Line({ message, before, after, item }: LineProps) {
  const rule = !before || midnight(before.sent_at) !== midnight(message.sent_at);
  return (
    <div data-line id={message.id} class="line">
      {rule && (
        <div class="day">
          <time>{day(message.sent_at, minute.value)}</time>
        </div>
      )}
      {message.kind === "event" ? (
        <EventLine message={message} item={item} />
      ) : (
        <Bubble
          message={message}
          item={item}
          first={rule || !together(before, message)}
          last={!together(message, after)}
        />
      )}
    </div>
  );
}

function together(a: Message | undefined, b: Message | undefined): boolean {
  return (
    !!a && !!b && a.kind === b.kind && a.author === b.author && a.user?.id === b.user?.id &&
    b.sent_at - a.sent_at < TOGETHER_MS && midnight(a.sent_at) === midnight(b.sent_at)
  );
}

/** Tells a screen reader only the message that just came, not the history. */
function Announcer({ item, last }: { item: Conversation; last: Message | undefined }) {
  const start = useRef(last?.id ?? "");
  const isNew = !!last && last.id > start.current && last.author === "person";
  return (
    <div class="visually-hidden" role="status">
      {isNew && `${item.person.name ?? t("person.visitor")}: ${last.text ?? t("row.attachment")}`}
    </div>
  );
}
