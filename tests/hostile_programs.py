"""Programs that want something else than to be read, each with a word of what they are told."""

HOSTILE = {  # name: the program, a part of the refusal
    "deep brackets": ("z = " + "(" * 90_000 + "x" + ")" * 90_000, "names and signs"),
    "many brackets, one after the other": ("z = " + "(" * 150 + "x" + ")" * 150 + "[0" * 150, "no Python|nested"),
    "signs in front": ("def f(x):\n    return " + "-" * 5_000 + "x", "nested"),
    "a chain of points": ("def f(x):\n    return x" + ".T" * 3_000, "nested"),
    "a long sum": ("def f(x):\n    return " + "+".join(["x"] * 3_000), "nested"),
    "a huge file": ("x = 1\n" * 100_000, "over the limit"),
    "a null byte": ("def f(x):\n    return x\x00", "no Python"),
    "no Python": ("def f(x:\n    return", "no Python"),
    "a long number": ("def f(x):\n    return x * 9" + "9" * 4_000, "over the limit|no Python"),
    "no shapes": ("def f(X, W):\n    return X @ W", "nothing says the shape of X, W"),
    "exec": ("def f(x):\n    return exec('x')", "nothing defines exec"),
    "an import that is called": ("def f(x):\n    return __import__('os').system('true')", "nothing defines"),
    "another library": ("import os\ndef f(x):\n    return os.system('true')", "os.system"),
    "the attributes of everything": ("def f(x):\n    return x.__class__.__bases__[0].__subclasses__()", "not read|belongs|no function"),
    "a decorator": ("import m\n@m.change\ndef f(x):\n    return x * x", "decorator"),
    "a metaclass": ("class f(metaclass=type):\n    def forward(self, x):\n        return x * x", "metaclass"),
    "an import of everything": ("from numpy import *\ndef f(x):\n    return exp(x)", "nothing defines exp|everything"),
    "recursion": ("def f(x):\n    return f(x) + 1", "call each other"),
    "a class of itself": ("class f:\n    def __init__(self):\n        self.a = f()\n    def forward(self, x):\n        return x * self.a",
                          "call each other|an object"),
    "forever": ("def f(x):\n    while True:\n        x = x * x\n    return x", "while"),
    "a loop of a billion": ("def f(x):\n    for i in range(10**9):\n        x = x * i\n    return x", "rounds"),
    "loops in loops": ("def f(x):\n" + "".join(f"{'    ' * (d + 1)}for i{d} in range(200):\n" for d in range(4)) + "    " * 5
                       + "y = 1\n    return x * y", "takes more than|steps"),
    "doubled again and again": ("def f(x):\n    a = [x]\n" + "    a = a + a\n" * 40 + "    return sum(a)", "a list of more"),
    "a long line of Greek letters": ("def f(x):\n    return [" + "\u03bc," * 80_000 + "]", "names and signs"),
    "fields of texts": ("a = f'" + "{x}" * 40_000 + "'", "names and signs"),
    "a function made again and again": ("def f(x):\n    for i in range(200):\n        def g(x):\n" + "            y = x\n" * 4_000
                                        + "    return x * x", "takes more than"),
    "a statement passed over again and again": ("def f(x):\n    for i in range(200):\n        try:\n" + "            y = x\n" * 2_000
                                                + "        except E: pass\n    return x * x", "takes more than"),
    "classes of classes": ("class B0: pass\nclass C0: pass\n"
                           + "".join(f"class B{i}(B{i - 1}, C{i - 1}): pass\nclass C{i}(B{i - 1}, C{i - 1}): pass\n" for i in range(1, 40))
                           + "class f(B39): pass", "comes from too many"),
    "a product that grows in helpers": ("def a0(x): return x * 2\ndef f(x): return a14(x)\n"
                                        + "".join(f"def a{i}(x): return a{i - 1}(a{i - 1}(x))\n" for i in range(1, 15)), "takes more than"),
    "a tower": ("def f(x):\n    return x * 9**9**9**9", "over the limit|not read|belongs|nested|number"),
    "a text of a billion": ("def f(x):\n    return x * ('a' * 10**9)", "belongs"),
    "a letter that looks like another": ("def f(x):\n    return \u0445 * 2", "looks like"),
    "a letter in italics": ("def f(x):\n    return \U0001d465 * 2", "looks like"),
    "a generator": ("def f(x):\n    yield x", "yields"),
    "a name that is shadowed": ("import numpy as np\ndef f(x):\n    np = 3\n    return np.exp(x)", "arguments"),
    "a function that is no function": ("f = 3", "no function f"),
    "a return outside of a function": ("return 3\nbreak", "no function f"),
    "a break outside of a loop": ("def f(x):\n    break\n    return x", "no number and no array"),
    "nothing": ("", "no function f"),
    "try": ("def f(x):\n    try:\n        y = x * x\n    except Exception:\n        y = x\n    return y", "try"),
    "an escape for the terminal": ("def f(x):\n    return '\x1b[2J' @ x", "belongs"),
    "labels from a mask": ("def f(x):\n    return x[x > 0].sum()", "mask"),
    "a condition on numbers": ("def f(x):\n    if x > 0:\n        return x * x\n    return x", "not known while"),
    "a comprehension of a billion": ("def f(x):\n    return x * sum([i for i in range(10**9)])", "rounds"),
    "a shift of a billion": ("def f(x):\n    return x * (1 << 10**9)", "the sign <<"),
    "a power of whole numbers": ("def f(x):\n    return x * 7**9999999", "over the limit"),
    "a text formatted to a billion": ("def f(x):\n    return x * len('%1000000000d' % 1)", "belongs"),
    "decorators": ("import m\n" + "@m.a\n" * 4_900 + "def f(x):\n    return x", "names and signs"),
    "an einsum of many letters": ("import numpy as np\ndef f(x):\n    return np.einsum('" + "i" * 50_000 + "->', x)", "letters of einsum"),
    "a chain of choices": ("def f(x):\n" + "".join(f"    {'el' if i else ''}if x > {i}:\n        y = x\n" for i in range(900))
                           + "    return y", "nested deeper"),
    "match": ("def f(x):\n    match x:\n        case 1:\n            y = x\n    return y", "match is not read"),
    "a reshape to a million axes": ("import numpy as np\ndef f(x):\n    return x.reshape((1,)*10**6)", "belongs"),
    "an array of a billion": ("import numpy as np\ndef f(x):\n    return x * np.ones((10**6, 10**6)).sum()", "makes an array"),
    "without gradients": ("import torch\ndef f(x):\n    with torch.no_grad():\n        y = x * x\n    return y", "given, and not computed"),
}  # fmt: skip

