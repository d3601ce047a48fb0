"""Themes, languages, small screens, the keyboard alone, and colours that can be read."""

import re
from pathlib import Path

import pytest

from tests.web.hands import Spot

WEB = Path(__file__).resolve().parents[2] / "web"
GROUNDS = ("canvas", "surface", "raised", "well")
TEXTS = ("text", "muted", "faint", "accent")
PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
TOO_WIDE = """[...document.querySelectorAll("body *")].filter(one => {
  const {left, right, width} = one.getBoundingClientRect()
  return width && (left < -0.5 || right > innerWidth + 0.5) && one.checkVisibility()
}).map(one => one.className)"""


def tokens(theme):
    """The colours of a theme, as style.css declares them."""
    style = (WEB / "style.css").read_text("utf-8")
    parts = re.findall(r'^:root(\[data-theme="light"\])? \{\n(.*?)^\}', style, re.M | re.S)
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", parts[0][1]))
    if theme == "light":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", parts[1][1]))
    return found


def luminance(colour):
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_texts_stand_out_from_every_ground_as_aa_asks(theme):
    colours = tokens(theme)
    pairs = [(text, ground) for text in TEXTS[:3] for ground in GROUNDS]
    pairs += [("accent", "surface"), ("bad", "surface"), ("on-accent", "accent")]
    pairs += [("bad", "canvas")]
    found = {pair: round(contrast(*(colours[one] for one in pair)), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in found.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_types_of_sockets_stand_out_as_graphics(theme):
    colours = tokens(theme)
    types = [name for name in colours if name.startswith("type-")]
    low = {name: contrast(colours[name], colours["surface"]) for name in types}
    assert len(types) >= 8
    assert {name: ratio for name, ratio in low.items() if ratio < 3} == {}


def ground(window):
    return window.page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_the_theme_follows_the_system_until_one_is_chosen(toys, windows):
    window = windows.open(toys.address, "looks", color_scheme="light")
    light = ground(window)
    window.page.emulate_media(color_scheme="dark")
    window.until(lambda: ground(window) != light, "dark like the system")
    window.press("Control+,")
    window.page.get_by_label("Theme").select_option("light")
    window.until(lambda: ground(window) == light, "light as chosen")
    window.page.get_by_label("Theme").select_option("system")
    window.until(lambda: ground(window) != light, "as the system again")
    assert not window.errors


def test_all_speaks_chinese_at_once_and_english_again(toys, windows):
    window = windows.open(toys.address, "languages")
    window.press("Control+,")
    window.page.get_by_label("Language").select_option("zh")
    window.page.get_by_role("button", name="运行").first.wait_for()
    assert window.page.evaluate("document.documentElement.lang").startswith("zh")
    shown = window.page.locator("body").inner_text()
    assert not re.search(r"\b(Share|Queue|Gallery|Problems|Settings|Looks)\b", shown)
    window.page.get_by_label("语言").select_option("en")
    window.button("Share").wait_for()
    window.page.get_by_label("Language").select_option("system")
    assert not window.errors


def test_nothing_is_wider_than_a_phone(toys, windows):
    window = windows.open(toys.address, "phone", **PHONE)
    wide = {"": window.page.evaluate(TOO_WIDE)}
    for panel in ("Workflows", "Gallery", "Models", "Queue", "Log", "Settings", "Help"):
        if panel == "Models":
            window.button("Models").tap()
        else:
            window.button("Menu").tap()
            window.choose(panel)
        window.page.wait_for_timeout(120)
        wide[panel] = window.page.evaluate(TOO_WIDE)
        if panel == "Settings":
            window.page.get_by_role("dialog").get_by_role("button", name="Close").tap()
    assert {panel: found for panel, found in wide.items() if found} == {}
    assert window.page.evaluate("document.documentElement.scrollWidth") == 390
    assert not window.errors


def test_a_tap_selects_and_a_long_press_opens_the_menu(toys, windows):
    window = windows.open(toys.address, "fingers", **PHONE)
    window.button("Add a node").tap()
    window.page.get_by_role("combobox").fill("Number")
    window.page.get_by_role("option", name="Number").first.tap()
    place, box = window.header("Number"), window.node("Number")["box"]
    assert 0 < box["x"] < box["x"] + box["w"] < 390, "the whole node is seen"
    window.page.touchscreen.tap(200, 690)
    window.until(lambda: not window.places["selection"], "nothing is selected")
    window.page.touchscreen.tap(place.x, place.y)
    window.until(lambda: window.places["selection"], "the node that was tapped")
    finger = window.page.context.new_cdp_session(window.page)
    points = [{"x": place.x, "y": place.y}]
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points})
    window.page.get_by_role("menuitemcheckbox", name="Bypass").wait_for()
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert window.page.evaluate(TOO_WIDE) == []
    window.page.get_by_role("menuitem", name="Delete").tap()
    window.until(lambda: not window.places["nodes"], "deleted")
    assert not window.errors


def test_the_keyboard_goes_through_the_page_and_the_focus_is_seen(toys, windows):
    window = windows.open(toys.address, "keyboard")
    window.add("Number", Spot(400, 300))
    window.node("Number")
    window.click(Spot(700, 600))
    reached, outlines = [], []
    for _ in range(24):
        window.press("Tab")
        name, outline = window.page.evaluate(
            """(() => {
              const one = document.activeElement
              const {outlineStyle, outlineWidth, boxShadow} = getComputedStyle(one)
              const seen = outlineStyle !== "none" && outlineWidth !== "0px" || boxShadow !== "none"
              const name = one.getAttribute("aria-label") || one.innerText.trim()
              const whole = one === document.body || one.getAttribute("role") === "listbox"
              return [name, seen || whole]
            })()"""
        )
        reached.append(name)
        outlines.append((name, outline))
    for wanted in ("Menu", "Add a node", "Workflows", "Queue", "Nodes", "Share"):
        assert wanted in reached, reached
    assert [name for name, seen in outlines if not seen] == []
    tab = window.page.get_by_role("tab", name="Queue")
    tab.focus()
    window.press("ArrowRight")
    assert window.page.get_by_role("tab", name="Gallery").get_attribute("aria-selected") == "true"
    window.press("ArrowLeft")
    window.page.get_by_role("listbox", name="Nodes").focus()
    window.press("Enter")
    window.press("Control+a")
    window.type("9")
    window.press("Enter")
    window.saved(
        lambda found: (
            [node.get("inputs", {}).get("value") for node in found["nodes"].values()] == [9]
        ),
        "a value by the keyboard alone",
    )


def test_nothing_moves_for_who_wants_no_motion(toys, windows):
    window = windows.open(toys.address, "still")
    moves = """[...document.querySelectorAll("body *")].some(one => {
      const {transitionDuration, animationDuration} = getComputedStyle(one)
      return [transitionDuration, animationDuration].some(all =>
        all.split(", ").some(one => parseFloat(one) > 0.02))
    })"""
    window.press("w")
    window.page.get_by_role("heading", name="Workflows").wait_for()
    assert not window.page.evaluate(moves)
    window.page.emulate_media(reduced_motion="no-preference")
    assert window.page.evaluate(moves), "others see it"
