// @ts-check
/** Pictures by address, loaded once and kept small enough to be drawn quickly; what has not been
 * drawn for longest makes room. Knows no node. */
/** @import {Drawable} from "./brush.js" */

import {Signal} from "../document/signal.js"

const MOST_BYTES = 128 << 20
/** Milliseconds after which one that could not be had may be asked for again. */
const AGAIN = 5000
/** The longer side of what is kept. */
const LONGEST = 1024

export class Pictures {
  /** An address whose picture has come.
   * @type {Signal<string>} */
  loaded = new Signal()
  bytes = 0
  /** @type {Map<string, Drawable | null>} null: on its way, or it could not be had */
  #kept = new Map()

  /** The picture if it is here; else it is asked for.
   * @param {string} url @returns {Drawable | null} */
  get(url) {
    const had = this.#kept.get(url)
    if (had) {
      this.#kept.delete(url)
      this.#kept.set(url, had)
    }
    if (had === undefined) this.#load(url)
    return had ?? null
  }

  /** @param {string} url @returns {{w: number, h: number} | null} */
  sizeOf(url) {
    return this.get(url)?.natural ?? null
  }

  /** @param {string} url */
  async #load(url) {
    this.#kept.set(url, null)
    try {
      const image = new Image()
      image.src = url
      await image.decode()
      const drawable = await reduced(image)
      this.#kept.set(url, drawable)
      this.bytes += 4 * drawable.w * drawable.h
      this.#trim()
    } catch {
      setTimeout(() => this.#kept.delete(url), AGAIN)
      return
    }
    this.loaded.emit(url)
  }

  #trim() {
    for (const [url, drawable] of this.#kept) {
      if (this.bytes <= MOST_BYTES) return
      if (!drawable) continue
      this.#kept.delete(url)
      this.bytes -= 4 * drawable.w * drawable.h
      if (drawable.source instanceof ImageBitmap) drawable.source.close()
    }
  }
}

/** @param {HTMLImageElement} image @returns {Promise<Drawable>} */
async function reduced(image) {
  const natural = {w: image.naturalWidth || 1, h: image.naturalHeight || 1}
  const by = Math.min(1, LONGEST / Math.max(natural.w, natural.h))
  const w = Math.max(1, Math.round(natural.w * by))
  const h = Math.max(1, Math.round(natural.h * by))
  const source = await createImageBitmap(image, {
    resizeWidth: w, resizeHeight: h, resizeQuality: "high",
  })
  return {source, w, h, natural}
}
