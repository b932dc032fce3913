// The widget in a real browser: a host page of another site with a strict CSP, and the mock server.
// Run after `npm run build`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { withBrowser } from "../browser.mjs";
import { MockServer } from "../mock.mjs";

/** Waits until `condition` holds; the reason is in its text when it never does. */
async function until(condition, ms = 5000) {
  for (const end = Date.now() + ms; !(await condition()); )
    if (Date.now() > end) throw new Error("never happened: " + condition);
    else await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Runs a scene with a server of its own. `config` as in mock.mjs. */
function scene(name, config, play, options = {}) {
  test(name, { timeout: 60_000 }, async () => {
    const server = await MockServer.start(config);
    try {
      await withBrowser(options, (page, context) => play({ server, page, context }));
    } finally {
      server.stop();
    }
  });
}

/* The launcher is in a closed shadow root: as for a person, only the keyboard and the mouse reach it. */
async function openByKeyboard(page) {
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await until(() => page.frames().length > 1);
  const frame = page.frames()[1];
  await frame.waitForSelector("textarea");
  await until(() => frame.evaluate(() => document.activeElement.tagName === "TEXTAREA"));
  return frame;
}

async function arrive({ server, page }) {
  await page.goto(server.hostOrigin);
  await until(() => page.evaluate(() => document.querySelector("lethe-widget") !== null));
}

async function open({ server, page }) {
  await arrive({ server, page });
  const frame = await openByKeyboard(page);
  await until(() => server.sockets.size === 1);
  return frame;
}

async function write(frame, text) {
  await frame.fill("textarea", text);
  await frame.press("textarea", "Enter");
}

const bubbles = (frame) => frame.$$eval(".bubble", (all) => all.map((el) => el.textContent));
const shows = (frame, text) => until(() => frame.evaluate((t) => document.body.innerText.includes(t), text));
const stored = (target) => target.evaluate(() => localStorage.length + sessionStorage.length);

scene("before it is opened: one request, no cookie, nothing stored, one global", {}, async ({ server, page, context }) => {
  await arrive({ server, page });
  await page.waitForLoadState("networkidle");
  assert.deepEqual(server.requests.filter((line) => !line.startsWith("host")), ["GET /widget.js"]);
  assert.deepEqual(await context.cookies(), []);
  assert.equal(await stored(page), 0);
  assert.equal(page.frames().length, 1);
  const globals = await page.evaluate(() => {
    const frame = document.createElement("iframe");
    document.body.append(frame);
    const clean = new Set(Object.getOwnPropertyNames(frame.contentWindow));
    frame.remove();
    return Object.getOwnPropertyNames(window).filter((name) => !clean.has(name) && !/^\d+$/.test(name));
  });
  assert.deepEqual(globals, ["Lethe"]);
});

scene("opened but silent: still no cookie and nothing stored; the first word is", { sameSite: true }, async ({ server, page, context }) => {
  const frame = await open({ server, page });
  await until(() => server.started === 1);
  assert.deepEqual(await context.cookies(), []);
  assert.equal(await stored(frame), 0);
  await write(frame, "hello");
  await shows(frame, "Sent");
  assert.equal(await stored(frame), 1);
});

scene("sending, answering, reading", {}, async ({ server, page }) => {
  const frame = await open({ server, page });
  await write(frame, "Where is my parcel?");
  await shows(frame, "Sent");
  assert.equal(server.visitor.messages[0].text, "Where is my parcel?");
  assert.equal(server.visitor.page, server.hostOrigin + "/");
  const answer = server.say("On its way: https://example.com/track.");
  await shows(frame, "On its way");
  const link = await frame.$eval(".bubble a", (a) => [a.href, a.rel, a.target]);
  assert.deepEqual(link, ["https://example.com/track", "noopener noreferrer nofollow", "_blank"]);
  await until(() => server.visitor.read === answer.id);
  server.push(server.visitor, { type: "read", at: Date.now() });
  await shows(frame, "Read");
});

scene("only a new message is announced, and typing is a status", { sameSite: true }, async ({ server, page }) => {
  const frame = await open({ server, page });
  await write(frame, "hello");
  await shows(frame, "Sent");
  assert.equal(await frame.$eval('[role="log"]', (log) => log.getAttribute("aria-live")), "off");
  server.push(server.visitor, { type: "typing", who: "bot", on: true });
  await until(() => frame.$eval(".typing", (el) => el.textContent === "Assistant is typing"));
  server.say("Good day");
  const spoken = () => frame.$$eval('[aria-live="polite"] p', (all) => all.map((el) => el.textContent));
  await until(async () => (await spoken()).length === 1);
  assert.deepEqual(await spoken(), ["Assistant: Good day"]);
  assert.equal(await frame.$eval(".typing", (el) => el.textContent), "");
  await frame.evaluate(() => location.reload());
  await frame.waitForSelector(".bubble >> text=Good day");
  assert.deepEqual(await spoken(), []);
});

scene("a cut socket comes back and fetches what is missing, once", {}, async ({ server, page }) => {
  const frame = await open({ server, page });
  await write(frame, "one");
  await shows(frame, "Sent");
  server.say("two");
  await shows(frame, "two");
  server.cut(true);
  server.say("three");
  server.say("four");
  await shows(frame, "No connection");
  await write(frame, "five");
  await shows(frame, "Waiting for the connection");
  server.sent = 0;
  server.down = false;
  await shows(frame, "four");
  await until(() => server.visitor.messages.length === 5);
  await until(async () => (await frame.$$(".pending")).length === 0);
  assert.deepEqual(await bubbles(frame), ["one", "two", "three", "four", "five"]);
  assert.equal(server.hellos.at(-1).after, 2);
  assert.ok(server.sent <= 3, `${server.sent} messages were sent again`);
  assert.deepEqual(server.visitor.messages.map((m) => m.text), ["one", "two", "three", "four", "five"]);
});

scene("a lost answer makes no second message", {}, async ({ server, page }) => {
  const frame = await open({ server, page });
  server.loseAnswer = true;
  await write(frame, "only once");
  await until(() => server.requests.filter((line) => line.endsWith("POST /api/v1/widget/site_1/messages")).length === 2 || server.visitor.messages.length === 1);
  await shows(frame, "Sent");
  assert.deepEqual(await bubbles(frame), ["only once"]);
  assert.equal(server.visitor.messages.length, 1);
});

scene("a reload keeps the conversation, and what was not sent yet", { sameSite: true }, async ({ server, page }) => {
  let frame = await open({ server, page });
  await write(frame, "first");
  await shows(frame, "Sent");
  server.faults.set("/messages", (response) => response.destroy());
  await write(frame, "second");
  await shows(frame, "Sending");
  await page.reload();
  server.faults.clear();
  frame = await openByKeyboard(page);
  await until(() => server.visitor.messages.length === 2);
  await shows(frame, "Sent");
  assert.deepEqual(await bubbles(frame), ["first", "second"]);
  assert.equal(server.visitors.size, 1);
});

scene("a refused message says so, and can be tried again", {}, async ({ server, page }) => {
  const frame = await open({ server, page });
  server.faults.set("/messages", (response) => response.writeHead(422).end("{}"));
  await write(frame, "hello");
  await shows(frame, "Not sent");
  server.faults.clear();
  await frame.click("text=Try again");
  await shows(frame, "Sent");
  assert.equal(server.visitor.messages.length, 1);
});

scene("launcher: second click closes, Esc closes, focus comes back, unread is shown", {}, async ({ server, page }) => {
  const frame = await open({ server, page });
  await write(frame, "hello");
  await shows(frame, "Sent");
  await page.mouse.click(1024 - 40, 768 - 40);
  await until(() => page.evaluate(() => document.activeElement.localName === "lethe-widget"));
  assert.equal(await page.evaluate(() => document.querySelector("lethe-widget").hasAttribute("data-open")), false);
  server.say("are you there?");
  await until(async () => (await launcher(page)).name === "Open chat, unread: 1");
  assert.equal((await launcher(page)).expanded, false);
  await page.mouse.click(1024 - 40, 768 - 40);
  await until(() => frame.evaluate(() => document.activeElement.tagName === "TEXTAREA"));
  assert.deepEqual(await launcher(page), { name: "Close chat", expanded: true });
  await page.keyboard.press("Escape");
  await until(() => page.evaluate(() => document.activeElement.localName === "lethe-widget"));
  assert.deepEqual(await launcher(page), { name: "Open chat", expanded: false });
  await page.evaluate(() => Lethe.open());
  await until(() => frame.evaluate(() => document.activeElement.tagName === "TEXTAREA"));
});

/** The launcher as a screen reader finds it. */
async function launcher(page) {
  const client = await page.context().newCDPSession(page);
  const { nodes } = await client.send("Accessibility.getFullAXTree");
  const button = nodes.find((node) => node.role?.value === "button" && /chat/i.test(node.name?.value));
  await client.detach();
  return {
    name: button.name.value,
    expanded: button.properties.find((property) => property.name === "expanded").value.value,
  };
}

scene("everything by keyboard, and no trap", {}, async ({ server, page }) => {
  const frame = await open({ server, page });
  await page.keyboard.type("hello");
  await page.keyboard.press("Enter");
  await shows(frame, "Sent");
  server.say({ text: "Which?", quick_replies: [{ title: "Green", payload: "g" }, { title: "Black", payload: "b" }] });
  await frame.waitForSelector(".chip");
  /* From the composer backwards: attach, then the last suggestion; the log itself is one step more. */
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Shift+Tab");
  assert.equal(await frame.evaluate(() => document.activeElement.textContent), "Black");
  await page.keyboard.press("Enter");
  await until(() => server.visitor.messages.at(-1).payload === "b");
  await frame.focus("textarea");
  /* The focus crosses from the frame's process to the page's, so a Tab takes effect a little later. */
  await until(async () => {
    await page.keyboard.press("Tab");
    return page.evaluate(() => document.activeElement.localName !== "lethe-widget");
  });
});

scene("Enter inside an input method does not send", {}, async ({ server, page }) => {
  const frame = await open({ server, page });
  await frame.focus("textarea");
  await frame.fill("textarea", "nihao");
  await frame.evaluate(() => {
    const area = document.querySelector("textarea");
    area.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true }));
    area.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true, cancelable: true }));
  });
  assert.equal(await frame.inputValue("textarea"), "nihao");
  await page.keyboard.press("Shift+Enter");
  assert.equal(await frame.inputValue("textarea"), "nihao\n");
  assert.equal(server.visitor.messages.length, 0);
});

