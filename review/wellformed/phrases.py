"""Answers that decline, and answers that speak of themselves as an AI language model."""

import re
from collections.abc import Iterator, Sequence

from annotate.records import Turn
from review.wellformed.issues import Finding

# How far into an answer a refusal begins; later, somebody in the text is speaking.
_OPENING = 200

_SORRY = (
    r"(?:i(?:'m| am)(?: (?:very|really|so|truly))? (?:sorry|afraid)|(?:i )?(?:sincerely )?apologi[sz]e|sorry"
    r"|unfortunately)"
)
_CANNOT = (
    r"(?:i(?:'m| am) (?:unable|not able|not allowed|not permitted) to"
    r"|i (?:can't|cannot|can not|won't|will not|must decline to|have to decline to|must refuse to))"
)
_HELP = (
    r"(?:(?:help|assist)(?: you| anyone)?(?: with| in| to|\.|!|,|$)|comply|fulfil|respond to|engage in|participate"
    r"|provide (?:you|any|information|instructions|guidance|help|assistance|support|a |the )|answer (?:that|this|your)"
    r"|do that|generate|create (?:content|any|such|that)|write (?:that|such|this|content)|give you|offer|discuss"
    r"|support (?:that|such|this|any)|share (?:that|such|this)|continue with|produce|complete th)"
)
_REFUSAL = re.compile(
    rf"(?:^|[.!?,:\n]\s*|\bbut |\bmodel,? )(?:{_SORRY}[,.;]?\s*(?:but )?(?:that )?)?{_CANNOT} {_HELP}"
    rf"|^{_SORRY}[,.]? (?:but )?(?:that|this) (?:request|question) (?:is|goes|violates)"
    r"|(?:goes|it is|it's|would be) against my (?:programming|guidelines|programmed)"
    r"|^i (?:must|have to) (?:respectfully )?decline\b"
    r"|^(?:很抱歉|抱歉|对不起)[\uff0c,]?\s*(?:但)?我(?:无法|不能)"
)
_BOILERPLATE = re.compile(
    r"\bas an? (?:ai|artificial intelligence)(?:[- ](?:powered|based))?"
    r"(?: (?:language|text-based|text|chat|conversational|virtual|digital|assistant))*"
    r"[- ]?(?:language )?(?:model|assistant|system|program|chatbot)\b"
    r"|\bas an? (?:large )?language model\b|\bas an ai[,:;]"
    r"|\bi(?:'m| am) (?:just |only |simply |merely )?an? (?:ai|artificial intelligence) language model\b"
    r"|\bals ki-sprachmodell|\ben tant que modèle (?:de langage|linguistique)"
    r"|\bcomo (?:un )?modelo de (?:lenguaje|linguagem)"
    r"|作为(?:一个|一名)?(?:人工智能|ai)?\s*(?:大型)?语言模型"
    r"|作为(?:一个|一名)(?:人工智能|ai)(?:助手|[\uff0c,])"
)
# Each wording holds one of its list; looking for these first spares nearly every answer the long patterns.
_REFUSAL_WORDS = (
    "can't", "cannot", "can not", "won't", "will not", "unable", "not able", "not allowed", "not permitted",
    "decline", "refuse", "against my", "sorry", "apolog", "unfortunately", "无法", "不能",
)  # fmt: skip
_BOILERPLATE_WORDS = (
    "language model", "as an ai", "as an artificial", "ki-sprachmodell", "en tant que mod", "modelo de l",
    "作为",
)  # fmt: skip
_APOSTROPHES = str.maketrans("\u2018\u2019", "''")


def phrase_faults(turns: Sequence[Turn]) -> Iterator[Finding]:
    """Yield answers that refuse in their first 200 characters, and answers with AI boilerplate.

    English, with the commonest wordings of German, French, Spanish, Portuguese and Chinese boilerplate and of
    Chinese refusals. Speech in quotation marks is another's.
    """
    for number, turn in enumerate(turns):
        if turn.role != "assistant":
            continue
        text = turn.content.lower()
        if not text.isascii():
            text = text.translate(_APOSTROPHES)
        if _refuses(text):
            yield Finding("refusal", number)
        if any(word in text for word in _BOILERPLATE_WORDS) and _is_boilerplate(turns, number, text):
            yield Finding("ai-boilerplate", number)


def _refuses(text: str) -> bool:
    opening = text[:_OPENING].lstrip()
    if not any(word in opening for word in _REFUSAL_WORDS):
        return False
    found = _REFUSAL.search(opening)
    if not found:
        return False
    before = opening[: found.start()]
    return not (before.count('"') % 2 or before.count("“") > before.count("”"))


def _is_boilerplate(turns: Sequence[Turn], number: int, text: str) -> bool:
    if not _BOILERPLATE.search(text):
        return False
    # Where the turn before has such words too, they are what the answer works on.
    return not (number and _BOILERPLATE.search(turns[number - 1].text.lower()))
