"""Selecting and editing: by mouse, by keys, by fingers, between windows, and all of it undone."""

import json
from random import Random

from tests.web.hands import Spot
from tests.web.pasted import GRAPH, LARGEST, copied, paste, typed

ASIDE = Spot(1500, 800)  # nothing is there


def count(window, nodes):
    window.until(lambda: len(window.places["nodes"]) == nodes, f"{nodes} nodes")


def chosen(window):
    titles = {one["id"]: one["title"] for one in window.places["nodes"]}
    keys = [key.partition("/") for key in window.places["selection"]]
    return {titles[id] for kind, _, id in keys if kind == "nodes"}


def new(window):
    """What is in the document now and was not before, by its type."""
    nodes = window.document()["nodes"]
    return {one["class_type"]: one for id, one in nodes.items() if id not in window.before["nodes"]}


def undone(window, times):
    for _ in range(times):
        window.press("Control+z")
    window.saved(lambda now: now == window.before, f"{times} steps undone")


def test_things_are_selected_by_click_box_and_keys(on):
    window = on("selected")
    keyboard = window.page.keyboard
    words, unwanted = window.node("Words")["box"], window.node("Unwanted")["box"]
    corners = (
        Spot(words["x"] - 12, words["y"] - 12),
        Spot(unwanted["x"] + 90, unwanted["y"] + 90),
    )
    for held in ("Shift", "Control"):
        keyboard.down(held)
        window.drag(*corners)
        keyboard.up(held)
        assert chosen(window) == {"Words", "Unwanted"}, f"a box with {held}"
        window.click(ASIDE)
        assert not chosen(window)
    window.click(window.header("Decode"))
    keyboard.down("Shift")
    window.click(window.header("Sampler"))
    window.drag(*corners)
    window.click(window.header("Words"))
    keyboard.up("Shift")
    assert chosen(window) == {"Decode", "Sampler", "Unwanted"}
    window.press("Control+a")
    assert len(chosen(window)) == len(GRAPH["nodes"])
    window.press("Escape")
    assert not chosen(window)
    assert window.document() == window.before
    assert not window.errors


def test_copies_keep_inner_links_and_with_shift_all_and_duplicates_too(on):
    window = on("copied")
    keyboard, mouse = window.page.keyboard, window.page.mouse
    nodes = len(GRAPH["nodes"])
    window.click(window.header("Sampler"))
    keyboard.down("Shift")
    window.click(window.header("Decode"))
    keyboard.up("Shift")
    window.press("Control+c")
    mouse.move(300, 700)
    window.press("Control+v")
    count(window, nodes + 2)
    window.saved(lambda now: len(now["nodes"]) == nodes + 2, "what was pasted")
    copy = new(window)
    assert copy["VAEDecode"]["inputs"].keys() == {"samples"}, "from the sampler beside it alone"
    assert copy["KSampler"]["inputs"]["seed"] == LARGEST
    window.press("Delete")
    count(window, nodes)
    window.press("Control+Shift+v")
    count(window, nodes + 2)
    window.saved(lambda now: len(now["nodes"]) == nodes + 2, "what was pasted")
    linked, first = new(window), typed(window.before, "KSampler")
    assert linked["KSampler"]["inputs"] == first["inputs"], "with the links to what stays"
    window.press("Control+x")
    count(window, nodes)
    window.click(window.header("Sampler"))
    window.press("Control+d")
    count(window, nodes + 1)
    window.saved(lambda now: len(now["nodes"]) == nodes + 1, "the duplicate")
    assert new(window)["KSampler"]["inputs"] == first["inputs"]
    window.press("ArrowDown")
    undone(window, 6)
    assert not window.errors


def test_nodes_go_to_other_windows_and_come_from_other_programs(on, windows):
    window = on("from here")
    window.click(window.header("Sampler"))
    text = json.dumps(copied(window))
    other = windows.open(window.address, "to there")
    paste(other, text, Spot(700, 300))
    other.node("Sampler")
    api = {
        "3": {"class_type": "KSampler", "inputs": {"seed": LARGEST, "latent_image": ["5", 0]}},
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 64}},
    }
    paste(other, json.dumps(api), Spot(200, 400))
    other.node("Empty latent")
    paste(other, "# only *words*", Spot(400, 750))
    other.page.locator(".note h1").wait_for()
    other.reload()
    window.saved(lambda _: other.document().get("notes"), "the note")
    seeds = [one.get("inputs", {}).get("seed") for one in other.document()["nodes"].values()]
    assert seeds.count(LARGEST) == 2, "every digit, also after a reload"
    assert not window.errors
    assert not other.errors


