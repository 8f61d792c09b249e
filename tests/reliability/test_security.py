"""What docs/security.md promises: no file runs code, the server is the learner's alone, texts are shown as texts."""

import ast
import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

import nnlab
from nnlab import layers
from nnlab.autodiff import Value, mermaid
from nnlab.course import predict
from nnlab.course.question import banks
from nnlab.course.recalling import Recall
from nnlab.course.reply import Reply
from nnlab.datasets import fashion_mnist, mnist
from nnlab.explorers._figure import FigureWidget
from nnlab.explorers.formula import FormulaError, parse
from tests.browser.conftest import environment, free_port, wait_for

PACKAGE = Path(nnlab.__file__).parent
TREES = {
    path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")
}
PAGE = sorted(path for path in PACKAGE.rglob("*") if path.suffix in (".js", ".css"))
HOSTILE = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>"

# What may be used nowhere but in these places, and why there.
MODULES = {
    # Compiled code, as Numba keeps it, in a folder that is trusted; in the sweep only dumps, to try whether another
    # process could be sent a network.
    "pickle": {"engine/_jit.py", "sweeping/running.py"},
    "marshal": set(), "shelve": set(), "dill": set(), "cloudpickle": set(), "joblib": set(), "yaml": set(),
    "tarfile": set(), "socket": set(), "http": set(), "urllib.request": set(), "ftplib": set(), "xml": set(),
    "subprocess": {"commands/lab.py", "explorers/_live.py"},  # JupyterLab, and this Python with code of ours
    "requests": {"datasets/_download.py"},
    "pooch": {"datasets/_download.py"},
    "zipfile": {"_archive.py"},  # reads members into memory
    "ctypes": {"course/calling.py"},  # ends the learner's own function when it takes too long
}  # fmt: skip
CALLS = {
    "eval", "exec", "compile", "__import__", "input", "pickle.load", "pickle.loads", "pickle.Unpickler", "os.system",
    "os.popen", "tempfile.mktemp", "runpy.run_path", "numpy.fromfile", "os.startfile", "builtins.eval",
}  # fmt: skip


def name_of(node):
    """Give a name with its dots: "np.load"."""
    if isinstance(node, ast.Attribute):
        before = name_of(node.value)
        return f"{before}.{node.attr}" if before else ""
    return node.id if isinstance(node, ast.Name) else ""


def _calls():
    for place, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield place, name_of(node.func), node


CALLED = list(_calls())


def keywords(call):
    return {keyword.arg: keyword.value for keyword in call.keywords}


def is_constant(node, value):
    return isinstance(node, ast.Constant) and node.value is value


def test_modules_that_can_run_code_or_reach_out_are_imported_only_where_it_is_known_why():
    found = {name: set() for name in MODULES}
    for place, tree in TREES.items():
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            for name in names:
                for known in MODULES:
                    if name == known or name.startswith(f"{known}."):
                        found[known].add(place)
    assert found == MODULES


def test_no_text_is_run_and_nothing_is_unpickled():
    # What is compiled there is our own module, to look for its imports; it is not run.
    known = {("engine/_jit.py", "pickle.loads"), ("engine/_jit.py", "compile")}
    assert {(place, name) for place, name, _ in CALLED if name in CALLS} == known


def test_modules_are_imported_by_names_of_our_own_only():
    for place, name, call in CALLED:
        if name.endswith("import_module") and place != "commands/doctor.py":  # which goes through nnlab's own modules
            start = call.args[0].values[0] if isinstance(call.args[0], ast.JoinedStr) else call.args[0]
            ours = isinstance(start, ast.Constant) and start.value.startswith("nnlab.")
            assert ours or ast.unparse(start) == "_NAMES[name]", place


def test_arrays_are_loaded_without_pickle():
    loads = [(place, call) for place, name, call in CALLED if name in ("np.load", "numpy.load")]
    assert len(loads) == 2
    for place, call in loads:
        assert is_constant(keywords(call).get("allow_pickle"), False), place


def test_no_shell_no_unpacking_of_archives_no_unverified_connection():
    for place, name, call in CALLED:
        assert "shell" not in keywords(call), place
        assert "verify" not in keywords(call), place
        assert name.rpartition(".")[2] not in ("extractall", "extract", "unpack_archive"), place


def test_downloads_have_hashes_and_come_over_https():
    for source in (mnist._SOURCE, fashion_mnist._SOURCE):
        assert all(mirror.startswith("https://") for mirror in source.mirrors)
        assert all(re.fullmatch("[0-9a-f]{64}", sha) for file in source.files for sha in (file.sha256, file.gz_sha256))


# JupyterLab.


