"""A data set in a document: what each sample costs, its gradients, and what is made of them."""

from __future__ import annotations

from tutor.explain.document import Block, Code, Heading, Math, Paragraph, Sentence, Table
from tutor.explain.page_writer import write_cells
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.words.wording import Wording
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Name, Partial
from tutor.numbers.data_set import SampleTable
from tutor.numbers.printed import as_printed
from tutor.solving.table_rows import thin_rows

MAX_GRADIENTS = 12
"""So many gradients have a column of their own."""


def sample_table(data: SampleTable, words: Wording, digits: int, *, between: bool = False) -> list[Block]:
    """The section on the data set: one row a sample, and last the mean (or the sum) of all.

    ``between``: there are updates between the samples, so that what they cost at the start is of no use, and only they are shown.
    """
    samples, loss, wording = data.samples, data.loss, words.updates
    gradients = data.parameters[:MAX_GRADIENTS]
    thinned = list(thin_rows(list(enumerate(data.each))))
    header: list[Sentence] = [(wording.HEADS["sample"],), *((Math(Name(name)),) for name in samples.columns)]
    if between:
        shown: list[tuple[Sentence, ...]] = [
            ((str(place + 1),), *((Math(as_printed(value, digits)),) for value in samples.rows[place])) for place, _ in thinned
        ]
        hidden = len(data.each) - len(shown)
        said: Sentence = (wording.SAMPLES_LEFT_OUT.format(count=hidden).strip(),) if hidden else ()
        return [Heading(words.pages.HEADINGS["samples"]), Table(tuple(header), tuple(shown), "r" * len(header), said)]
    header += [(Math(Name(loss)),), *((Math(Partial(loss, name)),) for name in gradients)]
    keys = [loss, *(derivative_key(loss, name) for name in gradients)]
    results = write_cells([[each[key] for key in keys] for each in (*(values for _, values in thinned), data.whole)], digits)
    rows: list[tuple[Sentence, ...]] = []
    for (place, _), cells in zip(thinned, results, strict=False):
        given: list[Sentence] = [(Math(as_printed(value, digits)),) for value in samples.rows[place]]
        rows.append(((str(place + 1),), *given, *cells))
    empty: list[Sentence] = [()] * len(samples.columns)
    rows.append(((wording.HEADS[samples.reduce],), *empty, *results[-1]))
    text = wording.REDUCED[samples.reduce]
    hidden = len(data.each) + 1 - len(rows)
    if hidden:
        text += wording.SAMPLES_LEFT_OUT.format(count=hidden)
    if len(gradients) < len(data.parameters):
        text += wording.GRADIENTS_LEFT_OUT.format(shown=len(gradients), count=len(data.parameters))
    return [Heading(words.pages.HEADINGS["samples"]), Table(tuple(header), tuple(rows), "r" * len(header), (text,))]


def point_to_command(phrase: str, ident: str, method: str = "") -> Paragraph:
    """A sentence that names the command by which an exercise is trained, as it is typed.

    >>> point_to_command("{command} goes on.", "neuron/adam").parts
    (Code(text='tutor train neuron/adam'), ' goes on.')
    """
    return Paragraph(tuple(split_places(phrase, {"command": [Code(f"tutor train {ident}")], "method": [method]})))
