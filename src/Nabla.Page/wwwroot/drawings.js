// One's own drawings, kept in this browser (IndexedDB) and nowhere else.

export class Drawings {
  /** Called when one was added or taken away. */
  onchange = () => {};

  #all = [];

  /** All of them, oldest first: [{ id, label, pixels }], pixels 28×28 levels. */
  get all() {
    return this.#all;
  }

  /** Reads what was kept. Where a browser keeps nothing, as in some private windows, drawings last as long as the page. */
  async load() {
    this.#all = await request('readonly', store => store.getAll()) ?? [];
    this.onchange();
  }

  async add(label, pixels) {
    const drawing = { id: crypto.getRandomValues(new Uint32Array(2)).join('-'), at: Date.now(), label, pixels };
    this.#all = [...this.#all, drawing];
    this.onchange();
    await request('readwrite', store => store.put(drawing));
  }

  async remove(id) {
    this.#all = this.#all.filter(drawing => drawing.id !== id);
    this.onchange();
    await request('readwrite', store => store.delete(id));
  }

  async clear() {
    this.#all = [];
    this.onchange();
    await request('readwrite', store => store.clear());
  }

  /** The pixels of all, one after the other. */
  pixels() {
    return Uint8Array.from(this.#all.flatMap(({ pixels }) => [...pixels]));
  }

  /** As MNIST's files have them: the images and the labels, each a Uint8Array. */
  idxPair() {
    const count = this.#all.length;
    return {
      images: idx([count, 28, 28], this.pixels()),
      labels: idx([count], Uint8Array.from(this.#all, ({ label }) => label)),
    };
  }
}

/** An IDX file of bytes: two zeros, the type, how many extents there are, the extents, the numbers. */
function idx(extents, values) {
  const file = new Uint8Array(4 + 4 * extents.length + values.length), view = new DataView(file.buffer);
  file.set([0, 0, 0x08, extents.length]);
  extents.forEach((extent, i) => view.setUint32(4 + 4 * i, extent));
  file.set(values, 4 + 4 * extents.length);
  return file;
}

/** What a request to the store answers; null where there is no store. */
function request(mode, ask) {
  return new Promise(resolve => {
    const opening = indexedDB.open('nabla', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('drawings', { keyPath: 'id' }).createIndex('at', 'at');
    opening.onerror = () => resolve(null);
    opening.onsuccess = () => {
      const database = opening.result, transaction = database.transaction('drawings', mode), asked = ask(mode === 'readonly' ? transaction.objectStore('drawings').index('at') : transaction.objectStore('drawings'));
      transaction.oncomplete = () => { database.close(); resolve(asked.result); };
      transaction.onerror = transaction.onabort = () => { database.close(); resolve(null); };
    };
  });
}
