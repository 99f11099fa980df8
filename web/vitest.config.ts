// SPDX-License-Identifier: AGPL-3.0-only
import { defineConfig } from "vitest/config";

// The properties take seconds on a machine that does other things, too.
export default defineConfig({ test: { include: ["tests/**/*.test.ts"], testTimeout: 60_000 } });
