"""JSON of ``compare``: a contract, versioned by ``schema``.

``exercise``, ``ok``, ``reveal``, ``first`` (the key of what went wrong first), ``arrays`` [{``name`` (in the file), ``key`` (``dL/dW1`` or
a quantity), ``verdict`` ("correct", "follow-through", "close", "misconception", "wrong"), ``shape`` [n], ``wanted`` [n], ``precision``
("float64", "float32", "float16", "bfloat16", "whole", "decimals"), ``exact``, ``turned``, ``apart`` (a share of the largest right entry, or
null), ``nan``, ``infinite``, ``wrong`` (how many entries), ``entries`` [{``place`` [n], ``got``, ``right``, ``ratio``}], ``patterns``
[{``kind``, ``factor`` {``text``, ``others`` [text], ``value``} or null, ``name``, ``base``, ``axes`` [n], ``order`` [n], ``block``,
``tested``, ``sure``}], ``slips`` [{``slips`` [{``tag``, ``at``, ``name``}], ``factor``, ``sure``}] (which fit equally well), ``after``
[key], ``follows`` [key]}], ``unused`` and ``ignored`` (of what is given) [{``name``, ``reason``}], ``missing`` [key], ``copied`` [name]
(values that were given, which were not compared).

Places, axes and orders count from 0.  Numbers that are none are the texts "nan", "inf", "-inf".  What may not be shown is empty or null.
The kinds of patterns are those of `tutor.marking.number_patterns`, the tags of slips those of marking.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tutor.contracts.schema import SCHEMA
from tutor.explain.words.wording import ENGLISH
from tutor.marking.compared import ComparedArray, ComparedNumbers
from tutor.marking.disclosure import Reveal
from tutor.marking.number_patterns import NumberFactor, NumberPattern

if TYPE_CHECKING:
    from tutor.answer.handed_in import Unused


def compare_json(exercise: str, found: ComparedNumbers, reveal: Reveal, ignored: Sequence[Unused] = ()) -> dict[str, Any]:
    """The contract of ``compare --json``; ``found`` holds no more than may be shown."""
    return {
        "schema": SCHEMA, "exercise": exercise, "ok": found.ok, "reveal": reveal, "first": found.first,
        "arrays": [_array(array, reveal) for array in found.arrays],
        "unused": [{"name": one.place, "reason": one.reason} for one in found.unused],
        "ignored": [{"name": one.place, "reason": one.reason} for one in ignored],
        "missing": list(found.missing), "copied": list(found.copied),
    }  # fmt: skip


def _array(array: ComparedArray, reveal: Reveal) -> dict[str, Any]:
    return {
        "name": array.name, "key": array.key, "verdict": array.verdict, "shape": list(array.shape), "wanted": list(array.wanted),
        "precision": array.precision, "exact": array.exact, "turned": array.turned,
        "apart": _number(array.apart) if reveal == "solution" else None,
        "nan": array.special[0], "infinite": array.special[1], "wrong": array.where.wrong if array.where is not None else None,
        "entries": [
            {"place": list(entry.place), "got": _number(entry.got), "right": _number(entry.right), "ratio": _number(entry.ratio)}
            for entry in array.entries
        ],
        "patterns": [_pattern(pattern) for pattern in array.patterns],
        "slips": [
            {"slips": [{"tag": slip.tag, "at": slip.at, "name": ENGLISH.marking.slip(slip.tag).name} for slip in bent.slips],
             "factor": _factor(bent.factor), "sure": bent.sure}
            for bent in array.bends
        ],
        "after": list(array.after), "follows": list(array.follows),
    }  # fmt: skip


def _pattern(pattern: NumberPattern) -> dict[str, Any]:
    return {
        "kind": pattern.kind, "factor": _factor(pattern.factor), "name": pattern.name, "base": pattern.base, "axes": list(pattern.axes),
        "order": list(pattern.order), "block": pattern.block, "tested": pattern.tested, "sure": pattern.sure,
    }  # fmt: skip


def _factor(factor: NumberFactor | None) -> dict[str, Any] | None:
    return None if factor is None else {"text": factor.text, "others": list(factor.texts[1:]), "value": _number(factor.value)}


def _number(number: float | None) -> float | str | None:
    return number if number is None or math.isfinite(number) else str(number)
