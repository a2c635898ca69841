"""All losses against loops that transcribe their formulas, and what must hold of every one of them."""

import math
from functools import partial

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from spreadtune.objectives import class_conditional_infonce_loss, infonce_loss, spread_loss, supcon_loss

PAIRS = ("cross_view", "all")
DENOMINATORS = ("negatives", "all")


def _infonce(embeddings: Tensor, labels: Tensor, *, temperature: float) -> Tensor:
    return infonce_loss(embeddings, temperature=temperature)


LOSSES = (
    {f"supcon-{p}-{d}": partial(supcon_loss, pairs=p, denominator=d) for p in PAIRS for d in DENOMINATORS}
    | {f"ccinfonce-{p}": partial(class_conditional_infonce_loss, pairs=p) for p in PAIRS}
    | {f"spread-{p}": partial(spread_loss, alpha=0.4, pairs=p) for p in PAIRS}
    | {"infonce": _infonce}
)


@pytest.fixture(params=LOSSES, scope="module")
def loss(request):
    return LOSSES[request.param]


def looped(embeddings: Tensor, labels: Tensor, temperature: float, pairs: str, denominator: str) -> dict[str, float]:
    """The formulas, one anchor and one candidate at a time."""
    views, batch, _ = embeddings.shape
    z = embeddings / embeddings.norm(dim=-1, keepdim=True)
    rows = [(view, image) for view in range(views) for image in range(batch)]
    if pairs == "all":
        anchors = [(row, [other for other in rows if other != row]) for row in rows]
    else:
        anchors = [
            ((a, image), [(b, other) for other in range(batch)])
            for a in range(views)
            for b in range(views)
            if a != b
            for image in range(batch)
        ]
    supcon, ccinfonce = [], []
    for (view, image), candidates in anchors:
        e = {(v, j): math.exp(float(z[view, image] @ z[v, j]) / temperature) for v, j in candidates}
        P = [(v, j) for v, j in candidates if labels[j] == labels[image]]
        N = [(v, j) for v, j in candidates if labels[j] != labels[image]]
        U = [(v, j) for v, j in candidates if j == image]
        of_negatives, of_positives = sum(e[n] for n in N), sum(e[p] for p in P)
        rivals = {p: e[p] if denominator == "negatives" else of_positives for p in P}
        supcon.append(sum(-math.log(e[p] / (rivals[p] + of_negatives)) for p in P) / len(P))
        ccinfonce.append(sum(-math.log(e[u] / of_positives) for u in U) / len(U))
    return {"supcon": sum(supcon) / len(supcon), "ccinfonce": sum(ccinfonce) / len(ccinfonce)}


@st.composite
def batches(draw) -> tuple[Tensor, Tensor]:
    views, images, dim = draw(st.integers(2, 4)), draw(st.integers(1, 6)), draw(st.integers(2, 4))
    labels = draw(st.lists(st.integers(0, 3), min_size=images, max_size=images))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 10_000)))
    return torch.randn(views, images, dim, dtype=torch.float64, generator=generator), torch.tensor(labels)


@settings(max_examples=60, deadline=None)
@given(
    batch=batches(),
    temperature=st.floats(0.05, 2),
    alpha=st.floats(0, 1),
    pairs=st.sampled_from(PAIRS),
    denominator=st.sampled_from(DENOMINATORS),
)
def test_equals_the_loops(batch, temperature, alpha, pairs, denominator):
    expected = looped(*batch, temperature, pairs, denominator)
    scheme = {"temperature": temperature, "pairs": pairs}
    assert supcon_loss(*batch, **scheme, denominator=denominator).item() == pytest.approx(expected["supcon"], abs=1e-9)
    assert class_conditional_infonce_loss(*batch, **scheme).item() == pytest.approx(expected["ccinfonce"], abs=1e-9)
    weighted = (1 - alpha) * expected["supcon"] + alpha * expected["ccinfonce"]
    assert spread_loss(*batch, alpha=alpha, **scheme, denominator=denominator).item() == pytest.approx(
        weighted, abs=1e-9
    )


@settings(max_examples=30, deadline=None)
@given(batch=batches(), temperature=st.floats(0.05, 2))
def test_infonce_equals_the_loops_with_every_image_its_own_class(batch, temperature):
    embeddings, _ = batch
    own_class = torch.arange(embeddings.shape[1])
    expected = looped(embeddings, own_class, temperature, "all", "all")["supcon"]
    assert infonce_loss(embeddings, temperature=temperature).item() == pytest.approx(expected, abs=1e-9)


def random_batch(views: int = 2, images: int = 6, classes: int = 2, dim: int = 4) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(views * 1000 + images * 10 + classes)
    embeddings = torch.randn(views, images, dim, dtype=torch.float64, generator=generator)
    return embeddings, torch.arange(images) % classes


@pytest.mark.parametrize("classes", [1, 2, 5])
def test_gradient_is_that_of_finite_differences(loss, classes):
    embeddings, labels = random_batch(views=3, images=5, classes=classes)
    assert torch.autograd.gradcheck(lambda z: loss(z, labels, temperature=0.3), embeddings.requires_grad_(), atol=1e-6)


def test_length_of_embeddings_does_not_matter(loss):
    embeddings, labels = random_batch()
    lengths = torch.linspace(0.1, 50, 12, dtype=torch.float64).reshape(2, 6, 1)
    expected = loss(embeddings, labels, temperature=0.5)
    torch.testing.assert_close(loss(embeddings * lengths, labels, temperature=0.5), expected)


