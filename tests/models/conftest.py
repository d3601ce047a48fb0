"""Tiny models, read once for all tests of this folder."""

import pytest
import torch

from engine.models.loading import load_checkpoint
from engine.models.residency import Residency
from tests.tiny import tiny_checkpoint, tiny_embedded


@pytest.fixture(autouse=True)
def one_thread_without_gradients():
    torch.set_num_threads(1)
    with torch.no_grad():
        yield


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def embedded_file(tiny_folder):
    return tiny_embedded(tiny_folder / "checkpoints" / "own.safetensors")


@pytest.fixture(scope="session")
def stable_file(tiny_folder):
    return tiny_checkpoint(tiny_folder / "checkpoints" / "sd1.safetensors")


@pytest.fixture(scope="session")
def own(embedded_file):
    return load_checkpoint(embedded_file)


@pytest.fixture(scope="session")
def stable(stable_file):
    return load_checkpoint(stable_file)


@pytest.fixture
def residency():
    return Residency("cpu", limit=2**30)
