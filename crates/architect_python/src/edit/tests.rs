//! Edits of odd files, one by one, and thousands of edits of real ones.

use architect_model::FormatStyle;

use super::{
    Member, NewImport, Refused, add_definition, add_entry, add_import, add_member, add_statement_after, join_by, part,
    reaches,
};

fn style() -> FormatStyle {
    FormatStyle { first_party: vec!["app".into()], ..FormatStyle::default() }
}

#[track_caller]
fn import(before: &str, new: &NewImport, after: &str) {
    let text = add_import(before, new, &style()).unwrap();
    assert_eq!(text, after);
    assert_eq!(add_import(&text, new, &style()).unwrap(), after, "twice");
}

#[test]
fn import_into_a_list() {
    let new = NewImport::from("app.api", "items");
    import("from app.api import login, users\n", &new, "from app.api import items, login, users\n");
    import("from app.api import alpha  # why\n", &new, "from app.api import alpha, items  # why\n");
    import("from app.api import (alpha, users)\n", &new, "from app.api import (alpha, items, users)\n");
    import(
        "from app.api import (\n    alpha,\n    # the users\n    users,  # last\n)\n",
        &new,
        "from app.api import (\n    alpha,\n    # the users\n    items,\n    users,  # last\n)\n",
    );
    import(
        "from app.api import (\r\n\talpha,\r\n\tbeta # no comma\r\n)\r\n",
        &new,
        "from app.api import (\r\n\talpha,\r\n\tbeta, # no comma\r\n\titems,\r\n)\r\n",
    );
    import("from app.api import zeta, alpha\n", &new, "from app.api import zeta, alpha, items\n");
    import("from app.api import users \\\n    , zeta\n", &new, "from app.api import items, users \\\n    , zeta\n");
    import("from app.api import *\n", &new, "from app.api import *\n");
}

#[test]
fn a_line_that_gets_too_long_is_broken() {
    let names = "alpha_endpoints, beta_endpoints, gamma_endpoints, zeta";
    import(
        &format!("from app.api.routes import {names}  # all\n"),
        &NewImport::from("app.api.routes", "project_endpoints"),
        "from app.api.routes import (  # all\n    alpha_endpoints,\n    beta_endpoints,\n    gamma_endpoints,\n    project_endpoints,\n    zeta,\n)\n",
    );
}

#[test]
fn import_as_a_statement_in_its_block() {
    let before = "\"\"\"Doc.\"\"\"\n\nfrom __future__ import annotations\n\nimport os\n\nfrom fastapi import APIRouter\n\nfrom app.core import db\n\nx = 1\n";
    let lines = |from: &str, to: &str| before.replace(from, to);
    import(before, &NewImport::module("uuid"), &lines("import os\n", "import os\nimport uuid\n"));
    import(
        before,
        &NewImport::from("sqlmodel", "Field"),
        &lines("APIRouter\n", "APIRouter\nfrom sqlmodel import Field\n"),
    );
    import(
        before,
        &NewImport::from("app.api", "deps"),
        &lines("from app.core", "from app.api import deps\nfrom app.core"),
    );
    import(
        before,
        &NewImport::from(".models", "Item"),
        &lines("import db\n", "import db\n\nfrom .models import Item\n"),
    );
    import(
        before,
        &NewImport::from("app.core", "db").bound_to("database"),
        &lines("import db\n", "import db\nfrom app.core import db as database\n"),
    );
    import(
        before,
        &NewImport::from("app.modules.x", "X").with_comment("noqa: F401"),
        &lines("import db\n", "import db\nfrom app.modules.x import X  # noqa: F401\n"),
    );
}

