"""No sentence of a page hides outside of `tutor.explain.words`: a walk over every text in the code.

A text with two words of letters and a blank between them is a sentence, unless it is a docstring, a message of an error, or a key of the
tables of words.  What else there is stands below, with the reason and how many there are: the numbers only get smaller.
"""

from __future__ import annotations

import ast
import re

from source_trees import TREES

from tutor.explain.words.topic import tables_of
from tutor.explain.words.wording import TOPICS, find_topic_class

MARKUP = re.compile(r"[<\\{}=]|^\.tutor|^tg-|tutor small|line width=|rounded corners=|anchor=|Segoe UI|^[\w.]+[\[(]")
"""What is LaTeX, SVG or code, in the rooms that write it."""
SENTENCE = re.compile(r"[A-Za-z]{2,}[,;:]? [A-Za-z]{2,}")
NOT_OF_PAGES = {
    "explain/words/": "the words themselves",
    "cli/": "help and messages of the command line stay in English",
    "errors.py": "errors stay in English",
    "answer/": "messages about what students wrote, with a caret",
    "batch/": "messages about files and processes",
    "web/store.py": "SQL, and messages about a database",
    "web/judging.py": "messages about processes, for the log",
    "exercise/": "messages about exercise files",
    "expression/": "messages about formulas, with a caret",
    "marking/judge": "messages about answers, shown beside those of the reader: they would have to become facts",
    "graph/index_forms.py": "messages about index forms",
    "graph/named_forms.py": "messages about index forms",
    "practice/modes.py": "the help of a command",
    "graph/axis_forms.py": "messages about arrays and their axes",
    "graph/shape_forms.py": "messages about arrays and their axes",
    "graph/python_slices.py": "messages about slices",
    "graph/einsum_forms.py": "messages about einsum",
    "program/": "messages about programs, with a caret, and words of their libraries",
    "code/": "messages about programs that are not read, and words of their libraries",
    "graph/window_forms.py": "messages about convolutions and look-ups",
    "rules/composite_layers.py": "shapes and steps of layers, in the language of steps",
    "graph/shapes.py": "messages about arrays whose shapes do not fit",
    "export/": "files of learning platforms, with the titles of their columns; reports on what was filled in",
}
"""Rooms that write nothing of a page, with the reason."""
RAISED = ("Error", "Problem", "Refusal", "Fault", "Warning")
SAID = ("fault", "_fault", "_singular", "where", "hint", "hints", "wants", "tell")
"""What makes or notes an error: the names of its function, or of its argument."""
COLUMNS = ("source", "written", "words", "index")
"""Columns of the tables of rules that are no sentences: citations, how something is printed, what it is called in a file."""


def is_error(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise):
        return True
    if isinstance(node, ast.keyword):
        return node.arg in (*SAID, *COLUMNS)
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return name.endswith(RAISED) or name in SAID
    return isinstance(node, ast.Assign) and any(isinstance(target, ast.Name) and target.id in SAID for target in node.targets)


def sentences(tree: ast.AST) -> list[str]:
    """The texts of a module that may be sentences of a page; of one in pieces, each piece."""
    found = []
    stack = [tree]
    while stack:
        node = stack.pop()
        if is_error(node) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SENTENCE.search(node.value) and node.value not in KEYS:
            found.append(node.value)
        stack.extend(ast.iter_child_nodes(node))
    return found


def keys(value) -> set[str]:
    if not hasattr(value, "items"):
        return set()
    return {key for key in value if isinstance(key, str)}.union(*(keys(inner) for inner in value.values()))


KEYS = set().union(*(keys(table) for name in TOPICS for table in tables_of(find_topic_class(name)).values()))


LEFT = {
    "contracts/python_rows.py": (6, "code that is written"),
    "contracts/python_program.py": (7, "code that is written"),  # module: how many are left, and why
    "contracts/python_windows.py": (11, "code that is written"),
    "derive/local.py": (2, "a key: the rule of a step"),
    "derive/rewrites/named.py": (3, "conditions, as their sources say them, and a key"),
    "derive/second.py": (1, "a key: the rule of a step"),
    "explain/feedback_page.py": (2, "titles of columns in files that were handed in"),
    "explain/layer_formulas.py": (1, "a key: how an operation is written"),
    "explain/samples_section.py": (1, "a command"),
    "explain/training_page.py": (1, "the end of a key"),
    "graph/network.py": (1, "what a loss is called in an exercise file"),
    "marking/changes.py": (26, "what is different between two runs of marking: a table for the grader's spreadsheet"),
    "marking/mark_submission.py": (1, "a message about answers, beside those of the reader"),
    "marking/marked.py": (2, "keys of marked work"),
    "marking/selftest.py": (4, "faults of a mark scheme"),
    "marking/work.py": (3, "faults of marking, and a key"),
    "numbers/array_code.py": (1, "a key: what an instruction does"),
    "numbers/array_algebra.py": (1, "a key"),
    "numbers/array_program.py": (1, "what an error is about"),
    "numbers/data_set.py": (3, "parts of an error"),
    "numbers/emit.py": (4, "code"),
    "numbers/linear_systems.py": (5, "an error"),
    "numbers/run.py": (1, "finds an error"),
    "numbers/train.py": (1, "a key: the rule of a step"),
    "numbers/train_fast.py": (1, "a key: the rule of a step"),
    "numbers/verify.py": (6, "parts of errors"),
    "pytest_plugin.py": (3, "help on settings of pytest"),
    "results/code_check.py": (1, "an error"),
    "render/charts/chart_files.py": (5, "what Matplotlib understands, and a command"),
    "render/html_page.py": (4, "classes of the style"),
    "render/latex/pdf.py": (2, "parts of an error"),
    "render/latex/preamble.py": (8, "names of LaTeX's commands, and parts of an error"),
    "render/layer_maths.py": (11, "keys of how operations are written"),
    "render/page_formats.py": (7, "help on formats"),
    "render/terminal/listing.py": (6, "commands, and a colour"),
    "rules/loss_rows.py": (6, "formulas"),
    "rules/window_rows.py": (9, "citations, and how things are printed"),
    "rules/optimisers.py": (9, "citations, and another name that is understood"),
    "web/site.py": (1, "a header"),
    "solving/request.py": (1, "where an error is"),
}


def test_no_sentence_hides():
    counted, faults = {}, []
    for module, tree in TREES.items():
        if module.startswith(tuple(NOT_OF_PAGES)):
            continue
        found = sentences(tree)
        if module.startswith(("render/", "numbers/")):
            found = [text for text in found if not MARKUP.search(text)]
        counted[module] = len(found)
        if len(found) > LEFT.get(module, (0, ""))[0]:
            faults.append((module, found))
    assert faults == [], "a sentence of a page stands in explain/words"
    assert {module: count for module, (count, _) in LEFT.items() if counted.get(module, 0) < count} == {}, "fewer are left: say so"


def test_a_hidden_sentence_is_seen():
    code = '''
def f(x):
    """A docstring is none."""
    raise ValueError(f"{x} is wrong here")
    return f"{x} is the loss", "sum over paths"
'''
    assert sentences(ast.parse(code)) == [" is the loss"]
