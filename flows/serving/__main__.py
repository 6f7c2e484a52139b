"""The process of the server: Prefect's application behind the door. Started by `server.py`, and by nobody else."""

import json
import os
import signal
import sys
import threading

import uvicorn
from prefect.server.api.server import create_app
from prefect.settings import get_current_settings

from flows.serving.door import Door


def main() -> None:
    """Serves until its input ends, or it is terminated; its one argument says where and to whom, as JSON."""
    threading.Thread(target=_end_with_input, daemon=True).start()
    place = json.loads(sys.argv[1])
    server = get_current_settings().server
    door = Door(
        create_app(final=True),
        place["names"],
        origins=place["origins"],
        lets_addresses_in=place["lets_addresses_in"],
    )
    uvicorn.run(
        door,
        host=place["host"],
        port=place["port"],
        # A browser holds its connections open for as long as it likes.
        timeout_graceful_shutdown=10,
        # The rest as `prefect server start` does it.
        timeout_keep_alive=server.api.keepalive_timeout,
        ws_ping_interval=server.api.websocket_ping_interval,
        ws_ping_timeout=server.api.websocket_ping_timeout,
        log_level=server.logging_level.lower(),
    )


def _end_with_input() -> None:
    """Whoever started us holds the other end, and lets go of it when it dies of whatever."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
