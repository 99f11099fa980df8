// SPDX-License-Identifier: AGPL-3.0-only
/**
 * What is begun while the page's script is still being loaded, in a file of its own: it takes one or two ways to the
 * server and back, or longer.
 */

import { isEntering } from "./crypto/page-keys.ts";
import { beginAhead } from "./io/connection.ts";

if (isEntering) beginAhead();
