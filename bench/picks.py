"""How many labels the picks save: those needed to rank as well as 300 random ones do.

    WINNOW_SAMPLES=… .venv/bin/python -m bench.picks [--seeds 8] [--bad 0.5] [--set planted|pandalm]

Records with planted defects, as many bad as good unless told otherwise, from the samples' instruction data or, without
samples, from made-up words. Of these 35 % are held out to measure the ranking (ROC-AUC); the rest is the pool, of which
40 random ones are labelled first and then 20 at a time, as `review.quality.picks` proposes them. The classifier is
trained anew on all labels each time, by the ladder. PandaLM's won and lost answers, which hardly can be told apart, are
the other set.

Bar: on planted defects, half bad, the picks that are used (half random, half unsure and spread) rank as well as 300
random labels by 220 at the latest. The exit code is 1 where it is missed. Below three minutes of processor time.
"""

import argparse
import os
import sys
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.planted_defects import made_up, planted, sampled
from bench.quality import PANDALM, Set, defects, labelled
from review.quality.classifier import fit
from review.quality.ladder import step_of
from review.quality.metrics import auc
from review.quality.picks import Pool, picks
from review.quality.strategies import FIRST_RANDOM, Strategy

BATCH, MOST, HOLDOUT, BAR = 20, 300, 0.35, 220
TIMES = 4  # thousands of records, so that few of the pool are labelled
SIZES = range(FIRST_RANDOM, MOST + 1, BATCH)
# Which share is random, and how the others are chosen.
WAYS = {
    "random": (1.0, Strategy.SPREAD),
    "half random, half unsure and spread": (0.5, Strategy.SPREAD),
    "unsure and spread": (0.0, Strategy.SPREAD),
}
GOALS = (140, 180, 220, MOST)
USED = "half random, half unsure and spread"
Floats = npt.NDArray[np.float64]


def curve(found: Set, way: str, seed: int) -> tuple[Floats, float]:
    """Return the AUC at each of SIZES, and which share of the labels was bad."""
    texts, labels = found
    order = np.random.default_rng(seed).permutation(len(labels))
    held, pool = np.split(order, [round(HOLDOUT * len(order))])
    (share, strategy), taken, scores = WAYS[way], np.zeros(0, np.intp), None
    areas = []
    for size in SIZES:
        left = np.setdiff1d(pool, taken)
        rest = texts[left]
        chosen = picks(
            Pool([str(row) for row in left], scores, rest.__getitem__),
            size - len(taken),
            random_labels=len(taken),
            share_random=share,
            strategy=strategy,
            seed=seed,
        )
        taken = np.concatenate([taken, [int(pick.id) for pick in chosen]])
        good = labels.good[taken]
        model = fit(texts[taken], good, step=step_of(int(good.sum()), int((~good).sum())))
        areas.append(auc(model.scores(texts[held]), labels.good[held]))
        scores = model.scores(texts[np.setdiff1d(pool, taken)])
    return np.array(areas), float((~labels.good[taken]).mean())


def reached(areas: Floats, goal: float) -> int | None:
    """Return the labels from which on the ranking is as good as the goal."""
    return next((size for size, area in zip(SIZES, areas, strict=True) if area >= goal), None)


def set_of(name: str, bad: float) -> Set:
    folder = Path(os.environ["WINNOW_SAMPLES"]) if os.environ.get("WINNOW_SAMPLES") else None
    if name == "pandalm":
        if folder is None:
            sys.exit("PandaLM's answers are read from the samples: set WINNOW_SAMPLES.")
        return labelled(folder / PANDALM)
    return defects(planted(*(sampled(folder, times=TIMES) if folder else made_up(1_000 * TIMES)), share=bad))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--bad", type=float, default=0.5)
    parser.add_argument("--set", choices=["planted", "pandalm"], default="planted")
    options = parser.parse_args()
    started, found = time.process_time(), set_of(options.set, options.bad)
    print(f"{'':<38}{''.join(f'{size:>6}' for size in SIZES)}   bad  as well as {GOALS} random ones by")
    goals: list[float] = []
    needed = None
    for way in WAYS:
        areas, bad = zip(*(curve(found, way, seed) for seed in range(options.seeds)), strict=True)
        mean = np.mean(areas, axis=0)
        goals = goals or [float(mean[SIZES.index(size)]) for size in GOALS]
        by = [reached(mean, goal) for goal in goals]
        needed = by[-1] if way == USED else needed
        figures = "".join(f"{area:6.3f}" for area in mean)
        print(f"{way:<38}{figures}{np.mean(bad):6.0%}  {by}", flush=True)
    barred = options.set == "planted" and options.bad == 0.5
    if barred:
        print(f"labels to rank as well as {MOST} random ones do: {needed or 'more'}, at most {BAR}")
    print(f"{time.process_time() - started:.0f} s of processor time")
    sys.exit(int(barred and (needed is None or needed > BAR)))


if __name__ == "__main__":
    main()
