"""How long the policy page waits for its counts: the funnel, a preview with its examples, the histograms;
and the classifier's page for how all examples score.

    .venv/bin/python -m bench.policy [--examples 100000] [--rounds 5]

Makes so many examples with measurements spread as screened instruction data are (log-normal lengths, one in ten
a near duplicate, two in a hundred edited since), and asks what the page asks. The bar, at 1,000,000 examples: the
funnel, a preview with its 20 examples, and the scores, within a second of server time. "bare" is a count(*) of
the same rows.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

from bench.home import temporary_home

EXAMPLES = """
INSERT INTO annotate_example
    (public_id, dataset_id, state, revision, turns, metadata, raw, content_hash, source_import_id, line_number)
SELECT gen_random_uuid(), %(dataset)s, 20, CASE WHEN number %% 50 = 0 THEN 2 ELSE 1 END,
    '[{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Because of the yeast."}]', '{}', '',
    decode(md5(number::text), 'hex'), %(source)s, number
FROM generate_series(1, %(count)s) number
"""
MEASUREMENTS = """
INSERT INTO review_measurement (example_id, dataset_id, revision, exact_hash, prompt_hash, exact_copy, format_blocks,
    format_warns, tokens, prompt_twins, near_similarity, toxicity, toxicity_prompt, toxicity_answer, personal_data,
    contamination, language_certainty, language, quality, scorers, turn_tokens,
    format_issues)
SELECT id, dataset_id, revision, md5(id::text)::uuid, md5((id / 2)::text)::uuid, (random() < 0.01)::int,
    (random() < 0.01)::int, (random() < 0.1)::int, 8 + exp(random_normal(5.2, 0.8))::int,
    CASE WHEN random() < 0.05 THEN 1 + (random() * 4)::int ELSE 0 END,
    CASE WHEN random() < 0.1 THEN 0.7 + random() * 0.3 ELSE 0 END, power(random(), 6), power(random(), 6),
    power(random(), 8), CASE WHEN random() < 0.03 THEN 1 + (random() * 3)::int ELSE 0 END,
    CASE WHEN random() < 0.003 THEN random() ELSE 0 END, 0.9, 'en', power(random(), 0.3), %(scorers)s,
    ARRAY[20, 200], '{}'
FROM annotate_example
"""


def prepare(count: int) -> int:
    """Make a dataset of so many measured examples; return its id."""
    from django.db import connection
    from django.utils import timezone

    from annotate.models import Dataset, Import, Project
    from review.policies import DEFAULT_POLICY
    from review.queries.scorers import options_of
    from review.services.measurements import scorer_versions

    project = Project.objects.create(name="Bench", slug="bench")
    dataset = Dataset.objects.create(project=project, name="Bench", slug="bench")
    source = Import.objects.create(
        dataset=dataset, name="bench.jsonl", sha256="0" * 64, size=1, done_at=timezone.now()
    )
    scorers = sorted(scorer_versions(options_of(project, DEFAULT_POLICY)).values())
    with connection.cursor() as cursor:
        cursor.execute(EXAMPLES, {"dataset": dataset.pk, "source": source.pk, "count": count})
        cursor.execute(MEASUREMENTS, {"scorers": scorers})
        for table in ("annotate_example", "review_measurement"):
            cursor.execute(f"VACUUM ANALYZE {table}")
    return dataset.pk


def asked(dataset_pk: int) -> dict[str, Callable[[], object]]:
    """Return what is timed, by name."""
    from annotate.models import Dataset
    from review.models import Measurement
    from review.policies import DEFAULT_POLICY, Policy
    from review.queries.funnels import funnel
    from review.queries.histograms import histograms
    from review.queries.previews import preview
    from review.queries.scores import scores_of

    dataset = Dataset.objects.select_related("project").get(pk=dataset_pk)
    tighter = tuple(
        replace(limit, maximum=1_000 if limit.slug == "length" else limit.maximum)
        for limit in DEFAULT_POLICY.limits
    )
    stricter = tuple(replace(limit, action="drop") for limit in DEFAULT_POLICY.limits)
    rare = tuple(
        replace(limit, maximum=4_050 if limit.slug == "length" else limit.maximum)
        for limit in DEFAULT_POLICY.limits
    )
    return {
        "bare count": lambda: Measurement.objects.filter(dataset=dataset).count(),
        "funnel": lambda: funnel(dataset),
        "preview, shorter texts": lambda: preview([dataset], DEFAULT_POLICY, Policy(tighter)),
        "preview, flags drop": lambda: preview([dataset], DEFAULT_POLICY, Policy(stricter)),
        "preview, hardly a change": lambda: preview([dataset], DEFAULT_POLICY, Policy(rare)),
        "histograms": lambda: histograms([dataset]),
        "scores": lambda: scores_of(dataset.project, DEFAULT_POLICY),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--examples", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with temporary_home():
        pk = prepare(options.examples)
        print(f"{options.examples:,} examples, ms{'median':>16}{'highest':>10}")
        for name, ask in asked(pk).items():
            took = []
            for _ in range(options.rounds):
                began = time.perf_counter()
                ask()
                took.append((time.perf_counter() - began) * 1000)
            print(f"{name:<26}{statistics.median(took):>12,.0f}{max(took):>10,.0f}")


if __name__ == "__main__":
    main()
