// desk-scene.mjs - a browser at the dashboard, against the mock.
import { withBrowser } from "./browser.mjs";
import { startMock } from "./mock-admin.mjs";

/** Runs `scene(page, mock, context)` signed in as `who` (null: at the door). */
export async function atDesk({ who = 0, mock: sample = {}, ...options }, scene) {
  const mock = await startMock({ count: 200, longest: 300, ...sample });
  if (who !== null) mock.signIn(who);
  try {
    await withBrowser({ viewport: { width: 1280, height: 800 }, ...options }, async (page, context) => {
      page.setDefaultTimeout(8_000);
      await scene(page, mock, context);
    });
  } finally {
    await mock.stop();
  }
}

export const rowOf = (page, conversation) => page.locator(`.row[data-id="${conversation}"]`);
export const composer = (page) => page.locator("#composer");
