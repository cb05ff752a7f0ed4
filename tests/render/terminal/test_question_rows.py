"""The list of questions for the terminal."""




def test_one_question_of_one_mark(tutor, folder):
    text = 'title = "t"\nsteps = ["f = x*y"]\n[values]\nx = 2\ny = 3\n[[question]]\nask = "f"\nmarks = 1\n'
    (folder / "one.toml").write_text(text)
    code, out, _ = tutor("questions", "one.toml")
    assert code == 0
    assert out.endswith("\n1 question, 1 mark\n")
