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

  /** @param {{load?: (url: string) => Promise<Drawable>, most?: number}} [parts]
   *   most: bytes of all of them */
  constructor({load = loaded, most = MOST_BYTES} = {}) {
    this.load = load
    this.most = most
  }

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
      const drawable = await this.load(url)
      this.#kept.delete(url)
      this.#trim(this.most - 4 * drawable.w * drawable.h)
      this.#kept.set(url, drawable)
      this.bytes += 4 * drawable.w * drawable.h
    } catch {
      setTimeout(() => this.#kept.delete(url), AGAIN)
      return
    }
    this.loaded.emit(url)
  }

  /** Make room: one that has just come is not the one to go, however long ago it was asked for.
   * @param {number} most  bytes that may stay */
  #trim(most) {
    for (const [url, drawable] of this.#kept) {
      if (this.bytes <= most) return
      if (!drawable) continue
      this.#kept.delete(url)
      this.bytes -= 4 * drawable.w * drawable.h
      if ("close" in drawable.source) drawable.source.close()
    }
  }
}

/** @param {string} url @returns {Promise<Drawable>} */
async function loaded(url) {
  const image = new Image()
  image.src = url
  await image.decode()
  const natural = {w: image.naturalWidth || 1, h: image.naturalHeight || 1}
  const by = Math.min(1, LONGEST / Math.max(natural.w, natural.h))
  const w = Math.max(1, Math.round(natural.w * by))
  const h = Math.max(1, Math.round(natural.h * by))
  const source = await createImageBitmap(image, {
    resizeWidth: w, resizeHeight: h, resizeQuality: "high",
  })
  return {source, w, h, natural}
}