#[test]
fn the_first_import_of_a_file() {
    let new = NewImport::module("os");
    import("", &new, "import os\n");
    import("# only a comment", &new, "# only a comment\nimport os");
    import("x = 1\n", &new, "import os\n\nx = 1\n");
    import(
        "#!/usr/bin/env python\n# licence\nclass A:\n    pass\n",
        &new,
        "#!/usr/bin/env python\nimport os\n\n\n# licence\nclass A:\n    pass\n",
    );
    import("\u{feff}\"\"\"Doc.\"\"\"\r\nx = 1\r\n", &new, "\u{feff}\"\"\"Doc.\"\"\"\r\n\r\nimport os\r\n\r\nx = 1\r\n");
    import("from sqlmodel import SQLModel", &new, "import os\n\nfrom sqlmodel import SQLModel");
    import("import sys; import re\n", &new, "import os\nimport sys; import re\n");
}

#[test]
fn import_for_annotations_only() {
    let new = NewImport::from("app.models", "Item").typing_only();
    import(
        "from fastapi import APIRouter\nx = 1\n",
        &new,
        "from typing import TYPE_CHECKING\n\nfrom fastapi import APIRouter\n\nif TYPE_CHECKING:\n    from app.models import Item\n\nx = 1\n",
    );
    import(
        "import typing\nif typing.TYPE_CHECKING:\n  from app.models import User\n",
        &new,
        "import typing\nif typing.TYPE_CHECKING:\n  from app.models import Item, User\n",
    );
    let both = "from app.models import Item\n\nif True:\n    pass\n";
    import(both, &new, both);
}

#[test]
fn statements_behind_statements() {
    let text = "def make():\n\tif x:\n\t\ta.add(1)  # one\n\t\tb = (\n\t\t\t2\n\t\t)\n\treturn a\n";
    let edited = add_statement_after(text, 3, "a.add(\n    2\n)").unwrap();
    assert_eq!(edited, text.replace("# one\n", "# one\n\t\ta.add(\n\t\t    2\n\t\t)\n"));
    assert_eq!(add_statement_after(&edited, 3, "a.add(2)").unwrap(), edited);
    assert_eq!(add_statement_after(text, 5, "c()").unwrap(), text.replace("\t\t)\n", "\t\t)\n\t\tc()\n"));
    assert_eq!(add_statement_after("a(); b()", 1, "c()").unwrap(), "a(); b()\nc()");
    assert_eq!(add_statement_after("if x: a()\n", 1, "c()").unwrap_err().line, 1);
    assert!(add_statement_after("a()\n\n", 2, "c()").is_err());
}

#[test]
fn definitions() {
    let end = |text: &str| add_definition(text, None, "def f():\n    pass\n").unwrap();
    assert_eq!(end(""), "def f():\n    pass\n");
    assert_eq!(end("x = 1"), "x = 1\n\n\ndef f():\n    pass\n");
    assert_eq!(end("x = 1\r\n# end\r\n"), "x = 1\r\n# end\r\n\r\n\r\ndef f():\r\n    pass\r\n");
    assert_eq!(end(&end("x = 1")), end("x = 1"));
    assert_eq!(end("x = 1\n   \n   "), "x = 1\n   \n   \ndef f():\n    pass\n");
    assert_eq!(end("x = 1\n\n\n\n   "), "x = 1\n\n\n\n   \ndef f():\n    pass\n");
    let after = add_definition("class A: ...  # a\n\n\nclass B: ...\n", Some("A"), "class C: ...").unwrap();
    assert_eq!(after, "class A: ...  # a\n\n\nclass C: ...\n\n\nclass B: ...\n");
    assert!(add_definition("class A: ...\n", None, "class A:\n    x = 1\n").is_err());
    assert!(add_definition("x = 1\n", Some("A"), "class B: ...").is_err());
    assert!(add_definition("x = 1\n", None, "class B(:").is_err());
}

