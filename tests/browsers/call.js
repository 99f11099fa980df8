// SPDX-License-Identifier: AGPL-3.0-only
// A person in Firefox who stays in a call: `call.js ADDRESS OTHER`. Meets OTHER in the room at ADDRESS, shares camera and
// microphone, says "sharing", and watches OTHER's camera. Says "talking" when all comes. Then each line that it reads is a
// script of the page, whose value it says as JSON. Stays until its standard input ends.

import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { launch } from "./launch.js";

const [address, other] = process.argv.slice(2);
const patience = 60_000;

const browser = await launch(address);
const page = await browser.newPage();
page.setDefaultTimeout(patience);
await page.evaluateOnNewDocument(await readFile(new URL("../e2e/harness/probe.js", import.meta.url), "utf8"));

const say = (what) => process.stdout.write(`${what}\n`);
const button = (name, where) => page.locator(`${where} ::-p-aria([name="${name}"][role="button"])`);

await page.goto(address);
await button("Camera", ".controls").click();
await button("Microphone", ".controls").click();
say("sharing");
await button('Enable \\"Camera\\"', `article[aria-label="${other}"]`).click();
for (const [kind, figure, least] of [
  ["video", "framesDecoded", 5],
  ["audio", "packetsReceived", 50],
]) {
  if (await page.evaluate((...a) => probe.growing(...a), "inbound-rtp", kind, figure, least, 1, patience)) continue;
  throw new Error(`no ${kind}`);
}
say("talking");

for await (const line of createInterface({ input: process.stdin })) say(JSON.stringify(await page.evaluate(line)));
await browser.close();
