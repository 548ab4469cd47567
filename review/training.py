"""What fine-tuning on a release would take: tokens, and memory by full fine-tuning and by QLoRA.

Memory is weights, gradients and optimizer states, which follow from the number of parameters, and activations,
which follow from what one step holds. Libraries add buffers and fragmentation of their own, so a run needs some
more than is stated here, never less.

Sources. Full fine-tuning with Adam in mixed precision, 16 bytes a parameter: S. Rajbhandari et al., "ZeRO: memory
optimizations toward training trillion parameter models" (2020), section 3.1. Activations with every layer
recomputed: V. Korthikanti et al., "Reducing activation recomputation in large transformer models" (2022), section
4, without the attention matrix, which FlashAttention never stores. QLoRA, 4.127 bits a parameter with double
quantization: T. Dettmers et al., "QLoRA" (2023), section 3.
"""

from dataclasses import dataclass

FULL_BYTES = 16  # 2 weights, 2 gradients, 4 master weights, 4 + 4 Adam's moments
ADAPTER_BYTES = 16
QUANTIZED_BITS = 4 + 0.127
RANK = 16
SEQUENCE = 4_096
BATCH = 1
GIGABYTE = 10**9


@dataclass(frozen=True, slots=True)
class Model:
    """The shape of a Llama-like model: layers, widths, and how many parameters it has in all."""

    name: str
    parameters: float
    layers: int
    hidden: int
    feed_forward: int
    keys: int
    vocabulary: int

    @property
    def adapter(self) -> int:
        """Parameters of a LoRA of RANK on every linear layer: RANK times (in + out) for each of the seven."""
        attention = 2 * (self.hidden + self.hidden) + 2 * (self.hidden + self.keys)
        feed_forward = 3 * (self.hidden + self.feed_forward)
        return RANK * self.layers * (attention + feed_forward)


# Llama 2 (7B, 13B, 70B) and Llama 3.1 (405B), as their configurations state them.
MODELS = (
    Model("7B", 6.74e9, 32, 4_096, 11_008, 4_096, 32_000),
    Model("13B", 13.02e9, 40, 5_120, 13_824, 5_120, 32_000),
    Model("70B", 68.98e9, 80, 8_192, 28_672, 1_024, 32_000),
    Model("405B", 405.85e9, 126, 16_384, 53_248, 1_024, 128_256),
)


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes that a training step holds."""

    model: Model
    states: float
    activations: float

    @property
    def gigabytes(self) -> float:
        return (self.states + self.activations) / GIGABYTE


def full_memory(model: Model, sequence: int = SEQUENCE, batch: int = BATCH) -> Memory:
    """Memory of full fine-tuning: every parameter trained by Adam in mixed precision."""
    return Memory(model, FULL_BYTES * model.parameters, _activations(model, sequence, batch))


def qlora_memory(model: Model, sequence: int = SEQUENCE, batch: int = BATCH) -> Memory:
    """Memory of QLoRA: the model frozen in 4 bits, an adapter on every linear layer trained by Adam."""
    frozen = model.parameters * QUANTIZED_BITS / 8
    return Memory(model, frozen + ADAPTER_BYTES * model.adapter, _activations(model, sequence, batch))


def training_tokens(tokens: int, epochs: int) -> int:
    """Tokens that training passes over; raises ValueError for a number of epochs below 1."""
    if epochs < 1 or tokens < 0:
        raise ValueError(f"{tokens} tokens cannot be passed over {epochs} times")
    return tokens * epochs


def _activations(model: Model, sequence: int, batch: int) -> float:
    """Bytes of activations: each layer's input, one layer recomputed, and the logits with their gradient.

    With s tokens, batch b, width h, L layers and V words: 2sbhL + 34sbh + 6sbV; logits are held once in 16 and
    once in 32 bits. Raises ValueError where a step would hold nothing.
    """
    if sequence < 1 or batch < 1:
        raise ValueError("a step holds at least one token")
    held = sequence * batch
    return float(held * (2 * model.hidden * model.layers + 34 * model.hidden + 6 * model.vocabulary))
