"""Guard models by each wire format, and how their verdicts are read."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from review.remote.client import Endpoint
from review.remote.errors import EndpointRefused
from review.remote.findings import Ask, Finding, Provider
from review.remote.guards import SAFE, UNSAFE, Wire, guard_try
from review.remote.parsers import LlamaGuard, Qwen3Guard, category_words, parser_for
from review.remote.providers import Site, provider_make
from tests.review.remote.conftest import DAY, Serve
from tests.review.remote.server import Answers, Asked, Reply, Server

Guard = Callable[..., tuple[Provider, Server]]
HELLO = Ask("Hello?")


def token(word: str, logprob: float, *others: tuple[str, float]) -> dict[str, Any]:
    told = [
        {"token": word, "logprob": logprob, "bytes": None} for word, logprob in ((word, logprob), *others)
    ]
    return told[0] | {"top_logprobs": told}


def chat(content: Any, tokens: list[dict[str, Any]] | None = None, model: str = "Llama-Guard-3-8B") -> Reply:
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
    logprobs = None if tokens is None else {"content": tokens}
    return Reply({"id": "1", "model": model, "choices": [choice | {"logprobs": logprobs}]})


def ollama(content: str, **more: Any) -> Reply:
    message = {"role": "assistant", "content": content}
    return Reply({"model": "llama-guard3:1b", "message": message, "done": True} | more)


@pytest.fixture
def guard(serve: Serve, site: Callable[..., Site], stack: Any) -> Guard:
    """Make a guard model whose server answers as given."""

    def make(answers: Answers | list[Reply], path: str = "/v1", model: str = "llama-guard") -> Any:
        server = serve(answers)
        provider = provider_make("guard", site(guard=Endpoint(server.url + path, model, "key-1")), DAY)
        stack.enter_context(provider.client)
        return provider, server

    return make


def found(guard: Guard, reply: Reply, **how: str) -> Finding:
    provider, _ = guard([reply], **how)
    (finding,) = provider.judge([HELLO], lambda: None)
    return finding


def test_what_vllm_is_asked(guard: Guard):
    provider, server = guard([chat("safe")])
    provider.judge([Ask("Why?", "Because.")], lambda: None)
    (asked,) = server.asked
    assert (asked.path, asked.headers["Authorization"]) == ("/v1/chat/completions", "Bearer key-1")
    assert asked.body == {
        "model": "llama-guard", "max_tokens": 20, "temperature": 0, "logprobs": True, "top_logprobs": 5,
        "stream": False, "messages": [
            {"role": "user", "content": [{"type": "text", "text": "Why?"}]},
            {"role": "assistant", "content": [{"type": "text", "text": "Because."}]},
        ],
    }  # fmt: skip


def test_what_ollama_is_asked(guard: Guard):
    provider, server = guard([ollama("safe")], path="/api/chat")
    provider.judge([Ask("Why?", "Because.")], lambda: None)
    (asked,) = server.asked
    assert asked.path == "/api/chat"
    assert asked.body["messages"] == [
        {"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Because."}
    ]  # fmt: skip
    assert asked.body["options"] == {"temperature": 0, "num_predict": 20, "num_ctx": 8192}
    assert asked.body["stream"] is False


@pytest.mark.parametrize(("ask", "messages"), [(Ask("Why?"), 1), (Ask("Why?", "Because."), 2)])
def test_an_odd_number_of_messages_is_the_user_an_even_one_the_answer(guard: Guard, ask: Ask, messages: int):
    provider, server = guard([chat("safe")])
    provider.judge([ask], lambda: None)
    assert [message["role"] for message in server.asked[0].body["messages"]] == ["user", "assistant"][
        :messages
    ]


@pytest.mark.parametrize(
    ("url", "base", "path", "ollama"),
    [
        ("http://h:8000", "http://h:8000/v1", "/chat/completions", False),
        ("http://h:8000/v1/", "http://h:8000/v1", "/chat/completions", False),
        ("http://h/guard/v1/chat/completions", "http://h/guard/v1", "/chat/completions", False),
        ("http://h/api/chat/completions", "http://h/api", "/chat/completions", False),
        ("http://h:11434/api", "http://h:11434/api", "/chat", True),
        ("http://h:11434/api/chat", "http://h:11434/api", "/chat", True),
    ],
)
def test_addresses_as_people_write_them(url: str, base: str, path: str, ollama: bool):
    assert Wire.of(url) == Wire(base, path, ollama)


@pytest.mark.parametrize(
    ("content", "tokens", "score", "categories"),
    [
        ("safe", None, 0.0, []),
        ("unsafe\nS1,S10", None, 1.0, ["S1", "S10"]),
        ("\n\nunsafe\nS1, S10", None, 1.0, ["S1", "S10"]),
        ("  Unsafe \r\nS2\r\n", None, 1.0, ["S2"]),
        ("unsafe", None, 1.0, []),
        ("unsafe\nS1,S99,S1", None, 1.0, ["S1", "S99"]),
        ("safe\nS1", None, 0.0, []),
        ("unsafe\nS1", [token("unsafe", -0.1)], math.exp(-0.1), ["S1"]),
        (
            "\n\nunsafe\nS1",
            [token("\n\n", 0.0), token("unsafe", -0.2, ("safe", -1.7))],
            math.exp(-0.2),
            ["S1"],
        ),
        ("safe", [token("safe", -0.3, ("unsafe", -1.4), (" unsafe", -3.0))], math.exp(-1.4), []),
        ("safe", [token("safe", 0.0, ("maybe", -20.0))], 0.0, []),
        ("unsafe", [token("un", -0.1), token("safe", -0.1)], 1.0, []),
        ("safe", [token("safe", 0.0, ("unsafe", -9999.0))], 0.0, []),
        ("safe", [token("safe", 0.0, ("unsafe", float("-inf")))], 0.0, []),
        ("safe", [{"token": "safe", "logprob": -0.1, "top_logprobs": None}], 0.0, []),
        ("safe", [], 0.0, []),
    ],
)
def test_llama_guard_is_read(guard: Guard, content: str, tokens: Any, score: float, categories: list[str]):
    finding = found(guard, chat(content, tokens))
    assert finding == Finding(finding.score, dict.fromkeys(categories, finding.score), "Llama-Guard-3-8B")
    assert finding.score == pytest.approx(score)


def test_ollamas_own_logprobs_are_read(guard: Guard):
    reply = ollama("unsafe\nS2", logprobs=[token("unsafe", -0.5)])
    finding = found(guard, reply, path="/api")
    assert (finding.score, finding.model) == (pytest.approx(math.exp(-0.5)), "llama-guard3:1b")
    assert found(guard, ollama("unsafe\nS2"), path="/api").score == 1.0


@pytest.mark.parametrize(
    ("content", "score", "categories", "also"),
    [
        ("Safety: Safe\nCategories: None", 0.0, [], {"safety": "safe"}),
        (
            "Safety: Unsafe\nCategories: Violent, Suicide & Self-Harm\nRefusal: No",
            1.0, ["Violent", "Suicide & Self-Harm"], {"safety": "unsafe", "refusal": False},
        ),
        ("\nSafety: Controversial \nCategories: Unethical Acts\nRefusal: Yes\n", 0.5, ["Unethical Acts"],
         {"safety": "controversial", "refusal": True}),
        ("Safety: Unsafe", 1.0, [], {"safety": "unsafe"}),
    ],
)  # fmt: skip
def test_qwen3guard_is_read(
    guard: Guard, content: str, score: float, categories: list[str], also: dict[str, Any]
):
    finding = found(guard, chat(content, model="q"), model="Qwen/Qwen3Guard-Gen-4B")
    assert finding == Finding(score, dict.fromkeys(categories, score), "q", also=also)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (chat("I cannot help with that."), "neither 'safe' nor 'unsafe'"),
        (chat(""), "neither 'safe' nor 'unsafe'"),
        (chat("unsafely"), "neither 'safe' nor 'unsafe'"),
        (chat(None), "not text"),
        (chat("safe", [{"token": "unsafe", "logprob": "high"}]), "a logprob that is none"),
        (chat("safe", [{"token": "unsafe", "logprob": 0.5}]), "a logprob that is none"),
        (chat("safe", [{"token": "unsafe", "logprob": float("nan")}]), "a logprob that is none"),
        (chat("safe", ["unsafe"]), "unknown shape"),
        (chat("safe", [{"token": "safe", "top_logprobs": [1]}]), "unknown shape"),
        (Reply({"choices": []}), "no choices"),
        (Reply({"choices": [{"message": {}}]}), "no choices"),
        (Reply({"choices": None}), "no choices"),
        (Reply({}), "no choices"),
        (Reply([]), "not a JSON object"),
    ],
)
def test_an_odd_answer_is_unknown_never_safe(guard: Guard, reply: Reply, words: str):
    finding = found(guard, reply)
    assert (finding.score, finding.lasting) == (None, False)
    assert words in finding.reason


@pytest.mark.parametrize("content", ["", "Safety: Perhaps", "safe", "Safety:\nUnsafe"])
def test_an_odd_answer_of_qwen3guard_is_unknown(guard: Guard, content: str):
    finding = found(guard, chat(content), model="qwen3guard")
    assert (finding.score, finding.lasting) == (None, False)


def test_an_odd_answer_of_ollama_is_unknown(guard: Guard):
    assert found(guard, Reply({"error": "model is loading"}), path="/api").score is None


def test_a_text_that_is_refused_is_unknown_for_ever(guard: Guard):
    finding = found(guard, Reply({"error": {"type": "BadRequestError"}}, 400))
    assert (finding.score, finding.lasting) == (None, True)
    assert finding.reason == "The server refused the text (HTTP 400, BadRequestError)."


def test_no_answer_is_unknown_for_now(guard: Guard):
    finding = found(guard, Reply(status=503))
    assert (finding.score, finding.lasting) == (None, False)
    assert finding.reason == "The server gave no answer in 3 attempts: HTTP 503."


def test_findings_keep_the_order_of_the_asks(guard: Guard):
    def by_number(asked: Asked) -> Reply:
        number = int(asked.body["messages"][0]["content"][0]["text"])
        return Reply(status=400) if number == 7 else chat("unsafe" if number % 2 else "safe")

    provider, _ = guard(by_number)
    findings = provider.judge([Ask(str(number)) for number in range(20)], lambda: None)
    assert [found.score for found in findings] == [None if n == 7 else float(n % 2) for n in range(20)]


def test_the_parser_follows_the_models_name_unless_it_is_set():
    assert isinstance(parser_for("meta-llama/Llama-Guard-4-12B"), LlamaGuard)
    assert isinstance(parser_for("qwen3guard-gen:8b"), Qwen3Guard)
    assert isinstance(parser_for("Qwen3-Guard"), Qwen3Guard)
    assert isinstance(parser_for("my-guard", "qwen3guard"), Qwen3Guard)
    assert isinstance(parser_for("qwen3guard", "llama-guard"), LlamaGuard)


def test_every_noted_category_is_one_of_the_parsers():
    assert LlamaGuard.noted == {"S5", "S6", "S7", "S8", "S13", "S14"}
    assert list(LlamaGuard.categories) == [f"S{number}" for number in range(1, 15)]
    assert Qwen3Guard.noted <= set(Qwen3Guard.categories)


def test_a_category_is_told_with_its_meaning():
    assert [category_words(name) for name in ("S10", "S99", "hate/threatening")] == [
        "hate (S10)",
        "S99",
        "hate/threatening",
    ]


def verdicts(safe: str, unsafe: str) -> Callable[[Asked], Reply]:
    def answer(asked: Asked) -> Reply:
        text = asked.body["messages"][0]["content"][0]["text"]
        return chat({SAFE.prompt: safe, UNSAFE.prompt: unsafe}[text])

    return answer


def verdicts_of(asked: Asked) -> Reply:
    """Answer as a guard does to which only the unsafe text of the try-out is unsafe."""
    text = asked.body["messages"][-1]["content"][0]["text"]
    return chat("unsafe\nS9" if text == UNSAFE.prompt else "safe")


def test_a_guard_that_tells_them_apart_passes(guard: Guard):
    guard_try(guard(verdicts("safe", "unsafe\nS9"))[0])


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (verdicts("safe", "safe"), "calls a dangerous request safe"),
        (verdicts("unsafe", "unsafe"), "calls a harmless question unsafe"),
        (verdicts("unsafe", "safe"), "calls a harmless question unsafe"),
        (verdicts("safe", "Sure!"), "neither 'safe' nor 'unsafe'"),
        ([Reply({"error": {"code": "model_not_found"}}, 404)], "check its address and model"),
        ([Reply({}, 400)], "could not judge"),
        ([Reply({}, 500)], "no answer in 3 attempts"),
    ],
)
def test_a_guard_that_does_not_is_refused(guard: Guard, answers: Any, words: str):
    with pytest.raises(EndpointRefused, match=words):
        guard_try(guard(answers)[0])
