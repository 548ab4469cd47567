"""A project's own tokenizers, and which one counts."""

import hashlib
from typing import IO

from django.db import IntegrityError, transaction

from accounts.models import User
from annotate.models import Dataset, Project
from review.models import PolicyVersion, Tokenizer
from review.policies import Policy
from review.queries.policies import policy_of
from review.scorers.length import DEFAULT, Length
from review.services.policies import policy_save
from review.services.screening import screening_start
from review.tokenizers import BUILT_IN, load

# The largest tokenizer.json of a published model is about half of this.
MAX_BYTES = 64 << 20


class TokenizerRefused(ValueError):
    """A tokenizer cannot be added, chosen or removed; the message says what to mend."""


def tokenizer_add(*, project: Project, name: str, file: IO[bytes], by: User) -> Tokenizer:
    """Store a tokenizer.json under its SHA-256, once it is known to load and to count.

    Raises TokenizerRefused for what is too large, no tokenizer, or there already.
    """
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise TokenizerRefused(
            f"The file is larger than {MAX_BYTES >> 20} MB, which no tokenizer.json needs:"
            " choose that file alone."
        )
    try:
        load(content)
    except ValueError as refusal:
        raise TokenizerRefused(str(refusal)) from refusal
    digest = hashlib.sha256(content).hexdigest()
    try:
        with transaction.atomic():
            return Tokenizer.objects.create(
                project=project, name=name, sha256=digest, content=content, size=len(content), by=by
            )
    except IntegrityError:
        there = Tokenizer.objects.get(project=project, sha256=digest)
        raise TokenizerRefused(f"The same file is here already, as “{there}”: choose that one.") from None


@transaction.atomic
def tokenizer_remove(*, tokenizer: Tokenizer) -> None:
    """Forget a tokenizer; raises TokenizerRefused while it counts. Counts by it keep naming its SHA-256."""
    Project.objects.select_for_update(no_key=True).get(pk=tokenizer.project_id)
    if chosen_tokenizer(tokenizer.project) == tokenizer.sha256:
        raise TokenizerRefused(f"“{tokenizer}” counts this project's tokens: choose another one first.")
    tokenizer.delete()


@transaction.atomic
def tokenizer_choose(*, project: Project, tokenizer: str, by: User) -> PolicyVersion | None:
    """Make a built-in tokenizer, or the one of an SHA-256, count the project's tokens from now on.

    That is a new version of the policy, and every dataset is screened for what it changes; None where it counts
    already. Raises TokenizerRefused for one that the project does not have.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    stored = Tokenizer.objects.filter(project=project, sha256=tokenizer).first()
    if stored is None and tokenizer not in BUILT_IN:
        raise TokenizerRefused("This tokenizer is not in the project any more: choose another one.")
    if chosen_tokenizer(project) == tokenizer:
        return None
    _, policy = policy_of(project)
    told = {**policy.options, Length.slug: {**policy.options.get(Length.slug, {}), "tokenizer": tokenizer}}
    note = f"Tokens are counted by {stored or tokenizer}."[:300]
    version = policy_save(project=project, policy=Policy(policy.limits, told), by=by, note=note)
    for dataset in Dataset.objects.filter(project=project):
        screening_start(dataset=dataset, by=by)
    return version


def chosen_tokenizer(project: Project) -> str:
    """Return the built-in name or SHA-256 of the tokenizer that counts."""
    _, policy = policy_of(project)
    return str(policy.options.get(Length.slug, {}).get("tokenizer", DEFAULT))
