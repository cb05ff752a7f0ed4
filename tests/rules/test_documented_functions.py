"""docs/functions.md: its table is the tables of functions, every file in it solves and proves."""

import re
from pathlib import Path

import pytest

from tutor import solve
from tutor.exercise.load import from_text
from tutor.rules.functions import FUNCTIONS

PAGE = Path(__file__).parents[2] / "docs" / "functions.md"
TABLE = re.compile(r"(?<=<!-- functions -->\n).*?(?=<!-- /functions -->)", re.DOTALL)


def write_table():
    """The rows as Markdown; python tests/rules/test_documented_functions.py writes them into the page."""
    lines = ["| written | formula | derivatives | |", "|---|---|---|---|"]
    for row in FUNCTIONS.values():
        if row.value or not row.variadic:
            call = f"{row.name}({', '.join(row.params)})"
            slopes = ", ".join(f"`{part}`" for part in row.partials[: row.operands])
            cells = [f"`{call}`", f"`{row.value}`" if row.value else "", slopes, row.source]
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def test_the_table_is_the_tables_of_functions():
    assert TABLE.search(PAGE.read_text("utf-8"))[0] == write_table()


@pytest.mark.parametrize("text", re.findall(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL), ids=lambda text: text.split('"')[1])
def test_every_file_solves_and_proves(text):
    page = " ".join(str(solve(from_text(text, "documented"))).split())
    assert "SymPy's derivative" in page
    assert "exactly" in page or "agree" in page


if __name__ == "__main__":
    PAGE.write_text(TABLE.sub(lambda _: write_table(), PAGE.read_text("utf-8")), "utf-8")
