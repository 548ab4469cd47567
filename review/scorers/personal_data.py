"""Whether an example tells who somebody is or how to get at what is theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from phonenumbers import SUPPORTED_REGIONS

from annotate.records import Conversation
from review.personal import KINDS, Search
from review.scorers.base import DETAILS, Measure, Measured, Option, Resources

STATED = 200


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Finds e-mail addresses, telephone numbers, bank accounts, cards, IP addresses and secrets.

    Yields `personal_data` (int: how many spans all turns hold). Details: for each of the first 200 spans
    `turn` (from 0), `field` ("content" or "input"), `start` and `end` (characters of that string, the end not
    included) and `kind`. Spans never overlap: the longest stands, then the most specific.

    - E-mail: a local part and a domain name; no file names (icon@2x.png), remotes (git@host:path) or users in URLs.
    - Telephone: what the phonenumbers library takes for a number of its country's plan. After "+" or "00" any
      country's; otherwise that of the option `region`, in the plan's own groups, or as bare digits within 30
      characters of a word such as "phone" or "call". Not after "order", "ISBN" and the like, nor in a sum.
    - IBAN: a country's length and the remainder 1 modulo 97 (ISO 13616, ISO 7064).
    - Card: an issuer's first digits and length, and Luhn's check digit; grouped as cards are printed, or in one row.
    - IP: IPv4 and IPv6 by Python's ipaddress; no versions ("version 1.2.3.4"), networks (/24) or longer numbers.
    - Secrets: keys of the shapes that their makers publish, private key blocks, JSON Web Tokens, passwords in URLs,
      and 16 characters or more of at least 3.5 bits each right after a word such as "api_key" or "password".

    - Street address: what the pyap library takes for one of the United States, Great Britain or Canada, up to its
      postal code.

    Names of persons, street addresses without a postal code and addresses written out ("anna at host dot com") are
    not looked for.
    """

    slug: ClassVar[str] = "personal-data"
    label: ClassVar[str] = "Personal data"
    version: ClassVar[int] = 1
    fields: ClassVar[tuple[str, ...]] = ("personal_data",)
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "kinds",
            "What to look for",
            [kind.slug for kind in KINDS],
            "Everything that is found with few false alarms.",
            tuple((kind.slug, kind.label) for kind in KINDS),
        ),
        Option(
            "region",
            "Country whose telephone numbers are known without a country code",
            "US",
            "The country most instruction data in English comes from; an ISO 3166 code, or empty for none.",
        ),
        Option(
            "reserved",
            "Also what is reserved for examples and private networks",
            False,
            "RFC 2606, 5737 and 6890 set example.com, 192.0.2.1 and 10.0.0.1 aside: they are nobody's.",
        ),
    )

    def prepare(self, options: Mapping[str, Any], resources: Resources) -> Measure:
        """Raises ValueError for a kind or country that is not known."""
        search = search_of(options)
        return lambda conversations: [_measured(conversation, search) for conversation in conversations]


def search_of(options: Mapping[str, Any]) -> Search:
    """Return what these options of the scorer look for; raises ValueError, in words for a person."""
    known = {kind.slug for kind in KINDS}
    kinds = frozenset(options.get("kinds", known))
    region = str(options.get("region", "US")).upper()
    if unknown := sorted(kinds - known):
        raise ValueError(f"There is no kind of personal data called {', '.join(unknown)}.")
    if region and region not in SUPPORTED_REGIONS:
        raise ValueError(f"“{region}” is no country with telephone numbers; write its two letters, as in US.")
    return Search(kinds, region, bool(options.get("reserved", False)))


def _measured(conversation: Conversation, search: Search) -> Measured:
    places = search.places(conversation.turns)
    if not places:
        return {"personal_data": 0}
    return {"personal_data": len(places), DETAILS: [place.as_json() for place in places[:STATED]]}
