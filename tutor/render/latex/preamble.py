r"""A course's own LaTeX for the head of a document: macros, fonts, colours, header and footer; whatever could read a file is refused.

TeX has many ways to reach a file or to make a command out of letters (``\input``, ``\csname``, ``\begin{input}``, ``^^5cinput``), so what
may be used is listed here: definitions, mathematics, type and layout, and what a preamble defines itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutor.errors import OutputError, Problems, TutorError
from tutor.text import make_visible

LONGEST = 50_000
"""So many characters are read."""

DEFINING = frozenset("""
    newcommand renewcommand providecommand DeclareMathOperator DeclarePairedDelimiter newenvironment renewenvironment def let
""".split())  # noqa: SIM905
"""What defines a command: its name may be used from then on."""

PACKAGES = frozenset("""
    amsfonts amssymb amsmath mathtools bm bbm dsfont mathrsfs esint nicefrac cancel siunitx stmaryrd xfrac upgreek wasysym
    babel fontenc inputenc microtype csquotes textcomp lmodern libertine libertinus newtxtext newtxmath newpxtext newpxmath mathptmx
    mathpazo helvet courier charter palatino eulervm times tgtermes tgpagella tgheros fourier kpfonts cmbright sansmathfonts
    fancyhdr lastpage geometry xcolor color booktabs enumitem setspace parskip
""".split())  # noqa: SIM905
"""Packages that set type and read no file of yours."""

ENVIRONMENTS = frozenset("""
    matrix pmatrix bmatrix vmatrix Vmatrix smallmatrix array aligned split gathered cases tabular center flushleft flushright
""".split())  # noqa: SIM905

_LAYOUT = """
    usepackage begin end definecolor colorlet color textcolor
    setlength addtolength newlength newcounter setcounter addtocounter value arabic
    roman Roman alph Alph thepage pageref pagestyle thispagestyle fancyhf fancyhead fancyfoot lhead chead rhead lfoot cfoot rfoot geometry
    headrulewidth footrulewidth headheight headsep footskip textwidth textheight linewidth columnwidth paperwidth parindent parskip
    baselineskip baselinestretch arraystretch jot linespread singlespacing onehalfspacing familydefault sfdefault rmdefault ttdefault
    bfdefault selectfont sisetup setlist selectlanguage today relax protect ensuremath text textbf textit textsl textsc textsf texttt
    textrm textup textmd textnormal emph bfseries itshape slshape scshape sffamily ttfamily rmfamily mdseries upshape normalfont tiny
    scriptsize footnotesize small normalsize large Large LARGE huge Huge hfill hfil vfill hspace vspace hskip vskip kern quad qquad
    smallskip medskip bigskip noindent centering raggedright raggedleft par newline hrule vrule rule hrulefill raisebox mbox makebox fbox
    framebox parbox strut phantom hphantom vphantom smash underline ldots dots copyright S P textdegree ss o O aa AA ae AE oe OE l L i j
    c r d b k u v H t and baselineskip xspace mathindent displaystyle textstyle scriptstyle abovedisplayskip belowdisplayskip
"""
_MATHS = """
    mathbf mathrm mathit mathsf mathtt mathcal mathbb mathfrak mathscr mathds mathbbm bm boldsymbol symbf operatorname left right big Big
    bigg Bigg bigl bigr Bigl Bigr middle frac dfrac tfrac cfrac sqrt binom sum prod int iint oint lim limsup liminf max min sup inf arg
    argmax argmin exp log ln lg sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth det dim ker deg gcd hom Pr bmod pmod mod
    hat widehat tilde widetilde bar overline vec overrightarrow dot ddot acute grave breve check mathring overbrace underbrace overset
    underset stackrel substack limits nolimits prime partial nabla infty ell hbar imath jmath Re Im wp aleph emptyset varnothing angle
    triangle square Box Diamond forall exists nexists neg lnot top bot surd cdot cdots vdots ddots ldots times div pm mp ast star circ
    bullet oplus ominus otimes odot oslash wedge vee cap cup setminus sqcap sqcup dagger ddagger amalg diamond lhd rhd leq le geq ge neq ne
    ll gg equiv sim simeq approx cong propto asymp doteq models perp mid nmid parallel nparallel prec succ preceq succeq subset supset
    subseteq supseteq subsetneq in notin ni to gets rightarrow leftarrow leftrightarrow Rightarrow Leftarrow Leftrightarrow mapsto
    longrightarrow longleftarrow Longrightarrow longmapsto iff implies uparrow downarrow Uparrow Downarrow hookrightarrow langle rangle
    lbrace rbrace lbrack rbrack lvert rvert lVert rVert lfloor rfloor lceil rceil vert Vert backslash colon coloneqq eqqcolon mathopen
    mathclose mathbin mathrel mathop mathord mathpunct mathstrut nonumber tag intertext cancel bcancel num unit SI si qty transpose
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi omicron pi varpi rho varrho sigma varsigma
    tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega thinspace medspace thickspace
    negthinspace hdots dotsc dotsb
