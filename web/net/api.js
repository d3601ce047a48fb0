// @ts-check
/** The server over HTTP. Throws `HttpError`, whose message is a sentence for people. */

/** @import {Api, Json, Picture} from "../types.js" */

import {parse, stringify} from "./json.js"

/** The server refused, or does not answer (status 0). answer: what it said, if that was JSON. */
export class HttpError extends Error {
  /** @param {string} message @param {number} status @param {Json} [answer] */
  constructor(message, status, answer = null) {
    super(message)
    this.status = status
    this.answer = answer
  }
}

/** @implements {Api} */
export class HttpApi {
  #base
  #say

  /** base: where the server is, "" for where the page came from; say: a sentence by its key.
   * @param {{base?: string,
   *   say?: (key: string, values?: Object<string, string | number>) => string}} [parts] */
  constructor({base = "", say = key => key} = {}) {
    this.#base = base
    this.#say = say
  }

  /** @param {string} path @returns {Promise<Json>} */
  get(path) {
    return this.#ask("GET", path)
  }

  /** @param {string} path @param {Json} body  JSON, or a Blob or a form as it is
   * @returns {Promise<Json>} */
  post(path, body) {
    const plain = body instanceof Blob || body instanceof FormData
    return this.#ask("POST", path, plain ? body : stringify(body ?? {}))
  }

  /** @param {string} path @returns {Promise<Json>} */
  remove(path) {
    return this.#ask("DELETE", path)
  }

  /** Put a picture among the inputs.
   * @param {Blob} file @param {string} name
   * @param {{subfolder?: string, overwrite?: boolean}} [options] @returns {Promise<Picture>} */
  async upload(file, name, {subfolder = "", overwrite = false} = {}) {
    const form = new FormData()
    form.append("image", file, name)
    form.append("type", "input")
    if (subfolder) form.append("subfolder", subfolder)
    if (overwrite) form.append("overwrite", "true")
    const said = await this.#ask("POST", "/upload/image", form)
    return {filename: said.name, subfolder: said.subfolder ?? "", type: said.type ?? "input"}
  }

  /** @param {Blob | string} file @param {"easel" | "api" | "ui"} to @returns {Promise<Json>} */
  convert(file, to) {
    const name = file instanceof File ? `&name=${encodeURIComponent(file.name)}` : ""
    return this.#ask("POST", `/convert?to=${to}${name}`, file)
  }

  /** @param {Picture} picture @param {{preview?: boolean, size?: number}} [options]
   * @returns {string} */
  view({filename, subfolder, type}, {preview = false, size} = {}) {
    const query = new URLSearchParams({filename, subfolder, type})
    if (preview || size) query.set("preview", "webp")
    if (size) query.set("size", String(size))
    return `${this.#base}/view?${query}`
  }

  /** @param {string} method @param {string} path @param {string | Blob | FormData} [body]
   * @returns {Promise<Json>} */
  async #ask(method, path, body) {
    const headers = new Headers()
    if (typeof body === "string") headers.set("Content-Type", "application/json")
    let answer, text
    try {
      answer = await fetch(this.#base + path, {method, body: body ?? null, headers})
      text = await answer.text()
    } catch {
      throw new HttpError(this.#say("net.unreachable"), 0)
    }
    const said = read(text)
    if (answer.ok) return said
    const sentence = sentenceOf(said) || this.#say("net.status", {status: answer.status})
    throw new HttpError(sentence, answer.status, said)
  }
}

/** @param {string} text @returns {Json} the JSON, or the text if it is none */
function read(text) {
  try {
    return text ? parse(text) : null
  } catch {
    return text
  }
}

/** What an answer says is wrong.
 * @param {Json} said @returns {string} */
function sentenceOf(said) {
  const error = said?.error
  if (typeof error === "string") return error
  return [error?.message, error?.details].filter(Boolean).join(" ")
}
