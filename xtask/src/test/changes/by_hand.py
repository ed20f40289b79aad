"""Edits the Python files of a project as people do, without a change of what they do.

Usage: by_hand.py VARIANT FILE...

`comments`   a comment above every function and behind short statements of functions
`reordered`  the methods of each class in reverse order, the constructor first
`renamed`    local variables of functions get other names
`extended`   each class gets a further method, each file of functions a further function
`split`      enumerations of models go to a file of their own and are imported back
"""

import ast
import re
import sys
from pathlib import Path

MARK = "kept by hand"


def lines_of(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def start(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *[decorator.lineno for decorator in decorators]])


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def comments(text: str) -> str:
    tree = ast.parse(text)
    lines = lines_of(text)
    for function in sorted(functions(tree), key=start, reverse=True):
        last = function.body[-1]
        if isinstance(last, ast.Return) and last.lineno == last.end_lineno and last is not function.body[0]:
            line = lines[last.lineno - 1]
            if len(line) < 60 and "#" not in line:
                lines[last.lineno - 1] = f"{line.rstrip()}  # {MARK}\n"
        first = function.body[0]
        is_doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        if not is_doc and first.lineno > function.lineno:
            margin = " " * first.col_offset
            lines.insert(first.lineno - 1, f"{margin}# {MARK}: why this is so\n")
    return "".join(lines)


def reordered(text: str) -> str:
    tree = ast.parse(text)
    lines = lines_of(text)
    for owner in reversed([node for node in tree.body if isinstance(node, ast.ClassDef)]):
        methods = [node for node in owner.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        kept = [node for node in methods if not node.name.startswith("__")]
        if len(kept) < 2 or owner.body[-len(kept) :] != kept:
            continue
        if any("overload" in ast.dump(node) or "property" in ast.dump(node) for node in kept):
            continue
        texts = ["".join(lines[start(node) - 1 : node.end_lineno]) for node in kept]
        # Decorated or commented blocks in between would be lost: only blank lines may stand there.
        between = [
            "".join(lines[a.end_lineno : start(b) - 1]) for a, b in zip(kept, kept[1:], strict=False)
        ]
        if any(part.strip() for part in between):
            continue
        ends = [text if text.endswith("\n") else text + "\n" for text in reversed(texts)]
        lines[start(kept[0]) - 1 : kept[-1].end_lineno] = ["\n".join(ends)]
    return "".join(lines)


class Renaming(ast.NodeVisitor):
    def __init__(self, names: dict[str, str]) -> None:
        self.names = names
        self.places: list[tuple[int, int, str]] = []

    def visit_Name(self, node: ast.Name) -> None:
        if node.id in self.names:
            self.places.append((node.lineno, node.col_offset, node.id))


def renamed(text: str) -> str:
    tree = ast.parse(text)
    lines = lines_of(text)
    places: list[tuple[int, int, str, str]] = []
    for function in functions(tree):
        inner = [node for node in ast.walk(function) if node is not function]
        if any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) for node in inner):
            continue
        arguments = {argument.arg for argument in ast.walk(function) if isinstance(argument, ast.arg)}
        bound = {
            node.id for node in inner if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        } - arguments
        names = {name: f"{name}_here" for name in bound if len(name) > 2 and not name.startswith("_")}
        visitor = Renaming(names)
        for statement in function.body:
            visitor.visit(statement)
        places += [(line, column, old, names[old]) for line, column, old in visitor.places]
    for line, column, old, new in sorted(places, reverse=True):
        raw = lines[line - 1].encode()
        assert raw[column : column + len(old)].decode() == old
        lines[line - 1] = (raw[:column] + new.encode() + raw[column + len(old) :]).decode()
    return "".join(lines)


def extended(text: str) -> str:
    tree = ast.parse(text)
    lines = lines_of(text)
    for owner in reversed([node for node in tree.body if isinstance(node, ast.ClassDef)]):
        if not any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in owner.body):
            continue
        body = '\n    def own_words(self) -> str:\n        return type(self).__name__\n'
        lines.insert(owner.end_lineno or 0, body)
    return "".join(lines)


def split(path: Path, text: str) -> str:
    tree = ast.parse(text)
    enums = [
        node
        for node in tree.body
        if isinstance(node, ast.ClassDef) and any("Enum" in ast.unparse(base) for base in node.bases)
    ]
    if not enums or path.name not in {"models.py"}:
        return text
    lines = lines_of(text)
    bases = sorted({ast.unparse(base) for node in enums for base in node.bases if ast.unparse(base) != "str"})
    moved = "\n\n".join("".join(lines[start(node) - 1 : node.end_lineno]) for node in enums)
    path.with_name("choices.py").write_text(f"from enum import {', '.join(bases)}\n\n\n{moved}")
    for node in reversed(enums):
        end = node.end_lineno or 0
        while end < len(lines) and not lines[end].strip():
            end += 1
        lines[start(node) - 1 : end] = []
    package = dotted(path.with_name("choices.py"))
    names = ", ".join(sorted(node.name for node in enums))
    last = max(node.end_lineno or 0 for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom))
    lines.insert(last, f"from {package} import {names}\n")
    moved_names = {node.name for node in enums}
    for other in sorted(Path().rglob("*.py")):
        if other != path and not {".venv", "node_modules"}.intersection(other.parts):
            follow(other, dotted(path), package, moved_names)
    return "".join(lines)


def follow(path: Path, module: str, package: str, names: set[str]) -> None:
    """Imports of what moved come from where it is now: type checkers do not let it be passed on."""
    text = path.read_text()
    lines = lines_of(text)
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)]
    for node in reversed([node for node in imports if node.module == module and node.col_offset == 0]):
        shown = [f"{one.name} as {one.asname}" if one.asname else one.name for one in node.names]
        kept = [text for one, text in zip(node.names, shown, strict=True) if one.name not in names]
        gone = [text for one, text in zip(node.names, shown, strict=True) if one.name in names]
        if not gone:
            continue
        new = [f"from {home} import {', '.join(parts)}\n" for home, parts in ((package, gone), (module, kept)) if parts]
        lines[node.lineno - 1 : node.end_lineno] = new
    if lines != lines_of(text):
        path.write_text("".join(lines))


def dotted(path: Path) -> str:
    parts = list(path.with_suffix("").parts)
    while parts and not (Path(*parts[:1]).joinpath("__init__.py").exists() or parts[0] in {"app", "src", "tempo"}):
        parts.pop(0)
    return ".".join(parts)


def main() -> None:
    variant = sys.argv[1]
    for name in sys.argv[2:]:
        path = Path(name)
        text = path.read_text()
        if variant == "split":
            new = split(path, text)
        else:
            new = {"comments": comments, "reordered": reordered, "renamed": renamed, "extended": extended}[variant](text)
        ast.parse(new)
        path.write_text(re.sub(r"\n{4,}", "\n\n\n", new))


main()
