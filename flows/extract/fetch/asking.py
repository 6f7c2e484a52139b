"""Asking a host politely: in its turn, again where that may help, and not at all where it wants to be left alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from flows.extract.fetch.clocks import Clock
from flows.extract.fetch.hosts import ComeBackLaterError, Hosts, Turn, host_key, retry_after
from flows.extract.fetch.http import Answer, Failure, Http, Request
from warehouse.model import Reason

ATTEMPTS = 3
"""Faults of transport and 5xx answers are mostly over in seconds; what lasts longer is for the next run."""

FIRST_PAUSE_SECONDS = 2.0
"""Before the second attempt; before the third it is twice that."""

FAULTS_IN_A_ROW = 3
"""After so many addresses of a host that could not be had at all, its others are left to the next run."""

TOO_MANY = 429
COME_BACK = (TOO_MANY, 503)
UNSAID_ABSENCE = timedelta(seconds=30)
"""What a server that finds us too eager, and does not say for how long, is left alone for."""

SERVER_FAULTS = range(500, 600)


@dataclass(frozen=True, slots=True)
class Asked:
    """What asking one address came to. Where nothing was sent, `request_count` is 0 and the outcome says why."""

    outcome: Answer | Failure
    asked_at: datetime
    request_count: int = 0
    received_bytes: int = 0


class Asking:
    """The way to every server: no request is sent but through here. Shared by the threads of a run."""

    def __init__(self, http: Http, hosts: Hosts, clock: Clock) -> None:
        self._http, self._hosts, self.clock = http, hosts, clock
        self._faults: dict[str, list[str]] = {}
        self._lock = Lock()
        self.left_alone: dict[str, str] = {}
        """Hosts that were not asked for everything that was wanted of them, and why."""

    def ask(self, request: Request, delay_seconds: float) -> Asked:
        """The answer to a request, after at most ATTEMPTS tries."""
        host = host_key(request.url)
        asked_at = self.clock.now()
        tries: list[Answer | Failure] = []
        left: Failure | None = None
        try:
            while not tries or (len(tries) < ATTEMPTS and _may_help(tries[-1])):
                if tries:
                    self.clock.sleep(FIRST_PAUSE_SECONDS * 2 ** (len(tries) - 1))
                if left := self._given_up(host):
                    break
                with self._hosts.turn(host, delay_seconds) as turn:
                    asked_at = self.clock.now()
                    tries.append(self._http.get(request))
                    self._tell(turn, tries[-1])
        except ComeBackLaterError as error:
            left = self._left_alone(host, Reason.HTTP_STATUS, str(error))
        if left and not tries:
            return Asked(left, asked_at)
        self._remember(host, tries[-1])
        return Asked(tries[-1], asked_at, len(tries), sum(answer.received_bytes for answer in tries))

    def _tell(self, turn: Turn, answer: Answer | Failure) -> None:
        """What the host's next turn has to know."""
        turn.sent_after = answer.sent_after
        turn.is_answered = isinstance(answer, Answer)
        if isinstance(answer, Answer) and answer.status in COME_BACK:
            now = self.clock.now()
            at = retry_after(answer.header("Retry-After"), now)
            if at is None and answer.status == TOO_MANY:
                at = now + UNSAID_ABSENCE
            if at:
                turn.come_back_at(at)

    def _given_up(self, host: str) -> Failure | None:
        """Why a host is asked for nothing more in this run; None while it is."""
        with self._lock:
            faults = tuple(self._faults.get(host, ()))
        if len(faults) < FAULTS_IN_A_ROW:
            return None
        why = f"{host} failed for {FAULTS_IN_A_ROW} addresses in a row, the last: {faults[-1]}"
        return self._left_alone(host, Reason.UNREACHABLE, why)

    def _left_alone(self, host: str, reason: Reason, why: str) -> Failure:
        self.left_alone[host] = why
        return Failure(reason=reason, detail=f"not asked: {why}", is_transient=False)

    def _remember(self, host: str, last: Answer | Failure) -> None:
        """Counts addresses in a row that could not be had; a page that is too large is no fault of its host."""
        with self._lock:
            if isinstance(last, Failure) and last.is_transient:
                self._faults.setdefault(host, []).append(last.detail)
            elif isinstance(last, Answer) and (last.status in SERVER_FAULTS or last.status == TOO_MANY):
                self._faults.setdefault(host, []).append(f"status {last.status}")
            else:
                self._faults.pop(host, None)


def _may_help(last: Answer | Failure) -> bool:
    return last.is_transient if isinstance(last, Failure) else last.status in SERVER_FAULTS
