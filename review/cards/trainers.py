"""How trainers load a release: an entry for LLaMA-Factory's `dataset_info.json`, and one for Axolotl's configuration.

The keys are those of the two projects' documentation of dataset formats (LLaMA-Factory `data/README.md`, Axolotl
`docs/dataset-formats`), as of 2025.
"""

import json
from typing import Any

from review.cards.using import data_files
from review.cards.writing import fenced, heading, quoted
from review.manifests import Manifest

_LLAMA_FACTORY: dict[str, dict[str, Any]] = {
    "alpaca": {"columns": {"prompt": "instruction", "query": "input", "response": "output"}},
    "sharegpt": {"formatting": "sharegpt", "columns": {"messages": "conversations"}},
    "messages": {
        "formatting": "sharegpt",
        "columns": {"messages": "messages"},
        "tags": {
            "role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant",
            "system_tag": "system",
        },
    },
    "prompt-completion": {"columns": {"prompt": "prompt", "response": "completion"}},
    "text": {"columns": {"prompt": "text"}},
}  # fmt: skip
_AXOLOTL = {
    "alpaca": ["type: alpaca"],
    "sharegpt": [
        "type: chat_template", "field_messages: conversations", "message_property_mappings:", "  role: from",
        "  content: value",
    ],
    "messages": ["type: chat_template", "field_messages: messages"],
    "prompt-completion": [
        "type:", "  field_instruction: prompt", "  field_output: completion", '  format: "{instruction}"',
        '  no_input_format: "{instruction}"',
    ],
    "text": ["type: completion"],
}  # fmt: skip
_MORE = {
    "alpaca": 'Where records have `system` or `history`, name them under `columns` as well: `"system": "system"`.'
    " Axolotl's `alpaca` reads neither.",
    "sharegpt": "Where records have `system` or `tools` beside the turns, name them under `columns` as well:"
    ' `"system": "system"`.',
    "text": "A text is for the stage `pt` of LLaMA-Factory.",
}


def trainers(manifest: Manifest) -> str:
    """Return a snippet for each trainer that knows the release's format; empty where none does or it has no file."""
    files, known = data_files(manifest), _LLAMA_FACTORY.get(manifest.format)
    if not files or known is None:
        return ""
    (path,) = {file.path for file in files[:1]}
    name = path.removesuffix(".jsonl")
    entry = json.dumps({name: {"file_name": path} | known}, indent=2, ensure_ascii=False)
    lines = ["datasets:", f"  - path: {quoted(path)}", "    ds_type: json"]
    lines += [f"    {line}" for line in _AXOLOTL[manifest.format]]
    more = f"\n{_MORE[manifest.format]}\n" if manifest.format in _MORE else ""
    return (
        heading("Load it")
        + "LLaMA-Factory: put this into `dataset_info.json` beside the file, and name the folder as `dataset_dir`"
        f" and `{name}` as `dataset`.\n\n"
        + fenced(entry, "json")
        + "\nAxolotl: put this into the configuration.\n\n"
        + fenced("\n".join(lines), "yaml")
        + more
    )
