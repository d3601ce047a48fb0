"""Model files are opened, or refused in a sentence that says why."""

import pickle

import pytest
import torch
from safetensors.torch import save_file

from engine.errors import ModelFileError
from engine.models.files import open_tensors


class Evil:
    def __reduce__(self):
        return (print, ("code was run",))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelFileError, match=r"^gone\.safetensors: can't be read"):
        open_tensors(tmp_path / "gone.safetensors")


@pytest.mark.parametrize("name", ["a.safetensors", "a.ckpt", "a.pth"])
@pytest.mark.parametrize("content", [b"", b"not a model", b"\0" * 4096, b"PK\x03\x04" + b"x" * 99])
def test_what_is_no_model_file_is_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelFileError, match=name):
        open_tensors(tmp_path / name)


@pytest.mark.parametrize("name", ["a.safetensors", "a.ckpt"])
@pytest.mark.parametrize("left", [3, 100, 0.5, 0.99])
def test_a_truncated_file_is_refused(tmp_path, name, left):
    path = tmp_path / name
    tensors = {"a": torch.zeros(100, 100)}
    save_file(tensors, path) if name.endswith("tensors") else torch.save(tensors, path)
    data = path.read_bytes()
    path.write_bytes(data[: left if isinstance(left, int) else int(len(data) * left)])
    with pytest.raises(ModelFileError, match=name):
        open_tensors(path)


@pytest.mark.parametrize("zipped", [True, False])
def test_a_pickle_that_asks_for_code_is_refused_and_runs_nothing(tmp_path, capsys, zipped):
    path = tmp_path / "evil.ckpt"
    value = {"state_dict": {"a": torch.zeros(1)}, "x": Evil()}
    torch.save(value, path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(ModelFileError, match="might run code"):
        open_tensors(path)
    path.write_bytes(pickle.dumps(Evil()))
    with pytest.raises(ModelFileError):
        open_tensors(path)
    assert "code was run" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "dtype", [torch.float32, torch.float16, torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2]
)
def test_every_kind_of_number_is_read_as_stored(tmp_path, dtype):
    stored = torch.tensor([0.5, -2.0, 0.0]).to(dtype)
    save_file({"a": stored}, tmp_path / "a.safetensors", {"note": "kept"})
    file = open_tensors(tmp_path / "a.safetensors")
    assert file.tensors["a"].dtype == dtype
    assert file.tensors["a"].shape == (3,)
    assert torch.equal(file.read("a").float(), stored.float())
    assert file.metadata["note"] == "kept"


def test_the_weights_of_a_pickle_are_found_below_their_wrapper(tmp_path):
    torch.save(
        {"epoch": 3, "state_dict": {"a": torch.ones(2), "b": {"c": torch.zeros(1)}}},
        tmp_path / "a.pt",
    )
    assert set(open_tensors(tmp_path / "a.pt").tensors) == {"a", "b.c"}


def test_files_without_tensors_are_refused(tmp_path):
    torch.save({"epoch": 3}, tmp_path / "a.pt")
    with pytest.raises(ModelFileError, match="no tensors"):
        open_tensors(tmp_path / "a.pt")
