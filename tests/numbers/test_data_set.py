"""Batches: every sample once an epoch, in the given order or the seed's."""

from itertools import islice

import pytest

from tutor.errors import ValueProblem
from tutor.numbers.data_set import batches


@pytest.mark.parametrize(("size", "last"), [(1, (3,)), (3, (3,)), (2, (2, 3)), (4, (0, 1, 2, 3))])
def test_batches_in_the_given_order(size, last):
    epoch = [batch for batch in islice(batches(4, size, "given", 0), 8) if batch.epoch == 1]
    assert [place for batch in epoch for place in batch.samples] == [0, 1, 2, 3]
    assert epoch[-1].samples == last
    assert [batch.number for batch in epoch] == list(range(1, len(epoch) + 1))


def test_a_shuffled_order_takes_every_sample_once_an_epoch_and_is_the_seeds():
    found = list(islice(batches(5, 2, "shuffled", 7), 30))
    for epoch in range(1, 11):
        assert sorted(p for b in found if b.epoch == epoch for p in b.samples) == [0, 1, 2, 3, 4]
    assert found == list(islice(batches(5, 2, "shuffled", 7), 30))
    assert found != list(islice(batches(5, 2, "shuffled", 8), 30))
    assert len({b.samples for b in found if b.number == 1}) > 1


@pytest.mark.parametrize("size", [0, -1, 5, 10**9])
def test_a_batch_is_part_of_the_data(size):
    with pytest.raises(ValueProblem, match="a batch of"):
        batches(4, size, "given", 0)
