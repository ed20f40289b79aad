"""What a change has touched of a project's code: whether that is the change, and nothing else.

Usage: touched.py BEFORE AFTER KIND RECORD WORD...

`KIND` is `adds` where everything that stood there stays, else `changes`. `RECORD` is a file with what the same change did
to the code before anybody edited it by hand; it is written where there is none. `WORD`s name what changes.

1. Statements that were there and are not any more are parts of new ones, or the other way round, or name what changes.
2. Every line that is not there any more belongs to a statement that changed, or imports something.
3. What stays keeps its order, comments stay.
4. Files that are no Python stay as they are.
5. Apart from names of variables, comments and order, the change is what it is in code that nobody has edited.
"""

import ast
import copy
import difflib
import io
import json
import re
import sys
import tokenize
from collections import Counter
from pathlib import Path
from typing import NamedTuple

LEFT = {".venv", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".git"}

Imports = (ast.Import, ast.ImportFrom)


def texts(root: Path) -> dict[str, str]:
    found = {}
    for path in sorted(root.rglob("*")):
        inner = path.relative_to(root)
        if LEFT.intersection(inner.parts) or path.suffix in {".db", ".pyc"} or not path.is_file():
            continue
        found[str(inner)] = path.read_bytes().decode(errors="replace")
    return found


class Statement(NamedTuple):
    """A statement without the statements in it: its text in one form, and its lines."""

    said: str
    first: int
    last: int
    # Those around it, as text.
    around: str


def statements(node: ast.AST | str, around: str = "") -> list[Statement]:
    found = []
    tree = ast.parse(node) if isinstance(node, str) else node
    for child in ast.iter_child_nodes(tree):
        if not isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
            continue
        inner = statements(child)
        said, first, last = header(child)
        found.append(Statement(said, first, last, around))
        found += [one._replace(around=f"{around}\n{said}\n{one.around}") for one in inner]
    return found


def header(node: ast.AST) -> tuple[str, int, int]:
    decorators = [one.lineno for one in getattr(node, "decorator_list", [])]
    first = min([getattr(node, "lineno", 0), *decorators])
    last = getattr(node, "end_lineno", first)
    shown = copy.copy(node)
    body = getattr(node, "body", None)
    if isinstance(body, list) and body:
        inner = [body[0].lineno, *[one.lineno for one in getattr(body[0], "decorator_list", [])]]
        last = max(first, min(inner) - 1)
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            if getattr(shown, part, None):
                setattr(shown, part, [])
    said = ast.unparse(shown)
    if isinstance(node, ast.Try):
        # What it is there for is what it catches.
        caught = [ast.unparse(handler.type) for handler in node.handlers if handler.type]
        said = f"try: ... except {', '.join(caught)}"
    # When a revision was made is no part of the change.
    said = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?", "now", said)
    return said if isinstance(node, Imports) else re.sub(r"(\w+)_here\b", r"\1", said), first, last


def place(one: Statement) -> str:
    """What it says, and where: of definitions around it, the name."""
    around = re.sub(r"^((?:async )?(?:def|class) \w+).*$", r"\1", one.around, flags=re.MULTILINE)
    return f"{around}\n{one.said}"


def tokens(text: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s,]", text)


def is_part(small: str, large: str) -> bool:
    rest = iter(tokens(large))
    return all(token in rest for token in tokens(small))


