"""The house itself: names occur once, files do not import in circles, CONTRIBUTING shows the rooms as they are."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from pathlib import Path

import tutor

ROOT = Path(tutor.__file__).parent
FILES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8")) for path in sorted(ROOT.rglob("*.py"))}

FILES_TWICE = {"functions.py", "layered.py"}


def test_no_class_name_occurs_twice():
    where = defaultdict(list)
    for name, tree in FILES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                where[node.name].append(name)
    assert {name for name, files in where.items() if len(files) > 1} == set()


def test_no_file_name_occurs_twice():
    names = Counter(Path(name).name for name in FILES)
    assert {name for name, count in names.items() if count > 1} - {"__init__.py"} == FILES_TWICE


def imported(tree):
    """The modules of tutor that a module imports when it is loaded."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("tutor"):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_files_import_in_a_circle():
    modules = {"tutor." + name[:-3].replace("/", ".").removesuffix(".__init__"): tree for name, tree in FILES.items()}
    modules["tutor"] = modules.pop("tutor.__init__")
    needs = {name: {other for other in imported(tree) if other in modules} - {name} for name, tree in modules.items()}
    while True:
        ready = {name for name, others in needs.items() if not others & set(needs)}
        if not ready:
            break
        needs = {name: others for name, others in needs.items() if name not in ready}
    assert sorted(needs) == []


def rooms():
    """Every room with the first sentence of its docstring, as CONTRIBUTING shows it."""
    lines = []
    for name, tree in FILES.items():
        folder, _, file = name.rpartition("/")
        words = (ast.get_docstring(tree) or "").split("\n\n")[0].replace("\n", " ")
        if file == "__init__.py" and folder:
            lines.append(f"| `{folder}/` | {words} |")
        elif not folder and name not in ("__init__.py", "__main__.py"):
            lines.append(f"| `{name[:-3]}` | {words} |")
    return sorted(lines)


def test_contributing_shows_the_rooms():
    text = (ROOT.parent / "CONTRIBUTING.md").read_text("utf-8").partition("## How do I")[0]
    shown = sorted(line for line in text.splitlines() if re.match(r"\| `[a-z_/]+` \| ", line) and line.count("|") == 3)
    assert shown == rooms()
