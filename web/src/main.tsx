// SPDX-License-Identifier: AGPL-3.0-only
/** The room page: enters the room that the address names, and another one when the address changes. */

import "./io/obtain.ts";
import { render } from "preact";
import { type RoomAddress, readFragment } from "./core/secret.ts";
import { freshGuestName } from "./io/randomness.ts";
import { availableStorage } from "./io/storage.ts";
import { isSettingKey } from "./settings/declaration.ts";
import { Settings } from "./settings/store.ts";
import { keepFocus } from "./state/focus.ts";
import { leaveSafely } from "./state/intents.ts";
import { listenToPage } from "./state/keyboard.ts";
import { followLanguage } from "./state/language.ts";
import { followTheme } from "./state/theme.ts";
import { startVisit, type Visit } from "./state/visit.ts";
import { later } from "./ui/later.tsx";
import type { Reason } from "./ui/Obstacle.tsx";
import { RoomPage } from "./ui/RoomPage.tsx";

declare global {
  interface Window {
    /** Changes a setting from the console. */
    change_pref: (key: string, value: unknown) => void;
  }
}

const Obstacle = later(async () => (await import("./ui/Obstacle.tsx")).Obstacle);
const guestName = freshGuestName();
const settings = new Settings(availableStorage());
settings.follow(globalThis);
let visit: Visit | undefined;
let visits = 0;
/** The part of the address that was entered last. */
let entered: string | undefined;
/** The part of an address that the person wants to enter though it looks cut. */
let accepted: string | undefined;

function enter(): void {
  visit?.leave();
  visit = undefined;
  const address = readAddress();
  if (typeof address === "string") {
    render(<Obstacle reason={address} onEnter={enterAllTheSame} />, document.body);
    return;
  }
  const isAgain = location.hash === entered;
  entered = location.hash;
  visit = startVisit({ ...address, isAgain }, settings, guestName, enter);
  document.title = visit.state.name ? `${visit.state.name} – keks-meet` : "keks-meet";
  // A key of its own for each visit: nothing of one room's page stays in the next.
  render(<RoomPage key={++visits} state={visit.state} intents={visit.intents} settings={settings} />, document.body);
}

/** Goes where the address leads now; the room stays, and its address, until a person agrees to cut a download short. */
function move(): void {
  if (!visit) return enter();
  const { hash } = location;
  const go = (): void => {
    if (location.hash !== hash) history.pushState(null, "", hash);
    enter();
  };
  if (!leaveSafely(visit.state, settings, go)) history.replaceState(null, "", entered);
}

/** Enters a room whose link looks cut: somebody may have named it so. */
function enterAllTheSame(): void {
  accepted = location.hash;
  enter();
}

/** @returns the room, or why there is none */
function readAddress(): RoomAddress | Reason {
  if (!isSecureContext) return "insecure";
  try {
    const address = readFragment(location.hash.slice(1));
    if (address.isCut && location.hash !== accepted) return "cutLink";
    return address.secret ? address : "noAddress";
  } catch {
    return "badAddress";
  }
}

window.change_pref = (key, value) => {
  if (!isSettingKey(key)) throw new TypeError(`there is no setting ${key}`);
  settings.set(key, value);
};
listenToPage(() => visit, settings);
keepFocus();
// Code that is wanted sooner or later is there when the server is not.
addEventListener("click", () => void import("./early.ts").catch(() => undefined), { once: true });
addEventListener("hashchange", move);
// A page that is closed leaves, so that nobody waits for it.
addEventListener("pagehide", () => visit?.leave());
// A page that comes back out of the browser's cache enters again.
addEventListener("pageshow", ({ persisted }) => persisted && enter());
enter();
// The language is followed after the link has had its say, so that no other one is loaded.
followLanguage(settings);
followTheme(settings);
