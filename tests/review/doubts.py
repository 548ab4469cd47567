"""What tests of second looks share: labels that a classifier doubts."""

import io
from collections.abc import Mapping
from typing import Any

import numpy as np

from accounts.models import User
from annotate.models import Example, Project
from review.models import ClassifierVersion, Label
from review.queries.held_out import FIELDS
from review.queries.training_set import training_set
from tests.review.scene import classifier_version


def doubting(project: Project, good: Mapping[int, float], **fields: Any) -> ClassifierVersion:
    """Store a version that took each example for good, out of fold, as stated by its id; all others for what they are.

    Like a training it knows of the labels that there are now.
    """
    rows = training_set(project)
    columns = {name: np.array([getattr(row, name) for row in rows]) for name in FIELDS[:-1]}
    columns["good"] = np.array([row.measured for row in rows])
    sure = [0.9 if row.good else 0.1 for row in rows]
    columns["probability"] = np.array(
        [good.get(row.example, own) for row, own in zip(rows, sure, strict=True)]
    )
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **columns)
    number = ClassifierVersion.objects.filter(project=project).count() + 1
    evaluation = {"beats_length": True, **fields.pop("evaluation", {})}
    return classifier_version(project, number, evaluation=evaluation, held_out=packed.getvalue(), **fields)


def labelled(
    example: Example, verdict: str, by: User, *, queue: str = "targeted", revision: int = 1
) -> Label:
    """Say something of an example, as the targeted queue would store it."""
    reasons = ["unsafe"] if verdict == "bad" else []
    return Label.objects.create(
        example=example, revision=revision, verdict=verdict, by=by, queue=queue, reasons=reasons
    )
