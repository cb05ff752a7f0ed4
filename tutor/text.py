r"""Text from outside, made harmless: the one place where it is escaped, made visible, guarded, or turned into the name of a file.

Every output has a way of its own to show what does not print (control and direction characters, invisible ones, halves of characters):

=============================== ================================ ==================
where the text goes             function                         ESC, U+202E become
=============================== ================================ ==================
messages, on one line           `make_visible`                        ``\x1b  \u202e``
messages and tables, with lines `make_lines_visible`                  ``\x1b  \u202e``
pages and lists on a terminal   `make_terminal_visible`            ``␛  �``
Markdown                        `escape_markdown`                nothing, ``[U+202E]``
text as it was typed            `show_code_points`            ``[U+001B]  [U+202E]``
words that are set in LaTeX     `tutor.render.latex.words`       nothing, ``[U+202E]``
labels of pictures              `fit_one_line`                   nothing
labels of charts                `blank_invisible`                a space
XML, SVG, HTML                  `escape_xml`                     a space
cells for spreadsheets          `guard_cell`                     ``\x1b  \u202e``
names of files                  `file_name`                      ``_``
=============================== ================================ ==================
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

MAX_CELL = 2_000
"""A cell of a table is cut after so many characters."""
MAX_FILE_NAME = 80

_NO_WIDTH = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_MARKDOWN = re.compile(r"[\\`*_\[\]{}<>|$~#&!]")
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_PLAIN_FILE = re.compile(r"[a-z0-9][a-z0-9._@+-]*")
_HASHED = re.compile(r"-[0-9a-f]{12}\Z")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$)(\.|\Z)")


def make_visible(text: str, limit: int = 60) -> str:
    """A text for a message: what does not print as escapes, also ends of lines; a long one is cut.

    >>> make_visible("a\\x1b[2Jb")
    'a\\\\x1b[2Jb'
    """
    safe = _escape_characters(text[: limit + 1])
    return safe if len(text) <= limit else safe[:limit] + "…"


def make_lines_visible(text: str) -> str:
    """A text of several lines for a message or a table: what does not print as escapes.

    >>> make_lines_visible("a" + chr(27) + "[2J" + chr(10) + "b")
    'a\\\\x1b[2J\\nb'
    """
    return text if text.isascii() and text.isprintable() else _escape_characters(text, "\n")


def make_terminal_visible(text: str) -> str:
    """A text on one line of a terminal page: controls as their signs, what has no width dropped.

    >>> make_terminal_visible("a\\x1b[2Jb\\tc\\u200b")
    'a␛[2Jb c'
    """
    if text.isprintable():
        return text
    return "".join([char if char.isprintable() else _sign(char) for char in text])


def show_code_points(text: str) -> str:
    """A text with the code points of what does not print; every blank a space.

    >>> show_code_points("a\\u202eb\\tc")
    'a[U+202E]b c'
    """
    if text.isprintable():
        return text
    return "".join([c if c.isprintable() else " " if c.isspace() else code_point(c) for c in text])


def code_point(character: str) -> str:
    """What stands for a character that cannot be shown.

    >>> code_point("😀")
    '[U+1F600]'
    """
    return f"[U+{ord(character):04X}]"


def drop_controls(words: str) -> str:
    """Words without control characters; every blank a space, but for those at which no line may end.

    >>> drop_controls("a\\x07b\\nc")
    'ab c'
    """
    if words.isprintable():
        return words
    blanks = "".join(" " if c.isspace() and c != "\u00a0" else c for c in words)
    return "".join(c for c in blanks if unicodedata.category(c) != "Cc")


def fit_one_line(text: str) -> str:
    """A text without control, formatting and private characters, on one line.

    >>> fit_one_line("a\\x00b\\u202ec\\nd")
    'abc d'
    """
    spaced = "".join(" " if mark in "\n\r\t" else mark for mark in text)
    return " ".join("".join(mark for mark in spaced if unicodedata.category(mark)[0] != "C").split())


def blank_invisible(text: str) -> str:
    """A text with a space for whatever does not print.

    >>> blank_invisible("a\\u202eb")
    'a b'
    """
    return text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)


def escape_markdown(words: str) -> str:
    r"""Plain words that no Markdown reader acts on.

    >>> print(escape_markdown("a_b | <script> `x`"))
    a\_b \| \<script\> \`x\`
    """
    shown = show_code_points(drop_controls(words))
    return _MARKDOWN.sub(lambda found: "\\" + found.group(), shown)


def escape_xml(text: str) -> str:
    """Words for XML, SVG and HTML, as text or in an attribute: nothing that is markup, that XML forbids, or that turns the direction.

    >>> escape_xml("<b>" + chr(0x202E) + "&")
    '&lt;b&gt; &amp;'
    """
    known = text if text.isprintable() else "".join(c if c.isprintable() or c == "\u00a0" else " " for c in text)
    import html  # its table of entities costs 3 ms, and few outputs need it

    return html.escape(known)


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would take a cell for a formula, also one that begins with a full-width sign; a plain number is none.

    >>> is_formula("=1+1"), is_formula("＝1+1"), is_formula("-0.5")
    (True, True, False)
    """
    return text.lstrip(" ")[:1] in _FORMULA and not _NUMBER.fullmatch(text)


def guard_cell(text: str) -> str:
    """A cell with text from outside, for a table that people open: no formula, nothing that is obeyed, not endless.

    >>> guard_cell("=1+1"), guard_cell("-0.5"), guard_cell("－x")
    ("'=1+1", '-0.5', "'－x")
    """
    safe = make_lines_visible(text if len(text) <= MAX_CELL else text[:MAX_CELL] + "…")
    return f"'{safe}" if is_formula(text) else safe


def file_name(text: str) -> str:
    """A file name (without suffix) for a text: ASCII, no separators, never reserved, at most 80 characters.

    Two texts never share one, not even where upper and lower case are the same: whatever is not plain already gets a hash of
    the text as it is.

    >>> file_name("anna@uni.example"), file_name("../../etc/passwd")
    ('anna@uni.example', 'etc_passwd-3754d6cb3a38')
    """
    fits = bool(_PLAIN_FILE.fullmatch(text)) and len(text) <= MAX_FILE_NAME and not text.endswith(".")
    if fits and not _HASHED.search(text) and not _RESERVED.match(text):
        return text
    ascii_ = unicodedata.normalize("NFKD", text[:400]).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^A-Za-z0-9._@+-]+", "_", ascii_)[: MAX_FILE_NAME - 13].strip("._-+@ ") or "student"
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{'_' if _RESERVED.match(stem) else ''}{stem[: MAX_FILE_NAME - 14]}-{digest}"


def _escape_characters(text: str, kept: str = "") -> str:
    """The escapes that Python writes for what does not print."""
    if text.isprintable():
        return text
    return "".join([c if c.isprintable() or c in kept else c.encode("unicode_escape").decode() for c in text])


def _sign(char: str) -> str:
    """What a terminal shows in the place of a character that does not print."""
    if char in _NO_WIDTH:
        return ""
    if char in "\t\n\r" or unicodedata.category(char)[0] == "Z":
        return " "
    return chr(0x2400 + ord(char)) if char < " " else "␡" if char == "\x7f" else "�"


def shorten_path(path: str) -> str:
    """The name of a file without its folders, whichever system wrote the path.

    >>> shorten_path("/tmp/week 3/net.py"), shorten_path("net.py:17")
    ('net.py', 'net.py:17')
    """
    return path.replace("\\", "/").rpartition("/")[2] or path
