// browser.mjs - headless Chromium for the tests, with a new empty profile each time.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

/** Runs `scene` with a fresh browser context; CSP violations and page errors fail it. */
export async function withBrowser(options, scene) {
  const profile = await mkdtemp(join(tmpdir(), "lethe-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: FLAGS,
    viewport: { width: 1024, height: 768 },
    ...options,
  });
  const faults = [];
  context.on("weberror", (error) => faults.push(String(error.error())));
  context.on("console", (message) => {
    if (/Content Security Policy|Trusted/i.test(message.text())) faults.push(message.text());
  });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    await scene(page, context);
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
  if (faults.length) throw new Error("The page complained:\n" + faults.join("\n"));
}
