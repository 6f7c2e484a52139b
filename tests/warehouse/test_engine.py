"""A connection to DuckDB ends as its user wished."""

import os
import signal
from threading import Timer

import pytest

from warehouse import engine

LONG = "select count(*) from range(1_000_000_000) as one, range(8) as another"


@pytest.mark.usefixtures("_heeded_signals")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("connected", [engine.reader, engine.in_memory])
def test_a_signal_during_a_query_is_an_interruption_and_no_error(settings, connected, how):
    Timer(0.2, os.kill, (os.getpid(), how)).start()
    with pytest.raises(KeyboardInterrupt), connected(settings) as connection:
        connection.execute(LONG).fetchall()


def test_any_other_error_is_left_as_it_is(settings):
    trouble = RuntimeError("the disk is on fire")
    with pytest.raises(RuntimeError) as raised, engine.reader(settings):
        raise trouble
    assert raised.value is trouble
