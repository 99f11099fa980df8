// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Bundles scripts with rolldown and style sheets with lightningcss: `node bundle.ts ASSETS SERVICE_WORKER`, in the
 * folder of the client. Prints as JSON what became of what, for `tools/web_bundle.py`.
 *
 * What a page needs at once is one file, where it compresses best; lazily loaded parts import what they share from there.
 */

import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { bundle as bundleStyles } from "lightningcss";
import { type OutputOptions, type Plugin, rolldown } from "rolldown";

/** A file in ASSETS. */
interface Bundled {
  readonly file: string;
  /** The name that pages use, such as `room.js`. */
  readonly entry?: string;
  /** The files that it imports at once; what is imported lazily stays out. */
  readonly imports: readonly string[];
}

/** A script that stands in a page. */
interface Inline {
  /** The name that the page uses. */
  readonly inline: string;
  readonly code: string;
}

const [assets = "", serviceWorker = ""] = process.argv.slice(2);
const target = "es2022";
const worklet = "node_modules/@sapphi-red/web-noise-suppressor/dist/rnnoise/workletProcessor.js";
// Each name stands in what the room page loads first, and its hash does not compress: 36 bits tell versions apart.
const named: OutputOptions = {
  dir: assets,
  entryFileNames: "[name]-[hash:6].js",
  chunkFileNames: "[name]-[hash:6].js",
  assetFileNames: "[name]-[hash:6][extname]",
};
/** What a company of two needs, and nobody who is alone. */
const company = [
  "core/company.ts",
  "core/layout.ts",
  "core/names.ts",
  "room/sealing.ts",
  "rtc/connections.ts",
  "state/company.ts",
  "ui/PeerTile.tsx",
].map((path) => join("web", "src", path));
const small: OutputOptions = { minify: true, comments: { legal: false } };

async function bundleScript(name: string, source: string, define: Record<string, string> = {}): Promise<Bundled[]> {
  const [initial, late] = [new Set<string>(), new Set<string>()];
  const build = await rolldown({
    input: { [name]: source },
    moduleTypes: { ".wasm": "asset" },
    plugins: [noteParts(initial, late), loadSideBySide()],
    // Nothing imports a page: its file may export what its lazily loaded parts need.
    preserveEntrySignatures: "allow-extension",
    transform: { target, define },
  });
  // By itself, rolldown cuts small files out of it that all have to be loaded at once.
  const groups = [
    { name, test: (id: string) => initial.has(id) },
    { name: "company", test: (id: string) => late.has(id) },
  ];
  const { output } = await build.write({ ...named, ...small, codeSplitting: { groups } });
  return output.flatMap((made) =>
    made.type === "asset"
      ? []
      : [{ file: made.fileName, imports: made.imports, ...(made.isEntry ? { entry: `${made.name}.js` } : {}) }],
  );
}

/**
 * Notes the modules that an entry imports at once, directly or not, and those that it needs all at once later: with
 * somebody else in the room, each further file would be one more way to the server and back before the first sound.
 */
function noteParts(initial: Set<string>, late: Set<string>): Plugin {
  return {
    name: "note-parts",
    buildEnd() {
      const note = (id: string, noted: Set<string>): void => {
        if (initial.has(id) || noted.has(id)) return;
        noted.add(id);
        for (const imported of this.getModuleInfo(id)?.importedIds ?? []) note(imported, noted);
      };
      for (const id of this.getModuleIds()) if (this.getModuleInfo(id)?.isEntry) note(id, initial);
      for (const id of this.getModuleIds()) if (company.some((each) => id.endsWith(each))) note(id, late);
    },
  };
}

/**
 * Has each file be loaded by `obtain` (`src/io/obtain.ts`), together with all that it imports: one after the other, the
 * first sound would wait for one more way to the server and back.
 */
function loadSideBySide(): Plugin {
  return {
    name: "load-side-by-side",
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((made) => made.type === "chunk");
      const imports = new Map(chunks.map((chunk) => [chunk.fileName, chunk.imports]));
      const note = (file: string, noted: Set<string>): Set<string> => {
        if (noted.has(file)) return noted;
        noted.add(file);
        for (const imported of imports.get(file) ?? []) note(imported, noted);
        return noted;
      };
      const initial = new Set<string>();
      for (const chunk of chunks) if (chunk.isEntry) note(chunk.fileName, initial);
      for (const chunk of chunks) {
        chunk.code = chunk.code.replaceAll(/\bimport\(`\.\/([^`]+)`\)/g, (_load, file: string) => {
          const files = [...note(file, new Set())].filter((each) => !initial.has(each));
          return `obtain(${files.map((each) => `\`${each}\``).join()})`;
        });
        if (/\bimport\(["'`]/.test(chunk.code)) this.error(`${chunk.fileName} loads something by itself`);
      }
    },
  };
}

function bundleStyle(source: string): Bundled {
  const { code } = bundleStyles({ filename: source, minify: true });
  const entry = basename(source);
  const digest = createHash("sha256").update(code).digest("hex").slice(0, 8).toUpperCase();
  const file = entry.replace(/\.css$/, `-${digest}.css`);
  writeFileSync(join(assets, file), code);
  return { file, entry, imports: [] };
}

/** A script that stands in a page, which runs it before it reads on. */
async function bundleInline(name: string, source: string): Promise<Inline> {
  const build = await rolldown({ input: source, transform: { target } });
  const { output } = await build.generate({ format: "iife", ...small });
  return { inline: `${name}.js`, code: output[0].code.trim() };
}

/** Its address never changes, and it is no module. */
async function bundleServiceWorker(): Promise<void> {
  const build = await rolldown({ input: "src/service-worker.ts", transform: { target } });
  await build.write({ file: serviceWorker, format: "iife", ...small });
}

const [style, pages, panels, call] = (["style", "pages", "panels", "call"] as const).map((name) =>
  bundleStyle(`src/styles/${name}.css`),
);
const [rnnoise] = await bundleScript("rnnoise-worklet", worklet);
const address = (file: string | undefined): string => JSON.stringify(`assets/${file}`);
const define = {
  RNNOISE_WORKLET: address(rnnoise?.file),
  PANELS_STYLE: address(panels?.file),
  CALL_STYLE: address(call?.file),
};
const ahead = await bundleInline("ahead", "src/ahead.ts");
const room = await bundleScript("room", "src/main.tsx", define);
// By itself: what two pages share would be cut into small files that both have to load.
const start = await bundleScript("start", "src/start.tsx", define);
const test = await bundleScript("test", "src/test.tsx", define);
await bundleServiceWorker();
process.stdout.write(JSON.stringify([style, pages, panels, call, ahead, ...room, ...start, ...test]));
