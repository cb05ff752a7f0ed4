"""Matrices of numbers, and arrays of more axes as the matrices that they have, each with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.expression.nodes import Call, Expr, Number

if TYPE_CHECKING:
    from tutor.render.maths import Writer


PLACED = ("slice", "block")
"""What has its place with it: a matrix of an array, and some columns of a wide matrix."""

_BELOW, _BESIDE = Call("down", ()), Call("dots", ())


def grid(args: tuple[Expr, ...]) -> list[list[Expr]]:
    """The rows of a matrix: ``matrix(columns, entries…)``."""
    columns = int(args[0].text) if type(args[0]) is Number else 1
    entries = list(args[1:])
    return [entries[place : place + columns] for place in range(0, len(entries), columns)]


def write_matrix(writer: Writer, args: tuple[Expr, ...]) -> str:
    """A matrix in brackets; in text a vector is a list, and what is left out of it stands beside the others."""
    rows = [[writer.show(entry) for entry in row] for row in grid(args)]
    if writer.style.markup:
        return "\\begin{bmatrix} " + " \\\\ ".join(" & ".join(row) for row in rows) + " \\end{bmatrix}"
    if len(rows[0]) == 1:
        return "(" + ", ".join(writer.show(_BESIDE) if row[0] == writer.show(_BELOW) else row[0] for row in rows) + ")"
    return "[" + "; ".join(" ".join(row) for row in rows) + "]"


def write_slices(writer: Writer, args: tuple[Expr, ...]) -> str:
    """An array of three axes as its matrices, one of four as its arrays of three; what has its place below it needs no brackets."""
    parts = [writer.show(part) for part in args]
    if not writer.style.markup:
        return "[" + ", ".join(parts) + "]"
    return "\\quad ".join(parts) if has_places(args) else "\\left[" + ",\\; ".join(parts) + "\\right]"


def has_places(args: tuple[Expr, ...]) -> bool:
    """Whether the slices of an array have their places with them."""
    return any(type(part) is Call and (part.func in PLACED or (part.func == "slices" and has_places(part.args))) for part in args)


def write_place(writer: Writer, call: Call) -> str:
    """The place of a slice in its array: 2,·,· is the second matrix of an array of three axes; ·,1…5 are the first columns of a matrix."""
    dot = "\\cdot" if writer.style.markup else "·"
    if call.func == "block":
        first, last = (writer.show(place) for place in call.args[1:])
        return f"{dot},{first}" + (("\\ldots " if writer.style.markup else "…") + last if first != last else "")
    return ",".join([*(writer.show(place) for place in call.args[1:]), dot, dot])


def write_slice(writer: Writer, args: tuple[Expr, ...]) -> str:
    """A matrix of an array above its place; in text the brackets of the array say it."""
    return _write_placed(writer, Call("slice", args))


def write_block(writer: Writer, args: tuple[Expr, ...]) -> str:
    """Some columns of a wide matrix above their places."""
    return _write_placed(writer, Call("block", args))


def _write_placed(writer: Writer, call: Call) -> str:
    body = writer.show(call.args[0])
    return f"\\underset{{{write_place(writer, call)}}}{{{body}}}" if writer.style.markup else body


def list_slices(args: tuple[Expr, ...]) -> list[Expr]:
    """The matrices of an array of any number of axes, in order."""
    return [one for arg in args for one in (list_slices(arg.args) if type(arg) is Call and arg.func == "slices" else [arg])]
