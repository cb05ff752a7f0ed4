"""The slips of the lectures: each is found by computing, not by being declared.  This table is the specification."""

import re
from dataclasses import replace

import pytest
from chosen_exercises import list_lectured, load_once

from tutor.cli import main
from tutor.exercise.catalogue import locate
from tutor.exercise.load import load
from tutor.solving.check_claims import check

SLIPS = [  # the slip, exercise, claim, what is printed, what it should be
    ("dl: ∂σ/∂z tests x > 0 for z > 0", "dl/relu-regression", "dsigma/dz", "if_positive(x, 1, 0)",
     "if_positive(z, 1, 0)"),
    ("qmul: w_jv and w_vj for the same weights", "qmul/network-deltas", "z2_1", "w2_1_1*a1_1 + w2_1_2*a1_2 + b2_1",
     "w2_1_1*a1_1 + w2_2_1*a1_2 + b2_1"),
    ("qmul: the matrix form with σ(z) for σ'(z)", "qmul/network-deltas", "dL/dz1_1",
     "(w2_1_1*(dL/dz2_1) + w2_1_2*(dL/dz2_2))*sigmoid(z1_1)", "(w2_1_1*(dL/dz2_1) + w2_1_2*(dL/dz2_2))*sigmoid'(z1_1)"),
    ("qmul: the same with whole layers", "qmul/network-deltas-layers", "dE/dz1",
     "(W2 dE/dz2) ⊙ sigmoid(z1)", "(W2 dE/dz2) ⊙ sigmoid'(z1)"),
    ("qmul: the convolution of a line is a correlation", "qmul/convolution-line", "z", "correlate(x, k)", "convolve(x, k)"),
    ("qmul: the convolution is a correlation", "qmul/convolution-or-correlation", "c_1", "x_1*y_0 + x_2*y_1",
     "x_0*y_1 + x_1*y_0"),
    ("qmul: the same where nothing is shifted", "qmul/convolution-or-correlation", "c_0", "x_0*y_0 + x_1*y_1", "x_0*y_0"),
    ("qmul: the same in two dimensions", "qmul/convolution-or-correlation", "d_11", "u_11*v_00",
     "u_00*v_11 + u_01*v_10 + u_10*v_01 + u_11*v_00"),
    ("qmul: x^L for x^(L-2) in the extracted text", "qmul/two-linear-layers", "dE/dw_Lm1", "2*(x_L - y)*w_L*x_L",
     "2*(x_L - y)*w_L*x_Lm2"),
    ("graz: ∂ℓ/∂y for ∂ℓ/∂ŷ", "graz/two-two-one", "dell/dyhat", "dell/dy", "dell/dyhat"),
    ("cmu: θ ← θ + η ∂ℒ/∂θ climbs", "cmu/three-layer-chain", "w_3 after 1", "w_3 + eta*dL/dw_3", "w_3 - eta*dL/dw_3"),
    ("cmu: η in ∂ℒ/∂f₃", "cmu/three-layer-chain", "dL/df_3", "-eta*(y - f_3)", "-(y - f_3)"),
    ("cmu: η in ∂ℒ/∂w₃", "cmu/three-layer-chain", "dL/dw_3", "-eta*(y - f_3)*f_3*(1 - f_3)*f_2",
     "-(y - f_3)*f_3*(1 - f_3)*f_2"),
    ("cmu: the loss without its square", "cmu/second-smallest", "L", "1/2*(y - yhat)", "1/2*(y - yhat)^2"),
]  # fmt: skip
UNKNOWN = [  # a quantity that does not exist: the slip, exercise, claim, what is said; the corrected claim and formula
    ("cmu: ∂a₁/∂b for b₁", "cmu/three-layer-chain", "∂L/∂b", "no quantity b", "dL/db_1",
     "(dL/df_3)*(df_3/da_3)*(da_3/df_2)*(df_2/da_2)*(da_2/df_1)*(df_1/da_1)*(da_1/db_1)"),
]  # fmt: skip


def claims_of(ident, text, printed=None):
    return [c for c in load(ident).claims if c.text == text and (c.printed == printed if printed else c.erratum)]


def block(ident, printed):
    """A file without its translations, and the one claim in it that prints a formula."""
    text = locate(ident)[1].read_text("utf-8").partition("\n[de]\n")[0] + "\n"
    found = [
        part for part in re.split(r"(?=\[\[claim\]\])", text) if f'printed = "{printed}"' in part and "erratum" in part
    ]
    assert len(found) == 1
    return text, found[0]


def status(tmp_path, text, capsys):
    (tmp_path / "lecture.toml").write_text(text, "utf-8")
    with pytest.raises(SystemExit) as end:
        main(["check", str(tmp_path / "lecture.toml")])
    return int(end.value.code or 0), "".join(capsys.readouterr())


def undeclared(part):
    return re.sub(r'^erratum = ".*"\n', "", part, flags=re.MULTILINE)


@pytest.mark.parametrize(("slip", "ident", "text", "printed", "right"), SLIPS, ids=[row[0] for row in SLIPS])
def test_a_slip_is_found(slip, ident, text, printed, right, tmp_path, capsys):
    (claim,) = claims_of(ident, text, printed)
    assert claim.erratum
    exercise = load(ident)
    for declared in (claim.erratum, None):  # the note changes nothing about what is computed
        (verdict,) = check(replace(exercise, claims=(replace(claim, erratum=declared),)))
        assert verdict.agreement == "differs"
        assert verdict.ok is (declared is not None)
        assert verdict.derived is not None

    whole, part = block(ident, printed)
    code, _ = status(tmp_path, whole, capsys)
    assert code == 0
    code, said = status(tmp_path, whole.replace(part, undeclared(part)), capsys)
    assert code == 1, said
    assert "differs" in said
    corrected = undeclared(part).replace(f'printed = "{printed}"', f'printed = "{right}"')
    code, said = status(tmp_path, whole.replace(part, corrected), capsys)
    assert code == 0, said


@pytest.mark.parametrize(("slip", "ident", "text", "said", "claim", "right"), UNKNOWN, ids=[row[0] for row in UNKNOWN])
def test_a_slip_about_nothing_is_found(slip, ident, text, said, claim, right, tmp_path, capsys):
    (wrong,) = claims_of(ident, text)
    (verdict,) = check(replace(load(ident), claims=(wrong,)))
    assert (verdict.agreement, verdict.value) == ("differs", said)

    whole, part = block(ident, wrong.printed)
    code, answer = status(tmp_path, whole.replace(part, undeclared(part)), capsys)
    assert code == 2  # without the note it is no figure that is wrong, but a claim that nobody can compute
    assert "no quantity" in answer
    corrected = undeclared(part).replace(text, claim).replace(wrong.printed, right)
    code, answer = status(tmp_path, whole.replace(part, corrected), capsys)
    assert code == 0, answer


def test_the_table_names_what_the_exercises_declare():
    declared = {(ident, c.text, c.printed) for ident in list_lectured() for c in load_once(ident).claims if c.erratum is not None}
    listed = {(ident, text, printed) for _, ident, text, printed, _ in SLIPS}
    listed |= {(ident, text, claims_of(ident, text)[0].printed) for _, ident, text, *_ in UNKNOWN}
    assert listed <= declared
