// One agent's day at the dashboard, in a real browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { atDesk, composer, rowOf } from "../desk-scene.mjs";

const sent = (mock, kind) =>
  mock.state.requests.filter((one) => one.method === "POST" && one.path.endsWith("/messages") && one.body.kind === kind);
const until = async (check, what) => {
  for (let n = 0; n < 100; n++) {
    if (await check()) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.fail(`never: ${what}`);
};

test("sign in, see a message live, reply, note, resolve and undo", async () => {
  await atDesk({ who: null }, async (page, mock) => {
    const ada = mock.state.conversations[0];
    await page.goto(`${mock.url}/app/inbox/${ada.id}`);
    await page.waitForURL(/\/login\?to=/);
    await page.getByLabel("E-mail").fill("sofia@example.com");
    await page.getByLabel("Password").fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").getByText("E-mail or password is wrong").waitFor();
    await page.getByLabel("Password").fill("correct horse");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`**/app/inbox/${ada.id}`); // back where the link led
    await page.locator(".log").getByText("It should be there on Thursday.", { exact: true }).last().waitFor();

    mock.say(ada.id, "Is it Thursday yet?");
    await page.locator(".log").getByText("Is it Thursday yet?").waitFor();
    await page.getByRole("status").filter({ hasText: "Ada Example: Is it Thursday yet?" }).waitFor({ state: "attached" });

    await composer(page).fill("Tomorrow!");
    await composer(page).press("Enter");
    await page.locator(".msg.ours").getByText("Tomorrow!").waitFor();
    await page.locator(".line").filter({ hasText: "Tomorrow!" }).getByText("Sent", { exact: true }).waitFor();
    assert.equal(await composer(page).inputValue(), "");
    assert.equal(sent(mock, "message").length, 1);
    await page.getByText("You are answering").waitFor();

    await page.getByRole("tab", { name: /Note/ }).click();
    await composer(page).fill("Ask the carrier again");
    await page.getByRole("button", { name: "Add note" }).click();
    await page.locator(".msg.note").getByText("Ask the carrier again").waitFor();
    assert.equal(sent(mock, "note").length, 1);
    assert.equal(sent(mock, "message").length, 1);

    await page.getByRole("button", { name: "Resolve" }).click();
    await rowOf(page, ada.id).waitFor({ state: "detached" });
    assert.equal(ada.status, "closed");
    await page.getByRole("button", { name: /Undo/ }).click();
    await rowOf(page, ada.id).waitFor();
    await until(() => ada.status === "open", "reopened");
  });
});

test("a lost answer is asked for again under the same id; nothing is said twice", async () => {
  await atDesk({}, async (page, mock) => {
    const ada = mock.state.conversations[0];
    await page.goto(`${mock.url}/app/inbox/${ada.id}`);
    await composer(page).fill("Once only");
    mock.state.failNext = null;
    await until(() => mock.state.drafts.get(ada.id)?.message === "Once only", "draft saved");
    mock.state.failNext = "cut";
    await composer(page).press("Enter");
    await until(() => sent(mock, "message").length >= 2, "second try");
    await page.locator(".line").getByText("Once only").waitFor();
    const ids = new Set(sent(mock, "message").map((one) => one.body.client_id));
    assert.equal(ids.size, 1);
    assert.equal(mock.state.messages.get(ada.id).filter((one) => one.text === "Once only").length, 1);
    assert.equal(await page.getByText("Once only").count() - await page.locator(".row").getByText("Once only").count(), 1);
  });
});

test("a refused reply stays, says why, and can be discarded", async () => {
  await atDesk({}, async (page, mock) => {
    await page.goto(`${mock.url}/app/inbox/${mock.state.conversations[0].id}`);
    await composer(page).fill("!fenced");
    await composer(page).press("Enter");
    await page.getByText("Somebody else took over this conversation.").waitFor();
    await page.getByRole("button", { name: "Discard" }).click();
    await page.locator("[data-pending]").waitFor({ state: "detached" });
  });
});

