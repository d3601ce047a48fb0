// @ts-check
/** Addresses of preview pictures: made, and let go of once nothing can show them any more. */

export class Previews {
  #url
  #free
  /** @type {Map<string, string>} the preview before the one that is shown, by its successor */
  #older = new Map()

  /** @param {{url: (blob: Blob) => string, free: (url: string) => void}} lent */
  constructor({url, free}) {
    this.#url = url
    this.#free = free
  }

  /** The address of a picture that replaces another. The one before the last is let go of: the last
   * may still be on its way to the canvas.
   * @param {string} before  "" for none @param {Blob} blob @returns {string} */
  replace(before, blob) {
    const preview = this.#url(blob)
    if (!before) return preview
    const oldest = this.#older.get(before)
    if (oldest) this.#free(oldest)
    this.#older.delete(before)
    this.#older.set(preview, before)
    return preview
  }

  /** Nothing shows it any more, nor what it replaced. @param {string} preview  "" for none */
  release(preview) {
    for (let url = preview; url; url = this.#older.get(url) ?? "") this.#free(url)
    this.#older.delete(preview)
  }
}
