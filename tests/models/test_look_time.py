"""How long a look at a photo takes is measured once, and disturbs nothing."""

import torch

from trainer.models.look_time import seconds_a_look


def test_a_look_is_timed_once_and_leaves_no_trace() -> None:
    seconds_a_look.cache_clear()
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    took = seconds_a_look()
    assert 0.0005 < took < 2
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.get_num_threads() == threads
    assert seconds_a_look() == took
    assert seconds_a_look.cache_info().hits == 1
