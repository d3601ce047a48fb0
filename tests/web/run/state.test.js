// @ts-check
/** What the server says of runs becomes what nodes and the queue show. */

import assert from "node:assert/strict"
import {test} from "node:test"

import {Runs} from "../../../web/run/state.js"

/** @returns {{runs: Runs, clock: {now: number}, freed: string[], seen: any[]}} */
function fresh() {
  const clock = {now: 100}
  /** @type {string[]} */
  const freed = []
  /** @type {any[]} */
  const seen = []
  let made = 0
  const runs = new Runs({
    url: () => `blob:${++made}`,
    free: url => freed.push(url),
    now: () => clock.now,
    title: (_, node) => `Node ${node}`,
  })
  runs.on(what => seen.push(what))
  return {runs, clock, freed, seen}
}

/** @param {Runs} runs @param {string} type @param {object} [data] */
function hear(runs, type, data) {
  runs.hear(type, {prompt_id: "j", doc: "d", ...data})
}

/** @param {string} status @param {object} [more] */
function job(status, more) {
  return {id: "j", status, priority: 3, create_time: 5000, doc: "d", pictures: [], ...more}
}

const OUTPUT = {images: [{filename: "a.png", subfolder: "", type: "output"}]}

test("a run goes from node to node, and ends", () => {
  const {runs, clock} = fresh()
  hear(runs, "execution_start")
  hear(runs, "execution_cached", {nodes: ["1"], to_run: ["2", "3"]})
  assert.deepEqual(["1", "2", "3"].map(id => runs.node("d", id)?.state), ["kept", "waiting", "waiting"])
  hear(runs, "executing", {node: "2"})
  hear(runs, "progress", {node: "2", value: 5, max: 20, seconds_left: 3})
  assert.deepEqual(pick(runs.node("d", "2")), {state: "running", value: 5, max: 20, left: 3})
  clock.now += 1
  runs.listed({jobs: [job("in_progress")], paused: false}, {jobs: []})
  const [running] = runs.running
  assert.equal(running.step, "Node 2  5 / 20")
  assert.equal(running.at, "2")
  assert.ok(running.done > 0.2 && running.done < 0.25, String(running.done))
  hear(runs, "progress_state", {nodes: {2: {state: "finished", seconds: 4.1}}})
  hear(runs, "executed", {node: "3", display_node: "3", output: OUTPUT})
  hear(runs, "execution_success")
  hear(runs, "executing", {node: null})
  assert.equal(runs.node("d", "2")?.seconds, 4.1)
  assert.deepEqual(runs.node("d", "3")?.pictures, OUTPUT.images)
  assert.deepEqual(["2", "3"].map(id => runs.node("d", id)?.state), ["done", "done"])
  assert.deepEqual(runs.running, [])
})

test("a second run keeps the pictures of the first until it has its own", () => {
  const {runs} = fresh()
  hear(runs, "execution_start")
  hear(runs, "execution_cached", {nodes: [], to_run: ["2", "3"]})
  hear(runs, "executed", {node: "3", output: OUTPUT})
  hear(runs, "execution_success")
  hear(runs, "execution_start", {prompt_id: "k"})
  assert.deepEqual(runs.node("d", "3")?.pictures, OUTPUT.images)
  assert.equal(runs.node("d", "2"), undefined)
  hear(runs, "execution_cached", {prompt_id: "k", nodes: [], to_run: ["2", "3"]})
  assert.equal(runs.node("d", "3")?.state, "waiting")
  hear(runs, "execution_interrupted", {prompt_id: "k"})
  assert.equal(runs.node("d", "2"), undefined)
  assert.equal(runs.node("d", "3")?.state, "done")
})

test("a failure stands on its node with its sentence", () => {
  const {runs} = fresh()
  hear(runs, "execution_start")
  hear(runs, "executing", {node: "2"})
  hear(runs, "execution_error", {
    node_id: "2", exception_type: "ValueError", exception_message: "no\n", traceback: ["x"],
  })
  const error = {type: "ValueError", message: "no", text: "no", traceback: ["x"]}
  assert.deepEqual(runs.node("d", "2")?.error, error)
  assert.deepEqual(runs.allProblems("d"), [{node: "2", problem: error}])
  assert.deepEqual(runs.problems("d", "2"), [])
  hear(runs, "execution_start", {prompt_id: "k"})
  assert.deepEqual(runs.allProblems("d"), [])
})

