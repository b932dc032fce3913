import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { load, root } from "../load.mjs";

const read = (surface, file) => JSON.parse(readFileSync(join(root, "i18n", surface, file), "utf8"));
const placeholders = (text) => [...text.matchAll(/\{\w+\}/g)].map((match) => match[0]).sort();
/* "key#few" is there for the languages that need it: it must belong to a key, not to an English form. */
const base = (key) => key.replace(/#.*/, "");

for (const surface of readdirSync(join(root, "i18n")))
  for (const file of readdirSync(join(root, "i18n", surface))) {
    test(`${surface}/${file} has every key, with its placeholders, and no others`, () => {
      const english = read(surface, "en.json");
      const words = read(surface, file);
      assert.deepEqual(
        [...new Set(Object.keys(words).map(base))].sort(),
        [...new Set(Object.keys(english).map(base))].sort(),
      );
      for (const [key, text] of Object.entries(words)) {
        assert.ok(text.trim(), `${key} is empty`);
        const model = english[key] ?? english[base(key) + "#other"];
        const optional = key.includes("#") ? ["{n}"] : [];
        assert.deepEqual(
          placeholders(text).filter((name) => !optional.includes(name)),
          placeholders(model).filter((name) => !optional.includes(name)),
          key,
        );
      }
    });
  }

test("words are filled in, fall back to English, and know their plural form", async () => {
  const { createI18n, plural } = await load("lib/i18n.ts");
  const english = { hello: "Hello {name}", only: "Only English", "n#one": "{n} thing", "n#other": "{n} things" };
  const i18n = createI18n(english, {
    pl: async () => ({ default: { hello: "Witaj {name}", "n#few": "{n} rzeczy", "n#other": "{n} rzeczy!" } }),
    ar: async () => ({ default: {} }),
  });
  assert.equal(i18n.t("hello", { name: "Ada" }), "Hello Ada");
  assert.equal(plural(i18n, "n", 1), "1 thing");
  await i18n.use("pl-PL");
  assert.equal(i18n.t("hello", { name: "Ada" }), "Witaj Ada");
  assert.equal(i18n.t("only"), "Only English");
  assert.equal(plural(i18n, "n", 3), "3 rzeczy");
  await i18n.use("ar");
  assert.equal(i18n.dir, "rtl");
  await i18n.use("xx");
  assert.deepEqual([i18n.lang, i18n.dir], ["en", "ltr"]);
});
