// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Loads code on demand: the build (`web/bundle.ts`) has each `import(…)` of a page call this, by a global name, since it
 * stands in any file. Engines such as Firefox and older Chromium never ask again for a module that has not come once.
 * So files are fetched first, where a failure is forgotten, and imported out of the browser's cache.
 */

/** The files that have come, or are on their way. */
const known = new Map<string, Promise<unknown>>();

const address = (file: string): string => new URL(file, import.meta.url).href;

function fetched(file: string): Promise<unknown> {
  const before = known.get(file);
  if (before) return before;
  const coming = fetch(address(file)).then((response) => {
    if (!response.ok) throw new Error(`${file}: ${response.status}`);
    // What was not read to its end is not in the cache.
    return response.arrayBuffer().then(() => undefined);
  });
  known.set(file, coming);
  coming.catch(() => known.delete(file));
  return coming;
}

/** @param file the module @param imports what it imports, directly or not, and the page does not have by itself */
async function obtain(file: string, ...imports: readonly string[]): Promise<unknown> {
  await Promise.all([file, ...imports].map(fetched));
  return import(address(file));
}

Object.assign(globalThis, { obtain });
