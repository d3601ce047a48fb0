"""A person at the page: mouse and keyboard only. Where things are is read; nothing is called."""

import tempfile
import time
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Locator, Page

PATIENCE = 40  # seconds
LOADED = "performance.getEntriesByName('easel.complete').length > 0"
WRITES = "document.activeElement.matches('input, textarea')"
DROP = """([name, content, type]) => {
  const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0))
  const dataTransfer = new DataTransfer()
  dataTransfer.items.add(new File([bytes], name, {type}))
  const [clientX, clientY] = [innerWidth / 2, innerHeight / 2]
  const under = document.elementFromPoint(clientX, clientY)
  for (const kind of ["dragenter", "dragover", "drop"]) {
    const more = {dataTransfer, clientX, clientY, bubbles: true, cancelable: true}
    under.dispatchEvent(new DragEvent(kind, more))
  }
}"""


@dataclass(frozen=True)
class Spot:
    """A place on the page, in pixels."""

    x: float
    y: float

    def by(self, dx: float, dy: float) -> "Spot":
        return Spot(self.x + dx, self.y + dy)


class Window:
    """One window of the editor."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.errors: list[str] = []
        page.set_default_timeout(PATIENCE * 1000)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        # from the start: a chooser that opens as soon as one is waited for may be missed
        page.on("filechooser", lambda chooser: None)

    def go(self, document: str = "") -> "Window":
        """Open the page, at a document."""
        self.page.goto(f"{self.address}/#{quote(document)}" if document else f"{self.address}/")
        self.ready()
        return self

    def ready(self) -> None:
        there = "globalThis.easel !== undefined"
        self.until(lambda: self.errors or self.page.evaluate(there), "the page")
        assert not self.errors

    def reload(self) -> None:
        self.page.reload()
        self.ready()

    @property
    def is_complete(self) -> bool:
        """Whether the page has fetched all that it may ever need."""
        return self.page.evaluate(LOADED)

    def complete(self) -> None:
        """Wait until the page has fetched all that it may ever need."""
        self.until(lambda: self.is_complete, "all parts of the page")

    # What is there

    @property
    def places(self) -> dict:
        return self.page.evaluate("easel.places()")

    def nodes(self, title: str) -> list[dict]:
        return [one for one in self.places["nodes"] if title in (one["title"], one["type"])]

    def node(self, title: str) -> dict:
        """The one node of a title; waits until it is there."""
        self.until(lambda: len(self.nodes(title)) == 1, f"one node called {title}")
        return self.nodes(title)[0]

    def header(self, title: str) -> Spot:
        box, zoom = self.node(title)["box"], self.places["zoom"]
        return Spot(box["x"] + 40 * zoom, box["y"] + 17 * zoom)

    def socket(self, title: str, side: str, name: str) -> Spot:
        found = self.node(title)["sockets"]
        one = next(one for one in found if (one["side"], one["name"]) == (side, name))
        return Spot(one["x"], one["y"])

    def widget(self, title: str, name: str) -> Spot:
        box = next(one for one in self.node(title)["widgets"] if one["name"] == name)["box"]
        return Spot(
            box["x"] + box["w"] * 0.7, box["y"] + min(box["h"] / 2, 13 * self.places["zoom"])
        )

    @property
    def name(self) -> str:
        """The document that is shown."""
        return self.page.title().removesuffix(" – Easel")

    def document(self, name: str = "") -> dict:
        """A document as the server has it."""
        answer = self.page.request.get(
            f"{self.address}/documents/{quote(name or self.name, safe='')}"
        )
        assert answer.ok, answer.text()
        return answer.json()

    def until(self, true, what: str, patience: float = PATIENCE) -> None:
        """Wait until something holds."""
        end = time.monotonic() + patience
        while not true():
            if time.monotonic() > end:
                shot = Path(tempfile.mkdtemp(prefix="easel-")) / "page.png"
                self.page.screenshot(path=shot)
                raise AssertionError(f"not within {patience} s: {what}; see {shot}")
            self.page.wait_for_timeout(40)

    def saved(self, true, what: str) -> None:
        """Wait until it holds of the document on the server."""
        self.until(lambda: true(self.document()), what)

    # What a person does

    def click(self, spot: Spot, **more) -> None:
        self.page.mouse.click(spot.x, spot.y, **more)

    def double(self, spot: Spot) -> None:
        self.page.mouse.dblclick(spot.x, spot.y)

    def drag(self, start: Spot, end: Spot, steps: int = 8) -> None:
        mouse = self.page.mouse
        mouse.move(start.x, start.y)
        mouse.down()
        mouse.move(end.x, end.y, steps=steps)
        mouse.up()

    def press(self, keys: str) -> None:
        self.page.keyboard.press(keys)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def empty(self) -> Spot:
        """A spot of the canvas with nothing on it, left of all nodes."""
        return Spot(700, 850)

    def link(self, source: tuple[str, str], target: tuple[str, str]) -> None:
        """Drag a link from an output to an input."""
        self.drag(self.socket(source[0], "out", source[1]), self.socket(target[0], "in", target[1]))

    def add(self, words: str, at: Spot) -> None:
        """Add a node by the search that a double click opens."""
        self.double(at)
        self.page.get_by_role("combobox").wait_for()
        self.type(words)
        self.page.wait_for_timeout(60)
        self.press("Enter")

    def button(self, name: str, **more) -> Locator:
        return self.page.get_by_role("button", name=name, **more)

    def choose(self, *items: str) -> None:
        """Go through an open menu and what opens beside it."""
        for item in items:
            self.page.get_by_role("menuitem", name=item, exact=True).click()

    def command(self, words: str) -> None:
        """Do something by the list of commands."""
        self.press("Control+k")
        self.page.get_by_role("combobox").wait_for()
        self.type(words)
        self.page.get_by_role("option").first.wait_for()
        self.press("Enter")

    def drop(self, name: str, content: bytes, type: str = "application/json") -> None:
        """Let go of a file over the canvas, as a file manager does."""
        self.page.evaluate(DROP, [name, b64encode(content).decode(), type])

    def said(self, text: str) -> None:
        """Wait for a message of the page that has this in it."""
        self.page.get_by_role("log").get_by_text(text).first.wait_for()

    def write(self, title: str, name: str, text: str) -> None:
        """Put a value into a widget by the keyboard."""
        self.click(self.widget(title, name))
        self.until(lambda: self.page.evaluate(WRITES), f"a field for {name}")
        self.press("Control+a")
        self.type(text)
        self.page.wait_for_timeout(40)
