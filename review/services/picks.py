"""What the classifier proposes to review next: the targeted queue is kept at the length that the project asks for."""

import numpy as np

from annotate.models import Project
from review.models import ClassifierRules
from review.quality.matrices import Texts
from review.quality.picks import Pick, Pool, picks
from review.queries.classifiers import active_version, classifier_rules
from review.queries.pools import PICKED_BY, conversations_of, picks_waiting, pool_of, random_labels
from review.services.targets import picks_add

# It is filled again when half of it is decided: each filling reads every example's score.
REFILL = 0.5


def picks_fill(*, project: Project) -> int:
    """Fill up the targeted queue; return how many examples were added. Nothing is picked while no version is active."""
    rules, version = classifier_rules(project), active_version(project)
    waiting = picks_waiting(project)
    if version is None or waiting > REFILL * rules.targeted or waiting >= rules.targeted:
        return 0
    pool = pool_of(project)
    ids = [pk for pk, _ in pool]
    scores = np.array([np.nan if score is None else score for _, score in pool])
    known = np.flatnonzero(np.isfinite(scores))
    ids = [ids[row] for row in known]
    chosen = picks(
        Pool(
            [str(pk) for pk in ids],
            scores[known],
            lambda rows: Texts.of(conversations_of([ids[row] for row in rows])),
        ),
        rules.targeted - waiting,
        random_labels=random_labels(project),
        seed=version.number,
        share_random=1 - rules.uncertain,
    )
    return picks_add(project=project, picks={int(pick.id): _told(pick, version.number) for pick in chosen})


def picks_catch_up() -> int:
    """Fill up the targeted queue of every project that asks for one; return how many were added."""
    asking = ClassifierRules.objects.filter(targeted__gt=0).select_related("project")
    return sum(picks_fill(project=rules.project) for rules in asking)


def _told(pick: Pick, version: int) -> dict[str, object]:
    return {
        "by": PICKED_BY, "words": pick.reason, "probability": pick.probability, "score": pick.score, "version": version,
    }  # fmt: skip
