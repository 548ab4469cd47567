"""Why a training doubts labels: by the models that had not seen them."""

import numpy as np

from review.quality.explanations import explained
from review.quality.matrices import Texts
from review.quality.training import Training
from review.queries.held_out import Reasons
from review.queries.training_set import IMPORTED, Judged, texts_of

# As many as wait for a second look at once, and of each what a page can show.
MOST, PARTS = 200, 6


def doubts_explained(trained: Training, rows: list[Judged], texts: Texts) -> Reasons:
    """Return by the id of a label what speaks for and against its text, of the labels that are least probable.

    The version itself was fitted to these labels and would speak for them. `texts` are those of the rows.
    """
    probability, said = trained.scaled.probability, texts.said
    own = np.where([row.measured for row in rows], probability, 1 - probability)
    doubted = [row for row in np.argsort(own).tolist() if own[row] < 0.5 and rows[row].label != IMPORTED][
        :MOST
    ]
    conversations = [each for part in texts_of([rows[row] for row in doubted]) for each in part]
    found: Reasons = {}
    for row, conversation in zip(doubted, conversations, strict=True):
        model = trained.out_of_fold.models[trained.out_of_fold.fold[row]]
        if model is None:
            continue
        judge = float(said[row]) if np.isfinite(said[row]) else None
        why = explained(model.scaled(trained.scaled.platt), conversation, PARTS, judge)
        found[str(rows[row].label)] = [(part.label, round(part.amount, 4)) for part in why.parts]
    return found
