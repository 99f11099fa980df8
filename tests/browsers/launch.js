// SPDX-License-Identifier: AGPL-3.0-only
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

/**
 * Starts Firefox with a fake camera and microphone that nobody is asked for. The server has no certificate: it is trusted
 * by its address. Firefox measures sound only where something plays it: `speaker` is one that swallows all, or none.
 */
export const launch = (address, { speaker = "swallowing", preferences = {} } = {}) =>
  puppeteer.launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    env: { ...process.env, ALSA_CONFIG_PATH: fileURLToPath(new URL(`./speaker-${speaker}.conf`, import.meta.url)) },
    extraPrefsFirefox: {
      "media.cubeb.backend": "alsa",
      "media.navigator.streams.fake": true,
      "media.navigator.permission.disabled": true,
      "media.autoplay.default": 0,
      "dom.securecontext.allowlist": new URL(address).hostname,
      "dom.serviceWorkers.testing.enabled": true,
      ...preferences,
    },
  });
