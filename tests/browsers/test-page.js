// SPDX-License-Identifier: AGPL-3.0-only
// The test of a connection in Firefox: `test-page.js ADDRESS SPEAKER`. Runs the test at ADDRESS to its end, with a SPEAKER
// of `launch.js`, says that the tone is heard if there is one, switches the camera off, and prints a line for each step: its
// heading with its outcome in a word, and the sentence.

import { launch } from "./launch.js";

const [address, speaker] = process.argv.slice(2);
const patience = 60_000;

const browser = await launch(address, { speaker });
const page = await browser.newPage();
page.setDefaultTimeout(patience);
page.on("pageerror", (error) => saw(`an error: ${error.message}`));

const saw = (what) => process.stdout.write(`${what}\n`);
const button = (name) => page.locator(`::-p-aria([name="${name}"][role="button"])`);

await page.goto(address);
await button("Start the test").click();
await page.waitForFunction(() => document.querySelector("video")?.videoWidth > 0);
await page.waitForFunction(() => document.querySelectorAll(".step")[2].matches(".asking, .bad"));
if (await page.$(".asking")) await button("I hear it").click();
await page.waitForFunction(() =>
  [...document.querySelectorAll(".step")].every((step) => step.matches(".good, .unsure, .bad")),
);
await page.evaluate(() => {
  globalThis.track = document.querySelector("video").srcObject.getTracks()[0];
});
await button("Switch off").click();
await page.waitForFunction(() => globalThis.track.readyState === "ended" && !document.querySelector("video"));
const steps = await page.evaluate(() =>
  [...document.querySelectorAll(".step")].map((step) =>
    [...step.querySelectorAll("h2, h2 + p")].map((element) => element.textContent.trim()).join(": "),
  ),
);
steps.forEach(saw);
await browser.close();
