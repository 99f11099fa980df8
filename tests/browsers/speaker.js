// SPDX-License-Identifier: AGPL-3.0-only
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a server that nobody ends waits for somebody to play something, in seconds. */
const patience = 120;

/**
 * Starts a sound server whose one speaker nobody hears. It plays at the pace of a real one: a speaker that takes all at once
 * has Firefox calculate sound hundreds of times too fast, and fills gigabytes.
 * @returns where programs find it, and how to end it; it ends with this process in any case
 */
export async function startSpeaker() {
  const folder = mkdtempSync(join(tmpdir(), "speaker-"));
  const socket = join(folder, "native");
  const server = spawn(
    "pulseaudio",
    [
      ...["-n", "--daemonize=no", "--use-pid-file=no", "--log-level=info", `--exit-idle-time=${patience}`],
      "--load=module-null-sink",
      `--load=module-native-protocol-unix socket=${socket} auth-anonymous=1`,
    ],
    { env: { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder }, stdio: ["ignore", "ignore", "pipe"] },
  );
  const end = () => {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", end);
  await isReady(server);
  return { address: `unix:${socket}`, end };
}

/** Waits until a server has started; goes on reading what it says, which nobody needs. */
function isReady(server) {
  return new Promise((resolve, reject) => {
    let said = "";
    server.stderr.setEncoding("utf8").on("data", (words) => {
      said = (said + words).slice(-10_000);
      if (said.includes("Daemon startup complete")) resolve();
    });
    server.once("error", reject);
    server.once("exit", () => reject(new Error(`The sound server did not start: ${said}`)));
  });
}
