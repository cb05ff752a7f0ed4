"""Operations on arrays with their settings, as the pages show them."""

import pytest

from tutor.expression.named_operations import read_named
from tutor.expression.plain import write_plain

NAMED = {
    ("maxpool", "window"): "max_pool", ("part", "place"): "part", ("part", "one place"): "part",
    ("mat", "sizes"): "unflatten", ("sum", "row"): "row_sums",
    ("row", "one place"): "part_column",
    ("batch", "sizes"): "batch", ("pad", "margins"): "pad_row", ("broadcast", "axes"): "broadcast", ("sum", "axes"): "sum along",
}  # fmt: skip
READ = [
    ("maxpool[2](X)", "max_pool", ["2"]), ("maxpool[3, s=1](X)", "max_pool", ["3", "1"]), ("part[2..3](h)", "part", ["1", "2"]),
    (r"\operatorname{part}_{2\dots 3}\left(h", "part", ["1", "2"]), (r"\operatorname{maxpool} _{2}(X)", "max_pool", ["2"]),
    (r"\operatorname{maxpool}_2(X)", "max_pool", ["2"]), ("mat[2×n](x)", "unflatten", ["2", "n"]),
    ("pad[1, 0](x)", "pad_row", ["1", "0"]), ("broadcast[N×·×3](x)", "broadcast", ["N", "own axis", "3"]),
    (r"\operatorname{broadcast}_{N \times \cdot}(x)", "broadcast", ["N", "own axis"]), ("sum[·×n](X)", "sum along", ["own axis", "n"]),
    (r"\operatorname{mat}_{2 \times 3}(x)", "unflatten", ["2", "3"]), ("sum[row](A)", "row_sums", []),
    (r"\operatorname{sum}_{\text{row}}(A)", "row_sums", []), ("batch[2](B)", "batch", ["2"]),
    ("part[2](h)", "part", ["1", "1"]), (r"\operatorname{row}_{3}(X)", "part_column", ["2", "1"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "func", "settings"), READ, ids=[row[0] for row in READ])
def test_what_is_read(text, func, settings):
    (kind, named), length = read_named(text, 0, len(text), NAMED)
    assert (kind, named.func, [write_plain(part) for part in named.settings]) == ("f", func, settings)
    assert text[length:].lstrip().startswith(("(", "\\left"))


@pytest.mark.parametrize(
    "text",
    ["maxpool(X)", "maxpool[2]", "maxpool[0](X)", "maxpool[row](X)", "part[3..2](h)", "part[0](h)", "other[2](x)", "maxpool[2, q=1](X)"],
)
def test_what_is_none(text):
    assert read_named(text, 0, len(text), NAMED) == (None, 0)
