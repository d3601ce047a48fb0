"""The canvas: how it is moved, what links, groups, notes and looks do under the hand."""

from io import BytesIO

from PIL import Image

from tests.web.hands import Spot

ASIDE = Spot(1500, 800)  # nothing is there


def undone(window, times):
    for _ in range(times):
        window.press("Control+z")
    window.saved(lambda now: now == window.before, f"{times} steps undone")


def seen(window):
    box = window.node("Load checkpoint")["box"]
    return round(box["x"]), round(box["y"]), round(window.places["zoom"], 3)


def middle(window, title, input):
    key = f"{window.node(title)['id']}/{input}"
    start, *_, end = next(one for one in window.places["links"] if one["key"] == key)["points"]
    return Spot((start["x"] + end["x"]) / 2, (start["y"] + end["y"]) / 2)


def glow(window, *spots):
    """How many bright pixels there are about each of some spots."""
    shot = Image.open(BytesIO(window.page.screenshot())).convert("L")
    boxes = [(spot.x - 9, spot.y - 9, spot.x + 9, spot.y + 9) for spot in spots]
    return [sum(shot.crop(box).histogram()[120:]) for box in boxes]


def held(window, title):
    """A node as the server has it."""
    return window.document()["nodes"][window.node(title)["id"]]


def links(window):
    """Links by the title of what they come to."""
    titles = {one["id"]: one["title"] for one in window.places["nodes"]}
    keys = [one["key"].partition("/") for one in window.places["links"]]
    return {f"{titles[id]}/{input}" for id, _, input in keys}


def test_the_canvas_is_moved_and_zoomed_by_every_hand(on):
    window = on("moved")
    mouse, keyboard = window.page.mouse, window.page.keyboard

    def moved(act):
        x, y, zoom = seen(window)
        act()
        return seen(window)[0] - x, seen(window)[1] - y, round(seen(window)[2] / zoom, 2)

    def space():
        keyboard.down(" ")
        window.drag(window.header("Sampler"), window.header("Sampler").by(50, -20))
        keyboard.up(" ")

    def by_middle():
        mouse.move(ASIDE.x, ASIDE.y)
        mouse.down(button="middle")
        mouse.move(ASIDE.x - 40, ASIDE.y - 30, steps=3)
        mouse.up(button="middle")

    assert moved(space) == (50, -20, 1), "with Space, even over a node"
    assert moved(by_middle) == (-40, -30, 1)
    assert moved(lambda: window.drag(ASIDE, ASIDE.by(-10, 50))) == (-10, 50, 1)
    at = window.socket("Sampler", "in", "model")
    mouse.move(at.x, at.y)
    mouse.wheel(0, -240)
    after = window.socket("Sampler", "in", "model")
    assert window.places["zoom"] > 1.2
    assert abs(after.x - at.x) + abs(after.y - at.y) < 2, "what is under the pointer stays there"
    window.press("Alt+0")
    assert window.places["zoom"] == 1
    assert moved(lambda: window.press("Alt+-"))[2] == 0.83
    assert moved(lambda: window.press("Alt+="))[2] == 1.2
    window.press(".")
    box = window.node("Load checkpoint")["box"]
    last = window.node("Show")["box"]
    assert 50 < box["x"] < last["x"] + last["w"] < 1600
    minimap = window.page.locator(".minimap")
    place = minimap.bounding_box()
    assert place
    x = seen(window)[0]
    window.click(Spot(place["x"] + place["width"] * 0.9, place["y"] + place["height"] / 2))
    assert seen(window)[0] < x - 100
    window.press("Alt+m")
    minimap.wait_for(state="hidden")
    window.press("Alt+m")
    minimap.wait_for()
    assert window.document() == window.before, "looking changes nothing"
    assert not window.errors


