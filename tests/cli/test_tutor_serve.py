"""``tutor serve``: what it says at the start, and what is wrong before it; without the extra it says what to install."""

import http.client
import re
import signal
import socket
import subprocess
import sys

import pytest
from web_site import need_web

from tutor.cli.tutor_serve import bind_port
from tutor.errors import OutputError


def test_a_port_that_is_in_use_says_so():
    taken = bind_port("127.0.0.1", 0)
    port = taken.getsockname()[1]
    with pytest.raises(OutputError, match=f"127.0.0.1:{port} cannot be used") as error:
        bind_port("127.0.0.1", port)
    assert f"--port {port + 1}" in error.value.hint
    taken.close()


def test_an_address_of_another_machine_is_none():
    with pytest.raises(OutputError, match=r"is no address|cannot be used"):
        bind_port("no.such.host.invalid", 0)
    with pytest.raises(OutputError, match="cannot be used"):
        bind_port("203.0.113.7", 0)


def test_without_the_extra_it_says_what_to_install(tutor, monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    code, _, said = tutor("serve", "--port", "0")
    assert code == 2
    assert "uvicorn, which is not installed" in said
    assert "pip install 'backprop-tutor[web]'" in said


def test_no_other_command_needs_it(tutor):
    program = "import sys; from tutor.cli.app import add_other_commands; add_other_commands(); print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert not re.search(r"'(starlette|jinja2|uvicorn|sqlite3|asyncio)[.']", loaded)


@pytest.fixture
def serve(tmp_path):
    need_web()
    running = []

    def start(*options):
        own = ["serve", "--port", "0", "--database", str(tmp_path / "p.sqlite"), *options]
        with (tmp_path / "imports.txt").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-X", "importtime", "-m", "tutor", *own], stdout=subprocess.PIPE, stderr=log, text=True, cwd=tmp_path
            )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()
        process.stdout.close()


def ask(port, address="/"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", address)
    answer = connection.getresponse()
    found = answer.status, answer.read().decode()
    connection.close()
    return found


def test_it_serves_without_sympy_and_ends(serve, tmp_path):
    (tmp_path / "mine.toml").write_text('title = "Mine"\nsteps = ["d = x*y"]\n', "utf-8")
    process = serve(str(tmp_path))
    port = int(re.search(r"http://127\.0\.0\.1:(\d+)/", process.stdout.readline())[1])
    status, text = ask(port)
    assert status == 200
    assert "Mine" in text
    assert ask(port, "/practise/mine")[0] == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert not re.search(r"\| +(sympy|numpy|flint|mpmath)\n", (tmp_path / "imports.txt").read_text())


def test_a_class_has_its_links_written(serve, tmp_path):
    (tmp_path / "class.txt").write_text("anna\nben\n", "utf-8")
    process = serve("dl/bce", "--class", "class.txt", "--name", "aula.example")
    first, second, third = (process.stdout.readline() for _ in range(3))
    assert "2 students, 2 new links" in first
    port = int(re.search(r":(\d+)/", second)[1])
    assert ask(port, re.search(r"(/class/\S+)", third)[1])[0] == 200
    assert (tmp_path / "p.sqlite.links.csv").read_text().count("http://aula.example:") == 2


@pytest.mark.parametrize(("options", "said"), [
    (["nuron/two-two-two"], "there is no exercise"), (["--lang", "xx"], "there is no language"), (["--class", "nobody.txt"], "nobody.txt"),
    (["--costs", "2"], "2 is no share"), (["--costs", "1", "--mode", "exam"], "cost nothing in exam"),
    (["--database", "/nowhere/at/all.sqlite"], "cannot be opened"),
])  # fmt: skip
def test_what_is_wrong_is_said_before_the_start(tutor, options, said):
    need_web()
    code, _, err = tutor("serve", "--port", "0", *options)
    assert code == 2
    assert said in err


def test_sockets_are_closed():
    made = bind_port("127.0.0.1", 0)
    assert made.family == socket.AF_INET
    made.close()
