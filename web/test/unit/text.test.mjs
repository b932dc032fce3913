import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../load.mjs";

const { linkify, safeHref } = await load("lib/text.ts");
const { readAnswer } = await load("frame/more/answers.ts");
const { lastIncoming, merge, openQuestion } = await load("frame/thread.ts");

const links = (text) => linkify(text).filter((part) => typeof part !== "string").map((part) => part.href);

test("only http and https become links, without the sentence's own signs", () => {
  assert.deepEqual(links("see https://example.com/a?b=c#d."), ["https://example.com/a?b=c#d"]);
  assert.deepEqual(links("(http://example.com)"), ["http://example.com"]);
  assert.deepEqual(links("javascript:alert(1) data:text/html,x ftp://example.com https://"), []);
  assert.deepEqual(links('https://example.com/"onclick="x'), ["https://example.com/"]);
});

test("nothing of the text is lost", () => {
  for (const text of ["", "plain", "https://example.com", "a https://example.com, b http://b.example c"])
    assert.equal(linkify(text).map((part) => part.text ?? part).join(""), text);
});

test("an address that could run something is refused", () => {
  assert.equal(safeHref(" https://example.com "), "https://example.com");
  assert.equal(safeHref("mailto:ada@example.com"), "mailto:ada@example.com");
  for (const wrong of [undefined, "", "javascript:alert(1)", " java\nscript:x", "data:text/html,x", "//example.com"])
    assert.equal(safeHref(wrong), undefined);
});

test("answers are read by their kind", () => {
  assert.equal(readAnswer("email", " ada@example.com "), "ada@example.com");
  for (const wrong of ["", "ada", "ada@", "ada@example", "a b@example.com", "ada@example..com"])
    assert.equal(readAnswer("email", wrong), null);
  assert.equal(readAnswer("phone", "+49 (30) 123-456"), "+4930123456");
  for (const wrong of ["", "1234", "abc", "1234567890123456"]) assert.equal(readAnswer("phone", wrong), null);
  assert.equal(readAnswer("number", "3,5"), "3.5");
  assert.equal(readAnswer("number", "-12"), "-12");
  for (const wrong of ["", "1.2.3", "1e5", "x"]) assert.equal(readAnswer("number", wrong), null);
  assert.equal(readAnswer("date", "2026-02-28"), "2026-02-28");
  assert.equal(readAnswer("date", "28.2.2026"), null);
});

const message = (cseq, more = {}) => ({ id: "m" + cseq, cseq, kind: "message", author: "bot", sent_at: cseq, ...more });

test("a thread holds each message once, in order, in its newest form, and no notes", () => {
  const list = merge([message(1), message(3)], [message(2), message(3, { text: "new" }), message(4, { kind: "note" })]);
  assert.deepEqual(list.map(({ cseq, text }) => [cseq, text]), [[1, undefined], [2, undefined], [3, "new"]]);
});

test("a question is open until somebody answers", () => {
  const question = message(1, { input: { type: "email" } });
  const event = message(2, { kind: "event", author: "system" });
  assert.equal(openQuestion([question, event]).id, "m1");
  assert.equal(openQuestion([question, message(3, { author: "person" })]), undefined);
  assert.equal(openQuestion([]), undefined);
  assert.equal(lastIncoming([question, event]).id, "m1");
});
