"""What packs bring beside their nodes, as workers told it. Knows names; no files, no network."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from engine.workers.protocol import Ready


@dataclass(frozen=True, slots=True)
class Brought:
    """failed: packs that are left out, with the reason; webs: folders of JavaScript, as names in
    the packs'; paths: what packs answer over HTTP, `/mine/{name}`."""

    failed: Mapping[str, str] = field(default_factory=dict[str, str])
    webs: Mapping[str, str] = field(default_factory=dict[str, str])
    paths: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])

    @classmethod
    def by(cls, ready: Ready) -> "Brought":
        """What a worker told."""
        return cls(ready.failed, ready.webs, ready.paths)

    def plain(self) -> dict[str, Any]:
        """As JSON has it; the arguments to make it again."""
        return asdict(self)

    def answering(self, path: str) -> str | None:
        """The pack that may answer at a path. Whether it does, at one with a variable in it, only
        the worker knows: a pack's own pattern is not tried here, where it could take for ever."""
        for pack, paths in self.paths.items():
            for declared in paths:
                begin, variable, _ = declared.partition("{")
                if path.startswith(begin) if variable else path == declared:
                    return pack
        return None
