"""ShareGPT: {"conversations": [{"from": "human", "value": "…"}, {"from": "gpt", "value": "…"}]}."""

from annotate.formats.chat import Chat

SHAREGPT = Chat(
    slug="sharegpt",
    label="ShareGPT",
    turns_key="conversations",
    who_key="from",
    text_key="value",
    words={
        "system": "system",
        "human": "user",
        "user": "user",
        "gpt": "assistant",
        "assistant": "assistant",
        "chatgpt": "assistant",
        "bing": "assistant",
        "bard": "assistant",
        "model": "assistant",
        "function_call": "assistant",
        "function-call": "assistant",
        "tool_call": "assistant",
        "tool-call": "assistant",
        "tool": "tool",
        "observation": "tool",
        "function_response": "tool",
        "function-response": "tool",
        "tool_response": "tool",
        "tool-response": "tool",
    },
    usual={"system": "system", "user": "human", "assistant": "gpt", "tool": "tool"},
)
