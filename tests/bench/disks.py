"""Records on disks that flush slower than this one: the last part of ``make bench-records``.

How many times the plain way ours does is a question of the disk, because a plain way's commit waits for its flush, and
ours shares one. Each flush of SQLite's and of PostgreSQL's is made to take so many milliseconds longer (``slow_disk.c``,
loaded before their libraries), for the plain ways and for ours alike; all else is as in ``records`` and ``workers``.
A C compiler is needed, and a system whose loader knows ``LD_PRELOAD``.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FLUSHES = (1, 2)
"""Milliseconds that a flush takes longer, if the command names no others. ``docs/measurements.md`` says of what disks."""
BENCHES = ("tests.bench.records", "tests.bench.workers")
SOURCE = Path(__file__).with_name("slow_disk.c")
TIMED = "--flush"


def main(asked: list[str]) -> int:
    if asked == [TIMED]:
        print(f"a write of 8 KB and its flush: {flush_time():.2f} ms", flush=True)
        return 0
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        print("slower disks were not measured: this needs Linux and a C compiler")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # the server's user reads it, too
        library = f"{folder}/slow_disk.so"
        subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, SOURCE, "-ldl"], check=True)
        for milliseconds in [float(one) for one in asked] or FLUSHES:
            print(f"\nEach flush takes {milliseconds:g} ms longer:", flush=True)
            slow = os.environ | {"LD_PRELOAD": library, "CONSENT_BENCH_FLUSH_US": f"{1_000 * milliseconds:.0f}"}
            subprocess.run([sys.executable, "-m", "tests.bench.disks", TIMED], env=slow, check=True)
            for bench in BENCHES:
                subprocess.run([sys.executable, "-m", bench], env=slow, check=True)
    return 0


def flush_time() -> float:
    """Milliseconds, median of a hundred."""
    took = []
    with tempfile.TemporaryFile(dir=os.environ.get("CONSENT_BENCH_FOLDER")) as file:
        for _ in range(100):
            started = time.perf_counter()
            os.pwrite(file.fileno(), b"consents" * 1024, 0)
            os.fdatasync(file.fileno())
            took.append(1_000 * (time.perf_counter() - started))
    return statistics.median(took)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