scene("a typed question checks the answer, and lets the visitor write instead", {}, async ({ server, page }) => {
  const frame = await open({ server, page });
  await write(frame, "hello");
  await shows(frame, "Sent");
  server.say({ text: "Your e-mail address?", input: { type: "email" } });
  await frame.waitForSelector("#answer");
  await frame.fill("#answer", "ada@");
  await frame.press("#answer", "Enter");
  await shows(frame, "That is not a whole e-mail address");
  assert.equal(await frame.getAttribute("#answer", "aria-invalid"), "true");
  await frame.fill("#answer", "ada@example.com");
  await frame.press("#answer", "Enter");
  await until(() => server.visitor.messages.at(-1).text === "ada@example.com");
  server.say({ text: "And your phone number?", input: { type: "phone" } });
  await frame.waitForSelector('#answer[type="tel"]');
  await frame.click("text=Write a message instead");
  await write(frame, "why?");
  await until(() => server.visitor.messages.at(-1).text === "why?");
  server.say({ text: "Which day?", input: { type: "choice", choices: ["Monday", { title: "Friday", payload: "fri" }] } });
  await frame.click(".chip >> text=Friday");
  await until(() => server.visitor.messages.at(-1).payload === "fri");
});

scene("cards, buttons and pictures", {}, async ({ server, page }) => {
  const frame = await open({ server, page });
  await write(frame, "hello");
  await shows(frame, "Sent");
  server.say({
    cards: [{ title: "Hill Green", subtitle: "Grassy", image: "https://example.com/a.png", buttons: [
      { title: "Order", payload: "order" }, { title: "Read", url: "https://example.com/tea" }, { title: "Bad", url: "javascript:alert(1)" },
    ] }],
  });
  await frame.waitForSelector(".card");
  assert.equal(await frame.getAttribute('a >> text="Read"', "href"), "https://example.com/tea");
  assert.equal(await frame.$$eval('a[href^="javascript"]', (all) => all.length), 0);
  assert.equal(await frame.$$eval("img", (all) => all.length), 0);
  await frame.click('button >> text="Order"');
  await until(() => server.visitor.messages.at(-1).payload === "order");
});

