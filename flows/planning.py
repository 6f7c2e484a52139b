"""What a refresh would do: the listings are polled, nothing else is asked for, nothing is stored."""

from flows.extract.poll.agenda import Planned
from flows.extract.poll.live import LiveReader
from flows.extract.readers import LIVE_KINDS
from flows.orders import RefreshOrder
from warehouse.settings import Settings


def plan(order: RefreshOrder, settings: Settings) -> tuple[list[Planned], list[str]]:
    """The links that a refresh would ask for now, and what could not be polled."""
    live = [source for source in order.sources if source.kind in LIVE_KINDS]
    reader = LiveReader(live, settings, window=order.window, is_plan=True)
    for _ in reader:
        pass
    return reader.planned, reader.shortfalls
