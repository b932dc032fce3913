// What a visitor pays. Run after `npm run build`.
import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { root } from "../load.mjs";

const dist = join(root, "dist");
const { files, entries } = JSON.parse(readFileSync(join(dist, "manifest.json"), "utf8"));
const gzipOf = (path) => files.find((file) => file.path === path).gz;

test("the loader has at most 2 kB", () => {
  assert.ok(gzipOf("/widget.js") <= 2048, `${gzipOf("/widget.js")} B`);
});

test("the frame's script has at most 13 kB, and all of its first load at most 15 kB over TLS", () => {
  const script = files.find((file) => file.path === entries["frame/main.tsx"]);
  const style = files.find((file) => file.path === entries["frame/frame.css"]);
  const page = brotliCompressSync(readFileSync(join(dist, "templates/frame.html"))).length;
  assert.ok(script.gz <= 13 * 1024, `script ${script.gz} B`);
  assert.ok(script.br + style.br + page <= 15 * 1024, `script ${script.br}, style ${style.br}, page ${page} B`);
});

test("the dashboard's shell has at most 60 kB", { skip: !entries["admin/main.tsx"] }, () => {
  assert.ok(gzipOf(entries["admin/main.tsx"]) <= 60 * 1024);
});

/** The gzip size of a script with all that it imports at once, less what is loaded already. */
function firstLoad(path, loaded = new Set()) {
  if (loaded.has(path)) return 0;
  loaded.add(path);
  const text = readFileSync(join(dist, path), "utf8");
  const imports = [...text.matchAll(/(?:from|import)\s*"\.\/([\w.-]+\.js)"/g)].map((match) => `/assets/${match[1]}`);
  return imports.reduce((sum, one) => sum + firstLoad(one, loaded), gzipOf(path) ?? statSync(join(dist, path)).size);
}

test("the dashboard's shell and inbox have at most 60 kB, every other route at most 25 kB more", () => {
  const shell = new Set();
  const first = firstLoad(entries["admin/main.tsx"], shell) + gzipOf(entries["admin/admin.css"]);
  assert.ok(first <= 60 * 1024, `shell and inbox ${first} B`);
  const routes = Object.keys(entries).filter((entry) => /^admin\/routes\//.test(entry));
  assert.ok(routes.length >= 5);
  for (const route of routes) {
    const more = firstLoad(entries[route], new Set(shell));
    assert.ok(more <= 25 * 1024, `${route} ${more} B`);
  }
});

test("no page has inline style or script that its CSP would refuse", () => {
  for (const { file } of files.filter((entry) => entry.file.endsWith(".html"))) {
    const html = readFileSync(join(dist, file), "utf8");
    assert.doesNotMatch(html, /\sstyle\s*=|<style|\son\w+\s*=/i, file);
    for (const [, attributes] of html.matchAll(/<script([^>]*)>/g))
      assert.match(attributes, /\bsrc=|type="application\/json"/, file);
  }
});

test("every file is there in the encodings that the manifest tells of", () => {
  for (const file of files)
    for (const [end, size] of [["", file.size], [".gz", file.gz], [".br", file.br]])
      if (size) assert.equal(readFileSync(join(dist, file.file + end)).length, size);
});

test("preact/compat is in no bundle of the widget", () => {
  const script = readFileSync(join(dist, entries["frame/main.tsx"]), "utf8");
  assert.doesNotMatch(script, /isReactComponent|unstable_batchedUpdates/);
});

test("packages are few, have a known licence, and the lock names no registry", () => {
  const allowed = ["MIT", "Apache-2.0", "ISC", "BSD-2-Clause", "BSD-3-Clause", "0BSD"];
  const devOnly = ["MPL-2.0"];
  const text = readFileSync(join(root, "package-lock.json"), "utf8");
  const { packages } = JSON.parse(text);
  assert.doesNotMatch(text, /"resolved"/);
  const direct = packages[""];
  assert.ok(Object.keys({ ...direct.dependencies, ...direct.devDependencies }).length <= 10);
  for (const [name, { license, dev }] of Object.entries(packages)) {
    if (!name) continue;
    assert.ok(allowed.includes(license) || (dev && devOnly.includes(license)), `${name}: ${license}`);
  }
  assert.ok(existsSync(join(dist, "licenses.txt")));
  assert.match(readFileSync(join(dist, "licenses.txt"), "utf8"), /== preact \d/);
});
