//! Names, classes, annotations and constants of small projects in memory.

use architect_model::Known;
use ruff_python_ast::{Expr, Stmt};

use super::{Index, Resolution, Scope, Value};
use crate::source::Sources;
use crate::syntax::Files;

type Texts = &'static [(&'static str, &'static str)];

/// Runs a test over the index of some files.
fn with_index(files: Texts, test: impl FnOnce(&Index<'_>)) {
    let files = Files::parse(&Sources::in_memory(files.iter().copied()));
    test(&Index::new(&files));
}

/// The import path that a name of a file stands for; the reason where it is unknown.
fn meaning(index: &Index<'_>, file: &str, name: &str) -> String {
    let file = index.files().by_path(file).expect("the file");
    match index.module_member(file, name) {
        Some(Resolution::Unknown(unknown)) => format!("? {}", unknown.reason),
        Some(resolution) => resolution.path().unwrap_or_else(|| "no path".to_owned()),
        None => "not defined".to_owned(),
    }
}

/// Checks what names of a file stand for.
fn check(files: Texts, file: &str, expected: &[(&str, &str)]) {
    with_index(files, |index| {
        for (name, path) in expected {
            assert_eq!(meaning(index, file, name), *path, "{name}");
        }
    });
}

/// The value of a name at the end of a file.
fn value(text: &str, name: &str) -> Known<(Value, Option<String>)> {
    let text: &'static str = format!("{text}{name}\n").leak();
    let files = Files::parse(&Sources::in_memory([("m.py", text)]));
    let index = Index::new(&files);
    let file = files.by_path("m.py").expect("the file");
    let Some(Stmt::Expr(last)) = file.body().last() else { panic!("no expression at the end") };
    index.constant(Scope::module(file), &last.value).map(|constant| (constant.value, constant.setting))
}

#[test]
fn imports_lead_through_aliases_reexports_and_stars() {
    check(
        &[
            ("app/__init__.py", ""),
            ("app/a.py", "class _Item: ...\nclass Other: ...\n__all__ = ['Other', '_Item']\n"),
            ("app/b/__init__.py", "from ..a import *\nfrom . import c as d\nfrom .c import deep as shallow\n"),
            ("app/b/c.py", "from app.a import Other as deep\n"),
            (
                "app/main.py",
                "import app.a\nimport app.b as bee\nfrom .b import _Item, shallow, d\nfrom fastapi.routing import APIRouter\n\
                 import sqlalchemy as sa\nColumn = sa.Column\nfrom sqlmodel import Column as C2\nfrom app.nowhere import x\n\
                 try:\n    import ujson as json\nexcept ImportError:\n    import json\n",
            ),
        ],
        "app/main.py",
        &[
            ("_Item", "app.a._Item"),
            ("shallow", "app.a.Other"),
            ("d", "app.b.c"),
            ("bee", "app.b"),
            ("APIRouter", "fastapi.APIRouter"),
            ("Column", "sqlalchemy.Column"),
            ("C2", "sqlalchemy.Column"),
            ("json", "ujson"),
            ("x", "? there is no module `app.nowhere` in the project"),
        ],
    );
}

#[test]
fn conditions_decide_nothing_unless_both_ways_agree() {
    check(
        &[(
            "m.py",
            "from typing import TYPE_CHECKING\nimport os\nif TYPE_CHECKING:\n    from a import A\n\
             if os.environ:\n    from b import B\nelse:\n    from b import B\n\
             if os.environ:\n    from c import C\nelse:\n    from d import C\n",
        )],
        "m.py",
        &[("A", "a.A"), ("B", "b.B"), ("C", "? `C` depends on a condition")],
    );
}

#[test]
fn namespace_packages_boms_and_several_roots() {
    let files: Texts = &[
        ("backend/app/modules/items/models.py", "\u{feff}class Item: ...\n"),
        ("backend/app/main.py", "from app.modules.items.models import Item\nimport logging\n"),
        ("backend/app/core/logging.py", "import logging\nlog = logging.getLogger()\n"),
        ("shared/lib/__init__.py", "class Shared: ...\n"),
        ("backend/app/use.py", "from lib import Shared\nfrom .modules.items import models\n"),
    ];
    check(files, "backend/app/main.py", &[("Item", "app.modules.items.models.Item"), ("logging", "logging")]);
    check(files, "backend/app/use.py", &[("Shared", "lib.Shared"), ("models", "app.modules.items.models")]);
}

#[test]
fn method_resolution_orders_follow_c3() {
    with_index(
        &[(
            "m.py",
            "from typing import Generic, TypeVar\nfrom pydantic import BaseModel\nT = TypeVar('T')\nU = TypeVar('U')\n\
             class O(BaseModel): ...\nclass A(O): ...\nclass B(O): ...\nclass C(A, B): ...\n\
             class Page(O, Generic[T, U]): ...\nclass Mid(Page[int, U]): ...\nclass Leaf(Mid[str]): ...\n\
             class Loop(Loop): ...\nclass Outer:\n    class Inner(A): ...\n",
        )],
        |index| {
            let classes: Vec<_> = index.classes(index.files().by_path("m.py").expect("the file")).collect();
            let class = |name: &str| *classes.iter().find(|class| class.name() == name).expect("the class");
            let names: Vec<&str> = index.mro(class("C")).classes().map(|class| class.name()).collect();
            assert_eq!(names, ["C", "A", "B", "O"]);
            assert!(index.derives_from(class("Inner"), "pydantic.BaseModel"));
            assert_eq!(class("Inner").symbol().name, "Outer.Inner");
            let arguments: Vec<_> = index
                .type_arguments(class("Leaf"), class("Page"))
                .into_iter()
                .map(|(name, scope, expr)| (name, scope.text(expr)))
                .collect();
            assert_eq!(arguments, [("T", "int"), ("U", "str")]);
            assert_eq!(index.mro(class("Loop")).unknowns.len(), 1);
        },
    );
}

#[test]
fn annotations_come_apart() {
    with_index(
        &[(
            "m.py",
            "from typing import Annotated, Optional\nfrom fastapi import Depends\nclass Session: ...\ndef get(): ...\n\
             SessionDep = Annotated[Session, Depends(get)]\n\
             def f(a: SessionDep, b: 'Optional[list[Session]]', c: Annotated[int, 1] | None): ...\n",
        )],
        |index| {
            let function = index.functions(index.files().by_path("m.py").expect("the file"))[1];
            let annotations: Vec<_> = function
                .def
                .parameters
                .iter_non_variadic_params()
                .filter_map(|parameter| parameter.annotation())
                .map(|annotation| index.annotation(function.outer, annotation))
                .collect();
            assert_eq!(annotations[0].resolution.path().as_deref(), Some("m.Session"));
            assert_eq!(annotations[0].aliases[0].name, "SessionDep");
            assert!(matches!(annotations[0].metadata[..], [(_, Expr::Call(_))]));
            assert!(annotations[1].optional && annotations[1].resolution.is_builtin("list"));
            assert_eq!(annotations[1].arguments.len(), 1);
            assert!(annotations[2].metadata.is_empty() && annotations[2].nested.len() == 1);
        },
    );
}

#[test]
fn instances_are_known_by_annotation_call_and_init() {
    with_index(
        &[(
            "m.py",
            "from fastapi import APIRouter\nclass Repository:\n    def get(self): ...\nclass Service:\n\
             \x20   def __init__(self, repository: Repository):\n        self.repository = repository\n\
             \x20   def run(self):\n        self.repository.get()\n\
             def provide() -> 'Service': ...\nrouter = APIRouter()\nservice = provide()\n",
        )],
        |index| {
            let file = index.files().by_path("m.py").expect("the file");
            let classes: Vec<_> = index.classes(file).collect();
            let run = index.methods(classes[1])[1];
            let Stmt::Expr(call) = &run.def.body[0] else { panic!("a call") };
            let Expr::Call(call) = &*call.value else { panic!("a call") };
            let method = index.resolve(run.scope(), &call.func).function().expect("the method");
            assert_eq!(method.symbol().name, "Repository.get");
            let made = |name: &str| -> Option<String> {
                match index.module_member(file, name) {
                    Some(Resolution::Variable(variable)) => index.instance(variable.scope, variable.value?).path(),
                    _ => None,
                }
            };
            assert_eq!(made("router").as_deref(), Some("fastapi.APIRouter"));
            assert_eq!(made("service").as_deref(), Some("m.Service"));
        },
    );
}

#[test]
fn constants_are_evaluated_or_unknown() {
    let text = "from enum import StrEnum\nfrom pydantic_settings import BaseSettings\nimport os\n\
        class Color(StrEnum):\n    RED = 'red'\n\
        class Settings(BaseSettings):\n    api: str = '/v1'\n    secret: str\nsettings = Settings()\n\
        def name(kind, *, end='s'):\n    if kind == 'x':\n        return 'special'\n    return f'{kind}_item{end}'\n\
        BASE = 'a'\nJOINED = f'{BASE}-{Color.RED.value}' + 'b' 'c'\nPATH = f'{settings.api}/items'\n\
        SECRET = settings.secret\nENV = os.environ['X']\nNAMED = name('y')\nSPECIAL = name(kind='x')\n\
        PAIR, OTHER = 1, 2\nMANY = [*('x', 'y'), 'z']\nPICK = 'p' if BASE == 'a' else 'q'\nOR = None or 'o'\n\
        CUT = 'abcdef'[1:-1].upper()\nLOOP = LOOP2\nLOOP2 = LOOP\n";
    let known = |name: &str| value(text, name).known().cloned();
    let string = |text: &str| Some((Value::Str(text.to_owned()), None));
    assert_eq!(known("JOINED"), string("a-redbc"));
    assert_eq!(known("PATH"), Some((Value::Str("/v1/items".to_owned()), Some("api".to_owned()))));
    assert_eq!(known("SECRET"), None);
    assert_eq!(known("ENV"), None);
    assert_eq!(known("NAMED"), string("y_items"));
    assert_eq!(known("SPECIAL"), string("special"));
    assert_eq!(known("OTHER"), Some((Value::Int(2), None)));
    assert_eq!(known("MANY"), Some((Value::List(["x", "y", "z"].map(|x| Value::Str(x.to_owned())).to_vec()), None)));
    assert_eq!(known("PICK"), string("p"));
    assert_eq!(known("OR"), string("o"));
    assert_eq!(known("CUT"), string("BCDE"));
    assert_eq!(known("LOOP2"), None);
}

#[test]
fn a_name_means_what_it_meant_where_it_stands() {
    with_index(&[("m.py", "from a import X\nclass Early:\n    field = X\nclass X: ...\n")], |index| {
        let file = index.files().by_path("m.py").expect("the file");
        let early = index.classes(file).next().expect("the class");
        let (_, field) = index.member(early, "field").expect("the field");
        assert_eq!(field.path().as_deref(), Some("a.X"));
        assert_eq!(index.name(Scope::module(file), "X").and_then(|x| x.path()).as_deref(), Some("m.X"));
    });
}
