"""The folder for outputs: nothing gets out of it, nothing is half there."""

import pytest

from tutor.batch.folder import PART, Folder
from tutor.errors import OutputError


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", ".hidden", "a/.hidden", "", "a\\..\\x", "a\nb", "reports/..", "a\x1bb"])
def test_nothing_gets_out_of_the_folder(tmp_path, name):
    with pytest.raises(OutputError, match="is no name for a file"):
        Folder(tmp_path / "out").put(name, "x")
    assert tree(tmp_path) == {}


def test_links_in_the_folder_are_not_followed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "reports").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "out" / "marks.csv").symlink_to(tmp_path / "elsewhere" / "x")
    folder = Folder(tmp_path / "out")
    with pytest.raises(OutputError, match="reports is a symbolic link"):
        folder.put("reports/anna.md", "x")
    folder.put("marks.csv", "x\ud800")
    assert (tmp_path / "out" / "marks.csv").read_text() == "x\\ud800"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_folder_that_is_a_file_or_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="is a file"):
        Folder(tmp_path / "file")
    with pytest.raises(OutputError, match="cannot be made: Not a directory"):
        Folder(tmp_path / "file" / "below")


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    folder = Folder(tmp_path)
    folder.put("reports/anna.md", "first")

    def pieces():
        yield b"second"
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="No space left on device"):
        folder.put("reports/anna.md", pieces())
    assert tree(tmp_path) == {"reports/anna.md": b"first"}
    (tmp_path / PART).write_bytes(b"of a run that was killed")
    folder.clear_away()
    folder.put("reports/anna.md", (b"sec", b"ond"), before_replacing=lambda: None)
    assert tree(tmp_path) == {"reports/anna.md": b"second"}