test("the keyboard alone: walk, open, write, note, assign, resolve, undo, search, help", async () => {
  await atDesk({}, async (page, mock) => {
    const [first, second] = mock.state.conversations.filter((one) => one.status === "open");
    await page.goto(`${mock.url}/app/inbox`);
    await rowOf(page, first.id).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/app/inbox/${second.id}?view=all`);
    await composer(page).waitFor();
    await page.keyboard.press("r");
    await until(() => page.evaluate(() => document.activeElement?.id === "composer"), "focus in the composer");
    await page.keyboard.type("jkea"); // letters in a field are letters
    assert.equal(await composer(page).inputValue(), "jkea");
    await page.keyboard.press("Escape");
    await page.keyboard.press("n");
    await until(() => page.evaluate(() => document.activeElement?.id === "composer"), "focus in the note");
    assert.equal(await composer(page).inputValue(), "");
    await page.keyboard.press("Escape");
    await page.keyboard.press("a");
    await until(() => second.assignee?.id === mock.state.signedIn.id, "assigned to me");
    await page.keyboard.press("e");
    await until(() => second.status === "closed", "resolved");
    await page.keyboard.press("z");
    await until(() => second.status === "open", "undone");
    await page.keyboard.press("/");
    await page.keyboard.type("4711");
    await page.locator(".found .row").first().waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.waitForURL(/\/app\/inbox\?view=all$/);
  });
});

test("drafts are of one conversation and one mode, come back, and are on the server within a second", async () => {
  await atDesk({}, async (page, mock) => {
    const [ada, grace] = mock.state.conversations;
    await page.goto(`${mock.url}/app/inbox/${ada.id}`);
    await composer(page).fill("for Ada");
    await rowOf(page, grace.id).click();
    await page.getByRole("heading", { name: "Grace Example" }).first().waitFor();
    assert.equal(await composer(page).inputValue(), "");
    await until(() => mock.state.drafts.get(ada.id)?.message === "for Ada", "saved");
    await page.goBack();
    await page.getByRole("heading", { name: "Ada Example" }).first().waitFor();
    assert.equal(await composer(page).inputValue(), "for Ada");
    await page.reload();
    await until(async () => (await composer(page).inputValue()) === "for Ada", "read back from the server");
  });
});

test("an ended session asks above the page, keeps the words, and goes on", async () => {
  await atDesk({}, async (page, mock) => {
    const ada = mock.state.conversations[0];
    await page.goto(`${mock.url}/app/inbox/${ada.id}`);
    await composer(page).fill("Do not lose me");
    await until(() => mock.state.drafts.get(ada.id)?.message === "Do not lose me", "draft saved");
    mock.state.signedIn = null;
    await composer(page).press("Enter");
    const dialog = page.getByRole("dialog", { name: "Sign in again" });
    await dialog.getByLabel("Password").fill("correct horse");
    await dialog.getByRole("button", { name: "Sign in" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.locator(".msg.ours:not([data-pending])").getByText("Do not lose me").waitFor();
    assert.equal(new URL(page.url()).pathname, `/app/inbox/${ada.id}`);
  });
});

test("after a cut the socket resumes from its number; a reset loads afresh", async () => {
  await atDesk({}, async (page, mock) => {
    const ada = mock.state.conversations[0];
    await page.goto(`${mock.url}/app/inbox/${ada.id}`);
    await page.locator(".log").getByText("It should be there on Thursday.", { exact: true }).last().waitFor();
    mock.cut();
    mock.say(ada.id, "said while the line was down");
    await page.locator(".log").getByText("said while the line was down").waitFor();
    mock.state.messages.get(ada.id).push({ ...mock.state.messages.get(ada.id).at(-1), id: mock.state.idOf("msg"), text: "known only to the store" });
    mock.state.oldest = mock.state.seq + 1;
    mock.cut();
    await page.locator(".log").getByText("known only to the store").waitFor();
  });
});

test("reading above is not disturbed: no jump, a pill that counts, and the way down", async () => {
  await atDesk({ mock: { longest: 10_000 } }, async (page, mock) => {
    const ada = mock.state.conversations[0];
    await page.goto(`${mock.url}/app/inbox/${ada.id}`);
    const log = page.locator(".log");
    await log.getByText("It should be there on Thursday.", { exact: true }).last().waitFor();
    for (let n = 0; n < 12; n++) {
      await log.evaluate((box) => (box.scrollTop = 0));
      await page.waitForTimeout(60);
    }
    await log.evaluate((box) => (box.scrollTop = 200));
    await page.waitForTimeout(150);
    const seen = () =>
      log.evaluate((box) => {
        const top = box.getBoundingClientRect().top;
        const line = [...box.querySelectorAll("[data-line]")].find((one) => one.getBoundingClientRect().bottom > top);
        return [line.id, Math.round(line.getBoundingClientRect().top - top)];
      });
    const before = await seen();
    mock.say(ada.id, "new one");
    mock.say(ada.id, "new two");
    await page.getByRole("button", { name: "2 new messages" }).waitFor();
    assert.deepEqual(await seen(), before);
    assert.ok((await page.locator("[data-line]").count()) <= 170, "the page holds a window of the thread");
    await page.getByRole("button", { name: "2 new messages" }).click();
    await log.getByText("new two").waitFor();
    await until(() => log.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight < 4), "at the end");
  });
});

test("a search hit leads to its message, however far back", async () => {
  await atDesk({}, async (page, mock) => {
    const ada = mock.state.conversations[0];
    const old = mock.state.messages.get(ada.id)[20];
    old.text = "the needle";
    await page.goto(`${mock.url}/app/inbox`);
    await page.getByLabel("Search in all messages").fill("needle");
    await page.locator(".found .row").first().click();
    const line = page.locator(`#${old.id}`);
    await line.waitFor();
    await until(() => line.evaluate((one) => {
      const box = one.closest(".log").getBoundingClientRect();
      const { top } = one.getBoundingClientRect();
      return top >= box.top && top < box.bottom;
    }), "the message is in sight");
  });
});

