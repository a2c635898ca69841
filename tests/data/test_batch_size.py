import pytest
from hypothesis import given
from hypothesis import strategies as st

from spreadtune.data.batch_size import check_batch_size
from spreadtune.errors import UserError


@pytest.mark.parametrize("batches", ["shuffled", "balanced"])
def test_a_batch_larger_than_the_training_part_is_refused(batches):
    check_batch_size(20, batches, images=20, class_count=2)
    with pytest.raises(UserError, match=r"data\.batch_size: 22 exceeds the 20 training images"):
        check_batch_size(22, batches, images=20, class_count=2)


def test_shuffled_batches_need_no_multiple():
    check_batch_size(7, "shuffled", images=20, class_count=3)


@pytest.mark.parametrize(
    ("batch_size", "images", "hint"), [(7, 20, "use 6 or 9$"), (2, 20, "use 3$"), (20, 20, "use 18$")]
)
def test_the_nearest_balanced_sizes_are_named(batch_size, images, hint):
    with pytest.raises(UserError, match=hint):
        check_batch_size(batch_size, "balanced", images=images, class_count=3)


@given(batch_size=st.integers(2, 200), images=st.integers(200, 400), class_count=st.integers(2, 20))
def test_a_balanced_size_is_a_multiple_or_the_refusal_names_some(batch_size, images, class_count):
    try:
        check_batch_size(batch_size, "balanced", images=images, class_count=class_count)
        assert batch_size % class_count == 0
    except UserError as refusal:
        _, _, hint = str(refusal).partition("; use ")
        for size in hint.split(" or "):
            check_batch_size(int(size), "balanced", images=images, class_count=class_count)
