// SPDX-License-Identifier: AGPL-3.0-only
/** The words of the language in use. */

import { en, type Strings } from "./en.ts";

export const strings: Strings = en;
