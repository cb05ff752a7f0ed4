"""Files of numbers that programs of any language write: .npz and .npy, .safetensors, JSON, CSV.  Arrays by their names; nothing runs.

No pickle is ever loaded: an array of objects, a file of ``torch.save`` or of ``pickle`` is refused in words.  Of every array its size is
known before its bytes are looked at, and the bytes are those of the file: nothing is made larger by what a header says.

=============== =====================================================================================================
.npz, .npy      what ``numpy.savez(file, W1=…)`` and ``numpy.save`` write; of .npy the file's name is the array's
.safetensors    a header in JSON and raw bytes: https://huggingface.co/docs/safetensors/index#format
JSON            ``{"W1": [[1, 2], [3, 4]], "loss": 0.5}``; objects in objects: ``{"fc1": {"weight": …}}`` is fc1.weight
CSV             see `tutor.answer.files.number_tables`
=============== =====================================================================================================
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tutor.answer.files.decode import FileProblem, decode, unpack_member
from tutor.answer.files.structured import Pairs, parse_json
from tutor.answer.handed_in import Unused
from tutor.errors import TutorError, tell
from tutor.numbers.arrays import PLAIN, Floats, np
from tutor.text import make_visible

Precision = Literal["float64", "float32", "float16", "bfloat16", "whole", "decimals"]
"""How exactly numbers are kept; ``decimals`` are those of a text."""

MAX_BYTES = 50_000_000
"""So large may a file be, and so large what is packed in it."""
MAX_ARRAYS = 2_000
MAX_NAME = 200
MAX_AXES = 8
MAX_HEADER = 1_000_000
MAX_DIGITS = 400
MAX_WRITTEN = 500_000
"""So many numbers may be written out in a text."""
SHOWN = 80
SAVE = tell("save the numbers with numpy.savez(file, W1=…), as .safetensors, JSON or CSV")
SMALLER = tell("compare a smaller network, or a part of it")
_PICKLED = tell("a pickle can run programs, so none is ever loaded; save the numbers with numpy.savez(file, W1=…) or as .safetensors")


@dataclass(frozen=True, slots=True)
class NumberArray:
    """An array of a file: its name, its values as doubles, and how exactly they are kept.

    ``half`` is half of what the last place of its decimals is worth, ``share`` the same as a share of each number (for 1.23e-4).
    """

    name: str
    values: Floats
    precision: Precision = "float64"
    half: float = 0.0
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class NumberFile:
    """All that is in a file: its arrays in their order, and what could not be read, with the reason."""

    arrays: tuple[NumberArray, ...]
    unused: tuple[Unused, ...] = ()


def read_number_file(data: bytes, name: str) -> NumberFile:
    """The arrays of a file; which format it has is told by its bytes, and by how its name ends.

    Raises `FileProblem` for a file that is none of these, is broken, or over the limits.

    >>> read_number_file(b'{"W1": [[1, 2.5]]}', "grads.json").arrays[0].values.tolist()
    [[1.0, 2.5]]
    """
    if PLAIN:
        raise FileProblem(tell("comparing arrays needs NumPy"), hint="pip install numpy")
    if len(data) > MAX_BYTES:
        raise FileProblem(tell("a file of more than {limit:,} bytes", limit=MAX_BYTES), hint=SMALLER)
    stem = re.split(r"[/\\]", name)[-1]
    stem, _, ending = stem.rpartition(".") if "." in stem else (stem, "", "")
    _refuse_others(data, ending.lower())
    if ending.lower() in ("npz", "npy") and not data.startswith((b"PK", _NPY)):
        raise FileProblem(tell("this is no .{ending} file, though its name ends so", ending=ending.lower()), hint=SAVE)
    if data.startswith(b"PK"):
        found = _read_npz(data)
    elif data.startswith(_NPY):
        found = NumberFile((_read_npy(data, stem),))
    elif ending.lower() == "safetensors" or _is_safetensors(data):
        found = _read_safetensors(data)
    else:
        found = _read_text(data, stem, ending.lower())
    if not found.arrays and not found.unused:
        raise FileProblem(tell("there is no array in this file"), hint=SAVE)
    return _refuse_twice(found)


def _read_text(data: bytes, stem: str, ending: str) -> NumberFile:
    """The arrays of JSON or of a table."""
    from tutor.answer.files.number_tables import read_number_table

    try:
        if max(data.count(sign) for sign in (b",", b";", b"\t", b"\n")) > 2 * MAX_WRITTEN:
            raise FileProblem(tell("more than {limit:,} numbers in a text", limit=MAX_WRITTEN))
        text, _ = decode(data)
        if ending != "json" and (text.lstrip()[:1] not in ("{", "[") or ending in ("csv", "tsv")):
            return read_number_table(text, stem)
        read = parse_json(text)
    except FileProblem as problem:
        raise FileProblem(problem.what, hint=SAVE) from None
    return read_json_arrays(read, stem)


def _refuse_twice(found: NumberFile) -> NumberFile:
    """A file without the arrays whose name is there more than once: which of them is meant nobody knows."""
    names = [array.name for array in found.arrays]
    twice = {name for name, count in Counter(names).items() if count > 1}
    if not twice:
        return found
    told = tuple(Unused(name, "", tell("this name is there more than once")) for name in dict.fromkeys(names) if name in twice)
    return NumberFile(tuple(array for array in found.arrays if array.name not in twice), (*found.unused, *told))


_OTHERS: tuple[tuple[bytes, tuple[str, ...], str], ...] = (
    (b"\x89HDF", ("h5", "hdf5"), "HDF5"), (b"MATLAB", ("mat",), "MATLAB"), (b"\x1f\x8b", ("gz",), "gzip"),
    (b"ARROW1", ("feather",), "Arrow"), (b"PAR1", ("parquet",), "Parquet"),
)  # fmt: skip


def _refuse_others(data: bytes, ending: str) -> None:
    """Files of other formats, each in words."""
    if not data.strip():
        raise FileProblem(tell("the file is empty"), hint=SAVE)
    if re.match(rb"\x80[\x02-\x05]", data) or ending in ("pkl", "pickle"):
        raise FileProblem(tell("this is a pickle"), hint=_PICKLED)
    for start, ends, what in _OTHERS:
        if data.startswith(start) or ending in ends:
            raise FileProblem(tell("this is a file of {format}", format=what), hint=SAVE)


# npz and npy

_NPY = b"\x93NUMPY"
_MEMBER = b"PK\x01\x02"
"""What each entry of an archive's list of members begins with."""
_DESCR = re.compile(r"'descr':\s{0,9}'(?P<descr>[<>|=]?[A-Za-z?][0-9]{0,3})'")
_ORDER = re.compile(r"'fortran_order':\s{0,9}(?P<order>True|False)")
_SHAPE = re.compile(r"'shape':\s{0,9}\((?P<shape>[0-9, L]{0,200})\)")
_KINDS = {"f2": "float16", "f4": "float32", "f8": "float64"}


