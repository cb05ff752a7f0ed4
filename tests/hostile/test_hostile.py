"""The corpus through everything: nothing takes long or much memory, nothing executes, nothing gets out unescaped."""

from __future__ import annotations

import csv
import html
import io
import json
import os
import re
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from counted import ANSWER
from hostile import bench
from hostile.corpus import CORPUS, ENTRIES, MARKER, OWNED
from hostile.fuzz import PIECES
from hostile.matrix_corpus import MATRICES
from markdown_it import MarkdownIt
from marked_class import hostile

from tutor.answer.files.submissions import read_submissions
from tutor.answer.handed_in import AnswerError, Submission
from tutor.batch.outputs import list_for_a_person
from tutor.export.mark_formats import MARK_FORMATS, export
from tutor.export.output import Header
from tutor.marking.record import dump_record, loads
from tutor.results.feedback import class_report, reports
from tutor.text import make_visible

ROOT = Path(__file__).parent.parent.parent
SHORT = {name: text for name, text in ENTRIES if len(text) <= 1_000}


def test_the_corpus_is_large():
    assert len(ENTRIES) >= 200
    assert len(CORPUS) >= 10


# Time and memory.


ALL = [(bench.EXERCISES[0], 16), *(pytest.param(name, 8, marks=pytest.mark.slow) for name in bench.EXERCISES)]


@pytest.mark.parametrize(("name", "every"), ALL)
def test_every_string_is_marked_with_little_work(name, every):
    """The promise of 50 ms, counted (see `counted`)."""
    bench.prepare(name)
    much = []
    for entry, text in ENTRIES[::every]:
        text = bench.adapted(text, name)
        for question in bench.questions(name):
            calls = bench.work(name, question.id, text)
            if calls > ANSWER:
                much.append(f"{entry} as {question.kind}: {calls:,} calls of {ANSWER:,}")
    assert not much


STRINGS = (*MATRICES.items(), *ENTRIES[::24])


@pytest.mark.parametrize(("name", "strings", "everywhere"), [
    pytest.param("qmul/network-deltas-layers", list(MATRICES.items())[::2], False, id="quick"),
    *(pytest.param(name, STRINGS[place :: 2 * len(bench.MATRICES)], True, id=name, marks=pytest.mark.slow)
      for place, name in enumerate(bench.MATRICES)),
])  # fmt: skip
def test_every_string_about_matrices_is_judged_with_little_work(name, strings, everywhere):
    """And no such string is right, whatever is asked: those of the slow stage go to one exercise each, to all that it asks."""
    wrong = []
    for question in list(bench.matrix_marker(name).sheet.by_id) if everywhere else [bench.MATRICES[name][0]]:
        bench.prepare_matrices(name, question)
        for entry, text in strings:
            calls, verdict, message = bench.work_on_matrix(name, question, bench.adapted_matrices(text, name))
            if calls > ANSWER or verdict in ("correct", "follow-through") or bench.unsafe(message):
                wrong.append(f"{entry} for {question}: {calls:,} calls of {ANSWER:,}, {verdict}, {message[:60]!a}")
    assert not wrong, "\n".join(wrong)


def python(script, *arguments, timeout=900, **more):
    """A script in a process of its own."""
    env = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-c", script, *arguments], env=env, capture_output=True, text=True, timeout=timeout, check=False, **more
    )


MEMORY = """
import resource
from hostile import bench
from hostile.corpus import ENTRIES
from tutor.answer.handed_in import Submission
for name in bench.EXERCISES:
    bench.prepare(name)
base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for name in bench.EXERCISES[:2]:
    for entry, text in ENTRIES[::6]:
        for question in bench.questions(name):
            bench.marker(name).mark(Submission("anna", {question.id: bench.adapted(text, name)}))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base) // 1024)
"""


@pytest.mark.slow
def test_the_corpus_takes_less_than_64_megabytes():
    done = python(MEMORY)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 64


# Nothing executes.

