"""What counts as a near duplicate in a project."""

from dataclasses import dataclass

from review.neardup.shingles import CHARACTERS, Shingles

SIMILARITY = 0.7
CAP = 1_000


@dataclass(frozen=True, slots=True)
class Rule:
    """The shingles compared, the Jaccard from which two texts match (above 0), and the cap on a bucket's records.

    `salt` keeps apart what shall never be compared, such as two projects in one table of bands.
    """

    shingles: Shingles = CHARACTERS
    similarity: float = SIMILARITY
    salt: str = ""
    cap: int = CAP
