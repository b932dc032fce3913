// The dashboard's live state, without a browser: resume, reset, erasure, sending, drafts.
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { load } from "../load.mjs";

const { Desk, Problem } = await load("admin/store/desk.ts", "lib/api.ts");

const id = (prefix, n) => `${prefix}_${String(n).padStart(13, "0")}`;
const conversation = (n, more = {}) => ({
  id: id("cnv", n), person: { id: id("per", n), name: `Person ${n}`, online: false }, status: "open",
  channel: { id: "chn_1", kind: "web", name: "example.com" }, assignee: null, help_wanted_at: null,
  floor: "bot", unread: 0, created_at: n, last_at: n, ...more,
});
const message = (n, more = {}) => ({
  id: id("msg", n), conversation: id("cnv", 1), cseq: n, kind: "message", author: "person",
  state: "received", text: `text ${n}`, sent_at: n, ...more,
});
const page = (items, next = null) => ({ items, next, total: items.length + (next ? 100 : 0) });
const settled = () => new Promise((done) => setImmediate(done));

let port;
let desk;
const texts = () => desk.threads.get(id("cnv", 1)).messages.value.map((one) => one.text);
const listed = (view = "all") => [...desk.conversations.view(view).ids.value];

beforeEach(() => {
  port = {
    calls: [],
    list: async () => page([conversation(3), conversation(2), conversation(1)]),
    counts: async () => ({ mine: 0, unassigned: 3, all: 3, help: 0, closed: 0, unread: 0 }),
    conversation: async () => conversation(1),
    messages: async () => page([message(1), message(2)]),
    change: async (one, change) => conversation(1, change),
    read: async () => {},
    send: async (item) => message(9, { author: "agent", state: "queued", text: item.body.text, client_id: item.client_id }),
    retry: async (one) => message(1, { id: one, state: "sent" }),
    loadDraft: async () => ({ message: "", note: "" }),
    saveDraft: async (...call) => port.calls.push(call),
  };
  desk = new Desk(port);
  desk.me.value = { user: { id: "usr_me", name: "Sofia Example", role: "agent" }, tenant: {} };
});

async function open() {
  desk.up();
  await desk.showView("all");
  await desk.openConversation(id("cnv", 1));
  await settled();
}

test("nothing is read before the socket is up, so nothing can fall between", async () => {
  const list = mock.method(port, "list");
  await desk.showView("all");
  assert.equal(list.mock.callCount(), 0);
  desk.up();
  await settled();
  assert.equal(list.mock.callCount(), 1);
  assert.deepEqual(listed(), [id("cnv", 3), id("cnv", 2), id("cnv", 1)]);
});

test("without a socket the inbox is read all the same", async () => {
  await desk.showView("all");
  desk.down();
  await settled();
  assert.equal(listed().length, 3);
  assert.equal(desk.online.value, "off");
});

test("a live message moves its conversation to the top and stands in the thread once", async () => {
  await open();
  const event = { type: "event", seq: 5, kind: "message", conversation: id("cnv", 1), message: message(3),
    data: conversation(1, { last_at: 50, unread: 1 }) };
  desk.event(event);
  desk.event(event);
  assert.deepEqual(listed(), [id("cnv", 1), id("cnv", 3), id("cnv", 2)]);
  assert.deepEqual(texts(), ["text 1", "text 2", "text 3"]);
});

test("an answer that was on its way while an event came does not bring back the old", async () => {
  await open();
  let answer;
  port.list = () => new Promise((done) => (answer = done));
  desk.conversations.view("all").state.value = "idle";
  const reading = desk.showView("all");
  desk.event({ type: "event", seq: 7, kind: "conversation", data: conversation(2, { unread: 4, last_at: 60 }) });
  answer(page([conversation(3), conversation(2, { unread: 0 }), conversation(1)]));
  await reading;
  assert.equal(desk.conversations.get(id("cnv", 2)).value.unread, 4);
  assert.equal(listed()[0], id("cnv", 2));
});

