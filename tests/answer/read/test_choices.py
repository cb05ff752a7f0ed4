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