def test_a_link_in_the_hand_lights_what_fits_and_asks_for_a_node_over_nothing(on):
    window = on("links")
    model, clip = window.socket("Sampler", "in", "model"), window.socket("Unwanted", "in", "clip")
    was = glow(window, model, clip)
    start = window.socket("Load checkpoint", "out", "CLIP")
    mouse = window.page.mouse
    mouse.move(start.x, start.y)
    mouse.down()
    mouse.move(ASIDE.x - 200, ASIDE.y - 100, steps=4)
    window.page.wait_for_timeout(60)
    faint, grown = glow(window, model, clip)
    assert faint < was[0] / 2, "what does not fit is faint"
    assert grown > was[1] * 1.2, "what fits has grown"
    mouse.up()
    options = window.page.get_by_role("option")
    options.first.wait_for()
    offered = " ".join(options.all_text_contents())
    assert "Prompt" in offered
    assert "Decode" not in offered
    window.press("Enter")
    window.node("Prompt")
    assert "Prompt/clip" in links(window), "the node that was offered is linked"
    input = window.socket("Sampler", "in", "positive")
    window.drag(input, input.by(-80, 500))
    window.until(lambda: "Sampler/positive" not in links(window), "a link let go over nothing")
    window.link(("Unwanted", "CONDITIONING"), ("Sampler", "positive"))
    window.until(lambda: "Sampler/positive" in links(window), "a link pulled by hand")
    undone(window, 3)
    assert not window.errors


def test_a_node_let_go_on_a_link_is_put_into_it_and_links_bend_by_reroutes(on):
    window = on("bent")
    window.add("ImageInvert", Spot(800, 700))
    link = middle(window, "Show", "images")
    header = window.header("Invert image")
    window.drag(header, link.by(-40, -8))
    window.until(lambda: len(links(window)) == 10, "one more link")
    inverted, decode = (window.node(title)["id"] for title in ("Invert image", "Decode"))
    assert held(window, "Show")["inputs"]["images"] == [inverted, 0]
    assert held(window, "Invert image")["inputs"]["image"] == [decode, 0]
    undone(window, 2)

    bend = middle(window, "Sampler", "latent_image")
    window.page.keyboard.down("Alt")
    window.drag(bend, bend.by(-20, 120))
    window.page.keyboard.up("Alt")
    window.saved(lambda now: len(now.get("reroutes", {})) == 1, "a reroute pulled out")
    window.page.wait_for_timeout(450)
    window.double(middle(window, "Sampler", "negative"))
    window.saved(lambda now: len(now.get("reroutes", {})) == 2, "a reroute by a double click")
    window.drag(bend.by(-20, 120), bend.by(60, 160))
    window.until(lambda: len(window.places["selection"]) == 1, "the reroute that was moved")
    window.press("Delete")
    window.saved(lambda now: len(now["reroutes"]) == 1, "a reroute less, its link goes on")
    assert "Sampler/latent_image" in links(window)
    undone(window, 4)
    assert not window.errors


def test_groups_move_with_what_they_hold_and_notes_are_set_as_markdown(on):
    window = on("groups")
    page = window.page
    page.keyboard.down("Shift")
    for title in ("Words", "Unwanted"):
        window.click(window.header(title))
    page.keyboard.up("Shift")
    window.press("Control+g")
    window.saved(lambda now: now.get("groups"), "a group")
    (name,) = window.document()["groups"]
    x, y, *_ = window.document()["groups"][name]["box"]
    handle = Spot(x + 60, y + 16).by(0, 48)  # the canvas begins below the bar
    window.drag(handle, handle.by(-24, 96))
    window.saved(lambda now: now["groups"][name]["box"][:2] == [x - 24, y + 96], "it is moved")
    for title in ("Words", "Unwanted"):
        x, y = window.before["nodes"][window.node(title)["id"]]["look"]["place"]
        assert held(window, title)["look"]["place"] == [x - 24, y + 96], "what it holds goes too"
    window.press("F2")
    window.press("Control+a")
    window.type("Prompts")
    window.press("Enter")
    window.saved(lambda now: now["groups"][name]["title"] == "Prompts", "its name")

    window.click(ASIDE.by(-300, -100), button="right")
    page.get_by_role("menuitem", name="Add note").click()
    page.get_by_role("textbox").wait_for()
    window.type("# Hello\n\n- **one** `two`")
    window.click(ASIDE)
    page.locator(".note h1", has_text="Hello").wait_for()
    assert page.locator(".note li strong").inner_text() == "one"
    undone(window, 4)
    assert not window.errors