AUDIT = """
import sys
from hostile import bench
from hostile.corpus import ENTRIES
from tutor.answer.handed_in import Submission
from tutor.answer.files.submissions import read_submissions
from tutor.export.mark_formats import MARK_FORMATS, export
from tutor.export.output import Header
from tutor.results.feedback import class_report, reports

ids = [question.id for question in bench.marker("neuron").questions]

def through(text):
    for name in bench.EXERCISES[:2]:
        for question in bench.questions(name):
            marked = bench.marker(name).mark(Submission("anna", {question.id: bench.adapted(text, name)}))
    read_submissions("anna.json", text.encode("utf-8", "replace"), ids)
    read_submissions("anna.txt", ("number: " + text).encode("utf-8", "replace"), ids)
    read_submissions("anna.ipynb", text.encode("utf-8", "replace"), ids)
    page = reports(bench.marker(name))(marked)
    page.to_text(), page.to_markdown(), page.to_latex(), page.to_json()
    for kind in MARK_FORMATS:
        try:
            export(kind, [marked], bench.marker(name).questions, Header(name))
        except Exception as error:
            assert type(error).__name__ == "OutputError", error

for text in ("0.5", "w5*x + unknown", "\\u00e9 \\u202e", "import", "sigmoid(w5)", "[1, 2]", "relu(w5) = 3", '{"number": "1"}', "\\n\\n"):
    through(text)
seen = []
QUIET = ("object.__getattr__", "sys._getframe", "sys._current_frames", "builtins.id", "time.sleep", "marshal.loads", "code.__new__",
         "object.__setattr__", "object.__delattr__")
sys.addaudithook(lambda event, args: seen.append((event, repr(args)[:200])) if event not in QUIET else None)
for entry, text in ENTRIES[::int(sys.argv[1])]:
    if len(text) < 30_000:
        before = len(seen)
        through(text)
        seen[before:] = [(entry, *row) for row in seen[before:]]
for row in seen[:20]:
    print(*row)
"""


@pytest.mark.parametrize("every", [16, pytest.param(7, marks=pytest.mark.slow)])
def test_nothing_is_executed_opened_or_imported(every):
    Path(OWNED).unlink(missing_ok=True)
    done = python(AUDIT, str(every))
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert not os.path.lexists(OWNED)


# Nothing is shown as it came.


def formulas(table):
    """The cells of a table that a spreadsheet would obey."""
    cells = [cell for row in csv.reader(io.StringIO(table, newline="")) for cell in row]
    return [cell for cell in cells if re.match(r"\s*[=+\-@\t\r＝＠＋－]", cell) and not re.fullmatch(r"[-+]?[0-9.e+-]+", cell)]


def active(markdown):
    """What acts in a page of Markdown: HTML, links and pictures of any kind."""
    found, stack = set(), list(MarkdownIt("gfm-like", {"linkify": False}).parse(markdown))
    while stack:
        token = stack.pop()
        stack.extend(token.children or ())
        if token.type.startswith(("html", "link", "image")):
            found.add(f"{token.type} {token.content[:80]}{token.attrs}")
    return found


COMMAND = re.compile(
    r"\\(?:input|include|immediate|write|openout|openin|read|csname|catcode|def|let|loop|directlua|special|href|url|usepackage|verb"
    r"|hskip(?!0pt plus| 2em\{\})|rule)"
    r"(?![A-Za-z])|\^\^"
)


@pytest.fixture(scope="module")
def words():
    """All of the corpus, as somebody's words everywhere."""
    return [(name, hostile(text)) for name, text in SHORT.items()]


def assert_inert(name, page, plain):
    """A page in every format, with ``plain`` what the same page has in LaTeX without anybody's words."""
    text, markdown, latex, record = page.to_text(), page.to_markdown(), page.to_latex(), page.to_json()
    for made in (text, markdown, latex, record):
        assert not unsafe(made), name
    assert not active(markdown) - plain["markdown"], name
    assert set(COMMAND.findall(latex)) <= plain["latex"], name
    assert latex.count("\\end{document}") == 1, name
    json.loads(record)


def unsafe(text):
    return bench.unsafe(text)


def harmless(page):
    return {"markdown": active(page.to_markdown()), "latex": set(COMMAND.findall(page.to_latex()))}


@pytest.mark.slow
def test_nobodys_words_act_in_a_report(words):
    make = reports(bench.marker("neuron"))
    plain = harmless(make(hostile("word")))
    for name, marked in words:
        assert_inert(name, make(marked), plain)


@pytest.mark.slow
def test_nobodys_words_act_in_the_report_of_a_class(words):
    plain = harmless(class_report([hostile("word")], title="word"))
    for name, marked in words[::4]:
        assert_inert(name, class_report([marked], title=SHORT[name]), plain)
    whole = class_report([marked for _, marked in words])
    assert_inert("all", whole, plain)
    picture = class_report([marked for _, marked in words], title="<script>").to_svg()
    assert not re.search(r"<(?:script|img|iframe|a|style|foreignObject|!ENTITY)\b", picture.replace("<style>", "", 1))
    assert not unsafe(picture)


