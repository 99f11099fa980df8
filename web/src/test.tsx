// SPDX-License-Identifier: AGPL-3.0-only
/** The page that tests a connection. It enters no room. */

import "./io/obtain.ts";
import { render } from "preact";
import { availableStorage } from "./io/storage.ts";
import { Settings } from "./settings/store.ts";
import { ConnectionTest } from "./state/connection-test.ts";
import { keepFocus } from "./state/focus.ts";
import { followLanguage } from "./state/language.ts";
import { followTheme } from "./state/theme.ts";
import { TestPage } from "./ui/TestPage.tsx";

const settings = new Settings(availableStorage());
settings.follow(globalThis);
followLanguage(settings);
followTheme(settings);
keepFocus();
const test = new ConnectionTest(settings, new URL("signaling", location.href).href.replace(/^http/, "ws"));
render(<TestPage test={test} />, document.body);