test("an instance sums up what is in it", () => {
  const {runs} = fresh()
  hear(runs, "execution_cached", {nodes: ["o:1"], to_run: ["o:2", "o:p:3"]})
  hear(runs, "executing", {node: "o:p:3"})
  assert.equal(runs.node("d", "o")?.state, "running")
  assert.equal(runs.node("d", "o:p")?.state, "running")
  hear(runs, "executed", {node: "o:2", output: OUTPUT})
  hear(runs, "progress_state", {nodes: {
    "o:2": {state: "finished", seconds: 1}, "o:p:3": {state: "finished", seconds: 2},
  }})
  assert.deepEqual([runs.node("d", "o")?.state, runs.node("d", "o")?.seconds], ["done", 3])
  assert.deepEqual(runs.node("d", "o")?.pictures, OUTPUT.images)
  runs.hear("problems", {doc: "d", items: [{node: "o:2", type: "t", message: "m", text: "s", input: "x"}]})
  const problem = {type: "t", message: "m", text: "s", input: "x"}
  assert.deepEqual([runs.problems("d", "o"), runs.problems("d", "o:2")], [[problem], [problem]])
  assert.deepEqual(runs.allProblems("d"), [{node: "o:2", problem}])
})

test("a preview replaces the last, which lives until the next", () => {
  const {runs, freed} = fresh()
  hear(runs, "executing", {node: "2"})
  for (let n = 0; n < 3; n++) runs.picture({prompt_id: "j", node_id: "2"}, new Blob([]))
  assert.equal(runs.node("d", "2")?.preview, "blob:3")
  assert.deepEqual(freed, ["blob:1"])
  runs.picture({}, new Blob([]))
  assert.equal(runs.node("d", "2")?.preview, "blob:4")
  hear(runs, "execution_cached", {nodes: [], to_run: ["2"]})
  assert.equal(runs.node("d", "2")?.preview, "")
  assert.deepEqual(freed.toSorted(), ["blob:1", "blob:2", "blob:3", "blob:4"])
})

test("a run that was refused says why, until the next check", () => {
  const {runs} = fresh()
  const errors = [{type: "t", message: "m", details: "d.", extra_info: {input_name: "x"}}]
  runs.hear("queued", {doc: "d", prompt_ids: [], error: {message: "no"}, node_errors: {2: {errors}}})
  assert.deepEqual(runs.problems("d", "2"), [{type: "t", message: "m", text: "m d.", input: "x"}])
  runs.hear("queued", {doc: "d", prompt_ids: [], error: {type: "graph", message: "No.", details: ""}})
  assert.deepEqual(runs.allProblems("d"), [{node: "", problem: {type: "graph", message: "No.", text: "No."}}])
  runs.hear("problems", {doc: "d", items: []})
  assert.deepEqual(runs.allProblems("d"), [])
})

test("jobs are listed in the order in which they will run", () => {
  const {runs} = fresh()
  const waiting = [job("pending", {id: "b", priority: 9}), job("pending", {id: "a", priority: -1})]
  const done = job("completed", {id: "c", execution_start_time: 1000, execution_end_time: 3500})
  const failed = job("failed", {id: "e", execution_error: {exception_message: "No.\n"}})
  runs.listed({jobs: waiting, paused: true}, {jobs: [done, failed]})
  assert.deepEqual(runs.waiting.map(({id}) => id), ["a", "b"])
  assert.deepEqual(runs.ended.map(({seconds, error}) => [seconds, error]), [[2.5, ""], [null, "No."]])
  assert.equal(runs.paused, true)
  assert.equal(runs.ended[0].created, 5)
})

test("workers are told of, and a lost line hides them", () => {
  const {runs, seen} = fresh()
  runs.hear("workers", {workers: [{state: "down"}], why: "It died."})
  assert.deepEqual(runs.worker, {state: "down", text: "It died."})
  runs.line(false)
  runs.hear("workers", {workers: [{state: "starting"}, {state: "ready"}], why: "x"})
  assert.equal(runs.worker.state, "lost")
  runs.line(true)
  assert.deepEqual(runs.worker, {state: "ready", text: ""})
  assert.ok(seen.every(({worker}) => worker))
})

test("what happens before listeners are told is told at once", () => {
  /** @type {(() => void)[]} */
  const waiting = []
  const runs = new Runs({url: () => "", free: () => {}, soon: act => waiting.push(act)})
  /** @type {string[][]} */
  const told = []
  runs.on(({nodes}) => told.push([...nodes]))
  hear(runs, "executing", {node: "1"})
  hear(runs, "executing", {node: "2"})
  assert.deepEqual([told, waiting.length], [[], 1])
  waiting[0]()
  assert.deepEqual(told, [["1", "2"]])
})

