// SPDX-License-Identifier: AGPL-3.0-only
/** Sinks of downloads: straight to disk by the best way that the browser has, memory being the last resort. */

import { safeFileName } from "../core/file-name.ts";
import { activeServiceWorker } from "../io/service-worker.ts";
import { isWebKit } from "../io/web-kit.ts";

/** A sink, which takes the bytes of one file. Each promise settles when the next bytes are welcome. */
export interface Sink {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Ends a whole file; settles when the file is stored, and fails when it is not. */
  close(): Promise<void>;
  /**
   * Ends a file that is not whole, and must not be taken for it. May be called again, and while `close` has not
   * settled.
   */
  abort(): Promise<void>;
  /** Called once, when the person ends the download in the browser, or the way to the disk breaks. */
  onFailed: ((why: "cancelled" | "broken") => void) | undefined;
}

/** The largest file that WebKit is trusted to keep in memory, in bytes: phones end pages that take much more. */
const memoryLimit = 268_435_456;

/**
 * The service worker comes first: the browser shows its downloads, and they fill no storage of the page. Not so in WebKit,
 * of which several versions have cut them short or lost them (its bugs 256698, 286060 and 298321): there it is left with
 * what is too large for memory, or may be.
 *
 * @param label what the peer calls the file @param onMemory told when there is nothing but memory
 */
export async function openSink(label: string, size: number | undefined, onMemory: () => void): Promise<Sink> {
  const name = safeFileName(label);
  if (isWebKit()) {
    const stored = await originPrivateSink(name);
    if (stored) return stored;
    if (size !== undefined && size <= memoryLimit) return memorySink(name);
  }
  const worker = await activeServiceWorker();
  const download = worker && (await ServiceWorkerSink.open(worker, name, size));
  if (download) return download;
  if ("showSaveFilePicker" in globalThis) return pickedSink(name);
  const stored = await originPrivateSink(name);
  if (stored) return stored;
  onMemory();
  return memorySink(name);
}

/** The pause between reminders to a worker that it is needed; Firefox stops one that is idle for 30 s. */
const keepAwakeInterval = 10_000;
/** The time that a worker may take to answer at all, in milliseconds. */
const answerPatience = 5_000;
/** The time after which a worker that neither takes nor answers is gone, in milliseconds. */
const patience = 60_000;

/** A sink through the service worker, as an ordinary download of the browser. */
class ServiceWorkerSink implements Sink {
  onFailed: Sink["onFailed"];
  readonly #port: MessagePort;
  readonly #frame: HTMLIFrameElement;
  readonly #keepAwake: ReturnType<typeof setInterval>;
  #wanted = 0;
  #wake: (() => void) | undefined;
  #isFailed = false;
  #isTaken = false;

  /** @returns nothing when the worker does not answer */
  static async open(
    worker: ServiceWorker,
    name: string,
    size: number | undefined,
  ): Promise<ServiceWorkerSink | undefined> {
    const { port1, port2 } = new MessageChannel();
    const id = crypto.randomUUID();
    worker.postMessage({ id, name, size }, [port2]);
    const isRegistered = await new Promise<boolean>((resolve) => {
      port1.addEventListener("message", () => resolve(true), { once: true });
      port1.start();
      setTimeout(() => resolve(false), answerPatience);
    });
    return isRegistered ? new ServiceWorkerSink(worker, port1, id) : undefined;
  }

  private constructor(worker: ServiceWorker, port: MessagePort, id: string) {
    this.#port = port;
    port.addEventListener("message", ({ data }) => this.#heard(data));
    this.#keepAwake = setInterval(() => worker.postMessage("stay"), keepAwakeInterval);
    // A frame asks for the address, since navigating this page would ask whether to leave it.
    this.#frame = document.createElement("iframe");
    this.#frame.hidden = true;
    this.#frame.src = `download/${id}`;
    document.body.append(this.#frame);
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#untilWanted();
    if (this.#isFailed) return;
    this.#wanted -= 1;
    const whole = bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
    this.#port.postMessage(whole, [whole]);
  }

  /** Ends the file; settles once the browser has taken the last byte. */
  async close(): Promise<void> {
    if (!this.#isFailed) this.#port.postMessage("end");
    while (!this.#isTaken && !this.#isFailed) await this.#wait();
    if (!this.#isTaken) throw new Error("the browser did not take the whole file");
    this.#finish();
  }

  async abort(): Promise<void> {
    if (this.#isFailed) return;
    this.#port.postMessage("abort");
    this.#finish();
  }

  #finish(): void {
    clearInterval(this.#keepAwake);
    this.#isFailed = true;
    this.#wake?.();
    // The browser may still be about to take the answer over from the frame.
    setTimeout(() => {
      this.#port.close();
      this.#frame.remove();
    }, patience);
  }

  async #untilWanted(): Promise<void> {
    while (this.#wanted === 0 && !this.#isFailed) await this.#wait();
  }

  #heard(word: unknown): void {
    if (word === "pull") this.#wanted += 1;
    if (word === "taken") this.#isTaken = true;
    if (word === "cancel") this.#fail("cancelled");
    this.#wake?.();
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#fail("broken"), patience);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #fail(why: "cancelled" | "broken"): void {
    if (this.#isFailed) return;
    // The browser must not wait for bytes that will not come.
    void this.abort();
    this.onFailed?.(why);
  }
}

interface FilePicker {
  showSaveFilePicker(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
}

/** Asks the person for a file. @throws a DOMException with the name AbortError when there is to be none */
export function pickFile(name: string): Promise<FileSystemFileHandle> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- looked for by the caller; not in the DOM types
  const picker = globalThis as unknown as FilePicker;
  return picker.showSaveFilePicker({ suggestedName: name });
}

/** A sink to a file that the person chooses. */
async function pickedSink(name: string): Promise<Sink> {
  const handle = await pickFile(name);
  const stream = await handle.createWritable();
  return {
    write: (bytes) => stream.write(bytes),
    close: () => stream.close(),
    abort: () => stream.abort(),
    onFailed: undefined,
  };
}

/**
 * A sink to the page's own part of the disk first; then the browser saves it. @returns undefined where there is none that
 * a page can write to: private windows have none, and Safari before 26 lets only workers write
 */
async function originPrivateSink(name: string): Promise<Sink | undefined> {
  if (!("createWritable" in FileSystemFileHandle.prototype)) return undefined;
  const directory = await navigator.storage?.getDirectory?.().catch(() => undefined);
  if (!directory) return undefined;
  const temporary = crypto.randomUUID();
  const handle = await directory.getFileHandle(temporary, { create: true });
  const stream = await handle.createWritable();
  return {
    write: (bytes) => stream.write(bytes),
    close: async () => {
      await stream.close();
      save(await handle.getFile(), name, () => void directory.removeEntry(temporary));
    },
    abort: async () => {
      await stream.abort().catch(() => undefined);
      await directory.removeEntry(temporary);
    },
    onFailed: undefined,
  };
}

function memorySink(name: string): Sink {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  return {
    write: async (bytes) => void parts.push(bytes),
    close: async () => save(new Blob(parts), name, () => undefined),
    abort: async () => void parts.splice(0),
    onFailed: undefined,
  };
}

function save(blob: Blob, name: string, after: () => void): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
    after();
  }, patience);
}