def calls(said: str) -> set[str]:
    """The calls of a statement, with what they are given."""
    try:
        tree = ast.parse(said)
    except SyntaxError:
        return set()
    return {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def is_freed(one: Statement, away: Counter[str], arrived: Counter[str]) -> bool:
    """Whether it stood in a `try` that goes, and a new statement makes the same calls."""
    tries = [line for line in one.around.split("\n") if line.startswith("try: ... except") and line in away]
    called = calls(one.said)
    return bool(tries and called) and any(called <= calls(said) for said in arrived)


def comments(text: str) -> Counter[str]:
    read = tokenize.generate_tokens(io.StringIO(text).readline)
    return Counter(token.string for token in read if token.type == tokenize.COMMENT)


def unique(lines: list[str]) -> set[str]:
    counted = Counter(line for line in lines if len(line.strip()) > 3)
    return {line for line, times in counted.items() if times == 1}


def moved(before: list[str], after: list[str]) -> list[str]:
    """Lines that stand once in both and in another order."""
    both = unique(before) & unique(after)
    a, b = [line for line in before if line in both], [line for line in after if line in both]
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    return [line for tag, i, j, _, _ in matcher.get_opcodes() if tag in {"delete", "replace"} for line in a[i:j]]


def bound(statements: Counter[str]) -> set[str]:
    """The variables that statements assign."""
    return {name for said in statements for name in re.findall(r"^(\w+) = ", said)}


def functions(text: str) -> dict[str, set[str]]:
    """The functions in which a line stands, by the line."""
    lines = text.splitlines()
    found: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for line in lines[node.lineno - 1 : node.end_lineno]:
                found.setdefault(line, set()).add(node.name)
    return found


def is_import(line: str) -> bool:
    return bool(re.match(r"\s*(from|import) |\s+\w+,$|\)$", line))


def astray(before: str, after: str) -> list[str]:
    """Lines that are not there any more, of statements that still stand where they stood."""
    stood = statements(before)
    gone = Counter(map(place, stood)) - Counter(map(place, statements(after)))
    lines = [line.strip() for line in before.splitlines()]
    explained: Counter[str] = Counter()
    for one in stood:
        if place(one) in gone:
            explained.update(lines[one.first - 1 : one.last])
    lost = Counter(lines) - Counter(line.strip() for line in after.splitlines()) - explained
    return [line for line in lost if line and not is_import(line)]


def main() -> None:
    before, after, kind, record, *words = sys.argv[1:]
    old, new = texts(Path(before)), texts(Path(after))
    wrong: list[str] = []
    gone, come = Counter(), Counter()
    for path in sorted(old.keys() | new.keys()):
        a, b = old.get(path), new.get(path)
        if a == b:
            continue
        if not path.endswith(".py"):
            wrong.append(f"{path} is touched")
            continue
        a, b = a or "", b or ""
        stood = statements(a)
        was, now = Counter(one.said for one in stood), Counter(one.said for one in statements(b))
        away, arrived = was - now, now - was
        imports = re.compile(r"(from|import) ")
        away = Counter({said: times for said, times in away.items() if not imports.match(said)})
        arrived = Counter({said: times for said, times in arrived.items() if not imports.match(said)})
        gone += away
        come += arrived
        for said in away:
            if said == "pass" or any(is_part(said, other) for other in arrived):
                continue
            places = [f"{one.around}\n{said}".lower() for one in stood if one.said == said]
            named = any(word in place for word in words for place in places)
            shortened = any(is_part(other, said) for other in arrived)
            # What tests do follows what they test.
            is_test = "tests" in Path(path).parts and kind != "adds"
            freed = kind != "adds" and any(is_freed(one, away, arrived) for one in stood if one.said == said)
            if not (named or freed or is_test or (shortened and kind != "adds")):
                wrong.append(f"{path}: this was there, and nothing of the change: {said}")
        wrong += [f"{path}: this line is another, of a statement that is the same: {line}" for line in astray(a, b)]
        # What a test says of a variable stands with the statement that assigns it, where that is another.
        follows = bound(away) & bound(arrived) if "tests" in Path(path).parts and kind != "adds" else set()
        homes, places = functions(a), functions(b)
        for line in moved(a.splitlines(), b.splitlines()):
            stays_in = homes.get(line) and homes.get(line) == places.get(line)
            if not is_import(line) and not (stays_in and follows.intersection(re.findall(r"\w+", line))):
                wrong.append(f"{path}: this line stands elsewhere: {line}")
        lost = comments(a) - comments(b)
        if lost and kind == "adds":
            wrong.append(f"{path}: comments are gone: {list(lost)}")
    one = {"gone": dict(sorted(gone.items())), "come": dict(sorted(come.items()))}
    if Path(record).exists():
        known = json.loads(Path(record).read_text())
        for part in ("gone", "come"):
            more = Counter(one[part]) - Counter(known[part])
            less = Counter(known[part]) - Counter(one[part])
            wrong += [f"{part}, and not so in code as it is: {said}" for said in more]
            wrong += [f"{part} in code as it is, and not here: {said}" for said in less]
    else:
        Path(record).write_text(json.dumps(one, indent=1))
    if wrong:
        print("\n".join(wrong))
        sys.exit(1)


main()
