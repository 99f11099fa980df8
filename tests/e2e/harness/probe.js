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

    #hasTakenBack = false;

    setLocalDescription(description) {
      this.#hasTakenBack = description?.type === "rollback";
      return super.setLocalDescription(description);
    }

    /** An offer for which the side that yields takes its own back is glare. */
    setRemoteDescription(description) {
      if (description.type === "offer" && this.#hasTakenBack) probe.collisions += 1;
      return super.setRemoteDescription(description);
    }

    /** A connection that gives way before its offer is answered. */
    close() {
      if (this.signalingState === "have-local-offer") probe.collisions += 1;
      super.close();
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

  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  /** Looks again and again until the asynchronous condition holds; false when it does not in time. */
  async function until(holds, ms) {
    const end = performance.now() + ms;
    while (!(await holds())) {
      if (performance.now() > end) return false;
      await pause(50);
    }
    return true;
  }

  /** Waits until so many streams' figure has grown from now on. */
  async function growing(type, kind, field, least, streams, ms) {
    const since = await figures(type, kind, field);
    return until(async () => (await grown(type, kind, field, since, least)) >= streams, ms);
  }

  /** Waits for a second in which no stream's figure grew by more than `most`. */
  async function still(type, kind, field, most, ms) {
    return until(async () => {
      const since = await figures(type, kind, field);
      await pause(1000);
      return (await grown(type, kind, field, since, most)) === 0;
    }, ms);
  }

  /** Keeps what live regions get, as screen readers say it: each addition once, removals never. */
  function watchAnnouncements() {
    const live = "[role=status], [role=alert], [role=log], [aria-live=polite]";
    const say = (node) => {
      const text = node.textContent.trim();
      if (text) announcements.push(text);
    };
    const look = (node) => {
      const element = node instanceof Element ? node : node.parentElement;
      if (element?.closest(live)) say(node);
      else element?.querySelectorAll(live).forEach(say);
    };
    const changed = ({ type, target, addedNodes }) => (type === "characterData" ? [target] : addedNodes).forEach(look);
    new MutationObserver((mutations) => mutations.forEach(changed)).observe(document, {
      subtree: true,
      childList: true,
      characterData: true,
    });
  }
  watchAnnouncements();

  const probe = { collisions: 0, connections, announcements, streams, figures, until, growing, still };
  Object.defineProperty(globalThis, "probe", { value: probe });
})();
