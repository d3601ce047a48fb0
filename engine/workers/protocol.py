"""What a server and its workers say to each other: small records in frames. No process, no socket.

A frame is its length (four bytes, big-endian) and a list of messages in msgpack. Everything about
a job carries its id and its attempt, so that what comes too late is told from what is awaited.
Prompts, what nodes show, and answers are JSON texts that nobody on the way reads. Also here:
what a server needs of whatever starts workers (`Carrier`, `Line`), near or far.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias, cast

import msgspec

HEADER: Final = 4
LARGEST: Final = 2**30  # bytes of a frame

CHECK: Final = "check"
DEVICES: Final = "devices"


class Record(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The form of all messages."""


# From the server


class Run(Record, frozen=True):
    """Run this when what was sent before has ended. prompt: the graph in API form; extra:
    `extra_data`; targets: ids of output nodes, empty for all. watched: make previews."""

    job: str
    attempt: int
    prompt: bytes
    extra: bytes
    targets: bytes
    watched: bool


class Cancel(Record, frozen=True):
    """Stop this job if it runs."""

    job: str
    attempt: int


class Watch(Record, frozen=True):
    """Whether anybody looks at the previews of this job."""

    job: str
    watched: bool


class Recall(Record, frozen=True):
    """Give back what has not begun; `Recalled` answers."""


class Free(Record, frozen=True):
    """Before the next job, let go of models, or of models and results."""

    models: bool
    memory: bool


class Ask(Record, frozen=True):
    """A question that `Answer` answers by the same number, also while a job runs.

    about: CHECK (body: a prompt; the answer lists what nodes' own checks say) or DEVICES.
    """

    number: int
    about: str
    body: bytes = b""


Order: TypeAlias = Run | Cancel | Watch | Recall | Free | Ask


# From the worker


class Door(msgspec.Struct, frozen=True, array_like=True):
    """Where a worker of this machine answers the routes of packs. port: of loopback; header and
    secret: what whoever asks must show."""

    port: int
    header: str
    secret: str


class Ready(Record, frozen=True):
    """The nodes are loaded. specs: those of packs, as `spec.library.write` writes them; failed:
    packs that are left out, with the reason; checking: node types with a check of their own.

    webs: packs' folders of JavaScript, as names in the packs'; paths: what packs answer over
    HTTP, at `door`.
    """

    specs: bytes
    failed: dict[str, str]
    checking: list[str]
    device: str
    webs: dict[str, str] = {}
    paths: dict[str, list[str]] = {}
    door: Door | None = None


class Recalled(Record, frozen=True):
    """These jobs had not begun and will not."""

    jobs: list[str]


class Answer(Record, frozen=True):
    """To the question of that number: JSON, empty if there is none."""

    number: int
    body: bytes


class Begun(Record, frozen=True):
    """The job runs from here on; no node of it has been called yet."""

    job: str
    attempt: int


class Planned(Record, frozen=True):
    """Which nodes will run, in order, and whose results are known."""

    job: str
    attempt: int
    to_run: tuple[str, ...]
    known: tuple[str, ...]


class OfNode(Record, frozen=True):
    """What tells of a node. node: the id that ran; display: the node of the graph it is seen at."""

    job: str
    attempt: int
    node: str
    display: str
    class_type: str


class Cached(OfNode, frozen=True):
    """A result was known. shown: what clients see of it, empty for nothing."""

    shown: bytes


class Entered(OfNode, frozen=True):
    """A node begins. parent: the node whose expansion it is in, if any."""

    parent: str
    why: str


class Progressed(OfNode, frozen=True):
    """value of total in the node's own unit; rate of it a second; left: seconds, if known."""

    value: float
    total: float
    rate: float
    left: float | None


class Pictured(OfNode, frozen=True):
    """A picture on the way, or (`whole`) one that the node sends instead of saving it."""

    media: str
    picture: bytes
    whole: bool


class Left(OfNode, frozen=True):
    """A node is done. shown: what clients see of it, empty for nothing; files: paths of those
    that it wrote, on the worker's machine."""

    seconds: float
    shown: bytes
    files: tuple[str, ...] = ()


