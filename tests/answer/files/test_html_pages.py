"""HTML: tables, lists and headings as blocks; nothing in it acts."""

import pytest
from read_files import read

PAGES = [
    "<table><tr><th>question<th>answer<tr><td>q1<td>0.5<tr><td>q2<td>3</table>",
    "<table><tbody><tr><td><b>q1</b></td><td>0.<i>5</i></td></tr><tr><td>q2</td><td>&#51;</td></tr></tbody></table>",
    "<ul><li>q1: 0.5<li>q2 = 3</ul>",
    "<h2>q1</h2><p>0.5</p><h2>q2</h2><p>3</p>",
    "<script>q1: 7</script><!-- q1: 8 --><style>q2: 9</style><p>q1: 0.5<br>q2: 3",
]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", ["a.html", "a.htm"])
def test_a_page(page, name):
    (submission,) = read(name, page).submissions
    assert (submission.answers, submission.unused, submission.failed) == ({"q1": "0.5", "q2": "3"}, (), "")


@pytest.mark.parametrize("page", ["<" * 50_000, "<!--" * 20_000, "<table>" * 20_000, "<a " * 30_000, "</" * 50_000, "<td>&" * 20_000])
@pytest.mark.parametrize("name", ["a.html", "a.md"])
def test_broken_pages_are_read_to_their_end(page, name):
    assert read(name, page + "\nq1: 1").submissions
