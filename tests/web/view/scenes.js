/** A small scene for tests: a store, specs, a run and a measure without a page. */

import {Signal} from "../../../web/document/signal.js"
import {DocumentStore} from "../../../web/document/store.js"
import {measureBy} from "../../../web/view/measure.js"
import {fontsOf} from "../../../web/view/metrics.js"
import {CanvasScene} from "../../../web/view/scene.js"
import {makeShown} from "../../../web/view/shown.js"

/** Every letter is as wide as half of the font's size. */
export const measure = measureBy((text, font) => {
  const [size] = font.match(/[\d.]+(?=px)/)
  return [...text].length * Number(size) / 2
})

const socket = (name, type, more = {}) => ({
  name, type, widget: null, optional: false, list: false, fallback: undefined, tooltip: "", ...more,
})
const output = (name, type) => ({name, type, list: false, tooltip: ""})

export const SPECS = {
  Load: {
    inputs: [socket("file", "COMBO", {widget: "choice"})],
    outputs: [output("MODEL", "MODEL"), output("CLIP", "CLIP")],
  },
  Prompt: {
    inputs: [
      socket("clip", "CLIP"), socket("text", "STRING", {widget: "text", multiline: true}),
    ],
    outputs: [output("CONDITIONING", "CONDITIONING")],
  },
  Sample: {
    inputs: [
      socket("model", "MODEL"), socket("words", "CONDITIONING"),
      socket("steps", "INT", {widget: "number", fallback: 20}),
    ],
    outputs: [output("IMAGE", "IMAGE")],
  },
  Save: {inputs: [socket("images", "IMAGE")], outputs: []},
}

export const widgetOf = (input) => ({
  height: () => (input.multiline ? 60 : 26), paint: () => {}, open: () => {},
})

/** @param {object} graph */
export function sceneOf(graph, options = {}) {
  const store = new DocumentStore({name: "doc", client: "me"})
  store.reset({format: "easel/1", ...graph}, 1, "epoch")
  const runs = new Map()
  const problems = new Map()
  const happened = new Signal()
  const run = {
    node: (_, id) => runs.get(id), problems: (_, id) => problems.get(id) ?? [],
    on: (f) => happened.on(f),
  }
  let asked = 0
  const specs = {
    of: (node, whole) => {
      asked++
      const id = node.class_type.startsWith("subgraph/") ? node.class_type.slice(9) : null
      const found = id ? {
        inputs: whole.subgraphs[id].inputs.map(({name, type}) => socket(name, type)),
        outputs: whole.subgraphs[id].outputs.map(({name, type}) => output(name, type)),
      } : SPECS[node.class_type]
      return {
        name: node.class_type, title: node.class_type, category: "", description: "",
        saves: false, pack: "", known: Boolean(found), deprecated: false, inputs: [], outputs: [],
        ...found,
      }
    },
    all: () => [], fits: () => true, on: () => () => {},
  }
  const means = {measure, fonts: fontsOf("sans"), widgetOf, t: (_, values) => values?.or ?? _}
  const sizeOf = () => ({w: 200, h: 100})
  const shownOn = makeShown({
    urlOf: ({filename}) => `/${filename}`, sizeOf, tell: ({text}) => text,
  })
  const scene = new CanvasScene({store, specs, run, means, shownOn, ...options})
  return {store, scene, runs, problems, happened, asked: () => asked}
}

/** Load -> Prompt -> Sample -> Save, in a row. */
export function row() {
  return {
    nodes: {
      a: {class_type: "Load", inputs: {file: "x"}, look: {place: [0, 0]}},
      b: {class_type: "Prompt", inputs: {clip: ["a", 1], text: "words"}, look: {place: [300, 0]}},
      c: {
        class_type: "Sample", inputs: {model: ["a", 0], words: ["b", 0], steps: 20},
        look: {place: [700, 0]},
      },
      d: {class_type: "Save", inputs: {images: ["c", 0]}, look: {place: [1000, 0]}},
    },
  }
}
