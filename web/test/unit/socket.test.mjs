import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { load } from "../load.mjs";

globalThis.addEventListener ??= () => {};
globalThis.removeEventListener ??= () => {};
const { backoffMs } = await load("lib/backoff.ts");
const { openLive } = await load("lib/live.ts");
const { createFeed } = await load("frame/feed.ts");

/** Stands in for WebSocket; a test plays the server. */
class FakeSocket {
  static all = [];
  sent = [];
  constructor() {
    FakeSocket.all.push(this);
  }
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  close() {}
  open() {
    this.onopen();
  }
  get(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }
  cut() {
    this.onclose();
  }
  static last() {
    return FakeSocket.all.at(-1);
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("the wait doubles up to half a minute and is never less than half of it", () => {
  assert.equal(backoffMs(0, () => 0), 250);
  assert.equal(backoffMs(0, () => 1), 500);
  assert.equal(backoffMs(3, () => 1), 4000);
  assert.equal(backoffMs(50, () => 1), 30_000);
  assert.equal(backoffMs(50, () => 0), 15_000);
});

test("the dashboard's feed gives each event once, across a cut", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const seen = [];
  const live = openLive({
    after: 4,
    connect: () => new FakeSocket(),
    onEvent: (event) => seen.push(event.seq),
    onReset: () => seen.push("reset"),
  });
  const first = FakeSocket.last();
  first.open();
  assert.deepEqual(first.sent, [{ type: "hello", after: 4 }]);
  first.get({ type: "ready", seq: 6, reset: false });
  for (const seq of [5, 6, 6]) first.get({ type: "event", seq, kind: "message" });
  first.cut();
  mock.timers.tick(500);
  const second = FakeSocket.last();
  assert.notEqual(second, first);
  second.open();
  assert.deepEqual(second.sent, [{ type: "hello", after: 6 }]);
  second.get({ type: "ready", seq: 7, reset: false });
  for (const seq of [6, 7]) second.get({ type: "event", seq, kind: "message" });
  assert.deepEqual(seen, [5, 6, 7]);
  assert.equal(live.after, 7);
  live.close();
  mock.timers.reset();
});

test("a reset moves the dashboard's cursor and says so", () => {
  const seen = [];
  const live = openLive({
    after: 4,
    connect: () => new FakeSocket(),
    onEvent: () => {},
    onReset: () => seen.push("reset"),
  });
  FakeSocket.last().open();
  FakeSocket.last().get({ type: "ready", seq: 900, reset: true });
  assert.deepEqual(seen, ["reset"]);
  assert.equal(live.after, 900);
  live.close();
});

/** The widget's feed over a conversation of `stored` messages. */
function widget(stored) {
  const asked = [];
  const seen = [];
  const call = async (_, path) => {
    asked.push(path);
    const after = Number(/after=(\d+)/.exec(path)?.[1] ?? 0);
    const items = stored.filter((message) => message.cseq > after).slice(0, 2);
    return { items, cseq: items.at(-1)?.cseq ?? stored.length, floor: "bot" };
  };
  const feed = createFeed(
    { call, url: "/live", token: () => "t", page: () => "p", connect: () => new FakeSocket() },
    {
      onMessages: (messages) => seen.push(...messages.map((message) => message.cseq)),
      onReset: () => seen.push("reset"),
      onFloor() {}, onTyping() {}, onRead() {}, onState() {}, onProblem() {},
    },
  );
  feed.connect();
  FakeSocket.last().open();
  return { feed, asked, seen, socket: FakeSocket.last() };
}

const messagesUpTo = (n) => Array.from({ length: n }, (_, i) => ({ id: "m" + (i + 1), cseq: i + 1 }));

test("the widget fetches what is missing and nothing else, page by page", async () => {
  const { feed, asked, seen, socket } = widget(messagesUpTo(5));
  assert.equal(socket.sent[0].after, 0);
  socket.get({ type: "ready", cseq: 5, reset: false, floor: "bot" });
  await settled();
  await settled();
  assert.deepEqual(asked, ["/messages?after=0", "/messages?after=2", "/messages?after=4"]);
  assert.deepEqual(seen, [1, 2, 3, 4, 5]);
  assert.equal(feed.cursor, 5);
  feed.close();
});

test("the widget asks for nothing when nothing is missing", async () => {
  const { feed, asked, socket } = widget([]);
  socket.get({ type: "ready", cseq: 0, reset: false, floor: "bot" });
  await settled();
  assert.deepEqual(asked, []);
  feed.close();
});

test("a message that arrives while a gap is open does not move the cursor over the gap", async () => {
  const { feed, socket } = widget(messagesUpTo(4));
  socket.get({ type: "ready", cseq: 3, reset: false, floor: "bot" });
  socket.get({ type: "message", cseq: 4, message: { id: "m4", cseq: 4 } });
  assert.equal(feed.cursor, 0);
  await settled();
  await settled();
  assert.equal(feed.cursor, 4);
  feed.close();
});
