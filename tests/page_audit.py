r"""PDF pages as TeX sets them, read back: the smallest letters, how full each page is, and what TeX complained of.

The PDF is read here, without a library: what a page draws is a compressed stream of operators, of which a few say where text stands and
how large it is.  Many documents are compiled in one run of TeX, each from a page of its own on, since most of a run's time is its start.

`python tests/page_audit.py` looks at every exercise in every notation, in English and in German, and at problem sheets; with
``--pictures FOLDER`` it also leaves contact sheets of all pages there (with poppler's ``pdftoppm`` and Pillow).
"""

from __future__ import annotations

import argparse
import math
import os
import re
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

A4 = 841.89
LEAST = 7.0
"""Points (of TeX) below which no letter may be."""
HALF = 0.5
"""How full a page is that is not the last of its document, at least."""
CLOSING = 0.12
"""And the last of several."""

TITLE = 11.5
"""Points; the letters of a title are larger."""

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_TOKEN = re.compile(rb"\((?:\\.|[^()\\])*\)|\[(?:\((?:\\.|[^()\\])*\)|[^\[\]()])*\]|<[0-9A-Fa-f]*>|/[^\s/\[\]()<>]+|[^\s\[\]()<>/]+")
_PARAGRAPH_END = re.compile(r"(?:\\[A-Za-z]+|[^A-Za-z,.;:() \\]) ?([A-Za-z][A-Za-z,.;:() \n]{4,})\\par\}")
_LIGATURE = re.compile("ff[il]|f[fil]")  # one letter in a font of TeX
_MOVES = {b"m", b"l", b"c", b"re"}
_BP = 72.27 / 72  # TeX's points in one of PDF


