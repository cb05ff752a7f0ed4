"""``tutor plot``: charts in the terminal, or as PNG, SVG and PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from tutor.cli.shell import At, Lang, NotationName, Target, Truncate, assignments, console, write
from tutor.errors import GraphError, OutputError, ValueProblem, hint_near
from tutor.text import make_visible

if TYPE_CHECKING:
    from tutor.explain.chart import Chart, Words
    from tutor.numbers.train import Row
    from tutor.results.solution import Solution


class ChartGroup(TyperGroup):
    """The charts; a target without the name of one is refused with what to write."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The chart that is named."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            target = make_visible(args[0], 60)
            raise OutputError(
                f"tutor plot draws several charts, and {target} is none",
                hint=f"say which: {', '.join(self.commands)}; such as tutor plot loss '{target}' --rate 0.1",
            )
        return super().resolve_command(ctx, args)


plot = typer.Typer(
    name="plot",
    cls=ChartGroup,
    help="Draw charts: the loss of a training, a path over contours, activation functions, a function built from ReLUs, "
    "gradients over time.",
    epilog="Without -o a small chart is drawn in the terminal.  With -o f.png, f.svg or f.pdf it is drawn by matplotlib: "
    'pip install "backprop-tutor[plot]"',
    no_args_is_help=True,
)

Steps = Annotated[int | None, typer.Option("--steps", metavar="N", help="Number of updates.")]
Optimisers = Annotated[
    list[str] | None,
    typer.Option("--optimiser", metavar="NAME", help="gd, momentum, adam …; give several to compare them."),
]
Rates = Annotated[
    list[str] | None,
    typer.Option("--rate", metavar="VALUE", help="Step size; give several to compare them, or one for each optimiser."),
]
Rate = Annotated[str | None, typer.Option("--rate", metavar="VALUE", help="Step size of the updates, such as 0.5.")]
Optimiser = Annotated[str | None, typer.Option("--optimiser", metavar="NAME", help="gd, momentum, adam …; gd by default.")]
Batch = Annotated[int | None, typer.Option("--batch", metavar="N", help="Number of samples an update takes.")]
Seed = Annotated[int | None, typer.Option("--seed", metavar="N", help="Which shuffling of the samples.")]
Data = Annotated[str | None, typer.Option("--data", metavar="FILE.csv", help="The samples to train with.")]
ChartFile = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="FILE", help="Write f.png, f.svg or f.pdf instead of drawing in the terminal."),
]
From = Annotated[str | None, typer.Option("--from", metavar="A", help="Where the x axis begins, such as -4 or 1/3.")]
To = Annotated[str | None, typer.Option("--to", metavar="B", help="Where the x axis ends.")]
DEFAULT_STEPS = 20
LONGEST, DRAWN = 100_000, 400
"""Updates up to which a run is gone through again for its curve, and about how many points that has."""


@plot.command("loss", short_help="The loss against the number of updates.")
def plot_loss(
    target: Target, at: At = None, steps: Steps = None, optimiser: Optimisers = None, rate: Rates = None,
    batch: Batch = None, seed: Seed = None, data: Data = None,
    log: Annotated[bool, typer.Option("--log", help="Powers of ten on the axis of the loss.")] = False,
    notation: NotationName = None, lang: Lang = None, output: ChartFile = None,
) -> None:  # fmt: skip
    """The loss against the number of updates: tutor plot loss neuron/two-two-two --rate 0.5 --rate 2."""

    def charts() -> list[Chart]:
        from tutor.explain.written_maths import set_title
        from tutor.results.curves import LossRun, loss_curve
        from tutor.results.solution import train

        runs = []
        given = assignments(at)
        for method, size in _list_runs(optimiser, rate):
            found = train(target, optimiser=method, rate=size, steps=_updates(steps, 1), batch=batch, seed=seed, at=given,
                          data=data, notation_name=notation, words=lang)  # fmt: skip
            losses = tuple((row.step, row.loss) for row in _rows(found))
            runs.append(LossRun(_name_run(found, optimiser), losses, found.words.updates.say_stop(found.run.stopped)))
        title = set_title(found.exercise.say(found.exercise.title, found.words.language), found.notation)[0]
        return [loss_curve(title, found.task.derivation.graph.loss, runs, found.notation, log=log, words=found.words)]

    _deliver(charts, output)


