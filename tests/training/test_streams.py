import pytest
import torch

from spreadtune.spec.seed import Seed
from spreadtune.training.streams import generator, seeded

GOLDEN = {
    (0, "search", 0, "initialization/encoder", 0): 5179294113576602843,
    (0, "search", 0, "order", 1): 1835186061466319937,
    (0, "search", 0, "views", 1): 7086707466216888205,
    (0, "search", 1, "views", 1): 3500314397892171833,
    (7, "confirm", 2, "evaluation/probe", 0): 6632860536479765223,
}


@pytest.mark.parametrize(("key", "stream"), GOLDEN.items(), ids=lambda value: str(value))
def test_streams_never_change(key: tuple[int, str, int, str, int], stream: int) -> None:
    """Other values would silently change what every recorded trial replays to."""
    study, stage, index, name, step = key
    assert Seed(study=study, stage=stage, index=index).stream(name, step) == stream


def test_a_generator_starts_its_stream_anew() -> None:
    seed = Seed(study=1, index=2)
    draws = [torch.rand(5, generator=generator(seed, "views", 3)) for _ in range(2)]
    assert torch.equal(*draws)
    by_hand = torch.Generator().manual_seed(seed.stream("views", 3))
    assert torch.equal(draws[0], torch.rand(5, generator=by_hand))
    assert not torch.equal(draws[0], torch.rand(5, generator=generator(seed, "views", 4)))


def test_seeded_draws_from_its_stream_and_leaves_the_global_state_alone() -> None:
    seed = Seed(study=1)
    torch.manual_seed(5)
    with seeded(seed, "initialization/encoder"):
        inside = torch.rand(4)
    after = torch.rand(4)
    torch.manual_seed(5)
    assert torch.equal(after, torch.rand(4))
    assert torch.equal(inside, torch.rand(4, generator=generator(seed, "initialization/encoder")))
