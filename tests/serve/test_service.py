"""The service as programs use it: over a real connection, with a real model."""

import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from tests.cli.command import as_json
from tests.project.test_library import PAGE, python_blocks, run_blocks
from tests.serve.running import PATIENCE, PHOTO, Running, form, running
from trainer.core.errors import SettingError
from trainer.core.results import RunResult
from trainer.serve.limits import Limits
from trainer.serve.page import page_files

TOKEN = "a token of sixteen and more"


@pytest.fixture(scope="module")
def model(finished_run: RunResult) -> Path:
    assert finished_run.model is not None
    return Path(finished_run.model)


@pytest.fixture(scope="module")
def service(model: Path) -> Iterator[Running]:
    """Return a service for all tests that leave it as it was."""
    with running(model, Limits(photos=100)) as one:
        yield one


def test_answers_on_one_connection_do_not_wait_for_the_network(service: Running) -> None:
    line = HTTPConnection("127.0.0.1", service.port, timeout=PATIENCE)
    times = []
    for _ in range(12):
        began = time.perf_counter()
        line.request("GET", "/health")
        line.getresponse().read()
        times.append(time.perf_counter() - began)
    line.close()
    assert min(times[1:]) < 0.035  # an acknowledgement that is delayed takes 40 ms


def conforms(service: Running, path: str, method: str, answer: object, status: int = 200) -> None:
    """Fail unless an answer is what the service's own description says."""
    document = service.ask("GET", "/openapi.json").json()
    [content] = document["paths"][path][method]["responses"][str(status)]["content"].values()
    schema = {**content["schema"], "components": document["components"]}
    Draft202012Validator(schema).validate(answer)


def test_verdicts_are_those_of_the_command_line(service: Running, model: Path, drawings: Path, tmp_path: Path) -> None:
    paths = sorted(drawings.rglob("*.jpg"))[::5]
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(paths[0].read_bytes()[:500])
    expected = as_json("predict", *paths, broken, "--model", model, code=1)
    answer = service.predict(*((str(path), path.read_bytes()) for path in (*paths, broken)))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    found = answer.json()
    conforms(service, "/predict", "post", found)
    assert len(found) == len(expected) == 17
    for one, other in zip(found, expected, strict=True):
        assert list(one) == list(other)  # the same fields in the same order
        assert (one["probability"] is None) == (other["probability"] is None)
        assert one["probability"] == pytest.approx(other["probability"], abs=1e-4)
        for name in ("path", "class", "nearest_class", "reason", "error"):
            assert one[name] == other[name]


def test_one_photo_may_be_the_body(service: Running, drawings: Path) -> None:
    photo = (drawings / "dogs" / "dog.0001.jpg").read_bytes()
    [alone] = service.ask("POST", "/predict", photo, PHOTO).json()
    [in_form] = service.predict(("dog.jpg", photo)).json()
    assert (alone["path"], in_form["path"]) == ("", "dog.jpg")
    assert alone["probability"] == pytest.approx(in_form["probability"], abs=1e-4)


def test_many_callers_at_once_each_get_their_own(service: Running, drawings: Path) -> None:
    photos = sorted(drawings.rglob("*.jpg"))[:40]
    alone = [service.predict((path.name, path.read_bytes())).json()[0] for path in photos]
    with ThreadPoolExecutor(16) as callers:
        together = list(callers.map(lambda path: service.predict((path.name, path.read_bytes())).json()[0], photos))
    assert [one["path"] for one in together] == [path.name for path in photos]
    for one, other in zip(together, alone, strict=True):
        assert one["probability"] == pytest.approx(other["probability"], abs=1e-4)


def test_a_connection_serves_many_requests(service: Running, drawings: Path) -> None:
    photo = (drawings / "dogs" / "dog.0001.jpg").read_bytes()
    line = HTTPConnection("127.0.0.1", service.port, timeout=PATIENCE)
    for _ in range(5):
        line.request("POST", "/predict", photo, PHOTO)
        answer = line.getresponse()
        assert (answer.status, len(json.loads(answer.read()))) == (200, 1)
    line.close()


def test_it_says_what_it_is(service: Running) -> None:
    validate(service.ask("GET", "/openapi.json").json())
    models = service.ask("GET", "/models").json()
    conforms(service, "/models", "get", models)
    assert models[0]["classes"] == ["cat", "dog"]
    assert "/" not in models[0]["title"]  # where files lie is nobody's business
    health = service.ask("GET", "/health").json()
    conforms(service, "/health", "get", health)
    assert (health["status"], health["waiting"], health["queue"]) == ("ok", 0, 256)