@plot.command("path", short_help="Two parameters over contours of the loss.")
def plot_path(
    target: Target, at: At = None,
    wrt: Annotated[list[str] | None, typer.Option("--wrt", metavar="NAME", help="The two parameters: --wrt w --wrt b.")] = None,
    steps: Steps = None, optimiser: Optimiser = None, rate: Rate = None, batch: Batch = None, seed: Seed = None,
    data: Data = None, notation: NotationName = None, lang: Lang = None, output: ChartFile = None,
) -> None:  # fmt: skip
    """The way of two parameters over the contour lines of the loss; all others keep their value."""

    def charts() -> list[Chart]:
        from tutor.explain.chart import as_plain
        from tutor.explain.written_maths import set_title
        from tutor.results.curves import path
        from tutor.results.solution import train
        from tutor.rules.optimisers import DESCENT
        from tutor.solving.target import target_exercise

        exercise = target_exercise(target)
        graph = exercise.graph
        if graph is None:
            raise GraphError(f"{exercise.id} only counts, it has nothing to train")
        pair = _pair(wrt, [q.name for q in graph.parameters], [q.name for q in graph.leaves], graph.names)
        two = tuple(q for q in graph.leaves if q.name in pair)
        rest = tuple(q for q in graph.leaves if q.name not in pair)
        found = train(replace(exercise, graph=replace(graph, inputs=rest, parameters=two)), optimiser=optimiser, rate=rate,
                      steps=_updates(steps, 0), batch=batch, seed=seed, at=assignments(at), data=data, notation_name=notation,
                      words=lang)  # fmt: skip
        task = found.task
        way = [(row.values[pair[0]], row.values[pair[1]]) for row in _rows(found)]
        own = set_title(exercise.say(exercise.title, found.words.language), found.notation)[0]
        title = f"{own}, {as_plain(_name_run(found, (task.row.name,) if optimiser else None))}"
        plainly = task.row.name == DESCENT and task.size == task.count
        return [path(title, graph, task.values, pair, way, found.notation, updates=found.run.made, samples=task.samples,
                     at_right_angles=plainly, stopped=found.words.updates.say_stop(found.run.stopped), words=found.words)]  # fmt: skip

    _deliver(charts, output)


@plot.command("gradients", short_help="How gradients vanish or explode over time.")
def plot_gradients(target: Target, at: At = None, notation: NotationName = None, lang: Lang = None, truncate: Truncate = None,
                   output: ChartFile = None) -> None:  # fmt: skip
    """The norm of the gradient of what is handed on from time to time, against the time: tutor plot gradients sequences/bptt-weights."""

    def charts() -> list[Chart]:
        from tutor.results.solution import solve
        from tutor.results.time_curves import draw_norms

        return [draw_norms(solve(target, at=assignments(at), notation_name=notation, words=lang, recursion=True,
                                truncate=truncate))]  # fmt: skip

    _deliver(charts, output)


@plot.command("activation", short_help="Activation functions and derivatives.")
def plot_activation(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME...", help='Functions: sigmoid tanh relu "leaky_relu(0.1)" …', show_default=False)
    ],
    low: From = None, high: To = None, notation: NotationName = None, lang: Lang = None, output: ChartFile = None,
) -> None:  # fmt: skip
    """Activation functions, each with its derivative; a kink has a gap, and dots that say what counts there."""

    def charts() -> list[Chart]:
        from tutor.explain.words.languages import require_wording
        from tutor.notation.profile import notation as profile
        from tutor.results.curves import activations

        return activations(names, profile(notation or "plain"), low, high, require_wording(lang))

    _deliver(charts, output)


