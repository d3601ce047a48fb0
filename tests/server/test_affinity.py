import json

from engine.server.affinity import Memory, traits


def prompt(seed, prefix=""):
    return json.dumps(
        {
            f"{prefix}3": {
                "class_type": "Sample",
                "inputs": {"m": [f"{prefix}1", 0], "seed": seed},
            },
            f"{prefix}1": {"class_type": "Load", "inputs": {"name": "a.safetensors"}},
        }
    ).encode()


def test_traits_are_of_recipes_not_of_ids():
    assert sorted(traits(prompt(1))) == sorted(traits(prompt(1, prefix="x")))


def test_a_worker_that_has_the_model_shares_it_with_another_seed():
    memory = Memory()
    memory.learn(traits(prompt(1)))
    assert memory.share(traits(prompt(1))) == 2
    assert memory.share(traits(prompt(2))) == 1
    memory.forget()
    assert memory.share(traits(prompt(1))) == 0


def test_long_chains_and_odd_links_have_traits_too():
    chain = {
        str(n): {"class_type": "Add", "inputs": {"a": [str(n + 1), 0], "b": [1, 2]}}
        for n in range(10_000)
    }
    assert len(set(traits(json.dumps(chain).encode()))) == 10_000
