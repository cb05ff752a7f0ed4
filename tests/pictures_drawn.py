"""Pictures of graphs that tests draw: small networks, chains, dense layers, hostile names, any graph; and what is wrong with a drawing."""

from itertools import combinations

from hypothesis import strategies as st

from tutor.explain.document import Node, Picture
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Pow
from tutor.notation.profile import Notation
from tutor.notation.symbol import Symbol
from tutor.render.picture.layout import Edge, Layout, layout

NOTATION = Notation(functions={"sigmoid": Symbol("\\sigma", "σ")})


SLACK = 1e-6


def weighted_sum(weights: list[str], inputs: list[str], bias: str) -> Expr:
    return Add((*(Mul((Name(w), Name(i))) for w, i in zip(weights, inputs, strict=True)), Name(bias)))


def from_steps(steps: dict[str, tuple[Expr, str]], kinds: dict[str, str]) -> Picture:
    """A picture of steps ``name: (formula, names used)``, with leaves right before their first use."""
    nodes: list[Node] = []
    edges: list[tuple[str, str]] = []
    for name, (expr, used) in steps.items():
        for source in used.split():
            if source not in steps and source not in [node.name for node in nodes]:
                gradient = None if kinds.get(source) == "target" else Number("4.38568e-4")
                nodes.append(Node(source, kinds.get(source, "weight"), None, Number("0.15"), gradient))
            edges.append((source, name))
        nodes.append(Node(name, "value", expr, Number("0.59327"), Number("-0.0226")))
    return Picture(tuple(nodes), tuple(edges), list(steps)[-1])


def error_of(target: str, output: str) -> Expr:
    return Mul((Div(Number("1"), Number("2")), Pow(Add((Name(target), Neg(Name(output)))), Number("2"))))


def two_two_two() -> Picture:
    steps: dict[str, tuple[Expr, str]] = {}
    for layer, inputs, first, bias in (("h", ["i1", "i2"], 1, "b1"), ("o", ["out_h1", "out_h2"], 5, "b2")):
        for unit in (1, 2):
            weights = [f"w{first + 2 * (unit - 1)}", f"w{first + 2 * (unit - 1) + 1}"]
            used = f"{weights[0]} {inputs[0]} {weights[1]} {inputs[1]} {bias}"
            steps[f"in_{layer}{unit}"] = (weighted_sum(weights, inputs, bias), used)
        for unit in (1, 2):
            steps[f"out_{layer}{unit}"] = (Call("sigmoid", (Name(f"in_{layer}{unit}"),)), f"in_{layer}{unit}")
    for unit in (1, 2):
        steps[f"L_o{unit}"] = (error_of(f"target_o{unit}", f"out_o{unit}"), f"target_o{unit} out_o{unit}")
    steps["L"] = (Add((Name("L_o1"), Name("L_o2"))), "L_o1 L_o2")
    kinds = {"i1": "input", "i2": "input", "b1": "bias", "b2": "bias", "target_o1": "target", "target_o2": "target"}
    return from_steps(steps, kinds)


def product() -> Picture:
    steps: dict[str, tuple[Expr, str]] = {
        "q": (Add((Name("x"), Name("y"))), "x y"),
        "f": (Mul((Name("q"), Name("z"))), "q z"),
    }
    return from_steps(steps, dict.fromkeys("xyz", "input"))


def diamond() -> Picture:
    steps: dict[str, tuple[Expr, str]] = {
        "a": (Pow(Name("x"), Number("2")), "x"),
        "b": (Call("exp", (Name("a"),)), "a"),
        "c": (Add((Name("a"), Name("b"))), "a b"),
        "d": (Call("sqrt", (Name("c"),)), "c"),
        "e": (Call("cos", (Name("c"),)), "c"),
        "f": (Add((Name("d"), Name("e"))), "d e"),
    }
    return from_steps(steps, {"x": "input"})


def chain(length: int) -> Picture:
    steps: dict[str, tuple[Expr, str]] = {
        f"a{step}": (Call("tanh", (Name(f"a{step - 1}"),)), f"a{step - 1}") for step in range(1, length)
    }
    nodes = [Node("a0", "input"), *(Node(name, "value", expr) for name, (expr, _) in steps.items())]
    return Picture(tuple(nodes), tuple((used, name) for name, (_, used) in steps.items()), f"a{length - 1}")


def dense(sizes: tuple[int, ...]) -> Picture:
    steps: dict[str, tuple[Expr, str]] = {}
    before = [f"x{unit}" for unit in range(1, sizes[0] + 1)]
    for layer, size in enumerate(sizes[1:], 1):
        for unit in range(1, size + 1):
            weights = [f"w{layer}_{unit}{source}" for source in range(1, len(before) + 1)]
            used = " ".join([*weights, *before, f"b{layer}_{unit}"])
            steps[f"z{layer}_{unit}"] = (weighted_sum(weights, before, f"b{layer}_{unit}"), used)
        for unit in range(1, size + 1):
            steps[f"a{layer}_{unit}"] = (Call("sigmoid", (Name(f"z{layer}_{unit}"),)), f"z{layer}_{unit}")
        before = [f"a{layer}_{unit}" for unit in range(1, size + 1)]
    steps["L"] = (Add(tuple(Name(name) for name in before)), " ".join(before))
    return from_steps(steps, {f"x{unit}": "input" for unit in range(1, sizes[0] + 1)})


