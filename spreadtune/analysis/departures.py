"""Where trained encoders depart from the predicted spread."""

import pandas as pd

from spreadtune.analysis.frame import Frame
from spreadtune.analysis.words import count


def departures(frame: Frame) -> pd.DataFrame:
    """Measured minus predicted spread on training images for each setting, largest absolute value first.

    The prediction is for free embeddings with tied views; an encoder of limited capacity, short training and
    augmentation are the usual reasons to depart from it.

    Returns:
        Columns variant, setting, label, alpha, n, train_spread, predicted, departure. Settings without a prediction or
        without a measured spread are left out.
    """
    means = frame.means.reindex(columns=["label", "objective.alpha", "n", "metric.train_spread", "theory.spread"])
    table = means.rename(
        columns={"objective.alpha": "alpha", "metric.train_spread": "train_spread", "theory.spread": "predicted"}
    ).dropna(subset=["train_spread", "predicted"])
    table["departure"] = table["train_spread"] - table["predicted"]
    return table.sort_values("departure", key=pd.Series.abs, ascending=False, kind="stable").reset_index()


def largest_departure(table: pd.DataFrame) -> str:
    """The table in one sentence."""
    if table.empty:
        return "No finished setting has both a measured and a predicted spread."
    row, mean = table.iloc[0], table["departure"].abs().mean()
    return (
        f"The training spread departs from the prediction by {mean:.2f} on average over "
        f"{count(len(table), 'setting')}, most at {row['label']}: {row['train_spread']:.2f} measured, "
        f"{row['predicted']:.2f} predicted ({row['departure']:+.2f})."
    )
