import assert from "node:assert/strict"
import {test} from "node:test"

import {normal} from "../../../web/tools/chords.js"
import {boundKeys} from "../../../web/tools/keys.js"
import en from "../../../web/texts/en.js"
import zh from "../../../web/texts/zh.js"
import {GRAPH} from "../tools/desk.js"
import {commanding} from "./commanding.js"

test("the keys are those that are in the fingers of ComfyUI's users", () => {
  const {commands} = commanding()
  const usual = {
    "run.queue": "Ctrl+Enter", "run.front": "Ctrl+Shift+Enter", "run.interrupt": "Ctrl+Alt+Enter",
    "edit.undo": "Ctrl+Z", "edit.redo": "Ctrl+Y", "edit.copy": "Ctrl+C", "edit.paste": "Ctrl+V",
    "edit.pasteLinked": "Ctrl+Shift+V", "edit.selectAll": "Ctrl+A", "files.save": "Ctrl+S",
    "files.open": "Ctrl+O", "graph.group": "Ctrl+G", "edit.mute": "Ctrl+M", "edit.bypass": "Ctrl+B",
    "edit.collapse": "Alt+C", "edit.pin": "P", "graph.subgraph": "Ctrl+Shift+E",
    "view.escape": "Escape", "view.fit": ".", "view.zoomIn": "Alt++", "view.zoomOut": "Alt+-",
    "view.minimap": "Alt+M", "panel.queue": "Q", "panel.workflows": "W", "panel.library": "N",
    "panel.models": "M", "run.refresh": "R", "view.focus": "F", "panel.settings": "Ctrl+,",
    "panel.help": "?", "view.palette": "Ctrl+K", "edit.delete": "Delete", "edit.add": "A",
  }
  for (const [id, keys] of Object.entries(usual)) assert.equal(commands.keysOf(id)[0], keys, id)
})

test("no two commands have the same keys, and all are spelt the one way", () => {
  const {commands} = commanding()
  for (const [keys, all] of boundKeys(commands.all(), id => commands.keysOf(id))) {
    assert.equal(all.length, 1, keys)
    assert.equal(normal(keys), keys)
  }
})

test("every command has a title in both languages, and its group too", () => {
  const {commands} = commanding()
  for (const {id, group} of commands.all()) {
    for (const {ui} of [en, zh]) assert.ok(ui[`command.${id}`] && ui[`group.${group}`], id)
  }
})

test("other keys for a command take them from who had them, and are kept as a setting", () => {
  const {app, commands} = commanding()
  let heard = 0
  commands.on(() => { heard++ })
  commands.rebind("edit.mute", ["ctrl+b"])
  assert.deepEqual(commands.keysOf("edit.mute"), ["Ctrl+B"])
  assert.deepEqual(commands.keysOf("edit.bypass"), [])
  assert.deepEqual(app.settings.get("keys"), {"edit.mute": ["Ctrl+B"], "edit.bypass": []})
  commands.rebind("edit.mute", ["Ctrl+M"])
  commands.rebind("edit.bypass", ["Ctrl+B"])
  assert.deepEqual(app.settings.get("keys"), {})
  assert.ok(heard >= 3)
})

test("a command that can't be run now is not", () => {
  const {said, run} = commanding()
  run("edit.copy")
  run("no.such")
  assert.deepEqual(said, [])
})

test("all, mute, again, undo", () => {
  const {store, session, run} = commanding()
  run("edit.selectAll")
  assert.equal(session.selection.size, 6)
  session.set({selection: new Set(["nodes/load", "nodes/prompt"])})
  run("edit.mute")
  assert.equal(store.graph.nodes.load.state, "muted")
  run("edit.mute")
  assert.equal(store.graph.nodes.load.state, undefined)
  run("edit.undo")
  run("edit.undo")
  assert.equal(store.canUndo, false)
})

test("what is deleted takes its links along, and undo brings all back", () => {
  const {store, session, run} = commanding()
  session.set({selection: new Set(["nodes/prompt"])})
  run("edit.delete")
  assert.equal(store.graph.nodes.sampler.inputs.positive, undefined)
  assert.equal(session.selection.size, 0)
  run("edit.undo")
  assert.deepEqual(store.graph, GRAPH)
})

test("undo forgets a selection that is gone", () => {
  const {session, run} = commanding()
  session.set({selection: new Set(["nodes/load"])})
  run("edit.duplicate")
  assert.equal(session.selection.size, 1)
  run("edit.undo")
  assert.equal(session.selection.size, 0)
})

test("a duplicate is fed by what feeds the original", () => {
  const {store, session, run} = commanding()
  session.set({selection: new Set(["nodes/prompt"])})
  run("edit.duplicate")
  const [key] = session.selection
  const node = store.graph.nodes[key.slice(6)]
  assert.deepEqual(node.inputs.clip, ["load", 1])
  assert.deepEqual(node.look.place, [424, 24])
})

test("arrows move what is selected by the grid, with Shift a little", () => {
  const {store, session, run} = commanding()
  session.set({selection: new Set(["nodes/load"])})
  run("edit.nudgeRight")
  run("edit.nudgeDownFine")
  assert.deepEqual(store.graph.nodes.load.look.place, [24, 4])
})

