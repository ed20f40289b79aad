"""Removes owner checks of the generated modules, one at a time, and runs the module's tests.

Arguments: how many to remove, chosen at random, and the seed of the choice.

An owner check is, in a service or a repository:
- a comparison of a row's owner, or of a member of the group that owns it, with the caller, in a condition or a query;
- a comparison of a member's role in a query;
- a refusal of whoever has not the role;
- a call of a method that checks the caller's role, or the references in a body.
"""

import ast
import concurrent.futures
import pathlib
import queue
import random
import re
import shutil
import subprocess
import sys
import tempfile

MODULES = pathlib.Path("app/modules")


OWNER = re.compile(r"\b(owner_id|user_id|user\.id)$")


ROLE = re.compile(r"\brole$")
ASKS_ROLE = re.compile(r"get_for_(?!owner\b|user\b)\w+\(.*\) is None$")


def is_owner(node):
    return OWNER.search(ast.unparse(node)) is not None


def is_member(node):
    """`X.role == Role.ADMIN` in a query."""
    value = node.comparators[0]
    return ROLE.search(ast.unparse(node.left)) and isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name)


def replacements(tree):
    """Pairs of a node and the text that takes its place."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and is_owner(node.left) and is_owner(node.comparators[0]):
            if isinstance(node.ops[0], ast.NotEq):
                yield node, "False"
            elif isinstance(node.ops[0], ast.Eq) and isinstance(parents[node], ast.Call):
                yield node, f"({ast.unparse(node.left)}) == ({ast.unparse(node.left)})"
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq) and is_member(node):
            if isinstance(parents[node], ast.Call):
                yield node, f"({ast.unparse(node.left)}) == ({ast.unparse(node.left)})"
        elif isinstance(node, ast.If) and isinstance(node.body[0], ast.Raise) and ASKS_ROLE.search(ast.unparse(node.test)):
            yield node.test, "False"
        elif isinstance(node, ast.Expr):
            call = node.value.value if isinstance(node.value, ast.Await) else node.value
            if isinstance(call, ast.Call) and any(word in ast.unparse(call.func) for word in ("check", "require", "ensure")):
                yield node, "pass"


def mutants():
    for path in sorted(MODULES.glob("*/*.py")):
        if path.parent.name == "users" or path.name not in ("service.py", "repository.py"):
            continue
        source = path.read_text()
        lines = source.splitlines(keepends=True)
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line.encode()))
        for node, text in replacements(ast.parse(source)):
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[node.end_lineno - 1] + node.end_col_offset
            raw = source.encode()
            yield path, node.lineno, source, (raw[:start] + text.encode() + raw[end:]).decode()


def tests_fail(copy, pattern):
    files = [str(path.relative_to(copy)) for path in (copy / "tests").rglob(pattern)]
    run = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *files]
    return bool(files) and subprocess.run(run, cwd=copy, capture_output=True).returncode == 1


def survives(copies, path, source, mutant):
    copy = copies.get()
    try:
        (copy / path).write_text(mutant)
        # The module's own tests first; what it is for may be tested beside what uses it.
        own = f"test_*{path.parent.name}*.py"
        return not (tests_fail(copy, own) or tests_fail(copy, "test_*.py"))
    finally:
        (copy / path).write_text(source)
        copies.put(copy)


def main(limit, seed):
    found = list(mutants())
    if not found:
        sys.exit("no owner check was found in any module")
    chosen = random.Random(seed).sample(found, min(limit, len(found)))
    copies = queue.Queue()
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        for number in range(2):
            copy = pathlib.Path(folder, str(number))
            shutil.copytree(".", copy, ignore=shutil.ignore_patterns(".venv", "__pycache__", "*.db", ".*_cache"))
            copies.put(copy)
        alive = list(pool.map(lambda it: survives(copies, it[0], it[2], it[3]), chosen))
    survivors = [f"{it[0]}:{it[1]}: {it[2].splitlines()[it[1] - 1].strip()}" for it, lives in zip(chosen, alive) if lives]
    if survivors:
        sys.exit("no test noticed that these were removed:\n" + "\n".join(survivors))
    print(f"{len(chosen)} of {len(found)} removals, each noticed (seed {seed})")


main(int(sys.argv[1]), int(sys.argv[2]))
