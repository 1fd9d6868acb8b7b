"""Small changes of a module's code, of which a good test notices each: mutants.

Operators are those that mutmut, cosmic-ray and PIT have in common, made with `ast`: comparisons,
boolean operators, negated conditions, constants, arithmetic, returned values, removed statements
and contexts. Regular expressions lose one alternative at a time. Sentences (texts with a blank,
parts of f-strings, docstrings) are left alone: their wording is no behaviour.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

Put = Callable[[Any], None]
"""Puts a node in the place of another one."""

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
"""A division is left alone: nearly all of them join paths, and any test notices another sign."""
OPENED = re.compile(r"\((?:\?[:=!]|\?<[=!]|\?P<\w+>)?")
DECLARATIONS = ("TypeVar", "NamedTuple", "Literal", "get_args", "__all__")


class Mutant(NamedTuple):
    """One change: the file below the repository's root, its number there, its place and words."""

    path: str
    number: int
    line: int
    where: str
    change: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.where}: {self.change}"


def mutants_of(root: Path, path: str) -> list[Mutant]:
    """Every mutant of a module, in the order of its code."""
    tree = ast.parse((root / path).read_text("utf-8"))
    return [
        Mutant(path, number, line, where, change)
        for number, (line, where, change, _) in enumerate(_changes(tree))
    ]


def compiled(root: Path, mutant: Mutant) -> CodeType:
    """The code of the module with the change made."""
    tree = ast.parse((root / mutant.path).read_text("utf-8"))
    for number, (*_, make) in enumerate(_changes(tree)):
        if number == mutant.number:
            make()
            break
    return compile(ast.fix_missing_locations(tree), str(root / mutant.path), "exec")


def _changes(tree: ast.Module) -> Iterator[tuple[int, str, str, Callable[[], None]]]:
    for node, put, where in _places(tree, ""):
        before = ast.unparse(node)
        for new in _mutated(node):
            change = _told(before, new)

            def make(put: Put = put, new: ast.AST = new) -> None:
                put(new)

            yield node.lineno, where or "module", change, make


def _told(before: str, new: ast.AST) -> str:
    """A change in one line; of a long text only what it loses."""
    after = "removed" if isinstance(new, ast.Pass) else ast.unparse(new)
    if isinstance(new, ast.Constant) and len(before) > len(after) > 4:
        same = (a == b for a, b in zip(before, after, strict=False))
        start = next((at for at, is_same in enumerate(same) if not is_same), len(after))
        return f"{_short(before, 50)} without {before[start : start + len(before) - len(after)]!r}"
    return f"{_short(before, 120)} -> {_short(after, 120)}"


def _short(code: str, longest: int) -> str:
    line = " ".join(code.split())
    return line if len(line) <= longest else f"{line[: longest - 3]}..."


def _places(node: ast.AST, where: str) -> Iterator[tuple[Any, Put, str]]:
    """Every node that can be changed, how another takes its place, and in which function it is."""
    for name, held in ast.iter_fields(node):
        many = held if isinstance(held, list) else [held]
        for at, child in enumerate(many):
            if not isinstance(child, ast.AST) or _is_left_alone(node, name, child):
                continue

            def put(new: Any, name: str = name, at: int = at, held: Any = held) -> None:
                if isinstance(held, list):
                    held[at] = new
                else:
                    setattr(node, name, new)

            own = getattr(child, "name", None) if _is_scope(child) else None
            inner = ".".join(filter(None, (where, own)))
            if isinstance(child, ast.expr | ast.stmt):
                yield child, put, inner
            yield from _places(child, inner)


def _is_scope(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _is_left_alone(parent: ast.AST, name: str, child: ast.AST) -> bool:
    """Docstrings, annotations, decorators, imports, assertions and the wording of errors."""
    if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
        return True
    if name in ("annotation", "returns", "decorator_list", "type_params"):
        return True
    if isinstance(child, ast.Import | ast.ImportFrom | ast.Assert):
        return True
    if isinstance(child, ast.keyword) and child.arg == "strict" and _names(parent) == "zip":
        return True  # asserts that both are as long
    if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
        return True
    if isinstance(child, ast.Assign | ast.AnnAssign) and any(
        word in ast.unparse(child) for word in DECLARATIONS
    ):
        return True
    if isinstance(child, ast.Constant) and isinstance(child.value, str):
        is_wording = isinstance(parent, ast.JoinedStr) or " " in child.value.strip()
        return is_wording and not _alternatives(child.value)
    # What an error says; whether it is raised is changed elsewhere.
    return isinstance(parent, ast.Raise) or _names(parent) in ("InputError", "ValueError")


def _names(node: ast.AST) -> str:
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def _mutated(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that may stand in a node's place."""
    for make in (_comparison, _boolean, _condition, _constant, _arithmetic, _statement, _pattern):
        yield from make(node)


def _copy(node: ast.AST, **changed: Any) -> Any:
    fields = {name: held for name, held in ast.iter_fields(node)} | changed
    return ast.copy_location(type(node)(**fields), node)


def _comparison(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare):
        for at, sign in enumerate(node.ops):
            other = COMPARED[type(sign)]()
            yield _copy(node, ops=[*node.ops[:at], other, *node.ops[at + 1 :]])


def _boolean(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BoolOp):
        yield _copy(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand


def _condition(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.If | ast.IfExp | ast.While) and isinstance(
        node.test, ast.Name | ast.Attribute | ast.Call | ast.NamedExpr
    ):
        yield _copy(node, test=ast.UnaryOp(ast.Not(), node.test))


def _constant(node: ast.AST) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Constant):
        return
    held = node.value
    if isinstance(held, bool):
        yield _copy(node, value=not held)
    elif isinstance(held, int | float):
        yield _copy(node, value=held + 1)
    elif isinstance(held, str) and held.strip() and not _alternatives(held):
        yield _copy(node, value=f"XX{held}")


def _pattern(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        for start, end in _alternatives(node.value):
            yield _copy(node, value=node.value[:start] + node.value[end:])


def _alternatives(pattern: str) -> list[tuple[int, int]]:
    """Where the alternatives of a regular expression stand, each with one of its bars."""
    found: list[tuple[int, int]] = []
    starts, bars, at = [0], [False], 0
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            at += 1
        elif sign == "[":
            at = max(at, pattern.find("]", at + 2))
        elif sign == "(":
            opened = OPENED.match(pattern, at)
            starts.append(opened.end() if opened else at + 1)
            bars.append(False)
        elif sign == "|":
            found.append((starts[-1], at + 1))
            starts[-1], bars[-1] = at + 1, True
        elif sign == ")" and len(starts) > 1:
            start, had = starts.pop(), bars.pop()
            found += [(start - 1, at)] if had else []
        at += 1
    if len(starts) == 1 and bars[0]:
        found.append((starts[0] - 1, len(pattern)))
    return found


def _arithmetic(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in COMPUTED:
        yield _copy(node, op=COMPUTED[type(node.op)]())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand


def _statement(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Return) and node.value is not None:
        # None for False is as false, and where it is not, mypy says so.
        held = node.value.value if isinstance(node.value, ast.Constant) else ""
        if held is not None and held is not False:
            yield _copy(node, value=ast.Constant(None))
    elif isinstance(node, ast.Expr | ast.Raise | ast.Continue | ast.Break | ast.AugAssign):
        yield ast.copy_location(ast.Pass(), node)
    elif isinstance(node, ast.With) and all(item.optional_vars is None for item in node.items):
        yield ast.copy_location(ast.If(ast.Constant(True), node.body, []), node)
