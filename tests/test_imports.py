"""Who may import whom: DESIGN's rooms as a table that runs."""

import ast
from pathlib import Path

import pytest

import tutor

ROOT = Path(tutor.__file__).parent

ROOMS = {  # room: the rooms (or single modules) that it may import
    "errors": (),
    "version": (),
    "collection": (),
    "expression": ("errors",),
    "rules": ("errors", "expression.nodes", "expression.parse"),  # rules know no typography, no numbers, no graph
    "graph": ("errors", "collection", "expression", "rules"),
    "derive": ("errors", "collection", "expression", "graph", "rules"),  # derive sees no numbers
    "evaluate": ("errors", "expression", "graph", "rules", "derive"),
    "notation": ("errors", "graph"),
    "exercise": ("errors", "expression", "graph", "rules", "derive", "evaluate", "notation"),
    "answer": ("errors", "expression", "graph", "rules", "derive", "evaluate", "notation", "exercise"),  # all that students write
    "marking": (  # never renders
        "errors",
        "version",
        "expression",
        "graph",
        "rules",
        "derive",
        "evaluate",
        "exercise",
        "answer",
    ),
    "explain": (
        "errors",
        "expression",
        "graph",
        "rules",
        "derive",
        "evaluate",
        "notation",
        "exercise.questions",
        "marking",
    ),
    "export": ("errors", "exercise.questions", "marking"),
    "render": ("errors", "expression", "notation", "explain.document", "explain.diagram"),  # documents and notation only
    "plot": (
        "errors",
        "expression",
        "rules",
        "graph",
        "evaluate",
        "notation",
        "render.maths",
        "render.picture",
        "explain.document",
    ),
    "page": ("explain.document", "notation", "render"),
    "verdicts": ("exercise", "explain", "rules"),
    "layer_solution": (
        "page",
        "verdicts",
        "errors",
        "graph",
        "derive",
        "evaluate",
        "notation",
        "exercise",
        "explain",
        "contract",
        "contract_layers",
    ),
    "contract_layers": ("contract", "derive", "evaluate", "expression", "graph"),
    "solution": (
        "page",
        "verdicts",
        "layer_solution",
        "errors",
        "expression",
        "graph",
        "rules",
        "derive",
        "evaluate",
        "notation",
        "exercise",
        "explain",
        "render",
        "contract",
    ),
    "training": (
        "page",
        "errors",
        "graph",
        "rules",
        "evaluate",
        "notation",
        "exercise",
        "explain",
        "contract",
        "contract_training",
        "solution",
    ),
    "contract_training": ("expression", "evaluate"),
    "contract": ("expression", "graph", "derive", "evaluate"),  # JSON is a reader of solutions, not of documents
    "contract_marking": ("expression", "explain", "marking"),
    "feedback": (
        "page",
        "evaluate",
        "expression",
        "graph",
        "exercise",
        "explain",
        "marking",
        "notation",
        "plot",
        "answer.vocabulary",
        "contract_marking",
    ),
    "autograde": ("answer", "errors", "exercise", "explain", "marking"),
    "grading": ("answer", "autograde", "exercise", "feedback", "marking"),
    "api": ("errors", "exercise"),
    "prover": ("errors", "expression", "graph", "rules", "evaluate"),
    "cli": (
        "errors",
        "page",
        "version",
        "answer",
        "autograde",
        "export",
        "feedback",
        "marking",
        "exercise.load",
        "exercise.nouns",
        "exercise.questions",
        "api",
        "contract",
        "solution",
        "training",
        "prover",
        "exercise.catalogue",
        "explain.networks",
        "evaluate.fast",
        "graph.build",
        "graph.network",
        "notation",
        "plot",
        "render",
    ),
    "__main__": ("cli", "prover"),
    "__init__": (
        "api",
        "derive",
        "errors",
        "exercise",
        "feedback",
        "grading",
        "graph",
        "render",
        "solution",
        "training",
        "version",
    ),
}
EXCEPTIONS = {  # module: what it may import besides, with the reason
    "render.gradients": ("graph.nouns", "collection"),  # rows of LaTeX of a derivation, for documents of one's own
}

