"""What values are called: a formula with a name becomes a step, an array that nobody gives a quantity, a layer has its weights."""

from __future__ import annotations

import ast
from typing import Any

from tutor.expression.nodes import Name
from tutor.graph.nouns import Kind
from tutor.program import torch_layers
from tutor.program.call_reader import CallReader
from tutor.program.operand_reader import LISTED
from tutor.program.program_values import DrawnArray, Formula, Instance, TorchLayer, is_whole


class NameReader(CallReader):
    """Gives names to values, as a program does."""

    inside = stopping = False
    """Whether it is a case of a formula, and no step of its own; whether what is computed stands behind torch.no_grad()."""

    def __init__(self, recorder: Any, dialect: str) -> None:
        super().__init__(recorder, dialect)
        self.depth = 0
        self.drawn_kind: Kind = "weight"
        self.drawn: dict[int, tuple[DrawnArray, Formula]] = {}

    def name_entry(self, owner: ast.expr, place: Any, value: Any) -> Any:
        """What is kept at a place of a list or a dictionary: a step, called by both, hs_1 for hs[1]."""
        word = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
        named = word and isinstance(value, Formula) and is_whole(place) and place >= 0
        return self.give_name(f"{word}_{place}", value, owner) if named else value

    def give_name(self, name: str, value: Any, node: ast.AST) -> Any:
        """A value that is called so from here on: a formula becomes a step, a drawn array a quantity, a layer has its weights."""
        made = self._give_name(name, value, node)
        return self.shared.note(made, value) if made is not value and self.shared.is_view(value) else made

    def _give_name(self, name: str, value: Any, node: ast.AST) -> Any:
        if isinstance(value, Formula) and self.stopping:
            value = self.stop_gradient(value, name, node)
        if isinstance(value, Formula) and type(value.expr) is not Name and self.recorder.has_quantities(value.expr) and not self.inside:
            return self.recorder.add_step(name, value, node)
        if isinstance(value, DrawnArray) and (not value.fill or (self.drawn_kind != "input" and self.scope is self.module)):
            return self.name_drawn(value, name, "bias" if value.fill == "0" and self.drawn_kind == "weight" else self.drawn_kind)
        if isinstance(value, TorchLayer | Instance) and self.depth and self.drawn_kind == "weight":
            return value  # it is named by the object that it belongs to
        return self.name_parts(value, name, node)

    def name_drawn(self, value: DrawnArray, name: str, kind: Kind) -> Formula:
        """An array that nobody gives as a quantity: the same one wherever it stands."""
        known = self.drawn.get(id(value))
        if known is None:
            given = self.recorder.given.get(name) if self.scope is self.module else None
            known = self.drawn[id(value)] = (value, self.recorder.add_leaf(name, given or value.shape, kind))
        return known[1]

    def name_parts(self, value: Any, path: str, node: ast.AST) -> Any:
        """A layer, an object or several of them with their weights as quantities, whose names begin with the path: block_norm_weight."""
        if isinstance(value, TorchLayer):
            return torch_layers.give_weights(self, value, path, node)
        if isinstance(value, Instance) and not value.named:
            value.named, value.path = True, path
            for key, part in value.attributes.items():
                value.attributes[key] = self.name_weight(part, f"{path}_{key}" if path else key, node)
        if isinstance(value, list | dict):
            self.count(node, len(value) // LISTED)
        if isinstance(value, list):
            for place, part in enumerate(value):
                value[place] = part if self.is_begun(part) else self.name_weight(part, f"{path}_{place}", node)
        if isinstance(value, dict):
            for key, part in value.items():
                if isinstance(key, str) or not self.is_begun(part):
                    value[key] = self.name_weight(part, str(key) if path in ("params", "parameters") else f"{path}_{key}", node)
        return value

    def is_begun(self, value: Any) -> bool:
        """Whether it is what a pass begins a list with, hs = [np.zeros(H)]: numbers that are known, and no weight."""
        return isinstance(value, DrawnArray) and bool(value.fill) and self.drawn_kind == "input"

    def name_weight(self, value: Any, path: str, node: ast.AST) -> Any:
        """What an object has: an array of numbers that nobody gives is a weight."""
        if isinstance(value, DrawnArray):
            return self.name_drawn(value, path, "bias" if value.fill == "0" else "weight")
        return self.name_parts(value, path, node)

    def stop_gradient(self, value: Formula, name: str, node: ast.AST) -> Formula:
        """A value behind which no gradient goes back: a quantity of its own, with that value."""
        if not self.recorder.has_quantities(value.expr):
            return value
        source = value if type(value.expr) is Name else self.recorder.add_step(name, value, node)
        assert type(source.expr) is Name
        if source.expr.name in self.recorder.stopped:
            return source
        for known, one in self.recorder.stopped.items():
            if one == source.expr.name:
                return Formula(Name(known), value.shape)
        leaf = self.recorder.add_leaf(f"{source.expr.name}_fixed", value.shape, "constant")
        assert type(leaf.expr) is Name
        self.recorder.stopped[leaf.expr.name] = source.expr.name
        return leaf