test("a reset loads everything afresh, and views that hang on a row see the new one", async () => {
  await open();
  const row = desk.conversations.get(id("cnv", 1));
  port.messages = async () => page([message(1), message(2), message(3)]);
  port.list = async () => page([conversation(1, { last_at: 99 })]);
  port.conversation = async () => conversation(1, { last_at: 99 });
  desk.reset();
  assert.equal(row.value, null);
  await settled();
  assert.equal(row.value.last_at, 99);
  assert.deepEqual(texts(), ["text 1", "text 2", "text 3"]);
});

test("who is erased is gone at once: rows, thread, draft, what was on its way, and late answers", async () => {
  await open();
  desk.drafts.write(id("cnv", 1), "message", "Dear Person 1");
  port.send = () => new Promise(() => {});
  desk.say({ conversation: id("cnv", 1), kind: "message", text: "Hello" });
  let late;
  port.messages = () => new Promise((done) => (late = done));
  desk.threads.get(id("cnv", 1)).older = true;
  const reading = desk.olderMessages(id("cnv", 1));
  desk.event({ type: "event", seq: 8, kind: "erased", object: id("per", 1) });
  late(page([message(0)]));
  await reading;
  desk.event({ type: "event", seq: 9, kind: "conversation", data: conversation(1) });
  assert.deepEqual(listed(), [id("cnv", 3), id("cnv", 2)]);
  assert.equal(desk.conversations.get(id("cnv", 1)).value, null);
  assert.deepEqual(texts(), []);
  assert.equal(desk.drafts.text(id("cnv", 1), "message").value, "");
  assert.deepEqual(desk.sending.items.value, []);
  assert.deepEqual(desk.erased.value, { person: id("per", 1), conversations: [id("cnv", 1)] });
});

test("what is sent shows at once, goes in order, and is confirmed by the answer or the event, not twice", async () => {
  await open();
  const sent = [];
  let n = 10;
  port.send = async (item) => {
    await settled();
    sent.push(item.body.text);
    const stored = message(n++, { author: "agent", state: "queued", text: item.body.text, client_id: item.client_id });
    desk.event({ type: "event", seq: n + 20, kind: "message", conversation: id("cnv", 1), message: { ...stored, state: "sent" }, data: conversation(1) });
    return stored; // older than the event: must not win
  };
  desk.say({ conversation: id("cnv", 1), kind: "message", text: "one" });
  desk.say({ conversation: id("cnv", 1), kind: "message", text: "two" });
  assert.deepEqual(desk.sending.items.value.map((one) => one.body.text), ["one", "two"]);
  for (let turn = 0; turn < 4; turn++) await settled();
  assert.deepEqual(sent, ["one", "two"]);
  assert.deepEqual(desk.sending.items.value, []);
  assert.deepEqual(texts(), ["text 1", "text 2", "one", "two"]);
  assert.equal(desk.threads.get(id("cnv", 1)).messages.value.at(-1).state, "sent");
});

test("a lost line keeps the words and the client id; the next try is the same message", async () => {
  await open();
  const ids = [];
  port.send = async (item) => {
    ids.push(item.client_id);
    if (ids.length === 1) throw new Problem(0, "network");
    return message(10, { author: "agent", text: item.body.text, client_id: item.client_id });
  };
  desk.say({ conversation: id("cnv", 1), kind: "message", text: "hello" });
  await settled();
  assert.equal(desk.sending.items.value[0].state, "sending");
  desk.up();
  await settled();
  assert.equal(ids.length, 2);
  assert.equal(ids[0], ids[1]);
  assert.equal(texts().at(-1), "hello");
});