def test_no_setting_of_the_servers_door_is_touched():
    touchy = re.compile(r"token|password|allow_origin|allow_remote|xsrf|--ip|ServerApp|IdentityProvider", re.IGNORECASE)
    for place in ("commands/lab.py", "commands/lecture.py", "commands/slides.py", "server.py", "cli.py"):
        code = ast.parse((PACKAGE / place).read_text(encoding="utf-8"))
        texts = [
            node.value for node in ast.walk(code) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        docstrings = {ast.get_docstring(node, clean=False) for node in ast.walk(code) if hasattr(node, "body")
                      and isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)}  # fmt: skip
        assert not [text for text in texts if text not in docstrings and touchy.search(text)], place
    assert json.loads((PACKAGE / "server.json").read_text()) == {
        "ServerApp": {"jpserver_extensions": {"nnlab.server": True}}
    }


def status(url, **headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:  # it is an answer, too, and Python 3.14 wants it closed
            return error.code


def listeners(port):
    """Addresses on which somebody listens at a port, as Linux writes them."""
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            if state == "0A" and int(local.rpartition(":")[2], 16) == port:
                found.add(local.rpartition(":")[0])
    return found


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the sockets as Linux lists them")
def test_the_course_is_served_to_this_machine_only_and_with_a_token(tmp_path):
    port, log = free_port(), tmp_path / "log"
    command = [sys.executable, "-m", "nnlab.cli", "lab", str(tmp_path / "course"), "--", "--no-browser"]
    command += [f"--port={port}", "--ServerApp.port_retries=0", *(["--allow-root"] if os.geteuid() == 0 else [])]
    with log.open("w") as file:
        process = subprocess.Popen(command, env=environment(tmp_path), stdout=file, stderr=file, start_new_session=True)
    url = f"http://127.0.0.1:{port}/api/contents"
    try:
        wait_for(f"http://127.0.0.1:{port}/login", process, log)
        assert status(url) == 403
        assert status(url, Authorization="token ") == 403
        assert status(f"{url}?token=") == 403
        assert status(f"http://127.0.0.1:{port}/api/kernels") == 403
        token = re.search(r"token=([0-9a-f]{40,})", log.read_text()).group(1)
        assert status(url, Authorization=f"token {token}") == 200
        assert status(url, Authorization=f"token {token}", Host="evil.example") == 403
        assert listeners(port) <= {"0100007F", "00000000000000000000000001000000"}  # 127.0.0.1 and ::1
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


# Texts in pages.


def test_the_pages_code_makes_no_html_of_texts_and_asks_nobody():
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|\bFunction\(|\bfetch\(|XMLHttpRequest|WebSocket|"
        r"EventSource|sendBeacon|\bimport\b|https?://|srcdoc|createContextualFragment|DOMParser|url\(|setTimeout\(\s*[\"']"
    )
    assert len(PAGE) >= 8
    for path in PAGE:
        code = re.sub(r"^\s*//.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert not forbidden.search(code), path


def test_html_is_written_only_where_it_is_tested():
    places = {
        place
        for place, tree in TREES.items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in ("HTML", "HTMLMath", "Markdown", "Javascript"))
        or (isinstance(node, ast.FunctionDef) and re.fullmatch(r"_repr_(html|javascript|svg|markdown)_", node.name))
        or (isinstance(node, ast.Constant) and node.value == "text/html")
        or (isinstance(node, ast.keyword) and node.arg == "description_allow_html")
    }
    assert places == {"course/reply.py", "course/predicting.py", "course/recalling.py"}


def test_what_replies_and_questions_say_is_text():
    reply = Reply("failed", HOSTILE, (HOSTILE,), code=HOSTILE)
    asked = predict("99.a", HOSTILE, [HOSTILE, "b"], answer=0, because=HOSTILE, reveals=FigureWidget())
    asked.commit(1)
    question = banks()["03"][0]
    recall = Recall([(question, question.ask(nnlab.course.question.Draw("a")))])
    recall._boxes[0].say(HOSTILE)
    recall.answer(0, HOSTILE)
    texts = [reply._repr_html_(), asked._first[0].value, asked._said.value, recall._boxes[0]._said.value]
    for text in texts:
        assert "&lt;img" in text
        assert "<img" not in text
        assert "<script" not in text


def test_labels_of_graphs_are_text():
    text = mermaid(Value(1.0, label=HOSTILE) * 2)
    assert "<img" not in text
    assert "<script" not in text


def test_a_formula_with_html_is_refused_and_shown_as_it_is():
    with pytest.raises(FormulaError) as caught:
        parse(HOSTILE[:100])
    assert "<img" in str(caught.value)  # a text, as the page shows it: see the test in the browser


class Named(layers.Layer):
    def forward(self, x, training=False, rng=None):
        return x


Named.__name__ = HOSTILE


def test_names_of_models_and_layers_make_no_html(tmp_path):
    model = nnlab.Sequential([layers.Input((2,)), layers.Dense(1, name=HOSTILE), Named(name="b")], name=HOSTILE)
    for thing in (model, model.layers[0], nnlab.sweep):
        assert not hasattr(thing, "_repr_html_")
        assert not hasattr(thing, "_repr_mimebundle_")
    model.save(tmp_path / "a.nnlab")
    with pytest.raises(ValueError, match="which is no part of nnlab"):
        nnlab.load_model(tmp_path / "a.nnlab")
