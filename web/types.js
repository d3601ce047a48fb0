// @ts-check
/** The shapes that cross between rooms of the editor. Types only: nothing here runs. */

/** @typedef {{x: number, y: number}} Point */
/** @typedef {{x: number, y: number, w: number, h: number}} Box  canvas units, unless a name says screen */
/** @typedef {{x: number, y: number, zoom: number}} Camera  x, y: the canvas point at the screen's top left */

// The document: easel/1 as docs/file-format.md has it. Read-only outside of document/.

/** @typedef {string | number | bigint | boolean | null} Scalar */
/** @typedef {any} Json  a value as net/json.js reads it: large whole numbers are BigInt */
/** @typedef {[string, number]} Link  [id of the node it comes from, index of its output] */
/** @typedef {{place?: [number, number], size?: [number, number], title?: string, colour?: string,
 *   collapsed?: boolean, pinned?: boolean} & Object<string, any>} Look */
/** @typedef {"on" | "muted" | "bypassed"} State */
/** @typedef {{class_type: string, inputs?: Object<string, Json>, state?: State,
 *   after_run?: Object<string, string>, look?: Look, under?: Object<string, Json>}} GraphNode */
/** @typedef {{title: string, box: [number, number, number, number], colour?: string}} Group */
/** @typedef {{text: string, box: [number, number, number, number], colour?: string}} Note */
/** @typedef {{input: string, place: [number, number], before: string | null}} Reroute
 *   input: "NODE/INPUT"; before: the reroute that comes next on the way to the input */
/** @typedef {{nodes?: Object<string, GraphNode>, groups?: Object<string, Group>,
 *   notes?: Object<string, Note>, reroutes?: Object<string, Reroute>}} Canvas */
/** @typedef {Canvas & {name: string, inputs: {name: string, type: string}[],
 *   outputs: {name: string, type: string, from: Link}[]}} Subgraph */
/** @typedef {Canvas & {format: "easel/1", subgraphs?: Object<string, Subgraph>,
 *   extra?: Object<string, Json>}} Graph */
/** @typedef {string[]} Where  which canvas: [] the document's own, ["subgraphs", ID] a definition's */
/** @typedef {{op: "add" | "remove" | "set", path: string, value?: Json, was?: Json}} Op */
/** @typedef {{client: string, clock: number, ops: Op[]}} Edit */
/** @typedef {{paths: string[][], whole: boolean, mine: boolean}} Change
 *   paths: the parts of every path that was touched; whole: anything may have changed */

/** One document as this page sees it: confirmed state with its own pending edits on top.
 * @typedef {Object} Store
 * @property {string} name
 * @property {string} client
 * @property {Graph} graph
 * @property {number} rev
 * @property {boolean} settled  nothing waits for the server's word
 * @property {boolean} canUndo
 * @property {boolean} canRedo
 * @property {(ops: Op[]) => string} edit  one gesture; "" or the sentence why it was refused here
 * @property {() => string[]} undo  paths that somebody else has changed since: they were left
 * @property {() => string[]} redo
 * @property {(listener: (change: Change) => void) => () => void} on  returns how to stop
 */

// What nodes declare, from GET /object_info.

/** @typedef {"number" | "text" | "choice" | "toggle" | "seed" | "picture" | "colour" | "plain"} WidgetKind */
/** One input. widget: null for a pure socket. `type` may be "A,B" or "*".
 * @typedef {Object} InputSpec
 * @property {string} name
 * @property {string} type
 * @property {WidgetKind | null} widget
 * @property {boolean} optional
 * @property {boolean} list
 * @property {Json} fallback  the default; undefined: none
 * @property {string} tooltip
 * @property {number | bigint} [min]
 * @property {number | bigint} [max]
 * @property {number} [step]
 * @property {number} [round]
 * @property {Json[]} [options]
 * @property {string} [folder]  the options are files of this folder
 * @property {boolean} [multiline]
 * @property {string} [placeholder]
 * @property {boolean} [control]  offers what happens to the value after a run
 * @property {boolean} [slider]
 * @property {string} [on]
 * @property {string} [off]
 * @property {string} [upload]  "image": the widget takes a picture
 */
