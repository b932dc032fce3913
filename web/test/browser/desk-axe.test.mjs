// axe over every route of the dashboard: light, dark, and from right to left.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { atDesk } from "../desk-scene.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function faultsOf(page) {
  // axe is put in through the debugging protocol, so that the page's CSP stays as it is.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).slice(0, 3).join(" | ")}`);
}

const doors = ["/login", "/claim#T", "/reset", "/reset#T", "/invite#T"];
const inside = (mock) => [
  "/app/inbox?view=all", "/app/inbox?view=mine", `/app/inbox/${mock.state.conversations[0].id}`,
  `/app/inbox/${mock.state.conversations[5].id}`, "/app/people", `/app/people/${mock.state.conversations[0].person.id}`,
  "/app/settings",
  ...["profile", "alerts", "firm", "websites", "messenger", "flows", "privacy", "team", "hooks", "jobs", "tokens"].map(
    (name) => `/app/settings/${name}`),
  "/app/welcome", "/app/nowhere",
];

for (const look of [{ colorScheme: "light" }, { colorScheme: "dark" }, { colorScheme: "light", dir: "rtl" }]) {
  const { dir, ...options } = look;
  test(`no fault in ${dir ?? look.colorScheme}`, async () => {
    await atDesk({ ...options, mock: { longest: 40, count: 60 } }, async (page, mock) => {
      const found = [];
      for (const path of [...inside(mock), ...doors]) {
        if (path === doors[0]) mock.state.signedIn = null;
        await page.goto(mock.url + path);
        await page.locator("main").first().waitFor();
        await page.waitForLoadState("networkidle");
        if (dir) await page.evaluate((way) => (document.documentElement.dir = way), dir);
        await page.waitForTimeout(350); // until what fades in has its full colour
        for (const fault of await faultsOf(page)) found.push(`${path} ${fault}`);
      }
      assert.deepEqual(found, []);
    });
  });
}

test("no fault in the dialogs and in the note", async () => {
  await atDesk({ mock: { longest: 40, count: 60 } }, async (page, mock) => {
    await page.goto(`${mock.url}/app/inbox/${mock.state.conversations[0].id}`);
    await page.getByRole("tab", { name: /Note/ }).click();
    await page.waitForTimeout(200);
    assert.deepEqual(await faultsOf(page), []);
    await page.getByRole("button", { name: "Erase this person" }).click();
    await page.getByText("This stays, and why").waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    assert.deepEqual(await faultsOf(page), []);
  });
});
