// @ts-check
/** The queue: what runs, what waits, what has ended. */

/** @import {App, Job} from "../types.js" */

import {icon} from "../icons/icons.js"
import {fill, h, thumb} from "./dom.js"
import {duration} from "./amounts.js"
import {iconButton, wordButton} from "./buttons.js"
import {trying} from "./documents.js"
import {keepingFocus} from "./focus.js"
import {menuUnder} from "./menu.js"
import {between} from "./reorder.js"
import {Stops, oncePerFrame} from "./stops.js"
import {later} from "../tools/later.js"

const PICTURES = later(() => import("./pictures.js"))
const REPORT = later(() => import("./report.js"))
const MOST = 40      // ended jobs in the list
const WAITING = 60   // waiting jobs that are shown

export class Queue {
  #stops = new Stops()
  /** @type {string | null} the job that is dragged */
  #held = null

  /** @param {App} app @param {HTMLElement} host */
  constructor(app, host) {
    const {t} = app
    this.app = app
    this.host = host
    this.open = false
    this.running = h("ul", {class: "rows", "aria-label": t("queue.running")})
    this.waiting = h("ul", {class: "rows", "aria-label": t("queue.waiting")})
    this.ended = h("div", null)
    this.tools = h("span", {class: "section-tools"})
    /** @type {(title: string, tools: HTMLElement | null, body: HTMLElement) => HTMLElement} */
    const part = (title, tools, body) => h("section", null,
      h("h3", {class: "section-head"}, h("span", null, title), tools), body)
    this.parts = {
      running: part(t("queue.running"), null, this.running),
      waiting: part(t("queue.waiting"), this.tools, this.waiting),
      ended: part(t("queue.done"), null, this.ended),
    }
    this.none = h("p", {class: "none"}, t("queue.none"))
    this.element = h("div", {class: "queue"}, this.none, this.parts.running, this.parts.waiting,
      this.parts.ended)
    const draw = oncePerFrame(() => this.open && this.draw())
    this.#stops.add(app.run.on(what => {
      if (what.queue) draw()
      else if (what.nodes.size && this.open) this.#tick()
    }), app.tabs.on(draw))
  }

  opened() {
    this.open = true
    this.draw()
  }

  closed() {
    this.open = false
  }

  draw() {
    const {running, waiting, ended} = this.app.run
    if (this.#held) return
    this.none.hidden = running.length + waiting.length + ended.length > 0
    this.parts.running.hidden = running.length === 0
    this.parts.waiting.hidden = waiting.length === 0 && !this.app.run.paused
    this.parts.ended.hidden = ended.length === 0
    const headed = this.parts.waiting.hidden ? this.parts.running : this.parts.waiting
    headed.querySelector(".section-head")?.append(this.tools)
    keepingFocus(this.element, () => {
      fill(this.running, running.map(job => this.#running(job)))
      fill(this.waiting, waiting.slice(0, WAITING).map((job, at) => this.#waiting(job, at)))
      if (waiting.length > WAITING) {
        this.waiting.append(h("li", {class: "none"},
          this.app.t("queue.more", {n: waiting.length - WAITING})))
      }
      fill(this.tools, this.#tools())
      fill(this.ended, this.#ended(ended.slice(0, MOST)))
    })
  }

  /** Only bars and seconds have moved. */
  #tick() {
    for (const job of this.app.run.running) {
      const row = this.running.querySelector(`[data-job="${CSS.escape(job.id)}"]`)
      if (!row) continue
      const bar = row.querySelector(".bar-done")
      if (bar instanceof HTMLElement) bar.style.width = percent(job.done)
      say(row, ".row-text", job.step || this.app.t("queue.begins"))
      say(row, ".row-end", this.#left(job))
      const preview = this.#preview(job)
      const image = row.querySelector("img")
      if (preview && image && image.src !== preview) image.src = preview
      else if (preview && !image) row.querySelector(".thumb")?.replaceWith(thumb(preview))
    }
  }

  /** @param {Job} job @returns {string} */
  #preview(job) {
    const seen = this.app.run.node(job.doc, job.at)?.preview
    const last = job.pictures.at(-1)
    return seen || (last ? this.app.api.view(last, {preview: true, size: 128}) : "")
  }

  /** @param {Job} job @returns {string} */
  #left(job) {
    return job.left === null ? "" : duration(job.left, this.app.t)
  }

  /** @param {Job} job @returns {HTMLElement} */
  #running(job) {
    const {t} = this.app
    return h("li", {class: "row job", "data-job": job.id}, thumb(this.#preview(job)),
      h("div", {class: "row-main"},
        h("span", {class: "row-title cut"}, job.name),
        h("span", {class: "row-text cut"}, job.step || t("queue.begins")),
        h("div", {class: "bar-track", role: "progressbar", "aria-label": job.name,
          "aria-valuenow": String(Math.round(job.done * 100)), "aria-valuemin": "0",
          "aria-valuemax": "100"},
        h("div", {class: "bar-done", style: {width: percent(job.done)}}))),
      h("span", {class: "row-end"}, this.#left(job)),
      this.#button("stop", t("queue.stop"), "stop", job.id, () =>
        this.#post("/interrupt", {prompt_id: job.id})))
  }

  /** @param {Job} job @param {number} at @returns {HTMLElement} */
  #waiting(job, at) {
    const {t, run} = this.app
    const when = at ? t("queue.place", {n: at + 1}) : t("queue.next")
    const left = job.left === null ? "" : t("queue.about", {time: duration(job.left, t)})
    const last = run.waiting.length - 1
    return h("li", {class: "row job waiting", "data-job": job.id, draggable: "true",
      ondragstart: (/** @type {DragEvent} */ event) => this.#hold(event, job.id),
      ondragend: () => this.#drop(),
      ondragover: (/** @type {DragEvent} */ event) => this.#over(event, job.id),
      ondrop: (/** @type {DragEvent} */ event) => this.#put(event, job.id)},
    h("button", {class: "grip", type: "button", "data-focus": `grip ${job.id}`,
      "aria-label": t("queue.move", {name: job.name, n: at + 1}),
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        const step = {ArrowUp: -1, ArrowDown: 1}[event.key]
        if (!step) return
        event.preventDefault()
        if (at + step >= 0 && at + step <= last) this.#move(job.id, at + step)
      }}, icon("grip", 15)),
    h("div", {class: "row-main"},
      h("span", {class: "row-title cut", title: job.name}, job.name),
      h("span", {class: "row-text cut"}, [when, left].filter(Boolean).join(t("comma")))),
    this.#button("close", t("queue.cancel"), "cancel", job.id, () =>
      this.#post("/queue", {delete: [job.id]})))
  }

  /** @returns {HTMLElement[]} */
  #tools() {
    const {t, run} = this.app
    const pause = run.paused ? t("queue.resume") : t("queue.pause")
    return [
      iconButton(run.paused ? "play" : "pause", pause,
        () => this.#post("/queue", {paused: !run.paused}),
        {"aria-pressed": run.paused, "data-focus": "pause"}),
      iconButton("trash", t("queue.clear"), () => this.#post("/queue", {clear: true}),
        {disabled: run.waiting.length === 0, "data-focus": "clear"}),
    ]
  }

  /** Done jobs as a grid of their pictures; what failed or was cancelled as a row.
   * @param {Job[]} jobs @returns {HTMLElement[]} */
  #ended(jobs) {
    /** @type {HTMLElement[]} */
    const parts = []
    /** @type {HTMLElement | null} */
    let grid = null
    for (const job of jobs) {
      if (job.state === "done" && job.pictures.length) {
        if (!grid) parts.push(grid = h("ul", {class: "grid"}))
        grid.append(...job.pictures.map((_, index) => this.#picture(job, index)))
      } else {
        grid = null
        parts.push(this.#other(job))
      }
    }
    return parts
  }

  /** @param {Job} job @param {number} index @returns {HTMLElement} */
  #picture(job, index) {
    const {app} = this
    const picture = job.pictures[index]
    const name = app.t("gallery.picture", {name: picture.filename})
    const time = job.seconds === null ? "" : `\n${duration(job.seconds, app.t)}`
    return h("li", null, h("button", {class: "tile", type: "button", "aria-label": name,
      title: job.name + time, "data-focus": `${job.id} ${index}`,
      onclick: () => app.ui.lightbox(job.pictures, index),
      oncontextmenu: (/** @type {MouseEvent} */ event) => {
        event.preventDefault()
        const at = {x: event.clientX, y: event.clientY}
        PICTURES(app, part => app.ui.menu(at, part.pictureMenu(app, job.pictures, index)))
      }},
    h("img", {src: app.api.view(picture, {preview: true, size: 256}), alt: "", loading: "lazy",
      decoding: "async"})))
  }

  /** @param {Job} job @returns {HTMLElement} */
  #other(job) {
    const {t} = this.app
    const failed = job.state === "failed"
    const text = failed ? job.error : t(`queue.was.${job.state}`)
    return h("div", {class: `row job ended ${job.state}`, "data-job": job.id},
      icon(failed ? "warning" : job.state === "done" ? "check" : "stop", 16),
      h("div", {class: "row-main"},
        h("span", {class: "row-title cut"}, job.name),
        h("span", {class: `row-text${failed ? " bad" : ""}`}, text),
        job.state === "done" ? null : h("span", {class: "row-ways"},
          wordButton(t("queue.retry"), () => this.#post("/queue", {retry: [job.id]}),
            {class: "small", "data-focus": `retry ${job.id}`}),
          failed ? wordButton(t("queue.report"), () => this.#report(job),
            {class: "small", "data-focus": `report ${job.id}`}) : null)),
      iconButton("more", t("queue.ways"), event => this.#menu(event, job),
        {"aria-haspopup": "menu", "data-focus": `more ${job.id}`}))
  }

  /** @param {Job} job */
  #report(job) {
    REPORT(this.app, part => part.copyReport(this.app, job))
  }

  /** @param {Event} event @param {Job} job */
  #menu(event, job) {
    const {app} = this
    const {t} = app
    menuUnder(this.host, /** @type {HTMLElement} */ (event.currentTarget), [
      {title: t("queue.open"), icon: "folder", off: !job.doc, run: () => {
        trying(app, () => app.tabs.open(job.doc))
      }},
      {title: t("queue.report"), icon: "copy", run: () => this.#report(job)},
      {title: t("queue.forget"), icon: "trash", line: true, run: () => {
        this.#post("/history", {delete: [job.id]})
      }},
    ], t("queue.ways"))
  }

  /** @param {string} drawn @param {string} title @param {string} kind @param {string} id
   * @param {() => void} run @returns {HTMLElement} */
  #button(drawn, title, kind, id, run) {
    return iconButton(drawn, title, run, {class: "small row-way", "data-focus": `${kind} ${id}`})
  }

  // Moving

  /** @param {DragEvent} event @param {string} id */
  #hold(event, id) {
    this.#held = id
    event.dataTransfer?.setData("text/plain", "")
    if (event.dataTransfer) event.dataTransfer.effectAllowed = "move"
    this.#row(id)?.classList.add("held")
  }

  /** @param {DragEvent} event @param {string} id */
  #over(event, id) {
    if (!this.#held) return
    event.preventDefault()
    const {waiting} = this.app.run
    const down = indexOf(waiting, this.#held) < indexOf(waiting, id)
    for (const row of this.waiting.children) row.classList.remove("before", "behind")
    if (id !== this.#held) this.#row(id)?.classList.add(down ? "behind" : "before")
  }

  /** @param {DragEvent} event @param {string} id */
  #put(event, id) {
    const held = this.#held
    event.preventDefault()
    this.#held = null
    if (held && held !== id) this.#move(held, indexOf(this.app.run.waiting, id))
    this.draw()
  }

  #drop() {
    this.#held = null
    this.draw()
  }

  /** @param {string} id @param {number} to  its place among those that wait */
  #move(id, to) {
    const number = between(this.app.run.waiting, id, to)
    return this.#post("/queue", {move: {[id]: number}})
  }

  /** @param {string} id @returns {Element | null} */
  #row(id) {
    return this.waiting.querySelector(`[data-job="${CSS.escape(id)}"]`)
  }

  /** @param {string} path @param {Object<string, any>} body */
  #post(path, body) {
    return trying(this.app, async () => {
      await this.app.api.post(path, body)
    })
  }

  end() {
    this.#stops.end()
  }
}

/** @param {Element} within @param {string} which @param {string} text */
function say(within, which, text) {
  const element = within.querySelector(which)
  if (element && element.textContent !== text) element.textContent = text
}

/** @param {number} share @returns {string} */
function percent(share) {
  return `${Math.min(100, Math.max(0, share * 100)).toFixed(1)}%`
}

/** @param {Job[]} jobs @param {string} id @returns {number} */
function indexOf(jobs, id) {
  return jobs.findIndex(job => job.id === id)
}
