import assert from "node:assert/strict"
import {test} from "node:test"

import {menus} from "../../../web/commands/menus.js"
import en from "../../../web/texts/en.js"
import zh from "../../../web/texts/zh.js"
import {header, socket} from "../tools/desk.js"
import {commanding} from "./commanding.js"

const find = (items, id) => items.find(one => one.id === id)
const open = ({app, scene}, point) => menus(app, scene.at(point, 1), point)

/** All items of a menu and of what opens from it. */
function* all(items, depth = 0) {
  for (const one of items) {
    yield one
    if (one.items && depth < 4) yield* all(one.items, depth + 1)
  }
}

test("every kind of thing has a menu, and every line of it a text in both languages", () => {
  const made = commanding()
  const {app, scene, session, store} = made
  const missing = new Set()
  app.t = (key, values = {}) => {
    if (!(key in en.ui) || !(key in zh.ui)) missing.add(key)
    return String(values.or ?? key)
  }
  store.edit([{op: "add", path: "reroutes/r", value: {input: "prompt/clip", place: [350, -90], before: null}}])
  const points = [header(scene, "prompt"), {x: 300, y: 500}, {x: 450, y: 620}, {x: 390, y: -50},
    {x: 350, y: -90}, socket(scene, "load", "CLIP", "out")]
  for (const point of points) assert.ok([...all(open(made, point))].length > 3)
  session.set({selection: new Set(["nodes/prompt", "nodes/load"])})
  assert.ok(find(open(made, points[0]), "graph.subgraph"))
  assert.ok([...all(open(made, points[0]))].length > 3)
  assert.deepEqual([...missing], [])
})

test("states show whether they hold", () => {
  const made = commanding()
  made.session.set({selection: new Set(["nodes/prompt"])})
  made.run("edit.bypass")
  const items = open(made, header(made.scene, "prompt"))
  assert.equal(find(items, "edit.bypass").checked, true)
  assert.equal(find(items, "edit.mute").checked, false)
  assert.equal(find(items, "edit.bypass").keys, "Ctrl+B")
})

test("a link is made and cut by menus alone", () => {
  const made = commanding()
  const {store} = made
  made.session.set({selection: new Set(["nodes/skip"])})
  const items = open(made, header(made.scene, "skip"))
  const clip = find(find(items, "in").items, "in/skip/clip")
  const ends = find(clip.items, "link").items
  assert.deepEqual(ends.map(one => one.id), ["out/load/1"])
  ends[0].run()
  assert.deepEqual(store.graph.nodes.skip.inputs.clip, ["load", 1])
  const again = find(find(open(made, header(made.scene, "skip")), "in").items, "in/skip/clip")
  find(again.items, "unlink").run()
  assert.equal(store.graph.nodes.skip.inputs.clip, undefined)
})

test("a link can be cut and bent where it was clicked", () => {
  const made = commanding()
  const {scene, store} = made
  const {points: [a, b]} = scene.links.get("prompt/clip")
  const at = {x: (a.x + b.x) / 2, y: (a.y + b.y) / 2}
  find(open(made, at), "reroute").run()
  assert.equal(Object.keys(store.graph.reroutes).length, 1)
  find(menus(made.app, {kind: "link", link: scene.links.get("prompt/clip")}, at), "unlink").run()
  assert.equal(store.graph.nodes.prompt.inputs.clip, undefined)
  assert.equal(store.graph.reroutes, undefined)
})

test("a colour is given to all that is selected, and taken off", () => {
  const made = commanding()
  const {store, session} = made
  session.set({selection: new Set(["nodes/prompt", "groups/g"])})
  const colour = find(open(made, header(made.scene, "prompt")), "colour")
  find(colour.items, "blue").run()
  assert.equal(store.graph.nodes.prompt.look.colour, "#6fb4f2")
  assert.equal(store.graph.groups.g.colour, "#6fb4f2")
  find(colour.items, "none").run()
  assert.equal(store.graph.groups.g.colour, undefined)
})

test("a value inside a subgraph is shown outside and taken in again by a menu", () => {
  const made = commanding()
  const {app, store, scene, session, run} = made
  session.set({selection: new Set(["nodes/sampler"])})
  run("graph.subgraph")
  run("graph.enter")
  const [outer] = session.instances
  const shown = () => find(open(made, header(scene, "sampler")), "promote").items
  find(shown(), "in/steps").run()
  assert.equal(store.graph.nodes[outer].inputs.steps, 20)
  assert.equal(find(shown(), "in/steps").checked, true)
  find(shown(), "in/steps").run()
  assert.equal(store.graph.nodes[outer].inputs.steps, undefined)
  find(shown(), "out/LATENT").run()
  assert.equal(store.graph.subgraphs[session.where[1]].outputs.length, 1)
  app.answer = "picture"
  const out = socket(scene, "@out", "LATENT")
  find(menus(app, {kind: "socket", socket: out}, out), "rename").run()
})
