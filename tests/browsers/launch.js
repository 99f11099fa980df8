// SPDX-License-Identifier: AGPL-3.0-only
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";
import { startSpeaker } from "./speaker.js";

const noSound = fileURLToPath(new URL("./no-sound.conf", import.meta.url));

/**
 * Starts Firefox with a fake camera and microphone that nobody is asked for. The server has no certificate: it is trusted
 * by its address. Firefox measures sound only where something plays it: `speaker` is one that nobody hears (`unheard`), or
 * `none`.
 */
export async function launch(address, { speaker = "unheard", preferences = {} } = {}) {
  const playing = speaker === "unheard" ? await startSpeaker() : undefined;
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    env: { ...process.env, ...(playing ? { PULSE_SERVER: playing.address } : { ALSA_CONFIG_PATH: noSound }) },
    extraPrefsFirefox: {
      "media.cubeb.backend": playing ? "pulse-rust" : "alsa",
      "media.navigator.streams.fake": true,
      "media.navigator.permission.disabled": true,
      "media.autoplay.default": 0,
      "dom.securecontext.allowlist": new URL(address).hostname,
      "dom.serviceWorkers.testing.enabled": true,
      ...preferences,
    },
  });
  browser.once("disconnected", () => playing?.end());
  return browser;
}