#[test]
fn entries() {
    let add = |text: &str, entry: &str| {
        let once = add_entry(text, "x", entry, &FormatStyle::default())?;
        assert_eq!(add_entry(&once, "x", entry, &FormatStyle::default())?, once);
        Ok::<_, Refused>(once)
    };
    for (before, entry, after) in [
        ("x = []\n", "1", "x = [1]\n"),
        ("x = [a, b]  # c\n", "c", "x = [a, b, c]  # c\n"),
        ("x = (a,)\n", "c", "x = (a, c,)\n"),
        ("x = a, b\n", "c", "x = a, b, c\n"),
        ("x = ['b', 'd']\n", "'c'", "x = ['b', 'c', 'd']\n"),
        ("x = [\n    'b',\n    'd'  # last\n]\n", "'e'", "x = [\n    'b',\n    'd',  # last\n    'e',\n]\n"),
        ("x = [\n    'b',\n    'd']\n", "'e'", "x = [\n    'b',\n    'd',\n    'e']\n"),
        ("x = [\n]\n", "1", "x = [\n    1,\n]\n"),
        ("x = {\n  'a': (1),\n  **y,\n}\n", "'c': 2", "x = {\n  'a': (1),\n  **y,\n  'c': 2,\n}\n"),
        ("x = [lambda a, b: (1, 2), (c)]\n", "d", "x = [lambda a, b: (1, 2), (c), d]\n"),
        ("x: list[str] = ['Zeta', 'a',]", "'b'", "x: list[str] = ['Zeta', 'a', 'b',]"),
    ] {
        assert_eq!(add(before, entry).as_deref(), Ok(after));
    }
    let (long, row) = ("a".repeat(41), "b".repeat(40));
    let (before, after) = (format!("x = [{long}]\n"), format!("x = [\n    {long},\n    {row},\n]\n"));
    assert_eq!(add(&before, &row), Ok(after));
    assert!(add("x = f()\n", "1").is_err());
    assert!(add("y = []\n", "1").is_err());
    assert!(add("x = [1]\n", ")").is_err());
}

#[test]
fn members() {
    let add = |text: &str, member| {
        let once = add_member(text, "A", member, "    ")?;
        assert_eq!(add_member(&once, "A", member, "    ")?, once);
        Ok::<_, Refused>(once)
    };
    let (value, method) = (Member::Attribute("y: int = 1"), Member::Method("def f(self):\n    pass"));
    for (before, member, after) in [
        ("class A(B): ...\n", value, "class A(B):\n    y: int = 1\n"),
        ("class A(B): x = 1; z = 2  # why\n", value, "class A(B):\n    x = 1; z = 2\n    y: int = 1  # why\n"),
        ("class A:\n  pass\nz = 1\n", method, "class A:\n  def f(self):\n      pass\nz = 1\n"),
        (
            "class A:\n\tx = 1  # one\n\n\tdef g(self): ...\n",
            value,
            "class A:\n\tx = 1  # one\n\ty: int = 1\n\n\tdef g(self): ...\n",
        ),
        ("class A:\n    '''Doc.'''", value, "class A:\n    '''Doc.'''\n\n    y: int = 1"),
        (
            "class A:\n    # g\n    @d\n    def g(self): ...\n",
            value,
            "class A:\n    y: int = 1\n\n    # g\n    @d\n    def g(self): ...\n",
        ),
        (
            "class A:\n    x = 1\n\nclass B: ...\n",
            method,
            "class A:\n    x = 1\n\n    def f(self):\n        pass\n\nclass B: ...\n",
        ),
    ] {
        assert_eq!(add(before, member).as_deref(), Ok(after));
    }
    assert!(add("class B: ...\n", value).is_err());
}

#[test]
fn a_broken_file_is_refused_with_its_line() {
    let error = add_import("x = 1\ndef f(:\n", &NewImport::module("os"), &style()).unwrap_err();
    assert_eq!(error.line, 2);
}

mod real {
    use std::path::{Path, PathBuf};

    use super::super::definition::defined;
    use super::super::document::Document;
    use super::*;
    use ruff_python_ast::{Expr, Stmt};
    use ruff_text_size::Ranged;

