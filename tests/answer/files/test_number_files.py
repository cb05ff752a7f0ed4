"""Files of numbers: every format gives the same arrays, and nothing hostile is loaded, unpacked or believed."""

import io
import json
import zipfile

import numpy as np
import pytest
from programs_made import pack_npz, pack_safetensors

from tutor.answer.files.decode import FileProblem
from tutor.answer.files.number_files import list_arrays, read_decimals, read_number_file

W = np.array([[0.5, -0.25, 1.75], [2.0, 0.125, -3.5]])
HALF = (np.array([1.5, -0.15625], dtype=np.float32).view(np.uint32) >> 16).astype("<u2").tobytes()


def npy(header, data=b""):
    text = header.encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


def _claim(header, data):
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


FORMS = {
    "w.npz": pack_npz({"W": np.asfortranarray(W), "n": np.array(3)}),
    "w.safetensors": pack_safetensors({"W": ("F64", (2, 3), W.tobytes()), "n": ("I64", (), np.int64(3).tobytes())}),
    "w.json": json.dumps({"W": W.tolist(), "n": 3}).encode(),
    "nested.json": json.dumps({"W": {"shape": [2, 3], "data": W.ravel().tolist()}, "n": "3"}).encode(),
    "w.csv": b"name,row,column,value\n" + b"".join(b"W,%d,%d,%r\n" % (*p, float(W[p])) for p in np.ndindex(2, 3)) + b"n,,,3\n",
    "rows.csv": b"W;0,5;-0,25;1,75\nW;2;0,125;-3,5\nn;3\n",
}


@pytest.mark.parametrize("name", FORMS)
def test_every_format_gives_the_same_arrays(name):
    found = {array.name: array.values for array in read_number_file(FORMS[name], name).arrays}
    assert np.array_equal(found["W"], W)
    assert found["n"].reshape(-1).tolist() == [3.0]


REFUSED = {  # a file, and what is said of it, as a whole or of an array in it
    "pickle": (b"\x80\x04\x95stop", "g.bin", "pickle"),
    "objects": (pack_npz({"W": np.array([None, 1], dtype=object)}), "g.npz", "objects"),
    "text called npz": (b"hello", "g.npz", "no .npz file"),
    "torch.save": (None, "g.pt", "torch.save"),
    "cut off": (pack_npz({"W": W})[:-40], "g.npz", "broken"),
    "header of a giant": (npy("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,), }"), "g.npy", "does not fit"),
    "nested header": (npy("{'descr': " + "[" * 9_000 + "}"), "g.npy", "another kind"),
    "complex": (npy("{'descr': '<c16', 'fortran_order': False, 'shape': (1,), }", b"\0" * 16), "g.npy", "real numbers"),
    "fields": (npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }", b"\0" * 8), "g.npy", "another kind"),
    "safetensors too long": (b"\xff\xff\xff\x7f\0\0\0\0{}", "g.safetensors", "broken"),
    "safetensors outside": (pack_safetensors({"W": ("F64", (9, 9), b"\0" * 8)}), "g.safetensors", "does not fit"),
    "safetensors that overlap": (
        _claim({f"x{i}": {"dtype": "F64", "shape": [100], "data_offsets": [0, 800]} for i in range(90)}, b"\0" * 800), "g.safetensors",
        "overlap"),
    "very many members": (pack_npz({f"x{i}": np.array(1.0) for i in range(2_001)}), "g.npz", "more than 2,000 arrays"),
    "very many numbers": (b"[" + b"1," * 1_100_000 + b"1]", "g.json", "more than 500,000 numbers"),
    "a very long table": (b"1\n" * 1_100_000, "g.csv", "more than 500,000 numbers"),
    "deep JSON": (b"[" * 100_000, "g.json", "nested too deep"),
    "ragged": (b'{"W": [[1, 2], [3]]}', "g.json", "different lengths"),
    "null": (b'{"W": [null]}', "g.json", "null"),
    "words": (b'{"W": ["__import__(\'os\')"]}', "g.json", "no number"),
    "twice": (b'{"W": 1, "W": 2}', "g.json", "more than once"),
    "HDF5": (b"\x89HDF\r\n", "g.h5", "HDF5"),
    "empty": (b"  \n", "g.csv", "empty"),
    "hole": (b"name,row,value\nb,0,1\nb,7,2\n", "g.csv", "of 8 entries"),
}  # fmt: skip


def test_what_is_hostile_or_broken_is_refused_in_words():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("archive/data.pkl", b"\x80\x02")
    for what, (data, name, said) in REFUSED.items():
        try:
            found = read_number_file(archive.getvalue() if data is None else data, name)
            told = " ".join(one.reason for one in found.unused)
            assert not found.arrays, what
        except FileProblem as problem:
            told = str(problem)
        assert said in told, (what, told)


def test_a_bomb_is_not_unpacked():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("W.npy", b"\x93NUMPY" + bytes(1000))
    data = bytearray(archive.getvalue())
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = (2**31).to_bytes(4, "little")  # says two gigabytes
    with pytest.raises(FileProblem, match="unpacked"):
        read_number_file(bytes(data), "g.npz")


def test_a_member_that_is_longer_than_it_says_is_not_unpacked():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(
            "W.npy", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (5000000,), }", bytes(40_000_000))
        )
    data = bytearray(archive.getvalue())
    for place in (22, data.rindex(b"PK\x01\x02") + 24):
        data[place : place + 4] = (200).to_bytes(4, "little")  # says 200 bytes
    with pytest.raises(FileProblem, match="broken"):
        read_number_file(bytes(data), "g.npz")


def test_precision_is_that_of_the_file():
    half = pack_safetensors({"a": ("BF16", (2,), HALF), "b": ("F16", (1,), np.float16(0.1).tobytes())})
    assert [(a.precision, a.values.tolist()[0]) for a in read_number_file(half, "g.safetensors").arrays] == [
        ("bfloat16", 1.5), ("float16", float(np.float16(0.1))),
    ]  # fmt: skip
    singles = read_number_file(pack_npz({"x": np.array([0.1, 0.2], dtype=np.float32).astype(float)}), "g.npz").arrays[0]
    assert singles.precision == "float32"  # doubles that were computed with half the length
    rounded = read_number_file(b'{"x": [0.12, 1.50]}', "g.json").arrays[0]
    assert (rounded.precision, rounded.half) == ("decimals", 0.005)
    assert read_decimals(["nan", "1e-3", "-inf"])[0].tolist()[1:] == [0.001, float("-inf")]
    live = list_arrays(iter({"W": W, "none": None, "words": "x", "list": [[1, 2.5]]}.items()))
    assert [array.name for array in live.arrays] == ["W", "list"]
    assert [one.place for one in live.unused] == ["none", "words"]
