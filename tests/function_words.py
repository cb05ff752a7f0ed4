"""The first words of function names: what functions do, what they ask, and the nouns that mathematics and the field have for a result."""

VERBS = frozenset("""
    absorb activate add admit advance advise agree align apply arrange ask assemble assert attempt audit average award begin bend
    bind bisect blank blur bracket break build bundle bury call cancel capital caption carry centre chain change check
    choose chop clear close collapse collect combine compare compile complete compose compute confirm convert count cut
    declare decode deliver derive deviate describe differentiate disclose dispatch display divide draw dress drop dump emit enclose
    enumerate escape evaluate exchange expand expect explain explode export extract fade fail fence fill find finish fit fix
    flatten flip fold follow fulfil fuse gather give go grid group grow guard guess halve harden hash hear hide hint hold
    import interpolate introduce join judge keep kill label leave lex limit list listen load loads locate lock log
    look loosen lower make map mark match measure merge move multiply name narrow negate nest norm note open oppose order
    overflow pack pair parse pause peek pick place plan plot pow practise prepare press preview print propagate propose
    protect prove pull put quit raise rank reach read rebuild recognise record reduce refine refresh refuse refute release
    remark remember rename render repair repeat replace replay report require reserve reshape resolve reuse reverse rewrite round
    route run sample say scale scan score seal see select send serve set settle shape sharpen shorten show shrink shuffle
    silence simplify skip slice solve sort space speak spell spend split spread squeeze stack stand start step stop stretch
    straighten strip style submit substitute subtract suggest sum sync take tell test thin tidy tie train translate
    transpose truncate trim try turn unpack unscale unuse unwrap update use verify view wait walk watch weigh widen wrap write
""".split())  # noqa: SIM905

PREDICATES = frozenset("""
    allows are asks breaks can carries contains depends fits forks has holds is looks may reaches resembles says shows uses
""".split())  # noqa: SIM905

CONVERSIONS = frozenset({"as", "from", "to"})

NOUNS = frozenset("""
    absolute accuracy activation activations affine agreement alike ancestors answer answers argument arguments arithmetic
    arity array arrays artanh ascii assignments atom atoms axes backslash bands bar base batches bends bias bin bits blanks
    block blocks body bounds box calls captions case cases cell cells chains changes chart charts children choice
    choices circle claims class classwork client code codes colour column columns comma command complaint component
    condition conditions cone console constant context contour contours contract convention conventions coordinates cost
    counts course credit credits csv curve decimal decimals definition definitions degrees delimiter dependents
    depth derivation derivative derivatives descent determinant diagram differences digest digits direction
    directions disagreement distance div document dot dots drafts edge edges effort em end ending entries entry entrywise
    environment epsilon equation evaluation examples exercise exercises exp explanation exponent exponentials expr
    expression factor factors facts failure fault faults feedback fields figure figures file float floats form formula
    formulas fraction fragment function functions gap goal gradebook grades gradescope gradient gradients graph groups head
    header heading hessian ident ids index indicator interval iterations job json key keys kin kind kinds labels
    latex layer layers layout leaves lecture legend letter letters level levels limits line lines literal local logistic
    logs loss losses magnitude main many margin markdown marker marking marks maths matrix max maximum mean member
    members method midpoint min misuse module monomial moves mul names naming nbgrader neg negation neighbours network
    neuron newton node noise notation notes number numbers object operand operands operation optimiser options origin
    otter outputs overview owner page pairs paragraph parameter parameters part partial partials parts path pattern patterns
    person persons phrase phrases pi picture piece places plus point points power prefix primitive printer problem product
    products profile program proof proofs pullback pulls quantities quantity question questions quotient random ranks rate
    ratio reader readings reals reason records recursion reference refusal refutation relation relative relu remarks repairs
    reports result results root row rows rst rule runner samples scores scripts seam seams sections self
    sentence setting settings shapes share shares sheet sides sigmoid sigmoids sign signum size sizes slices slip slips slope
    slopes softmax softplus softpluses solution source sources span spellings square stages standalone states steps
    strokes student subject submission subscripts summary sums suspects svg symbol symbolic symbols table tables tabular tag
    tags target targets template templates ten term terms tex text texts ticks tikz tikzpicture timer times title toml total
    totals trace training umask unit units updates usage value values verbatim verdict verdicts version vocabulary way
    weight weights width widths window windows winner words work working worksheet workspace zero
""".split())  # noqa: SIM905
"""Plain constructors and projections: `sum`, `weight`, `symbol_of`; a participle is none of these."""

PARTICIPLES = frozenset("""
    beaten begun bent bound broken built chosen drawn done fitted found given gone held hidden kept known left lost made meant met own
    said seen sent shown shrunk spelt spent spoken taken told torn worn written
""".split())  # noqa: SIM905
"""Irregular ones; all words that end with -ed are taken for such, too."""

FOREIGN = {
    "numbers/plain_arrays.py": "the names that NumPy has, for systems without it",
    "numbers/values.py": "the names of mpmath's and flint's numbers, as protocols",
    "code/written_lines.py": "the names of the methods of Python's visitors of syntax",
    "contracts/python_statements.py": "the names of the methods of Python's visitors of syntax",
    "contracts/python_types.py": "the names of the methods of Python's visitors of syntax",
    "numbers/intervals.py": "the names of flint's balls, for systems without it",
    "pytest_plugin.py": "the names of the hooks of pytest",
}
"""Modules whose functions are called as another library calls them."""
