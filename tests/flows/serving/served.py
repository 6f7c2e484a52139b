"""A `broadsheet serve` of a test's own, and what its API says and does."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.flows.processes import environment_of

COMMAND = Path(sys.executable).with_name("broadsheet")
FINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


class Served:
    """The command while it runs, and a client that proves its changes as the UI does."""

    def __init__(self, root, port, process):
        self.root, self.port, self.process = root, port, process
        self.url = f"http://127.0.0.1:{port}"
        self._client = requests.Session()
        self._client.trust_env = False

    def get(self, path, **given):
        return self._client.get(f"{self.url}{path}", timeout=120, **given)

    def ask(self, method, path, json=None, **headers):
        """An answer of the API to one who may speak to it."""
        token = self.get("/api/csrf-token?client=test").json()["token"]
        proof = {"Prefect-Csrf-Token": token, "Prefect-Csrf-Client": "test"}
        answer = self._client.request(method, f"{self.url}/api{path}", json=json, headers=proof | headers, timeout=120)
        if answer.status_code == requests.codes.service_unavailable:
            # SQLite is busy, which clients wait out.
            time.sleep(1)
            return self.ask(method, path, json, **headers)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def deployment(self, name):
        return self.ask("GET", f"/deployments/name/{name}/{name}")

    def start_run(self, name, **parameters):
        """The id of a run of the deployment that was asked for as the form does."""
        path = f"/deployments/{self.deployment(name)['id']}/create_flow_run"
        return self.ask("POST", path, {"parameters": parameters, "state": {"type": "SCHEDULED"}})["id"]

    def state(self, run_id):
        return self.ask("GET", f"/flow_runs/{run_id}")["state"]

    def wait(self, run_id, *wanted, seconds=120):
        """The run's state, once it is one of these."""
        self.wait_for(lambda: self.state(run_id)["type"] in wanted, seconds)
        state = self.state(run_id)
        assert state["type"] in wanted, state
        return state

    @staticmethod
    def wait_for(has_come, seconds=60):
        """Whether it has, within the time."""
        until = time.monotonic() + seconds
        while not (come := has_come()) and time.monotonic() < until:
            time.sleep(0.3)
        return come


@contextmanager
def serving(root, port, *, folder=None, is_open=True, **environment):
    """The command, once it serves; it is ended as by Ctrl-C, and with it what a test left of it.

    Where a password is set, only the address tells that it serves.
    """
    process = start(root, port, folder=folder, **environment)
    served = Served(root, port, process)
    try:
        wait_until_served(served, is_open=is_open)
        yield served
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=180)


def start(root, port, *words, folder=None, **environment):
    """Starts the command, in a group of its own as a terminal does."""
    # Looked for twice a second: ten seconds, as is usual, are for people.
    given = environment_of(root, PREFECT_RUNNER_POLL_FREQUENCY="1", BROADSHEET_WORKERS="1", **environment)
    # The runs and schedules of other tests are in the database that commands share.
    given["PREFECT_HOME"] = str(root / ".prefect")
    return subprocess.Popen(
        [COMMAND, "serve", "--port", str(port), *words],
        cwd=folder,
        env=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_until_served(served, *, is_open=True, seconds=180):
    """Until every deployment is there; `serve` registers them when the API answers."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert served.process.poll() is None, served.process.stderr.read()
        try:
            answer = served.get("/api/deployments/name/maintain/maintain")
            if answer.ok or (answer.status_code == requests.codes.unauthorized and not is_open):
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.3)
    raise TimeoutError(served.url)
