"""Values are edited on their nodes: each kind of widget, by mouse and by keyboard."""

from io import BytesIO

import pytest
from PIL import Image

from tests.web.hands import Spot

LARGEST = 18446744073709551615


@pytest.fixture
def on(easel, windows):
    """A window with one node of a type in the middle; how to read its inputs from the server."""

    def opened(type, **more):
        window = windows.open(easel, f"widgets {type}", **more)
        if not window.places["nodes"]:
            window.add(type, Spot(700, 300))
        window.node(type)
        return window

    return opened


def inputs(window, type):
    nodes = window.document()["nodes"].values()
    return next(node.get("inputs", {}) for node in nodes if node["class_type"] == type)


def holds(window, type, name, value):
    found = f"{type}.{name} is {value!r}"
    window.saved(lambda _: inputs(window, type).get(name) == value, found)


def png(size=(96, 64), colour=(200, 40, 40)):
    buffer = BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def upload(window, name):
    """Put a picture among the inputs by the mark on the node."""
    box = window.node("LoadImage")["widgets"][0]["box"]
    with window.page.expect_file_chooser() as chooser:
        window.click(Spot(box["x"] + box["w"] - 15, box["y"] + box["h"] / 2))
    chooser.value.set_files({"name": name, "mimeType": "image/png", "buffer": png()})


def test_a_number_is_typed_as_a_sum_stepped_dragged_and_left_as_it_was(on):
    window = on("EmptyLatentImage")
    window.write("EmptyLatentImage", "width", "512*2")
    window.press("Enter")
    holds(window, "EmptyLatentImage", "width", 1024)
    window.click(window.widget("EmptyLatentImage", "height"))
    window.press("ArrowUp")
    window.press("Enter")
    window.saved(lambda _: inputs(window, "EmptyLatentImage")["height"] > 512, "a step up")
    height = inputs(window, "EmptyLatentImage")["height"]
    window.write("EmptyLatentImage", "height", "77777")
    window.press("Escape")
    start = window.widget("EmptyLatentImage", "batch_size")
    window.drag(start, start.by(40, 0))
    window.saved(lambda _: inputs(window, "EmptyLatentImage")["batch_size"] > 1, "a drag")
    assert inputs(window, "EmptyLatentImage")["height"] == height
    assert not window.errors


def test_tab_goes_through_the_widgets_of_a_node_and_back(on):
    window = on("EmptyLatentImage")
    window.write("EmptyLatentImage", "width", "256")
    window.press("Tab")
    window.press("Control+a")
    window.type("320")
    window.press("Tab")
    window.press("Control+a")
    window.type("3")
    window.press("Shift+Tab")
    holds(window, "EmptyLatentImage", "batch_size", 3)
    assert inputs(window, "EmptyLatentImage")["height"] == 320
    focus = window.page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focus == "height"


def test_a_seed_keeps_every_digit_is_thrown_and_found_again(on):
    window = on("KSampler")
    window.write("KSampler", "seed", str(LARGEST))
    window.press("Enter")
    holds(window, "KSampler", "seed", LARGEST)
    window.write("KSampler", "seed", "7")
    window.press("Enter")
    holds(window, "KSampler", "seed", 7)
    window.click(window.widget("KSampler", "seed"))
    window.page.get_by_role("button", name="Throw a new one").click()
    window.saved(lambda _: inputs(window, "KSampler")["seed"] not in (7, LARGEST), "a throw")
    window.click(window.widget("KSampler", "seed"))
    window.page.get_by_role("button", name=str(LARGEST)).click()
    holds(window, "KSampler", "seed", LARGEST)


def test_what_happens_to_a_seed_after_a_run_is_chosen_at_its_chip(on):
    window = on("KSampler")
    box = next(w for w in window.node("KSampler")["widgets"] if w["name"] == "seed")["box"]
    window.click(Spot(box["x"] + box["w"] - 20, box["y"] + box["h"] / 2))
    window.page.get_by_role("menuitemcheckbox", name="Go on to the next").click()

    def after(document):
        node = next(n for n in document["nodes"].values() if n["class_type"] == "KSampler")
        return node.get("after_run", {}).get("seed") == "increment"

    window.saved(after, "the next one after a run")


