//! SQLite, which keeps the SQL that made its tables.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::Dump;
use crate::{Failure, Result};
use architect_schema::sql::Dialect;
use architect_schema::statement::from_sqlite;

/// Reads the database in a file.
pub(super) fn dump(path: &Path) -> Result<Dump> {
    let failed = |error: rusqlite::Error| {
        Failure::new(
            format!("the database `{}` cannot be read: {error}", path.display()),
            "check the path in the URL: `sqlite:///app.db` is relative to the current folder, `sqlite:////srv/app.db` is not",
        )
    };
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
    read(&connection).map_err(failed)
}

fn read(connection: &Connection) -> std::result::Result<Dump, rusqlite::Error> {
    let mut statement = connection.prepare(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('table', 'index') \
         AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND tbl_name <> 'alembic_version' ORDER BY type DESC, name",
    )?;
    let sql = statement.query_map([], |row| row.get::<_, String>(0))?;
    let sql = sql.map(|sql| sql.map(|sql| from_sqlite(&sql))).collect::<std::result::Result<Vec<String>, _>>()?;
    let versions = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'";
    let is_versioned: i64 = connection.query_row(versions, [], |row| row.get(0))?;
    let revisions = if is_versioned == 0 {
        None
    } else {
        let mut versions = connection.prepare("SELECT version_num FROM alembic_version ORDER BY 1")?;
        Some(versions.query_map([], |row| row.get(0))?.collect::<std::result::Result<Vec<String>, _>>()?)
    };
    Ok(Dump { dialect: Dialect::Sqlite, sql, revisions })
}