class Barred(OfNode, frozen=True):
    """A node did not run since an input was blocked."""

    reason: str


class Failed(OfNode, frozen=True):
    """A node raised. kind: the exception's name; inputs: each described."""

    kind: str
    message: str
    traceback: tuple[str, ...]
    inputs: dict[str, str]


class Ended(Record, frozen=True):
    """The job is over. status: "done", "failed" or "cancelled"; message: a sentence, if it was
    not done."""

    job: str
    attempt: int
    status: str
    seconds: float
    message: str


NodeNews: TypeAlias = Cached | Entered | Progressed | Pictured | Left | Barred | Failed
JobNews: TypeAlias = Begun | Planned | NodeNews | Ended
News: TypeAlias = Ready | Recalled | Answer | JobNews
Message: TypeAlias = Order | News

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[list[Message]] = msgspec.msgpack.Decoder(list[Message])


def frame(messages: Sequence[Message]) -> bytes:
    """Messages as they travel."""
    try:
        body = _encoder.encode(messages)
    except UnicodeEncodeError:  # half a letter, out of a node's words or a file's name
        body = _encoder.encode(_spelled(msgspec.to_builtins(messages, builtin_types=(bytes,))))
    return len(body).to_bytes(HEADER, "big") + body


def _spelled(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list | tuple):
        return [_spelled(one) for one in cast("Sequence[Any]", value)]
    if isinstance(value, dict):
        items = cast("dict[Any, Any]", value).items()
        return {_spelled(key): _spelled(one) for key, one in items}
    return value


class Frames:
    """Puts together what comes in pieces."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, piece: bytes) -> list[Message]:
        """The messages that are whole with this piece. Raises `ValueError` for what is none."""
        held, found, at = self._held, list[Message](), 0
        held += piece
        while len(held) - at >= HEADER:
            length = int.from_bytes(held[at : at + HEADER], "big")
            if length > LARGEST:
                raise ValueError(f"a frame of {length:,} bytes")
            end = at + HEADER + length
            if len(held) < end:
                break
            try:
                found += _decoder.decode(memoryview(held)[at + HEADER : end])
            except msgspec.MsgspecError as error:
                raise ValueError(str(error)) from error
            at = end
        if at:
            del held[:at]
        return found


# What starts workers


class Written(msgspec.Struct, frozen=True):
    """A file that an attempt wrote."""

    job: str
    attempt: int
    path: str


class Death(msgspec.Struct, frozen=True):
    """How a worker ended. how: what follows "the worker", such as "was killed (SIGKILL)"; lines:
    the last that it wrote; written: files of the attempt that it ran, where its carrier keeps
    account of them."""

    how: str
    lines: tuple[str, ...] = ()
    written: tuple[Written, ...] = ()


class Line(Protocol):
    """A worker that was started."""

    def send(self, order: Order) -> None:
        """Send it, in order; nothing happens if the worker is gone."""
        ...

    def kill(self) -> None:
        """End it now, whatever it does."""
        ...


class Carrier(Protocol):
    """Starts workers of one kind in one place, one after another."""

    @property
    def device(self) -> str:
        """The device that its workers compute on."""
        ...

    @property
    def again(self) -> bool:
        """Whether a job goes back into the queue, once, when its worker is lost.

        On this machine a worker dies of its job, which would kill the next one too; elsewhere it
        may go with its machine.
        """
        ...

    @property
    def journals(self) -> Path:
        """Where it is noted what its workers write; several carriers may share it."""
        ...

    def another(self) -> "Carrier | None":
        """A carrier for one worker more, asked for when a worker was started; None: that is all."""
        ...

    async def start(self, hear: Callable[[News], None], lost: Callable[[Death], None]) -> Line:
        """Start a worker, perhaps after waiting for a place. `hear` is called with all that it
        says, in order, then `lost`, once.

        Raises `OSError` if it can't be started.
        """
        ...

    async def sweep(self, take: Callable[[Written], None]) -> None:
        """Show `take`, on a thread, what workers of servers before this one wrote for jobs that
        may not have ended. To be called before the first worker is started, once for all carriers
        that share `journals`."""
        ...
