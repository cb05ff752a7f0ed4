"""A choice is answered by its letter or by an option's text."""

from mark_one import marker, one


def test_choices():
    text = 'title = "t"\nsteps = ["f = x^2"]\n'
    choice = marker(text, 'kind = "choice"\nid = "q"\noptions = ["it converges", "it diverges"]\nright = "b"')
    assert one(choice, "b").verdict == "correct"
    assert one(choice, " (B) ").verdict == "correct"
    assert one(choice, "It diverges.").verdict == "correct"
    assert one(choice, "a").verdict == "wrong"
    assert one(choice, "c").verdict == "unreadable"


def test_a_formula_is_an_option_as_it_is_typed_or_copied():
    text = 'title = "t"\nsteps = ["f = x^2"]\n'
    options = r"""options = ['$w_1 + w_{2}$', '$\frac{1}{2}\cdot x$', '$w_1$']"""
    choice = marker(text, f'kind = "choice"\nid = "q"\n{options}\nright = "a"')
    assert [one(choice, said).verdict for said in ("$w_1 + w_{2}$", "w_1 + w_2", "w₁+w₂", "1/2·x", "w1 w2")] == [
        "correct", "correct", "correct", "wrong", "unreadable"]  # fmt: skip
