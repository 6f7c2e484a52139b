"""How the process is set up from which workers are forked; it imports this before anything else, and no other does."""

import ctypes
import os
import signal
from contextlib import suppress

M_MMAP_THRESHOLD = -3
LARGE_BYTES = 256 * 1024
"""Of glibc's mallopt(3): what is as large as this goes back to the system when it is freed. Left to itself the library
raises the bound to the largest page it has met and then keeps the holes: 95 MB of a worker's own instead of 79."""

# What is sent to a whole group of processes is for the one that started them, and workers die with their fork server.
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)

# Threads do not survive a fork, and a worker has one core: numpy's library of algebra must start none.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

# Other libraries than glibc have no such setting.
with suppress(AttributeError):
    ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