OUTSIDE = {  # what only some modules may import: the terminal, files, processes, clocks, chance, heavy packages
    "typer": ("cli",),
    "rich": ("cli.shell", "cli.train", "cli.mark", "render.terminal", "render.columns", "render.listing", "render.bars", "render.asked",
             "plot.terminal"),
    "matplotlib": ("plot.figures",),
    "sympy": ("expression.algebra", "graph.decompose", "derive.formula", "evaluate.composed"),
    "mpmath": ("evaluate.arithmetic",),
    "numpy": ("evaluate.blocks", "evaluate.runner", "evaluate.compiled", "evaluate.points", "evaluate.columns", "answer", "marking"),
    "subprocess": ("render.pdf",),
    "signal": ("render.pdf", "cli.workers"),
    "shutil": ("render.pdf",),
    "tempfile": ("cli", "render.pdf"),
    "os": ("cli", "prover", "render.pdf"),
    "sys": ("cli", "prover", "__main__"),
    "pathlib": ("cli", "render.pdf", "exercise.catalogue", "exercise.load", "notation.profile"),
    "tomllib": ("exercise.catalogue", "exercise.load", "notation.profile", "answer.formats.structured"),
    "random": ("evaluate.samples", "evaluate.verify", "answer.points", "answer.sampling"),  # a seeded random.Random
    "time": ("cli.mark", "cli.workers"),
    "datetime": ("answer.formats.structured",),  # TOML has dates, which are kept as text
    "socket": (),
    "urllib": (),
    "pickle": (),
    "secrets": (),
    "uuid": (),
    "locale": (),
    "logging": (),
    "threading": (),
    "multiprocessing": (),
}
FILES = ("cli", "prover", "render.pdf", "exercise.catalogue", "notation.profile")
"""The modules that may open, read or write a file."""


def modules():
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield (
            ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts),
            ast.parse(path.read_text("utf-8")),
        )


MODULES = dict(modules())


def for_types_only(node):
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def walked(tree):
    """Every node but those that are there for the type checker."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if not for_types_only(node):
            yield node
            stack.extend(ast.iter_child_nodes(node))


def imports(tree):
    """The modules that a module imports, at its top or inside a function."""
    for node in walked(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            assert node.module is not None
            yield node.module
            if node.module in ("tutor", *(f"tutor.{name}" for name in ROOMS)):  # from tutor.render import latex
                yield from (
                    f"{node.module}.{alias.name}"
                    for alias in node.names
                    if f"{node.module}.{alias.name}"[6:] in MODULES
                )


def within(name, allowed):
    return any(name == room or name.startswith(f"{room}.") for room in allowed)


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_one_way(module):
    room = module.partition(".")[0]
    allowed = (room, *ROOMS[room], *EXCEPTIONS.get(module, ()))
    used = {name.removeprefix("tutor.") for name in imports(MODULES[module]) if name.startswith("tutor.")}
    packages = {name.partition(".")[0] for name in allowed}
    assert {name for name in used if not within(name, allowed) and not (name in packages and name in MODULES)} == set()


@pytest.mark.parametrize("package", OUTSIDE)
def test_what_only_some_may_import(package):
    found = {m for m, tree in MODULES.items() if any(within(name, (package,)) for name in imports(tree))}
    assert {m for m in found if not within(m, OUTSIDE[package])} == set()


def test_the_tables_name_what_exists():
    rooms = {module.partition(".")[0] for module in MODULES}
    assert set(ROOMS) == rooms
    assert set(EXCEPTIONS) <= set(MODULES)
    assert {module for names in OUTSIDE.values() for module in names} <= set(MODULES)


def test_no_room_imports_one_that_comes_after_it():
    """The table itself has no circle (the exceptions apart)."""
    done = set()
    waiting = {room: {name.partition(".")[0] for name in allowed} for room, allowed in ROOMS.items()}
    while waiting:
        ready = [room for room, needs in waiting.items() if needs <= done]
        assert ready, f"a circle among {sorted(waiting)}"
        done |= set(ready)
        waiting = {room: needs for room, needs in waiting.items() if room not in done}


FORBIDDEN = {"eval", "exec", "compile", "__import__", "sympify", "parse_expr", "lambdify", "parse_latex"}

COMPILES = {"evaluate.emit": {"compile", "exec"}}
"""The one module that hands text to Python, and what it calls: the text is made of generated names, numbers and closed tables only (the
proof is tests/evaluate/test_compiled.py: no name of a quantity gets in, and the code can reach nothing but functions of numbers)."""


@pytest.mark.parametrize("module", MODULES)
def test_nothing_evaluates_text(module):
    called = set()
    for node in ast.walk(MODULES[module]):
        if isinstance(node, ast.Call):
            func = node.func
            if isinstance(func, ast.Name):
                called.add(func.id)
            elif isinstance(func, ast.Attribute) and func.attr != "compile":  # re.compile
                called.add(func.attr)
    assert called & FORBIDDEN == COMPILES.get(module, set())


@pytest.mark.parametrize("module", [name for name in MODULES if not within(name, FILES)])
def test_only_the_edge_touches_files(module):
    touching = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "unlink", "mkdir", "fork", "system"}
    called = set()
    for node in walked(MODULES[module]):
        if isinstance(node, ast.Call):
            called.add(getattr(node.func, "id", getattr(node.func, "attr", "")))
    if module == "exercise.load":
        called -= {"read_text"}  # the function of exercise.catalogue
    assert called & touching == set()


@pytest.mark.parametrize("module", MODULES)
def test_chance_is_seeded(module):
    for node in ast.walk(MODULES[module]):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "random":
            assert node.attr == "Random"