def test_nodes_are_folded_bypassed_muted_pinned_coloured_named_and_sized(on):
    window = on("looks")
    page = window.page

    def press(title, keys):
        window.click(window.header(title))
        window.press(keys)

    press("Words", "Alt+c")
    press("Unwanted", "Control+b")
    press("Decode", "Control+m")
    press("Load checkpoint", "p")
    header = window.header("Load checkpoint")
    window.drag(header, header.by(60, 60))
    window.click(window.header("Empty latent"), button="right")
    page.get_by_role("menuitem", name="Colour").click()
    page.get_by_role("menuitem", name="Blue").click()
    press("Sampler", "F2")
    window.press("Control+a")
    window.type("Drawer")
    window.press("Enter")
    box = window.node("Show")["box"]
    corner = Spot(box["x"] + box["w"] - 4, box["y"] + box["h"] - 4)
    window.drag(corner, corner.by(40, 60))
    window.until(lambda: "size" in held(window, "Show")["look"], "another size")
    assert window.node("Show")["box"]["w"] == box["w"] + 40
    assert held(window, "Words")["look"]["collapsed"] is True
    assert window.node("Words")["box"]["h"] < 40
    assert held(window, "Unwanted")["state"] == "bypassed"
    assert held(window, "Decode")["state"] == "muted"
    assert held(window, "Load checkpoint")["look"]["pinned"] is True
    assert window.header("Load checkpoint") == header, "what is pinned stays"
    assert held(window, "Empty latent")["look"]["colour"] == "#6fb4f2"
    assert held(window, "Drawer")["look"]["title"] == "Drawer"
    undone(window, 7)
    assert not window.errors


def test_things_snap_to_the_grid_stand_in_line_and_are_laid_out(on):
    window = on("in order")
    page, keyboard = window.page, window.page.keyboard

    header = window.header("Empty latent")
    page.mouse.move(header.x, header.y)
    page.mouse.down()
    keyboard.down("Shift")
    page.mouse.move(header.x + 37, header.y + 41, steps=4)
    page.mouse.up()
    keyboard.up("Shift")
    window.saved(lambda now: now != window.before, "a move")
    assert [at % 24 for at in held(window, "Empty latent")["look"]["place"]] == [0, 0]
    window.press("Escape")
    keyboard.down("Shift")
    for title in ("Words", "Unwanted", "Empty latent"):
        window.click(window.header(title))
    keyboard.up("Shift")
    window.click(window.header("Words"), button="right")
    page.get_by_role("menuitem", name="Align", exact=True).click()
    page.get_by_role("menuitem", name="Align right").click()
    window.until(
        lambda: len({round(right(window, t)) for t in ("Words", "Unwanted", "Empty latent")}) == 1,
        "their right sides in line",
    )
    window.press("Escape")
    window.press("Control+k")
    page.get_by_role("combobox").wait_for()
    window.type("arrange all")
    window.press("Enter")
    window.until(lambda: right(window, "Words") < window.node("Sampler")["box"]["x"], "columns")
    boxes = [one["box"] for one in window.places["nodes"]]
    for n, one in enumerate(boxes):
        assert not any(overlap(one, other) for other in boxes[:n])
    undone(window, 3)
    assert not window.errors


def right(window, title):
    box = window.node(title)["box"]
    return box["x"] + box["w"]


def overlap(one, other):
    return (
        one["x"] < other["x"] + other["w"]
        and other["x"] < one["x"] + one["w"]
        and one["y"] < other["y"] + other["h"]
        and other["y"] < one["y"] + one["h"]
    )
