// @ts-check
/** JSON, frames, the socket and HTTP. */

import assert from "node:assert/strict"
import {mock, test} from "node:test"

import {HttpApi, HttpError} from "../../../web/net/api.js"
import {readFrame} from "../../../web/net/frames.js"
import {keepsNumbers, parse, stringify} from "../../../web/net/json.js"
import {Socket} from "../../../web/net/socket.js"

test("large whole numbers come and go as they are, all others as JavaScript has them", () => {
  const text = '{"seed":18446744073709551615,"less":-9007199254740993,"x":1e20,"y":0.12345678901234567,"z":1}'
  const value = parse(text)
  assert.equal(value.seed, 18446744073709551615n)
  assert.equal(value.less, -9007199254740993n)
  assert.deepEqual([value.x, value.z], [1e20, 1])
  assert.equal(stringify({seed: value.seed, list: [value.less]}),
    '{"seed":18446744073709551615,"list":[-9007199254740993]}')
  assert.equal(keepsNumbers(), true)
})

/** @param {...(number | string)} parts  numbers of 32 bits, texts */
function frame(...parts) {
  const bytes = parts.map(part => typeof part === "string"
    ? new TextEncoder().encode(part)
    : new Uint8Array([part >> 24, part >> 16, part >> 8, part]))
  return new Uint8Array(bytes.flatMap(one => [...one])).buffer
}

test("binary frames are pictures, with or without whose they are, and texts", async () => {
  const plain = readFrame(frame(1, 2, "picture"))
  assert.ok(plain?.kind === "picture")
  assert.deepEqual([plain.blob.type, await plain.blob.text(), plain.meta], ["image/png", "picture", {}])
  const said = '{"node_id":"3","image_type":"image/jpeg"}'
  const described = readFrame(frame(4, said.length, said, "picture"))
  assert.ok(described?.kind === "picture")
  assert.deepEqual([described.meta.node_id, await described.blob.text()], ["3", "picture"])
  assert.deepEqual(readFrame(frame(3, 1, "3half")), {kind: "text", node: "3", text: "half"})
  for (const odd of [frame(1), frame(9, 0), frame(4, 99, "{}"), frame(4, 2, "{]x")]) {
    assert.equal(readFrame(odd), null)
  }
})

/** A browser's socket, by hand. */
class Line {
  readyState = 0
  binaryType = ""
  bufferedAmount = 0
  /** @type {string[]} */
  sent = []
  closed = false
  /** @type {(() => void) | null} */
  onopen = null
  /** @type {(() => void) | null} */
  onclose = null
  /** @type {((event: {data: any}) => void) | null} */
  onmessage = null

  /** @param {string} text */
  send(text) {
    this.sent.push(parse(text).type)
  }

  close() {
    this.closed = true
  }
}

test("a lost line is made again, with more patience each time", () => {
  mock.timers.enable({apis: ["setTimeout"]})
  /** @type {Line[]} */
  const lines = []
  const socket = new Socket("ws://x/ws", () => lines[lines.push(new Line()) - 1])
  /** @type {boolean[]} */
  const told = []
  socket.lines.on(up => told.push(up))
  socket.start()
  socket.say("lost", {})
  lines[0].onopen?.()
  socket.say("run", {})
  assert.deepEqual(lines[0].sent, ["feature_flags", "run"])
  lines[0].onclose?.()
  mock.timers.tick(100)
  assert.equal(lines.length, 2)
  lines[1].onclose?.()
  mock.timers.tick(299)
  assert.equal(lines.length, 2)
  mock.timers.tick(1)
  assert.equal(lines.length, 3)
  lines[2].onopen?.()
  assert.deepEqual(told, [true, false, true])
  socket.stop()
  mock.timers.tick(60_000)
  assert.equal(lines.length, 3)
  mock.timers.reset()
})

test("a line that says nothing is asked, and given up if it does not answer", () => {
  mock.timers.enable({apis: ["setTimeout"]})
  /** @type {Line[]} */
  const lines = []
  const socket = new Socket("ws://x/ws", () => lines[lines.push(new Line()) - 1])
  socket.start()
  lines[0].onopen?.()
  mock.timers.tick(20_000)
  assert.deepEqual(lines[0].sent, ["feature_flags", "feature_flags"])
  lines[0].onmessage?.({data: '{"type":"feature_flags","data":{}}'})
  mock.timers.tick(20_000)
  mock.timers.tick(8_000)
  assert.deepEqual([lines[0].closed, socket.online], [true, false])
  socket.hurry()
  assert.equal(lines.length, 2)
  socket.stop()
  mock.timers.reset()
})

test("a line that does not answer what was said is asked sooner, however much is said", () => {
  mock.timers.enable({apis: ["setTimeout"]})
  /** @type {Line[]} */
  const lines = []
  const socket = new Socket("ws://x/ws", () => lines[lines.push(new Line()) - 1])
  socket.start()
  lines[0].onopen?.()
  for (let n = 0; n < 4; n++) {
    socket.say("edit", {})
    mock.timers.tick(1_000)
  }
  assert.deepEqual(lines[0].sent.filter(type => type === "feature_flags").length, 2)
  mock.timers.tick(7_999)
  assert.equal(socket.online, true)
  mock.timers.tick(1)
  assert.equal(socket.online, false)
  socket.stop()
  mock.timers.reset()
})

test("a line that still sends is not given up", () => {
  mock.timers.enable({apis: ["setTimeout"]})
  const line = new Line()
  const socket = new Socket("ws://x/ws", () => line)
  socket.start()
  line.onopen?.()
  line.bufferedAmount = 9e6
  socket.say("edit", {})
  mock.timers.tick(4_000)
  line.bufferedAmount = 5e6
  mock.timers.tick(8_000)
  assert.equal(socket.online, true)
  mock.timers.tick(8_000)
  assert.equal(socket.online, false, "nothing of it went on its way any more")
  socket.stop()
  mock.timers.reset()
})

test("answers are JSON, and errors are sentences", async () => {
  const answers = [
    new Response('{"seed":18446744073709551615}'),
    new Response('{"error":{"message":"No.","details":"Try again."}}', {status: 400}),
    new Response('{"error":"There is no such file."}', {status: 404}),
    new Response("oops", {status: 502}),
  ]
  /** @type {any[]} */
  const asked = []
  mock.method(globalThis, "fetch", async (/** @type {string} */ url, /** @type {any} */ options) => {
    asked.push([url, options.method, options.body])
    const answer = answers.shift()
    if (!answer) throw new TypeError("no network")
    return answer
  })
  const api = new HttpApi({say: key => key})
  assert.deepEqual(await api.post("/a", {seed: 18446744073709551615n}), {seed: 18446744073709551615n})
  assert.deepEqual(asked[0], ["/a", "POST", '{"seed":18446744073709551615}'])
  for (const sentence of ["No. Try again.", "There is no such file.", "net.status", "net.unreachable"]) {
    await assert.rejects(api.get("/b"), (/** @type {any} */ error) =>
      error instanceof HttpError && error.message === sentence)
  }
  mock.restoreAll()
})

test("a picture's address names it, and how it is wanted", () => {
  const api = new HttpApi()
  const picture = {filename: "a b.png", subfolder: "x", type: "output"}
  assert.equal(api.view(picture), "/view?filename=a+b.png&subfolder=x&type=output")
  assert.equal(api.view(picture, {size: 256}),
    "/view?filename=a+b.png&subfolder=x&type=output&preview=webp&size=256")
})