@plot.command("relus", short_help="A function built from shifted ReLUs.")
def plot_relus(
    function: Annotated[str, typer.Argument(metavar="FUNCTION", help='A function of one variable: "sin(x)".', show_default=False)],
    low: From = None, high: To = None,
    pieces: Annotated[int, typer.Option("--pieces", metavar="N", help="Number of straight pieces, one ReLU each.")] = 8,
    notation: NotationName = None, lang: Lang = None, output: ChartFile = None,
) -> None:  # fmt: skip
    """A function on an interval, built from translated and scaled ReLUs: tutor plot relus "sin(x)" --to 3 --pieces 8."""

    def charts() -> list[Chart]:
        from tutor.explain.words.languages import require_wording
        from tutor.notation.profile import notation as profile
        from tutor.results.curves import interval
        from tutor.results.relu_fit import read_one_variable, relu_chart, relu_fit

        words = require_wording(lang)
        expr, variable = read_one_variable(function)
        fit = relu_fit(expr, variable, *interval(low or "0", high or "1"), pieces)
        return [relu_chart(expr, fit, profile(notation or "plain"), words)]

    _deliver(charts, output)


def _updates(steps: int | None, least: int) -> int:
    if steps is None:
        return DEFAULT_STEPS
    if steps < least:
        raise ValueProblem(f"{steps} updates", where="--steps", hint=f"at least {least}: --steps {DEFAULT_STEPS}")
    return steps


def _pair(wrt: Sequence[str] | None, parameters: Sequence[str], leaves: Sequence[str], names: Sequence[str]) -> tuple[str, str]:
    """The two parameters of a path: those chosen, or the only two that there are."""
    chosen = list(dict.fromkeys(wrt or parameters))
    example = (parameters if len(parameters) > 1 else leaves)[:2]
    hint = "choose two: " + " ".join(f"--wrt {name}" for name in example)
    for name in chosen:
        if name not in names:
            raise GraphError(f"there is no quantity {name}", where="--wrt", hint=hint_near(name, leaves) or hint)
        if name not in leaves:
            raise GraphError(f"{name} is computed, it is no parameter", where="--wrt", hint=hint)
    if len(chosen) != 2:
        raise GraphError(f"a path over contours has two parameters, not {len(chosen)}", where="--wrt", hint=hint)
    return chosen[0], chosen[1]


def _list_runs(optimisers: Sequence[str] | None, rates: Sequence[str] | None) -> list[tuple[str | None, str | None]]:
    """The runs to compare: each optimiser with its step size, or all with the only one that is given."""
    from tutor.results.curves import MAX_CURVES

    methods: list[str | None] = [*optimisers] if optimisers else [None]
    sizes: list[str | None] = [*rates] if rates else [None]
    count = max(len(methods), len(sizes))
    for listed, what in ((methods, "--optimiser"), (sizes, "--rate")):
        if len(listed) not in (1, count):
            raise ValueProblem(f"{len(methods)} optimisers and {len(sizes)} step sizes", where=what,
                               hint="give one --rate for all, or one for each --optimiser")  # fmt: skip
    if count > MAX_CURVES:
        raise ValueProblem(f"{count} curves in one chart", hint=f"up to {MAX_CURVES} can be told apart")
    pairs = zip(methods * (count // len(methods)), sizes * (count // len(sizes)), strict=True)
    return list(dict.fromkeys(pairs))


def _name_run(training: Solution, named: Sequence[str] | None) -> Words:
    """What a run is called: its optimiser, where one was chosen, and its step size."""
    rate: Words = (training.notation.symbol(training.notation.rate), f" = {training.worked.request.rate_written}")
    return (f"{training.task.row.name}, ", *rate) if named else rate


def _rows(training: Solution) -> Iterator[Row]:
    """The rows to draw: all of a run that is not too long, evenly thinned; else those that were kept."""
    run = training.run
    if len(run.rows) == run.made + 1 or run.made > LONGEST:
        found: Iterable[Row] = run.rows
    else:
        from tutor.numbers.train_fast import run_all_rows

        found = run_all_rows(training.task, run)
    every = max(run.made // DRAWN, 1)
    yield from (row for row in found if row.step % every == 0 or row.step == run.made)


def _deliver(make: Callable[[], list[Chart]], output: Path | None) -> None:
    """Write the charts to a file, or draw them in the terminal: there too when the file needs what is not installed."""
    from tutor.render.charts.braille import render
    from tutor.render.charts.chart_files import NoMatplotlib, check_suffix, figure

    if output is not None:
        check_suffix(output.suffix)
    charts = make()
    if output is None:
        render(charts, console())
        return
    try:
        data = figure(charts, output.suffix)
    except NoMatplotlib:
        render(charts, console())
        raise
    write(data, output)