"""
COMMANDS = frozenset([*_LAYOUT.split(), *_MATHS.split(), *DEFINING])
"""All commands that may be used."""

_REACHING = re.compile(
    r"input|include|openin|openout|close(in|out)|read|write|type(in|out)|file|lua|catcode|scan(tokens|text)|special|pdf|import|verbatim|listing"
    r"|^(cs|end|if|else|fi|or|use|every|pgf|tikz|use|font)|load|require|package|documentclass|hook|biblio|nameuse|syntax|makeat|expandafter"
    r"|after(group|assignment)|immediate|output|image|graphic|library|[gxe]def|active|(lc|uc|sf|math|del)code|char(def)?$|string|number$"
    r"|lowercase|uppercase|toks|jobname|shipout|dump|loop|repeat|batchmode|mode$|index|contents",
    re.IGNORECASE,
)
"""Names of commands that reach beyond the page: they may not be defined either, since a definition may be undone."""
_TOKEN = re.compile(r"%[^\n]*|\\(?P<name>[A-Za-z]+)\*?|\\(?P<mark>.)|(?P<brace>[{}])", re.DOTALL)
_SIGNS = frozenset(",;:!> {}$&#%_|\\-/'`\"^~=.()[]\n")
_DEFINED = re.compile(r"\s*\{?\s*\\(?P<name>[A-Za-z]+)")
_BRACED = re.compile(r"\s*(?:\[(?P<options>[^\[\]]*)\])?\s*\{(?P<inner>[^{}\\]*)\}")
_OPTIONS = re.compile(r"[\w\s,=.:+*/-]*")
HINT = "a preamble has definitions, mathematics, type and layout; for anything else put --to latex --fragment into an article of your own"


def check_preamble(text: str, where: str = "") -> str:
    r"""The preamble as it is, when everything in it may be used; ``where`` is its file.

    Raises `Problems` with all its faults, each with its line.

    >>> check_preamble(r"\newcommand{\R}{\mathbb{R}} \DeclareMathOperator{\tr}{tr}").count("R")
    2
    >>> check_preamble(r"\input{/etc/passwd}")
    Traceback (most recent call last):
    tutor.errors.Problems: 1 fault
    - line 1: a preamble may not use \input
        a preamble has definitions, mathematics, type and layout; for anything else put --to latex --fragment into an article of your own
    """
    faults = [OutputError(f"a preamble of {len(text):,} characters", hint=f"the limit is {LONGEST:,}")] if len(text) > LONGEST else []
    found: list[TutorError] = [*faults, *([] if faults else _list_faults(text))]
    if found:
        raise Problems(found, where=where)
    return text


def _list_faults(text: str) -> Iterator[TutorError]:
    own, environments = set(COMMANDS), set(ENVIRONMENTS)
    opened: list[int] = []
    told: set[str] = set()

    def fault(place: int, what: str) -> Iterator[TutorError]:
        line = text.count("\n", 0, place) + 1
        if what not in told:
            told.add(what)
            yield OutputError(what, where=f"line {line}", hint=HINT if len(told) == 1 else "")

    for place, character in enumerate(text):
        if not (character.isprintable() or character in "\n\t\r"):
            yield from fault(place, f"a preamble may not have the character {make_visible(character)}")
    for match in re.finditer(r"\^\^", text):  # wherever it stands: TeX reads it before it reads commands, and \^^69nput is \input
        yield from fault(match.start(), "a preamble may not use ^^, which writes a character in disguise")
    for match in _TOKEN.finditer(text):
        name, mark = match["name"], match["mark"]
        if match["brace"]:
            if match["brace"] == "{":
                opened.append(match.start())
            elif opened:
                opened.pop()
            else:
                yield from fault(match.start(), "a } that closes nothing")
        elif mark is not None and mark not in _SIGNS:
            yield from fault(match.start(), f"a preamble may not use \\{make_visible(mark)}")
        elif name in DEFINING:
            for one in _find_defined(name, text, match.end(), environments):
                if _REACHING.search(one):
                    yield from fault(match.start(), f"a preamble may not define \\{make_visible(one)}")
                own.add(one)
        elif name is not None and name not in own:
            yield from fault(match.start(), f"a preamble may not use \\{make_visible(name)}")
        elif name in ("begin", "end", "usepackage"):
            known, what = (PACKAGES, "the package") if name == "usepackage" else (environments, "the environment")
            for one in _read_names(text, match.end()):
                if one not in known:
                    yield from fault(match.start(), f"a preamble may not use {what} {make_visible(one)}")
    if opened:
        yield from fault(opened[-1], "a { that is not closed")


def _find_defined(name: str, text: str, place: int, environments: set[str]) -> set[str]:
    """The command that is defined here; the name of an environment is one, and is noted as both."""
    if name.endswith("environment"):
        environments |= set(_read_names(text, place))
        return set(_read_names(text, place))
    found = _DEFINED.match(text, place)
    return {found["name"]} if found else set()


def _read_names(text: str, place: int) -> list[str]:
    """The names in the braces that follow; one that is none stands for what else is there."""
    found = _BRACED.match(text, place)
    if found is None or not _OPTIONS.fullmatch(found["options"] or ""):
        return [text[place : place + 20].strip()]
    return [one.strip() for one in found["inner"].split(",")]