test("2,000 conversations: only those in sight are in the page, scrolling brings the rest", async () => {
  await atDesk({ mock: { count: 2000, longest: 30 } }, async (page, mock) => {
    await page.goto(`${mock.url}/app/inbox`);
    await page.locator(".row").first().waitFor();
    assert.ok((await page.locator(".row").count()) < 40);
    await page.locator(".rows").evaluate((box) => (box.scrollTop = 56 * 76));
    await page.locator('.row-at[aria-posinset="60"]').waitFor();
    assert.ok((await page.locator(".row").count()) < 40);
  });
});

test("erasing: what goes and stays, a typed word, the receipt; the person is gone everywhere first", async () => {
  await atDesk({}, async (page, mock) => {
    const ada = mock.state.conversations[0];
    await page.goto(`${mock.url}/app/inbox/${ada.id}`);
    await page.getByRole("button", { name: "Erase this person" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("This goes, for good").waitFor();
    await dialog.getByText("A keyed hash for 8 days").waitFor();
    await dialog.getByLabel(/Type/).fill("no");
    await dialog.getByRole("button", { name: "Erase for good" }).click();
    assert.equal(mock.state.erasures.size, 0);
    await dialog.getByLabel(/Type/).fill("erase");
    await dialog.getByRole("button", { name: "Erase for good" }).click();
    await dialog.getByText("Erased", { exact: true }).waitFor();
    await rowOf(page, ada.id).waitFor({ state: "detached" });
    await page.waitForURL(/\/app\/inbox\?view=all$/);
    assert.doesNotMatch(await page.content(), /Thank you, that helps a lot 🎉<\/p>|ada@example\.com/);
    const download = page.waitForEvent("download");
    await dialog.getByRole("button", { name: "Save the receipt" }).click();
    assert.match((await download).suggestedFilename(), /^receipt-req_\w+\.json$/);
    await dialog.getByRole("button", { name: "Close" }).click();
  });
});

test("one socket and no polling: an idle tab asks for nothing", async () => {
  await atDesk({}, async (page, mock) => {
    await page.goto(`${mock.url}/app/inbox`);
    await page.locator(".row").first().waitFor();
    await page.waitForTimeout(600);
    const before = mock.state.requests.length;
    await page.clock.install();
    await page.clock.fastForward(600_000);
    await page.waitForTimeout(300);
    assert.equal(mock.state.requests.length, before);
    assert.equal(mock.state.sockets.size, 1);
  });
});

test("on a phone one pane at a time, and nothing is wider than the screen", async () => {
  await atDesk({ viewport: { width: 320, height: 640 } }, async (page, mock) => {
    await page.goto(`${mock.url}/app/inbox`);
    await page.locator(".row").first().click();
    await composer(page).waitFor();
    assert.equal(await page.locator(".list-pane").isVisible(), false);
    for (const path of ["/app/people", "/app/settings/hooks", "/app/settings/websites", "/app/welcome"]) {
      await page.goto(mock.url + path);
      await page.locator("main").waitFor();
      await page.waitForTimeout(200);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320), path);
    }
    await page.goto(`${mock.url}/app/inbox/${mock.state.conversations[0].id}`);
    await page.getByRole("button", { name: "Back" }).click();
    await page.locator(".list-pane").waitFor();
  });
});

