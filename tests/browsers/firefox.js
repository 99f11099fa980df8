// SPDX-License-Identifier: AGPL-3.0-only
// A person in Firefox: `firefox.js ADDRESS FOLDER FILE OTHER WORDS`. Meets OTHER in the room at ADDRESS, shares camera and
// microphone, says WORDS, offers FILE, downloads what OTHER offers into FOLDER, and records the call into it. Prints a line
// for each thing that it saw, and stays until its standard input ends.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { launch } from "./launch.js";

const [address, folder, file, other, words] = process.argv.slice(2);
const patience = 60_000;

const browser = await launch(address, {
  preferences: {
    "browser.download.folderList": 2,
    "browser.download.dir": folder,
    "browser.download.useDownloadDir": true,
    "browser.download.always_ask_before_handling_new_types": false,
  },
});
const page = await browser.newPage();
page.setDefaultTimeout(patience);
page.on("pageerror", (error) => saw(`an error: ${error.message}`));
await page.evaluateOnNewDocument(await readFile(new URL("../e2e/harness/probe.js", import.meta.url), "utf8"));

const saw = (what) => process.stdout.write(`${what}\n`);
const button = (name, where = "") => page.locator(`${where} ::-p-aria([name="${name}"][role="button"])`);
const tile = `article[aria-label="${other}"]`;

/** Sees a stream of a kind bring something new, by a figure of its statistics. */
async function seeFlowing(kind, field, least) {
  const grows = await page.evaluate((...a) => probe.growing(...a), "inbound-rtp", kind, field, least, 1, patience);
  saw(grows ? `${kind} flowing` : `no ${kind}`);
}

await page.goto(address);
await button("Camera", ".controls").click();
await button("Microphone", ".controls").click();
await button('Enable \\"Camera\\"', tile).click();
await seeFlowing("video", "framesDecoded", 5);
await page.waitForFunction(() => {
  const videos = [...document.querySelectorAll("video")];
  return videos.length === 2 && videos.every(({ videoWidth, currentTime }) => videoWidth > 0 && currentTime > 0.5);
});
saw("two videos playing");
await seeFlowing("audio", "totalAudioEnergy", 0.005);

await button("Chat", ".controls").click();
await page.locator(".composer textarea").fill(words);
await button("Send").click();
const heard = await page.waitForSelector(".messages li:not(.own, .line) p");
saw(`chat: ${await heard.evaluate((paragraph) => paragraph.textContent)}`);
await button("Close").click();

const input = await page.$(".controls input[type=file]");
await input.uploadFile(file);
await page.waitForSelector(`::-p-text(${basename(file)})`);
await button("Download", tile).click();
await page.waitForFunction(() => probe.announcements.some((text) => text.includes("Download complete")));
saw("downloaded");

await button("Record", ".controls").click();
await button("Start recording").click();
await page.waitForFunction(() => /Recorded: (?:[3-9]|\d\d)/.test(document.body.innerText));
await button("Stop recording").click();
await page.waitForFunction(() => probe.announcements.some((text) => text.includes("The recording is saved")));
saw("recorded");

process.stdin.resume();
await once(process.stdin, "end");
await browser.close();
