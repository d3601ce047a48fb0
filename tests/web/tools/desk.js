/** A page for tests of hands and commands: real document, specs, scene and session; no DOM. */

import {NodeSpecs} from "../../../web/document/specs.js"
import {DocumentStore} from "../../../web/document/store.js"
import {PageSession} from "../../../web/page/session.js"
import {Idle} from "../../../web/tools/idle.js"
import {Hand} from "../../../web/tools/tool.js"
import {toScreen} from "../../../web/view/camera.js"
import {measureBy} from "../../../web/view/measure.js"
import {fontsOf} from "../../../web/view/metrics.js"
import {CanvasScene} from "../../../web/view/scene.js"

const int = (value, extra = {}) => ["INT", {default: value, min: 0, max: 9999, ...extra}]
const made = (required, output, extra = {}) => ({
  input: {required}, input_order: {required: Object.keys(required)}, output, output_name: output,
  output_is_list: output.map(() => false), display_name: "", category: "test", ...extra,
})

export const INFO = {
  Load: made({name: [["a.safetensors", "b.safetensors"]]}, ["MODEL", "CLIP"]),
  Prompt: made({text: ["STRING", {multiline: true}], clip: ["CLIP"]}, ["CONDITIONING"]),
  Sampler: made({model: ["MODEL"], positive: ["CONDITIONING"], negative: ["CONDITIONING"],
    steps: int(20)}, ["LATENT"]),
  Skip: made({clip: ["CLIP"], depth: int(1)}, ["CLIP"]),
  Decode: made({samples: ["LATENT"]}, ["IMAGE"]),
  Save: made({images: ["IMAGE"]}, [], {output_node: true}),
  Number: made({value: int(3)}, ["INT"]),
  Picture: made({image: [["x.png"], {image_upload: true}]}, ["IMAGE"]),
}

/** load -> prompt -> sampler, load -> sampler; a lone Skip below; a group around the prompt. */
export const GRAPH = {
  format: "easel/1",
  nodes: {
    load: {class_type: "Load", inputs: {name: "a.safetensors"}, look: {place: [0, 0]}},
    prompt: {class_type: "Prompt", inputs: {text: "hi", clip: ["load", 1]}, look: {place: [400, 0]}},
    sampler: {
      class_type: "Sampler",
      inputs: {model: ["load", 0], positive: ["prompt", 0], steps: 20}, look: {place: [900, 0]},
    },
    skip: {class_type: "Skip", inputs: {depth: 1}, look: {place: [0, 600]}},
  },
  groups: {g: {title: "Words", box: [380, -60, 330, 260]}},
  notes: {n: {text: "Read me", box: [400, 600, 200, 100]}},
}

export function desk(graph = GRAPH, settings = {}) {
  const store = new DocumentStore({name: "doc", client: "me"})
  store.reset(structuredClone(graph), 1, "e")
  const specs = new NodeSpecs(INFO)
  const said = []
  const held = new Map(Object.entries(settings))
  const listeners = new Set()
  const widgetOf = input => ({
    height: () => 26,
    paint: () => {},
    open: hand => said.push(["open", hand.node, hand.place.name, hand]),
    drag: input.widget === "number" ? (hand, start, dx) => start + Math.round(dx / 10) : undefined,
  })
  const run = {node: () => undefined, problems: () => [], allProblems: () => [], running: [],
    waiting: [], ended: [], paused: false, on: () => () => {}}
  const note = name => (...args) => { said.push([name, ...args]) }
  const means = {
    measure: measureBy(text => text.length * 6), fonts: fontsOf("sans"), widgetOf,
    t: (key, values = {}) => values.or ?? key,
  }
  const shown = {run: null, pictures: [], aspect: 1, said: [], footer: false, fault: "",
    problem: "", problems: [], wrong: new Set()}
  const scene = new CanvasScene({store, specs, run, means, shownOn: () => shown})
  const session = new PageSession()
  session.set({screen: {w: 1600, h: 900}})
  session.on(names => { if (names.has("where")) scene.enter(session.where, session.instances) })
  const app = {
    store, specs, scene, session, run, widgetOf, means,
    settings: {
      get: id => held.get(id),
      set: (id, value) => { held.set(id, value); for (const heard of listeners) heard(id) },
      on: heard => { listeners.add(heard); return () => listeners.delete(heard) },
    },
    ui: Object.fromEntries(["toast", "menu", "panel", "lightbox", "addNode", "palette", "paintMask",
      "compare", "imported"].map(name => [name, note(name)])),
    api: {post: async (path, body) => note("post")(path, body), view: picture => picture.filename},
    commands: {run: note("command"), all: () => [], keysOf: () => [], on: () => () => {}},
    queue: note("queue"), refresh: async () => note("refresh")(), t: key => key,
    pointer: () => ({point: {x: 50, y: 50}, screen: {x: 50, y: 50}}),
    tabs: {tabs: [{name: "doc", store}], active: {name: "doc", store, unsaved: false}},
  }
  app.ui.covered = () => ({left: 0, top: 0, right: 0, bottom: 0})
  app.ui.ask = async (question, value) => { note("ask")(question, value); return app.answer ?? null }
  const host = {focus: () => {}, getBoundingClientRect: () => ({left: 0, top: 0})}
  const hand = new Hand(app, () => new Idle({host, menu: touch => said.push(["menu", touch.point])}))
  return {app, hand, host, said, store, scene, session, ...gestures(app, hand)}
}

/** Gestures by canvas points. */
function gestures(app, hand) {
  const touch = (point, held = {}) => {
    const screen = toScreen(app.session.camera, point)
    return {point, screen, page: screen, button: 0, clicks: 1, shift: false, ctrl: false, alt: false,
      touch: false, ...held}
  }
  const drag = (points, held) => {
    hand.down(touch(points[0], held))
    for (const point of points.slice(1)) hand.move(touch(point, held))
    return {drop: () => hand.up(touch(points[points.length - 1], held))}
  }
  const click = (point, held) => drag([point], held).drop()
  return {touch, drag, click, twice: (point, held) => click(point, {...held, clicks: 2})}
}

/** The place of a socket. */
export function socket(scene, node, name, side = "in") {
  return scene.nodes.get(node).sockets.find(one => one.side === side && one.name === name)
}

/** The middle of a node's header. */
export function header(scene, node) {
  const {box} = scene.nodes.get(node)
  return {x: box.x + box.w / 2, y: box.y + 17}
}