def _read_npz(data: bytes) -> NumberFile:
    if data.count(_MEMBER) > MAX_ARRAYS:  # before the list of them is read
        raise FileProblem(
            tell("more than {limit:,} arrays in one file", limit=MAX_ARRAYS),
            hint=tell("compare fewer arrays at a time"),
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read_members(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zipfile.LargeZipFile) as error:
        if isinstance(error, TutorError):
            raise
        raise FileProblem(tell("the .npz file is broken"), hint=SAVE) from None


def _read_members(archive: zipfile.ZipFile) -> NumberFile:
    members = archive.infolist()
    names = [member.filename for member in members]
    if any(name.rpartition("/")[2] in ("data.pkl", "constants.pkl") for name in names):
        raise FileProblem(tell("this is a file of torch.save, which holds a pickle"), hint=_PICKLED)
    if not any(name.endswith(".npy") for name in names):
        raise FileProblem(tell("this is an archive without arrays"), hint=SAVE)
    if sum(member.file_size for member in members) > MAX_BYTES:
        raise FileProblem(tell("unpacked, the file has more than {limit:,} bytes", limit=MAX_BYTES), hint=SMALLER)
    arrays: list[NumberArray] = []
    unused: list[Unused] = []
    for member in members:
        name = member.filename.removesuffix(".npy")
        if not member.filename.endswith(".npy"):
            unused.append(Unused(_show(name), "", tell("this is no array")))
            continue
        try:
            arrays.append(_read_npy(_require_whole(unpack_member(archive, member)), name))
        except FileProblem as problem:
            unused.append(Unused(_show(name), "", problem.what))
    return NumberFile(tuple(arrays), tuple(unused))


def _require_whole(data: bytes | None) -> bytes:
    if data is None:
        raise FileProblem(tell("the .npz file is broken"), hint=SAVE)
    return data


def _read_npy(data: bytes, name: str) -> NumberArray:
    """One array as `numpy.save` writes it: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

    The header is read by patterns, not as Python.  Raises `FileProblem`.
    """
    if not data.startswith(_NPY) or len(data) < 10:
        raise FileProblem(tell("this is no array"), hint=SAVE)
    wide = 2 if data[6] == 1 else 4
    start = 8 + wide
    length = int.from_bytes(data[8:start], "little")
    header = data[start : start + length].decode("latin-1") if length <= 10_000 else ""
    found = [pattern.search(header) for pattern in (_DESCR, _ORDER, _SHAPE)]
    if "|O" in header or "'O'" in header:
        raise FileProblem(tell("an array of objects, which are kept as a pickle; save it as numbers, W1.astype(float)"), hint=_PICKLED)
    if not all(found):
        raise FileProblem(tell("an array of another kind than numbers"), hint=SAVE)
    descr, order, shaped = (match.group(1) for match in found if match is not None)
    shape = tuple(int(size) for size in shaped.replace("L", "").replace(" ", "").split(",") if size)
    return _put_array(name, descr, shape, data[start + length :], columns=order == "True")


def _put_array(name: str, descr: str, shape: Sequence[int], raw: bytes, *, columns: bool = False) -> NumberArray:
    """An array of raw bytes, whose number is checked first.  Raises `FileProblem`."""
    if descr.lstrip("<>|=")[:1] not in ("f", "i", "u", "b", "?"):
        raise FileProblem(tell("an array of another kind than real numbers ({kind})", kind=make_visible(descr, 20)), hint=SAVE)
    try:
        kind = np.dtype(descr)
    except TypeError:
        raise FileProblem(tell("an array of another kind than real numbers ({kind})", kind=make_visible(descr, 20)), hint=SAVE) from None
    count = math.prod(shape)
    if len(shape) > MAX_AXES or count * kind.itemsize != len(raw):
        what = tell("its shape {shape} does not fit its {count:,} bytes", shape=str(tuple(shape))[:SHOWN], count=len(raw))
        raise FileProblem(what, hint=SAVE)
    flat = np.frombuffer(raw, dtype=kind, count=count).astype(np.float64)
    array = np.reshape(flat, tuple(shape), order="F" if columns else "C")
    plain = descr.lstrip("<>|=")
    return make_array(name, array, "whole" if plain[:1] in ("i", "u", "b", "?") else _KINDS.get(plain, "float64"))  # type: ignore[arg-type]


def make_array(name: str, values: Floats, precision: Precision, half: float = 0.0, share: float = 0.0) -> NumberArray:
    """An array under its name; doubles that are all numbers of half the length were computed with those.

    >>> make_array("x", np.array([0.1, 0.7], dtype=np.float32).astype(np.float64), "float64").precision
    'float32'
    """
    if precision == "float64" and values.size:
        finite = values[np.isfinite(values)]
        with np.errstate(all="ignore"):
            short = finite.astype(np.float32).astype(np.float64)
        if finite.size and np.array_equal(short, finite) and not np.array_equal(np.round(finite * 256), finite * 256):
            precision = "float32"
    return NumberArray(name[:MAX_NAME], values, precision, half, share)


# safetensors

_TENSORS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1", "U8": "|u1", "BOOL": "|b1",
            "U16": "<u2", "U32": "<u4", "U64": "<u8"}  # fmt: skip


