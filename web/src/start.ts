// SPDX-License-Identifier: AGPL-3.0-only
document.body.append("keks-meet");