def test_rotation_and_order_of_images_do_not_matter(loss):
    embeddings, labels = random_batch(views=3)
    rotation, _ = torch.linalg.qr(random_batch(images=4)[0][0])
    order = torch.tensor([3, 1, 5, 0, 2, 4])
    expected = loss(embeddings, labels, temperature=0.5)
    torch.testing.assert_close(loss(embeddings @ rotation, labels, temperature=0.5), expected)
    torch.testing.assert_close(loss(embeddings[:, order], labels[order], temperature=0.5), expected)


def test_names_of_classes_do_not_matter(loss):
    embeddings, labels = random_batch()
    expected = loss(embeddings, labels, temperature=0.5)
    torch.testing.assert_close(loss(embeddings, 1000 - 7 * labels, temperature=0.5), expected)


@pytest.mark.parametrize("pairs", PAIRS)
def test_images_of_a_class_may_swap_places(pairs):
    embeddings, labels = random_batch()
    swapped = torch.tensor([4, 1, 0, 5, 2, 3])
    assert torch.equal(labels[swapped], labels)
    expected = spread_loss(embeddings, labels, alpha=0.4, temperature=0.5, pairs=pairs)
    torch.testing.assert_close(
        spread_loss(embeddings[:, swapped], labels, alpha=0.4, temperature=0.5, pairs=pairs), expected
    )


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
@pytest.mark.parametrize("classes", [1, 2, 6])
def test_low_temperature_stays_finite_in_every_precision(loss, dtype, classes):
    embeddings, labels = random_batch(views=3, classes=classes)
    embeddings[1, 2] = -embeddings[0, 2]  # a counterpart on the far side: cosine -1, 100 nats away from +1
    leaf = embeddings.to(dtype).requires_grad_()
    value = loss(leaf, labels, temperature=torch.tensor(0.01))
    value.backward()
    assert value.dtype == torch.float32
    assert value.isfinite()
    assert leaf.grad.dtype == dtype
    assert leaf.grad.isfinite().all()


def test_half_precision_is_rounded_in_the_embeddings_only(loss):
    embeddings, labels = random_batch()
    rounded = embeddings.bfloat16()
    expected = loss(rounded.double(), labels, temperature=0.05).float()
    torch.testing.assert_close(loss(rounded, labels, temperature=0.05), expected, rtol=1e-4, atol=1e-4)


def test_autocast_does_not_reach_into_the_loss(loss):
    embeddings, labels = random_batch()
    expected = loss(embeddings.float(), labels, temperature=0.05)
    with torch.autocast("cpu", torch.bfloat16):
        inside = loss(embeddings.float(), labels, temperature=0.05)
    torch.testing.assert_close(inside, expected, rtol=0, atol=0)


def test_batch_without_images_gives_zero_with_zero_gradient(loss):
    embeddings = torch.zeros(2, 0, 3, requires_grad=True)
    value = loss(embeddings, torch.zeros(0, dtype=torch.long), temperature=0.5)
    value.backward()
    assert value.item() == 0
    assert embeddings.grad.shape == (2, 0, 3)


@pytest.mark.parametrize("length", [0, 1e-40, 1e-9])
def test_a_row_without_direction_gets_no_gradient_and_others_keep_theirs(loss, length, monkeypatch):
    """Dead images are no reason for a step of 10^11, nor do they take anything from the rest of the batch."""

    def gradient() -> Tensor:
        embeddings, labels = random_batch()
        embeddings[0, 0] *= length / embeddings[0, 0].norm()
        leaf = embeddings.requires_grad_()
        loss(leaf, labels, temperature=0.5).backward()
        return leaf.grad

    found = gradient()
    monkeypatch.setattr("spreadtune.objectives.candidates.unit_rows", partial(F.normalize, dim=-1))
    plain = gradient()
    assert plain[0, 0].norm() > 1e6, "the row that is spared would have drowned the others"
    plain[0, 0] = 0
    assert torch.equal(found, plain)


@pytest.mark.parametrize(
    ("shape", "labels", "message"),
    [
        ((4, 3), 4, r"embeddings must be \(views, batch, dim\), got shape \(4, 3\)"),
        ((1, 4, 3), 4, r"two views or more, got shape \(1, 4, 3\)"),
    ],
)
def test_wrong_embeddings_are_refused(loss, shape, labels, message):
    with pytest.raises(ValueError, match=message):
        loss(torch.ones(shape), torch.zeros(labels), temperature=0.5)


@pytest.mark.parametrize("name", [name for name in LOSSES if name != "infonce"])
@pytest.mark.parametrize("shape", [(5,), (4, 1), (2, 4)])
def test_wrong_labels_are_refused(name, shape):
    with pytest.raises(ValueError, match=r"labels must be \(4,\)"):
        LOSSES[name](torch.ones(2, 4, 3), torch.zeros(shape), temperature=0.5)


def test_unknown_schemes_are_refused():
    embeddings, labels = random_batch()
    with pytest.raises(ValueError, match="pairs must be 'cross_view' or 'all', got 'cross'"):
        spread_loss(embeddings, labels, alpha=0.5, temperature=0.5, pairs="cross")
    with pytest.raises(ValueError, match="denominator must be 'negatives' or 'all', got 'positives'"):
        supcon_loss(embeddings, labels, temperature=0.5, denominator="positives")
