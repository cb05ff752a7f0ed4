"""tutor check: what is wrong is said below its figure, and a list of figures is read from a file or a pipe."""

import io
import json
import sys
from types import SimpleNamespace

import pytest

LIST = "out_o1 = 0.751\ndL/dw5 = 0.1643\nnonsense\n"


def test_a_list_of_figures_is_checked(tutor, tmp_path):
    path = tmp_path / "page.txt"
    path.write_text(LIST, encoding="utf-8")
    code, out, _ = tutor("check", "neuron/two-two-two", "--figures", str(path))
    assert code == 1
    assert "It is 2 times what is right" in " ".join(out.split()) or "½ was lost" in out
    assert "Line 3 could not be read: there is no = in this line" in out
    code, out, _ = tutor("check", "neuron/two-two-two", "--figures", str(path), "--lang", "de")
    assert "Zeile 3 war nicht lesbar" in out


def test_a_list_is_piped_in(tutor, monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"w5 after 1 = 0.358\n")))
    code, out, _ = tutor("check", "neuron/two-two-two", "--figures", "-", "--json")
    data = json.loads(out)
    assert (code, data["unread"], [claim["agreement"] for claim in data["claims"]]) == (0, [], ["truncated"])


@pytest.mark.parametrize(("arguments", "said"), [
    (("neuron/two-two-two", "--figures", "no-such-file.txt"), "cannot be read"), (("--figures", "page.txt"), "about one exercise"),
    (("neuron", "dl", "--figures", "page.txt"), "about one exercise"),
])  # fmt: skip
def test_what_cannot_be_done_is_refused(tutor, arguments, said):
    code, _, err = tutor("check", *arguments)
    assert code == 2
    assert said in err


def test_a_report_is_written_of_a_folder(tutor, folder):
    lessons = folder / "lessons"
    lessons.mkdir()
    text = 'title = "{}"\nsteps = ["u = x^2", "L = 3*u"]\nclaim = [{{claim = "u", printed = "{}"}}]\n[values]\nx = 2.3\n'
    (lessons / "one.toml").write_text(text.format("one", "5.29"), encoding="utf-8")
    (lessons / "two.toml").write_text(text.format("two", "10.58"), encoding="utf-8")
    (lessons / "mine.toml").write_text('extends = "plain"\ntitle = "a notation"\n', encoding="utf-8")
    code, _, _ = tutor("check", "--report", str(lessons), "-o", "report.md")
    written = (folder / "report.md").read_text("utf-8")
    assert code == 1
    counts = written.partition("Sources")[0]
    assert [line for line in counts.splitlines() if line.startswith(("| one", "| two", "| mine"))] == [
        "| one | 1 | 1 | 0 | 0 | 0 | 0 | 0 |  |", "| two | 1 | 0 | 0 | 0 | 0 | 1 | 0 | 2 times |",
    ]  # fmt: skip
    code, _, err = tutor("check", "--report", str(lessons), "--figures", "x.txt")
    assert (code, "a report is about exercises" in err) == (2, True)
    code, _, err = tutor("check", "dl/bce", "-o", "x.md")
    assert (code, "a file is written of a report" in err) == (2, True)
