// @ts-check
/** The line to the server: made again when it is lost. Knows messages, not what they mean. */

/** @import {Json, Wire} from "../types.js" */
/** @import {Frame} from "./frames.js" */

import {Signal} from "../document/signal.js"
import {readFrame} from "./frames.js"
import {parse, stringify} from "./json.js"

const AGAIN = [100, 300, 1000, 2000, 5000]  // milliseconds until the next try
const QUIET = 20_000  // milliseconds without a word until the server is asked whether it is there
const SILENT = 4_000  // the same, once something was said to it
const PATIENCE = 8_000  // milliseconds that it has for the answer
const FLAGS = {supports_preview_metadata: true, supports_worker_states: true}

/** What this page needs of a browser's socket.
 * @typedef {{readyState: number, binaryType: string, bufferedAmount: number,
 *   send: (text: string) => void,
 *   close: () => void, onopen: (() => void) | null, onclose: (() => void) | null,
 *   onmessage: ((event: {data: Json}) => void) | null}} Line */

/** @implements {Wire} */
export class Socket {
  /** @type {Signal<{type: string, data: Json}>} */
  messages = new Signal()
  /** @type {Signal<Frame>} */
  frames = new Signal()
  /** @type {Signal<boolean>} whether the line stands */
  lines = new Signal()
  online = false
  /** @type {Line | null} */
  #line = null
  #tries = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer
  #stopped = true
  #waiting = false  // for a word, since something was said
  #unsent = 0  // bytes, when the server was asked whether it is there
  #url
  #make

  /** @param {string} url  of `/ws`, with the client's id
   * @param {(url: string) => Line} [make] */
  constructor(url, make = dialled) {
    this.#url = url
    this.#make = make
  }

  /** Connect, and stay connected. */
  start() {
    this.#stopped = false
    this.#connect()
  }

  /** Give the line up. */
  stop() {
    this.#stopped = true
    this.#drop()
  }

  /** Try now: the network is back, or the page is looked at again. */
  hurry() {
    if (this.#stopped || this.online) return
    this.#tries = 0
    this.#drop()
    this.#connect()
  }

  /** Send a message; without a line it is lost (what must not be lost is kept by `Sync`).
   * @param {string} type @param {Json} data */
  say(type, data) {
    if (!this.online) return
    this.#line?.send(stringify({type, data}))
    if (this.#waiting) return
    this.#waiting = true
    this.#wait(SILENT, () => this.#ask())
  }

  #connect() {
    const line = this.#make(this.#url)
    this.#line = line
    line.binaryType = "arraybuffer"
    line.onopen = () => this.#opened()
    line.onclose = () => this.#lost()
    line.onmessage = event => this.#hear(event.data)
    this.#wait(PATIENCE, () => this.#lost())
  }

  #opened() {
    this.online = true
    this.#tries = 0
    this.say("feature_flags", FLAGS)
    this.#listen()
    this.lines.emit(true)
  }

  /** @param {Json} data */
  #hear(data) {
    this.#listen()
    if (typeof data === "string") {
      const message = parse(data)
      this.messages.emit({type: String(message.type), data: message.data ?? {}})
      return
    }
    const frame = readFrame(data)
    if (frame) this.frames.emit(frame)
  }

  /** A dead line says nothing: after a while without a word, ask what is always answered. */
  #listen() {
    this.#waiting = false
    this.#wait(QUIET, () => this.#ask())
  }

  #ask() {
    this.#waiting = true
    this.#unsent = this.#line?.bufferedAmount ?? 0
    this.say("feature_flags", FLAGS)
    this.#wait(PATIENCE, () => this.#stillSending() ? this.#ask() : this.#lost())
  }

  /** Something large may take longer than the answer to a small question.
   * @returns {boolean} */
  #stillSending() {
    return (this.#line?.bufferedAmount ?? 0) < this.#unsent
  }

  #lost() {
    const was = this.online
    this.#drop()
    const wait = AGAIN[Math.min(this.#tries++, AGAIN.length - 1)]
    if (!this.#stopped) this.#wait(wait, () => this.#connect())
    if (was) this.lines.emit(false)
  }

  #drop() {
    clearTimeout(this.#timer)
    this.online = false
    const line = this.#line
    this.#line = null
    if (!line) return
    line.onopen = line.onclose = line.onmessage = null
    line.close()
  }

  /** @param {number} milliseconds @param {() => void} act */
  #wait(milliseconds, act) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(act, milliseconds)
  }
}

/** @param {string} url @returns {Line} */
function dialled(url) {
  return /** @type {Line} */ (/** @type {unknown} */ (new WebSocket(url)))
}
