"""What a network does with less memory gives the same results."""

import torch
from torch import nn

from engine.models import memory

CPU = torch.device("cpu")


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.norm = nn.GroupNorm(2, 8)
        self.linear = nn.Linear(8, 4)

    def forward(self, x):
        return self.linear(self.norm(self.conv(x)).movedim(1, -1))


def test_layers_in_eight_bits_widen_while_they_compute():
    module = Small().requires_grad_(False)
    for parameter in module.parameters():
        rounded = parameter.data.to(torch.float8_e4m3fn)
        parameter.data = rounded.float()
    x = torch.randn(1, 3, 6, 6)
    expected = module(x)
    for name, parameter in module.named_parameters():
        if memory.stays_narrow(module, name):
            parameter.data = parameter.data.to(torch.float8_e4m3fn)
    memory.widen_in_layers(module, torch.float32)
    assert torch.equal(module(x), expected)
    assert module.conv.weight.dtype == torch.float8_e4m3fn
    assert module.norm.weight.dtype == torch.float32


def test_layers_that_come_in_groups_compute_the_same():
    module = Small().requires_grad_(False)
    x = torch.randn(1, 3, 6, 6)
    expected = module(x)
    memory.offload_groups(module, CPU)
    assert torch.equal(module(x), expected)
    assert torch.equal(module(x), expected)


def test_half_of_the_machine_is_a_positive_number_of_bytes():
    assert memory.half_of_machine() > 2**28
    memory.give_back(CPU)
