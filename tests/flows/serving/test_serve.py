"""One server as its operator, the commands and a page of somebody else meet it."""

import os
import subprocess

import pytest
import requests

from flows.extract.sources import SAMPLE
from flows.serving.server import Place, free_port, running_server
from tests.flows.processes import environment_of
from tests.flows.serving.served import COMMAND, FINAL, serving, start
from warehouse.settings import Settings

PORT = 4711
FOREIGN = {"Origin": "http://evil.example", "Content-Type": "application/json"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where `serve` is started: its files may be read."""
    return tmp_path_factory.mktemp("operator")


@pytest.fixture(scope="module")
def served(tmp_path_factory, folder):
    root = tmp_path_factory.mktemp("serve") / "data"
    with serving(root, PORT, folder=folder) as one:
        yield one


def command(root, *words, **environment):
    given = environment_of(root, **environment)
    return subprocess.run([COMMAND, *words], env=given, capture_output=True, text=True, check=False, timeout=120)


def test_a_foreign_page_cannot_run_a_command_on_this_machine(served, tmp_path):
    """What worked before: a pull step that is a shell script, given to a deployment, and a run of that."""
    deployment = served.deployment("ingest")
    path = f"/api/deployments/{deployment['id']}"
    script = [{"prefect.deployments.steps.run_shell_script": {"script": f"touch {tmp_path}/owned"}}]
    for headers in (FOREIGN, {"Content-Type": "application/json"}, FOREIGN | {"Origin": "null"}):
        answer = served._client.patch(served.url + path, json={"pull_steps": script}, headers=headers)
        assert answer.status_code == 403
        answer = served._client.post(f"{served.url}{path}/create_flow_run", json={}, headers=headers)
        assert answer.status_code == 403
    # Nor with a proof: a page cannot read one, and if it could it would still be another's.
    token = served.get("/api/csrf-token?client=evil").json()["token"]
    proof = FOREIGN | {"Prefect-Csrf-Token": token, "Prefect-Csrf-Client": "evil"}
    assert served._client.patch(served.url + path, json={"pull_steps": script}, headers=proof).status_code == 403
    assert served.deployment("ingest")["pull_steps"] == deployment["pull_steps"]
    assert served.ask("POST", "/flow_runs/count", {"flows": {"name": {"any_": ["ingest"]}}}) == 0


def test_a_preflight_of_a_foreign_page_is_refused(served):
    wish = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "content-type"}
    answer = served._client.options(f"{served.url}/api/deployments/filter", headers=FOREIGN | wish)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_a_foreign_form_is_refused(served):
    form = {"Origin": "http://evil.example", "Content-Type": "text/plain"}
    path = f"/api/deployments/{served.deployment('ingest')['id']}/create_flow_run"
    assert served._client.post(served.url + path, data='{"state": {}}', headers=form).status_code == 403


def test_a_foreign_page_can_read_nothing(served):
    answer = served.get("/api/csrf-token?client=evil", headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert "token" not in answer.text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:4711", "192.168.0.1"])
def test_a_name_that_was_made_to_point_here_is_refused(served, host):
    assert served.get("/api/health", headers={"Host": host}).status_code == 403


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_the_ui_asks_and_changes_by_whichever_name_it_was_opened(served, name):
    origin = {"Origin": f"http://{name}:{PORT}"}
    assert "<html" in served._client.get(f"http://{name}:{PORT}/v2/dashboard", headers={"Accept": "text/html"}).text
    told = served._client.get(f"http://{name}:{PORT}/ui-settings", headers=origin).json()
    assert (told["api_url"], told["csrf_enabled"]) == ("/api", True)
    preflight = served._client.options(
        f"{served.url}/api/deployments/filter", headers=origin | {"Access-Control-Request-Method": "POST"}
    )
    assert preflight.headers["access-control-allow-origin"] == origin["Origin"]
    assert served.ask("POST", "/deployments/filter", {}, **origin)


def test_schedules_make_runs(served):
    """A release of SQLAlchemy once kept Prefect from inserting any, and only the server's log said so."""
    wanted = {
        "deployments": {"name": {"any_": ["maintain"]}},
        "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
    }
    assert served.wait_for(lambda: served.ask("POST", "/flow_runs/count", wanted))


def test_nothing_is_polled_that_nobody_chose(served):
    (schedule,) = served.deployment("refresh")["schedules"]
    assert not schedule["active"]
    assert "BROADSHEET_SOURCES" in served.deployment("refresh")["description"]
    assert all(schedule["active"] for schedule in served.deployment("maintain")["schedules"])


def test_a_form_reads_the_sample_and_the_folder_of_the_operator_and_nothing_else(served, folder, tmp_path):
    secret = tmp_path / "passwords.txt"
    secret.write_text("https://example.org/ is the address\nroot:x:0:0:root:/root:/bin/bash\n")
    (folder / "list.txt").symlink_to(secret)
    refused = [
        *(("url_list", "/etc/passwd"), ("url_list", str(secret)), ("url_list", str(folder / "list.txt"))),
        *(("archive", "/etc"), ("warc", "/var/log/*.gz"), ("parquet", str(tmp_path)), ("url_list", "/no/such/file")),
        *(("url_list", str(folder / ".." / secret.parent.name / secret.name)), ("archive", "~"), ("warc", "../*")),
    ]
    runs = [served.start_run("ingest", kind=kind, location=place, source="form") for kind, place in refused]
    for run in runs:
        state = served.wait(run, *FINAL, seconds=120)
        assert state["type"] == "FAILED"
        assert "BROADSHEET_INPUTS" in state["message"]
    assert not (served.root / "tables").exists()
    whole = served.start_run("ingest", kind="archive", location=str(SAMPLE / "articles"), source="sample")
    assert served.wait(whole, *FINAL, seconds=120)["type"] == "COMPLETED"


def test_a_command_uses_the_server_that_is_there_and_reads_what_its_user_may(served, tmp_path):
    done = command(served.root, "ingest", "archive", SAMPLE / "articles", "--source", "again")
    assert done.returncode == 0, done.stderr
    assert "starting a Prefect server" not in done.stderr
    elsewhere = tmp_path / "archive"
    elsewhere.mkdir()
    (elsewhere / "1.md").write_text("no header")
    assert command(served.root, "ingest", "archive", elsewhere).returncode == 0


def test_a_second_server_for_the_same_warehouse_is_refused_and_harms_the_first_one_not(served):
    address = served.root / ".prefect" / "api-url"
    second = start(served.root, PORT + 1)
    _, errors = second.communicate(timeout=60)
    assert second.returncode == 1
    assert errors.splitlines() == [
        f"broadsheet: another `broadsheet serve` runs for {served.root} ({served.url}); end it first"
    ]
    assert address.read_text() == f"{served.url}/api"


@pytest.mark.usefixtures("served")
def test_a_port_that_is_taken_is_said_in_one_line(tmp_path):
    second = start(tmp_path / "data", PORT)
    _, errors = second.communicate(timeout=60)
    assert errors.splitlines()[-1].endswith("choose another with --port")
    assert not (tmp_path / "data" / ".prefect" / "api-url").exists()


def test_the_server_of_a_single_command_has_the_same_door(tmp_path, monkeypatch):
    """It is one server, started by one function: what it is told is what is tested here."""
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    with running_server(Settings(root=tmp_path / "data"), Place(free_port())) as api_url:
        assert requests.get(f"{api_url}/health", timeout=30).ok
        for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
            assert requests.get(f"{api_url}/health", headers=headers, timeout=30).status_code == 403


def test_with_a_password_nobody_else_is_answered_and_the_commands_go_on(tmp_path):
    root, password = tmp_path / "data", {"PREFECT_SERVER_API_AUTH_STRING": "desk:secret"}
    with serving(root, PORT + 2, is_open=False, **password) as served:
        assert served.get("/api/version").status_code == 401
        assert served.get("/api/version", auth=("desk", "secret")).ok
        refused = command(root, "ingest", "archive", SAMPLE / "articles")
        assert refused.stderr.splitlines()[-1].endswith("wants a password: set PREFECT_API_AUTH_STRING to it")
        for given in (password, {"PREFECT_API_AUTH_STRING": "desk:secret"}):
            done = command(root, "ingest", "archive", SAMPLE / "articles", **given)
            assert done.returncode == 0, done.stderr
            assert "secret" not in done.stdout + done.stderr
    assert "secret" not in (root / ".prefect" / "server.log").read_text()


def test_a_server_for_other_machines_wants_a_password(tmp_path):
    assert "PREFECT_SERVER_API_AUTH_STRING" not in os.environ
    done = command(tmp_path / "data", "serve", "--host", "0.0.0.0")
    assert done.returncode == 1
    assert "set PREFECT_SERVER_API_AUTH_STRING=user:password first" in done.stderr
    assert done.stderr.count("\n") == 1