const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

scene("files: sent with their name, shown again, too large and empty ones refused", {}, async ({ server, page }) => {
  const frame = await open({ server, page });
  const give = (name, mimeType, buffer) => frame.setInputFiles('input[type="file"]', { name, mimeType, buffer });
  await give("Grüße.png", "image/png", PNG);
  await frame.waitForSelector('img[alt="Grüße.png"]');
  assert.equal(server.visitor.messages[0].attachments[0].name, "Grüße.png");
  await give("large.bin", "application/octet-stream", Buffer.alloc(65 * 1024));
  await shows(frame, "large.bin is too large. At most 64 kB can be sent.");
  await give("none.txt", "text/plain", Buffer.alloc(0));
  await shows(frame, "none.txt is empty.");
  server.faults.set("/files", (response) => response.writeHead(415).end("{}"));
  await give("odd.exe", "application/octet-stream", Buffer.from("MZ"));
  await shows(frame, "This kind of file can't be sent.");
  server.faults.clear();
  assert.equal(server.visitor.messages.length, 1);
  assert.equal(server.visitor.files.size, 1);
});

scene("talk to a person: asked, told, and the person's name", {}, async ({ server, page }) => {
  const frame = await open({ server, page });
  await shows(frame, "Automated assistant");
  await frame.click("text=Talk to a person");
  await until(() => server.visitor.help === true);
  await shows(frame, "A person was asked to join");
  server.push(server.visitor, { type: "floor", floor: "agent", agent: { name: "Ada Example" } });
  await shows(frame, "Ada Example · Person");
  await shows(frame, "You are talking to a person");
});