def test_answers_are_shown_as_they_stand():
    """Nothing of what Rich, HTML or Markdown would swallow is lost."""
    make = reports(bench.marker("neuron"))
    for name in ("rich red", "script", "md link", "rich emoji"):
        text = CORPUS["markup"][name]
        page = make(bench.marker("neuron").mark(Submission("anna", {"number": text})))
        shown = "".join(page.to_text().split())
        assert "".join(text.split()) in shown, name
        assert MARKER not in text or MARKER in page.to_latex()
        read = "".join(token.content for token in _leaves(MarkdownIt("commonmark").parse(page.to_markdown())))
        assert "".join(text.split()) in "".join(html.unescape(read).split()), name


def _leaves(tokens):
    for token in tokens:
        yield from _leaves(token.children) if token.children else (token,)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(bench.EXERCISES[:1]))
def test_real_marks_of_the_corpus_are_inert(name):
    make, marker = reports(bench.marker(name), "solution"), bench.marker(name)
    plain = harmless(make(marker.mark(Submission("anna", {}))))
    for entry, text in list(SHORT.items())[::3]:
        answers = dict.fromkeys([question.id for question in marker.questions], text)
        marked = marker.mark(Submission(text, answers, text, {"name": text, "email": text}))
        assert_inert(entry, make(marked), plain)
        assert loads(dump_record(marked)) == marked or any("\ud800" <= c <= "\udfff" for c in text)


def test_tables_and_exports_are_guarded(words):
    questions = bench.marker("neuron").questions
    head = Header("neuron/two-two-two", "word")
    everybody = [marked for _, marked in words]
    for kind in ("csv", "answers", "otter", "nbgrader", "moodle", "canvas"):
        found = export(kind, everybody, questions, head)
        assert not formulas(found.text), kind
        assert not [piece for piece in unsafe(found.text) if piece != "'\\r'"], kind
        assert not [problem for problem in found.problems if unsafe(problem)], kind
    whole = export("json", everybody, questions, head).text
    assert not unsafe(whole)
    assert len(json.loads(whole)["results"]) == len(words)
    for name, marked in words:
        scope = export("gradescope", [marked], questions, head).text
        record = json.loads(scope)
        assert not unsafe(scope), name
        assert record["output_format"] == "text" == record["test_output_format"] == record["test_name_format"], name
    table = list_for_a_person(class_report(everybody))
    assert not formulas(table)
    assert not unsafe(table)


def refusal(reader, text, vocabulary):
    """What a reader says of a text; nothing where it reads it."""
    try:
        reader(text, vocabulary)
    except AnswerError as error:
        return str(error)
    return ""


def test_what_is_said_about_files_and_errors_is_inert():
    ids = [question.id for question in bench.marker("neuron").questions]
    vocabulary = bench.marker("neuron").sheet.vocabulary
    from tutor.answer.read.array_answers import read_entries
    from tutor.answer.read.reading import read

    for name, text in SHORT.items():
        for reader in (read, read_entries):
            assert not unsafe(refusal(reader, text, vocabulary)), name
        assert not unsafe(make_visible(text)), name
        whole = text.encode("utf-8", "surrogatepass")
        record = json.dumps({"student": text, "answers": {text: text, "number": text}}).encode()
        row = io.StringIO()
        csv.writer(row).writerows([("student", text or "x", "number"), (text, text, text)])
        for end, data in (
            ("json", whole), ("json", record), ("toml", whole), ("csv", whole), ("csv", row.getvalue().encode("utf-8", "replace")),
            ("txt", whole), ("txt", b"number: " + whole), ("md", whole), ("ipynb", record), (text, whole),
        ):  # fmt: skip
            batch = read_submissions(f"{text}.{end}", data, ids)
            assert batch.submissions, name
            said = [part for one in batch.submissions for part in (*one.problems, one.failed, one.source, one.student)]
            assert not [part for part in (*batch.problems, *said) if unsafe(part)], name


# LaTeX is printed, not run.


