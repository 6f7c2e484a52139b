"""Work for a pool that does to its worker what the page's body says."""

import ctypes
import os
import re
import signal
import sys
import time

from flows.transform.limits import FULL
from flows.transform.rejects import reject
from warehouse.model import Page, Reason


def page(number, deed="live"):
    """A page that does something to whoever reads it."""
    url = f"https://example.org/{number}"
    return Page(source="test", site="example.org", requested_url=url, url=url, body=f"{number} {deed}".encode())


def work(page, rules, limits):
    """Does what the page says; whoever lives tells the process, the limits and the rules."""
    deed = page.body.decode().split()[1]
    if deed.endswith("-unless-cheap"):
        deed = deed.removesuffix("-unless-cheap") if limits is FULL or limits == FULL else "live"
    answer = DEEDS[deed]()
    told = f"{os.getpid()} {'full' if limits == FULL else 'cheap'} {rules.rules_version if rules else 0}"
    return answer or reject(page, Reason.NO_TEXT, told)


def broken(page, rules, limits):  # noqa: ARG001 - the signature of work
    """Work that always raises."""
    raise LookupError(page.url)


def deadly_by_address(page, rules, limits):
    """The transform, but for pages whose address says that they are deadly."""
    if "deadly" in page.url:
        segfault()
    from flows.transform.documents import transform

    return transform(page, rules, limits)


def live():
    """Harms nobody."""


def segfault():
    ctypes.string_at(0)


def kill():
    os.kill(os.getpid(), signal.SIGKILL)


def leave():
    os._exit(3)


def exit_politely():
    sys.exit(4)


def loop():
    while True:
        pass


def backtrack():
    """Minutes in C code that keeps the interpreter's lock."""
    re.match(r"(a+)+$", "a" * 40 + "b")


def sleep():
    time.sleep(60)


def eat():
    """Memory as it comes, in small pieces."""
    eaten = []
    while True:
        eaten.append(bytes(1_000_000))


def eat_at_once():
    bytes(4_000_000_000)


def unpicklable():
    return lambda: None


def large():
    """An answer that no pipe holds."""
    return "x" * 5_000_000


DEEDS = {
    deed.__name__: deed
    for deed in (
        live,
        segfault,
        kill,
        leave,
        exit_politely,
        loop,
        backtrack,
        sleep,
        eat,
        eat_at_once,
        unpicklable,
        large,
    )
}
