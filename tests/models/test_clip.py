"""Prompts become conditionings by the rules that ComfyUI's pictures follow."""

from dataclasses import replace

import pytest
import torch

from engine.models.prompt import Token


def nothing(name):
    return None


def encoded(clip, text, residency, find=nothing):
    return clip.encode(clip.tokenize(text, find), residency)


def test_a_prompt_becomes_77_vectors_and_one_pooled(own, residency):
    vectors, pooled = encoded(own.clip, "a red fox", residency)
    assert vectors.shape == (1, 77, 32)
    assert pooled.shape == (1, 32)
    assert vectors.dtype == pooled.dtype == torch.float32


def test_it_is_what_transformers_gives_for_the_same_tokens(own, residency):
    (chunk,) = own.clip.tokenize("a red fox", nothing)
    with residency.use(own.clip.network) as module:
        expected = module(input_ids=torch.tensor([[token.what for token in chunk]]))
    vectors, pooled = own.clip.encode([chunk], residency)
    assert torch.equal(vectors, expected.last_hidden_state)
    assert torch.equal(pooled, expected.pooler_output)


def test_a_weight_moves_each_vector_away_from_the_empty_prompts(own, residency):
    plain, pooled = encoded(own.clip, "red fox", residency)
    empty, _ = encoded(own.clip, "", residency)
    heavy, same = encoded(own.clip, "(red fox:1.5)", residency)
    words = slice(1, 1 + len(own.clip.tokenizer.numbers("red fox")))
    expected = empty + (plain - empty) * 1.5
    assert torch.allclose(heavy[:, words], expected[:, words], atol=1e-6)
    assert torch.equal(heavy[:, words.stop :], plain[:, words.stop :])
    assert torch.equal(same, pooled)


def test_a_long_prompt_is_encoded_chunk_by_chunk(own, residency):
    words = " ".join(["fox"] * 150)
    vectors, pooled = encoded(own.clip, words, residency)
    chunks = own.clip.tokenize(words, nothing)
    assert vectors.shape[1] == 77 * len(chunks) > 77
    first, alone = own.clip.encode(chunks[:1], residency)
    assert torch.allclose(vectors[:, :77], first, atol=1e-6)
    assert torch.allclose(pooled, alone, atol=1e-6)


@pytest.mark.parametrize(("skip", "hidden"), [(-1, -1), (-2, -2), (-3, -1), (-24, -1)])
def test_clip_skip_takes_an_earlier_layer_and_still_norms_it(own, residency, skip, hidden):
    (chunk,) = own.clip.tokenize("a red fox", nothing)
    with residency.use(own.clip.network) as module:
        numbers = torch.tensor([[token.what for token in chunk]])
        layers = module(input_ids=numbers, output_hidden_states=True).hidden_states
        expected = module.final_layer_norm(layers[hidden])
    vectors, pooled = own.clip.with_skip(skip).encode([chunk], residency)
    assert torch.allclose(vectors, expected, atol=1e-6)
    assert torch.equal(pooled, own.clip.encode([chunk], residency)[1])


def test_vectors_stand_in_for_tokens(own, residency):
    (chunk,) = own.clip.tokenize("red fox", nothing)
    words = len(own.clip.tokenizer.numbers("red fox"))
    with residency.use(own.clip.network) as module:
        table = module.embeddings.token_embedding.weight.clone()
    as_vectors = [Token(table[t.what]) if 0 < n <= words else t for n, t in enumerate(chunk)]
    expected = own.clip.encode([chunk], residency)
    found = own.clip.encode([as_vectors], residency)
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(found, expected, strict=True))
    again = own.clip.encode([chunk], residency)
    assert torch.equal(again[0], expected[0])


def test_vectors_of_another_width_are_left_out(own, residency):
    find = {"wide": torch.ones(3, 768)}.get
    found, _ = encoded(own.clip, "red embedding:wide fox", residency, find)
    expected = own.clip.tokenize("red", nothing)[0][1:-1]
    assert found.shape == (1, 77, 32)
    assert expected


def test_an_encoder_kept_on_the_cpu_is_another_resident(own):
    kept = own.clip.kept_on_cpu()
    assert kept.network != own.clip.network
    assert kept.network == replace(kept.network)
