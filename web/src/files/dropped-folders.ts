// SPDX-License-Identifier: AGPL-3.0-only
/** The files of folders that were dropped onto the page. Loaded when one is. */

/**
 * @param unreadable told of each file or folder that cannot be read, and is left out
 * @returns all files, those of folders included, under their paths
 */
export async function filesIn(entries: readonly FileSystemEntry[], unreadable: () => void): Promise<File[]> {
  const found: File[] = [];
  const waiting = [...entries];
  for (let entry = waiting.shift(); entry; entry = waiting.shift()) {
    if (isFolder(entry)) waiting.unshift(...(await entriesOf(entry, unreadable)));
    else if (isFile(entry)) found.push(...(await fileOf(entry, unreadable)));
  }
  return found;
}

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

/** The entries of a folder. Browsers tell at most a hundred at a time, and none when there are no more. */
async function entriesOf(folder: FileSystemDirectoryEntry, unreadable: () => void): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve) => {
      reader.readEntries(resolve, () => {
        unreadable();
        resolve([]);
      });
    });
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/** The file of an entry, with its path as its name, so that files of the same name can be told apart. */
async function fileOf(entry: FileSystemFileEntry, unreadable: () => void): Promise<File[]> {
  const [file] = await new Promise<File[]>((resolve) =>
    entry.file(
      (read) => resolve([read]),
      () => {
        unreadable();
        resolve([]);
      },
    ),
  );
  if (!file) return [];
  const { type, lastModified } = file;
  return [new File([file], entry.fullPath.replace(/^\//, ""), { type, lastModified })];
}
