// SPDX-License-Identifier: AGPL-3.0-only
/** The start page: makes a room's address and goes there. */

import "./io/obtain.ts";
import { render } from "preact";
import { availableStorage } from "./io/storage.ts";
import { Settings } from "./settings/store.ts";
import { followLanguage } from "./state/language.ts";
import { followTheme } from "./state/theme.ts";
import { StartPage } from "./ui/StartPage.tsx";

const settings = new Settings(availableStorage());
settings.follow(globalThis);
settings.takeFromLink(new Map(new URLSearchParams(location.search)));
followLanguage(settings);
followTheme(settings);
render(<StartPage onJoin={(path) => location.assign(path)} />, document.body);
