"""Who may import whom: DESIGN's rooms as a table that runs."""

import ast

import pytest
from source_trees import TREES

ROOMS = {  # room: the rooms (or single modules) that it may import; each stands below the rooms that it imports
    "text": (),
    "late_patterns": (),
    "errors": (),
    "version": (),
    "expression": ("errors",),
    "rules": ("errors", "expression.elsewhere", "expression.nodes", "expression.own_functions",
              "expression.parse"),  # rules know no typography, no numbers, no graph
    "graph": ("errors", "expression", "rules"),
    "program": ("errors", "expression", "rules", "graph", "numbers.arrays"),  # programs are read to a graph; nothing of them runs
    "derive": ("errors", "expression", "graph", "rules"),  # derive sees no numbers
    "numbers": ("errors", "expression", "rules", "graph", "derive"),
    "notation": ("errors", "expression.keys", "expression.letters", "expression.own_functions", "graph"),
    "exercise": ("errors", "expression", "rules", "graph", "derive", "numbers", "notation"),
    # what is asked, worked out; the shapes of a program that nobody says are those of a run of it
    "solving": ("errors", "expression", "rules", "graph", "derive", "numbers", "notation", "exercise", "answer.compare", "program",
                "code.forward_shapes"),
    "answer": ("errors", "expression", "rules", "graph", "derive", "numbers", "notation", "exercise",
               "program.notebooks"),  # all that students write
    # programs worked through at numbers, line by line; beside a wrong line stands the derivation of the forward pass
    "code": ("errors", "expression", "graph", "derive", "numbers", "program"),
    "marking": ("errors", "version", "expression", "rules", "graph", "derive", "numbers", "exercise", "answer", "code",
                "program.source"),  # never renders
    "explain": ("errors", "expression", "rules", "graph", "derive", "numbers", "notation", "exercise", "solving", "marking", "practice",
                "code"),
    "practice": ("errors", "expression", "rules.functions", "graph", "derive.working", "derive.local", "numbers.arithmetic",
                 "numbers.arrays", "numbers.floats", "numbers.printed", "numbers.run", "exercise", "answer", "marking"),
    "export": ("errors", "exercise.question", "marking"),
    # documents and notation only, and how a row says that it is printed
    "render": ("errors", "rules.layer_row", "rules.operations", "expression", "notation", "explain.document", "explain.diagram",
               "explain.chart",
               "explain.picture_parts", "explain.network_table"),
    "contracts": ("code", "errors", "rules.functions", "rules.layer_row", "expression", "graph", "derive", "numbers", "exercise.question",
                  "solving", "marking", "practice", "explain"),
    "autograde": ("errors", "expression.limits", "exercise", "answer", "marking", "explain"),
    "results": ("errors", "expression", "rules", "graph", "derive", "numbers", "notation", "exercise", "solving", "answer", "marking",
                "practice", "explain", "render", "contracts", "autograde", "program", "code"),
    "batch": ("errors", "answer", "marking", "export", "render.page_formats", "results", "autograde"),
    "web": ("errors", "version", "expression", "notation", "exercise", "answer.read", "marking", "practice", "explain", "render", "results",
            "contracts", "batch"),
    "cli": ("errors", "version", "expression", "rules", "graph", "numbers", "notation", "exercise", "solving", "answer", "marking",
            "practice", "explain", "export", "render", "results", "contracts", "batch", "web"),
    "pytest_plugin": ("errors", "results"),
    "__main__": ("cli",),
    "__init__": ("errors", "version", "graph", "derive", "exercise", "render", "results",
                 "solving.check_claims"),
}  # fmt: skip
EVERYWHERE = ("text", "late_patterns")
"""What every room may import: text from outside is made harmless in one place; patterns are compiled when they are used."""
EXCEPTIONS = {  # module: what it may import besides, with the reason
    "render.latex.gradients": ("graph.nouns", "graph.pause_collector"),  # rows of LaTeX of a derivation, for documents of one's own
}