test("an agent sees no admin's settings, and a sentence where one leads", async () => {
  await atDesk({ who: 1 }, async (page, mock) => {
    await page.goto(`${mock.url}/app/settings/team`);
    await page.getByText("Your role does not show this").waitFor();
    assert.equal(await page.getByRole("navigation", { name: "Settings" }).getByRole("link").count(), 2);
  });
});

test("a flow with faults is not taken: each is shown with node and field", async () => {
  await atDesk({}, async (page, mock) => {
    await page.goto(`${mock.url}/app/settings/flows`);
    const form = page.locator("section").filter({ hasText: "Import a bot" });
    await form.getByLabel("Name").fill("Broken");
    await form.getByLabel("Flow document").fill("{}");
    await form.getByRole("button", { name: "Import" }).click();
    await form.getByRole("cell", { name: "ask_mail" }).waitFor();
    await form.getByLabel("Flow document").fill('{"nodes": {}}');
    await form.getByRole("button", { name: "Import" }).click();
    await page.getByText("Imported. Publish it when you are ready.").waitFor();
  });
});

test("the first owner: claim, five steps that can be skipped and resumed, then the inbox", async () => {
  await atDesk({ who: null }, async (page, mock) => {
    mock.state.unclaimed = true;
    await page.goto(`${mock.url}/claim#TICKET`);
    await page.getByLabel("Name of the firm").fill("Example Shop");
    await page.getByLabel("Your name").fill("Sofia Example");
    await page.getByLabel("E-mail").fill("sofia@example.com");
    await page.getByLabel("New password").fill("correct horse");
    await page.getByRole("checkbox").check();
    await page.getByRole("button", { name: "Create the account" }).click();
    await page.getByRole("heading", { name: "Your firm" }).waitFor();
    await page.getByRole("button", { name: "Save and go on" }).click();
    await page.getByRole("heading", { name: "What you keep of people" }).waitFor();
    await page.getByRole("button", { name: "Skip" }).click();
    await page.getByRole("heading", { name: "Your website" }).waitFor();
    await page.goto(`${mock.url}/app/inbox`);
    await page.getByRole("link", { name: "Go on" }).click();
    await page.getByRole("heading", { name: "Your website" }).waitFor();
    for (let n = 0; n < 2; n++) await page.getByRole("button", { name: "Skip" }).click();
    await page.getByRole("button", { name: "To the inbox" }).click();
    await page.locator(".row").first().waitFor();
    const claim = mock.state.requests.find((one) => one.path === "/claim");
    assert.equal(claim.body.ticket, "TICKET");
  });
});
