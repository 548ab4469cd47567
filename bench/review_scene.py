"""What the benchmark of the review stream runs on: examples, a sample, gold examples, people with open sessions."""

import secrets
from collections import Counter
from dataclasses import dataclass
from typing import Any

from bench.review_client import Reviewer

GOLD = 60
SOURCE_EXAMPLES = """
INSERT INTO annotate_example (
    public_id, dataset_id, source_import_id, line_number, state, revision, turns, metadata, raw, content_hash
)
SELECT gen_random_uuid(), %(dataset)s, %(source)s, number, 20, 1,
    jsonb_build_array(
        jsonb_build_object('role', 'user', 'content', 'Question ' || number || ': why does bread rise?'),
        jsonb_build_object(
            'role', 'assistant', 'content', repeat('Because yeast eats the sugar. ', 10 + (number %% 60)::int)
        )
    ), '{}', '', decode(md5(number::text), 'hex')
FROM generate_series(1, %(examples)s) number
"""
MEASUREMENTS = """
INSERT INTO review_measurement (
    example_id, dataset_id, revision, ruling, scorers, format_issues, format_blocks, tokens,
    exact_copy, prompt_twins, near_similarity, toxicity, personal_data, contamination
)
SELECT id, dataset_id, 1, 0, '{}', '{}', 0, 100, 0, 0, 0, 0, 0, 0 FROM annotate_example
"""
REOPEN = """
DELETE FROM review_queueitem WHERE queue IN ('gold', 'adjudication', 'second-look');
UPDATE review_queueitem SET decided_at = NULL, claimed_by_id = NULL, claimed_until = NULL, barred = NULL;
UPDATE review_sampleitem SET outcome = NULL, revision = NULL, outcome_at = NULL, settled = FALSE;
"""
TABLES = (
    "review_queueitem", "review_sampleitem", "review_label", "review_measurement", "annotate_example",
    "django_session", "accounts_user", "annotate_membership",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What the database says of the decisions that were answered: how many are lost, how many seats decided twice."""

    lost: int
    twice: int


def prepare(examples: int, reviewers: int) -> list[Reviewer]:
    """Make a project of so many imported examples with its sample drawn, and reviewers who are signed in."""
    from django.db import connection
    from django.utils import timezone

    from annotate.models import Dataset, Example, Import, Project
    from review.models import GoldExample
    from review.services.samples import sample_draw

    guidelines = "One idea per step.\n\n* Plain words.\n* No invented facts.\n" * 3
    project = Project.objects.create(name="Bench", slug="bench", guidelines=guidelines)
    dataset = Dataset.objects.create(project=project, name="Bench", slug="bench", licence="MIT")
    source = Import.objects.create(
        dataset=dataset,
        name="bench.jsonl",
        sha256="0" * 64,
        size=1,
        examples=examples,
        done_at=timezone.now(),
    )
    with connection.cursor() as cursor:
        cursor.execute(SOURCE_EXAMPLES, {"dataset": dataset.pk, "source": source.pk, "examples": examples})
        cursor.execute(MEASUREMENTS)
    sample_draw(dataset=dataset, source_import=source, by=None)
    rows = Example.objects.order_by("content_hash")[:GOLD]
    GoldExample.objects.bulk_create(
        GoldExample(project=project, example=row, revision=1, verdict="good") for row in rows
    )
    return [_signed_in(project, number) for number in range(reviewers)]


def _signed_in(project: Any, number: int) -> Reviewer:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from accounts.models import User
    from annotate.models import Membership

    user = User.objects.create_user(f"reviewer{number}@winnow.example")
    Membership.objects.create(project=project, user=user, role="reviewer")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    return Reviewer(user.pk, str(session.session_key), "".join(secrets.choice(letters) for _ in range(32)))


def reopen() -> None:
    """Open every seat again and let the tables be as after a quiet night."""
    from django.db import connection

    with connection.cursor() as cursor:
        # Whoever was paused by their gold answers goes on, as the clients answer by chance.
        cursor.execute("TRUNCATE review_label, review_remedy, review_reviewerpause, review_skip")
        cursor.execute(REOPEN)
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("CHECKPOINT")


def found_in(saved: list[tuple[int, int, str]]) -> Found:
    """Look every answered decision up: (user, code of the item, verdict)."""
    from review.http import item_code
    from review.models import Label, QueueItem

    labels = Label.objects.select_related("item").exclude(verdict="undone")
    stored = Counter((label.by_id, item_code(label.item), label.verdict) for label in labels if label.item)
    seats = Counter(label.item_id for label in labels)
    people = Counter((label.by_id, label.example_id) for label in labels if label.queue != "gold")
    decided = QueueItem.objects.filter(decided_at__isnull=False).count()
    twice = sum(count - 1 for counts in (seats, people) for count in counts.values())
    return Found((Counter(saved) - stored).total() + abs(decided - len(seats)), twice)


def address_of() -> str:
    """Return the stream's address."""
    return "/p/bench/review/"