OUTSIDE = {  # what only some modules may import: the terminal, files, processes, clocks, chance, heavy packages
    "typer": ("cli",),
    "rich": ("cli.shell", "cli.tutor_train", "cli.tutor_mark", "render.terminal", "render.bar_rows", "render.charts.braille"),
    "prompt_toolkit": ("cli.practice_screen",),
    "ipywidgets": ("results.practice_widgets",),
    "IPython": ("results.practice_widgets", "results.solution"),
    "matplotlib": ("render.charts.chart_files",),
    "sympy": ("expression.sympy_bridge", "graph.decompose", "derive.formula", "numbers.sympy_loss"),
    "mpmath": ("numbers.arithmetic", "numbers.balls", "numbers.intervals"),
    "flint": ("numbers.balls",),
    # all others take what numbers.arrays has
    "numpy": ("numbers.array_plan", "numbers.runner", "numbers.compiled", "numbers.arrays"),
    "subprocess": ("render.latex.pdf", "batch.workers"),
    "signal": ("render.latex.pdf", "batch.pool", "batch.serve", "batch.workers", "cli.tutor_serve"),
    "shutil": ("render.latex.pdf", "cli.practice_screen"),
    "tempfile": ("cli", "batch", "render.latex.pdf"),
    "os": ("cli", "batch", "web.judging", "web.roster", "render.latex.pdf"),
    "sys": ("cli", "batch", "__main__", "program.live_sources", "program.live_objects"),  # there what modules a session has
    "inspect": ("program.live_sources", "results.function_sources"),
    "onnx": ("program.onnx_file",),
    "pathlib": ("cli", "batch", "web.pages", "web.roster", "web.store", "render.latex.pdf", "render.maths_font", "exercise.catalogue",
                "exercise.load", "notation.profile", "explain.words.languages", "explain.words.function_words"),
    "tomllib": ("explain.theme", "web.roster", "exercise.catalogue", "exercise.load", "notation.profile", "answer.files.structured",
                "explain.words.languages", "explain.words.function_words"),
    "random": ("numbers.data_set", "numbers.verify", "numbers.kinks", "answer.compare"),  # a seeded random.Random
    "time": ("cli.tutor_mark", "cli.tutor_practise", "results.practice", "batch.pool",
             "web.judging", "web.progress", "web.site", "web.store"),
    "datetime": ("answer.files.structured",),  # TOML has dates, which are kept as text
    "socket": ("cli.tutor_serve",),
    "urllib": ("web.forms", "web.site"),
    "pickle": (),
    "secrets": ("web.security", "web.site"),
    "sqlite3": ("web.store",),
    "asyncio": ("web.judging", "web.site", "cli.tutor_serve"),
    "starlette": ("web.site",),
    "jinja2": ("web.pages",),
    "markupsafe": ("web.pages",),
    "uvicorn": ("cli.tutor_serve",),
    "uuid": (),
    "locale": (),
    "logging": (),
    "threading": ("batch.workers", "web.judging", "marking.mark_submission"),  # there a lock: numbers of many digits share one precision
    "multiprocessing": (),
}
FILES = ("cli", "batch", "web.pages", "web.roster", "render.latex.pdf", "render.maths_font", "exercise.catalogue", "notation.profile",
         "explain.words.languages", "explain.words.function_words")  # fmt: skip
"""The modules that may open, read or write a file."""


def modules():
    for file, tree in TREES.items():
        parts = file.removesuffix(".py").split("/")
        yield ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts), tree


MODULES = dict(modules())


STATEMENTS = (ast.stmt, ast.excepthandler, ast.match_case)


def for_types_only(node):
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def walked(tree):
    """Every statement but those that are there for the type checker."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if not for_types_only(node):
            yield node
            stack.extend(child for child in ast.iter_child_nodes(node) if isinstance(child, STATEMENTS))


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


IMPORTS = {module: frozenset(imports(tree)) for module, tree in MODULES.items()}


def within(name, allowed):
    return any(name == room or name.startswith(f"{room}.") for room in allowed)


def in_each_room(modules):
    """A test of a module, run for all of a room at once: a room is a case, a module is in what fails."""

    def decorate(check):
        @pytest.mark.parametrize("room", sorted({module.partition(".")[0] for module in modules}))
        def test(room):
            for module in modules:
                if module.partition(".")[0] == room:
                    check(module)

        test.__doc__ = check.__doc__
        return test

    return decorate


@in_each_room(MODULES)
def test_imports_run_one_way(module):
    room = module.partition(".")[0]
    allowed = (room, *EVERYWHERE, *ROOMS[room], *EXCEPTIONS.get(module, ()))
    used = {name.removeprefix("tutor.") for name in IMPORTS[module] if name.startswith("tutor.")}
    packages = {name.partition(".")[0] for name in allowed}
    assert {name for name in used if not within(name, allowed) and not (name in packages and name in MODULES)} == set()


@pytest.mark.parametrize("package", OUTSIDE)
def test_what_only_some_may_import(package):
    found = {m for m, names in IMPORTS.items() if any(within(name, (package,)) for name in names)}
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

COMPILES = {"numbers.emit": {"compile", "exec"}}
"""The one module that hands text to Python, and what it calls: the text is made of generated names, numbers and closed tables only (the
proof is tests/numbers/test_compiled.py: no name of a quantity gets in, and the code can reach nothing but functions of numbers)."""


@in_each_room(MODULES)
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


@in_each_room([name for name in MODULES if not within(name, FILES)])
def test_only_the_edge_touches_files(module):
    touching = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "unlink", "mkdir", "fork", "system"}
    called = set()
    for node in ast.walk(MODULES[module]):
        if isinstance(node, ast.Call):
            called.add(getattr(node.func, "id", getattr(node.func, "attr", "")))
    if module == "answer.files.decode":
        called -= {"open"}  # of an archive's member, in memory
    if module == "exercise.load":
        called -= {"read_text"}  # the function of exercise.catalogue
    assert called & touching == set()


@in_each_room(MODULES)
def test_chance_is_seeded(module):
    for node in ast.walk(MODULES[module]):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "random":
            assert node.attr == "Random"