def test_the_page_asks_nobody_else(service: Running) -> None:
    for path, kind in (("/", "text/html"), ("/page.css", "text/css"), ("/page.js", "text/javascript")):
        answer = service.ask("GET", path)
        assert (answer.status, answer.headers["content-type"].partition(";")[0]) == (200, kind)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert b"http" not in answer.body.replace(b"http-equiv", b"")


def test_a_page_of_ones_own_takes_its_place(model: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"There is no page .*index\.html"):
        page_files(tmp_path / "nowhere")
    folder = tmp_path / "page"
    (folder / "private").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>mine")
    (folder / "service-worker.js").write_text("1")
    (folder / "private" / "a.txt").write_text("x")
    (tmp_path / "secret.txt").write_text("x")
    with running(model, token=TOKEN, page=folder) as service:
        for path, kind in (("/", "text/html"), ("/index.html", "text/html"), ("/service-worker.js", "text/javascript")):
            answer = service.ask("GET", path)
            assert (answer.status, answer.headers["content-type"].partition(";")[0]) == (200, kind)
        for path in ("/private/a.txt", "/../secret.txt", "/%2e%2e/secret.txt", "/page.js"):
            assert service.ask("GET", path, headers={"Authorization": f"Bearer {TOKEN}"}).status == 404


def test_the_code_for_programmers_asks_it(
    service: Running,
    drawings: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    block = python_blocks(PAGE)[-1].replace("127.0.0.1:8000", f"127.0.0.1:{service.port}")
    run_blocks(["from pathlib import Path", block], drawings, tmp_path, monkeypatch)
    assert re.match(r"(cat|dog|not sure) {'cat': [01]\.", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/predict", 405), ("PUT", "/predict", 405), ("POST", "/models", 405), ("GET", "/elsewhere", 404),
     ("GET", "/../../etc/passwd", 404), ("GET", "/page.js/", 404), ("POST", "/predict/", 404)],
)  # fmt: skip
def test_what_is_not_there_is_a_sentence(service: Running, method: str, path: str, status: int) -> None:
    answer = service.ask(method, path)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    assert answer.json()["detail"].endswith(".")


def test_refusals_are_as_described(service: Running) -> None:
    for body, headers, status in (
        (b"", PHOTO, 400),
        (b"{}", {"Content-Type": "application/json"}, 415),
        (b"x", {**PHOTO, "Host": "evil.example"}, 421),
        (b"x", {**PHOTO, "Origin": "http://evil.example"}, 403),
        (b"x", {**PHOTO, "Content-Length": "64000001"}, 413),
    ):
        answer = service.ask("POST", "/predict", body, headers)
        assert answer.status == status
        conforms(service, "/predict", "post", answer.json(), status)
    too_many = service.predict(*[("a.jpg", b"x")] * 101)
    assert (too_many.status, "room for 100 photos" in too_many.json()["detail"]) == (413, True)


def test_a_token_is_asked_for(model: Path) -> None:
    with running(model, token=TOKEN, names=["cats.lan"]) as service:
        validate(service.ask("GET", "/openapi.json").json())
        refused = service.predict(("a.jpg", b"x"))
        assert (refused.status, refused.headers["www-authenticate"]) == (401, "Bearer")
        conforms(service, "/predict", "post", refused.json(), 401)
        assert service.ask("GET", "/models").status == 401
        assert service.ask("GET", "/").status == 200
        known = {"Authorization": f"Bearer {TOKEN}", "Host": "cats.lan:80"}
        assert service.ask("GET", "/models", headers=known).status == 200
        assert service.predict(("a.jpg", b"x"), **known).json()[0]["error"].startswith("This file is not a photo")


def test_bodies_without_a_length_are_measured_as_they_come(model: Path) -> None:
    with running(model, Limits(body=100_000)) as service:
        line = HTTPConnection("127.0.0.1", service.port, timeout=PATIENCE)
        line.request("POST", "/predict", iter([bytes(10_000)] * 9), PHOTO, encode_chunked=True)
        assert "not a photo" in json.loads(line.getresponse().read())[0]["error"]
        line.request("POST", "/predict", iter([bytes(10_000)] * 11), PHOTO, encode_chunked=True)
        refused = line.getresponse()
        assert (refused.status, json.loads(refused.read())["status"]) == (413, 413)
        line.close()
        assert service.predict(("a", bytes(90_000)), ("b", bytes(20_000))).status == 413
        assert service.ask("POST", "/predict", form(("a", b"x")), PHOTO).status == 200
