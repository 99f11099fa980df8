// SPDX-License-Identifier: AGPL-3.0-only

/** Has a style sheet in place, before the configuration's. Rejects when it cannot be loaded. */
export function loadStyle(address: string): Promise<unknown> {
  const known = loading.get(address);
  if (known) return known;
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = address;
  const loaded = new Promise((resolve, reject) => {
    style.addEventListener("load", resolve);
    style.addEventListener("error", () => {
      style.remove();
      loading.delete(address);
      reject(new Error("unreachable"));
    });
  });
  loading.set(address, loaded);
  document.querySelector('link[href="overrides.css"]')?.before(style);
  return loaded;
}

const loading = new Map<string, Promise<unknown>>();
