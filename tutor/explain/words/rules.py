"""The sentences of a solution.  Wording is data: one short reason for each rule, in words that fit beside an equation."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tutor.explain.words.topic import Topic


class RuleWords(Topic):
    """The phrases of a solution."""

    FORWARD: Mapping[str, str] = {
        "sum": "sum",
        "difference": "difference",
        "weighted sum": "weighted sum",
        "product": "product",
        "quotient": "quotient",
        "power": "power",
        "negation": "opposite",
        "copy": "passed on unchanged",
        "constant": "a constant",
        "formula": "as defined",
        "exp": "exponential",
        "log": "natural logarithm",
        "sqrt": "square root",
        "sin": "sine",
        "cos": "cosine",
        "tan": "tangent",
        "sec": "secant",
        "csc": "cosecant",
        "cot": "cotangent",
        "arcsin": "arcsine",
        "arccos": "arccosine",
        "sech": "hyperbolic secant",
        "csch": "hyperbolic cosecant",
        "coth": "hyperbolic cotangent",
        "arsinh": "inverse hyperbolic sine",
        "arcosh": "inverse hyperbolic cosine",
        "artanh": "inverse hyperbolic tangent",
        "arctan": "arctangent",
        "sinh": "hyperbolic sine",
        "cosh": "hyperbolic cosine",
        "abs": "absolute value",
        "sign": "sign",
        "max": "the larger one",
        "min": "the smaller one",
        "max_share": "share of a maximum",
        "min_share": "share of a minimum",
        "if_positive": "choice by sign",
        "identity": "linear unit",
        "sigmoid": "sigmoid",
        "tanh": "hyperbolic tangent",
        "relu": "ReLU: negative values become 0",
        "leaky_relu": "leaky ReLU",
        "leaky_relu_mix": "leaky ReLU",
        "prelu": "parametric ReLU",
        "elu": "ELU",
        "softplus": "soft ReLU",
        "heaviside": "Heaviside step",
        "softmax": "softmax: exponential over the sum of all",
        "squared_error": "squared error",
        "half_squared_error": "half the squared error",
        "absolute_error": "absolute error",
        "zero_one": "zero-one loss",
        "huber": "Huber loss: squared near 0, linear beyond",
        "hinge": "hinge loss",
        "cross_entropy": "cross-entropy",
        "binary_cross_entropy": "binary cross-entropy",
    }

    LOCAL: Mapping[str, str] = {
        "sum": "a term of a sum has derivative 1",
        "difference": "a term has derivative 1 or −1",
        "weighted sum": "the partner in its product",
        "product": "the other factor",
        "quotient": "quotient rule",
        "power": "power rule",
        "negation": "the sign stays",
        "copy": "unchanged, so 1",
        "formula": "by the rules of differentiation",
        "exp": "exp is its own derivative",
        "log": "(log x)′ = 1/x",
        "sqrt": "(√x)′ = 1/(2√x)",
        "sin": "sin′ = cos",
        "cos": "cos′ = −sin",
        "tan": "tan′ = 1 + tan²",
        "sec": "sec′ = sec·tan",
        "csc": "csc′ = −csc·cot",
        "cot": "cot′ = −(1 + cot²)",
        "arcsin": "arcsin′(x) = 1/√(1 − x²)",
        "arccos": "arccos′(x) = −1/√(1 − x²)",
        "sech": "sech′ = −sech·tanh",
        "csch": "csch′ = −csch·coth",
        "coth": "coth′ = 1 − coth²",
        "arsinh": "arsinh′(x) = 1/√(x² + 1)",
        "arcosh": "arcosh′(x) = 1/√(x² − 1)",
        "artanh": "artanh′(x) = 1/(1 − x²)",
        "arctan": "arctan′(x) = 1/(1 + x²)",
        "sinh": "sinh′ = cosh",
        "cosh": "cosh′ = sinh",
        "abs": "the sign of the argument",
        "sign": "flat wherever it is differentiable",
        "max": "1 for the larger one, else 0",
        "min": "1 for the smaller one, else 0",
        "max_share": "flat wherever it is differentiable",
        "min_share": "flat wherever it is differentiable",
        "if_positive": "the branch that counts",
        "identity": "linear unit, so 1",
        "sigmoid": "σ′ = σ·(1 − σ)",
        "tanh": "tanh′ = 1 − tanh²",
        "relu": "the slope of the ReLU",
        "leaky_relu": "the slope of the leaky ReLU",
        "leaky_relu_mix": "the slope of the leaky ReLU",
        "prelu": "the slope of the parametric ReLU",
        "elu": "the slope of the ELU",
        "softplus": "softplus′ = σ",
        "heaviside": "flat wherever it is differentiable",
        "softmax": "softmax: p·(1 − p) for its own score",
        "squared_error": "the 2 comes down",
        "half_squared_error": "the 2 cancels the ½",
        "absolute_error": "the sign of the error",
        "zero_one": "flat wherever it is differentiable",
        "huber": "the error, cut off at ±δ",
        "hinge": "active only where the margin is below 1",
        "cross_entropy": "(−y log p)′ = −y/p",
        "binary_cross_entropy": "the fraction, over one denominator",
    }

    CASES: Mapping[str, str] = {
        "max shared": "1 for the larger one, else 0; equal ones share it",
        "min shared": "1 for the smaller one, else 0; equal ones share it",
        "max first": "1 for the larger one, else 0; of equal ones the first gets it",
        "min first": "1 for the smaller one, else 0; of equal ones the first gets it",
        "if_positive condition": "the condition only chooses",
        "term repeated": "each of its terms has derivative 1 or −1",
        "softmax other": "softmax: −p·q for another score",
    }

    WITHIN: Mapping[str, str] = {
        "factor": "the factor in front of it", "product": "product rule", "chain": "chain rule", "log": "log′", "sqrt": "√′",
        "sigmoid": "σ′", "tanh": "tanh′", "sin": "sin′", "cos": "cos′", "function": "the derivative of the function",
    }  # fmt: skip
    """What is done with a part of a longer formula, where `LOCAL` says it of a step of its own."""
    BETWEEN = ", "

    GRADIENT: Mapping[str, str] = {
        "start": "the start: its derivative with respect to itself",
        "chain rule": "chain rule",
        "sum over paths": "chain rule, summed over the {count} uses",
        "no path": "the result does not depend on it",
    }

    POLICY = "Values are computed exactly or with at least 60 digits; only what is printed is rounded, to {digits} significant digits."
    AGREES: Mapping[str, str] = {
        "exact": "agrees exactly",
        "rounded": "agrees, rounded",
        "truncated": "agrees, cut off (not rounded)",
        "carried": "agrees within the rounding of its factors",
        "differs": "differs",
    }

    SIMPLIFIED = "Simplified"
    REWRITES: Mapping[str, str] = {
        "sigmoid with binary cross-entropy": "sigmoid and cross-entropy: ŷ·(1 − ŷ) cancels",
        "softmax with cross-entropy": "softmax and cross-entropy: 1/p cancels",
        "cross-entropy of scores": "the derivative of log Σ exp is softmax, that of log(1 + exp) is σ",
        "parameters below": "with the simplified factor",
        "linear network": "linear layers are one linear unit",
    }
    LIKEWISE = "{count} more have the same form."
    IF_ONE = "Where {condition}, as for probabilities and one-hot targets, only output minus target is left."
    NOT_ONE = "Here {sum} is {total}, not 1: it stays, and {short} would be wrong."

    ANY_LOCAL = "local derivative"
    PATHS = "chain rule, summed over the {count} paths"
    """The sum over paths where each of them is written out."""

    CONVENTIONS: Mapping[str, str] = {
        "abs": "The absolute value has a kink at 0; its derivative there is taken as 0, by convention",
        "sign": "The sign jumps at 0: it has no derivative there, and derivative 0 elsewhere",
        "max": "Where the two largest are equal, the maximum has a kink; of k equal ones each gets 1/k of the derivative there, "
        "by convention",
        "min": "Where the two smallest are equal, the minimum has a kink; of k equal ones each gets 1/k of the derivative there, "
        "by convention",
        "max first": "Where the two largest are equal, the maximum has a kink; the first of the equal ones gets the whole derivative "
        "there, as this exercise declares",
        "min first": "Where the two smallest are equal, the minimum has a kink; the first of the equal ones gets the whole derivative "
        "there, as this exercise declares",
        "if_positive": "At the jump the second branch counts",
        "if_positive meeting": "Where the condition changes its sign the branches meet with different slopes; that of the second one "
        "counts, by convention",
        "relu": "The ReLU max(0, x) has a kink at 0; its derivative there is taken as 0, by convention",
        "leaky_relu": "The leaky ReLU has a kink at 0; its derivative there is taken as the left one, the small slope, by convention",
        "prelu": "The parametric ReLU has a kink at 0; its derivative there is taken as the learnt slope, by convention",
        "elu": "Unless its parameter is 1, the ELU has a kink at 0; its derivative there is taken as the left one, by convention",
        "heaviside": "The Heaviside step jumps at 0: it has no derivative there, and derivative 0 elsewhere",
        "absolute_error": "The L1 loss has a kink where output and target are equal; its derivative there is taken as 0, by convention",
        "hinge": "The hinge loss has a kink where target times output is 1; its derivative there is taken as 0, by convention",
        "zero_one": "The zero-one loss jumps where output and target are equal: it has no derivative there, and derivative 0 elsewhere",
    }
    """What is taken at the kinks of a function, by the key in its row."""

    @staticmethod
    def _row(rule: str) -> str:
        return re.sub(r"^softmax_\d+$", "softmax", rule.rstrip("'"))

    def say_forward(self, rule: str) -> str:
        """Why a forward step holds.

        >>> RuleWords().say_forward("softmax_2")
        'softmax: exponential over the sum of all'
        """
        return self.FORWARD.get(self._row(rule), rule)

    def say_local(self, rule: str) -> str:
        """Why a local derivative is what it is; of a formula the rules are said one after the other.

        >>> RuleWords().say_local("formula: power chain"), RuleWords().say_local("formula: tanh arctan")
        ('power rule, chain rule', 'tanh′, the derivative of the function')
        """
        kind, _, rules = rule.partition(": ")
        if kind == "formula" and rules:
            return self.BETWEEN.join(map(self._say_within, rules.split()))
        return self.CASES.get(rule) or self.LOCAL.get(self._row(rule), self.ANY_LOCAL)

    def _say_within(self, rule: str) -> str:
        """One rule among several: without the formula that it says of a step of its own, which would read as a line of working."""
        said = self.WITHIN.get(rule) or self.LOCAL.get(self._row(rule), self.ANY_LOCAL)
        return self.WITHIN["function"] if " = " in said else said

    def gradient(self, rule: str, count: int = 0) -> str:
        """Why a gradient is what it is."""
        return self.GRADIENT[rule].format(count=count)

    def convention(self, key: str) -> str:
        """What is taken at the kinks of a function, by the key in its row."""
        return self.CONVENTIONS.get(key, key)

    def rewrite(self, rule: str) -> str:
        """Why a simplified form holds."""
        return self.REWRITES.get(rule, rule)
