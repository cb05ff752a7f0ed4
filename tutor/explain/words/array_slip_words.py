"""How slips over whole arrays are said: one row a misconception of `tutor.marking.array_misconceptions`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SlipPhrase:
    """How a misconception is said: its name for the grader, what was probably done, and what to look at next.

    ``placed`` says whether it is made in a step that is worth naming.
    """

    name: str
    done: str
    look: str
    placed: bool = True


ARRAY_SLIPS: Mapping[str, SlipPhrase] = {
    "weights-transposed": SlipPhrase(
        "matrix transposed",
        "a matrix was used or written the other way round, rows for columns",
        "Look at which weight leads from which unit to which, and write the first entry out as a sum.",
    ),
    "transpose-forgotten": SlipPhrase(
        "transpose forgotten",
        "a factor stands as it is where its transpose belongs",
        "Write the shapes below the factors, and one entry as a sum: which index of the weight does the sum run over?",
    ),
    "transpose-too-many": SlipPhrase(
        "transpose too many",
        "a factor is transposed where it belongs as it is",
        "Write the shapes below the factors, and one entry as a sum: which index of the weight does the sum run over?",
    ),
    "product-order": SlipPhrase(
        "factors of a matrix product exchanged",
        "the factors of a matrix product stand in the other order",
        "Matrix products may not be exchanged: write the shapes below the factors.",
    ),
    "product-for-entrywise": SlipPhrase(
        "matrix product for ⊙",
        "a matrix product was formed where entry is multiplied with entry (⊙)",
        "An activation acts on each entry by itself: how does its derivative go into the product?",
    ),
    "entrywise-for-product": SlipPhrase(
        "⊙ for a matrix product",
        "entries were multiplied one by one (⊙) where a matrix product is meant",
        "Every unit of a layer takes all units before it: does each entry of the result contain a sum?",
    ),
    "outer-reversed": SlipPhrase(
        "outer product the other way round",
        "the two vectors of an outer product stand in the other order",
        "Compare the shape of the gradient with that of the weights: which vector belongs to the rows?",
    ),
    "scale-forgotten": SlipPhrase(
        "scale forgotten",
        "a constant factor, a scale such as 1/√d, was left out",
        "Look at the constants in the definition of this step, and at which of them stand in its derivative, too.",
    ),
    "samples-not-summed": SlipPhrase(
        "sum over the samples forgotten",
        "there is one gradient for each sample where their sum is meant",
        "A parameter that all samples share gets a gradient from each of them: what happens to these?",
    ),
    "mean-path-dropped": SlipPhrase(
        "path through the mean left out",
        "a mean was taken for a constant, though it depends on this quantity",
        "A mean or a variance is computed from all of its entries: what happens to it if one entry changes?",
    ),
    "gate-slope-forgotten": SlipPhrase(
        "slope of the gate forgotten",
        "the gradient of a gate was passed on without the derivative of the gate itself",
        "A gate is an activation too: what stands between the gate and the sum that it is made of?",
    ),
    "softmax-diagonal-only": SlipPhrase(
        "only the diagonal of the softmax",
        "of the derivatives of the softmax only those of an entry by its own score were used",
        "If one score grows, what happens to the other entries of the softmax?",
    ),
    "mask-after-softmax": SlipPhrase(
        "mask after the softmax",
        "the mask was applied after the softmax, so that what is left does not sum to 1",
        "What do the weights of a row sum to? A masked score does not take part in the softmax at all.",
    ),
    "kernel-flipped": SlipPhrase(
        "kernel the other way round",
        "the kernel was turned by 180° where it is not, or not where it is",
        "A convolution turns its kernel, a cross-correlation does not: which entry of the kernel meets the first one of the window?",
    ),
    "other-layout": SlipPhrase(
        "the transpose: numerator layout",
        "this is the transpose of what is asked: right in the numerator layout, where a gradient lies the other way round",
        "Here a gradient has the shape of what it is the gradient of.",
    ),
}