def hostile() -> Picture:
    names = ["<script>alert(1)</script>", "\\input{/etc/passwd}", "50% & $x_1^2$ #{~}", "a\"b'c", "]]>"]
    names += ["η\x00\u202eé\n漢", "\x00"]
    nodes = [Node(name, "weight", None, Number("<b>"), Number("\\end")) for name in names]
    formula = Add(tuple(Call("<f>\\g%", (Name(name),)) for name in names))
    last = Node("</svg>%\\", "value", formula, Number("1"), Number("1"))
    return Picture((*nodes, last), tuple((name, last.name) for name in names), last.name)


EXAMPLES = {
    "product": product(),
    "two-two-two": two_two_two(),
    "diamond": diamond(),
    "3-4-2": dense((3, 4, 2)),
    "chain of 40": chain(40),
    "hostile": hostile(),
    "one box": Picture((Node("x", "input", None, Number("1"), Number("1")),), (), "x"),
    "nothing": Picture((), ()),
}


@st.composite
def pictures(draw: st.DrawFn, most: int = 24) -> Picture:
    """Any acyclic graph, with doubled edges, several ends and loose boxes; not always in evaluation order."""
    count = draw(st.integers(1, most))
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda pair: pair[0] < pair[1])
    edges = draw(st.lists(pairs, max_size=3 * count)) if count > 1 else []
    kinds = draw(st.lists(st.sampled_from(["input", "weight", "value", "odd"]), min_size=count, max_size=count))
    numbers = st.none() | st.sampled_from([Number("0.5"), Number("-4.38568e-4"), Div(Number("-8"), Number("3"))])
    nodes = []
    for place in range(count):
        used = [source for source, target in edges if target == place]
        expr = Add(tuple(Name(f"n_{source}") for source in used)) if len(used) > 1 else None
        nodes.append(Node(f"n_{place}", kinds[place], expr, draw(numbers), draw(numbers)))
    order = draw(st.permutations(nodes))
    loss = draw(st.sampled_from(["", f"n_{count - 1}"]))
    return Picture(tuple(order), tuple((f"n_{source}", f"n_{target}") for source, target in edges), loss)


def measured(node: Node) -> tuple[float, float]:
    """Sizes that differ from box to box."""
    place = sum(map(ord, node.name))
    return 60.0 + 17.0 * (place % 5), 30.0 + 11.0 * (place % 3)


def faults(drawn: Layout) -> list[str]:
    """What is wrong with a layout: overlapping boxes, edges through boxes or beside their ends, things outside."""
    found = []
    for one, two in combinations(drawn.boxes, 2):
        apart = one.x + one.w <= two.x or two.x + two.w <= one.x or one.y + one.h <= two.y or two.y + two.h <= one.y
        if not apart:
            found.append(f"{one.node.name} overlaps {two.node.name}")
    at = {box.node.name: box for box in drawn.boxes}
    for edge in drawn.edges:
        source, target = at[edge.source], at[edge.target]
        if drawn.direction == "right":
            ends = ((source.x + source.w, source.y + source.h / 2), (target.x, target.y + target.h / 2))
        else:
            ends = ((source.x + source.w / 2, source.y + source.h), (target.x + target.w / 2, target.y))
        for point, end in zip((edge.points[0], edge.points[-1]), ends, strict=True):
            if max(abs(point[0] - end[0]), abs(point[1] - end[1])) > SLACK:
                found.append(f"{edge.source} → {edge.target} misses its box")
        for x, y in sampled(edge):
            if not (-SLACK <= x <= drawn.width + SLACK and -SLACK <= y <= drawn.height + SLACK):
                found.append(f"{edge.source} → {edge.target} leaves the picture")
            found += [
                f"{edge.source} → {edge.target} crosses {box.node.name}"
                for box in drawn.boxes
                if box.x + SLACK < x < box.x + box.w - SLACK and box.y + SLACK < y < box.y + box.h - SLACK
            ]
    for box in drawn.boxes:
        if min(box.x, box.y) < -SLACK or box.x + box.w > drawn.width + SLACK or box.y + box.h > drawn.height + SLACK:
            found.append(f"{box.node.name} is outside")
    return found


def sampled(edge: Edge) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    for start in range(0, len(edge.points) - 1, 3):
        a, b, c, d = edge.points[start : start + 4]
        for step in range(17):
            t = step / 16
            u = 1 - t
            weights = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
            weighted = list(zip(weights, (a, b, c, d), strict=True))
            points.append((sum(w * p[0] for w, p in weighted), sum(w * p[1] for w, p in weighted)))
    return points


def columns(picture: Picture) -> dict[str, int]:
    drawn = layout(picture, measured)
    starts = sorted({box.x for box in drawn.boxes})
    return {box.node.name: starts.index(box.x) for box in drawn.boxes}
