// SPDX-License-Identifier: AGPL-3.0-only
/** Keeps sound going: phones stop a page's sound for a call or the lock screen, and do not begin again by themselves. */

import { isWebKit } from "../io/web-kit.ts";

/**
 * Resumes a context that the system has stopped: at once, when the page is seen again, and with a press, whichever the
 * browser lets. One that is interrupted is left alone until it is only suspended: to resume it before ends it for good
 * in Safari.
 */
export function keepRunning(context: AudioContext): void {
  const over = new AbortController();
  const resume = (): void => {
    if (context.state === "closed") over.abort();
    else if (context.state === "suspended") void context.resume().catch(() => undefined);
  };
  context.addEventListener("statechange", resume, { signal: over.signal });
  for (const event of ["visibilitychange", "pointerup", "keydown"]) {
    document.addEventListener(event, resume, { signal: over.signal });
  }
  // When headphones go, an iPhone takes its own microphone, and the context stays silent until it begins anew.
  if (isWebKit()) {
    const suspend = (): void => void (context.state === "running" && context.suspend());
    navigator.mediaDevices?.addEventListener("devicechange", suspend, { signal: over.signal });
  }
}
