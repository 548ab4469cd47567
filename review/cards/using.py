"""How to check that a release is the one that was made."""

from review.cards.writing import fenced, heading
from review.manifests import Manifest, ReleasedFile


def data_files(manifest: Manifest) -> list[ReleasedFile]:
    """Return the files that hold examples: not the card, which cannot name its own sum."""
    return [file for file in manifest.files if file.path.endswith(".jsonl")]


def checking(manifest: Manifest) -> str:
    """Return a command that checks the files, and what the digest of the ids is of."""
    sums = "\n".join(f"{file.sha256}  {file.path}" for file in data_files(manifest))
    return (
        heading("Check it")
        + fenced(f"sha256sum --check <<'END'\n{sums}\nEND", "sh")
        + "\nThe manifest states the sum of this card as well, and what fixes each sample: whoever has the list of ids"
        " can draw it again.\n"
        + f"\nDigest of the released examples' ids, each followed by a newline, in ascending order: SHA-256"
        f" `{manifest.example_ids_digest}`.\n"
    )
