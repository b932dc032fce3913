// build.mjs - builds every web surface into dist/ and lists what is there in dist/manifest.json.
// `node build.mjs` for release; `--dev` leaves names readable and adds source maps.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build, transform } from "esbuild";

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, "dist");
const dev = process.argv.includes("--dev");

// Each surface is built by itself, so that no chunk is shared between a visitor's widget and the
// dashboard. `stable` keeps the file's name: it stands in other people's pages. `inject` names the file
// that gives JSX its h and Fragment; without it the automatic runtime is used. `later` is an import
// that the surface before it answers (frame/shared.ts says why).
const surfaces = [
  { entries: ["loader/loader.ts"], stable: "widget" },
  { entries: ["frame/more/index.ts", "frame/more/more.css"], inject: "frame/more/jsx.ts" },
  { entries: ["frame/main.tsx", "frame/frame.css"], inject: "frame/jsx.ts", later: "./more" },
  { entries: ["admin/main.tsx", "admin/admin.css"] },
  { entries: ["public/public.css", "public/demo.css"] },
];
// Pages that the server fills in and sends itself; never served as they are.
const templateFolders = ["frame", "admin", "public"];

/** For the loader, whose style sheet must be part of the script. */
const cssAsText = {
  name: "css-as-text",
  setup(plugin) {
    plugin.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

const types = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};

function extension(name) {
  return name.slice(name.lastIndexOf("."));
}

/** Leaves `name` as an import of the address under which `file` was built. */
function builtBefore(name, file) {
  return {
    name: "built-before",
    setup: (plugin) =>
      plugin.onResolve({ filter: new RegExp(`^${name.replace(".", "\\.")}$`) }, () => ({
        path: "./" + relative("dist/assets", file),
        external: true,
      })),
  };
}

/** `before`: the outputs of the surface before this one. */
async function bundle(surface, before) {
  const entryPoints = surface.entries.filter((entry) => existsSync(join(root, entry)));
  if (entryPoints.length === 0) return { outputs: {} };
  const result = await build({
    absWorkingDir: root,
    entryPoints,
    outdir: "dist",
    outbase: ".",
    entryNames: surface.stable ?? (dev ? "assets/[dir]-[name]" : "assets/[dir]-[name]-[hash]"),
    chunkNames: dev ? "assets/[name]" : "assets/[name]-[hash]",
    assetNames: "assets/[name]-[hash]",
    bundle: true,
    format: surface.stable ? "iife" : "esm",
    splitting: !surface.stable,
    ...(surface.inject && {
      /* Here and not as options of its own: what tsconfig.json says would win over those. */
      tsconfigRaw: {
        compilerOptions: { jsx: "react", jsxFactory: "h", jsxFragmentFactory: "Fragment" },
      },
      inject: [surface.inject],
    }),
    plugins: [
      ...(surface.stable ? [cssAsText] : []),
      ...(surface.later ? [builtBefore(surface.later, Object.keys(before).find((f) => f.endsWith(".js") && before[f].entryPoint))] : []),
    ],
    target: "es2022",
    charset: "utf8",
    minify: !dev,
    sourcemap: dev ? "linked" : false,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    define: { "process.env.NODE_ENV": dev ? '"development"' : '"production"' },
  });
  return result.metafile;
}

/** The address under which each source file's output is served: "frame/main.tsx" -> "/assets/…". */
function addressesOf(outputs) {
  const addresses = new Map();
  for (const [file, output] of Object.entries(outputs))
    if (output.entryPoint) addresses.set(output.entryPoint, "/" + relative("dist", file));
  return addresses;
}

/** <link> tags for the chunks that `entry` imports at once, so that they load in one round. */
function preloads(outputs, entry) {
  const first = Object.keys(outputs).find((file) => outputs[file].entryPoint === entry);
  const seen = new Set();
  const queue = first ? [first] : [];
  for (let file = queue.pop(); file; file = queue.pop())
    for (const { path, kind } of outputs[file].imports)
      if (kind === "import-statement" && outputs[path] && !seen.has(path)) {
        seen.add(path);
        queue.push(path);
      }
  return [...seen].sort()
    .map((file) => `<link rel="modulepreload" href="/${relative("dist", file)}">`).join("");
}

function fillAssets(text, name, addresses, outputs) {
  return text
    .replace(/\{\{asset:([^}]+)\}\}/g, (_, entry) => {
      const address = addresses.get(entry);
      if (!address) throw new Error(`${name}: nothing was built from ${entry}`);
      return address;
    })
    .replace(/\{\{modulepreload:([^}]+)\}\}/g, (_, entry) => preloads(outputs, entry));
}

/** A language's words as JSON that may stand in HTML; what it lacks is English. */
function catalogue(folder, lang) {
  const read = (name) => JSON.parse(readFileSync(join(root, "i18n", folder, `${name}.json`), "utf8"));
  return JSON.stringify({ ...read("en"), ...read(lang) }).replaceAll("<", "\\u003c");
}

