//! How migrations are kept: Alembic's configuration, its folder, its heads.

mod spelling;
mod sqlite;

use architect_model::{Location, MigrationStyle, Observed};
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, Keyword, Stmt};

use super::ini::Ini;
use super::vote::{USUAL, Votes};
use super::walk::{each_expr, last_name};
use super::{File, format, path};
use crate::Sources;

/// Reads how migrations are kept.
pub(super) fn read(sources: &Sources, root: &str, files: &[File]) -> MigrationStyle {
    let is_chosen = sources.alembic != crate::source::AlembicChoice::default();
    let otherwise = || found(files).filter(|_| !is_chosen);
    let mut style = configured(sources, root).or_else(otherwise).unwrap_or_default();
    let Some(location) = style.script_location.clone() else { return style };
    style.versions.get_or_insert_with(|| format!("{location}/versions"));
    let is_among =
        |file: &&File| style.versions.iter().chain(&style.other_versions).any(|at| path::is_below(&file.path, at));
    let revisions: Vec<Revision> = files.iter().filter(is_among).filter_map(Revision::read).collect();
    let among: Vec<&File> = files.iter().filter(is_among).collect();
    style.heads = heads(&revisions);
    style.sequential = sequential(&revisions);
    style.unformatted = unformatted(&revisions);
    let switch = BatchSwitch::read(files, &location);
    style.batch = switch.always || (switch.sometimes && revisions.iter().any(|r| r.batch));
    sqlite::read(sources, files, &location, &mut style);
    style.sqlite |= switch.sometimes || switch.always;
    let template = path::join(&location, "script.py.mako");
    style.template = template.filter(|template| format::other(sources, template).is_some());
    let template = style.template.as_deref().and_then(|template| format::other(sources, template));
    spelling::read(&among, template, &mut style);
    style
}

/// Alembic's configuration: the one nearest to the source root, `alembic.ini` before `pyproject.toml`.
fn configured(sources: &Sources, root: &str) -> Option<MigrationStyle> {
    let mut candidates: Vec<&str> = sources
        .other
        .iter()
        .map(|other| &*other.path)
        .filter(|file| match &sources.alembic.config {
            Some(config) => config == file,
            None => path::name(file).ends_with(".ini") || path::name(file) == "pyproject.toml",
        })
        .collect();
    let section = sources.alembic.section.as_deref().unwrap_or("alembic");
    candidates.sort_by_key(|file| (distance(path::folder(file), root), !file.ends_with(".ini"), *file));
    let known = |folder: &str| {
        let env = format!("{folder}/env.py");
        sources.python.iter().any(|file| *file.path == env)
    };
    candidates.into_iter().find_map(|file| {
        let text = format::other(sources, file)?;
        let places = Places { here: path::folder(file), root, known: &known };
        match file.ends_with(".toml") {
            true => from_toml(file, text, &places),
            false => from_ini(file, section, &Ini::read(text), &places),
        }
    })
}

/// How far two folders are from each other.
fn distance(a: &str, b: &str) -> usize {
    let parts = |folder: &str| folder.split('/').filter(|part| !part.is_empty()).count();
    let shared = a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b && !a.is_empty()).count();
    parts(a) + parts(b) - 2 * shared
}

fn from_ini(file: &str, section: &str, ini: &Ini, places: &Places<'_>) -> Option<MigrationStyle> {
    let location = places.location(ini.get(section, "script_location")?)?;
    let mut folders: Vec<String> = ini.get(section, "version_locations").map_or_else(Vec::new, |all| {
        let separator = ini.get(section, "path_separator").or_else(|| ini.get(section, "version_path_separator"));
        let parts = separated(all, separator);
        parts.into_iter().filter_map(|part| places.beside(&location, part)).collect()
    });
    Some(MigrationStyle {
        config: Some(file.to_owned()),
        script_location: Some(location.clone()),
        versions: (!folders.is_empty()).then(|| folders.remove(0)),
        other_versions: folders,
        recursive: ini.get(section, "recursive_version_locations").is_some_and(is_true),
        // The interpolation of INI files doubles the percent signs.
        file_template: ini.get(section, "file_template").map(|template| template.replace("%%", "%")),
        ..MigrationStyle::default()
    })
}

