"""Runs commands in the environment of a project, each time in a process of its own in which the libraries are imported
already: what a library does when it is imported is done once, the project's own code is read anew each time.

Usage: worker.py OUTPUT, with a line of JSON on standard input for each time:
  commands      lists of words, run one after the other until one fails: the name of a console script, or a `.py` file
  environment   further variables

It answers with the exit code; what was said stands in the file OUTPUT.
"""

import contextlib
import gc
import importlib
import importlib.util
import json
import os
import runpy
import signal
import site
import sys
import sysconfig
import traceback
from importlib.metadata import entry_points
from pathlib import Path

# So many seconds are enough for everything; what takes longer hangs.
LONGEST = 900

# So many times, what a command has imported of libraries is imported for all that follow.
LESSONS = 6


def run(words: list[str]) -> int:
    program, *arguments = words
    sys.argv = [program, *arguments]
    try:
        if program.endswith(".py"):
            runpy.run_path(program, run_name="__main__")
            return 0
        (script,) = entry_points(group="console_scripts", name=program)
        answer = script.load()()
    except SystemExit as end:
        answer = end.code
    if answer is not None and not isinstance(answer, int):
        print(answer)
        return 1
    return int(answer or 0)


def cheap_passwords() -> None:
    """How long it takes to hash a password is not what is tested."""
    with contextlib.suppress(ImportError):
        from argon2 import PasswordHasher

        full = PasswordHasher.__init__

        def cheap(hasher: PasswordHasher, *_: object, **__: object) -> None:
            full(hasher, time_cost=1, memory_cost=8, parallelism=1)

        PasswordHasher.__init__ = cheap


def in_child(order: dict[str, object], output: Path, learned: Path) -> int:
    said = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(said, 1)
    os.dup2(said, 2)
    signal.alarm(LONGEST)
    os.environ.update(order["environment"])
    sys.path[0] = str(Path(sys.executable).parent)
    known = set(sys.modules)
    code = 1
    try:
        for words in order["commands"]:
            code = run(words)
            if code:
                print(f"`{' '.join(words)}` ends with {code}")
                break
    except BaseException:
        traceback.print_exc()
        code = 1
    with contextlib.suppress(OSError):
        learned.write_text("\n".join(name for name in list(sys.modules) if name not in known))
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def libraries(names: list[str]) -> None:
    """Imports modules that are no part of the project, and none that pytest wants to rewrite first."""
    folders = [sysconfig.get_path("stdlib"), *site.getsitepackages()]
    plugins = {point.value.split(":")[0].split(".")[0] for point in entry_points(group="pytest11")}
    for name in names:
        if name.split(".")[0] in plugins or name.startswith("encodings") or name == "antigravity":
            continue
        spec = None
        with contextlib.suppress(Exception):
            spec = importlib.util.find_spec(name)
        if spec is None or not any(str(spec.origin).startswith(folder) for folder in folders):
            continue
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


def main() -> None:
    output, learned = Path(sys.argv[1]), Path(sys.argv[1]).with_suffix(".learned")
    lessons = 0
    cheap_passwords()
    for line in sys.stdin:
        order = json.loads(line)
        learned.unlink(missing_ok=True)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = in_child(order, output, learned)
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if lessons < LESSONS and code == 0 and learned.exists():
            lessons += 1
            libraries(learned.read_text().split("\n"))
        print(code, flush=True)


main()