test("a page that opens a document shows what its last job left", () => {
  const {runs} = fresh()
  hear(runs, "executing", {node: "2"})
  runs.remember("d", {2: OUTPUT, 3: OUTPUT})
  assert.deepEqual([runs.node("d", "2")?.pictures, runs.node("d", "3")?.pictures], [[], OUTPUT.images])
})

test("a job that begins waits no longer, before the queue is asked for again", () => {
  const {runs} = fresh()
  runs.listed({jobs: [job("pending"), job("pending", {id: "k"})], paused: false}, {jobs: []})
  hear(runs, "execution_start")
  assert.deepEqual(runs.waiting.map(({id}) => id), ["k"])
  assert.deepEqual(runs.running.map(({id, state}) => [id, state]), [["j", "running"]])
})

test("a run that is refused hides nothing that a check has found, and is forgotten by the next", () => {
  const {runs} = fresh()
  const refused = {doc: "d", prompt_ids: [], error: {message: "Nothing to run."}, node_errors: {}}
  runs.hear("queued", refused)
  assert.equal(runs.allProblems("d").length, 1)
  runs.hear("queued", {doc: "d", prompt_ids: ["j"]})
  assert.equal(runs.allProblems("d").length, 0)
  const item = {node: "1", type: "x", message: "m", text: "A sentence."}
  runs.hear("problems", {doc: "d", rev: 1, items: [item, {...item, node: "2"}]})
  runs.hear("queued", refused)
  assert.deepEqual(runs.allProblems("d").map(({node}) => node), ["1", "2"])
})

/** How far the one job is that runs. @param {Runs} runs */
function left(runs) {
  runs.listed({jobs: [job("in_progress")], paused: false}, {jobs: []})
  return runs.running[0].left
}

test("how long nodes take is known under the document's new name too", () => {
  const {runs} = fresh()
  hear(runs, "execution_cached", {prompt_id: "i", nodes: [], to_run: ["2"]})
  hear(runs, "progress_state", {prompt_id: "i", nodes: {2: {state: "finished", seconds: 9}}})
  hear(runs, "execution_success", {prompt_id: "i"})
  runs.renamed("d", "e")
  hear(runs, "execution_cached", {doc: "e", nodes: [], to_run: ["2"]})
  hear(runs, "executing", {doc: "e", node: "2"})
  assert.equal(left(runs), 9)
})

test("what a document shows is let go of when it is closed, and comes anew when it is opened", () => {
  const {runs, freed} = fresh()
  hear(runs, "execution_cached", {nodes: [], to_run: ["2"]})
  hear(runs, "executing", {node: "2"})
  for (let n = 0; n < 2; n++) runs.picture({prompt_id: "j", node_id: "2"}, new Blob([]))
  runs.closed("d")
  assert.deepEqual([freed.toSorted(), runs.node("d", "2")], [["blob:1", "blob:2"], undefined])
  runs.picture({prompt_id: "j", node_id: "2"}, new Blob([]))
  hear(runs, "progress", {node: "2", value: 5, max: 20, seconds_left: 3})
  assert.deepEqual([runs.node("d", "2"), left(runs)], [undefined, 3])
  assert.equal(freed.length, 2, "nothing was made that would have to be let go of")
  runs.opened("d")
  hear(runs, "progress", {node: "2", value: 6, max: 20})
  assert.equal(runs.node("d", "2")?.value, 6)
})

test("a job that was cancelled while it waited is forgotten, and ends nothing of its document", () => {
  const {runs} = fresh()
  runs.hear("queued", {doc: "d", prompt_ids: ["k"]})
  hear(runs, "executing", {node: "2"})
  runs.listed({jobs: [job("in_progress")]}, {jobs: [job("cancelled", {id: "k"})]})
  assert.equal(runs.node("d", "2")?.state, "running")
  hear(runs, "executing", {prompt_id: "k", doc: "e", node: "7"})
  assert.equal(runs.node("e", "7")?.state, "running", "nobody remembers that it was of another")
})

test("a job that no list has is forgotten at the second, for the first may be older than it", () => {
  const {runs} = fresh()
  const lists = [{jobs: []}, {jobs: []}]
  const node = (/** @type {string} */ id) => {
    hear(runs, "progress", {prompt_id: "k", doc: "e", node: id})
    return ["d", "e"].filter(doc => runs.node(doc, id)?.state === "running")
  }
  runs.hear("queued", {doc: "d", prompt_ids: ["k"]})
  runs.listed(lists[0], lists[1])
  assert.deepEqual(node("1"), ["d"])
  runs.listed(lists[0], lists[1])
  assert.deepEqual([runs.node("d", "1")?.state, node("2")], ["done", ["e"]])
})

/** @param {any} run */
function pick({state, value, max, left}) {
  return {state, value, max, left}
}