test("a group lies around what was selected, and is taken off again", () => {
  const {store, scene, session, run} = commanding()
  session.set({selection: new Set(["nodes/load", "nodes/skip"])})
  run("graph.group")
  const [key] = session.selection
  const around = scene.around(["nodes/load"])
  assert.ok(store.graph.groups[key.slice(7)].box[0] < around.x)
  run("graph.ungroup")
  assert.deepEqual(Object.keys(store.graph.groups), ["g"])
})

test("fit shows all, or what is selected", () => {
  const {session, run} = commanding()
  run("view.fit")
  const all = session.camera.zoom
  session.set({selection: new Set(["nodes/load"])})
  run("view.fit")
  assert.ok(session.camera.zoom >= all && session.camera.zoom <= 1)
})

test("zoom keeps the middle of the screen", () => {
  const {session, run} = commanding()
  run("view.zoomIn")
  assert.equal(session.camera.x + 800 / session.camera.zoom, 800)
  run("view.zoomReset")
  assert.ok(Math.abs(session.camera.zoom - 1) < 1e-9)
})

test("run commands ask for what they say", async () => {
  const {app, session, said, run} = commanding(undefined, {"run.count": 3})
  run("run.queue")
  run("run.front")
  session.set({selection: new Set(["nodes/sampler"]), instances: ["outer"]})
  run("run.selection")
  run("run.interrupt")
  await null
  assert.ok(app)
  assert.deepEqual(said.slice(0, 4), [["queue", {count: 3}], ["queue", {count: 3, front: true}],
    ["queue", {targets: ["outer:sampler"]}], ["post", "/interrupt", {}]])
})

test("one thing is renamed in its place, reroutes and several are not", () => {
  const {app, session, run} = commanding()
  const named = []
  app.rename = key => { named.push(key) }
  for (const keys of [["groups/g"], ["notes/n", "groups/g"], ["reroutes/r"], []]) {
    session.set({selection: new Set(keys)})
    run("edit.rename")
  }
  assert.deepEqual(named, ["groups/g"])
})

test("a new note is written where the pointer is", () => {
  const {app, run} = commanding()
  app.note = box => { app.written = box }
  run("edit.note")
  assert.deepEqual([app.written.x, app.written.y], [50, 50])
})

test("into a subgraph and out again: the camera is where it was, what was left is selected", () => {
  const graph = {
    format: "easel/1",
    nodes: {i: {class_type: "subgraph/s", look: {place: [0, 0]}}},
    subgraphs: {s: {name: "Inner", inputs: [], outputs: [],
      nodes: {load: {class_type: "Load", look: {place: [5000, 0]}}}}},
  }
  const {scene, session, run} = commanding(graph)
  session.set({selection: new Set(["nodes/i"]), camera: {x: -70, y: -5, zoom: 0.5}})
  run("graph.enter")
  assert.deepEqual(session.where, ["subgraphs", "s"])
  assert.deepEqual(session.instances, ["i"])
  assert.ok(scene.nodes.has("load"))
  run("view.escape")
  assert.deepEqual(session.where, [])
  assert.deepEqual(session.camera, {x: -70, y: -5, zoom: 0.5})
  assert.deepEqual([...session.selection], ["nodes/i"])
  run("view.escape")
  assert.equal(session.selection.size, 0)
})

test("a selection becomes a subgraph and comes out of it again; undo heals each whole", () => {
  const {store, session, run} = commanding()
  session.set({selection: new Set(["nodes/prompt"])})
  run("graph.subgraph")
  const [key] = session.selection
  const instance = store.graph.nodes[key.slice(6)]
  assert.match(instance.class_type, /^subgraph\//)
  assert.deepEqual(store.graph.nodes.sampler.inputs.positive, [key.slice(6), 0])
  run("graph.unpack")
  assert.equal(store.graph.subgraphs, undefined)
  assert.deepEqual([...session.selection], ["nodes/prompt"])
  run("edit.undo")
  assert.deepEqual(store.graph.nodes[key.slice(6)], instance)
  run("edit.undo")
  assert.deepEqual(store.graph, GRAPH)
})

test("things are brought in line, spaced evenly and laid out; what is pinned stays", () => {
  const {store, scene, session, run} = commanding()
  const place = id => scene.nodes.get(id).box
  session.set({selection: new Set(["nodes/load", "nodes/prompt", "nodes/sampler"])})
  run("graph.alignBottom")
  const bottoms = ["load", "prompt", "sampler"].map(id => place(id).y + place(id).h)
  assert.equal(new Set(bottoms).size, 1)
  run("graph.distributeAcross")
  const [a, b, c] = ["load", "prompt", "sampler"].map(place)
  assert.ok(Math.abs((b.x - a.x - a.w) - (c.x - b.x - b.w)) <= 1)
  store.edit([{op: "set", path: "nodes/skip/look/pinned", value: true}])
  const before = place("skip")
  run("graph.arrange")
  assert.deepEqual(place("skip"), before)
  assert.ok(place("load").x < place("prompt").x && place("prompt").x < place("sampler").x)
})