/** @typedef {{name: string, type: string, list: boolean, tooltip: string}} OutputSpec */
/** @typedef {{name: string, title: string, category: string, description: string,
 *   inputs: InputSpec[], outputs: OutputSpec[], saves: boolean, pack: string, known: boolean,
 *   deprecated: boolean}} NodeSpec  saves: it is an output node; known: false if made up for a type that is not here */
/** @typedef {Object} Specs
 * @property {(node: GraphNode, graph: Graph) => NodeSpec} of  never fails: an unknown type gets a spec from what the node holds
 * @property {() => NodeSpec[]} all
 * @property {(given: string, wanted: string) => boolean} fits
 * @property {(listener: () => void) => () => void} on  when packs or folders have changed
 */

// The scene: one canvas with its places worked out. Pure; made anew only where a change touched.

/** @typedef {{side: "in" | "out", node: string, name: string, index: number, type: string, label: string,
 *   x: number, y: number, optional: boolean, list: boolean, linked: boolean, widget: boolean}} Socket */
/** @typedef {{name: string, label: string, box: Box, input: InputSpec, value: Json, linked: boolean,
 *   after: string}} WidgetPlace  after: what happens after a run, "" for nothing */
/** @typedef {Object} NodePlace
 * @property {string} id
 * @property {GraphNode} node
 * @property {NodeSpec} spec
 * @property {string} title
 * @property {Box} box
 * @property {Socket[]} sockets
 * @property {WidgetPlace[]} widgets
 * @property {Box | null} picture  where pictures are shown
 * @property {Box | null} footer
 * @property {number} version  changes when the face must be painted again
 */
/** @typedef {{key: string, from: Link, node: string, input: string, type: string, points: Point[],
 *   box: Box, broken: boolean}} LinkPlace  key: "NODE/INPUT"; points: start, reroutes, end; broken: its source is gone */
/** @typedef {string} Key  "nodes/ID", "groups/ID", "notes/ID", "reroutes/ID" on the open canvas; "links/NODE/INPUT" in hits */
/** What lies under a point.
 * @typedef {{kind: "nothing"} | {kind: "socket", socket: Socket} | {kind: "widget", node: string, widget: WidgetPlace}
 *   | {kind: "picture", node: string, index: number} | {kind: "node", node: string, header: boolean}
 *   | {kind: "corner", key: Key} | {kind: "link", link: LinkPlace} | {kind: "reroute", id: string}
 *   | {kind: "note", id: string} | {kind: "group", id: string, header: boolean}
 *   | {kind: "problem", node: string}} Hit */
/** @typedef {Object} Scene
 * @property {Where} where
 * @property {Canvas} canvas
 * @property {Map<string, NodePlace>} nodes
 * @property {Map<string, LinkPlace>} links
 * @property {(point: Point, zoom: number) => Hit} at
 * @property {(box: Box) => Key[]} within  keys of nodes, groups, notes and reroutes that touch the box
 * @property {(keys: Iterable<Key>) => Box | null} around  the box around things; null for none
 * @property {() => Box | null} whole
 * @property {(id: string) => LinkPlace[]} linksOf  in and out
 * @property {(box: Box) => LinkPlace[]} linksNear  all that pass through the box, and some beside it
 * @property {(keys: Iterable<Key>) => void} raise  on top of all others of their kind, on this page only
 * @property {(listener: () => void) => () => void} on
 */

// What only this page knows of: never in a file.

/** What a hand is doing, drawn on the overlay until it is done.
 * @typedef {{kind: "link", from: Socket, to: Point, over: Socket | null, fitting: Set<string>,
 *      others?: Socket[], taken?: Set<string>}
 *   | {kind: "box", box: Box} | {kind: "move", keys: Set<Key>, dx: number, dy: number, onto: string | null, copy?: boolean}
 *   | {kind: "bend", link: string, index: number, to: Point}
 *   | {kind: "size", key: Key, box: Box} | {kind: "value", node: string, name: string, value: Json}
 *   | {kind: "cut", points: Point[]}} Draft
 *   fitting: "in/NODE/NAME" or "out/NODE/INDEX" of sockets that fit; others: further sockets whose links are in the hand;
 *   taken: keys of links that are in the hand, not drawn at their place; onto: key of the link that a node would be put into;
 *   copy: the things stay, copies of them move; bend: a reroute to be, behind `points[index]` of a link */
