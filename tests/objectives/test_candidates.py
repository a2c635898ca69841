import torch

from spreadtune.objectives.candidates import find_candidates

LABELS = torch.tensor([0, 1, 0])


def test_cross_view_compares_every_ordered_pair_of_views():
    embeddings = torch.nn.functional.normalize(torch.randn(3, 3, 4, generator=torch.Generator().manual_seed(0)), dim=-1)
    candidates = find_candidates(embeddings, LABELS, temperature=0.5, pairs="cross_view")
    views = [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)]
    expected = torch.stack([embeddings[a] @ embeddings[b].T / 0.5 for a, b in views])
    torch.testing.assert_close(candidates.similarities, expected)
    assert candidates.positives.tolist() == [[True, False, True], [False, True, False], [True, False, True]]
    assert torch.equal(candidates.negatives, ~candidates.positives)
    assert torch.equal(candidates.counterparts, torch.eye(3, dtype=torch.bool))


def test_all_compares_every_row_with_every_other():
    candidates = find_candidates(torch.ones(2, 3, 4), LABELS, temperature=0.5, pairs="all")
    assert candidates.similarities.shape == (1, 6, 6)
    # rows: view 0 of images 0, 1, 2, then view 1 of them
    assert candidates.positives[0].tolist() == [False, False, True, True, False, True]
    assert candidates.negatives[0].tolist() == [False, True, False, False, True, False]
    assert candidates.counterparts[0].tolist() == [False, False, False, True, False, False]
    assert candidates.counterparts[4].tolist() == [False, True, False, False, False, False]


def test_everything_but_the_anchor_is_positive_or_negative():
    for pairs, itself in (("cross_view", 0), ("all", 6)):
        candidates = find_candidates(torch.ones(2, 3, 4), LABELS, temperature=0.5, pairs=pairs)
        assert not (candidates.positives & candidates.negatives).any()
        assert (~(candidates.positives | candidates.negatives)).sum() == itself
        assert not (candidates.counterparts & ~candidates.positives).any()
