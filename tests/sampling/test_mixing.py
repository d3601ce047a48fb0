import torch

from engine.sampling import mixing


def entry(value, tokens=77, **options):
    return (torch.full((1, tokens, 4), float(value)), options)


def test_concatenating_appends_the_first_entrys_tokens_to_every_entry():
    joined = mixing.concatenated([entry(1), entry(2, strength=0.5)], [entry(3, 154), entry(4)])
    assert [text.shape[1] for text, _ in joined] == [231, 231]
    assert joined[1][0][0, -1, 0] == 3
    assert joined[1][1] == {"strength": 0.5}


def test_averaging_mixes_texts_and_pooled_vectors():
    to = [entry(1, pooled_output=torch.tensor([[1.0]]))]
    source = [entry(3, pooled_output=torch.tensor([[5.0]]))]
    ((text, options),) = mixing.averaged(to, source, 0.75)
    assert torch.allclose(text, torch.tensor(1.5))
    assert options["pooled_output"] == 2.0


def test_averaging_with_a_shorter_source_fills_it_up_with_zeros():
    ((text, _),) = mixing.averaged([entry(1, 154)], [entry(3)], 0.5)
    assert text[0, :77].mean() == 2.0
    assert text[0, 77:].mean() == 0.5


def test_averaging_with_a_longer_source_cuts_it():
    ((text, options),) = mixing.averaged([entry(1)], [entry(3, 154)], 0.5)
    assert text.shape[1] == 77
    assert "pooled_output" not in options


def test_an_entry_without_pooled_vector_takes_the_sources():
    source = [entry(3, pooled_output=torch.tensor([[5.0]]))]
    ((_, options),) = mixing.averaged([entry(1)], source, 0.25)
    assert options["pooled_output"] == 5.0


def test_zeroing_leaves_the_shape_and_the_options():
    given = [entry(1, pooled_output=torch.ones(1, 8), strength=2.0)]
    ((text, options),) = mixing.zeroed(given)
    assert text.shape == (1, 77, 4)
    assert not text.any()
    assert not options["pooled_output"].any()
    assert options["strength"] == 2.0
    assert given[0][0].all()
    assert given[0][1]["pooled_output"].all()


def test_a_flat_mask_gets_a_batch():
    ((_, options),) = mixing.over_mask([entry(1)], torch.ones(6, 8), 0.5, to_bounds=True)
    assert options["mask"].shape == (1, 6, 8)
    assert options["mask_strength"] == 0.5
    assert options["set_area_to_bounds"] is True
