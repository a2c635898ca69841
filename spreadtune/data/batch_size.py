"""Which batch sizes a training part can serve. Free of torch: refused before anything starts."""

from typing import Literal

from spreadtune.errors import UserError


def check_batch_size(
    batch_size: int, batches: Literal["shuffled", "balanced"], *, images: int, class_count: int
) -> None:
    """Checks ``data.batch_size`` against a training part of ``images`` images in ``class_count`` classes.

    Raises:
        UserError: the batch exceeds the training part, or is balanced and no multiple of the class count.
    """
    if batch_size > images:
        raise UserError(f"data.batch_size: {batch_size} exceeds the {images} training images; use at most {images}")
    if batches == "balanced" and batch_size % class_count:
        below = batch_size // class_count * class_count
        nearest = [size for size in (below, below + class_count) if 0 < size <= images]
        hint = f"; use {' or '.join(map(str, nearest))}" if nearest else "; give a larger data.train_size"
        raise UserError(
            f"data.batch_size: {batch_size} is not a multiple of the {class_count} classes, which balanced "
            f"batches need{hint}"
        )
