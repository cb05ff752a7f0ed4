"""The command: exit codes as those of ``check``, a page, and JSON."""

import json

import pytest
from programs_made import GIVEN, SHAPES, STEPS, pack_npz, run_backward

from tutor.cli.app import main

TARGET = "; ".join(STEPS)


def run(arguments, capsys):
    with pytest.raises(SystemExit) as left:
        main(["compare", *arguments])
    return left.value.code or 0, capsys.readouterr()


@pytest.mark.slow
def test_the_exit_code_says_whether_all_is_right(tmp_path, capsys):
    (tmp_path / "given.npz").write_bytes(pack_npz(GIVEN))
    shapes = [part for name, shape in SHAPES.items() for part in ("--shape", f"{name}={','.join(shape)}")]
    common = ["--given", str(tmp_path / "given.npz"), *shapes]
    for arrays, code in ((run_backward(), 0), (run_backward(weights=2.0), 1), ({**run_backward(), "foo": GIVEN["b1"]}, 1)):
        (tmp_path / "grads.npz").write_bytes(pack_npz(arrays))
        found, out = run([TARGET, str(tmp_path / "grads.npz"), *common], capsys)
        assert found == code, out.err
    assert "foo: no quantity is called so" in out.out
    found, out = run([TARGET, str(tmp_path / "grads.npz"), *common, "--json"], capsys)
    assert (found, json.loads(out.out)["unused"][0]["name"]) == (1, "foo")
    found, out = run([TARGET, str(tmp_path / "none.npz"), *common], capsys)
    assert (found, "does not exist" in out.err) == (2, True)