def _is_safetensors(data: bytes) -> bool:
    length = int.from_bytes(data[:8], "little")
    return 2 <= length <= len(data) - 8 and length <= MAX_HEADER and data[8:9] == b"{"


def _read_safetensors(data: bytes) -> NumberFile:
    """Eight bytes with the length of the header, the header in JSON, then the bytes of all tensors, one after the other."""
    if not _is_safetensors(data):
        raise FileProblem(tell("the .safetensors file is broken: its header does not fit the file"), hint=SAVE)
    length = int.from_bytes(data[:8], "little")
    try:
        header = parse_json(data[8 : 8 + length].decode("utf-8"))
    except UnicodeDecodeError:
        raise FileProblem(tell("the .safetensors file is broken: its header is no text"), hint=SAVE) from None
    if type(header) is not Pairs or len(header) > MAX_ARRAYS:
        raise FileProblem(tell("the .safetensors file is broken: its header names no tensors"), hint=SAVE)
    raw = data[8 + length :]
    if sum(_count_bytes(entry) for _, entry in header) > len(raw):
        raise FileProblem(
            tell("the .safetensors file is broken: its tensors overlap, or are longer than the file"), hint=SAVE
        )
    arrays: list[NumberArray] = []
    unused: list[Unused] = []
    for name, entry in header:
        if name == "__metadata__":
            continue
        try:
            arrays.append(_read_tensor(name, dict(entry) if type(entry) is Pairs else {}, raw))
        except FileProblem as problem:
            unused.append(Unused(_show(name), "", problem.what))
    return NumberFile(tuple(arrays), tuple(unused))


