import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../load.mjs";

const { createOutbox, Problem } = await load("lib/outbox.ts", "lib/api.ts");
const problem = (status) => new Problem(status, "x");

/** An outbox whose server answers with what `answers` gives in turn: a value, or an error to throw. */
function make(answers, options = {}) {
  const box = { tried: [], sent: [], waits: [] };
  box.outbox = createOutbox({
    async send(item) {
      box.tried.push(item.client_id);
      const answer = answers.length ? answers.shift() : "ok";
      if (answer instanceof Error) throw answer;
      return answer;
    },
    onSent: (item, result) => box.sent.push([item.body, result]),
    onChange: () => {},
    wait(ms, wake) {
      box.waits.push(wake);
      return () => {};
    },
    ...options,
  });
  return box;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("sends in order, one at a time", async () => {
  const box = make([]);
  for (const body of ["a", "b", "c"]) box.outbox.add(body);
  await settled();
  assert.deepEqual(box.sent, [["a", "ok"], ["b", "ok"], ["c", "ok"]]);
  assert.equal(box.outbox.items.length, 0);
});

test("a lost answer is asked for again under the same id, before anything later", async () => {
  const box = make([problem(0)]);
  box.outbox.add("a");
  box.outbox.add("b");
  await settled();
  assert.equal(box.waits.length, 1);
  assert.deepEqual(box.sent, []);
  box.waits[0]();
  await settled();
  assert.deepEqual(box.sent, [["a", "ok"], ["b", "ok"]]);
  assert.equal(box.tried[0], box.tried[1]);
  assert.notEqual(box.tried[1], box.tried[2]);
});

test("a refused item waits for its writer and does not hold up the next", async () => {
  const box = make([problem(422)]);
  const first = box.outbox.add("a");
  box.outbox.add("b");
  await settled();
  assert.deepEqual(box.sent, [["b", "ok"]]);
  assert.equal(box.outbox.items[0].state, "failed");
  box.outbox.retry(first.client_id);
  await settled();
  assert.deepEqual(box.sent, [["b", "ok"], ["a", "ok"]]);
  assert.equal(box.tried[0], box.tried[2]);
});

test("a dropped item is never sent", async () => {
  const box = make([problem(0)]);
  box.outbox.add("a");
  const second = box.outbox.add("b");
  await settled();
  box.outbox.drop(second.client_id);
  box.waits[0]();
  await settled();
  assert.deepEqual(box.sent, [["a", "ok"]]);
});

test("what is left over from an earlier page goes first, under its old id", async () => {
  const box = make([], { initial: [{ client_id: "old", body: "a", at: 1, state: "failed" }] });
  box.outbox.add("b");
  await settled();
  assert.deepEqual(box.sent.map(([body]) => body), ["a", "b"]);
  assert.equal(box.tried[0], "old");
});

test("flush ends the wait at once", async () => {
  const box = make([problem(503)]);
  box.outbox.add("a");
  await settled();
  box.outbox.flush();
  await settled();
  assert.deepEqual(box.sent, [["a", "ok"]]);
});
