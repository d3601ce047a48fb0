"""The text that AUTOMATIC1111's web UI keeps in its pictures, as a text-to-image graph.

Prompt, negative prompt and one line of settings. What has no node here is told of, not guessed.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.convert.document import Note
from engine.convert.placing import places
from engine.graph.model import Graph, Link, Node

NEGATIVE: Final = "Negative prompt:"
SETTING: Final = re.compile(r'\s*(\w[\w \-/]*):\s*("(?:\\.|[^\\"])*"|[^,]*)(?:,|$)')
TAG: Final = re.compile(r"<(lora|lyco|hypernet):([^:>]+)((?::[^:>]*)*)>", re.IGNORECASE)

SAMPLERS: Final[Mapping[str, str]] = {
    "euler": "euler",
    "euler a": "euler_ancestral",
    "lms": "lms",
    "heun": "heun",
    "dpm2": "dpm_2",
    "dpm2 a": "dpm_2_ancestral",
    "dpm++ 2s a": "dpmpp_2s_ancestral",
    "dpm++ 2m": "dpmpp_2m",
    "dpm++ sde": "dpmpp_sde",
    "dpm++ 2m sde": "dpmpp_2m_sde",
    "dpm++ 2m sde heun": "dpmpp_2m_sde_heun",
    "dpm++ 3m sde": "dpmpp_3m_sde",
    "dpm fast": "dpm_fast",
    "dpm adaptive": "dpm_adaptive",
    "ddim": "ddim",
    "ddpm": "ddpm",
    "unipc": "uni_pc",
    "lcm": "lcm",
}
SCHEDULES: Final[Mapping[str, str]] = {
    "karras": "karras",
    "exponential": "exponential",
    "uniform": "normal",
    "normal": "normal",
    "sgm uniform": "sgm_uniform",
    "simple": "simple",
    "ddim": "ddim_uniform",
    "beta": "beta",
    "kl optimal": "kl_optimal",
}
AUTOMATIC: Final[Mapping[str, str]] = {
    "dpm_2": "karras",
    "dpm_2_ancestral": "karras",
    "dpmpp_2s_ancestral": "karras",
    "dpmpp_2m": "karras",
    "dpmpp_sde": "karras",
    "dpmpp_2m_sde": "exponential",
    "dpmpp_2m_sde_heun": "exponential",
    "dpmpp_3m_sde": "exponential",
}
TAKEN: Final = frozenset(
    {
        *("steps", "sampler", "schedule type", "cfg scale", "seed", "size", "model", "vae"),
        *("clip skip", "batch size", "batch pos", "version"),
        *("model hash", "vae hash", "lora hashes", "ti hashes", "hashes"),
    }
)

Listed = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Parameters:
    """What the text says. settings: by name in small letters, as text."""

    prompt: str
    negative: str
    settings: Mapping[str, str]


def parsed(text: str) -> Parameters | None:
    """The three parts of the text; None if it has no line of settings."""
    lines = text.replace("\r\n", "\n").strip().split("\n")
    last = next((i for i in range(len(lines) - 1, -1, -1) if _is_settings(lines[i])), None)
    if last is None:
        return None
    settings = {key.strip().lower(): _plain(value) for key, value in SETTING.findall(lines[last])}
    body = lines[:last]
    start = next((i for i, line in enumerate(body) if line.strip().startswith(NEGATIVE)), len(body))
    negative = "\n".join(body[start:]).strip().removeprefix(NEGATIVE)
    return Parameters("\n".join(body[:start]).strip(), negative.strip(), settings)


def _is_settings(line: str) -> bool:
    return line.strip().startswith("Steps:") or (
        "Seed:" in line and len(SETTING.findall(line)) >= 3
    )


def _plain(value: str) -> str:
    if value.startswith('"'):
        try:
            return str(json.loads(value))
        except ValueError:
            return value.strip('"')
    return value.strip()


def graph_of(parameters: Parameters, listed: Listed | None = None) -> tuple[Graph, list[Note]]:
    """Nodes that draw the picture again, as far as they can, and what they can't.

    listed: the files of a folder, so that a model's name finds its file.
    """
    builder = _Builder(parameters, listed or (lambda _: ()))
    builder.build()
    sizes = {id: [270.0, 200.0] for id in builder.nodes}
    for id, place in places(builder.nodes, sizes).items():
        builder.nodes[id].look["place"] = place
    return Graph(nodes=builder.nodes), builder.notes


class _Builder:
    def __init__(self, parameters: Parameters, listed: Listed) -> None:
        self.said, self.settings, self.listed = parameters, parameters.settings, listed
        self.nodes: dict[str, Node] = {}
        self.notes: list[Note] = []

    def add(self, class_type: str, title: str = "", **inputs: Any) -> str:
        id = str(len(self.nodes) + 1)
        self.nodes[id] = Node(class_type, inputs, look={"title": title} if title else {})
        return id

    def build(self) -> None:
        loader = self.add("CheckpointLoaderSimple", ckpt_name=self._model())
        model, clip, vae = Link(loader, 0), Link(loader, 1), Link(loader, 2)
        prompt, tags = _without_tags(self.said.prompt)
        for kind, name, strengths in tags:
            model, clip = self._patched(kind, name, strengths, model, clip)
        skip = self._whole("clip skip", 1)
        if skip > 1:
            layer = self.add("CLIPSetLastLayer", clip=clip, stop_at_clip_layer=-min(skip, 24))
            clip = Link(layer, 0)
        if self.settings.get("vae", "none").lower() not in ("none", "automatic"):
            name = self._file("vae", self.settings["vae"], ".safetensors")
            vae = Link(self.add("VAELoader", vae_name=name), 0)
        words = self.add("CLIPTextEncode", "Prompt", text=self._words(prompt), clip=clip)
        unwanted = self._words(self.said.negative)
        without = self.add("CLIPTextEncode", "Negative prompt", text=unwanted, clip=clip)
        self._drawn(model, vae, Link(words, 0), Link(without, 0))
        self._tell_of_rest()

    def _drawn(self, model: Link, vae: Link, positive: Link, negative: Link) -> None:
        width, height = self._size()
        batch = max(self._whole("batch size", 1), 1)
        latent = self.add("EmptyLatentImage", width=width, height=height, batch_size=batch)
        sampler, scheduler = self._sampler()
        ksampler = self.add(
            "KSampler",
            model=model,
            seed=max(self._whole("seed", 0), 0),
            steps=self._whole("steps", 20),
            cfg=self._number("cfg scale", 7.0),
            sampler_name=sampler,
            scheduler=scheduler,
            positive=positive,
            negative=negative,
            latent_image=Link(latent, 0),
            denoise=1.0,
        )
        self.nodes[ksampler].after_run["seed"] = "fixed"
        picture = self.add("VAEDecode", samples=Link(ksampler, 0), vae=vae)
        self.add("SaveImage", images=Link(picture, 0), filename_prefix="Easel")

    def _patched(
        self, kind: str, name: str, strengths: list[float], model: Link, clip: Link
    ) -> tuple[Link, Link]:
        """A LoRA or hypernetwork tag as a node. Strengths: of model and text, or of both."""
        if kind == "hypernet":
            file = self._file("hypernetworks", name, ".pt")
            strength = strengths[0] if strengths else 1.0
            id = self.add(
                "HypernetworkLoader", model=model, hypernetwork_name=file, strength=strength
            )
            return Link(id, 0), clip
        text = strengths[0] if strengths else 1.0
        own = strengths[1] if len(strengths) > 1 else text
        file = self._file("loras", name, ".safetensors")
        id = self.add(
            "LoraLoader",
            model=model,
            clip=clip,
            lora_name=file,
            strength_model=own,
            strength_clip=text,
        )
        return Link(id, 0), Link(id, 1)

    def _model(self) -> str:
        name = self.settings.get("model", "")
        if not name:
            self.notes.append(Note("the text names no model", "1", "ckpt_name"))
        return self._file("checkpoints", name, ".safetensors") if name else ""

    def _file(self, folder: str, name: str, ending: str) -> str:
        """The file of that name in a folder, with or without its ending."""
        for file in self.listed(folder):
            stem = file.replace("\\", "/").rpartition("/")[2]
            if name in (stem, stem.rpartition(".")[0], file.rpartition(".")[0]):
                return file
        return name if name.lower().endswith((ending, ".ckpt", ".pt")) else name + ending

    def _words(self, text: str) -> str:
        """A prompt; names of embeddings that are there get the mark that they need here."""
        for file in self.listed("embeddings"):
            stem = re.escape(file.rpartition(".")[0] or file)
            text = re.sub(rf"(?<![\w:]){stem}(?!\w)", lambda m: f"embedding:{m[0]}", text)
        return text

    def _size(self) -> tuple[int, int]:
        match = re.fullmatch(r"(\d{1,5})x(\d{1,5})", self.settings.get("size", ""))
        if match is None:
            self.notes.append(Note("the text gives no size; 512 by 512 is taken", field="Size"))
        return (int(match[1]), int(match[2])) if match else (512, 512)

    def _sampler(self) -> tuple[str, str]:
        said = self.settings.get("sampler", "").lower()
        scheduler = "normal"
        for name, known in SCHEDULES.items():
            if said.endswith(f" {name}") and said not in SAMPLERS:
                said, scheduler = said.removesuffix(f" {name}"), known
                break
        sampler = SAMPLERS.get(said)
        if sampler is None:
            given = self.settings.get("sampler", "none")
            self.notes.append(Note(f"there is no sampler {given!r} here; euler is taken"))
            sampler = "euler"
        kind = self.settings.get("schedule type", "").lower()
        if kind == "automatic":
            scheduler = AUTOMATIC.get(sampler, "normal")
        elif kind and kind in SCHEDULES:
            scheduler = SCHEDULES[kind]
        elif kind:
            self.notes.append(Note(f"there is no schedule {kind!r} here; {scheduler} is taken"))
        return sampler, scheduler

    def _whole(self, name: str, missing: int) -> int:
        return int(self._number(name, missing))

    def _number(self, name: str, missing: float) -> float:
        said = self.settings.get(name)
        if said is None:
            return missing
        if re.fullmatch(r"-?\d{1,20}", said):
            return int(said)
        if re.fullmatch(r"-?\d{1,20}\.\d{1,20}", said):
            return float(said)
        self.notes.append(Note(f"{said!r:.40} is no number; {missing} is taken", field=name))
        return missing

    def _tell_of_rest(self) -> None:
        rest = [name for name in self.settings if name not in TAKEN]
        if rest:
            self.notes.append(Note(f"these settings have no node here: {', '.join(rest)}"))


def _without_tags(text: str) -> tuple[str, list[tuple[str, str, list[float]]]]:
    """A prompt without its LoRA and hypernetwork tags, and these in order."""
    tags = [
        (match[1].lower(), match[2].strip(), list(_strengths(match[3])))
        for match in TAG.finditer(text)
    ]
    return TAG.sub("", text).strip(), tags


def _strengths(said: str) -> Iterator[float]:
    for part in said.split(":"):
        match = re.fullmatch(r"\s*(?:te=|unet=)?(-?\d{0,6}\.?\d{1,8})\s*", part)
        if match:
            yield float(match[1])
