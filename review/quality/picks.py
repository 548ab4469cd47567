"""Which examples to propose for review next: at first at random, then half at random and half where it teaches most."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import numpy.typing as npt

from review.quality.matrices import Texts
from review.quality.strategies import FIRST_RANDOM, Strategy
from review.quality.topics import clusters_of, nearest, space_of

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

SHARE_RANDOM = 0.5
# So many times as many as are wanted are looked at for their spread.
CANDIDATES = 25
FAR = 3.0  # standard deviations; what lies beyond would be a cluster of its own
UNSURE = 0.5


@dataclass(frozen=True, slots=True)
class Pick:
    """One example to review: why, and what has to be known to use its label later.

    `probability` is that with which the random part drew it from this pool; None where it was not drawn at random. It
    says nothing of earlier pools: with another seed each time, an example that was in several, with probabilities p, is
    drawn from one of them with 1 - ∏(1 - p). `score` is the probability of good when it was picked, None without model.
    """

    id: str
    probability: float | None
    score: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Pool:
    """What may be picked: distinct ids, and each one's probability of good (n,) or None while there is no model.

    `texts` reads some rows; it is asked once, for at most `CANDIDATES` times as many as are picked. `size` is how many
    there are to pick from where `ids` are only those of them that `picks` can come to: see `most_looked_at`.
    """

    ids: Sequence[str]
    scores: Floats | None
    texts: Callable[[Rows], Texts]
    size: int | None = None

    def __post_init__(self) -> None:
        if len({*self.ids}) != len(self.ids):
            raise ValueError("two examples of the pool have the same id")
        if self.scores is not None and len(self.scores) != len(self.ids):
            raise ValueError(f"{len(self.ids)} ids and {len(self.scores)} scores")


def most_looked_at(count: int) -> tuple[int, int]:
    """Return of how many rows `picks` needs to know when it chooses so many: the first by key, and the first by score.

    The key is SHA-256 of seed, space and id. By score those come first that the strategy asks for, equal ones by key.
    """
    return count, count * (CANDIDATES + 1)


def picks(
    pool: Pool,
    count: int,
    *,
    random_labels: int,
    seed: int,
    share_random: float = SHARE_RANDOM,
    strategy: Strategy = Strategy.SPREAD,
) -> tuple[Pick, ...]:
    """Choose `count` of the pool, or all where there are fewer, in the order in which to review them.

    All are random while there are fewer than 40 `random_labels` or no model; then `share_random` of them, rounded up.
    The order tells nothing of why one is there. The same pool and seed give the same picks, whatever the order of the
    pool. Raises ValueError for a share outside 0..1.
    """
    if not 0 <= share_random <= 1:
        raise ValueError(f"{share_random} is no share")
    count = min(count, len(pool.ids))
    keys = [_key(seed, each) for each in pool.ids]
    order = np.array(sorted(range(len(keys)), key=keys.__getitem__), np.intp)
    early = pool.scores is None or random_labels < FIRST_RANDOM
    drawn = count if early else math.ceil(share_random * count)
    why = _early_words(pool, random_labels) if early else "drawn at random"
    size = len(order) if pool.size is None else pool.size
    chosen = [_pick(pool, row, drawn / size, why) for row in order[:drawn]]
    if pool.scores is not None and drawn < count:
        first = _order_of(pool.scores[order[drawn:]], strategy)
        best = order[drawn:][first]
        rows = _spread(pool, best, count - drawn, seed) if strategy is Strategy.SPREAD else best
        chosen += [
            _pick(pool, row, None, _words(pool.scores[row], strategy)) for row in rows[: count - drawn]
        ]
    return tuple(sorted(chosen, key=lambda pick: _key(seed, f"order {pick.id}")))


def _key(seed: int, id: str) -> bytes:
    return sha256(f"{seed} {id}".encode("utf-8", "surrogatepass")).digest()


def _pick(pool: Pool, row: int, probability: float | None, reason: str) -> Pick:
    score = None if pool.scores is None else float(pool.scores[row])
    return Pick(pool.ids[row], probability, score, reason)


def _order_of(scores: Floats, strategy: Strategy) -> Rows:
    """Return the rows, those to be picked first at the beginning; ties stay in their order."""
    distance = scores if strategy is Strategy.LOWEST else np.abs(scores - UNSURE)
    return np.argsort(distance, kind="stable")


def _spread(pool: Pool, rows: Rows, count: int, seed: int) -> Rows:
    """Return the first row of each of `count` clusters, then the others of the candidates.

    Source: Z. Bodó, Z. Minier and L. Csató, "Active learning with clustering", JMLR Workshop and Conference
    Proceedings 16 (2011), 127-139.
    """
    rows = rows[: count * CANDIDATES]
    texts = pool.texts(rows)
    about = space_of(texts.terms, [pool.ids[row] for row in rows], seed=seed)(texts.terms)
    places = np.hstack([about, _alike(texts.features)])
    cluster = nearest(places, clusters_of(places, count, seed, starts=1))
    firsts = np.sort(np.unique(cluster, return_index=True)[1])[:count]
    left = np.setdiff1d(np.arange(len(rows)), firsts)
    found: Rows = rows[np.concatenate([firsts, left])]
    return found


def _alike(features: Floats) -> Floats:
    """Return features (n, F) as places about as far apart as those of what texts are about.

    What reviewers reject is often how a text is made rather than what it is about.
    """
    spread = features.std(axis=0)
    places = (features - features.mean(axis=0)) / np.where(spread > 0, spread, 1)
    found: Floats = np.clip(places, -FAR, FAR) / math.sqrt(features.shape[1])
    return found


def _early_words(pool: Pool, random_labels: int) -> str:
    if random_labels < FIRST_RANDOM:
        return f"drawn at random, as all are until {FIRST_RANDOM} labels of such are there"
    return "drawn at random, as there is no classifier yet"


def _words(score: float, strategy: Strategy) -> str:
    said = f"{100 * score:.0f} % good"
    return {
        Strategy.SPREAD: f"the classifier is unsure ({said}), and it is unlike the other picks",
        Strategy.UNSURE: f"the classifier is unsure ({said})",
        Strategy.LOWEST: f"the classifier takes it for bad ({said})",
    }[strategy]