def test_weights_in_a_prompt_go_up_and_down_and_words_are_offered(on):
    window = on("CLIPTextEncode")
    window.write("CLIPTextEncode", "text", "a red a")
    window.page.get_by_role("option", name="red apple").wait_for()
    window.press("Tab")
    area = window.page.get_by_role("textbox")
    assert area.input_value() == "a red apple"
    window.press("Control+ArrowUp")
    window.press("Control+ArrowUp")
    assert area.input_value() == "a red (apple:1.1)"
    window.press("Control+ArrowDown")
    window.press("Control+ArrowDown")
    assert area.input_value() == "a red apple"
    window.press("Control+z")
    assert area.input_value() == "a red (apple:1.05)"
    window.press("Tab")
    holds(window, "CLIPTextEncode", "text", "a red (apple:1.05)")


def test_a_text_is_edited_where_it_was_pressed_and_kept_by_a_press_elsewhere(on):
    window = on("PrimitiveStringMultiline")
    window.write("PrimitiveStringMultiline", "value", "one two three")
    window.click(window.empty())
    holds(window, "PrimitiveStringMultiline", "value", "one two three")
    box = window.node("PrimitiveStringMultiline")["widgets"][0]["box"]
    window.click(Spot(box["x"] + 3, box["y"] + 12))
    window.type("zero ")
    window.click(window.empty())
    holds(window, "PrimitiveStringMultiline", "value", "zero one two three")


def test_a_choice_is_found_by_typing_and_walked_by_arrows(on):
    window = on("KSampler")
    window.click(window.widget("KSampler", "sampler_name"))
    window.page.get_by_role("combobox").wait_for()
    window.type("dpmpp 2m sde")
    window.press("Enter")
    holds(window, "KSampler", "sampler_name", "dpmpp_2m_sde")
    window.click(window.widget("KSampler", "scheduler"))
    window.press("ArrowDown")
    window.press("Escape")
    window.click(window.widget("KSampler", "sampler_name"))
    window.press("ArrowUp")
    window.press("Enter")
    window.saved(
        lambda _: inputs(window, "KSampler")["sampler_name"] != "dpmpp_2m_sde", "the one before"
    )
    assert inputs(window, "KSampler").get("scheduler", "simple") == "simple"


def test_a_toggle_turns_by_a_press(on):
    window = on("PrimitiveBoolean")
    window.click(window.widget("PrimitiveBoolean", "value"))
    holds(window, "PrimitiveBoolean", "value", True)
    window.click(window.widget("PrimitiveBoolean", "value"))
    holds(window, "PrimitiveBoolean", "value", False)


def test_a_colour_is_written_as_people_write_colours(on):
    window = on("EmptyImage")
    window.write("EmptyImage", "color", "#ff6a3d")
    window.press("Enter")
    holds(window, "EmptyImage", "color", 0xFF6A3D)


def test_a_picture_is_uploaded_and_its_mask_painted(on):
    window = on("LoadImage")
    upload(window, "up.png")
    holds(window, "LoadImage", "image", "up.png")
    box = window.node("LoadImage")["widgets"][0]["box"]
    window.click(Spot(box["x"] + box["w"] - 38, box["y"] + box["h"] / 2))
    stage = window.page.get_by_role("img", name="The picture with its mask")
    stage.wait_for()
    place = stage.bounding_box()
    assert place
    middle = Spot(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    window.drag(middle.by(-60, 0), middle.by(60, 0))
    window.press("Control+z")
    window.press("Control+y")
    window.page.get_by_role("button", name="Save").click()
    window.saved(lambda _: "clipspace" in inputs(window, "LoadImage")["image"], "a masked picture")
    name = inputs(window, "LoadImage")["image"]
    query = f"/view?filename={name.removesuffix(' [input]')}&type=input"
    answer = window.page.request.get(window.address + query)
    masked = Image.open(BytesIO(answer.body()))
    assert (masked.mode, masked.size) == ("RGBA", (96, 64))
    red, _, _, alpha = masked.getpixel((48, 32))
    assert (alpha, red) == (0, 200), "transparent where it was painted, its colour kept"
    assert masked.getpixel((2, 2))[3] == 255
    assert not window.errors


def test_pictures_are_seen_large_and_the_keyboard_stays_with_them(on):
    window = on("LoadImage")
    upload(window, "large.png")
    window.until(lambda: window.node("LoadImage")["picture"], "the picture on its node")
    box = window.node("LoadImage")["picture"]
    window.click(Spot(box["x"] + box["w"] / 2, box["y"] + box["h"] / 2))
    large = window.page.get_by_role("dialog", name="Picture")
    large.wait_for()
    for _ in range(9):
        window.press("Tab")
        inside = "document.activeElement === document.body || "
        inside += "document.querySelector('dialog').contains(document.activeElement)"
        assert window.page.evaluate(inside)
    window.press("Escape")
    large.wait_for(state="detached")
    assert not window.errors