@dataclass(slots=True)
class SeenPage:
    """One page: the letters' sizes in TeX's points, each with the first text set in it, all texts, the size of the last of them, and where
    the first and the last mark stand, in points from the top, the page's number left out."""

    sizes: dict[float, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    last_size: float = 0.0
    top: float = A4
    bottom: float = 0.0

    @property
    def smallest(self) -> float:
        return min(self.sizes, default=LEAST)


def read_pages(pdf: bytes) -> list[SeenPage]:
    """What stands on each page of a PDF that pdfTeX has written."""
    pages = []
    for match in _STREAM.finditer(pdf):
        try:
            content = zlib.decompressobj().decompress(match[1])  # a byte of its end may look like the end of a line
        except zlib.error:
            continue
        if b" Tf" in content and b"]TJ" in content:
            pages.append(_read_page(content))
    return pages


def _read_page(content: bytes) -> SeenPage:
    page = SeenPage()
    stack: list[bytes] = []
    saved: list[Matrix] = []
    now: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    x = y = size = 0.0
    found: list[tuple[float, float, str]] = []

    def place_down(across: float, up: float) -> float:
        """How far below the top of the page a point is."""
        return A4 - (now[1] * across + now[3] * up + now[5])

    for token in _TOKEN.findall(content):
        if token[:1] in b"-+.0123456789([</":
            stack.append(token)
            continue
        if token == b"q":
            saved.append(now)
        elif token == b"Q":
            now = saved.pop()
        elif token == b"cm":
            now = _multiply(tuple(map(float, stack[-6:])), now)
        elif token == b"BT":
            x = y = 0.0
        elif token == b"Tf":
            size = float(stack[-1])
        elif token in (b"Td", b"TD"):
            x, y = x + float(stack[-2]), y + float(stack[-1])
        elif token == b"Tm":
            x, y = float(stack[-2]), float(stack[-1])
        elif token in (b"Tj", b"TJ"):
            text = "".join(piece.decode("latin-1") for piece in re.findall(rb"\(((?:\\.|[^()\\])*)\)", stack[-1]))
            if text.strip():
                scale = min(math.hypot(*now[:2]), math.hypot(*now[2:4]))
                found.append((round(size * scale * _BP, 2), place_down(x, y), text))
        elif token in _MOVES:
            at = place_down(*map(float, stack[-4:-2] if token == b"re" else stack[-2:]))
            page.top, page.bottom = min(page.top, at), max(page.bottom, at)
        stack.clear()
    if found and found[-1][2].strip().isdigit() and found[-1][1] > A4 - 60:
        found.pop()  # the number of the page
    for points, at, text in found:
        page.sizes.setdefault(points, text)
        page.texts.append(text)
        page.last_size = points
        page.top, page.bottom = min(page.top, at - points), max(page.bottom, at)
    return page


Matrix = tuple[float, ...]
"""How a drawing stands on its page, as PDF writes it: x' = a x + c y + e, y' = b x + d y + f."""


def _multiply(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    p, q, r, s, t, u = other
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


@dataclass(frozen=True, slots=True)
class SeenDocument:
    """The pages of one document, what TeX said while it set them, and words of its source that are on none of them."""

    name: str
    pages: tuple[SeenPage, ...]
    complaints: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    def list_faults(self) -> Iterator[str]:
        """What a lecturer would send back, in words."""
        for complaint in self.complaints:
            yield f"{self.name}: {complaint}"
        for words in self.lost:
            yield f"{self.name}: {words!r} of its source is on no page"
        for number, page in enumerate(self.pages, 1):
            at = f"{self.name}, page {number} of {len(self.pages)}"
            if page.smallest < LEAST - 0.06:
                yield f"{at}: letters of {page.smallest:g} pt ({page.sizes[page.smallest]!r})"
            if number < len(self.pages) and measure_fill(page) < HALF:
                yield f"{at}: {measure_fill(page):.0%} full"
            if number < len(self.pages) and page.last_size > TITLE:
                yield f"{at}: ends in a title ({page.texts[-1]!r})"
            if 1 < number == len(self.pages) and measure_fill(page) < CLOSING:
                yield f"{at}: closing lines alone"


def measure_fill(page: SeenPage) -> float:
    """How far down a page goes, of the height that text may have (1 is full)."""
    return (page.bottom - TOP) / (BOTTOM - TOP)


TOP, BOTTOM = 12 * 72 / 25.4, A4 - 15 * 72 / 25.4
"""Where the text of an article begins and ends, in points from the top."""


def join_documents(sources: Mapping[str, str]) -> str:
    """Complete documents with one preamble as one, each from a page of its own on, with its name in the log."""
    longest = max((text.partition("\\begin{document}")[0] for text in sources.values()), key=len)
    bodies = [
        f"\\clearpage\\setcounter{{page}}{{1}}\\typeout{{:::{name}}}%\n"
        + text.partition("\\begin{document}\n")[2].rpartition("\\end{document}")[0]
        for name, text in sources.items()
    ]
    return longest + "\\begin{document}\n" + "".join(bodies) + "\\clearpage\\end{document}\n"


def compile_documents(sources: Mapping[str, str], folder: Path) -> list[SeenDocument]:
    """Complete documents of one preamble, compiled in one run and read back; the PDF stays in the folder."""
    (folder / "page.tex").write_text(join_documents(sources), encoding="ascii")
    command = ["pdflatex", "-interaction=batchmode", "-halt-on-error", "-no-shell-escape", "page.tex"]
    subprocess.run(command, cwd=folder, env={**os.environ, "max_print_line": "1000"}, stdout=subprocess.DEVNULL, check=False, timeout=600)
    log = (folder / "page.log").read_text(encoding="latin-1")
    pages = read_pages((folder / "page.pdf").read_bytes())
    seen = []
    for part in log.split(":::")[1:]:
        name, _, said = part.partition("\n")
        count = len(re.findall(r"\[\d+", said))
        own, pages = pages[:count], pages[count:]
        found = re.findall(r"^(?:Overfull|Underfull|Missing character|! |.*Warning).*", said, re.MULTILINE)
        seen.append(SeenDocument(name, tuple(own), tuple(found), tuple(list_lost(sources[name], own))))
        assert len(own) == count, f"{name}: {len(own)} of {count} pages were read"
    assert not pages, f"{len(pages)} pages more than the log tells of"
    return seen


def list_lost(source: str, pages: Sequence[SeenPage]) -> Iterator[str]:
    r"""The ends of paragraphs of a source that are on no page: what is set in a box may be forgotten there.

    >>> page = SeenPage(texts=["Note", "the", "end"])
    >>> list(list_lost(r"{\raggedright\noindent $x$ is the very end\par}{\raggedright\noindent \textbf{Note} the end\par}", [page]))
    ['is the very end']
    """
    shown = re.sub(r"\\(\d{3}|.)", _read_escape, "".join(text for page in pages for text in page.texts))
    for words in _PARAGRAPH_END.findall(source):
        if not re.search(re.sub(r"(\\?\s)+", "", _LIGATURE.sub(".", re.escape(words))), shown):
            yield words.strip()


def _read_escape(found: re.Match[str]) -> str:
    """A character as a PDF writes it behind a backslash."""
    return chr(int(found[1], 8)) if found[1].isdigit() else found[1]


def write_exercise(ident: str, notation: str, language: str | None = None) -> str:
    """An exercise's article in a notation."""
    from tutor.results.solution import solve

    return solve(ident, notation_name=notation, words=language).to_latex()


def list_pairs_of(idents: Sequence[str], notations: Sequence[str], turn: int = 0) -> list[tuple[str, str]]:
    """Each exercise with one notation, each notation with many exercises; another ``turn`` pairs them otherwise."""
    return [(ident, notations[(place + turn) % len(notations)]) for place, ident in enumerate(idents)]


def make_contact_sheets(pdf: Path, names: Sequence[str], folder: Path, columns: int = 3, rows: int = 2) -> list[Path]:
    """Pictures of all pages, several on each, below the names of their documents."""
    from PIL import Image, ImageDraw

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(["pdftoppm", "-r", "64", "-png", str(pdf), f"{scratch}/p"], check=True)
        images = [Image.open(path).convert("RGB") for path in sorted(Path(scratch).glob("p*.png"))]
        wide, high = images[0].size
        made = []
        for start in range(0, len(images), columns * rows):
            sheet = Image.new("RGB", (columns * (wide + 4), rows * (high + 16)), "grey")
            for place, image in enumerate(images[start : start + columns * rows]):
                at = place % columns * (wide + 4), place // columns * (high + 16)
                sheet.paste(image, (at[0], at[1] + 12))
                ImageDraw.Draw(sheet).text((at[0] + 4, at[1]), names[start + place], fill="white")
            made.append(folder / f"{start // (columns * rows):02}.png")
            sheet.save(made[-1])
    return made


def main() -> None:
    from tutor.exercise.catalogue import ids
    from tutor.notation.profile import profile_names

    parser = argparse.ArgumentParser(description="Compile every exercise in every notation, and say what is wrong with the pages.")
    parser.add_argument("--pictures", type=Path, help="a folder for contact sheets")
    parser.add_argument("--only", default="", help="exercises whose id has this in it")
    parser.add_argument("--turns", type=int, nargs="*", help="rotations of the notations (default: all)")
    parser.add_argument("--lang", default=None)
    asked = parser.parse_args()
    idents = [ident for ident in ids() if asked.only in ident]
    notations = profile_names()
    faults = []
    for turn in asked.turns if asked.turns is not None else range(len(notations)):
        pairs = list_pairs_of(idents, notations, turn)
        sources = {f"{ident} {notation}": write_exercise(ident, notation, asked.lang) for ident, notation in pairs}
        with tempfile.TemporaryDirectory(prefix=f"turn{turn}-") as scratch:
            seen = compile_documents(sources, Path(scratch))
            faults += [fault for doc in seen for fault in doc.list_faults()]
            if asked.pictures:
                names = [f"{doc.name} {number + 1}/{len(doc.pages)}" for doc in seen for number in range(len(doc.pages))]
                for path in make_contact_sheets(Path(scratch) / "page.pdf", names, asked.pictures / f"turn{turn}"):
                    print(path)
    print(*faults, sep="\n")
    print(f"{len(faults)} faults")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
