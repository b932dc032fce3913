// embed.mjs - turns web/dist into two source files for the binary: the bytes (.S, by .incbin) and the
// table that finds them (.c, sorted by path for binary search; src/api/web_files.h says what it holds).
// usage: node tools/embed.mjs web/dist OUT.c OUT.S
import { readFileSync, writeFileSync } from "node:fs";

const [dist, outC, outS] = process.argv.slice(2);
const { files } = JSON.parse(readFileSync(`${dist}/manifest.json`, "utf8"));

const text = (string) => JSON.stringify(string);
const caches = { immutable: "WEB_IMMUTABLE", hour: "WEB_HOUR", template: "WEB_TEMPLATE" };
const blobs = [];

/** The initialiser of one variant; the bytes themselves go to the .S file. */
function variant(file, size, etag) {
  if (!size) return "{{NULL, 0}, NULL}";
  const symbol = `web_blob_${blobs.length}`;
  blobs.push({ symbol, file });
  return `{{${symbol}, ${size}}, ${text(`"${etag}"`)}}`;
}

function entry(f) {
  const tag = f.sha256.slice(0, 20);
  const digest = f.sha256.match(/../g).map((byte) => `0x${byte}`).join(", ");
  if (!caches[f.cache]) throw new Error(`${f.path}: unknown cache rule ${f.cache}`);
  return `    {
        .path = SLICE(${text(f.path)}),
        .type = ${text(f.type)},
        .cache = ${caches[f.cache]},
        .raw = ${variant(f.file, f.size, tag)},
        .gzip = ${variant(f.file + ".gz", f.gz, tag + "-gz")},
        .brotli = ${variant(f.file + ".br", f.br, tag + "-br")},
        .sha256 = {${digest}},
    },`;
}

// The order of memcmp, not of a locale.
files.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
const entries = files.map(entry).join("\n");

writeFileSync(outC, `/* Made by tools/embed.mjs from web/dist. */
#include "api/web_files.h"

${blobs.map((blob) => `extern const char ${blob.symbol}[];`).join("\n")}

const struct web_file web_file_table[] = {
${entries}
};
const size_t web_file_count = sizeof(web_file_table) / sizeof(web_file_table[0]);
`);

writeFileSync(outS, `/* Made by tools/embed.mjs from web/dist. */
    .section .rodata
${blobs.map(({ symbol, file }) => `    .balign 16
    .globl ${symbol}
    .hidden ${symbol}
${symbol}:
    .incbin ${text(file)}`).join("\n")}
    .section .note.GNU-stack, "", %progbits
`);
