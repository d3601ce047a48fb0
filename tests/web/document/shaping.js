// @ts-check
/** Random graphs, and random changes of their shape that must not change what runs. As a program:
 * prints `{seed, step, before, after}` for each change, a line of JSON each. */

/** @import {Canvas, Graph, GraphNode, Json, Op, Where} from "../../../web/types.js" */

import {apply} from "../../../web/document/ops.js"
import {INSTANCE, canvasOf} from "../../../web/document/paths.js"
import {NodeSpecs} from "../../../web/document/specs.js"
import {expose, hide, makeSubgraph, unpack} from "../../../web/document/subgraphs.js"
import {copy, isLink} from "../../../web/document/values.js"
import {stringify} from "../../../web/net/json.js"
import {Chance} from "./random.js"

/** @type {Json} */
const INFO = {
  Number: {input: {required: {value: ["INT", {default: 0}]}}, output: ["INT"]},
  Add: {
    input: {required: {one: ["INT", {default: 0}], other: ["INT", {default: 0}], by: ["MODEL"]}},
    output: ["INT", "MODEL"],
  },
  Pass: {input: {required: {any: ["*"], model: ["MODEL"]}}, output: ["MODEL", "*"]},
  Show: {input: {required: {value: ["*"]}}, output: [], output_node: true},
}
export const specs = new NodeSpecs(INFO)

/** @param {Chance} chance @returns {Graph} */
export function randomGraph(chance) {
  /** @type {Object<string, GraphNode>} */
  const nodes = {}
  for (let n = 0; n < chance.whole(4, 14); n++) {
    const type = chance.of(["Number", "Add", "Add", "Pass", "Show"])
    nodes[`n${n}`] = randomNode(chance, type, Object.keys(nodes))
  }
  return {format: "easel/1", nodes}
}

/** @param {Chance} chance @param {string} type @param {string[]} earlier @returns {GraphNode} */
function randomNode(chance, type, earlier) {
  /** @type {GraphNode} */
  const node = {class_type: type, look: {place: [chance.whole(0, 900), chance.whole(0, 900)]}}
  const spec = /** @type {import("../../../web/types.js").NodeSpec} */ (specs.named(type))
  for (const {name, widget} of spec.inputs) {
    const linked = earlier.length > 0 && chance.often(0.7)
    if (widget && (!linked || chance.often(0.5))) {
      const field = linked ? "under" : "inputs"
      node[field] = {...node[field], [name]: chance.whole(0, 9)}
    }
    if (linked) node.inputs = {...node.inputs, [name]: [chance.of(earlier), chance.whole(0, 1)]}
  }
  if (chance.often(0.2)) node.state = chance.of(["muted", "bypassed"])
  return node
}

/** A change of a graph's shape; none where nothing can be done.
 * @param {Chance} chance @param {Graph} graph @returns {Op[]} */
export function reshaped(chance, graph) {
  const inner = Object.keys(graph.subgraphs ?? {}).map(id => ["subgraphs", id])
  const where = chance.of([[], ...inner])
  const canvas = canvasOf(graph, where)
  const what = chance.of(["make", "make", "unpack", "expose", "hide"])
  if (what === "make") return made(chance, graph, where, canvas)
  if (what === "unpack") return undone(chance, graph, where, canvas)
  if (!where.length) return []
  return what === "expose" ? exposed(chance, graph, where, canvas) : hidden(chance, graph, where, canvas)
}

/** @param {Chance} chance @param {Graph} graph @param {Where} where @param {Canvas} canvas */
function made(chance, graph, where, canvas) {
  const keys = Object.keys(canvas.nodes ?? {}).filter(() => chance.often(0.4))
  return makeSubgraph(graph, where, keys.map(id => `nodes/${id}`), specs, "Some")?.ops ?? []
}

/** @param {Chance} chance @param {Graph} graph @param {Where} where @param {Canvas} canvas */
function undone(chance, graph, where, canvas) {
  const ids = Object.entries(canvas.nodes ?? {}).filter(([, node]) => node.class_type.startsWith(INSTANCE))
  return ids.length ? unpack(graph, where, chance.of(ids)[0])?.ops ?? [] : []
}

/** Leaves out bypassed nodes, which hand on links and no values.
 * @param {Chance} chance @param {Graph} graph @param {Where} where @param {Canvas} canvas */
function exposed(chance, graph, where, canvas) {
  const nodes = Object.entries(canvas.nodes ?? {}).filter(([, {state}]) => state !== "bypassed")
  const open = nodes.flatMap(([id, node]) => Object.entries(node.inputs ?? {})
    .filter(([, value]) => !isLink(value)).map(([name]) => ({id, name})))
  if (!open.length) return []
  const {id, name} = chance.of(open)
  return expose(graph, where, id, name, specs)
}

/** Hides what holds no link, which would be lost as it must be.
 * @param {Chance} chance @param {Graph} graph @param {Where} where @param {Canvas} canvas */
function hidden(chance, graph, where, canvas) {
  const {inputs = []} = /** @type {Json} */ (canvas)
  const all = [graph, ...Object.values(graph.subgraphs ?? {})].flatMap(one => Object.values(one.nodes ?? {}))
  const instances = all.filter(({class_type: type}) => type === INSTANCE + where[1])
  const plain = inputs.flatMap((/** @type {Json} */ {name}, /** @type {number} */ at) => {
    if (feedsBypassed(canvas, at)) return []
    const [first, ...others] = instances.map(node => node.inputs?.[name])
    return first !== undefined && !isLink(first) && others.every(one => one === first) ? [at] : []
  })
  return plain.length ? hide(graph, where, chance.of(plain), specs) : []
}

/** @param {Canvas} canvas @param {number} index @returns {boolean} */
function feedsBypassed(canvas, index) {
  return Object.values(canvas.nodes ?? {}).some(({state, inputs = {}}) => state === "bypassed"
    && Object.values(inputs).some(link => isLink(link) && link[0] === "@in" && link[1] === index))
}

if (process.argv[1]?.endsWith("shaping.js")) {
  const [first, last] = process.argv.slice(2).map(Number)
  for (let seed = first; seed <= last; seed++) {
    const chance = new Chance(seed)
    const graph = randomGraph(chance)
    for (let step = 0; step < 8; step++) {
      const before = copy(graph)
      const ops = reshaped(chance, graph)
      apply(graph, ops)
      if (ops.length) process.stdout.write(`${stringify({seed, step, before, after: graph})}\n`)
    }
  }
}
