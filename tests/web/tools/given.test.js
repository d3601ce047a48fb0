import assert from "node:assert/strict"
import {test} from "node:test"

import {copied} from "../../../web/document/clipboard.js"
import {parse, stringify} from "../../../web/net/json.js"
import {pictureAt} from "../../../web/tools/drop.js"
import {Given} from "../../../web/tools/given.js"
import {desk} from "./desk.js"

function giving(graph) {
  const made = desk(graph)
  const {app, said} = made
  app.api.upload = async (file, name, options) => {
    said.push(["upload", name])
    return {filename: name, subfolder: options.subfolder ?? "", type: "input"}
  }
  app.api.convert = async file => {
    if (file.carries || typeof file === "string") return {workflow: app.converted}
    throw new Error("no workflow in it")
  }
  const open = async (_, file, name) => { said.push(["open", name]) }
  return {...made, given: new Given(app, {parse, open})}
}

const picture = (name, carries = false) => Object.assign(new File(["x"], name, {type: "image/png"}), {carries})
const added = (store, session) => [...session.selection].map(key => store.graph.nodes[key.slice(6)])

test("what was copied comes back with new ids at the pointer, links within kept", async () => {
  const {given, store, session, scene} = giving()
  const text = stringify(copied(store.graph, [], ["nodes/load", "nodes/prompt"]))
  await given.text(text, false)
  const [load, prompt] = added(store, session)
  assert.deepEqual(load.look.place, [50, 50])
  assert.deepEqual(prompt.look.place, [450, 50])
  const [id] = [...session.selection][0].split("/").slice(1)
  assert.deepEqual(prompt.inputs.clip, [id, 1])
  assert.equal(store.pending.length, 1)
  assert.ok(scene.nodes.has(id))
})

test("pasted with links, a node is fed by what fed the original", async () => {
  const {given, store, session} = giving()
  const text = stringify(copied(store.graph, [], ["nodes/prompt"]))
  await given.text(text, true)
  assert.deepEqual(added(store, session)[0].inputs.clip, ["load", 1])
  await given.text(text, false)
  assert.equal(added(store, session)[0].inputs.clip, undefined)
})

test("a text in the API form becomes nodes that do not lie upon each other", async () => {
  const {given, store, session} = giving()
  await given.text('{"3": {"class_type": "Load", "inputs": {"seed": 18446744073709551615}}, "4": {"class_type": "Save", "inputs": {}}}', false)
  const [load, save] = added(store, session)
  assert.equal(load.inputs.seed, 18446744073709551615n)
  assert.notDeepEqual(load.look.place, save.look.place)
})

test("a text in another form is converted", async () => {
  const {app, given, store, session} = giving()
  app.converted = {format: "easel/1", nodes: {a: {class_type: "Save", look: {place: [9, 9]}}}}
  await given.text('{"nodes": [], "links": []}', false)
  assert.equal(added(store, session)[0].class_type, "Save")
})

test("what can't be converted is said", async () => {
  const {app, given, said} = giving()
  app.api.convert = async () => { throw new Error("This is no workflow.") }
  await given.text('{"some": 1}', false)
  assert.deepEqual(said, [["toast", "This is no workflow.", "bad"]])
})

test("words go into the prompt that is selected, else into a note", async () => {
  const {given, store, session} = giving()
  session.set({selection: new Set(["nodes/prompt"])})
  await given.text("a fox", false)
  assert.equal(store.graph.nodes.prompt.inputs.text, "a fox")
  session.set({selection: new Set()})
  await given.text("remember", false)
  assert.deepEqual(Object.values(store.graph.notes).map(note => note.text), ["Read me", "remember"])
})

test("numbers and empty texts make nothing", async () => {
  const {given, store} = giving()
  await given.text("42", false)
  await given.text("  ", false)
  assert.equal(store.canUndo, false)
})

test("a picture that is dropped on a picture node goes into it", async () => {
  const graph = {format: "easel/1", nodes: {p: {class_type: "Picture", look: {place: [0, 0]}}}}
  const {given, store, said} = giving(graph)
  await given.files([picture("cat.png", true)], {x: 60, y: 17}, true)
  assert.equal(store.graph.nodes.p.inputs.image, "cat.png")
  assert.deepEqual(said, [["upload", "cat.png"]])
})

test("a picture with a workflow opens it, one without becomes a node", async () => {
  const {given, store, session, said} = giving()
  await given.files([picture("made.png", true)], {x: 1500, y: 900}, true)
  assert.deepEqual(said, [["open", "made.png"]])
  await given.files([picture("photo.png")], {x: 1500, y: 900}, true)
  assert.deepEqual(added(store, session)[0], {class_type: "Picture", inputs: {image: "photo.png"}, look: {place: [1500, 900]}})
})

test("a picture that is pasted is a picture, whatever it carries", async () => {
  const {given, store, session, said} = giving()
  await given.files([picture("image.png", true)], {x: 1500, y: 900})
  assert.equal(added(store, session)[0].inputs.image, "pasted/image.png")
  assert.deepEqual(said, [["upload", "image.png"]])
})

test("any other file is opened as a document", async () => {
  const {given, said} = giving()
  await given.files([new File(["{}"], "old.json", {type: "application/json"})], {x: 0, y: 0}, true)
  assert.deepEqual(said, [["open", "old.json"]])
})

test("a node type of the library comes where it is let go", () => {
  const {given, store, session} = giving()
  given.node("Sampler", {x: 648, y: 317})
  const [node] = added(store, session)
  assert.deepEqual(node.look.place, [600, 300])
  assert.equal(node.inputs.steps, 20)
})

test("an address of this server's pictures is one of them", () => {
  const origin = "http://127.0.0.1:8188"
  assert.deepEqual(pictureAt(`${origin}/view?filename=a.png&subfolder=x&type=temp`, origin),
    {filename: "a.png", subfolder: "x", type: "temp"})
  assert.equal(pictureAt("https://elsewhere.example/view?filename=a.png", origin), null)
  assert.equal(pictureAt("no address", origin), null)
})
