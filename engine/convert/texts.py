"""What happens to texts when a workflow is queued: dynamic prompts, dates, other nodes' values.

Numbers in brackets are the rules of tests/convert/README.md.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

CUT: Final = re.compile(r"/\*[\s\S]*?\*/|//[^\n]*")
MARKED: Final = re.compile(r"%([^%]+)%")
DATE: Final = re.compile(r"yyyy|yy|dd|d|MM|M|hh|h|mm|m|ss|s")
FORBIDDEN: Final = re.compile(r'[/?<>\\:*|"\x00-\x1f\x7f]')
ESCAPED: Final = "{}|"
MAX_STEPS: Final = 100_000
"""No text asks for more choices; a choice is processed again, so that this ends."""


def dynamic(text: str, choose: Callable[[Sequence[str]], str]) -> str:
    """A text with one choice taken for each `{a|b}`, and without its comments [39].

    choose: picks one of the alternatives. A `{` that isn't closed ends with the text; alternatives
    are processed again, innermost last.
    """
    text = CUT.sub("", text)
    out = list[str]()
    stack = [_Reader(text)]
    for _ in range(MAX_STEPS):
        if not stack:
            break
        piece = stack[-1].next()
        if piece is None:
            stack.pop()
        elif isinstance(piece, list):
            stack.append(_Reader(choose(piece)))
        else:
            out.append(piece)
    return "".join(out)


class _Reader:
    """Reads one text: plain pieces, and alternatives as lists."""

    def __init__(self, text: str) -> None:
        self.text, self.place = text, 0

    def next(self) -> str | list[str] | None:
        text, start = self.text, self.place
        if start >= len(text):
            return None
        sign = text[start]
        if sign == "\\" and text[start + 1 : start + 2] in tuple(ESCAPED):
            self.place += 2
            return text[start + 1]
        if sign == "{":
            return self._alternatives()
        end = start + 1
        while end < len(text) and text[end] not in "\\{":
            end += 1
        self.place = end
        return text[start:end]

    def _alternatives(self) -> list[str]:
        """The alternatives of the bracket that opens here, inner brackets left as they are."""
        text, depth, here = self.text, 0, self.place + 1
        found, begin = list[str](), here
        while here < len(text):
            sign = text[here]
            if sign == "\\" and text[here + 1 : here + 2] in tuple(ESCAPED):
                here += 2
                continue
            if sign == "{":
                depth += 1
            elif sign == "}":
                if depth == 0:
                    break
                depth -= 1
            elif sign == "|" and depth == 0:
                found.append(text[begin:here])
                begin = here + 1
            here += 1
        self.place = min(here + 1, len(text))
        return [*found, text[begin:here]]


def replaced(text: str, value_of: Callable[[str, str], str | None], now: datetime) -> str:
    """A file name's prefix with what stands between percent signs put in [42, 43, 44].

    value_of: `(node's name, widget) -> its value as text`, None where there is none. now: local.
    """

    def put(match: re.Match[str]) -> str:
        parts = match[1].split(".")
        if len(parts) != 2:
            said = parts[0].startswith("date:")
            return dated(parts[0].removeprefix("date:"), now) if said else match[0]
        value = value_of(parts[0], parts[1])
        return match[0] if value is None else FORBIDDEN.sub("_", value)

    return MARKED.sub(put, text)


def dated(pattern: str, now: datetime) -> str:
    """A date in a pattern of d M h m s, once or twice, yy and yyyy [43]."""
    numbers = {"d": now.day, "M": now.month, "h": now.hour, "m": now.minute, "s": now.second}

    def put(match: re.Match[str]) -> str:
        sign = match[0]
        if sign.startswith("y"):
            return f"{now.year:04d}"[-len(sign) :]
        return f"{numbers[sign[0]]:0{len(sign)}d}"

    return DATE.sub(put, pattern)
