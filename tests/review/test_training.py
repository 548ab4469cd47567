"""Memory and tokens of a fine-tuning run, beside figures that others publish."""

from itertools import pairwise

import pytest

from review.training import MODELS, full_memory, qlora_memory, training_tokens

BY_NAME = {model.name: model for model in MODELS}


def test_an_adapter_of_rank_16_on_every_linear_layer_of_the_7b_model_has_its_known_size() -> None:
    assert BY_NAME["7B"].adapter == 39_976_960


@pytest.mark.parametrize(
    ("name", "full", "qlora"),
    # LLaMA-Factory's table of required memory: full in bf16 with Adam, and QLoRA in 4 bits.
    [("7B", 120, 6), ("13B", 240, 12), ("70B", 1_200, 48)],
)
def test_memory_lies_near_what_a_training_library_tells_its_users(name: str, full: int, qlora: int) -> None:
    model = BY_NAME[name]
    assert full_memory(model).gigabytes == pytest.approx(full, rel=0.13)
    assert qlora_memory(model).gigabytes == pytest.approx(qlora, rel=0.13)


def test_states_do_not_depend_on_the_length_and_activations_do() -> None:
    short, long = (full_memory(BY_NAME["7B"], sequence=length) for length in (1_024, 2_048))
    assert short.states == long.states == 16 * 6.74e9
    assert long.activations == 2 * short.activations
    assert full_memory(BY_NAME["7B"], 1_024, 2).activations == long.activations


def test_one_token_through_the_7b_model_holds_what_the_formula_says() -> None:
    # 2 · 4096 · 32 + 34 · 4096 + 6 · 32000
    assert qlora_memory(BY_NAME["7B"], sequence=1).activations == 262_144 + 139_264 + 192_000


def test_every_larger_model_takes_more_and_qlora_a_fraction() -> None:
    for smaller, larger in pairwise(MODELS):
        assert full_memory(smaller).gigabytes < full_memory(larger).gigabytes
    for model in MODELS:
        assert qlora_memory(model).gigabytes < full_memory(model).gigabytes / 10


def test_tokens_are_passed_over_once_an_epoch() -> None:
    assert training_tokens(1_200, 3) == 3_600


@pytest.mark.parametrize(("tokens", "epochs"), [(1, 0), (-1, 1)])
def test_what_cannot_be_trained_is_refused(tokens: int, epochs: int) -> None:
    with pytest.raises(ValueError, match="passed over"):
        training_tokens(tokens, epochs)


@pytest.mark.parametrize(("sequence", "batch"), [(0, 1), (1, 0)])
def test_an_empty_step_is_refused(sequence: int, batch: int) -> None:
    with pytest.raises(ValueError, match="at least one token"):
        full_memory(MODELS[0], sequence, batch)
