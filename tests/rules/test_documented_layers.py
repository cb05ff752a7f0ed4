"""docs/layers.md: its table is that of the layers that are written out, every file in it solves and proves."""

import re
from pathlib import Path

import pytest

from tutor import solve
from tutor.exercise.load import from_text
from tutor.rules.composite_layers import COMPOSITES

PAGE = Path(__file__).parents[2] / "docs" / "layers.md"
TABLE = re.compile(r"(?<=<!-- layers -->\n).*?(?=<!-- /layers -->)", re.DOTALL)
FILES = re.findall(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


def write_table():
    """The rows as Markdown; python tests/rules/test_documented_layers.py writes them into the page."""
    lines = ["| written | steps | source |", "|---|---|---|"]
    for row in dict.fromkeys(COMPOSITES.values()):
        way = row.ways[0]
        settings = [f"{name}={value}" for name, value in row.settings.items()]
        shapes = ", ".join(f"{name}: {' '.join(sizes) or 'a number'}" for name, sizes in way.shapes.items() if sizes != ("?",))
        also = f". Also {', '.join(f'`{name}`' for name in row.also)}." if row.also else ""
        cells = [f"`{row.name}({', '.join((*row.operands, *settings))})`<br>{shapes}", "<br>".join(f"`{step}`" for step in way.steps),
                 row.source + also]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def test_the_table_is_the_table_of_layers():
    assert TABLE.search(PAGE.read_text("utf-8"))[0] == write_table()


@pytest.mark.slow
@pytest.mark.parametrize("text", FILES, ids=lambda text: text.split('"')[1])
def test_every_file_solves_and_proves(text):
    page = str(solve(from_text(text, "documented"), form="layer"))
    assert "agree in all" in page


if __name__ == "__main__":
    PAGE.write_text(TABLE.sub(lambda _: write_table(), PAGE.read_text("utf-8")), "utf-8")