scene("nobody online: an e-mail address can be left", { config: { online: false } }, async ({ server, page }) => {
  const frame = await open({ server, page });
  await frame.click("text=Talk to a person");
  await frame.click("text=Leave your e-mail address");
  await frame.click('button >> text="Send"');
  await shows(frame, "That is not a whole e-mail address");
  await frame.fill("#leave-email", "ada@example.com");
  await frame.fill("#leave-text", "Please write.");
  await frame.click('button >> text="Send"');
  await shows(frame, "We answer to your e-mail address.");
  assert.deepEqual(server.offline, { email: "ada@example.com", text: "Please write." });
});

scene("my data: a copy, and erasure with a receipt in two steps", { sameSite: true }, async ({ server, page }) => {
  const frame = await open({ server, page });
  await frame.click("text=Privacy and your data");
  await shows(frame, "Nothing is kept about you yet.");
  await frame.click('[aria-label="Back to the chat"]');
  await write(frame, "a secret");
  await shows(frame, "Sent");
  await frame.click("text=Privacy and your data");
  const [download] = await Promise.all([page.waitForEvent("download"), frame.click("text=Download my data")]);
  assert.equal(download.suggestedFilename(), "my-data.json");
  assert.equal(await frame.isDisabled("text=Erase for good"), true);
  await frame.fill("#erase", "erase");
  await frame.click("text=Erase for good");
  await shows(frame, "ERS-7F3K-2M9Q");
  assert.equal(await stored(frame), 0);
  assert.equal(server.visitor.erased, true);
  const left = server.visitors.size;
  await frame.click("text=Start a new chat");
  await frame.waitForSelector("textarea");
  await until(() => server.visitors.size === left + 1);
  assert.deepEqual(await bubbles(frame), []);
});

