// SPDX-License-Identifier: AGPL-3.0-only
/** The start page: makes a room's address and goes there. */

import { render } from "preact";
import { StartPage } from "./ui/StartPage.tsx";

render(<StartPage onJoin={(path) => location.assign(path)} />, document.body);
