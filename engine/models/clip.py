"""CLIP's text encoder: a prompt in, the conditioning of a diffusion model out.

Knows how chunks become vectors: weights, CLIP skip, embeddings, LoRA. It does not know where files
are (embeddings are handed in) or on which device it runs (`residency` does).
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from transformers.models.clip.modeling_clip import CLIPTextModel

from engine.models.prompt import PLACES, Chunk, Find, Specials, Token, chunks, groups
from engine.models.residency import Place, Residency, WeightPatch, Weights
from engine.models.tokenizer import Tokenizer


@dataclass(frozen=True)
class Clip:
    """A text encoder with its vocabulary.

    layers, width: of the network. skip: which hidden layer counts, from the end: -1 is the last.
    loras: changes of its weights, in order.
    """

    __socket__: ClassVar[str] = "CLIP"

    network: Weights[CLIPTextModel]
    tokenizer: Tokenizer
    layers: int
    width: int
    skip: int = -1
    loras: tuple[WeightPatch, ...] = ()

    def with_skip(self, layer: int) -> "Clip":
        """The same encoder that stops early: -1 takes its last layer, -2 the last but one ..."""
        return replace(self, skip=layer)

    def with_lora(self, lora: WeightPatch) -> "Clip":
        """The same encoder with a LoRA's changes on top of those it has."""
        return replace(self, loras=(*self.loras, lora))

    def kept_on_cpu(self, yes: bool = True) -> "Clip":
        """The same encoder that never leaves the CPU."""
        return replace(self, network=replace(self.network, on_cpu=yes))

    def tokenize(self, text: str, find: Find) -> list[Chunk]:
        """A prompt as chunks of 77 tokens; `find` gives the vectors of an embedding by its name."""
        special = Specials(self.tokenizer.start, self.tokenizer.end, self.tokenizer.pad)
        return chunks(groups(text, self.tokenizer.numbers, find), special)

    def encode(self, tokens: Sequence[Chunk], residency: Residency) -> tuple[Tensor, Tensor]:
        """The conditioning [1, 77 * chunks, width] and the pooled vector [1, width].

        Both are float32 on the CPU. Each chunk is encoded by itself. Where any weight is not 1,
        each vector is moved away from that of the empty prompt at its place. Pooled is the first
        chunk's, unweighted.
        """
        weights = torch.tensor([[token.weight for token in chunk] for chunk in tokens])
        empty = self.tokenize("", lambda _: None) if bool((weights != 1).any()) else []
        place = residency.place(self.network)
        with residency.use(self.network, self.loras) as model:
            hidden, pooled = residency.sparing(
                lambda: self._hidden(model, [*tokens, *empty], place), "encoding a prompt"
            )
        hidden, pooled = hidden.float().cpu(), pooled.float().cpu()
        if empty:
            nothing, given, by = hidden[-1], hidden[:-1], weights[..., None]
            hidden = torch.where(by == 1, given, nothing + (given - nothing) * by)
        return hidden.reshape(1, -1, hidden.shape[-1]), pooled[:1]

    def _hidden(
        self, model: CLIPTextModel, tokens: Sequence[Chunk], place: Place
    ) -> tuple[Tensor, Tensor]:
        """The chosen layer's vectors [chunks, 77, width], normed; pooled ones [chunks, width]."""
        rows = [self._fitting(chunk) for chunk in tokens]
        numbers = [[t.what if isinstance(t.what, int) else 0 for t in row] for row in rows]
        vectors = {
            (row, column): token.what
            for row, chunk in enumerate(rows)
            for column, token in enumerate(chunk)
            if isinstance(token.what, Tensor)
        }
        early = 1 < -self.skip <= self.layers
        with _replaced(model.embeddings.token_embedding, vectors):
            out: Any = model(
                input_ids=torch.tensor(numbers, device=place.device), output_hidden_states=early
            )
        last: Tensor = out.last_hidden_state
        hidden = model.final_layer_norm(out.hidden_states[self.skip]) if early else last
        ends = torch.tensor([self._end_of(row) for row in rows])
        return hidden, last[torch.arange(len(rows)), ends]

    def _end_of(self, chunk: Chunk) -> int:
        """The place of the first end token."""
        end = self.tokenizer.end
        places = (n for n, t in enumerate(chunk) if isinstance(t.what, int) and t.what == end)
        return next(places, PLACES - 1)

    def _fitting(self, chunk: Chunk) -> Chunk:
        """The chunk without vectors of another width, filled up at its end."""
        kept = [t for t in chunk if isinstance(t.what, int) or t.what.shape[-1] == self.width]
        return kept + [Token(self.tokenizer.pad)] * (PLACES - len(kept))


@contextmanager
def _replaced(layer: nn.Module, vectors: dict[tuple[int, int], Tensor]) -> Generator[None]:
    """While it lasts, the embedding layer gives `vectors` at their (row, column)."""

    def put_in(_: nn.Module, __: Any, out: Tensor) -> Tensor:
        out = out.clone()
        for place, vector in vectors.items():
            out[place] = vector.to(out.device, out.dtype)
        return out

    if not vectors:
        yield
        return
    handle = layer.register_forward_hook(put_in)
    try:
        yield
    finally:
        handle.remove()
