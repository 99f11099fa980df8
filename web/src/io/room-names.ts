// SPDX-License-Identifier: AGPL-3.0-only
/** Names for rooms, drawn by chance. */

import { pick } from "./randomness.ts";

/** A name for people to tell rooms apart; the secret does not rest on it. */
export const freshRoomName = (): string => `${adjectives[pick(adjectives.length)]} ${nouns[pick(nouns.length)]}`;

/** Whether a text is a drawn name: of a secret that begins with one, the rest is missing. */
export function isSuggested(text: string): boolean {
  const [adjective = "", noun = "", ...more] = text.split(" ");
  return adjectives.includes(adjective) && nouns.includes(noun) && more.length === 0;
}

const adjectives =
  "Amber Bold Brisk Calm Clever Cosy Crisp Deep Early Fair Fresh Gentle Golden Happy Honest Jolly Kind Lively Lucky Mellow Merry Mild Misty Nimble Noble Olive Patient Plain Proud Quick Quiet Rosy Royal Rustic Shy Silver Snowy Soft Sunny Swift Tender Tidy Velvet Vivid Warm Wild Windy Wise".split(
    " ",
  );
const nouns =
  "Acorn Badger Beacon Birch Biscuit Bridge Brook Candle Canyon Cedar Comet Cookie Coral Crane Dune Ember Falcon Fern Fjord Forest Garden Glacier Harbor Hazel Heron Island Lantern Lark Maple Meadow Moon Nutmeg Oak Orchard Otter Owl Pebble Pepper Pine Planet Raven River Robin Saffron Shore Sparrow Thistle Valley Walnut Willow".split(
    " ",
  );
