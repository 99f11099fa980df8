// SPDX-License-Identifier: AGPL-3.0-only
/** Writes the table of all settings into docs/settings.md: `node settings-table.ts`, in the folder of the client. */

import { readFileSync, writeFileSync } from "node:fs";
import { settingsTable } from "./src/settings/table.ts";

const docs = new URL("../docs/settings.md", import.meta.url);
const before = readFileSync(docs, "utf8");
writeFileSync(docs, before.replace(/^\| name \| type \|(?:.*\n)+?(?=\n)/m, settingsTable().replaceAll("$", "$$$$")));
