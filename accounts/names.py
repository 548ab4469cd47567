"""Pseudonyms: what a contractor is called wherever other contractors, or an export, can read it."""

import secrets

ADJECTIVES = (
    "Amber", "Brisk", "Calm", "Clear", "Copper", "Dapper", "Early", "Fair", "Gentle", "Golden", "Hazel", "Keen",
    "Lively", "Lucid", "Mellow", "Misty", "Nimble", "Patient", "Quiet", "Ready", "Silver", "Steady", "Sunny", "Tidy",
)  # fmt: skip
BIRDS = (
    "Avocet", "Bittern", "Bunting", "Crane", "Curlew", "Dunlin", "Egret", "Finch", "Godwit", "Grebe", "Heron", "Ibis",
    "Jay", "Kestrel", "Lapwing", "Martin", "Nuthatch", "Osprey", "Plover", "Robin", "Sandpiper", "Swift", "Tern",
    "Wren",
)  # fmt: skip


def new_pseudonym() -> str:
    """Return a name such as `Quiet Heron 4821`; about 5.8 million of them, so a clash is rare."""
    return f"{secrets.choice(ADJECTIVES)} {secrets.choice(BIRDS)} {secrets.randbelow(9000) + 1000}"
