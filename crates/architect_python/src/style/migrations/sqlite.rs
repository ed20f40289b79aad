//! Whether the database may be SQLite, and whether that enforces foreign keys while migrations run.

use architect_model::MigrationStyle;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprCall, InterpolatedStringElement, StringLiteral};

use super::super::tests::is_test_file;
use super::super::walk::last_name;
use super::super::{format, path};
use super::{File, Ini};
use crate::Sources;

/// Functions that make an engine.
const ENGINES: [&str; 4] = ["create_engine", "create_async_engine", "engine_from_config", "async_engine_from_config"];

/// Fills in what configuration and code that is no test say of SQLite.
pub(super) fn read(sources: &Sources, files: &[File], location: &str, style: &mut MigrationStyle) {
    let is_test = |file: &File| {
        let is_part = |part: &str| part == "tests" || part == "test" || part == "conftest.py";
        is_test_file(&file.path) || file.path.split('/').any(is_part)
    };
    let told = files.iter().filter(|file| file.mentions.sqlite && !is_test(file));
    let found: Vec<Found> = told.map(Found::read).collect();
    let config = style.config.as_deref().and_then(|config| format::other(sources, config));
    let configured = config.is_some_and(|text| {
        Ini::read(text).get("alembic", "sqlalchemy.url").is_some_and(|url| url.starts_with("sqlite"))
    });
    style.sqlite = configured || found.iter().any(|found| found.named);
    // A listener of the class listens to every engine, one of an engine to that only.
    let own_engine =
        files.iter().filter(|file| path::folder(&file.path) == location).any(|file| Found::read(file).engine);
    style.sqlite_keys = found.iter().any(|found| found.enforced && (found.every_engine || !own_engine));
}

/// What a file shows.
#[derive(Default)]
struct Found {
    /// SQLite is named: in a URL, as a dialect, by a `PRAGMA`.
    named: bool,
    /// `PRAGMA foreign_keys = ON`.
    enforced: bool,
    /// `event.listens_for(Engine, "connect")`.
    every_engine: bool,
    /// An engine is made.
    engine: bool,
}

impl Found {
    fn read(file: &File) -> Self {
        let mut found = Self::default();
        found.visit_body(file.body());
        found
    }

    fn text(&mut self, text: &str) {
        let text = text.trim().to_ascii_lowercase();
        let scheme = ["sqlite:", "sqlite+", "sqlite3"].iter().any(|start| text.starts_with(start));
        let pragma: Option<String> = text.strip_prefix("pragma ").map(|rest| rest.split_whitespace().collect());
        self.named |= text == "sqlite" || scheme || pragma.is_some();
        let enforced = ["foreign_keys=on", "foreign_keys=1", "foreign_keys=true", "foreign_keys=yes"];
        self.enforced |= pragma.is_some_and(|pragma| enforced.contains(&pragma.trim_end_matches(';')));
    }

    fn call(&mut self, call: &ExprCall) {
        let Some(name) = last_name(&call.func) else { return };
        self.engine |= ENGINES.contains(&name);
        let listens = name == "listens_for" || name == "listen";
        self.every_engine |= listens && call.arguments.args.first().and_then(last_name) == Some("Engine");
    }
}

impl<'a> Visitor<'a> for Found {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            self.call(call);
        }
        visitor::walk_expr(self, expr);
    }

    fn visit_string_literal(&mut self, literal: &'a StringLiteral) {
        self.text(&literal.value);
    }

    fn visit_interpolated_string_element(&mut self, element: &'a InterpolatedStringElement) {
        if let InterpolatedStringElement::Literal(literal) = element {
            self.text(&literal.value);
        }
        visitor::walk_interpolated_string_element(self, element);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::with_files;

    fn read(env: &'static str, path: &'static str, code: &'static str) -> (bool, bool) {
        let mut found = (false, false);
        with_files([("alembic/env.py", env), (path, code)], |sources, files| {
            let style = super::super::read(sources, "", files);
            found = (style.sqlite, style.sqlite_keys);
        });
        found
    }

    const ENV: &str = "from alembic import context\ncreate_engine(url)\ncontext.run_migrations()\n";

    #[test]
    fn sqlite_by_a_url_or_as_a_dialect() {
        let sqlite = |path, code| read(ENV, path, code).0;
        assert!(sqlite("app/config.py", "URL = 'sqlite+aiosqlite:///./a.db'\n"));
        assert!(sqlite("app/config.py", "URL = f'sqlite:///{path}'\n"));
        assert!(sqlite("app/models.py", "key = BigInteger().with_variant(Integer, 'sqlite')\n"));
        assert!(!sqlite("app/config.py", "URL = 'postgresql://a'  # not sqlite://\n"));
        assert!(!sqlite("tests/conftest.py", "URL = 'sqlite://'\n"));
    }

    #[test]
    fn foreign_keys_are_enforced_where_the_listener_hears_of_the_connection() {
        let of_class =
            "@event.listens_for(Engine, 'connect')\ndef f(sqlite, _):\n    sqlite.execute('PRAGMA foreign_keys=ON')\n";
        let of_engine =
            "@event.listens_for(engine, 'connect')\ndef f(sqlite, _):\n    sqlite.execute('PRAGMA foreign_keys = 1')\n";
        let shared = "from alembic import context\nfrom app.db import engine\ncontext.run_migrations()\n";
        assert_eq!(read(ENV, "app/db.py", of_class), (true, true));
        assert_eq!(read(ENV, "app/db.py", of_engine), (true, false));
        assert_eq!(read(shared, "app/db.py", of_engine), (true, true));
        let off = "sqlite.execute('PRAGMA foreign_keys = OFF')\n";
        assert_eq!(read(shared, "app/db.py", off), (true, false));
    }
}
