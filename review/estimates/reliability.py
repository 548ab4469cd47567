"""The coefficients of agreement themselves, from tables of counts."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from review.estimates.intervals import Interval

Counts = npt.NDArray[np.int64]


def kappa_of(table: Sequence[Sequence[int]] | Counts) -> float | None:
    """Cohen's kappa of two raters, from how often their verdicts met; None where chance explains everything.

    Source: J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20
    (1960), 37-46: (p_o - p_e) / (1 - p_e).
    """
    table = np.asarray(table)
    total = table.sum()
    if not total:
        return None
    seen = np.trace(table) / total
    by_chance = float(table.sum(axis=1) @ table.sum(axis=0)) / total**2
    return None if by_chance >= 1 else float((seen - by_chance) / (1 - by_chance))


def alpha_of(counts: Counts) -> float | None:
    """Krippendorff's alpha for nominal verdicts with missing ones, from items x verdicts, each item with two or more.

    None where only one verdict occurs, so that nothing tells agreement from chance. With m_u verdicts on item u, n in
    all and n_c of them c: alpha = 1 - (n - 1) sum_u (m_u² - sum_c n_uc²) / (m_u - 1) / (n² - sum_c n_c²).
    Source: K. Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), section C; Content Analysis, 4th
    edition (2018), chapter 12.
    """
    if not len(counts):
        return None
    found = _alphas(_disagreement(counts).sum()[None], counts.sum(axis=0)[None])
    return None if np.isnan(found[0]) else float(found[0])


def bootstrap(counts: Counts, confidence: float, rounds: int, seed: int) -> Interval | None:
    """The percentile bootstrap interval of alpha over items; None for fewer than two items or where alpha is None.

    Items are drawn anew with replacement, as A. Zapf et al. recommend: "Measuring inter-rater reliability for nominal
    data: which coefficients and confidence intervals are appropriate?", BMC Medical Research Methodology 16 (2016),
    93. Items with the same verdicts are alike, so how often each kind is drawn is multinomial. Draws in which only
    one verdict occurs have no alpha and are left out.
    """
    if len(counts) < 2 or alpha_of(counts) is None:
        return None
    kinds, often = np.unique(counts, axis=0, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(len(counts), often / len(counts), size=rounds)
    found = _alphas(drawn @ _disagreement(kinds), drawn @ kinds)
    low, high = np.nanquantile(found, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high))


def _disagreement(counts: Counts) -> npt.NDArray[np.float64]:
    """Return each item's disagreeing pairs, weighted so that an item counts as much as it has verdicts."""
    several = counts.sum(axis=1)
    pairs: npt.NDArray[np.float64] = (several**2 - (counts**2).sum(axis=1)) / (several - 1)
    return pairs


def _alphas(disagreement: npt.NDArray[np.float64], verdicts: Counts) -> npt.NDArray[np.float64]:
    """Return alpha for each row of weighted disagreements and numbers of verdicts; not a number where undefined."""
    total = verdicts.sum(axis=1)
    expected = (total**2 - (verdicts**2).sum(axis=1)).astype(float)
    expected[expected == 0] = np.nan
    found: npt.NDArray[np.float64] = 1 - (total - 1) * disagreement / expected
    return found