    const EDITS_PER_FILE: usize = 24;

    /// Python files below `folder`, links and hidden folders left out.
    fn files(folder: &Path, found: &mut Vec<PathBuf>) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && !name.to_string_lossy().starts_with('.') {
                files(&path, found);
            } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "py") {
                found.push(path);
            }
        }
    }

    /// A name for messages, and the edit.
    type Edit = (String, Box<dyn Fn(&str) -> Result<String, Refused>>);

    /// All edits of one file.
    fn edits(text: &str) -> Vec<Edit> {
        let mut edits: Vec<Edit> = Vec::new();
        for module in
            ["zlib", "aaa_package.sub", "fastapi", "sqlmodel", "typing", "app.models", ".models", "collections.abc"]
        {
            for new in [NewImport::from(module, "MiddleName"), NewImport::from(module, "aa_first").typing_only()] {
                edits.push((format!("{new:?}"), Box::new(move |text| add_import(text, &new, &style()))));
            }
        }
        edits.push(("import".into(), Box::new(|text| add_import(text, &NewImport::module("mmm_module"), &style()))));
        edits.push(("end".into(), Box::new(|text| add_definition(text, None, "class Zz9:\n    x = 1\n"))));
        let Ok(document) = Document::parse(text) else { return edits };
        for stmt in document.body() {
            let line = super::super::document::line_of(text, stmt.end());
            edits.push((
                format!("after {line}"),
                Box::new(move |text| add_statement_after(text, line, "zz_call(\n    1,\n)")),
            ));
            if let Some(name) = defined(stmt).map(str::to_owned) {
                edits.push((
                    format!("after {name}"),
                    Box::new(move |text| add_definition(text, Some(&name), "def zz9(): ...\n")),
                ));
            }
            match stmt {
                Stmt::ClassDef(stmt) => {
                    let (name, other) = (stmt.name.to_string(), stmt.name.to_string());
                    edits.push((
                        format!("attribute of {name}"),
                        Box::new(move |text| add_member(text, &name, Member::Attribute("zz9: int = 1"), "    ")),
                    ));
                    edits.push((
                        format!("method of {other}"),
                        Box::new(move |text| {
                            add_member(text, &other, Member::Method("def zz9(self):\n    pass"), "    ")
                        }),
                    ));
                }
                Stmt::Assign(stmt) => {
                    if let (Some(Expr::Name(name)), Expr::List(_) | Expr::Dict(_) | Expr::Tuple(_) | Expr::Set(_)) =
                        (stmt.targets.first(), &*stmt.value)
                    {
                        let name = name.id.to_string();
                        let entry = if stmt.value.is_dict_expr() { "'zz9': 1" } else { "'zz9'" };
                        edits.push((
                            format!("entry of {name}"),
                            Box::new(move |text| add_entry(text, &name, entry, &FormatStyle::default())),
                        ));
                    }
                }
                _ => {}
            }
        }
        edits
    }

    /// Lines of `before` that are gone from `after`.
    fn lost(before: &str, after: &str) -> usize {
        let diff = similar::TextDiff::from_lines(before, after);
        diff.iter_all_changes().filter(|change| change.tag() == similar::ChangeTag::Delete).count()
    }

    #[test]
    fn every_other_line_stays() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut found = Vec::new();
        for folder in ["fixtures", "crates/architect_python/templates", "target/corpus"] {
            files(&root.join(folder), &mut found);
        }
        let budget: usize = std::env::var("EDIT_FILES").ok().and_then(|count| count.parse().ok()).unwrap_or(150);
        let step = found.len().div_ceil(budget).max(1);
        let (mut made, mut refused, mut changed) = (0, 0, 0);
        for path in found.iter().step_by(step) {
            let Ok(text) = std::fs::read_to_string(path) else { continue };
            if Document::parse(&text).is_err() {
                continue;
            }
            let edits = edits(&text);
            let every = edits.len().div_ceil(EDITS_PER_FILE).max(1);
            for (name, edit) in edits.into_iter().skip(made % every).step_by(every) {
                let place = format!("{}: {name}", path.display());
                match edit(&text) {
                    Ok(after) => {
                        let lost = lost(&text, &after);
                        assert!(lost <= 1 || name.contains("NewImport") && lost <= 2, "{place}: {lost} lines lost");
                        assert!(after.len() >= text.len() || lost == 1, "{place}: shorter");
                        assert_eq!(edit(&after).as_deref(), Ok(&*after), "{place}: twice");
                        changed += lost;
                        made += 1;
                    }
                    Err(error) => {
                        assert!(!error.reason.contains("would break"), "{place}: {error}");
                        refused += 1;
                    }
                }
            }
        }
        eprintln!("{made} edits, {refused} refused, {changed} lines changed in place");
        assert!(made > 500, "only {made} edits");
    }
}

