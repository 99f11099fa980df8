// SPDX-License-Identifier: AGPL-3.0-only
// Runs in every page before its own scripts. Sees what a page does through the browser's own interfaces, so that the
// product needs no hooks for tests.
(() => {
  const connections = [];
  const announcements = [];
  const Native = globalThis.RTCPeerConnection;

  class Recorded extends Native {
    constructor(...options) {
      super(...options);
      connections.push(this);
    }
  }
  globalThis.RTCPeerConnection = Recorded;

  /** Statistics of the streams of one direction and kind; `key` tells streams apart for the life of the page. */
  async function streams(type, kind) {
    const found = [];
    for (const [number, connection] of connections.entries()) {
      if (connection.connectionState === "closed") continue;
      for (const entry of (await connection.getStats()).values()) {
        if (entry.type === type && entry.kind === kind) found.push({ ...entry, key: `${number} ${entry.id}` });
      }
    }
    return found;
  }

  /** The values that a figure has now, to compare later ones with. */
  async function figures(type, kind, field) {
    return Object.fromEntries((await streams(type, kind)).map((entry) => [entry.key, entry[field] ?? 0]));
  }

  /** How many streams' figure has grown by more than `least` since. */
  async function grown(type, kind, field, since, least) {
    const now = Object.entries(await figures(type, kind, field));
    return now.filter(([key, value]) => value > (since[key] ?? 0) + least).length;
  }

  function watchAnnouncements() {
    const look = () => {
      for (const status of document.querySelectorAll("[role=status]")) {
        const text = status.textContent.trim();
        if (text && text !== announcements.at(-1)) announcements.push(text);
      }
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
  }
  watchAnnouncements();

  const probe = { connections, announcements, streams, figures, grown };
  Object.defineProperty(globalThis, "probe", { value: probe });
})();
