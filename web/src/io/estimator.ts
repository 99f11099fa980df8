// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The estimator, which finds words and patterns in a secret. Loaded with its dictionaries when a secret has to be
 * judged.
 */

import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";
import type { Part } from "../core/strength.ts";

const zxcvbn = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });

export const parts = (text: string): readonly Part[] =>
  zxcvbn.check(text).sequence.map(({ pattern, token, guesses = 1 }) => ({ pattern, token, guesses }));
