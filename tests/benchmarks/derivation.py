"""Deriving all gradients, beside the peers: run it as ``python tests/benchmarks/derivation.py``.

A fully connected sigmoid network, written out neuron by neuron, and a chain of sigmoids.  Every measurement is a fresh process of the same
interpreter with nothing else loaded, the best of ``REPEATS``.  Two tables: the *whole way* from the written network to its gradients
(building the expression or graph, then deriving), and *deriving alone*, the expression being there.  tutor
derives every gradient *with all paths and factors*; CasADi, symengine and SymPy derive bare gradients of all parameters.
Peers that are not installed are left out by name: pip install casadi symengine.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import textwrap

REPEATS = 5
LIMIT = 90.0
SYSTEMS = {
    "2-2-2": (2, 2, 2),
    "8-16-16-8": (8, 16, 16, 8),
    "64-128-128-10": (64, 128, 128, 10),
    "chain of 1,000": 1_000,
    "chain of 10,000": 10_000,
}

NETWORK = """
def layers(sizes, variable, sigmoid):
    parameters = []
    layer = [variable(f"x{i}") for i in range(sizes[0])]
    for l, size in enumerate(sizes[1:], 1):
        following = []
        for j in range(size):
            z = variable(f"b{l}_{j}")
            parameters.append(z)
            for i, x in enumerate(layer):
                w = variable(f"w{l}_{i}_{j}")
                parameters.append(w)
                z = z + w * x
            following.append(sigmoid(z))
        layer = following
    loss = 0
    for j, out in enumerate(layer):
        loss = loss + (variable(f"t{j}") - out) ** 2 / 2
    return loss, parameters

def chain(length, variable, sigmoid):
    start = variable("x")
    value = start
    for _ in range(length):
        value = sigmoid(value)
    return value, [start]
"""

BUILD = {
    "tutor": """
        from tutor import Network, backpropagate, from_network, gradients_latex, from_steps
        def build():
            if isinstance(system, list):
                return from_network(Network(tuple(system), ("sigmoid",) * (len(system) - 1)))
            return from_steps([f"x{i + 1} = sigmoid(x{i})" for i in range(system)])
    """,
    "casadi": """
        import casadi
        def build():
            make = layers if isinstance(system, list) else chain
            loss, parameters = make(system, casadi.SX.sym, lambda z: 1 / (1 + casadi.exp(-z)))
            return loss, casadi.vertcat(*parameters)
    """,
    "symengine": """
        import symengine
        def build():
            make = layers if isinstance(system, list) else chain
            return make(system, symengine.Symbol, lambda z: 1 / (1 + symengine.exp(-z)))
    """,
    "sympy": """
        import sympy
        def build():
            make = layers if isinstance(system, list) else chain
            return make(system, sympy.Symbol, lambda z: 1 / (1 + sympy.exp(-z)))
    """,
}
PEERS = {
    "tutor": "def derive(graph): return backpropagate(graph)",
    "tutor + LaTeX": "def derive(graph): return gradients_latex(backpropagate(graph))",
    "casadi": "def derive(built): return casadi.gradient(*built)",
    "symengine": "def derive(built): return [built[0].diff(p) for p in built[1]]",
    "sympy": "def derive(built): return [sympy.diff(built[0], p) for p in built[1]]",
}


def measure(peer: str, system: tuple[int, ...] | int) -> tuple[float, float] | str:
    """The best times in seconds, (whole way, deriving alone), or why there are none."""
    module = peer.split()[0]
    if importlib.util.find_spec(module) is None:
        return "not installed"
    program = "\n".join([
        NETWORK,
        "import json, time",
        f"system = json.loads({json.dumps(system)!r})",
        textwrap.dedent(BUILD[module]),
        PEERS[peer],
        "whole, alone = [], []",
        f"for _ in range({REPEATS if module != 'sympy' else 1}):",
        "    start = time.perf_counter()",
        "    built = build()",
        "    middle = time.perf_counter()",
        "    derive(built)",
        "    end = time.perf_counter()",
        "    whole.append(end - start)",
        "    alone.append(end - middle)",
        "print(min(whole), min(alone))",
    ])  # fmt: skip
    try:
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, timeout=LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        return f"over {LIMIT:.0f} s"
    if done.returncode:
        return "crashes"
    whole, alone = done.stdout.split()
    return float(whole), float(alone)


def table(title: str, found: dict[str, dict[str, tuple[float, float] | str]], which: int) -> None:
    """One table: milliseconds, and the ratio to tutor's derivation (above 1: the peer is slower)."""
    print(f"\n{title}\n{'':18}" + "".join(f"{peer:>22}" for peer in PEERS))
    for name, row in found.items():
        own = row["tutor"]
        cells = []
        for value in row.values():
            if isinstance(value, str) or isinstance(own, str):
                cells.append(f"{value if isinstance(value, str) else '':>22}")
            else:
                cells.append(f"{value[which] * 1e3:9.2f} ms x{value[which] / own[which]:7.2f}".rjust(22))
        print(f"{name:18}" + "".join(cells), flush=True)


def main() -> None:
    """Measure all and print both tables."""
    slow: set[str] = set()
    found: dict[str, dict[str, tuple[float, float] | str]] = {}
    for name, system in SYSTEMS.items():
        found[name] = {}
        for peer in PEERS:
            if peer in slow and isinstance(system, tuple):
                found[name][peer] = "not run (too slow)"
                continue
            found[name][peer] = measure(peer, system)
            if str(found[name][peer]).startswith("over"):
                slow.add(peer)
    table("The whole way: from the written network to its gradients", found, 0)
    table("Deriving alone", found, 1)


if __name__ == "__main__":
    main()