/** A template that uses words becomes one file per language: name.html (English), name.de.html, … */
async function inLanguages(name, text) {
  if (!text.includes("{{t:")) return [[name, text]];
  const files = [];
  for (const file of (await readdir(join(root, "i18n/page"))).sort()) {
    const lang = file.replace(".json", "");
    const words = JSON.parse(await readFile(join(root, "i18n/page", file), "utf8"));
    const filled = text
      .replaceAll("{{lang}}", lang)
      .replaceAll("{{dir}}", ["ar", "fa", "he", "ur"].includes(lang) ? "rtl" : "ltr")
      .replace(/\{\{words:([\w-]+)\}\}/g, (_, folder) => catalogue(folder, lang))
      .replace(/\{\{t:([^}]+)\}\}/g, (_, key) => {
        if (!words[key]) throw new Error(`${file}: ${key} is missing`);
        return words[key];
      });
    files.push([lang === "en" ? name : name.replace(".html", `.${lang}.html`), filled]);
  }
  return files;
}

/** The templates as the server gets them: hashed addresses and words filled in, without comments. */
async function templates(addresses, outputs) {
  const names = [];
  await mkdir(join(dist, "templates"), { recursive: true });
  for (const folder of templateFolders) {
    for (const file of (await readdir(join(root, folder))).sort()) {
      if (!file.endsWith(".html")) continue;
      const source = (await readFile(join(root, folder, file), "utf8")).replace(/<!--.*?-->\n?/gs, "");
      for (const [name, text] of await inLanguages(file, source)) {
        await writeFile(join(dist, "templates", name), fillAssets(text, name, addresses, outputs));
        names.push(name);
      }
    }
  }
  return names;
}

/** The licence texts of everything that ends up in a bundle; they must travel with it. */
async function licenses(inputs) {
  const packages = new Set();
  for (const input of inputs) {
    const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) packages.add(match[1]);
  }
  let text = "Lethe's web pages contain this software of others.\n";
  for (const name of [...packages].sort()) {
    const folder = join(root, "node_modules", name);
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    if (!file) throw new Error(`${name}: no licence text to pass on`);
    text += `\n\n== ${name} ${version}\n\n${await readFile(join(folder, file), "utf8")}`;
  }
  await writeFile(join(dist, "licenses.txt"), text);
}

/** Takes out the custom properties that a style sheet sets and never uses: each surface includes all
 *  tokens, and a visitor should not pay for the dashboard's. */
async function dropUnusedTokens(file) {
  const path = join(dist, file);
  let css = await readFile(path, "utf8");
  for (let before = ""; before !== css; ) {
    before = css;
    const used = new Set([...css.matchAll(/var\((--[\w-]+)/g)].map((match) => match[1]));
    css = css.replace(/(--[\w-]+)\s*:[^;{}]*(;|(?=\}))/g, (whole, name) => (used.has(name) ? whole : ""));
  }
  await writeFile(path, css);
}

async function describe(path, file, cache) {
  const bytes = await readFile(join(dist, file));
  const entry = {
    path,
    file,
    type: types[extension(file)],
    cache,
    size: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
  if (!entry.type) throw new Error(`${file}: no content type known`);
  if (cache === "template") return entry;
  const br = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: dev ? 4 : 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  const gz = gzipSync(bytes, { level: 9 });
  for (const [name, packed] of [["br", br], ["gz", gz]]) {
    if (packed.length >= bytes.length) continue;
    await writeFile(join(dist, `${file}.${name}`), packed);
    entry[name] = packed.length;
  }
  return entry;
}

async function main() {
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  const metas = [];
  for (const surface of surfaces) metas.push(await bundle(surface, metas.at(-1)?.outputs));
  const outputs = Object.assign({}, ...metas.map((meta) => meta.outputs));
  const inputs = new Set(metas.flatMap((meta) => Object.keys(meta.inputs ?? {})));
  for (const file of Object.keys(outputs))
    if (file.endsWith(".css") && !dev) await dropUnusedTokens(relative("dist", file));
  const names = await templates(addressesOf(outputs), outputs);
  await licenses(inputs);

  const files = [];
  for (const file of Object.keys(outputs)) {
    const name = relative("dist", file);
    files.push(await describe("/" + name, name, name.startsWith("assets/") && !dev ? "immutable" : "hour"));
  }
  for (const name of names) files.push(await describe(name, `templates/${name}`, "template"));
  files.push(await describe("/licenses.txt", "licenses.txt", "hour"));
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const entries = Object.fromEntries(
    Object.entries(outputs)
      .filter(([, output]) => output.entryPoint)
      .map(([file, output]) => [output.entryPoint, "/" + relative("dist", file)]),
  );
  // Last, and only when all went well: its presence says that dist/ is whole.
  await writeFile(join(dist, "manifest.json"), JSON.stringify({ files, entries }, null, 1) + "\n");
  for (const f of files.filter((entry) => entry.path.endsWith(".js")))
    console.log(`${f.path}  ${f.size} B, gzip ${f.gz ?? f.size}, brotli ${f.br ?? f.size}`);
}

await main();