test("a refused one stays with its reason, and doesn't hold up another conversation", async () => {
  await open();
  port.send = async (item) => {
    if (item.body.text === "no") throw new Problem(409, "fenced");
    return message(11, { conversation: item.body.conversation, client_id: item.client_id });
  };
  desk.say({ conversation: id("cnv", 1), kind: "message", text: "no" });
  desk.say({ conversation: id("cnv", 2), kind: "message", text: "yes" });
  await settled();
  const [left] = desk.sending.items.value;
  assert.equal(desk.sending.items.value.length, 1);
  assert.deepEqual([left.state, left.problem.code], ["failed", "fenced"]);
  desk.sending.discard(left);
  assert.deepEqual(desk.sending.items.value, []);
});

test("a change shows at once and is put back when the server refuses", async () => {
  await open();
  port.change = async () => {
    throw new Problem(403, "not_allowed");
  };
  const change = desk.change(id("cnv", 1), { status: "closed" }, { status: "closed" });
  assert.deepEqual(listed(), [id("cnv", 3), id("cnv", 2)]);
  await assert.rejects(change);
  assert.equal(listed().length, 3);
});

test("drafts are kept per conversation and mode, and saved within a second", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  desk.drafts.write(id("cnv", 1), "message", "H");
  desk.drafts.write(id("cnv", 1), "message", "Hi");
  desk.drafts.write(id("cnv", 1), "note", "be kind");
  desk.drafts.write(id("cnv", 2), "message", "other");
  t.mock.timers.tick(1000);
  await Promise.resolve();
  assert.deepEqual(port.calls, [
    [id("cnv", 1), "message", "Hi"],
    [id("cnv", 1), "note", "be kind"],
    [id("cnv", 2), "message", "other"],
  ]);
});

test("a draft that could not be saved is saved later; one from elsewhere never overwrites typing", async () => {
  port.saveDraft = async () => {
    throw new Problem(0, "network");
  };
  port.loadDraft = async () => ({ message: "from the phone", note: "note from the phone" });
  desk.drafts.write(id("cnv", 1), "message", "typed here");
  await desk.drafts.open(id("cnv", 1));
  assert.equal(desk.drafts.text(id("cnv", 1), "message").value, "typed here");
  assert.equal(desk.drafts.text(id("cnv", 1), "note").value, "note from the phone");
  await desk.drafts.flush();
  assert.equal(desk.drafts.unsaved, true);
  port.saveDraft = async (...call) => port.calls.push(call);
  await desk.drafts.flush();
  assert.deepEqual(port.calls, [[id("cnv", 1), "message", "typed here"]]);
  assert.equal(desk.drafts.unsaved, false);
});

test("who waits longest for help stands first; a resolved one leaves every open view", async () => {
  port.list = async (view) =>
    page(view === "help" ? [conversation(1, { help_wanted_at: 10 }), conversation(2, { help_wanted_at: 20 })] : []);
  desk.up();
  await desk.showView("help");
  await settled();
  desk.event({ type: "event", seq: 5, kind: "conversation", data: conversation(3, { help_wanted_at: 15, last_at: 90 }) });
  assert.deepEqual(listed("help"), [id("cnv", 1), id("cnv", 3), id("cnv", 2)]);
  desk.event({ type: "event", seq: 6, kind: "conversation", data: conversation(1, { help_wanted_at: 10, status: "closed" }) });
  assert.deepEqual(listed("help"), [id("cnv", 3), id("cnv", 2)]);
});

test("a row beyond the pages that are loaded comes with its page, not before", async () => {
  port.list = async (view, cursor) =>
    cursor ? page([conversation(2), conversation(1)]) : page([conversation(9), conversation(8)], "2");
  desk.up();
  await desk.showView("all");
  await settled();
  desk.event({ type: "event", seq: 5, kind: "conversation", data: conversation(1) });
  assert.deepEqual(listed(), [id("cnv", 9), id("cnv", 8)]);
  await desk.moreOf("all");
  assert.deepEqual(listed(), [9, 8, 2, 1].map((n) => id("cnv", n)));
});
