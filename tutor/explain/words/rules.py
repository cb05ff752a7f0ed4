"""The sentences of a solution.  Wording is data: one short reason for each rule, in words that fit beside an equation."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tutor.derive.local import CHAIN
from tutor.explain.words.function_words import phrases_of
from tutor.explain.words.topic import Topic
from tutor.expression.own_functions import is_own, shorten_name

_ARGUMENT = re.compile(r"′\([a-z]\)$")


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
        **phrases_of("forward"),
    }

    FORMULAS: Mapping[str, str] = {
        "logarithm": "minus the logarithm", "logarithms": "minus the sum of the logarithms", "entropy": "cross-entropy",
        "mean logarithm": "minus the logarithm, scaled", "mean logarithms": "minus the mean of the logarithms",
        "mean entropy": "cross-entropy, as a mean", "sum of squares": "sum of squares", "half squares": "half the sum of squares",
        "mean of squares": "mean of squares", "scaled squares": "sum of squares, scaled", "mean of terms": "mean of its terms",
        "half sum": "half the sum", "scaled mean": "mean over all entries, scaled",
        "mixture": "weighted mean: both weights add up to 1", "polynomial": "polynomial", "scaled and shifted": "scaled and shifted",
        "product of entries": "product, entry by entry", "composed": "composed of the parts above",
        "sum of terms": "sum", "scaled sum": "sum, scaled", "scaled matmul": "matrix product, scaled",
        "over root": "difference over a square root",
    }  # fmt: skip
    """What a formula is that has no rule of its own; what is not here is called by its outermost sign or function."""

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
        **phrases_of("local"),
    }

    CASES: Mapping[str, str] = {
        "max shared": "1 for the larger one, else 0; equal ones share it",
        "min shared": "1 for the smaller one, else 0; equal ones share it",
        "max first": "1 for the larger one, else 0; of equal ones the first gets it",
        "min first": "1 for the smaller one, else 0; of equal ones the first gets it",
        "if_positive condition": "the condition only chooses",
        "term subtracted": "what is subtracted has derivative −1",
        "term repeated": "each of its terms has derivative 1 or −1",
        "half square": "the 2 cancels the ½", "target of a loss": "the loss is linear in it",
        "slope below 0": "its factor below 0, nothing above",
        "softmax other": "softmax: minus the product of both outputs",
    }

    WITHIN: Mapping[str, str] = {
        "factor": "what it is multiplied by", "factors": "what it is multiplied by, term by term", "kept": "the factor stays",
        "term": "1 for the term alone", "minus": "−1 for the term alone", "terms": "1 or −1 for each term alone",
        "product": "product rule", "chain": "chain rule", "log": "(log x)′ = 1/x", "sqrt": "(√x)′ = 1/(2·√x)",
        "sigmoid": "σ′", "tanh": "tanh′", "sin": "sin′ = cos", "cos": "cos′ = −sin",
    }  # fmt: skip
    """What is done with a part of a longer formula, where `LOCAL` says it of a step of its own."""
    BETWEEN = ", "
    INSIDE = "{rule}; chain rule"
    """Of a function of more than a quantity, behind what is said of the function."""

    GRADIENT: Mapping[str, str] = {
        "start": "the start: its derivative with respect to itself",
        "chain rule": "chain rule",
        "sum over paths": "chain rule, summed over the {count} uses",
        "joined paths": "chain rule: the gradients of the {count} parts, one after the other",
        "no path": "the result does not depend on it",
    }

    POLICY = (
        "Values are computed exactly or with at least 60 digits; what is printed is rounded, to {digits} digits "
        "(fewer in pictures and errata, more for small differences)."
    )
    AGREES: Mapping[str, str] = {
        "exact": "agrees exactly",
        "rounded": "agrees, rounded",
        "float": "agrees exactly, but for the last digits of a float",
        "truncated": "agrees, cut off (not rounded)",
        "carried": "agrees within the rounding of its factors",
        "differs": "differs",
    }

    SIMPLIFIED = "Simplified"
    REWRITES: Mapping[str, str] = {
        "sigmoid with binary cross-entropy": "sigmoid and cross-entropy: σ′ cancels",
        "softmax with cross-entropy": "softmax and cross-entropy: log′ cancels",
        "log-softmax with likelihood": "log-softmax and likelihood: output minus target",
        "cross-entropy of scores": "the derivative of log Σ exp is softmax",
        "binary cross-entropy of scores": "the slope of log(1 + exp) is σ",
        "multi-class hinge": "each class that misses the margin counts 1, the right one minus their number",
        "divergence of two Gaussians": "the divergence of two normal distributions, in their means and spreads",
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
        **phrases_of("kink"),
        "max first": "Where the two largest are equal, the maximum has a kink; the first of the equal ones gets the whole derivative "
        "there, as this exercise declares",
        "min first": "Where the two smallest are equal, the minimum has a kink; the first of the equal ones gets the whole derivative "
        "there, as this exercise declares",
        "if_positive meeting": "Where the condition changes its sign the branches meet with different slopes; that of the second one "
        "counts, by convention",
    }
    """What is taken at the kinks of a function, by the key in its row."""

    OWN = "{name}, a function of this exercise"
    OWN_LOCAL = "the derivative of {name}"
    """Of a function that the exercise file defines."""

    @staticmethod
    def _row(rule: str) -> str:
        return re.sub(r"^((?:log_)?softmax)_\d+$", r"\1", rule.rstrip("'"))

    def say_forward(self, rule: str) -> str:
        """Why a forward step holds.

        >>> RuleWords().say_forward("softmax_2")
        'softmax: exponential over the sum of all'
        """
        return self.OWN.format(name=shorten_name(rule)) if is_own(rule) else self.FORWARD.get(self._row(rule), rule)

    def say_local(self, rule: str) -> str:
        """Why a local derivative is what it is; of a formula the rules are said one after the other.

        >>> RuleWords().say_local("formula: power chain"), RuleWords().say_local("formula: tanh arctan")
        ('power rule, chain rule', 'tanh′, arctan′')
        >>> RuleWords().say_local("tanh chain")
        'tanh′ = 1 − tanh²; chain rule'
        """
        kind, _, rules = rule.partition(": ")
        if rule.endswith(CHAIN) and kind != "formula":
            return self.INSIDE.format(rule=self.say_local(rule.removesuffix(CHAIN)))
        if kind == "formula" and rules:
            return self.BETWEEN.join(map(self._say_within, rules.split()))
        return self.CASES.get(rule) or self._say_one(rule)

    def _say_one(self, rule: str) -> str:
        return self.OWN_LOCAL.format(name=shorten_name(rule)) if is_own(rule) else self.LOCAL.get(self._row(rule), self.ANY_LOCAL)

    def _say_within(self, rule: str) -> str:
        """One rule among several: tanh′ instead of tanh′ = 1 − tanh², which would read as a line of working."""
        return self.WITHIN.get(rule) or _ARGUMENT.sub("′", self._say_one(rule).partition(" = ")[0])

    def gradient(self, rule: str, count: int = 0) -> str:
        """Why a gradient is what it is."""
        return self.GRADIENT[rule].format(count=count)

    def convention(self, key: str) -> str:
        """What is taken at the kinks of a function, by the key in its row."""
        return self.CONVENTIONS.get(key, key)

    def rewrite(self, rule: str) -> str:
        """Why a simplified form holds."""
        return self.REWRITES.get(rule, rule)