/** @typedef {{client: string, name: string, colour: string, where: Where, cursor: Point | null,
 *   selection: Key[], drag: {keys: Key[], dx: number, dy: number} | null}} Presence */
/** @typedef {{where: Where, instances: string[], selection: Set<Key>, camera: Camera, hover: Hit,
 *   draft: Draft | null, peers: Map<string, Presence>, screen: {w: number, h: number}}} SessionState
 *   instances: ids of the subgraph nodes that were entered, outermost first */
/** @typedef {SessionState & {set: (part: Partial<SessionState>) => void,
 *   on: (listener: (names: Set<string>) => void) => () => void}} Session */

// Runs.

/** @typedef {{filename: string, subfolder: string, type: string}} Picture */
/** @typedef {{state: "waiting" | "running" | "kept" | "done" | "failed", value: number, max: number,
 *   left: number | null, seconds: number | null, preview: string, pictures: Picture[], text: string[],
 *   error: NodeError | null}} NodeRun
 *   left: seconds that are left; preview: an object URL or ""; kept: its result came from the cache */
/** @typedef {{type: string, message: string, text: string, input?: string, traceback?: string[]}} NodeError
 *   text: the whole sentence with the way out */
/** @typedef {{id: string, number: number, doc: string, name: string, state: "running" | "waiting" | "done" | "failed" | "cancelled",
 *   done: number, left: number | null, at: string, step: string, pictures: Picture[], error: string,
 *   created: number, seconds: number | null}} Job  done: 0 to 1; at: the node that runs; created: unix seconds */
/** @typedef {Object} RunState
 * @property {(doc: string, node: string) => NodeRun | undefined} node  node: its id as it runs, "outer:inner" in subgraphs
 * @property {(doc: string, node: string) => NodeError[]} problems
 * @property {(doc: string) => {node: string, problem: NodeError}[]} allProblems
 * @property {Job[]} running
 * @property {Job[]} waiting
 * @property {Job[]} ended  newest first
 * @property {boolean} paused
 * @property {{state: "starting" | "ready" | "down" | "lost", text: string}} worker  lost: no line to the server
 * @property {(listener: (what: {nodes: Set<string>, queue: boolean, problems: boolean, worker: boolean}) => void) => () => void} on
 */

// Drawing.

/** @typedef {Object<string, string>} Theme  CSS variables without "--", by name: "canvas", "surface", "text", "accent", "font" ... */
/** @typedef {{width: (text: string, font: string) => number, cut: (text: string, font: string, width: number) => string,
 *   wrap: (text: string, font: string, width: number, most: number) => string[]}} Measure
 *   cut: with an ellipsis if too long; wrap: at most `most` lines */
/** detail 2: all; 1: no widget text (below 50 %); 0: block, title and colour (below 25 %).
 * @typedef {{ctx: CanvasRenderingContext2D, theme: Theme, colour: (type: string) => string, detail: 0 | 1 | 2,
 *   scale: number, measure: Measure}} Pen  scale: device pixels in a canvas unit */
/** @typedef {Object} Widget
 * @property {(place: {input: InputSpec, value: Json}, width: number, measure: Measure) => number} height  26 for most
 * @property {(pen: Pen, place: WidgetPlace, marks: {hovered: boolean, wrong: boolean}) => void} paint
 * @property {(hand: WidgetHand, at: Point | null) => void} open  edit it; at: where it was clicked, null: reached by keys
 * @property {(hand: WidgetHand, start: Json, dx: number, event: {shift: boolean, ctrl: boolean}) => Json} [drag]  the value after a drag of dx screen pixels
 */
/** What a widget may do while it is edited.
 * @typedef {Object} WidgetHand
 * @property {App} app
 * @property {string} node
 * @property {WidgetPlace} place
 * @property {() => {left: number, top: number, width: number, height: number, zoom: number}} screen  where the widget is on the page now
 * @property {HTMLElement} host  put DOM in here; it lies over the canvas
 * @property {(value: Json) => void} show  a value that is not final: shown, not sent
 * @property {(value: Json) => void} set  the final value: one edit
 * @property {(mode: string) => void} setAfter  "fixed" "increment" "decrement" "randomize"
 * @property {(to: "stay" | "next" | "previous") => void} leave  the editor has closed; next, previous: Tab went on to the node's next widget
 */

// The page.

