// SPDX-License-Identifier: AGPL-3.0-only
/** What is drawn by chance: instances, secrets, and names for people and rooms. */

import { makeSecret } from "../core/secret.ts";

/** 16 random bytes in base64url (M1). */
export function freshInstance(): string {
  const binary = String.fromCharCode(...randomBytes(16));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

export const freshSecret = (name: string): string => makeSecret(name, randomBytes(32));

export const freshGuestName = (): string => `guest-${1000 + pick(9000)}`;

/** A name for people to tell rooms apart; the secret does not rest on it. */
export const freshRoomName = (): string => `${adjectives[pick(adjectives.length)]} ${nouns[pick(nouns.length)]}`;

const adjectives =
  "Amber Bold Brisk Calm Clever Cosy Crisp Deep Early Fair Fresh Gentle Golden Happy Honest Jolly Kind Lively Lucky Mellow Merry Mild Misty Nimble Noble Olive Patient Plain Proud Quick Quiet Rosy Royal Rustic Shy Silver Snowy Soft Sunny Swift Tender Tidy Velvet Vivid Warm Wild Windy Wise".split(
    " ",
  );
const nouns =
  "Acorn Badger Beacon Birch Biscuit Bridge Brook Candle Canyon Cedar Comet Cookie Coral Crane Dune Ember Falcon Fern Fjord Forest Garden Glacier Harbor Hazel Heron Island Lantern Lark Maple Meadow Moon Nutmeg Oak Orchard Otter Owl Pebble Pepper Pine Planet Raven River Robin Saffron Shore Sparrow Thistle Valley Walnut Willow".split(
    " ",
  );

function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}

function pick(below: number): number {
  // Names need no evenness to the last bit: 2^32 is far above any `below` here.
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % below;
}