def _count_bytes(entry: Any) -> int:
    """How many bytes of the file an entry of the header claims."""
    places = _read_whole(dict(entry).get("data_offsets")) if type(entry) is Pairs else None
    return max(0, places[1] - places[0]) if places is not None and len(places) == 2 else 0


def _read_tensor(name: str, entry: dict[str, Any], raw: bytes) -> NumberArray:
    kind = str(entry.get("dtype", ""))
    shape, places = _read_whole(entry.get("shape")), _read_whole(entry.get("data_offsets"))
    if shape is None or places is None or len(places) != 2 or not 0 <= places[0] <= places[1] <= len(raw):
        raise FileProblem(tell("its entry in the header does not fit the file"), hint=SAVE)
    part = raw[places[0] : places[1]]
    if kind == "BF16":
        if math.prod(shape) * 2 != len(part) or len(shape) > MAX_AXES:
            what = tell("its shape {shape} does not fit its {count:,} bytes", shape=str(tuple(shape))[:SHOWN], count=len(part))
            raise FileProblem(what, hint=SAVE)
        upper = np.frombuffer(part, dtype="<u2").astype(np.uint32) << 16  # a bfloat16 is the upper half of a float32
        return NumberArray(name[:MAX_NAME], upper.view(np.float32).astype(np.float64).reshape(shape), "bfloat16")
    if kind not in _TENSORS:
        raise FileProblem(tell("numbers of the kind {kind} are not read", kind=make_visible(kind, 20)), hint=SAVE)
    return _put_array(name, _TENSORS[kind], shape, part)


def _read_whole(value: Any) -> list[int] | None:
    """A list of whole numbers as JSON has it."""
    if not isinstance(value, list) or len(value) > 2 * MAX_AXES:
        return None
    texts = [item for item in value if isinstance(item, str) and re.fullmatch(r"[0-9]{1,12}", item)]
    return [int(text) for text in texts] if len(texts) == len(value) else None


