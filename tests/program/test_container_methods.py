"""Lists, dictionaries and texts of a program do what Python's do."""

import pytest
from small_programs import read_formulas

from tutor.errors import ProgramError

DONE = {  # lines before "return x * k": k
    "k = [3, 4]\nk.append(5)\nk = k[-1]": 5,
    "k = [3]\nk.extend([4, 5])\nk = len(k)": 3,
    "k = [3, 4]\nk.insert(0, 7)\nk = k[0]": 7,
    "k = [3, 4]\nj = k.pop(0)\nk = k[0] + j": 7,
    "k = [3, 4]\nk.reverse()\nk = k[0]": 4,
    "d = {'a': 2}\nk = d.get('a', 1) + d.get('b', 3)": 5,
    "d = {'a': 2}\nd.update({'b': 3})\nk = d['b']": 3,
    "d = {'a': 2}\nk = d.setdefault('c', 6)": 6,
    "d = {'a': 2, 'b': 5}\nk = d.pop('a')\nfor key, value in d.items():\n    k = k + value": 7,
    "d = {'w2': 9}\nk = d['{}{}'.format('W', 2).lower()]": 9,
}


@pytest.mark.parametrize("lines", DONE)
def test_they_do_what_pythons_do(lines):
    body = "".join(f"    {line}\n" for line in lines.split("\n"))
    assert read_formulas(f"def f(x):\n{body}    return x * k\n", x=(2,)) == [f"out = x*{DONE[lines]}"]


def test_what_is_not_read_is_refused_where_it_stands():
    with pytest.raises(ProgramError, match="the method pop is not read") as caught:
        read_formulas("def f(x):\n    k = [1]\n    return x * k.pop(3)\n", x=(2,))
    assert caught.value.where == "f.py:5:16"
