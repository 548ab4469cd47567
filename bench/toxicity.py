"""What the embedded toxicity model finds on public sets, what it flags of clean data, and how fast it is.

    WINNOW_SAMPLES=… .venv/bin/python -m bench.toxicity [--records 20000]

HateCheck and XSTest are tests only; no text of theirs was used to build the model. The bars: at most 1 % of clean
instruction data and at most 12 % of XSTest's safe prompts flagged at the default limit, at least 8,000
Alpaca-sized records per second of one core's time.
"""

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from annotate.records import Conversation, Turn
from bench.toxicity_samples import CLEAN, Labelled, Pair, Samples
from review.toxicity import DEFAULT_LIMIT, Model, embedded_model

Scores = npt.NDArray[np.float64]
SHARE = 0.01


def highest(ready: Model, texts: Sequence[str], of: str = "score") -> Scores:
    """Return each text's highest window; `of` names a column of the windows."""
    windows = ready.windows(texts)
    scores = np.zeros(len(texts))
    np.maximum.at(scores, windows.text, getattr(windows, of))
    return scores


def pairs_scored(ready: Model, pairs: Sequence[Pair]) -> Scores:
    """Return for each instruction with its answer the higher score of the two."""
    return np.maximum(
        highest(ready, [asked for asked, _ in pairs]), highest(ready, [told for _, told in pairs])
    )


def limit_chosen(clean: Sequence[Scores]) -> float:
    """Return the lowest limit in hundredths that flags at most 1 % of clean data, every set counting alike."""
    for hundredths in range(1, 100):
        if np.mean([flagged(scores, hundredths / 100) for scores in clean]) <= SHARE:
            return hundredths / 100
    raise ValueError("Every limit flags more than 1 % of the clean data.")


def flagged(scores: Scores, limit: float) -> float:
    return float((scores >= limit).mean())


def auc(scores: Scores, positive: Sequence[bool]) -> float:
    """Return the chance that a positive text scores above another: the area under the ROC curve."""
    chosen = np.array(positive)
    ranks = rankdata(scores)[chosen]
    return float((ranks.mean() - (len(ranks) + 1) / 2) / (~chosen).sum())


def figures(ready: Model, samples: Samples, limit: float) -> dict[str, float]:
    """Return every figure of quality by its name; shares and areas from 0 to 1."""
    found: dict[str, float] = {}
    clean = {name: pairs_scored(ready, samples.clean(name, held=True)) for name in CLEAN}
    for name, scores in clean.items():
        found[f"clean {name} flagged"] = flagged(scores, limit)
    found["clean, all sets together, flagged"] = flagged(np.concatenate(list(clean.values())), limit)
    found["clean, mean of the sets, flagged"] = float(np.mean([flagged(s, limit) for s in clean.values()]))
    found["PandaLM instructions, never used, flagged"] = flagged(
        pairs_scored(ready, samples.pandalm()), limit
    )
    davidson = samples.davidson(held=True)
    found["Davidson held out AUC, own model"] = auc(
        highest(ready, davidson.texts, "abuse"), davidson.positive
    )
    sets = (("HateCheck", samples.hatecheck()), ("XSTest", samples.xstest()), ("Davidson held out", davidson))
    for name, labelled in sets:
        found |= _split(ready, name, labelled, limit)
    found["red team first prompts flagged"] = flagged(highest(ready, samples.red_team()), limit)
    found["Surge lexicon flagged (trained on)"] = flagged(highest(ready, samples.surge()), limit)
    return {name: round(figure, 4) for name, figure in found.items()}


def _split(ready: Model, name: str, labelled: Labelled, limit: float) -> dict[str, float]:
    scores, positive = highest(ready, labelled.texts), np.array(labelled.positive)
    return {
        f"{name} AUC": auc(scores, labelled.positive),
        f"{name} positive flagged": flagged(scores[positive], limit),
        f"{name} negative flagged": flagged(scores[~positive], limit),
    }


def speed(ready: Model, samples: Samples, records: int) -> tuple[float, float]:
    """Return records per second of processor time, scored as the scorer does, and their mean length in words."""
    # Not at the top: building the model uses the figures above without what the other scorers need.
    from review.scorers.toxicity import measured_by

    pairs = [pair for name in CLEAN for pair in samples.clean(name, held=True)]
    pairs = (pairs * (records // len(pairs) + 1))[:records]
    conversations = [Conversation((Turn("user", asked), Turn("assistant", told))) for asked, told in pairs]
    words = sum(len(text.split()) for pair in pairs for text in pair)
    started = time.process_time()
    for start in range(0, records, 500):
        measured_by(ready, conversations[start : start + 500])
    return records / (time.process_time() - started), words / records


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=20_000)
    options = parser.parse_args()
    if not os.environ.get("WINNOW_SAMPLES"):
        print("toxicity: skipped, WINNOW_SAMPLES names no folder of public data")
        return
    samples, ready = Samples(Path(os.environ["WINNOW_SAMPLES"])), embedded_model()
    print(f"limit {DEFAULT_LIMIT}")
    for name, figure in figures(ready, samples, DEFAULT_LIMIT).items():
        print(f"{name:<42}{figure:.4f}" if "AUC" in name else f"{name:<42}{figure:.2%}")
    rate, words = speed(ready, samples, options.records)
    print(f"{'records of ' + format(words, '.0f') + ' words':<42}{rate:,.0f} per CPU-second (≥ 8,000)")


if __name__ == "__main__":
    main()
