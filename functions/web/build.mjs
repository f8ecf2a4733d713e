// Bundles ui/ into dist/, which is committed: cargo needs no Node, and what is deployed is what was reviewed.
//
// Bundles carry a hash of their content in their name and may be cached for ever. Three names never change:
// `ui/invoice-email.js` (what portals import), `ui/mail.html` and `index.html`; they only point at bundles.

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const ui = join(here, "ui");
const dist = join(here, "dist");

/** All files below a folder, in the order of their paths. */
async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.sort();
}

/** What dist/ was made of. A test of the Rust side computes the same, and fails when dist/ is out of date. */
async function hashOfSources() {
  const files = [...(await filesIn(ui)), join(here, "build.mjs"), join(here, "package-lock.json")];
  const named = files.map((file) => ({ file, path: relative(here, file).split(sep).join("/") }));
  named.sort((one, other) => (one.path < other.path ? -1 : 1));
  const hash = createHash("sha256");
  for (const { file, path } of named) {
    hash.update(path).update("\0").update(await readFile(file)).update("\0");
  }
  return hash.digest("hex");
}

/**
 * Minifies the styles inside of scripts, which esbuild takes for text. Only whole sheets; one with a `${…}` stays as it is.
 * How far the lines of templates are indented means nothing in HTML: it is left out.
 * @type {esbuild.Plugin}
 */
const stylesInScripts = {
  name: "styles in scripts",
  setup(build) {
    build.onLoad({ filter: /[\\/]ui[\\/].*\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, "utf8");
      const sheets = new Set([...contents.matchAll(/\bcss`([^`]*)`/g)].map(([, sheet]) => sheet));
      for (const sheet of sheets) {
        if (sheet.includes("${") || sheet.includes("\\")) continue;
        const { code } = await esbuild.transform(sheet, { loader: "css", minify: true });
        contents = contents.replaceAll(`css\`${sheet}\``, () => `css\`${code.trim()}\``);
      }
      return { contents: contents.replaceAll(/\n\s+/g, "\n"), loader: "js" };
    });
  },
};

/** @type {esbuild.BuildOptions} */
const options = {
  absWorkingDir: here,
  outdir: join(dist, "ui"),
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  bundle: true,
  plugins: [stylesInScripts],
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  write: false,
};
const results = await Promise.all([
  esbuild.build({
    ...options,
    entryPoints: ["ui/invoice-email.js", "ui/app.js", "ui/app.css"],
    splitting: true,
    format: "esm",
  }),
  // The frame's origin is opaque, so that a module script would need CORS for the origin "null"; a classic one does not.
  esbuild.build({ ...options, entryPoints: ["ui/mail.js"], format: "iife" }),
]);

// Only now, so that a mistake in a source leaves the old dist/ as it is.
await rm(dist, { recursive: true, force: true });
await mkdir(join(dist, "ui"), { recursive: true });
for (const { path, contents } of results.flatMap((result) => result.outputFiles)) {
  await writeFile(path, contents);
}

/** The hashed name of an entry point. */
function built(entry) {
  const outputs = results.flatMap((result) => Object.entries(result.metafile.outputs));
  const found = outputs.find(([, output]) => output.entryPoint === `ui/${entry}`);
  if (!found) throw new Error(`ui/${entry} was not built`);
  return basename(found[0]);
}

/** Puts the hashed names into a page. */
async function page(source, target) {
  const text = await readFile(join(ui, source), "utf8");
  const named = text.replaceAll(/\{\{([a-z.-]+)\}\}/g, (_, entry) => built(entry));
  await writeFile(join(dist, target), named);
}

await page("index.html", "index.html");
await page("mail.html", "ui/mail.html");
await writeFile(join(dist, "ui", "invoice-email.js"), `export * from "./${built("invoice-email.js")}";\n`);
await writeFile(join(dist, "sources.sha256"), `${await hashOfSources()}\n`);
