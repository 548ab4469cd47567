"""The dataset card of a release: its manifest in words, as Markdown with the front matter that dataset hubs read.

A card states nothing that the manifest does not, and takes nothing from anywhere else: the same manifest always gives
the same bytes. What people named things stands in it as plain words, whatever signs it is made of.
"""

from review.cards.contents import contents
from review.cards.front import front_matter
from review.cards.making import chosen, could_not_carry, test_items
from review.cards.quality import classifier, judges, samples
from review.cards.trainers import trainers
from review.cards.using import checking
from review.manifests import Manifest

CARD_NAME = "README.md"
_FENCE = "---\n"


def card_of(manifest: Manifest) -> bytes:
    """Return a release's card as UTF-8; of the manifest's files it knows those with examples only, so not itself."""
    sections = (
        contents(manifest),
        chosen(manifest),
        samples(manifest),
        classifier(manifest),
        judges(manifest),
        test_items(manifest),
        could_not_carry(manifest),
        checking(manifest),
        trainers(manifest),
    )
    parts = [f"{_FENCE}{front_matter(manifest)}{_FENCE}", *(section for section in sections if section)]
    return "\n".join(parts).encode()


def card_body(card: str) -> str:
    """Return a card without its front matter, as a page shows it."""
    if not card.startswith(_FENCE):
        return card
    _, _, body = card.removeprefix(_FENCE).partition(f"\n{_FENCE}")
    return body.lstrip("\n")