scene("erased elsewhere: nothing stays on the screen", { sameSite: true }, async ({ server, page }) => {
  const frame = await open({ server, page });
  await write(frame, "a secret");
  await shows(frame, "Sent");
  server.visitor.erased = true;
  await write(frame, "still there?");
  await shows(frame, "This chat was erased.");
  assert.equal(await frame.evaluate(() => document.body.innerText.includes("a secret")), false);
  assert.equal(await stored(frame), 0);
});

scene("a long history loads page by page and keeps the place", { sameSite: true }, async ({ server, page }) => {
  let frame = await open({ server, page });
  await write(frame, "message 1");
  await shows(frame, "Sent");
  for (let i = 2; i <= 70; i++) server.say("message " + i);
  await page.reload();
  frame = await openByKeyboard(page);
  await shows(frame, "message 70");
  assert.equal((await bubbles(frame)).length, 30);
  await frame.evaluate(() => (document.querySelector(".log").scrollTop = 0));
  await frame.click("text=Earlier messages");
  await until(async () => (await bubbles(frame)).length === 60);
  assert.ok((await frame.$eval(".log", (log) => log.scrollTop)) > 500);
  await frame.evaluate(() => document.querySelector(".earlier").click());
  await until(async () => (await bubbles(frame)).length === 70);
  assert.equal((await frame.$$(".earlier")).length, 0);
});

const signed = 'data-user="u1" data-user-hash="good"';
scene("a signed user is passed on", { attributes: signed }, async ({ server, page }) => {
  await open({ server, page });
  assert.equal(server.visitor.user, "u1");
});

const forged = 'data-user="u1" data-user-hash="bad"';
scene("a wrong signature leaves the visitor anonymous", { attributes: forged }, async ({ server, page }) => {
  await open({ server, page });
  assert.equal(server.visitor.user, undefined);
});

scene("the frame takes orders from its parent alone", {}, async ({ server, page, context }) => {
  await arrive({ server, page });
  await page.evaluate(() => window.postMessage({ lethe: "unread", n: 5 }, "*"));
  await page.evaluate(() => window.postMessage({ lethe: "close" }, "*"));
  assert.equal((await launcher(page)).name, "Open chat");
  const frame = await openByKeyboard(page);
  await frame.evaluate(() => window.postMessage({ lethe: "host", open: false, page: "https://evil.example/" }, "*"));
  await write(frame, "hello");
  await shows(frame, "Sent");
  assert.equal(server.visitor.page, server.hostOrigin + "/");
});

scene("the hosted page is the same chat without a host", {}, async ({ server, page }) => {
  await page.goto(server.origin + "/chat/site_1");
  await page.waitForSelector("textarea");
  await until(() => server.sockets.size === 1);
  await write(page, "hello");
  await shows(page, "Sent");
  assert.equal((await page.$$('[aria-label="Close chat"]')).length, 0);
});

scene("without scripts there is a form", {}, async ({ server, page }) => {
  await page.goto(server.origin + "/chat/site_1");
  const form = await page.$eval("form", (el) => [el.method, new URL(el.action).pathname]);
  assert.deepEqual(form, ["post", "/api/v1/widget/site_1/offline"]);
}, { javaScriptEnabled: false });

scene("where the browser denies storage to a frame it works until the page is left", {}, async ({ server, page }) => {
  const frame = await open({ server, page });
  await write(frame, "hello");
  await shows(frame, "Sent");
});
