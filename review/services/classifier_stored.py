"""What is stored of a training, as a version's row holds it."""

from dataclasses import asdict
from hashlib import sha256
from typing import Any

from review.quality.artefacts import saved
from review.quality.labels import Labels
from review.quality.matrices import Texts
from review.quality.training import Training
from review.queries.doubt_reasons import doubts_explained
from review.queries.held_out import held_out_bytes
from review.queries.training_set import Judged


def stored_of(
    trained: Training, rows: list[Judged], labels: Labels, texts: Texts, judge: dict[str, Any]
) -> dict[str, Any]:
    """Return what is stored of a training on `texts`; `judge` is what it made of a judge's scores."""
    figures = {**_evaluation(trained), "judge": judge, "imported": _imported(labels)}
    about = {"labels": trained.digest, "seed": trained.seed, "evaluation": figures}
    artefact = saved(trained.classifier, about)
    return {
        "step": trained.step.value,
        "good": labels.good_count,
        "bad": labels.bad_count,
        "labels_digest": trained.digest,
        "digest": sha256(artefact.arrays + artefact.card).hexdigest(),
        "artefact": artefact.arrays,
        "card": artefact.card.decode(),
        "evaluation": figures,
        "held_out": held_out_bytes(rows, trained, doubts_explained(trained, rows, texts)),
    }


def _evaluation(trained: Training) -> dict[str, Any]:
    found = trained.evaluation
    said = {name: getattr(found, name) for name in ("beats_length", "standing", "base_rate")}
    return {**asdict(found), **said}


def _imported(labels: Labels) -> dict[str, Any]:
    """Return how many labels came with the data, and what each of them counted."""
    weights, good = labels.weight[labels.brought], labels.good[labels.brought]
    return {
        "good": int(good.sum()), "bad": int((~good).sum()), "weight": float(weights[0]) if len(weights) else None,
    }  # fmt: skip
