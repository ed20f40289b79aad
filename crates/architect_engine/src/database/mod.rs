//! A live database, read as the SQL that would make it. Nothing is ever written to it.

mod postgresql;
mod sqlite;
mod tls;

use std::path::Path;

use architect_model::{DatabaseSchema, Location, MigrationOperation, MigrationOperationKind};
use architect_schema::replay;
use architect_schema::sql::Dialect;

use crate::{Failure, Result};

/// A database as SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dump {
    /// Which database it is.
    pub(crate) dialect: Dialect,
    /// Statements that make its types, tables, constraints, indexes and comments.
    pub(crate) sql: Vec<String>,
    /// The revisions that it is at, as Alembic noted them; none where it has no table of versions.
    pub(crate) revisions: Option<Vec<String>>,
}

impl Dump {
    /// The schema that the statements make.
    pub(crate) fn schema(&self) -> DatabaseSchema {
        let operations: Vec<MigrationOperation> = self.sql.iter().map(|sql| executed(sql)).collect();
        replay(self.dialect, &operations)
    }
}

fn executed(sql: &str) -> MigrationOperation {
    MigrationOperation {
        kind: MigrationOperationKind::Execute { sql: sql.to_owned() },
        batch: false,
        autocommit: false,
        dialects: None,
        doubt: None,
        at: Location::line("database", 1),
    }
}

/// Reads the database at a URL as SQLAlchemy writes them: `postgresql+psycopg://user@host/name`, `sqlite:///app.db`;
/// a path of SQLite is taken from `folder`.
///
/// # Errors
/// The URL is not understood, or the database cannot be reached or read.
pub(crate) fn dump(url: &str, folder: &Path) -> Result<Dump> {
    let unknown = || {
        Failure::new(
            format!("`--db {}` is no URL of PostgreSQL or SQLite", without_password(url)),
            "write it as SQLAlchemy does: `postgresql://user:password@host:5432/name`, `sqlite:///app.db`",
        )
    };
    let (scheme, rest) = url.split_once("://").ok_or_else(unknown)?;
    match scheme.split('+').next().unwrap_or_default() {
        "postgresql" | "postgres" => postgresql::dump(&format!("postgresql://{rest}")),
        "sqlite" => sqlite::dump(&folder.join(rest.strip_prefix('/').unwrap_or(rest))),
        _ => Err(unknown()),
    }
}

/// A URL that may be shown.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let Some((user, host)) = rest.rsplit_once('@') else { return url.to_owned() };
    let user = user.split(':').next().unwrap_or_default();
    format!("{scheme}://{user}:***@{host}")
}

/// A name in quotation marks, as both databases read them.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        assert_eq!(without_password("postgresql://me:secret@db/x"), "postgresql://me:***@db/x");
        assert_eq!(without_password("sqlite:///x.db"), "sqlite:///x.db");
        let failure = dump("mysql://me:secret@db/x", Path::new("")).unwrap_err().to_string();
        assert!(failure.contains("mysql://me:***@db/x") && !failure.contains("secret"), "{failure}");
    }
}
