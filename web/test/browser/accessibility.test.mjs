// axe-core over every screen of the widget, light and dark, left-to-right and right-to-left.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { withBrowser } from "../browser.mjs";
import { MockServer } from "../mock.mjs";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/* page.evaluate runs past the page's CSP, so axe needs no exception in it. */
async function violations(page) {
  await page.evaluate(axeSource);
  const { violations: found } = await page.evaluate(() => axe.run());
  return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
}

const SHAPES = [
  { lang: "en", colorScheme: "light" },
  { lang: "en", colorScheme: "dark" },
  { lang: "ar", colorScheme: "light" },
  { lang: "de", colorScheme: "light", viewport: { width: 320, height: 480 } },
];
const WORDS = { en: "erase", de: "löschen", ar: "محو" };

for (const { lang, ...options } of SHAPES)
  test(`0 violations in ${lang}, ${options.colorScheme}, ${options.viewport?.width ?? 1024} px`, { timeout: 60_000 }, async () => {
    const server = await MockServer.start({
      lang,
      config: { greeting: "Hello", color: "#c94f1d", online: false, starters: [{ title: "Prices" }] },
    });
    try {
      await withBrowser(options, async (page) => {
        await page.goto(`${server.origin}/chat/site_1?lang=${lang}`);
        const check = async (screen) => assert.deepEqual(await violations(page), [], screen);
        const settled = (selector) => page.waitForSelector(selector);
        await settled(".chip");
        await check("empty");
        await page.fill("textarea", "Where is my parcel? 🙂");
        await page.keyboard.press("Enter");
        await settled(".own .meta");
        server.say({ text: "See https://example.com", edited_at: Date.now(), buttons: [{ title: "More", payload: "m" }] });
        server.say({ cards: [{ title: "A" }, { title: "B", subtitle: "C" }, { title: "D" }, { title: "E" }, { title: "F" }] });
        server.say({ kind: "event", author: "system", event: { type: "closed" } });
        server.say({ attachments: [{ type: "file", name: "a.pdf", size: 1234, url: "/api/v1/widget/site_1/files/x" }] });
        server.say({ text: "Pick", quick_replies: [{ title: "One" }, { title: "Two" }] });
        server.push(server.visitor, { type: "typing", who: "bot", on: true });
        await settled(".dots");
        await settled(".file");
        await check("conversation");
        server.say({ text: "Your address?", input: { type: "email" } });
        await settled("#answer");
        await page.press("#answer", "Enter");
        await settled('#answer[aria-invalid="true"]');
        await check("typed question");
        await page.click(".foot-item");
        await settled(".away");
        await check("person asked");
        await page.click(".away .link");
        await settled("#leave-email");
        await check("leave an address");
        await page.keyboard.press("Escape");
        await page.click("button.foot-item");
        await settled("#erase");
        await check("privacy");
        await page.fill("#erase", WORDS[lang]);
        await page.click(".danger");
        await settled(".code");
        await check("receipt");
        await page.keyboard.press("Escape");
        await settled(".panel .button");
        await check("gone");
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "no sideways scrolling");
      });
    } finally {
      server.stop();
    }
  });
