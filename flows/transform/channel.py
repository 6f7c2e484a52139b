"""Objects between a worker and its parent, over a socket: a page's body is copied by the kernel and by nothing else."""

import pickle
import socket
from contextlib import suppress
from typing import Any

PROTOCOL = 5
"""From the fourth on, pickles hand long bytes to the socket and take them from it as they are."""

READ_BYTES = 64 * 1024

HUNG_UP = (EOFError, pickle.UnpicklingError, BrokenPipeError, ConnectionResetError)
"""What comes of talking to a process that has died, between two objects or within one."""


class Channel:
    """One end of the conversation; one thread may send while another receives."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._reader = open(connection.fileno(), "rb", buffering=READ_BYTES, closefd=False)  # noqa: SIM115 - as the socket
        self.write = connection.sendall

    def send(self, item: Any) -> None:
        """Sends an object; waits until the other side has taken most of it."""
        pickle.dump(item, self, PROTOCOL)

    def receive(self) -> Any:
        """The next object. Raises one of HUNG_UP where there is none."""
        return pickle.load(self._reader)  # noqa: S301 - from our own process

    def close(self) -> None:
        """Hangs up, also where a process that was forked meanwhile holds the same connection."""
        with suppress(OSError):  # The other side may have gone.
            self._connection.shutdown(socket.SHUT_RDWR)
        self._reader.close()
        self._connection.close()
