// SPDX-License-Identifier: AGPL-3.0-only
/** A sink for what is made as it is written, and of which what was written is worth keeping. */

import { openSink, pickFile, type Sink } from "./sinks.ts";

/** The bytes after which a file is closed for the first time. */
const firstCheckpoint = 65_536;

/** @throws a DOMException with the name AbortError when the person wants no file; an error where only memory is left */
export async function openLiveSink(name: string): Promise<Sink> {
  if ("showSaveFilePicker" in globalThis) return checkpointedSink(await pickFile(name));
  let isInMemory = false;
  const sink = await openSink(name, undefined, () => (isInMemory = true));
  if (isInMemory) throw new Error("there is no way to the disk");
  return keptSink(sink);
}

/** A sink whose end, for whatever reason, leaves what was written. */
function keptSink(sink: Sink): Sink {
  const kept: Sink = {
    write: (bytes) => sink.write(bytes),
    close: () => sink.close(),
    abort: () => sink.close().catch(() => sink.abort()),
    onFailed: undefined,
  };
  sink.onFailed = (why) => kept.onFailed?.(why);
  return kept;
}

/**
 * A sink that closes its file whenever that has doubled, and opens it again. Browsers write to a copy until a file is
 * closed, and drop the copy when the disk is full.
 */
async function checkpointedSink(handle: FileSystemFileHandle): Promise<Sink> {
  let stream = await handle.createWritable();
  let [written, kept] = [0, 0];
  const keep = async (): Promise<void> => {
    await stream.close();
    kept = written;
    stream = await handle.createWritable({ keepExistingData: true });
    await stream.seek(written);
  };
  return {
    write: async (bytes) => {
      await stream.write(bytes);
      written += bytes.length;
      if (written >= Math.max(firstCheckpoint, kept * 2)) await keep();
    },
    close: () => stream.close(),
    // A copy that can still be closed is worth more than none.
    abort: () => stream.close().catch(() => undefined),
    onFailed: undefined,
  };
}
