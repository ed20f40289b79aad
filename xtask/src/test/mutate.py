"""Removes each owner check of the generated modules in turn, and runs the module's tests.

An owner check is, in a service or a repository:
- a comparison of a row's column (`*_id`) with the caller's or the parent's key, in a condition or a query;
- a call of a method that is given the caller and whose result only serves as a check or as the parent;
- a call of a method that checks the references in a body.
"""

import ast
import pathlib
import subprocess
import sys

MODULES = pathlib.Path("app/modules")


def is_key(node):
    text = ast.unparse(node)
    return text.endswith(("_id", "user.id", ".id"))


def replacements(tree):
    """Pairs of a node and the text that takes its place."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and is_key(node.left) and is_key(node.comparators[0]):
            if isinstance(node.ops[0], ast.NotEq):
                yield node, "False"
            elif isinstance(node.ops[0], ast.Eq) and isinstance(parents[node], ast.Call):
                yield node, f"({ast.unparse(node.left)}) == ({ast.unparse(node.left)})"
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


def tests_fail(module):
    files = [str(path) for path in pathlib.Path("tests").rglob(f"test_*{module}*.py")] or ["tests"]
    run = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *files]
    return subprocess.run(run, capture_output=True).returncode == 1


def main():
    survivors, number = [], 0
    for path, line, source, mutant in list(mutants()):
        number += 1
        path.write_text(mutant)
        try:
            if not tests_fail(path.parent.name):
                survivors.append(f"{path}:{line}: {source.splitlines()[line - 1].strip()}")
        finally:
            path.write_text(source)
    if number == 0:
        sys.exit("no owner check was found in any module")
    if survivors:
        sys.exit("no test noticed that these were removed:\n" + "\n".join(survivors))
    print(f"{number} mutants, all noticed")


main()
