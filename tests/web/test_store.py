"""The database: what is committed stays, an event is taken once, and a file that cannot be used says why."""

import os
import sqlite3
import subprocess
import sys

import pytest

from tutor.web.store import APPLICATION, VERSION, Stale, Store, StoreError, chain_hash


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "p.sqlite", now=lambda: 1000.0, wait=0.05)
    yield made
    made.close()


HEAD = {"digest": "abc", "mode": "practise", "layer": False, "seed": 0}


def begin(store):
    learner = store.add_learner(b"cookie")
    return store.begin_session(learner.id, "dl/bce", HEAD, None)


def test_a_session_is_its_events(store):
    kept = begin(store)
    for number in range(3):
        kept = store.add_event(kept, f'{{"event":"hint","at":{number}}}', {"done": number})
    again = store.find_session(kept.learner, "dl/bce")
    assert again == kept
    assert again.head == HEAD
    chain = chain_hash("", '{"digest":"abc","layer":false,"mode":"practise","seed":0}')
    for event in store.list_events(kept.id):
        chain = chain_hash(chain, event)
    assert (again.count, again.chain, again.progress) == (3, chain, {"done": 2})


def test_of_two_that_come_at_once_one_is_told(store):
    kept = begin(store)
    store.add_event(kept, '{"event":"answer","text":"1"}', {})
    with pytest.raises(Stale):
        store.add_event(kept, '{"event":"answer","text":"2"}', {})
    assert store.list_events(kept.id) == ['{"event":"answer","text":"1"}']


def test_another_process_is_noticed(store):
    kept = begin(store)
    other = Store(store.path)
    other.add_event(kept, '{"event":"skip"}', {})
    other.close()
    with pytest.raises(Stale):
        store.add_event(kept, '{"event":"hint"}', {})
    assert store.find_session(kept.learner, "dl/bce").count == 1


def test_a_session_that_is_begun_twice_is_one(store):
    first = begin(store)
    with pytest.raises(Stale):
        store.begin_session(first.learner, "dl/bce", HEAD, None)
    second = store.begin_session(first.learner, "dl/bce", HEAD, first.id)
    assert store.find_session(first.learner, "dl/bce").id == second.id
    assert store.list_events(first.id) == []


def test_learners(store):
    anna = store.add_learner(b"one", "Anna")
    assert store.add_learner(b"one") == anna
    assert store.find_learner(b"one") == anna
    assert store.find_learner(b"two") is None
    store.rename_learner(anna.id, "Anne")
    assert store.find_learner(b"one").name == "Anne"


def test_students_have_links(store):
    store.put_students([("a1", "Anna", b"t1"), ("b2", "", b"t2")])
    assert store.admit_student(b"t1", b"cookie").student == "a1"
    assert store.find_learner(b"cookie").name == "Anna"
    assert store.admit_student(b"t3", b"cookie") is None
    store.put_students([("a1", "Anna", b"t9")])
    assert store.admit_student(b"t1", b"other") is None
    assert store.find_learner(b"cookie").student == "a1"
    assert store.list_tokens() == {"a1": b"t9", "b2": b"t2"}


def test_a_secret_is_kept(store):
    assert store.keep_secret("cookies", b"first") == b"first"
    assert store.keep_secret("cookies", b"second") == b"first"


def test_what_is_acknowledged_is_on_the_disk(tmp_path):
    """A process that is killed right after it has said so."""
    path = tmp_path / "p.sqlite"
    program = (
        "import os, sys, signal; from tutor.web.store import Store; store = Store(sys.argv[1]);"
        "kept = store.begin_session(store.add_learner(b'c').id, 'x', {}, None);"
        "kept = store.add_event(kept, '{}', {}); print(kept.count, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False)
    assert done.stdout == "1\n", done.stderr
    store = Store(path)
    assert store.find_session(1, "x").count == 1
    store.close()


def make_foreign(path):
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE t (x)")
    base.close()


def make_newer(path):
    Store(path).close()
    with sqlite3.connect(path) as base:
        base.execute(f"PRAGMA user_version = {VERSION + 1}")
    base.close()


def make_broken(path):
    store = Store(path)
    for number in range(300):
        store.add_learner(str(number).encode(), "x" * 200)
    store.close()
    data = bytearray(path.read_bytes())
    data[8192:16384] = b"\xff" * 8192
    path.write_bytes(data)


FAULTS = {
    "text": (lambda path: path.write_text("no database, but long enough for its header " * 40), "is no database"),
    "foreign": (make_foreign, "no database of tutor"),
    "newer": (make_newer, f"has version {VERSION + 1}"),
    "broken": (make_broken, "is broken"),
    "folder": (lambda path: path.mkdir(), "cannot be opened"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_file_that_cannot_be_used_says_why(tmp_path, case):
    make, what = FAULTS[case]
    path = tmp_path / "p.sqlite"
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(StoreError, match=what) as error:
        Store(path)
    assert error.value.hint
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_a_database_that_is_locked_says_so_and_loses_nothing(store):
    kept = begin(store)
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="used by another process"):
        store.add_event(kept, "{}", {})
    with pytest.raises(StoreError, match="used by another process"):
        Store(store.path, wait=0.05)
    other.execute("ROLLBACK")
    other.close()
    assert store.add_event(kept, "{}", {}).count == 1


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="rights of files as on Unix")
def test_a_database_that_may_not_be_written_says_so(tmp_path):
    path = tmp_path / "p.sqlite"
    Store(path).close()
    path.chmod(0o444)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder != folder.parent:
            folder.chmod(folder.stat().st_mode | 0o055)
    tmp_path.chmod(0o555)
    program = (
        "import os, sys; import tutor.web.store as s\n"
        "if os.getuid() == 0: os.setuid(65534)\n"
        "try: s.Store(sys.argv[1])\n"
        "except s.StoreError as error: print(error.what)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False)
    tmp_path.chmod(0o755)
    assert "cannot be written" in done.stdout, (done.stdout, done.stderr)


def test_the_file_says_what_it_is(store):
    base = sqlite3.connect(store.path)
    assert base.execute("PRAGMA application_id").fetchone() == (APPLICATION,)
    assert base.execute("PRAGMA user_version").fetchone() == (VERSION,)
    assert base.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    base.close()
