"""All gradients of a derivation as rows of LaTeX, one each: for a document of one's own, also for networks of thousands of weights."""

from __future__ import annotations

from tutor.graph.nouns import Derivation, Path
from tutor.graph.pause_collector import pause_collection
from tutor.notation.profile import Notation
from tutor.render.maths import Printer

_SIGNS = {"dot": " \\cdot ", "cross": " \\times ", "none": "\\, "}


def gradients_latex(derivation: Derivation, notation: Notation | None = None) -> str:
    r"""Every gradient with its paths and with what is already computed put in, ready for an ``align*``.

    ``\frac{\partial L}{\partial w} &= \frac{\partial L}{\partial z} \cdot \frac{\partial z}{\partial w} = …`` for each quantity; the
    rows are not broken to a page's width (`tutor.render.latex.article` does that for a worked solution).

    >>> from tutor import backpropagate, from_steps
    >>> print(gradients_latex(backpropagate(from_steps(["f = x*y"]))).splitlines()[1])
    \frac{\partial f}{\partial x} &= y \\
    """
    style = notation or Notation()
    printer = Printer(style)
    sign = _SIGNS[style.factors]
    latex, symbol = printer.latex, style.symbol
    loss = derivation.graph.loss
    names = {name: symbol(name).latex for name in derivation.graph.names}
    adjoint = {
        name: style.partial(loss, name).latex
        if style.partials
        else f"\\frac{{\\partial {names[loss]}}}{{\\partial {own}}}"
        for name, own in names.items()
    }

    def product(path: Path) -> str:
        upstream, local = path.factors
        return f"{adjoint[upstream.wrt]}{sign}\\frac{{\\partial {names[local.of]}}}{{\\partial {names[local.wrt]}}}"

    rows = []
    with pause_collection():
        for step in derivation.backward:
            left = adjoint[step.wrt]
            paths = [product(path) for path in step.paths if path.factors[0].wrt != loss]
            chain = f"{' + '.join(paths)} = " if paths and len(paths) == len(step.paths) else ""
            rows.append(f"{left} &= {chain}{latex(step.expr)} \\\\")
    return "\n".join(rows)
