"""reStructuredText: read by docutils without a complaint, for every kind of page, and nothing from outside is markup."""

from __future__ import annotations

import pytest
from chosen_exercises import chosen_entries
from marked_class import CLASS, HOSTILE, QUESTIONS, TITLE, hostile
from some_now import some_now

import tutor
from tutor.explain.document import Document, Heading, Paragraph, Table
from tutor.notation.profile import Notation
from tutor.render.rst import escape_rst, rst
from tutor.results.feedback import Feedback, class_report

docutils = pytest.importorskip("docutils.core")
nodes = pytest.importorskip("docutils.nodes")
SILENT = {"report_level": 2, "halt_level": 5, "file_insertion_enabled": False, "raw_enabled": False, "warning_stream": False,
          "syntax_highlight": "none"}  # fmt: skip
ACTING = ("reference", "target", "image", "raw", "problematic", "substitution_reference", "footnote_reference", "comment", "bullet_list",
          "enumerated_list", "block_quote", "definition_list", "field_list", "emphasis", "title_reference", "transition")  # fmt: skip


def parsed(text):
    """The document that docutils reads, and its complaints."""
    read = docutils.publish_doctree(text, settings_overrides=SILENT)
    return read, [each.astext() for each in read.findall(nodes.system_message) if each["level"] > 1]


@pytest.mark.parametrize("entry", some_now(chosen_entries(), 6), ids=lambda entry: entry.id)
def test_every_page_is_read_without_a_complaint(entry):
    for form in ("scalar", "layer") if "layers" in entry.abilities else ("scalar",):
        page = tutor.solve(entry.id, form=form)
        read, complaints = parsed(page.to("rst"))
        assert complaints == []
        assert "Forward pass" in read.astext() or "Counting" in read.astext()
        assert not any(list(read.findall(getattr(nodes, kind))) for kind in ACTING)
        docutils.publish_string(page.to("rst"), writer="html5", settings_overrides=SILENT | {"math_output": "MathJax x"})


def test_a_run_and_a_class():
    for page in (tutor.train("qmul/linear-neuron", steps=3), class_report(CLASS, title=TITLE, questions=QUESTIONS), Feedback(CLASS[0])):
        assert parsed(page.to("rst"))[1] == []


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: ascii(words)[:20])
def test_nothing_from_outside_is_markup(words):
    line = Table(((words,), ("b",)), (((words,), (words,)),), "ll", (words,))
    document = Document(words, words, ((words,),), (words,), (Heading(words), Paragraph((words,), words), Paragraph((words,)), line))
    for text in (rst(document, Notation()), Feedback(hostile(words), title=words).to("rst")):
        read, complaints = parsed(text)
        assert complaints == []
        found = {kind for kind in ACTING for each in read.findall(getattr(nodes, kind)) if not in_table(each)}
        assert found == set()


def in_table(node):
    """Whether a node is one of a table's own."""
    return any(isinstance(above, nodes.table) for above in [node, *iterate(node)]) and isinstance(node, nodes.bullet_list)


def iterate(node):
    while node.parent is not None:
        node = node.parent
        yield node


@pytest.mark.parametrize("words", ["a_b", "*a* **b** `c` ``d``", "x::", "|s| [1]_ a__ :role:`x`", "a\\b \\ c", "C:\\dir", "50 % of x"])
def test_words_come_back(words):
    read, complaints = parsed(f"begin {escape_rst(words)} end")
    assert (read.astext(), complaints) == (f"begin {words} end", [])