fn from_toml(file: &str, text: &str, places: &Places<'_>) -> Option<MigrationStyle> {
    let document: toml_edit::DocumentMut = text.parse().ok()?;
    let alembic = format::item(document.as_item(), &["tool", "alembic"])?;
    let location = places.location(alembic.get("script_location")?.as_str()?)?;
    let versions = alembic.get("version_locations").and_then(|item| item.as_array());
    let written = versions.into_iter().flatten().filter_map(|part| part.as_str());
    let mut folders: Vec<String> = written.filter_map(|part| places.beside(&location, part)).collect();
    let recursive = alembic.get("recursive_version_locations").and_then(|item| item.as_bool()).unwrap_or(false);
    Some(MigrationStyle {
        config: Some(file.to_owned()),
        versions: (!folders.is_empty()).then(|| folders.remove(0)),
        other_versions: folders,
        recursive,
        script_location: Some(location),
        file_template: alembic
            .get("file_template")
            .and_then(|item| item.as_str())
            .map(|template| template.replace("%%", "%")),
        ..MigrationStyle::default()
    })
}

/// The parts of a configured list of paths; what separates them is configured too.
///
/// ```python
/// # alembic.config, [alembic] path_separator, version_path_separator
/// {"space": " ", "newline": "\n", "os": os.pathsep, ":": ":", ";": ";"}
/// ```
fn separated<'t>(all: &'t str, separator: Option<&str>) -> Vec<&'t str> {
    let parts: Vec<&str> = match separator {
        Some("newline") => all.split('\n').collect(),
        Some("space") => all.split([' ', '\n']).collect(),
        Some("os" | ":") => all.split(':').collect(),
        Some(";") => all.split(';').collect(),
        _ => all.split([' ', '\n', ',', ':', ';']).collect(),
    };
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

fn is_true(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "true" | "1" | "yes" | "on")
}

/// Where configured folders are looked for: relative paths start from where Alembic is run, mostly the folder of the
/// configuration.
struct Places<'a> {
    here: &'a str,
    root: &'a str,
    /// Whether a folder holds an `env.py`.
    known: &'a dyn Fn(&str) -> bool,
}

impl Places<'_> {
    /// The folder of `env.py`.
    fn location(&self, written: &str) -> Option<String> {
        let relative = relative(written);
        let mut folders = path::upwards(self.here).chain(path::upwards(self.root));
        let found = folders.find_map(|folder| path::join(folder, &relative).filter(|found| (self.known)(found)));
        found.or_else(|| path::join(self.here, &relative))
    }

    /// A folder of revisions: found from the same place as the folder of `env.py`.
    fn beside(&self, location: &str, written: &str) -> Option<String> {
        let relative = relative(written);
        let mut folders = path::upwards(self.here).filter_map(|folder| path::join(folder, &relative));
        folders.find(|found| found.starts_with(location)).or_else(|| path::join(self.here, &relative))
    }
}

/// A path as configured, with `%(here)s` and `package:folder` understood.
fn relative(written: &str) -> String {
    let written = written.trim().trim_start_matches("%(here)s").trim_start_matches("%(here)").trim_start_matches('/');
    match written.split_once(':') {
        Some((package, folder)) => format!("{}/{folder}", package.replace('.', "/")),
        None => written.to_owned(),
    }
}

/// Without a configuration: the folder of the file that runs `context.run_migrations()`.
fn found(files: &[File]) -> Option<MigrationStyle> {
    let env = files.iter().find(|file| path::name(&file.path) == "env.py" && runs_migrations(file))?;
    Some(MigrationStyle { script_location: Some(path::folder(&env.path).to_owned()), ..MigrationStyle::default() })
}

/// Whether a file calls `context.run_migrations()`.
pub(crate) fn runs_migrations(file: &File) -> bool {
    struct Finder(bool);
    impl<'s> Visitor<'s> for Finder {
        fn visit_expr(&mut self, expr: &'s Expr) {
            let called = expr.as_call_expr().and_then(|call| last_name(&call.func));
            self.0 |= called == Some("run_migrations");
            visitor::walk_expr(self, expr);
        }
    }
    let mut finder = Finder(false);
    if file.source().contains("run_migrations") {
        finder.visit_body(file.body());
    }
    finder.0
}