# JSON

MAX_DEPTH = 12


def read_json_arrays(read: Any, stem: str) -> NumberFile:
    """The arrays of JSON as `parse_json` reads it: by the keys on the way to each, joined by dots."""
    arrays: list[NumberArray] = []
    unused: list[Unused] = []
    stack: list[tuple[str, Any, int]] = [("", read, 0)]
    while stack:
        name, value, depth = stack.pop()
        if depth > MAX_DEPTH or len(arrays) + len(unused) > MAX_ARRAYS:
            raise FileProblem(tell("the file is nested too deep, or has too many parts"), hint=tell('write {"W1": [[1, 2], [3, 4]]}'))
        if type(value) is Pairs and not _is_told_array(value):
            stack += [(f"{name}.{key}" if name else key, inner, depth + 1) for key, inner in reversed(value)]
            continue
        shown = _show(name or stem)
        try:
            arrays.append(_read_list(name or stem, value))
        except FileProblem as problem:
            unused.append(Unused(shown, "", problem.what))
    return NumberFile(tuple(arrays), tuple(unused))


def _is_told_array(value: Pairs) -> bool:
    """Whether an object tells an array: its shape, and its numbers one after the other."""
    keys = {key for key, _ in value}
    return {"shape", "data"} <= keys and keys <= {"shape", "data", "dtype", "name"}


def _read_list(name: str, value: Any) -> NumberArray:
    """Nested lists of numbers, a number, or what tells an array.  Raises `FileProblem`."""
    shape: tuple[int, ...] | None = None
    if type(value) is Pairs:
        told = dict(value)
        whole = _read_whole(told["shape"])
        if whole is None or len(whole) > MAX_AXES:
            raise FileProblem(tell("its shape is no list of whole numbers"), hint=SAVE)
        shape, value = tuple(whole), told["data"]
    flat, found = _flatten(value)
    if len(flat) > MAX_WRITTEN:
        raise FileProblem(tell("more than {limit:,} numbers in a text", limit=MAX_WRITTEN), hint=SAVE)
    texts = [_write_number(item) for item in flat]
    array, half, share = read_decimals(texts)
    if shape is not None and math.prod(shape) != len(texts):
        what = tell("its shape {shape} does not fit its {count:,} numbers", shape=str(shape)[:SHOWN], count=len(texts))
        raise FileProblem(what, hint=SAVE)
    precision: Precision = "decimals" if half + share else "float64"
    return make_array(name, array.reshape(found if shape is None else shape), precision, half, share)


def _flatten(value: Any) -> tuple[list[Any], tuple[int, ...]]:
    """The numbers of nested lists, row after row, and the shape.  Raises `FileProblem` for rows of different lengths."""
    shape: list[int] = []
    level = [value]
    while level and isinstance(level[0], list):
        if len(shape) >= MAX_AXES:
            raise FileProblem(tell("lists in more than {limit} levels", limit=MAX_AXES), hint=SAVE)
        sizes = {len(item) if isinstance(item, list) else -1 for item in level}
        if len(sizes) != 1:
            raise FileProblem(tell("its rows have different lengths"), hint=SAVE)
        shape.append(sizes.pop())
        level = [inner for item in level for inner in item]
    if any(isinstance(item, list) for item in level):
        raise FileProblem(tell("its rows have different lengths"), hint=SAVE)
    return level, tuple(shape)


def _write_number(item: Any) -> str:
    if item is None:
        raise FileProblem(tell("there is null in it: no number, as where a gradient was not computed"), hint=SAVE)
    if isinstance(item, bool):
        return "1" if item else "0"
    if not isinstance(item, str):
        raise FileProblem(tell("there is something else than numbers in it"), hint=SAVE)
    return item


# decimals