def test_a_storm_of_edits_undone_and_redone_ends_as_the_server_has_it(on):
    window = on("storm")
    chance = Random(13)
    edits = ["ArrowLeft", "ArrowDown", "Alt+c", "Control+b", "Control+m", "Control+d", "Delete"]
    keys = [*edits, *["Control+z"] * 8, *["Control+y"] * 6]
    for n in range(200):
        key = chance.choice(keys)
        if key in edits and (there := window.places["nodes"]):
            box = chance.choice(there)["box"]
            window.click(Spot(box["x"] + 40 + 20 * (n % 2), box["y"] + 17))  # no double click
        window.press(key)
    copied_as(window, window.document)
    tens = 0
    while window.places["nodes"] and tens < 20:
        tens += 1
        for keys in [*["Control+z"] * 9, "Control+y", "Control+z"]:
            window.press(keys)
    assert not window.places["nodes"], "all of it undone, and the paste before"
    for _ in range(9 * tens):
        window.press("Control+y")
    copied_as(window, window.document)
    assert not window.errors


def copied_as(window, document):
    """Whether what is copied on the page is what the server has."""

    def same():
        window.press("Control+a")
        return copied(window)["nodes"] == document()["nodes"]

    window.until(same, "the page and the server agree")


PANELS = [
    ("q", "Queue", "q"),
    ("w", "Workflows", "w"),
    ("n", "Nodes", "Escape"),
    ("m", "Models", "m"),
    ("?", "Help", "Escape"),
    ("Control+,", "Settings", "Escape"),
    ("Control+o", "Workflows", "w"),
]


def test_every_panel_has_its_key_and_keys_can_be_changed(easel, windows):
    window = windows.open(easel, "keys")
    page = window.page
    page.get_by_role("button", name="Close", exact=True).click()
    for keys, title, shut in PANELS:
        window.press(keys)
        found = page.get_by_text(title, exact=True).first
        found.wait_for()
        window.press(shut)
        found.wait_for(state="hidden")
    window.press("f")
    page.get_by_role("button", name="Workflows").wait_for(state="hidden")
    window.press("f")
    window.press("r")
    page.get_by_text("up to date").wait_for()
    window.press("Control+k")
    page.get_by_role("dialog", name="Commands").wait_for()
    window.type("add note")
    page.get_by_role("option", name="Add note").wait_for()
    window.press("Enter")
    page.get_by_role("textbox").wait_for()
    window.type("by keys")
    window.click(ASIDE)
    page.locator(".note", has_text="by keys").wait_for()
    window.press("Control+a")
    window.press("Shift+F10")
    page.get_by_role("menuitem", name="Delete").wait_for()
    window.press("d")
    window.press("Escape")
    window.press("Delete")
    page.locator(".note").wait_for(state="detached")
    window.press("Control+,")
    page.get_by_role("tab", name="Keys", exact=True).click()
    page.get_by_role("button", name="Models: M").click()
    window.press("Shift+j")
    page.get_by_role("button", name="Models: Shift+J").wait_for()
    window.press("Escape")
    window.press("Shift+j")
    models = page.get_by_text("Models", exact=True).first
    models.wait_for()
    window.press("Shift+j")
    models.wait_for(state="hidden")
    window.press("Control+,")
    page.get_by_role("tab", name="Keys", exact=True).click()
    page.get_by_role("button", name="The usual keys for Models").click()
    page.get_by_role("button", name="Models: M").wait_for()
    assert not window.errors


def touched(window, *fingers, kind="touchStart"):
    points = [{"x": spot.x, "y": spot.y, "id": n} for n, spot in enumerate(fingers)]
    window.line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_fingers_move_pinch_tap_and_hold(on):
    window = on("fingers", has_touch=True)
    page = window.page
    window.line = page.context.new_cdp_session(page)
    bare = Spot(1200, 700)
    header = window.header("Sampler")
    touched(window, bare)
    for step in (20, 40, 60):
        touched(window, bare.by(-step, step / 2), kind="touchMove")
    touched(window, kind="touchEnd")
    assert window.header("Sampler") == header.by(-60, 30), "one finger moves the canvas"
    one, other = Spot(700, 500), Spot(900, 500)
    touched(window, one, other)
    for step in (20, 50, 100):
        touched(window, one.by(-step, 0), other.by(step, 0), kind="touchMove")
    touched(window, kind="touchEnd")
    assert abs(window.places["zoom"] - 2) < 0.05, "two spread to twice the distance"
    window.press(".")
    page.touchscreen.tap(window.header("Decode").x, window.header("Decode").y)
    window.until(lambda: chosen(window) == {"Decode"}, "a tap selects")
    place = window.header("Words")
    touched(window, place)
    page.get_by_role("menuitemcheckbox", name="Bypass").wait_for()
    touched(window, kind="touchEnd")
    page.get_by_role("menuitemcheckbox", name="Bypass").tap()
    window.saved(lambda now: "bypassed" in json.dumps(now), "a long press opens the menu")
    assert not window.errors
