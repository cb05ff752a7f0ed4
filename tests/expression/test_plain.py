"""parse ∘ plain is the identity on every tree that the parser makes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.expression.nodes import Add, Call, Div, Mul, Name, Neg, Number, Partial, Pow
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.rules.functions import FUNCTIONS

NAMES = ["x", "y", "w5", "out_h1", "beta", "S", "lambda", "L"]
leaves = st.one_of(
    st.sampled_from([Name(name) for name in NAMES]),
    st.sampled_from([Number(text) for text in ("0", "1", "2", "0.10", "0.05", "4.38e-4", "1e5", "12.50")]),
    st.builds(Partial, st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.just(Call("pi", ())),
)


def grown(inner):
    two = st.tuples(inner, inner)
    several = st.one_of(two, st.tuples(inner, inner, inner))
    return st.one_of(
        st.builds(Neg, inner),
        st.builds(Add, several),
        st.builds(Mul, several),
        st.builds(Div, inner, inner),
        st.builds(Pow, inner, st.one_of(st.sampled_from([Number("2"), Neg(Number("1")), Name("x")]), inner)),
        st.builds(lambda arg: Call("sigmoid", (arg,)), inner),
        st.builds(lambda arg: Call("tanh'", (arg,)), inner),
        st.builds(lambda args: Call("max", args), several),
        st.builds(lambda args: Call("softmax_2", args), two),
    )


def constant_exponent(expr):
    """Whether a power has an exponent of numbers only, which may be over the limit of the parser."""
    stack, found = [expr], False
    while stack:
        node = stack.pop()
        match node:
            case Pow(base, exp):
                stack += [base, exp]
                found |= "Name" not in repr(exp) and exp not in (Number("2"), Neg(Number("1")))
            case Add(args) | Mul(args) | Call(_, args):
                stack += args
            case Neg(arg):
                stack.append(arg)
            case Div(num, den):
                stack += [num, den]
    return found


trees = st.recursive(leaves, grown, max_leaves=14).filter(lambda tree: not constant_exponent(tree))


@given(trees)
@settings(max_examples=500)
def test_what_is_written_is_read_back(tree):
    text = write_plain(tree)
    assert text.isascii()
    assert parse(text, names=NAMES, functions=FUNCTIONS) == tree


@given(st.text(alphabet="xyzσ2.5+-*/^()[]|,' e_√½²∂=dL/w", max_size=30))
@settings(max_examples=500)
def test_any_text_is_read_or_refused(text):
    """Nothing but an `ExpressionError`, and what is read can be written and read again."""
    from tutor.errors import ExpressionError

    try:
        tree = parse(text, functions=FUNCTIONS)
    except ExpressionError:
        return
    assert parse(write_plain(tree), functions=FUNCTIONS) == tree
