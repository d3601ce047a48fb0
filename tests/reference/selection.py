"""Which recorded cases this engine is held to: those of the nodes and models that it has.

Knows the folder of references (`index.json`, `cases/`, `expected/`), and no engine.
"""

import fnmatch
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEFAULT_FOLDER = Path(__file__).resolve().parents[3] / "shared" / "reference"

NODES = frozenset(
    """
    CheckpointLoaderSimple DiffusersLoader VAELoader CLIPLoader UNETLoader LoraLoader
    LoraLoaderModelOnly CLIPTextEncode CLIPSetLastLayer ConditioningCombine ConditioningConcat
    ConditioningAverage ConditioningSetArea ConditioningSetAreaPercentage ConditioningSetMask
    ConditioningSetTimestepRange ConditioningZeroOut EmptyLatentImage VAEEncode VAEDecode
    VAEEncodeTiled VAEDecodeTiled VAEEncodeForInpaint SetLatentNoiseMask
    InpaintModelConditioning LatentUpscale LatentUpscaleBy LatentComposite LatentCompositeMasked
    LatentBlend LatentInterpolate LatentAdd LatentSubtract LatentMultiply LatentBatch
    LatentFromBatch RepeatLatentBatch LatentFlip LatentRotate LatentCrop SaveLatent LoadLatent
    KSampler KSamplerAdvanced SamplerCustom SamplerCustomAdvanced KSamplerSelect BasicScheduler
    KarrasScheduler ExponentialScheduler PolyexponentialScheduler BetaSamplingScheduler
    ManualSigmas SplitSigmas SplitSigmasDenoise FlipSigmas RandomNoise DisableNoise AddNoise
    BasicGuider CFGGuider DualCFGGuider RescaleCFG PerpNegGuider APG FreeU FreeU_V2 LoadImage
    LoadImageMask SaveImage PreviewImage EmptyImage ImageScale ImageScaleBy
    ImageScaleToTotalPixels ImageInvert ImageBatch ImageBlend ImageBlur ImageSharpen
    ImageQuantize ImageCrop ImageFlip ImageRotate ImagePadForOutpaint ImageCompositeMasked
    ImageFromBatch RepeatImageBatch GetImageSize MaskToImage ImageToMask ImageColorToMask
    SolidMask InvertMask CropMask MaskComposite FeatherMask GrowMask ThresholdMask PrimitiveInt
    PrimitiveFloat PrimitiveBoolean PrimitiveString PrimitiveStringMultiline StringConcatenate
    PreviewAny ComfySwitchNode ComfyMathExpression UpscaleModelLoader ImageUpscaleWithModel
    """.split()  # noqa: SIM905 - a list of words reads best as words
)

MODELS = frozenset(
    (
        "synthetic-sd15.safetensors",
        "synthetic-sd15-b.safetensors",
        "synthetic-vae-b.safetensors",
        "synthetic-style.safetensors",
    )
)
"""The plain Stable Diffusion 1.5 files: checkpoints, an autoencoder, an embedding."""


@dataclass(frozen=True, slots=True)
class Case:
    """One recorded workflow. graph: in API form; files: its results in `expected/`, in order."""

    name: str
    graph: dict[str, Any]
    models: frozenset[str]
    files: tuple[str, ...]

    @property
    def class_types(self) -> frozenset[str]:
        """The node types that it needs."""
        return frozenset(node["class_type"] for node in self.graph.values())


def reference_folder() -> Path:
    """Where the references are: `EASEL_REFERENCE`, or beside the project."""
    return Path(os.environ.get("EASEL_REFERENCE", DEFAULT_FOLDER))


def all_cases(folder: Path) -> list[Case]:
    """Every case of a folder of references, in the index's order."""
    index = json.loads((folder / "index.json").read_text("utf-8"))
    return [
        Case(
            name,
            json.loads((folder / "cases" / f"{name}.json").read_text("utf-8")),
            frozenset(about["models"]),
            tuple(about["files"]),
        )
        for name, about in index.items()
    ]


def ours(case: Case) -> bool:
    """Whether a case uses nothing but our nodes and the plain Stable Diffusion 1.5 files."""
    return case.class_types <= NODES and case.models <= MODELS


def matching(cases: Sequence[Case], patterns: Sequence[str]) -> list[Case]:
    """The cases whose names fit the patterns (`sampler-*`), in their order; all for none."""
    if not patterns:
        return list(cases)
    found = {
        case.name: case
        for pattern in patterns
        for case in cases
        if fnmatch.fnmatchcase(case.name, pattern)
    }
    return list(found.values())
