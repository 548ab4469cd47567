"""What the classifier proposes to review next: the targeted queue is kept at the length that the project asks for."""

from secrets import randbits

from annotate.models import Project
from review.models import ClassifierRules
from review.quality.picks import Pick, picks
from review.quality.strategies import Strategy
from review.queries.classifier_rules import classifier_rules
from review.queries.classifiers import active_version
from review.queries.pools import PICKED_BY, picks_waiting, pool_of, random_labels
from review.services.targets import picks_add

# It is filled again when half of it is decided: each filling passes over every example's score.
REFILL = 0.5
SEED_BITS = 32


def picks_fill(*, project: Project) -> int:
    """Fill up the targeted queue; return how many examples were added. Nothing is picked while no version is active."""
    rules, version = classifier_rules(project), active_version(project)
    waiting = picks_waiting(project)
    if version is None or waiting > REFILL * rules.targeted or waiting >= rules.targeted:
        return 0
    # Another each time: what was drawn from another pool says nothing of who is drawn from this one.
    seed, count, strategy = randbits(SEED_BITS), rules.targeted - waiting, Strategy(rules.strategy)
    pool = pool_of(project, count, seed, strategy)
    chosen = picks(
        pool, count, random_labels=random_labels(project), seed=seed, share_random=1 - rules.uncertain,
        strategy=strategy,
    )  # fmt: skip
    filling = {
        "by": PICKED_BY,
        "version": version.number,
        "strategy": strategy.value,
        "seed": seed,
        "of": pool.size,
    }
    return picks_add(project=project, picks={int(pick.id): filling | _told(pick) for pick in chosen})


def picks_catch_up() -> int:
    """Fill up the targeted queue of every project that asks for one; return how many were added."""
    asking = ClassifierRules.objects.filter(targeted__gt=0).select_related("project")
    return sum(picks_fill(project=rules.project) for rules in asking)


def _told(pick: Pick) -> dict[str, object]:
    return {"words": pick.reason, "probability": pick.probability, "score": pick.score}
