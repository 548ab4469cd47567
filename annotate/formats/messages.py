"""Messages: {"messages": [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]}."""

from annotate.formats.chat import Chat

MESSAGES = Chat(
    slug="messages",
    label="Messages",
    turns_key="messages",
    who_key="role",
    text_key="content",
    words={
        "system": "system",
        "developer": "system",
        "user": "user",
        "assistant": "assistant",
        "tool": "tool",
        "function": "tool",
    },
    usual={"system": "system", "user": "user", "assistant": "assistant", "tool": "tool"},
)