/// A revision file.
struct Revision {
    id: String,
    follows: Vec<String>,
    at: Location,
    batch: bool,
    /// Whether its tables are made in Alembic's own layout; none where it makes none.
    unformatted: Option<bool>,
}

impl Revision {
    fn read(file: &File) -> Option<Self> {
        let mut id = None;
        let mut follows = Vec::new();
        for stmt in file.body() {
            let (target, value) = match stmt {
                Stmt::Assign(assign) => (assign.targets.first(), Some(&*assign.value)),
                Stmt::AnnAssign(assign) => (Some(&*assign.target), assign.value.as_deref()),
                _ => continue,
            };
            let (Some(Expr::Name(target)), Some(value)) = (target, value) else { continue };
            match target.id.as_str() {
                "revision" => id = strings(value).pop().map(|id| (id, file.at(stmt))),
                "down_revision" => follows = strings(value),
                _ => {}
            }
        }
        let (id, at) = id?;
        let batch = file.source().contains("batch_alter_table(");
        Some(Self { id, follows, at, batch, unformatted: is_unformatted(file) })
    }
}

/// Whether the columns of a table that a file makes stand on lines of their own, no deeper than `op.create_table('item',`
/// itself: a formatter would move them.
fn is_unformatted(file: &File) -> Option<bool> {
    let mut found = None;
    each_expr(file.body(), &mut |expr| {
        if let Expr::Call(call) = expr
            && last_name(&call.func) == Some("create_table")
            && let [name, column, ..] = &*call.arguments.args
        {
            let (call, name, column) = (file.at(call), file.at(name), file.at(column));
            let is_own_line = column.line > name.line && column.column == call.column;
            found.get_or_insert(call.line == name.line && is_own_line);
        }
    });
    found
}

fn unformatted(revisions: &[Revision]) -> Observed<bool> {
    let mut votes = Votes::default();
    for revision in revisions {
        votes.extend_with(revision.unformatted, USUAL, &revision.at);
    }
    votes.or_assumed(false)
}

fn strings(value: &Expr) -> Vec<String> {
    let elements = match value {
        Expr::StringLiteral(literal) => return vec![literal.value.to_str().to_owned()],
        Expr::Tuple(tuple) => &tuple.elts,
        Expr::List(list) => &list.elts,
        _ => return Vec::new(),
    };
    elements.iter().flat_map(strings).collect()
}

fn heads(revisions: &[Revision]) -> Vec<(String, String)> {
    // A revision may be named by the beginning of its identifier.
    let is_followed = |id: &str| {
        revisions
            .iter()
            .flat_map(|r| &r.follows)
            .any(|known| id == known || (known.len() > 3 && id.starts_with(known.as_str())))
    };
    revisions.iter().filter(|r| !is_followed(&r.id)).map(|r| (r.id.clone(), r.at.file.to_string())).collect()
}

fn sequential(revisions: &[Revision]) -> Observed<bool> {
    let numbered = revisions.iter().filter(|r| r.id.len() < 8 && r.id.bytes().all(|b| b.is_ascii_digit())).count();
    let value = numbered * 2 > revisions.len();
    let count = if value { numbered } else { revisions.len() - numbered };
    Observed { value, count, of: revisions.len(), example: revisions.last().map(|r| r.at.clone()) }
}

/// Whether `env.py` has revisions change tables in batches: `render_as_batch=True`, or an expression that the revisions
/// show to be true.
#[derive(Default)]
struct BatchSwitch {
    always: bool,
    sometimes: bool,
}

impl BatchSwitch {
    fn read(files: &[File], location: &str) -> Self {
        let mut switch = Self::default();
        for file in files.iter().filter(|file| path::folder(&file.path) == location) {
            switch.visit_body(file.body());
        }
        switch
    }
}