def test_latex_in_answers_and_names_is_printed(tmp_path):
    if shutil.which("pdflatex") is None or shutil.which("pdftotext") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("pdflatex or pdftotext is missing, and under CI=true that is a failure")
        pytest.skip("pdflatex or pdftotext is missing")
    marker = bench.marker("neuron")
    pieces = ("input", "write18", "csname", "carets", "catcode", "end document", "specials", "href", "openout")
    ids = [question.id for question in marker.questions]
    answers = {ident: CORPUS["latex"][piece] for ident, piece in zip(ids, pieces, strict=False)}
    marked = marker.mark(Submission("\\input{/etc/passwd}", answers, fields={"name": "\\write18{id}"}))
    (tmp_path / "page.tex").write_text(reports(marker)(marked).to_latex())
    command = ["pdflatex", "-no-shell-escape", "-interaction=batchmode", "-halt-on-error", "page.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, (tmp_path / "page.log").read_text(errors="replace")[-2_000:]
    subprocess.run(["pdftotext", "-layout", "page.pdf"], cwd=tmp_path, check=True, timeout=300)
    shown = "".join((tmp_path / "page.txt").read_text().split())
    assert "root:" not in shown
    for piece in ("input", "csname", "carets", "end document"):
        assert "".join(CORPUS["latex"][piece].split())[:20] in shown, piece
    assert not os.path.lexists(OWNED)


# Files.

GOOD = b"dL/dw5: 0.0822\n"
ODD = {
    "nul.txt": b"dL/dw5: 0.0822\x00\n", "nul2.json": b'{"dL/dw5": "0.0822"}\x00', "zip.json": b"PK\x03\x04" + bytes(100),
    "zip2.txt": b"PK\x05\x06" + bytes(18), "archive.tar.gz": b"\x1f\x8b\x08" + bytes(100), "gz.txt": b"\x1f\x8b\x08" + bytes(100),
    "tar.txt": bytes(257) + b"ustar\x0000" + bytes(300), "picture.png": b"\x89PNG\r\n\x1a\n" + bytes(50),
    "png.txt": b"\x89PNG\r\n\x1a\n" + bytes(50), "large.txt": b"dL/dw5: 0.0822\n" * 420_000, "empty.txt": b"",
    "nothing": GOOD, ".hidden.txt": GOOD, "..%2f..%2fx.json": b'{"dL/dw5": "0.0822"}', "-o.json": b'{"dL/dw5": "0.0822"}',
    "--help.txt": GOOD, "$(touch owned).json": b'{"dL/dw5": "0.0822"}', "`touch owned`.txt": GOOD, "; touch owned.txt": GOOD,
    "new\nline.txt": GOOD, "tab\t.txt": GOOD, "n" * 251 + ".txt": GOOD, "rlo\u202etxt.exe.txt": GOOD, "esc\x1b[2J.txt": GOOD,
    "=1+1.txt": GOOD, "<script>.txt": GOOD, "\\input{x}.txt": GOOD, "con.txt": GOOD, "nan.json": b'{"dL/dw5": NaN}',
    "deep.json": b"[" * 100_000, "bomb.json": b'{"dL/dw5": ' + b"9" * 100_000 + b"}",
    "keys.json": b'{"__proto__": {"x": 1}, "dL/dw5": "0.0822"}',
    "utf16.txt": "dL/dw5: 0.0822\n".encode("utf-16"), "latin.txt": b"dL/dw5: 0.0822 \xe9\n", "half.json": b'{"dL/dw5": "\\ud800"}',
    "up.json": b'{"student": "../../x", "answers": {"dL/dw5": "0.0822"}}',
    "abs.json": b'{"student": "/etc/x", "answers": {"dL/dw5": "1"}}',
    "win.json": b'{"student": "..\\\\..\\\\y", "answers": {"dL/dw5": "0.0822"}}',
    "dots.json": b'{"student": "..", "answers": {"dL/dw5": "1"}}',
    "nulname.json": b'{"student": "a\\u0000b", "answers": {"dL/dw5": "1"}}', "notebook.ipynb": b'{"cells": [{"cell_type": "code", '
    b'"source": "open(\'owned\', \'w\')", "metadata": {"tags": ["dL/dw5"]}, "outputs": []}]}', "anna.txt": GOOD,
}  # fmt: skip


@pytest.fixture
def handed_in(tmp_path):
    folder = tmp_path / "handed in"
    folder.mkdir()
    made = 0
    for name, data in ODD.items():
        (folder / name).write_bytes(data)
        made += not name.startswith(".")
    raw = os.fsencode(folder) + b"/raw\xff\xfe.txt"
    with open(raw, "wb") as file:
        file.write(GOOD)
    (folder / "folder.json").mkdir()
    (folder / "folder.json" / "inside.txt").write_bytes(GOOD)  # a student's folder, in which only one file is one
    (folder / "folder.json" / "link.txt").symlink_to("/etc/passwd")
    (folder / "folder.json" / "zdeeper.txt").mkdir()
    os.mkfifo(folder / "folder.json" / "zpipe.txt")
    (folder / "empty.json").mkdir()
    (folder / "link.txt").symlink_to("/etc/passwd")
    (folder / "dangling.txt").symlink_to("nowhere")
    (folder / "up.txt").symlink_to("../../..")
    os.mkfifo(folder / "pipe.txt")
    (folder / "closed.txt").write_bytes(GOOD)
    (folder / "closed.txt").chmod(0)
    return folder, made + 8


def listing(folder):
    """Everything below a folder, with sizes of files; links are not followed."""
    found = {}
    for where, folders, files in os.walk(os.fsencode(folder)):
        for name in (*folders, *files):
            path = os.path.join(where, name)
            found[path] = os.lstat(path).st_size if name in files else 0
    return found


def test_a_folder_full_of_odd_files(handed_in, tmp_path):
    folder, count = handed_in
    before = listing(tmp_path)
    arguments = ["mark", "neuron/two-two-two", "--", str(folder)]
    formats = [word for kind in MARK_FORMATS for word in ("--to", kind)]
    arguments[1:1] = ["-o", "marks", "--jobs", "1", *formats, "--by", "username"]
    script = "import sys; from tutor.cli import main; main(sys.argv[1:])"
    done = python(script, *arguments, cwd=tmp_path)
    assert done.returncode == 1, done.stderr[-3_000:]
    assert "Traceback" not in done.stderr
    assert not unsafe(done.stdout)
    assert not unsafe(done.stderr)
    after = listing(tmp_path)
    marks = os.fsencode(tmp_path / "marks")
    assert {path: size for path, size in after.items() if path != marks and not path.startswith(marks + b"/")} == before
    for path in after.keys() - before.keys():
        assert not os.path.islink(path)
        name = os.fsdecode(os.path.basename(path))
        assert name.isprintable()
        assert not name.startswith((".", "-"))
        text = Path(os.fsdecode(path)).read_text() if os.path.isfile(path) else ""
        assert not [piece for piece in unsafe(text) if piece != "'\\r'"], name
        if name.endswith(".csv"):
            assert not formulas(text), name
        if name.endswith(".md"):
            assert not [found for found in active(text) if found.startswith("html")], name
    results = json.loads((tmp_path / "marks" / "results.json").read_text())["results"]
    assert len(results) == count
    by_source = {one["source"].partition(".txt ")[0]: one for one in results}
    assert len(by_source) == count
    good = [one for one in results if one["status"] == "marked" and Fraction(one["marks"]) > 0]
    assert len(good) >= 18
    for start in ("nul.", "zip.", "archive.", "gz.", "tar.", "picture.", "png.", "large.", "empty.", "link.", "dangling.", "pipe."):
        assert [one for one in results if one["source"].startswith(start) and one["status"] != "marked" and one["reason"]], start
    for link in ("up", "link", "dangling"):
        (row,) = [one for one in results if one["student"] == link]
        assert "symbolic link" in row["reason"]
    (own,) = [one for one in results if one["student"] == "folder.json"]
    assert own["status"] == "marked"
    assert [part["place"] for part in own["unused"]] == ["link.txt", "zdeeper.txt", "zpipe.txt"]
    assert "root:" not in (tmp_path / "marks" / "results.json").read_text()


def test_an_output_folder_that_is_a_trap(tmp_path):
    """Links inside of the folder for outputs are not followed."""
    outside = tmp_path / "outside"
    outside.mkdir()
    marks = tmp_path / "marks"
    marks.mkdir()
    (marks / "reports").symlink_to(outside)
    (marks / "marks.csv").symlink_to(outside / "stolen.csv")
    (tmp_path / "anna.txt").write_bytes(GOOD)
    script = "import sys; from tutor.cli import main; main(sys.argv[1:])"
    done = python(script, "mark", "neuron/two-two-two", "anna.txt", "-o", "marks", "--jobs", "1", cwd=tmp_path)
    assert done.returncode != 0
    assert list(outside.iterdir()) == []
    assert "Traceback" not in done.stderr


REPEATED = ("{0}", "{0} ", "w5{0}", "\n{0}", "({0}")
KINDS = ("number", "expression", "vector", "choice")
WAYS = [("expression", 0), *(pytest.param(question, len(REPEATED), marks=pytest.mark.slow) for question in KINDS)]


@pytest.mark.parametrize(("question", "forms"), WAYS)
def test_nothing_repeated_takes_much_work(question, forms):
    """Whatever is written ten thousand characters long; a reader that goes back over its text shows here."""
    bench.prepare("neuron")
    much = []
    for piece in PIECES if forms else PIECES[::4]:
        for text in (form.format(piece) for form in REPEATED[:max(forms, 1)]):
            for whole in (text * (9_990 // len(text)), "w5" + text * (4_000 // len(text)) + " ?", text * (2_400 // len(text)) + ")= 1"):
                calls = bench.work("neuron", question, whole)
                if calls > ANSWER:
                    much.append(f"{text!a} {len(whole)}: {calls:,} calls")
    assert not much
