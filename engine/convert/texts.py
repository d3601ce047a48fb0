"""What happens to texts when a workflow is queued: dynamic prompts, dates, other nodes' values.

Numbers in brackets are the rules of tests/convert/README.md.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, TypeAlias

COMMENT: Final = re.compile(r"/\*|//[^\n\r\u2028\u2029]*")
MARKED: Final = re.compile(r"%([^%]+)%")
DATE: Final = re.compile(r"yyyy|yy|dd|d|MM|M|hh|h|mm|m|ss|s")
FORBIDDEN: Final = re.compile(r'[/?<>\\:*|"\x00-\x1f\x7f]')
SIGN: Final = re.compile(r"\\[{}|]|\{")
MARK: Final = re.compile(r"\\[{}|]|[{}|]")

Choose: TypeAlias = Callable[[Sequence[tuple[int, int]]], tuple[int, int]]


def dynamic(text: str, choose: Choose) -> str:
    """A text with one choice taken for each `{a|b}`, and without its comments [39].

    choose: picks one of the alternatives, which are places in the text. A `{` that isn't closed
    ends with the text; what was chosen is processed again. Takes linear time.
    """
    text = _without_comments(text)
    if "{" not in text and "\\" not in text:
        return text
    blocks, out = _blocks(text), list[str]()
    stack = [(0, len(text))]
    while stack:
        here, end = stack.pop()
        while here < end:
            match = SIGN.search(text, here, end)
            if match is None:
                out.append(text[here:end])
                break
            out.append(text[here : match.start()])
            if match[0] != "{":
                out.append(match[0][1])
                here = match.end()
                continue
            alternatives = blocks[match.start()]
            stack.append((alternatives[-1][1] + 1, end))
            here, end = choose(alternatives)
    return "".join(out)


def _without_comments(text: str) -> str:
    """The text without `/* */` and `//` to the end of the line; what isn't closed stays."""
    out, here, searched = list[str](), 0, 0
    while match := COMMENT.search(text, searched):
        end = match.end()
        if match[0] == "/*":
            end = text.find("*/", end) + 2
            if end < 2:  # no further comment of this kind can close either
                rest = re.sub(r"//[^\n\r\u2028\u2029]*", "", text[match.end() :])
                return "".join([*out, text[here : match.end()], rest])
        out.append(text[here : match.start()])
        here = searched = end
    return "".join([*out, text[here:]])


def _blocks(text: str) -> dict[int, list[tuple[int, int]]]:
    """For each `{`, where its alternatives begin and end."""
    found, waiting = dict[int, list[tuple[int, int]]](), list[tuple[int, int]]()
    for match in MARK.finditer(text):
        sign, place = match[0], match.start()
        if sign == "{":
            found[place] = []
            waiting.append((place, place + 1))
        elif waiting and sign in ("|", "}"):
            opening, start = waiting.pop()
            found[opening].append((start, place))
            if sign == "|":
                waiting.append((opening, place + 1))
    for opening, start in waiting:
        found[opening].append((start, len(text)))
    return found


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
