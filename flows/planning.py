"""What a refresh would do: the listings are polled, nothing else is asked for, nothing is stored."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.extract.poll.agenda import Planned
from flows.extract.poll.live import LiveReader
from flows.orders import RefreshOrder
from warehouse.settings import Settings


def plan(order: RefreshOrder, settings: Settings) -> tuple[list[Planned], list[str]]:
    """The links that a refresh would ask for now, and what could not be polled."""
    with TemporaryDirectory() as elsewhere:
        # Hosts are asked in turn with other runs of the warehouse; where there is none, none is made.
        place = settings if settings.root.is_dir() else replace(settings, root=Path(elsewhere))
        reader = LiveReader(order.live, place, window=order.window, is_plan=True)
        for _ in reader:
            pass
    return reader.planned, reader.shortfalls
