// @ts-check
/** What ends with a part of the page: listeners and timers. */

/** @import {App} from "../types.js" */

export class Stops {
  /** @type {(() => void)[]} */
  #all = []

  /** @param {...(() => void)} stops */
  add(...stops) {
    this.#all.push(...stops)
  }

  /** Something every so many milliseconds. @param {number} every @param {() => void} work */
  timer(every, work) {
    const timer = setInterval(work, every)
    this.add(() => clearInterval(timer))
  }

  /** A listener of the page. @template {Event} E @param {EventTarget} target @param {string} type
   * @param {(event: E) => void} listener @param {AddEventListenerOptions} [options] */
  listen(target, type, listener, options) {
    const heard = /** @type {EventListener} */ (/** @type {unknown} */ (listener))
    target.addEventListener(type, heard, options)
    this.add(() => target.removeEventListener(type, heard, options))
  }

  /** Work for now, and whenever another document is shown or the one that is shown changes.
   * @param {App} app @param {() => void} work */
  shown(app, work) {
    let unheard = () => {}
    const hear = () => {
      unheard()
      unheard = app.tabs.active.store.on(work)
      work()
    }
    this.add(app.tabs.on(hear), () => unheard())
    hear()
  }

  end() {
    for (const stop of this.#all.splice(0)) stop()
  }
}

/** Work that is asked for often and done once a frame, while its element is on the page.
 * @param {() => void} work @returns {() => void} */
export function oncePerFrame(work) {
  let waits = false
  return () => {
    if (waits) return
    waits = true
    requestAnimationFrame(() => {
      waits = false
      work()
    })
  }
}