impl<'a> Visitor<'a> for BatchSwitch {
    fn visit_keyword(&mut self, keyword: &'a Keyword) {
        if keyword.arg.as_deref() == Some("render_as_batch") {
            match &keyword.value {
                Expr::BooleanLiteral(literal) => self.always |= literal.value,
                _ => self.sometimes = true,
            }
        }
        visitor::walk_keyword(self, keyword);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_files;

    #[test]
    fn ini_heads_and_batch() {
        let files = [
            (
                "backend/alembic.ini",
                "[alembic]\nscript_location = %(here)s/app/alembic\nfile_template = %%(rev)s_%%(slug)s\n",
            ),
            ("backend/app/alembic/script.py.mako", ""),
            ("backend/app/alembic/env.py", "from alembic import context\ncontext.configure(render_as_batch=True)\n"),
            ("backend/app/alembic/versions/a.py", "revision = 'aaaa1'\ndown_revision = None\n"),
            ("backend/app/alembic/versions/b.py", "revision: str = 'bbbb2'\ndown_revision: str | None = 'aaaa1'\n"),
            ("backend/app/alembic/versions/c.py", "revision = 'cccc3'\ndown_revision = ('aaaa1',)\n"),
        ];
        with_files(files, |sources, files| {
            let style = super::read(sources, "backend", files);
            assert_eq!(style.config.as_deref(), Some("backend/alembic.ini"));
            assert_eq!(style.script_location.as_deref(), Some("backend/app/alembic"));
            assert_eq!(style.versions.as_deref(), Some("backend/app/alembic/versions"));
            assert_eq!(style.template.as_deref(), Some("backend/app/alembic/script.py.mako"));
            assert_eq!(style.file_template.as_deref(), Some("%(rev)s_%(slug)s"));
            let heads: Vec<_> = style.heads.iter().map(|(id, _)| id.as_str()).collect();
            assert_eq!(heads, ["bbbb2", "cccc3"]);
            assert!(style.batch && style.sqlite && !style.sequential.value);
        });
    }

    #[test]
    fn pyproject_and_numbers() {
        let files = [
            ("pyproject.toml", "[tool.alembic]\nscript_location = 'migrations'\n"),
            ("migrations/env.py", "context.configure(render_as_batch=url.startswith('sqlite'))\n"),
            ("migrations/versions/0001_x.py", "revision = '0001'\ndown_revision = None\n"),
            ("migrations/versions/0002_y.py", "revision = '0002'\ndown_revision = '0001'\n"),
        ];
        with_files(files, |sources, files| {
            let style = super::read(sources, "", files);
            assert_eq!(style.config.as_deref(), Some("pyproject.toml"));
            assert_eq!(style.heads, [("0002".to_owned(), "migrations/versions/0002_y.py".to_owned())]);
            assert!(style.sequential.value && !style.batch && style.sqlite);
        });
    }

    #[test]
    fn alembics_own_layout() {
        let files = [
            ("app/migrations/env.py", "from alembic import context\ncontext.run_migrations()\n"),
            (
                "app/migrations/versions/a.py",
                "revision = 'a'\ndef upgrade():\n    op.create_table('a',\n    sa.Column('b', sa.Date()),\n    )\n",
            ),
            (
                "app/migrations/versions/b.py",
                "revision = 'b'\ndef upgrade():\n    op.create_table('c',\n    sa.Column('d', sa.Date()))\n",
            ),
            (
                "app/migrations/versions/c.py",
                "revision = 'c'\ndef upgrade():\n    op.create_table(\n        'e',\n        sa.Column('f', sa.Date()),\n    )\n",
            ),
            ("app/migrations/versions/d.py", "revision = 'd'\ndef upgrade():\n    op.drop_column('a', 'b')\n"),
        ];
        with_files(files, |sources, files| {
            let unformatted = super::read(sources, "", files).unformatted;
            assert!(unformatted.value && (unformatted.count, unformatted.of) == (2, 3));
        });
    }

    #[test]
    fn no_configuration() {
        let files = [("app/migrations/env.py", "from alembic import context\ncontext.run_migrations()\n")];
        with_files(files, |sources, files| {
            let style = super::read(sources, "", files);
            assert_eq!(style.script_location.as_deref(), Some("app/migrations"));
            assert!(style.config.is_none() && style.heads.is_empty() && !style.sqlite);
        });
    }
}
