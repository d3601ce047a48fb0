"""Subgraphs: made, opened in place, shown outside, used twice, unpacked; each undone whole."""

from tests.web.hands import Spot
from tests.web.pasted import LARGEST, begin


def instances(document):
    found = document["nodes"].values()
    return [one for one in found if one["class_type"].startswith("subgraph/")]


def inside(document):
    (one,) = document["subgraphs"].values()
    return one


def enter(window, box):
    """A double click on a node's body, beside its widgets."""
    window.page.wait_for_timeout(450)
    window.double(Spot(box["x"] + box["w"] / 2, box["y"] + 46))
    window.until(lambda: window.places["where"], "the canvas inside")


def turn(window, title, *items):
    """Choose in the menu of a node."""
    window.click(window.header(title), button="right")
    for item in items:
        role = "menuitemcheckbox" if item in ("steps", "seed") else "menuitem"
        window.page.get_by_role(role, name=item, exact=item in ("steps", "seed")).click()


class Steps:
    """A window, and its document after every step that was taken."""

    def __init__(self, window) -> None:
        self.window, self.states = window, [begin(window)]

    def done(self, true, what):
        self.window.saved(true, what)
        self.states.append(self.window.document())
        return self.states[-1]

    def make(self, *titles):
        """A subgraph of some nodes."""
        self.window.click(self.window.header(titles[0]))
        self.window.page.keyboard.down("Shift")
        for title in titles[1:]:
            self.window.click(self.window.header(title))
        self.window.page.keyboard.up("Shift")
        self.window.press("Control+Shift+e")
        return self.done(lambda now: now.get("subgraphs"), "a definition")

    def walk(self):
        """Back to the first state and on again, one step a time."""
        for keys, states in (
            ("Control+z", reversed(self.states[:-1])),
            ("Control+y", self.states[1:]),
        ):
            for state in states:
                self.window.press(keys)
                self.window.saved(lambda now, state=state: now == state, f"one {keys}, whole")


def test_a_subgraph_is_made_opened_in_place_and_shows_widgets_outside(easel, windows):
    window = windows.open(easel, "subgraphs")
    page, steps = window.page, Steps(window)
    document = steps.make("Sampler", "Decode")
    definition = inside(document)
    assert [port["type"] for port in definition["outputs"]] == ["IMAGE"]
    taken = {port["name"] for port in definition["inputs"]}
    assert taken == {"latent_image", "model", "negative", "positive", "vae"}
    (made,) = instances(document)
    assert made["inputs"].keys() == taken, "the links at its border"

    enter(window, window.node("Subgraph")["box"])
    path = page.get_by_role("navigation", name="The way out")
    assert path.get_by_role("button").all_inner_texts() == ["subgraphs", "Subgraph"]
    for name in ("steps", "seed"):
        turn(window, "Sampler", "Show outside", name)
        steps.done(lambda now, n=name: n in str(inside(now)["inputs"]), f"{name} shown outside")
    path.get_by_role("button", name="subgraphs").click()
    window.until(lambda: not window.places["where"], "the canvas around")
    path.wait_for(state="hidden")
    shown = {one["name"] for one in window.node("Subgraph")["widgets"]}
    assert shown == {"seed", "steps"}
    window.write("Subgraph", "steps", "31")
    window.press("Enter")
    steps.done(lambda now: instances(now)[0]["inputs"].get("steps") == 31, "a value outside")

    enter(window, window.node("Subgraph")["box"])
    turn(window, "Sampler", "Show outside", "seed")
    document = steps.done(lambda now: "seed" not in str(inside(now)["inputs"]), "back inside")
    sampler = inside(document)["nodes"][window.node("Sampler")["id"]]["inputs"]
    assert sampler["seed"] == LARGEST
    window.press("Escape")
    window.until(lambda: not window.places["where"], "Escape leads out")
    steps.walk()
    assert not window.errors


def test_a_definition_is_used_twice_and_unpacked_with_the_values_of_each(easel, windows):
    window = windows.open(easel, "used twice")
    steps = Steps(window)
    steps.make("Sampler", "Decode")
    enter(window, window.node("Subgraph")["box"])
    turn(window, "Sampler", "Show outside", "steps")
    steps.done(lambda now: "steps" in str(inside(now)["inputs"]), "steps shown outside")
    window.press("Escape")
    window.click(window.header("Subgraph"))
    window.press("Control+d")
    document = steps.done(lambda now: len(instances(now)) == 2, "used twice")
    assert len(document["subgraphs"]) == 1
    title = window.places["selection"][0].removeprefix("nodes/")
    window.press("F2")
    window.press("Control+a")
    window.type("Second")
    window.press("Enter")
    steps.done(lambda now: now["nodes"][title]["look"].get("title") == "Second", "its name")
    window.write("Second", "steps", "31")
    window.press("Enter")
    steps.done(lambda now: now["nodes"][title]["inputs"].get("steps") == 31, "a value of its own")
    turn(window, "Second", "Unpack")
    document = steps.done(lambda now: len(instances(now)) == 1, "unpacked")
    sampler = document["nodes"][window.node("Sampler")["id"]]["inputs"]
    assert (sampler["steps"], sampler["seed"]) == (31, LARGEST)
    assert len([one for one in sampler.values() if isinstance(one, list)]) == 4, "all links"
    assert inside(document)["nodes"], "the other use has its definition still"
    steps.walk()
    assert not window.errors


def test_whoever_is_in_a_subgraph_that_goes_is_led_out(easel, windows):
    window = windows.open(easel, "gone")
    begin(window)
    window.click(window.header("Decode"))
    window.press("Control+Shift+e")
    enter(window, window.node("Subgraph")["box"])
    window.click(window.header("Decode"))
    window.press("Control+Shift+e")
    enter(window, window.node("Subgraph")["box"])
    steps = window.page.get_by_role("navigation", name="The way out").get_by_role("button")
    assert steps.count() == 3
    window.press("Control+z")
    window.until(lambda: steps.count() == 2, "the canvas around the inner one")
    window.press("Control+z")
    window.node("Sampler")
    assert not window.places["where"]
    assert not window.errors
