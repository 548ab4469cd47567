"""The fixed cast of all tests, the project they meet in, and a good example."""

from dataclasses import dataclass

import pytest
from django.test import Client

from accounts.models import User
from annotate.models import Dataset, Example, Membership, Project
from annotate.records import Conversation, Turn

QUESTION = "Why does bread rise when it is baked?"
ANSWER = (
    "Yeast eats the sugar in the dough and gives off carbon dioxide. The gas is caught in the web of gluten, so the "
    "dough swells. In the oven the gas expands with the heat, the water turns to steam, and the loaf rises once more "
    "before the crust sets and holds its shape."
)


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of every test: three inside the project, each in one role, and one outside it."""

    manager: User
    reviewer: User
    annotator: User
    outsider: User

    def __getitem__(self, role: str) -> User:
        user: User = getattr(self, role)
        return user


@pytest.fixture
def project(db: None) -> Project:
    return Project.objects.create(name="Kitchen science", slug="kitchen", guidelines="One idea per step.")


@pytest.fixture
def cast(project: Project) -> Cast:
    people = {
        role: User.objects.create_user(f"{role}@winnow.example", display_name=role.title())
        for role in ("manager", "reviewer", "annotator", "outsider")
    }
    for role in Membership.Role.values:
        Membership.objects.create(project=project, user=people[role], role=role)
    other = Project.objects.create(name="Elsewhere", slug="elsewhere")
    Membership.objects.create(project=other, user=people["outsider"], role=Membership.Role.MANAGER)
    return Cast(**people)


@pytest.fixture
def dataset(project: Project) -> Dataset:
    return Dataset.objects.create(
        project=project,
        name="Baking",
        slug="baking",
        source="human",
        licence="own work",
    )


@pytest.fixture
def client_of(cast: Cast) -> "ClientOf":
    return ClientOf(cast)


class ClientOf:
    """Signed-in test clients by role; `anonymous` is signed out."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    def __call__(self, role: str) -> Client:
        client = Client()
        if role != "anonymous":
            client.force_login(self.cast[role])
        return client


def conversation(question: str = QUESTION, answer: str = ANSWER) -> Conversation:
    """Return a good single-turn conversation."""
    return Conversation((Turn("user", question), Turn("assistant", answer)))


def make_example(
    dataset: Dataset,
    *,
    author: User | None = None,
    text: Conversation | None = None,
    **fields: object,
) -> Example:
    """Store a submitted example; without `text` a good one."""
    text = text or conversation()
    return Example.objects.create(
        dataset=dataset, turns=text.as_json(), metadata=dict(text.metadata), content_hash=text.content_hash(),
        author=author, edited_by=author, **fields,
    )  # fmt: skip
