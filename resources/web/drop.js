// Photos in what was dropped: files, and folders with all that is in them.

const PHOTO = /\.(jpe?g|jfif|png|webp|gif|bmp|avif|hei[cf]|tiff?)$/i;

/** Return what was dropped as {source, name} each; in a folder, the name has the folders before it. */
export async function filesOf(transfer) {
  // All has to be asked for before the first wait: then the browser takes it back.
  const found = [...transfer.items].filter(({ kind }) => kind === "file").map((item) => {
    const entry = item.webkitGetAsEntry();
    if (!entry?.isDirectory) return [{ source: item.getAsFile(), name: item.getAsFile().name }];
    // On a page from a disk, Chromium opens folders by the newer of its two ways alone.
    return item.getAsFileSystemHandle ? item.getAsFileSystemHandle().then((handle) => inHandle(handle)) : inEntry(entry);
  });
  return (await Promise.all(found)).flat();
}

async function inHandle(handle, above = "") {
  const name = above + handle.name;
  if (handle.kind === "file") return PHOTO.test(name) ? [{ source: await handle.getFile(), name }] : [];
  const found = [];
  for await (const each of handle.values()) found.push(...(await inHandle(each, `${name}/`)));
  return found;
}

async function inEntry(entry) {
  if (entry.isFile) {
    if (!PHOTO.test(entry.name)) return []; // a folder holds other things too, and nobody chose them
    const source = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ source, name: entry.fullPath.replace(/^\//, "") }];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)); // a hundred at a time
    if (!some.length) break;
    for (const each of some) found.push(...(await inEntry(each)));
  }
  return found;
}