FORWARD = "def f_forward(x, w):\n    return x * w, (x, w)\n"
START = f"import numpy as np\n{FORWARD}def f_backward(dout, cache):\n    x, w = cache\n"
END = "    return dout * w, dout * x\n"


def write_backward(*lines):
    """A backward pass with these lines in the middle."""
    return START + "".join(f"    {line}\n" for line in lines) + END


HOSTILE_CODE = {  # name: the program of `tutor code`, a part of what is told: as a refusal, a reason, or of a line that was not read
    "brackets, too many": (START + "    return " + "(" * 90_000 + "x" + ")" * 90_000, "names and signs"),
    "a chain of brackets": (START + "    return x" + "[0]" * 60_000, "names and signs"),
    "a million lines": (START + "    x = x\n" * 1_000_000, "over the limit"),
    "a long sum": (START + "    return " + "+".join(["x"] * 30_000), "names and signs"),
    "a null byte": (START + "    return x\0", "no Python"),
    "exec": (write_backward("dout = exec('dout')"), "exec is not read"),
    "eval": (write_backward("dout = eval('dout')"), "eval is not read"),
    "an import that is called": (write_backward("dout = __import__('os').system('true')"), "__import__"),
    "an import inside": (write_backward("import os", "dout = os.system('true')"), "os.system"),
    "open": (write_backward("dout = open('/tmp/x', 'w')"), "open is not read"),
    "the attributes of everything": (write_backward("dout = dout.__class__.__bases__[0].__subclasses__()"), "__"),
    "a pickle": (write_backward("dout = np.load('x.npy', allow_pickle=True)"), "numpy.load"),
    "a decorator": (START.replace("def f_b", "@m.change\ndef f_b") + END, "decorator"),
    "a metaclass": ("class f(metaclass=M):\n    def forward(self, x):\n        self.x = x\n        return x * x\n"
                    "    def backward(self, dout):\n        return 2 * dout * self.x\n", "metaclass"),
    "a generator": (FORWARD + "def f_backward(dout, cache):\n    yield dout\n", "yields"),
    "recursion": (FORWARD + "def f_backward(dout, cache):\n    return f_backward(dout, cache)\n", "call each other"),
    "a function of itself": (write_backward("g = lambda h: h(h)", "dout = g(g)"), "call each other"),
    "forever": (write_backward("while True:", "    dout = dout + 0"), "too many steps"),
    "forever, idle": (write_backward("while 1:", "    pass"), "too many steps"),
    "a loop of a billion": (write_backward("for i in range(10**9):", "    dout = dout * w"), "rounds"),
    "a list of a billion": (write_backward("dout = sum([a for a in range(10**5) for b in range(10**5)]) * dout"), "rounds"),
    "doubled again and again": (write_backward("a = [dout]", *["a = a + a"] * 60, "dout = a[0]"), "a list of more"),
    "lists in lists": (write_backward("a = [0]", *["a = [a, a]"] * 60, "dout = dout * np.array(a).sum()"), "nested deeper"),
    "a text of lists in lists": (write_backward("a = [0]", *["a = [a, a]"] * 30, "dout = dout * len(str(a))"), "nested deeper"),
    "a text of a billion": (write_backward("dout = dout * len('a' * 10**10)"), "more than"),
    "a tower": (write_backward("dout = dout * 9**9**9**9"), "too large"),
    "a shift": (write_backward("dout = dout * (1 << 10**10)"), "this sign is not read"),
    "a long number": (write_backward("dout = dout * 9" + "9" * 4_000), "too large|no Python"),
    "a huge array": (write_backward("dout = dout * np.zeros((10**6, 10**6)).sum()"), "200,000 entries"),
    "a huge outer product": (write_backward("y = np.arange(10**5)", "dout = dout * (y[:, None] * y).sum()"), "200,000 entries"),
    "a huge sum of indices": (write_backward("a = np.ones(3000)", "dout = dout * np.einsum('i,j,k->', a, a, a)"), "more than|steps"),
    "tiles": (write_backward("dout = dout * np.tile(dout, (10**5, 10**5)).sum()"), "200,000 entries"),
    "a letter that looks like another": (START + "    \u0445 = 2 * dout\n" + END, "looks like"),
    "a function whose name looks like another": (FORWARD + "def f_b\u0430ckward(dout, cache):\n    x, w = cache\n    return dout * w\n",
                                                 "looks like"),
    "an argument that looks like another": (write_backward("a = np.sum(x, \u0430xis=0)"), "looks like"),
    "an attribute that looks like another": (write_backward("a = np.\u0435xp(x)"), "looks like"),
    "a letter in italics": (START + "    \U0001d465 = 2 * dout\n" + END, "looks like"),
    "lists repeated in lists": (write_backward("a = [[0] * 10**5] * 10**5", "dout = dout * len(a)"), "a list of more"),
    "a repeated tuple": (write_backward("a = (0,) * 10**9", "dout = dout * len(a)"), "a list of more"),
    "whole numbers that square": (write_backward("a = 7", *["a = a * a"] * 40, "dout = dout * a"), "too large"),
    "decorators": (START.replace("def f_b", "@m.a\n" * 4_000 + "def f_b") + END, "names and signs"),
    "a chain of points": (write_backward("dout = dout" + ".T" * 3_000), "nested"),
    "sorted again and again": (write_backward("a = list(range(5000))", "for i in range(4000):", "    b = sorted(a)"), "too many steps"),
    "nested loops": (write_backward("for i in range(5000):", "    for j in range(5000):", "        dout = dout + 0"), "too many steps"),
    "lambdas in lambdas": (write_backward("g = " + "lambda a: " * 80 + "a", "dout = g(dout)"), "nested"),
    "recursion by two": (FORWARD + "def g(a):\n    return g(a) + g(a)\ndef f_backward(dout, cache):\n    return g(dout)\n",
                         "call each other"),
    "products of matrices in a loop": (write_backward("a = np.ones((400, 400))", "for i in range(4000):", "    a = a @ a"),
                                       "too many steps"),
    "sums of lists in a loop": (write_backward("a = list(range(5000))", "for i in range(4000):", "    b = sum(a)"), "too many steps"),
    "helpers of helpers": (FORWARD + "def a0(x): return x * 2\n"
                           + "".join(f"def a{i}(x): return a{i - 1}(a{i - 1}(x))\n" for i in range(1, 40))
                           + "def f_backward(dout, cache):\n    x, w = cache\n    return a39(dout) * w, dout * x\n", "call each other"),
    "comprehensions in comprehensions": (
        write_backward("a = [[[[0 for d in range(99)] for c in range(99)] for b in range(99)] for a in range(99)]", "dout = dout * len(a)"),
        "too many steps"),
    "a comprehension of many loops": (write_backward("a = [i for i in range(90) for j in range(90) for k in range(90) for l in range(90)]",
                                                     "dout = dout * len(a)"), "too many steps"),
    "powers in a loop": (write_backward("a = 3", "for i in range(5000):", "    a = a ** 3", "dout = dout * a"), "too large"),
    "a power by its name": (write_backward("dout = dout * pow(3, 10**12)"), "too large"),
    "tuples that double": (write_backward("a = (dout,)", *["a = (*a, *a)"] * 60, "dout = a[0]"), "a list of more"),
    "dictionaries that double": (write_backward("a = {0: dout}", *["a = {**a, 'x': a}"] * 60, "dout = a[0]"), "nested deeper"),
    "a width in a text": (write_backward("dout = dout * len(f'{1:>1000000000}')"), "this way to write a number"),
    "a width that is given": (write_backward("n = 10**9", "dout = dout * len(f'{1:>{n}}')"), "this way to write a number"),
    "recursion by helpers": (FORWARD + "def g(a, n):\n    return h(a, n - 1) + h(a, n - 1)\n"
                             "def h(a, n):\n    return g(a, n - 1) + g(a, n - 1)\n"
                             "def f_backward(dout, cache):\n    return g(dout, 99)\n", "call each other"),
    "an einsum of many letters": (write_backward("dout = np.einsum('abcdefghijklmnopqrstuvwxyz->', np.ones((2,) * 26)) * dout"),
                                  "200,000 entries"),
    "an einsum of many arrays": (
        write_backward("a = np.ones((9, 9))", "dout = dout * np.einsum('ab,cd,ef,gh,ij,kl->acegik', a, a, a, a, a, a).sum()"),
        "more than|steps"),
    "axes that are spread": (write_backward("a = np.arange(300)", "dout = dout * (a[:, None, None] + a[None, :, None] + a).sum()"),
                             "200,000 entries"),
    "a huge slice": (write_backward("dout = dout * dout[0 : 10**18].sum() * len(range(10**18))"), "rounds|too large"),
    "a huge repeat": (write_backward("dout = np.repeat(dout, 10**9).sum() * dout"), "200,000 entries"),
    "an outer of outers": (write_backward("a = np.ones(400)", "a = np.outer(a, a)", "a = np.outer(a, a)", "dout = dout * a.sum()"),
                           "200,000 entries"),
    "a while with a late end": (write_backward("i = 0", "while i < 10**9:", "    i += 1"), "too many steps"),
    "loops in helpers": (FORWARD + "def g(a):\n    for i in range(4000):\n        a = a + 0\n    return a\n"
                         "def h(a):\n    for i in range(4000):\n        a = g(a)\n    return a\n"
                         "def f_backward(dout, cache):\n    x, w = cache\n    return h(dout) * w, dout * x\n",
                         "too many steps"),
    "a map of maps": (write_backward("a = list(map(lambda b: sum(map(lambda c: c, range(5000))), range(5000)))", "dout = dout * a[0]"),
                      "not read|steps|more than"),
    "bytes": (write_backward("dout = dout * len(b'x' * 10**10)"), "complex numbers and bytes"),
    "complex numbers": (write_backward("dout = dout * 1j"), "complex numbers"),
    "complex numbers by a power": (write_backward("dout = dout * (-2.0) ** 0.5"), "complex numbers"),
    "a choice among a billion": (write_backward("a = np.random.choice(10**9, 3)", "dout = dout * a.sum()"), "200,000 entries"),
    "a billion in another order": (write_backward("a = np.random.permutation(10**9)", "dout = dout * a.sum()"), "200,000 entries"),
    "einsums in a loop": (write_backward("a = np.ones((99, 99))", "for i in range(4000):", "    a = np.einsum('ij,jk->ik', a, a)"),
                          "too many steps"),
    "products by a method": (write_backward("a = np.ones((440, 440))", *["a = a.dot(a)"] * 40, "dout = dout * a.sum()"), "too many steps"),
    "arrays that are kept": (write_backward("a = np.ones(200000)", *[f"a{i} = a + {i}" for i in range(900)]), "too many steps"),
    "helpers that call the next one twice": (
        FORWARD + "def a0(x): return x * 1\n" + "".join(f"def a{i}(x): return a{i - 1}(x) + a{i - 1}(x)\n" for i in range(1, 11))
        + "def f_backward(dout, cache):\n    x, w = cache\n    return a10(dout) * w, dout * x\n", "too many steps"),
    "objects that make two of their own": (
        write_backward("class A:", "    def __init__(self):", "        self.a = A()", "        self.b = A()", "dout = dout * A().a"),
        "too many steps|call each other"),
    "a hexadecimal number": (write_backward("dout = dout * 0x" + "f" * 100_000), "too large"),
    "many axes": (write_backward("dout = dout[(None,) * 40]"), "more than 16 axes|too deep"),
    "a text that is doubled": (write_backward("a = 'x'", "for i in range(4000):", "    a += a", "dout = dout * len(a)"), "a list of more"),
    "a text with a wide field": (write_backward("dout = dout * len('{:1000000000}'.format(1))"), "this way to write a number"),
    "refused in a loop": (write_backward("a = 3", "for i in range(5000):", "    a = a << 9", "dout = dout * a"), "this sign"),
    "many functions": ("".join(f"def f{i}_forward(x):\n    return x\ndef f{i}_backward(dout):\n    return dout\n" for i in range(100)),
                       "backward passes"),
}  # fmt: skip

LONG_DOCUMENTATION = {  # name: a docstring on which a pattern without bounds would take minutes
    "spaces": "x " + " " * 90_000 + "(N",
    "names": "x, " * 60_000 + "of shape",
    "shapes": "x: (N, D), " * 12_000,
    "words": "shape (" * 20_000,
}
