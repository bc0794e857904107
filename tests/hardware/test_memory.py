"""Freed memory is kept for the next batch: a step takes no page anew."""

import subprocess
import sys
import textwrap

import pytest

from trainer.hardware import memory


@pytest.mark.skipif(memory._glibc() is None, reason="only glibc gives large blocks back at once")
def test_memory_that_was_freed_is_used_again_without_a_page_fault() -> None:
    program = """
        import resource, sys, threading
        if sys.argv[1] == "kept":
            from trainer.hardware import memory
            assert memory.keep_freed()
        import torch
        def faults():
            return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        def work():
            for number in range(40):
                if number == 20:  # until then the pool grows to its size
                    before = faults()
                torch.ones(10_000_000)
            print(faults() - before)
        thread = threading.Thread(target=work)  # as the window trains
        thread.start()
        thread.join()
    """

    def run(how: str) -> int:
        command = [sys.executable, "-c", textwrap.dedent(program), how]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    assert run("kept") < 1_000
    assert run("not kept") > 10_000  # 20 times 40 MB are 195,000 pages of 4 kB


def test_memory_is_given_back_without_harm() -> None:
    memory.give_back()
