"""Freed memory is kept for the next batch: a step takes no page anew."""

import subprocess
import sys
import textwrap
from platform import libc_ver

import pytest


@pytest.mark.skipif(libc_ver()[0] != "glibc", reason="only glibc gives large blocks back at once")
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


@pytest.mark.skipif(libc_ver()[0] != "glibc", reason="only glibc keeps what is freed")
def test_trimming_returns_freed_memory_to_the_system() -> None:
    program = """
        from pathlib import Path
        from trainer.hardware import memory
        memory.keep_freed()
        import torch
        def resident():
            return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
        parts = [torch.ones(1_000_000) for _ in range(50)]  # 200 MB
        del parts
        kept = resident()
        memory.trim()
        print(kept - resident())
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    returned = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert returned > 150_000_000
