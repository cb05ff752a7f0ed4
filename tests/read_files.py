"""Files of students as tests make them: a file's text read with some ids, notebooks and their cells."""

import json

from tutor.answer.files.submissions import read_submissions

IDS = ["q1", "q2", "dL/dw5", "w5 after 1"]


def read(name, text, ids=IDS, **options):
    return read_submissions(name, text if isinstance(text, bytes) else text.encode(), ids, **options)


def notebook(*cells, **metadata):
    return json.dumps({"nbformat": 4, "metadata": metadata, "cells": list(cells)})


def code(source, **metadata):
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": [{"text": "q1: 9"}]}


def prose(source, **metadata):
    return {"cell_type": "markdown", "source": source, "metadata": metadata}
