// A CSV file in the making: page by page onto the disk of the browser, so that a million rows need no memory.

/**
 * @typedef {object} CsvFile
 * @property {(text: string) => Promise<void>} write
 * @property {() => Promise<Blob>} finish the whole file
 * @property {() => Promise<void>} discard
 */

/** Files of ours in the private folder that a browser keeps for an origin. */
const FOLDER = "invoice-email-csv";

/** A new, empty file. @returns {Promise<CsvFile>} */
export async function newCsvFile() {
  try {
    return await fileOnDisk();
  } catch {
    // No such folder in this browser, or not in this frame or private window.
    return fileOfParts();
  }
}

/** @returns {Promise<CsvFile>} */
async function fileOnDisk() {
  const folder = await ourFolder();
  const name = `${crypto.randomUUID()}.csv`;
  const release = await locked(name);
  const remove = async () => {
    await folder.removeEntry(name).catch(() => {});
    release();
  };
  try {
    const handle = await folder.getFileHandle(name, { create: true });
    const stream = await handle.createWritable();
    return {
      write: (text) => stream.write(text),
      finish: async () => {
        // What is written becomes the file only now; a file that was not finished stays empty.
        await stream.close();
        return handle.getFile();
      },
      discard: async () => {
        await stream.abort().catch(() => {});
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Without a disk of our own: browsers move large blobs out of a page's memory. @returns {CsvFile} */
function fileOfParts() {
  /** @type {Blob[]} */
  const parts = [];
  return {
    write: async (text) => {
      parts.push(new Blob([text]));
    },
    finish: async () => new Blob(parts, { type: "text/csv;charset=utf-8" }),
    discard: async () => {
      parts.length = 0;
    },
  };
}

/** Removes what closed pages left. A file whose page is still open is locked. */
export async function removeLeftFiles() {
  try {
    const folder = await ourFolder();
    for await (const name of folder.keys()) {
      await navigator.locks.request(lockName(name), { ifAvailable: true }, async (lock) => {
        if (lock) await folder.removeEntry(name).catch(() => {});
      });
    }
  } catch {
    // Nothing was left where there is no such folder.
  }
}

async function ourFolder() {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(FOLDER, { create: true });
}

/** Chromium writes into a second file, `….csv.crswap`, which is under the lock of the first. @param {string} name */
function lockName(name) {
  return `${FOLDER}/${name.replace(/\.crswap$/, "")}`;
}

/** Holds a lock until it is released or the page is closed. @param {string} name @returns {Promise<() => void>} */
function locked(name) {
  return new Promise((resolve, reject) => {
    navigator.locks.request(lockName(name), () => new Promise((release) => resolve(() => release(undefined)))).catch(reject);
  });
}

/** Each page of the API is a file of its own and begins with the header line, which holds no quotes. @param {string} page */
export function withoutHeader(page) {
  return page.slice(page.indexOf("\n") + 1);
}

const QUOTE = '"'.charCodeAt(0);
const LINE_END = "\n".charCodeAt(0);

/** Records of a file: its line ends, but for those within quotes. @param {string} csv */
export function recordsIn(csv) {
  let records = 0;
  let isQuoted = false;
  for (let index = 0; index < csv.length; index += 1) {
    const character = csv.charCodeAt(index);
    if (character === QUOTE) isQuoted = !isQuoted;
    else if (character === LINE_END && !isQuoted) records += 1;
  }
  return records;
}
