"""A Prefect server of our own: started and ended with us, closed to strangers, rid of what an earlier one left behind.

`server.py` starts it, `door.py` is what stands before it, `registration.py` and `leftovers.py` put right what it holds.
"""
