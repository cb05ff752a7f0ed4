"""The house itself: names occur once and say what they name, files do not import in circles, CONTRIBUTING shows the rooms as they are."""

from __future__ import annotations

import ast
import importlib
import re
from collections import Counter, defaultdict
from pathlib import Path

from extras import is_loadable
from function_words import CONVERSIONS, FOREIGN, NOUNS, PARTICIPLES, PREDICATES, VERBS
from names_allowed import ALLOWED, REASONS
from source_trees import ROOT
from source_trees import TREES as FILES

import tutor
from tutor.graph.network import LOSSES
from tutor.late_patterns import compile_late
from tutor.rules.functions import FUNCTIONS
from tutor.rules.operations import LAYERS
from tutor.rules.optimisers import optimiser_names

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


UNTYPED = {  # files of numbers that say Any: how often at most, and what comes in that has no type
    "sympy_loss.py": (5, "SymPy's expressions, which have no types"),
    "emit.py": (4, "the text that is compiled: what it makes is a function of floats"),
    "lowering.py": (1, "the method for each kind of node: a variable of a class cannot say what it makes"),
    "plain_arrays.py": (95, "what NumPy takes: floats, truth values, lists and arrays, and every kind of index"),
    "program.py": (3, "an instruction's operands, whose kinds depend on the operation"),
    "run.py": (1, "the method for each kind of node"),
    "run_arrays.py": (1, "entries, as `graph.entries` hands them over"),
    "runner.py": (6, "views of arrays and places among them"),
    "train_fast.py": (1, "the function that is compiled"),
    "trees.py": (1, "an operation's name before its operands"),
}


def says_any(tree):
    """How often a module says Any, in annotations that are texts too."""
    texts = [
        ast.parse(node.value, mode="eval")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and is_type(node.value)
    ]
    return sum(isinstance(node, ast.Name) and node.id == "Any" for part in (tree, *texts) for node in ast.walk(part))


def is_type(text):
    return (
        isinstance(text, str) and re.fullmatch(r"[\w.,|\[\] ]+", text) and re.search(r"\bAny\b", text) and "[" in text
    )


def test_numbers_have_types():
    found = {
        name.removeprefix("numbers/"): says_any(tree) for name, tree in FILES.items() if name.startswith("numbers/")
    }
    assert {name: count for name, count in found.items() if count > UNTYPED.get(name, (0, ""))[0]} == {}
    assert [name for name in UNTYPED if not found.get(name)] == []


def test_no_name_stands_for_any():
    """``Value = Any`` would carry what it names past mypy everywhere."""
    for name, tree in FILES.items():
        for node in tree.body:
            if isinstance(node, ast.Assign | ast.AnnAssign):
                assert not (isinstance(node.value, ast.Name) and node.value.id == "Any"), f"{name}, line {node.lineno}"


def literals(tree):
    """The texts in a module that are no docstrings."""
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return {node.value for node in texts if id(node) not in docs}


def test_names_of_rows_stand_in_their_tables():
    """A list of names beside the tables is a column that is missing: what a new row should say is then forgotten in that list."""
    names = {*FUNCTIONS, *LAYERS, *LOSSES, *optimiser_names()}
    found = {
        file: sorted(literals(tree) & names)
        for file, tree in FILES.items()
        if not file.startswith(("rules/", "explain/words/")) and literals(tree) & names
    }
    allowed = {file: sorted(name.replace("+", " ") for name in text.split()) for file, (_, text) in ALLOWED.items()}
    assert found == allowed, (
        "make it a column of the row (or take it out of tests/names_allowed.py, where it is no longer needed)"
    )
    assert {reason for reason, _ in ALLOWED.values()} == set(REASONS)


def functions(tree, inside=""):
    """Every function of a module that is neither a property nor called by Python, IPython or SymPy, under the name of what it is in."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            special = re.fullmatch(r"__\w+__|_(repr|ipython)_\w+_|fdiff", node.name)
            if not special and not any("property" in ast.unparse(row) for row in node.decorator_list):
                yield f"{inside}{node.name}", node.name
            yield from functions(node, f"{inside}{node.name}.")
        else:
            yield from functions(node, f"{inside}{node.name}." if isinstance(node, ast.ClassDef) else inside)


def is_participle(word):
    return word in PARTICIPLES or (word.endswith("ed") and len(word) > 4)


def test_functions_say_verb_and_object():
    """Or a predicate, a conversion, or the noun that mathematics has for the result; `trimmed` says neither who trims nor what."""
    known = VERBS | PREDICATES | CONVERSIONS | NOUNS
    wrong = {
        f"{file}: {where}"
        for file, tree in FILES.items()
        if file not in FOREIGN
        for where, name in functions(tree)
        if (words := name.strip("_").split("_"))[0] and (words[0] not in known or is_participle(words[0]))
    }
    assert wrong == set(), (
        "begin with a verb, or add the word to tests/function_words.py if it is one, or a noun that is no participle"
    )


def test_the_words_are_used_and_stand_once():
    used = {
        name.strip("_").split("_")[0]
        for file, tree in FILES.items()
        if file not in FOREIGN
        for _, name in functions(tree)
    }
    assert {*VERBS, *PREDICATES, *NOUNS} <= used, "words that no function begins with"
    assert len({*VERBS, *NOUNS, *PREDICATES}) == len(VERBS) + len(NOUNS) + len(PREDICATES)
    assert not [word for word in VERBS | NOUNS if is_participle(word)]
    assert set(FOREIGN) <= set(FILES)


def possessive_groups(parsed):
    """The groups in a parsed pattern that are repeated and never given back, as (?:ab)++, and (?>ab)."""
    if isinstance(parsed, re._parser.SubPattern):
        for code, argument in parsed:
            if code is re._constants.ATOMIC_GROUP or (
                code is re._constants.POSSESSIVE_REPEAT
                and (
                    len(argument[2]) > 1
                    or argument[2][0][0] not in (re._constants.IN, re._constants.LITERAL, re._constants.ANY)
                )
            ):
                yield argument
            yield from possessive_groups(argument)
    elif isinstance(parsed, (tuple, list)):
        for part in parsed:
            yield from possessive_groups(part)


def test_no_group_is_repeated_possessively():
    """Python up to 3.11.4 (Debian's) matches them wrongly: gh-106052. One sign at a time is matched well."""
    assert all(
        list(possessive_groups(re._parser.parse(text))) for text in ("x(?:ab|c)++", "a|(?>b)", "((?:ab|c){0,3}+)?")
    )
    patterns = {}
    for name in FILES:
        dotted = "tutor." + name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if not is_loadable(dotted):
            continue
        module = importlib.import_module(dotted) if name not in ("__init__.py", "__main__.py") else tutor
        kinds = re.Pattern | type(compile_late(""))
        patterns |= {f"{name}: {key}": value for key, value in vars(module).items() if isinstance(value, kinds)}
    assert len(patterns) > 250
    assert {
        key
        for key, pattern in patterns.items()
        if list(possessive_groups(re._parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)))
    } == set()


def test_long_tests_are_there():
    """A line names a test that exists: one that was renamed is quick, and run with all its examples, until somebody says otherwise."""
    tests = Path(__file__).parent
    for line in (line for table in ("long_tests.txt", "sampled_tests.txt") for line in (tests / table).read_text("utf-8").splitlines()[1:]):
        file, _, name = line.partition("::")
        assert f"def {name.partition('[')[0].partition(' ')[0]}(" in (tests / file).read_text("utf-8"), line
