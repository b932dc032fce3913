import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { load, root } from "../load.mjs";

const { contrast, onColor, parseColor } = await load("lib/color.ts");
const tokens = readFileSync(join(root, "tokens/tokens.css"), "utf8");

test("text on any owner's colour has at least 4.5:1", () => {
  const failed = [];
  const check = (color) => {
    if (contrast(color, parseColor(onColor(color))) < 4.5) failed.push(color);
  };
  for (let i = 0; i < 1000; i++)
    check(Array.from({ length: 3 }, () => Math.floor(Math.random() * 256)));
  for (let r = 0; r < 256; r += 3)
    for (let g = 0; g < 256; g += 3)
      for (let b = 0; b < 256; b += 3) check([r, g, b]);
  assert.deepEqual(failed, []);
});

test("a colour is #abc or #aabbcc and nothing else", () => {
  assert.deepEqual(parseColor("#1f5fbf"), [31, 95, 191]);
  assert.deepEqual(parseColor(" #FFF "), [255, 255, 255]);
  for (const wrong of ["", "red", "#12345", "#12345g", "rgb(0,0,0)", "#fff;}"])
    assert.equal(parseColor(wrong), null);
});

/** The tokens of a block of tokens.css. */
function block(selector) {
  const body = tokens.slice(tokens.indexOf(selector)).match(/\{([^{}]*)\}/)[1];
  return Object.fromEntries([...body.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map((match) => [match[1], match[2]]));
}

const light = block(":root {");
const dark = block(':root[data-theme="dark"]');

test("the two dark blocks say the same", () => {
  assert.deepEqual(block(':root:not([data-theme="light"])'), dark);
});

for (const [name, theme] of [["light", light], ["dark", dark]])
  test(`${name}: text reaches 4.5:1, borders of controls 3:1, on every ground`, () => {
    const ratio = (a, b) => contrast(parseColor(theme[a]), parseColor(theme[b]));
    for (const ground of ["--bg", "--surface", "--sunk", "--accent-bg", "--note"])
      for (const text of ["--fg", "--muted"]) assert.ok(ratio(text, ground) >= 4.5, `${text} on ${ground}`);
    for (const ground of ["--bg", "--surface"])
      for (const text of ["--accent", "--ok", "--warn", "--bad"])
        assert.ok(ratio(text, ground) >= 4.5, `${text} on ${ground}`);
    for (const ground of ["--bg", "--surface"]) assert.ok(ratio("--control", ground) >= 3, ground);
    assert.ok(ratio("--on-accent", "--accent") >= 4.5);
  });