/** @typedef {{title: string, id?: string, keys?: string, icon?: string, colour?: string, off?: boolean, checked?: boolean,
 *   run?: () => void, items?: MenuItem[], line?: boolean}} MenuItem
 *   colour: shown in place of an icon; line: a rule above it */
/** @typedef {Object} Ui
 * @property {(text: string, kind?: "plain" | "good" | "bad", action?: {title: string, run: () => void}) => void} toast
 * @property {(at: {x: number, y: number}, items: MenuItem[]) => void} menu  screen pixels
 * @property {(question: string, yes: string) => Promise<boolean>} confirm
 * @property {(question: string, value: string) => Promise<string | null>} ask
 * @property {(name: string, open?: boolean) => void} panel  "queue" "gallery" "problems" "info" "workflows" "library" "models" "settings" "help" "log" "versions"
 * @property {(pictures: Picture[], index: number) => void} lightbox
 * @property {(one: Picture, other: Picture) => void} compare
 * @property {(picture: string, done: (name: string) => void) => void} paintMask  picture: an input's value
 * @property {(at: Point, link?: Socket) => void} addNode  search, at a canvas point, for what fits the socket
 * @property {() => void} palette
 * @property {() => {left: number, top: number, right: number, bottom: number}} covered  screen pixels at the edges of the canvas that panels lie over
 * @property {(name: string, said: Json) => void} imported  a file was opened; said: what POST /convert answered. Shows what is missing here
 */
/** @typedef {{id: string, group: string, keys?: string[], when?: (app: App) => boolean, run: (app: App) => void, typing?: boolean}} Command
 *   its title is the text "command.ID"; keys: "Ctrl+Shift+Enter", a chord "Ctrl+K Ctrl+S"; typing: also while text is typed */
/** @typedef {{all: () => Command[], run: (id: string) => void, keysOf: (id: string) => string[],
 *   rebind: (id: string, keys: string[]) => void, on: (listener: () => void) => () => void}} Commands */
/** @typedef {{get: (id: string) => Json, set: (id: string, value: Json) => void,
 *   on: (listener: (id: string) => void) => () => void}} Settings */
/** @typedef {(key: string, values?: Object<string, string | number>) => string} Translate */
/** @typedef {{name: string, store: Store, unsaved: boolean, online: boolean}} Tab */
/** @typedef {{tabs: Tab[], active: Tab, open: (name: string, options?: {template?: string, graph?: Graph}) => Promise<void>,
 *   show: (name: string) => void, close: (name: string) => void, renamed: (old: string, name: string) => void,
 *   on: (listener: () => void) => () => void}} Tabs */
/** HTTP, each a promise that throws Error with a sentence.
 * @typedef {Object} Api
 * @property {(path: string) => Promise<Json>} get
 * @property {(path: string, body: Json) => Promise<Json>} post
 * @property {(path: string) => Promise<Json>} remove
 * @property {(file: Blob, name: string, options?: {subfolder?: string, overwrite?: boolean}) => Promise<Picture>} upload
 * @property {(file: Blob | string, to: "easel" | "api" | "ui") => Promise<Json>} convert  the answer of POST /convert
 * @property {(picture: Picture, options?: {preview?: boolean, size?: number}) => string} view  its URL
 */
/** @typedef {{say: (type: string, data: Json) => void}} Wire */
/** Everything joined; made by app.js alone.
 * @typedef {Object} App
 * @property {Tabs} tabs
 * @property {Store} store  of the tab that is shown
 * @property {Scene} scene
 * @property {Session} session
 * @property {RunState} run
 * @property {Specs} specs
 * @property {Api} api
 * @property {Wire} wire
 * @property {Settings} settings
 * @property {Commands} commands
 * @property {Ui} ui
 * @property {Translate} t
 * @property {Measure} measure
 * @property {(kind: InputSpec) => Widget} widgetOf
 * @property {() => {point: Point, screen: Point}} pointer  where the mouse is last seen
 * @property {(key: Key) => void} rename  edit a title, or the text of a note, in its place
 * @property {(box: Box) => void} note  write a new note there
 * @property {(options?: {front?: boolean, count?: number, targets?: string[]}) => void} queue  run the document
 * @property {() => Promise<void>} refresh  ask the server anew which nodes and files there are
 */

export {}