_DECIMAL = re.compile(r"[-+]?(?P<whole>[0-9]*)(?:\.(?P<places>[0-9]*))?(?:[eEdD](?P<power>[-+]?[0-9]{1,4}))?")
_WORDS = {"nan": math.nan, "inf": math.inf, "infinity": math.inf, "-inf": -math.inf, "-infinity": -math.inf, "+inf": math.inf}
LONG = 15
"""Decimals of so many digits are all that a double has."""


def read_decimals(texts: Sequence[str]) -> tuple[Floats, float, float]:
    """Numbers as they were written: their values, half of what their last place is worth, or that as a share of each (1.23e-4).

    All numbers of an array were written alike, so that the one with the most digits says how many they have.
    Raises `FileProblem` for what is no number.

    >>> read_decimals(["0.25", "-1.5"])[1], read_decimals(["1.25e-4", "3.0e2"])[2], read_decimals(["0.30000000000000004"])[1:]
    (0.005, 0.005, (0.0, 0.0))
    """
    values: list[float] = []
    most_places = most_digits = 0
    scientific = True
    for text in texts:
        match = _DECIMAL.fullmatch(text.strip()) if len(text) <= MAX_DIGITS else None
        if match is None or not (match["whole"] or match["places"]):
            special = _WORDS.get(text.strip().lower())
            if special is None:
                raise FileProblem(tell("{text} is no number", text=make_visible(text.strip(), 40)), hint=SAVE)
            values.append(special)
            continue
        values.append(float(text.strip().replace("d", "e").replace("D", "e")))
        places = match["places"] or ""
        most_places = max(most_places, len(places) - int(match["power"] or 0))
        most_digits = max(most_digits, len((match["whole"] + places).lstrip("0")))
        scientific &= match["power"] is not None
    array = np.array(values, dtype=np.float64)
    if most_digits >= LONG or not most_places:
        return array, 0.0, 0.0
    if scientific:
        return array, 0.0, 5.0 * 10.0**-most_digits
    return array, 0.5 * 10.0**-most_places, 0.0


def is_number(text: str) -> bool:
    """Whether a text is a number, NaN and infinity among them."""
    plain = text.strip()
    match = _DECIMAL.fullmatch(plain) if len(plain) <= MAX_DIGITS else None
    return plain.lower() in _WORDS or (match is not None and bool(match["whole"] or match["places"]))


def _show(name: str) -> str:
    return make_visible(name, SHOWN)


def list_arrays(arrays: Iterator[tuple[str, Any]]) -> NumberFile:
    """Arrays of a notebook by name: of NumPy, of PyTorch (on any device, with or without a gradient), lists, numbers.

    What is none is among the unused ones, with the reason.

    >>> [array.name for array in list_arrays(iter({"W1": [[1, 2]], "b": None}.items())).arrays]
    ['W1']
    """
    found: list[NumberArray] = []
    unused: list[Unused] = []
    for name, value in arrays:
        shown = _show(str(name))
        if value is None:
            unused.append(Unused(shown, "", tell("it is None: no gradient was computed")))
            continue
        try:
            found.append(_read_live(str(name), value))
        except (TypeError, ValueError, RuntimeError, AttributeError):
            unused.append(Unused(shown, "", tell("this is no array of real numbers")))
    return NumberFile(tuple(found), tuple(unused))


_LIVE = {"float64": "float64", "float32": "float32", "float16": "float16", "torch.bfloat16": "bfloat16", "bfloat16": "bfloat16"}


def _read_live(name: str, value: Any) -> NumberArray:
    kind = str(getattr(value, "dtype", ""))
    if hasattr(value, "detach"):  # a tensor: NumPy has no bfloat16
        value = value.detach().cpu()
        value = value.float() if "bfloat16" in kind else value
        value = value.numpy()
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise ValueError(name)
    plain = _LIVE.get(kind.removeprefix("torch."), "bfloat16" if "bfloat16" in kind else "")
    if array.dtype.kind in "iub":
        plain = "whole"
    return make_array(name, array.astype(np.float64), plain or "float64")  # type: ignore[arg-type]