#[track_caller]
fn joined(before: &str, after: &str) {
    let class = |line: &str| format!("class Item(Base):\n    id: int\n{line}\n\n\nclass Other:\n    pass\n");
    let text = join_by(&class(before), ("Item", "owner"), "Item.owner_id", &style()).unwrap();
    assert_eq!(text, class(after));
    assert_eq!(join_by(&text, ("Item", "owner"), "Item.owner_id", &style()).unwrap(), text, "twice");
}

#[test]
fn a_relationship_says_by_which_key_it_joins() {
    joined(
        "    owner = relationship(\"User\", back_populates='items')",
        "    owner = relationship(\"User\", back_populates='items', foreign_keys=\"Item.owner_id\")",
    );
    joined(
        "    owner: Mapped[\"User\"] = orm.relationship()  # whose",
        "    owner: Mapped[\"User\"] = orm.relationship(foreign_keys=\"Item.owner_id\")  # whose",
    );
    joined(
        "    owner: User | None = Relationship(back_populates=\"items\")",
        "    owner: User | None = Relationship(\n        back_populates=\"items\", sa_relationship_kwargs={\"foreign_keys\": \"Item.owner_id\"}\n    )",
    );
    joined(
        "    owner: User | None = Relationship(sa_relationship_kwargs={\"lazy\": \"joined\"})",
        "    owner: User | None = Relationship(\n        sa_relationship_kwargs={\"lazy\": \"joined\", \"foreign_keys\": \"Item.owner_id\"}\n    )",
    );
}

#[test]
fn a_relationship_that_says_how_it_joins_stays() {
    joined("    owner = relationship(foreign_keys=[own])", "    owner = relationship(foreign_keys=[own])");
    let said = "    owner: User = Relationship(sa_relationship_kwargs=dict(lazy=\"joined\"))";
    let text = format!("class Item(Base):\n{said}\n");
    assert!(join_by(&text, ("Item", "owner"), "Item.owner_id", &style()).is_err());
    assert!(join_by("x = 1\n", ("Item", "owner"), "Item.owner_id", &style()).is_err());
}

#[test]
fn a_relationship_goes_with_the_imports_that_only_it_needed() {
    let before = "from sqlmodel import Field, Relationship\n\n\nclass Item(Base):\n    id: int = Field()\n    owner: User | None = Relationship()\n";
    let after = "from sqlmodel import Field\n\n\nclass Item(Base):\n    id: int = Field()\n";
    assert_eq!(part(before, ("Item", "owner"), &style()).unwrap(), after);
    assert_eq!(part(after, ("Item", "owner"), &style()).unwrap(), after, "twice");
    assert!(part("class Item(Base):\n    owner: User\n", ("Item", "owner"), &style()).is_err());
}

#[test]
fn an_attribute_is_found_where_it_is_not_called() {
    let found = reaches("a = user.items\nb = counts.items()\nc = f(user.items[0])\n", "items");
    assert_eq!(found, [(4, 10), (40, 10)]);
}
