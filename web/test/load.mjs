// load.mjs - TypeScript modules for a unit test, compiled in memory as one.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

export async function load(...paths) {
  const { outputFiles } = await build({
    stdin: { contents: paths.map((path) => `export * from "./${path}";`).join("\n"), resolveDir: root },
    bundle: true,
    write: false,
    format: "esm",
    target: "node18",
  });
  return import("data:text/javascript;base64," + Buffer.from(outputFiles[0].text).toString("base64"));
}
