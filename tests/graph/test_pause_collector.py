"""The cycle collector pauses while a graph is made, and goes on afterwards, whatever happens."""

import gc

import pytest

from tutor.graph.pause_collector import pause_collection


def test_it_pauses_and_goes_on():
    with pause_collection():
        assert not gc.isenabled()
        with pause_collection():
            pass
        assert not gc.isenabled()  # the inner one does not end the outer one's pause
    assert gc.isenabled()


def test_it_goes_on_after_an_error():
    with pytest.raises(KeyError), pause_collection():
        raise KeyError
    assert gc.isenabled()


def test_it_stays_off_where_it_was_off():
    gc.disable()
    try:
        with pause_collection():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
