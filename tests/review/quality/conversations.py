"""Conversations of all kinds for the tests of features and terms."""

from annotate.records import TEXT_TAG, Conversation, Turn


def asked(instruction: str, answer: str) -> Conversation:
    """Return an instruction with its answer."""
    return Conversation((Turn("user", instruction), Turn("assistant", answer)))


FRENCH = "La capitale de la France est Paris, et elle est dans le nord du pays."
# Each of the features has at least two values among these.
VARIED = (
    asked("Name 3 tips for sleeping well.", "1. Go to bed early.\n2. Drink no coffee.\n3. Read a book!"),
    asked("What is the capital of France and where is it?", FRENCH),
    asked("What is the capital of France?", "What is the capital of France? What is"),
    asked("please write a poem", "I'm sorry, but as an AI language model I cannot write poems. Let me know"),
    asked(
        "Write a page",
        "<div><p>Hello &amp; welcome</p></div> [insert name]\n\n### Response: see https://x.org",
    ),
    asked("Sort it", "Sure! Here is how, because it might help you:\n```python\nx = sorted([3, 1]\n"),
    asked(
        "List some ideas",
        "the cat sat on the cat sat on the cat sat on the cat sat on the mat\nthe mat\nthe mat",
    ),
    asked("List five ideas for a walk in the woods", "The lake."),
    asked("日本の首都はどこですか", "The capital is Tokyo, which is"),
    asked("Say hello", "HELLO 😀 WORLD â€™ 1234"),
    asked("Is it so?", "Could you please provide more information about what you mean?"),
    Conversation(
        (Turn("system", "Be kind."), Turn("user", "Hi"), Turn("assistant", "my dear"), Turn("user", "And?"))
    ),
    Conversation(
        (
            *(Turn("user", "One?"), Turn("assistant", "Yes.")),
            *(Turn("user", "Two?"), Turn("tool", "{}"), Turn("assistant", "Yes.")),
        )
    ),
    Conversation((Turn("assistant", "# Tea\n\n| a | b |\n\nA whole text (about tea).", tag=TEXT_TAG),)),
    Conversation(()),
)
MANY, OPEN, ONE_TEXT, EMPTY = VARIED[-3], VARIED[-4], VARIED[-2], VARIED[-1]

EXTREMES = (
    *(
        "",
        "a",
        ".",
        "\n",
        "\0",
        "\ud800",
        "-",
        "```",
        "#",
        "1.",
        "\u0130",
        "\u0301",
        "|",
        "😀" * 50,
        "a" * 100_000,
    ),
    *(
        "wort " * 20_000,
        "日本語" * 400,
        "שלום עולם, מה שלומך?",
        "مرحبا بالعالم؟",
        "\u202eabc\u200b",
        "((((" * 99,
    ),
    *("\n" * 5_000, "1\n" * 5_000, "ก" * 300, "नमस्ते दुनिया।", "\U0010ffff\U000e0001", "!" * 999),
)
