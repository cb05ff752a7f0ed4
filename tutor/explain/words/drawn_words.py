"""The words that stand in what is drawn, and that say it to those who do not see it: pictures, networks, charts, tables of a graph.

They go with the document, so that a renderer has them without knowing a language.
"""

from __future__ import annotations

from collections.abc import Mapping

from tutor.explain.words.topic import Topic


class DrawnWords(Topic):
    """The phrases of pictures and charts as they are drawn."""

    LEGEND: Mapping[str, str] = {
        "input": "input", "parameter": "parameter", "operation": "operation", "output": "output", "omitted": "left out",
    }  # fmt: skip
    VALUE = "value (forward)"
    GRADIENT = "gradient (backward)"
    GRADIENT_OF = "gradient of {loss} (backward)"
    CHOICE = ("if", "else")
    """The words of cases: a if z > 0 else b."""
    LOCAL = "on an edge: the local derivative"
    FOLDED: Mapping[str, str] = {"parameters": "{count:,} parameters", "inputs": "{count:,} inputs", "steps": "{count:,} steps"}
    FROM_TO = "{first} to {last}"
    TITLE = "Computational graph"
    TITLE_OF = "Computational graph of {loss}"
    DESCRIBED: Mapping[str, str] = {
        "value": "value {number}", "gradient": "gradient {number}", "local": "local derivative in {source} {number}",
    }  # fmt: skip
    MORE = "And {count:,} more."
    PART = "Part {number} of {count}: from {first} to {last}."
    PART_OF_ONE = "Part {number} of {count}: {first}."

    # The table of a graph

    COLUMNS: Mapping[str, str] = {
        "quantity": "quantity", "node": "node", "formula": "formula", "value": "value", "gradient": "gradient",
        "local": "local derivatives",
    }  # fmt: skip
    COLUMN_OF = "gradient of {loss}"
    COLUMN_OF_LOSS = "gradient of the loss"
    KINDS: Mapping[str, tuple[str, str]] = {
        "input": ("input", "inputs"),
        "weight": ("weight", "weights"),
        "bias": ("bias", "biases"),
        "target": ("target", "targets"),
        "constant": ("constant", "constants"),
        "sum": ("sum", "sums"),
        "activation": ("activation", "activations"),
        "loss": ("loss", "losses"),
        "node": ("node", "nodes"),
        "adjoint": ("adjoint", "adjoints"),
    }

    # A network

    LAYERS: Mapping[str, str] = {"first": "inputs", "last": "output", "only": "hidden", "hidden": "hidden {number}"}
    UNITS: Mapping[str, tuple[str, str]] = {
        "inputs": ("{count:,} value", "{count:,} values"),
        "neurons": ("{count:,} neuron", "{count:,} neurons"),
    }
    NOT_DRAWN = "({count:,} not drawn)"
    LINEAR = "linear"
    WEIGHTS = ("{count} weight", "{count} weights")
    WITH_BIASES = ("{weights}, {count:,} bias", "{weights}, {count:,} biases")
    NO_BIASES = "{weights}, no biases"
    NETWORK = "Network {sizes}"
    NETWORK_ABOUT = "A network. {layers}. Weights: {weights}, biases: {biases}."
    LAYER_COLUMNS: Mapping[str, str] = {"layer": "layer", "size": "size", "function": "function", "weights": "weights into it"}
    LAYER = "layer {number}: {count} ({names})"

    # A chart

    LOSS = "loss {loss}"
    EACH_UPDATE = "after each update"
    FROM = "{name}: from {least}"
    BAND = "'{band}' from {least}"


ENGLISH_DRAWN = DrawnWords()
