//! PostgreSQL, read from its catalogue in a transaction that may only read.

use postgres::{Client, IsolationLevel, Transaction};

use super::{Dump, quoted, tls, without_password};
use crate::{Failure, Result};
use architect_model::literal;
use architect_schema::sql::Dialect;

/// Schemas that are not the application's.
const FOREIGN: &str = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%' AND c.relname <> 'alembic_version'";

/// Reads the database.
pub(super) fn dump(url: &str) -> Result<Dump> {
    let failed = |reason: String| {
        Failure::new(
            format!("the database at `{}` cannot be read: {reason}", without_password(url)),
            "check the URL, and that the server runs and lets you in",
        )
    };
    let (config, tls) = tls::secured(url).map_err(failed)?;
    let mut client = config.connect(tls).map_err(|error| failed(reason(&error)))?;
    read(&mut client).map_err(|error| failed(reason(&error)))
}

/// What an error says, down to what caused it.
fn reason(error: &postgres::Error) -> String {
    if let Some(error) = error.as_db_error() {
        return error.message().to_owned();
    }
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    causes.fold(error.to_string(), |known, cause| {
        let cause = cause.to_string();
        if known.contains(&cause) { known } else { format!("{known}: {cause}") }
    })
}

fn read(client: &mut Client) -> std::result::Result<Dump, postgres::Error> {
    let transaction = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
    let mut transaction = transaction.start()?;
    let own: Option<String> = transaction.query_one("SELECT current_schema()::text", &[])?.get(0);
    let names = Names { own: own.unwrap_or_default() };
    let mut sql = Vec::new();
    types(&mut transaction, &names, &mut sql)?;
    tables(&mut transaction, &names, &mut sql)?;
    constraints(&mut transaction, &names, &mut sql)?;
    indexes(&mut transaction, &names, &mut sql)?;
    let versions: Option<String> = transaction.query_one("SELECT to_regclass('alembic_version')::text", &[])?.get(0);
    let revisions = match versions {
        Some(_) => {
            let rows = transaction.query("SELECT version_num FROM alembic_version ORDER BY 1", &[])?;
            Some(rows.iter().map(|row| row.get(0)).collect())
        }
        None => None,
    };
    Ok(Dump { dialect: Dialect::Postgresql, sql, revisions })
}

/// How objects are named: with their schema, unless it is the one that names without a schema are in.
struct Names {
    own: String,
}

impl Names {
    fn of(&self, schema: &str, name: &str) -> String {
        if schema == self.own { quoted(name) } else { format!("{}.{}", quoted(schema), quoted(name)) }
    }
}

type Found = std::result::Result<(), postgres::Error>;

/// Enumeration types.
fn types(transaction: &mut Transaction<'_>, names: &Names, sql: &mut Vec<String>) -> Found {
    let rows = transaction.query(
        "SELECT n.nspname::text, t.typname::text, array_agg(e.enumlabel::text ORDER BY e.enumsortorder) \
         FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid JOIN pg_namespace n ON n.oid = t.typnamespace \
         GROUP BY 1, 2 ORDER BY 1, 2",
        &[],
    )?;
    for row in rows {
        let (schema, name, values): (String, String, Vec<String>) = (row.get(0), row.get(1), row.get(2));
        let values: Vec<String> = values.iter().map(|value| literal(value)).collect();
        sql.push(format!("CREATE TYPE {} AS ENUM ({})", names.of(&schema, &name), values.join(", ")));
    }
    Ok(())
}

/// Tables with their columns, and comments.
fn tables(transaction: &mut Transaction<'_>, names: &Names, sql: &mut Vec<String>) -> Found {
    let rows = transaction.query(
        &format!(
            "SELECT n.nspname::text, c.relname::text, obj_description(c.oid, 'pg_class'), a.attname::text, \
                    format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid), \
                    a.attidentity::text, a.attgenerated::text, col_description(c.oid, a.attnum), \
                    pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attname) \
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
             LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
             LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
             WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND {FOREIGN} \
             ORDER BY 1, 2, a.attnum"
        ),
        &[],
    )?;
    let mut open: Option<(String, Vec<String>)> = None;
    let mut comments = Vec::new();
    for row in rows {
        let table = names.of(row.get(0), row.get(1));
        if open.as_ref().is_none_or(|(name, _)| *name != table) {
            sql.extend(open.take().map(|(name, columns)| create(&name, &columns)));
            let comment: Option<String> = row.get(2);
            comments.extend(comment.map(|comment| format!("COMMENT ON TABLE {table} IS {}", literal(&comment))));
            open = Some((table.clone(), Vec::new()));
        }
        let Some(name) = row.get::<_, Option<String>>(3) else { continue };
        let comment: Option<String> = row.get(9);
        comments.extend(
            comment.map(|comment| format!("COMMENT ON COLUMN {table}.{} IS {}", quoted(&name), literal(&comment))),
        );
        let column = column(&Shown {
            name: &name,
            ty: row.get(4),
            required: row.get(5),
            default: row.get(6),
            identity: row.get(7),
            generated: row.get(8),
            sequence: row.get(10),
        });
        if let Some((_, columns)) = &mut open {
            columns.push(column);
        }
    }
    sql.extend(open.map(|(name, columns)| create(&name, &columns)));
    sql.extend(comments);
    Ok(())
}

fn create(table: &str, columns: &[String]) -> String {
    format!("CREATE TABLE {table} ({})", columns.join(", "))
}

/// A column as the catalogue shows it.
struct Shown<'r> {
    name: &'r str,
    ty: &'r str,
    required: bool,
    default: Option<&'r str>,
    /// `a` for `ALWAYS`, `d` for `BY DEFAULT`.
    identity: &'r str,
    /// `s` for `STORED`.
    generated: &'r str,
    /// The sequence that belongs to it.
    sequence: Option<&'r str>,
}

fn column(shown: &Shown<'_>) -> String {
    let is_serial = shown.identity.is_empty() && shown.sequence.is_some() && shown.default.is_some();
    let ty = match shown.ty {
        "integer" if is_serial => "SERIAL",
        "bigint" if is_serial => "BIGSERIAL",
        "smallint" if is_serial => "SMALLSERIAL",
        ty => ty,
    };
    let mut column = format!("{} {ty}", quoted(shown.name));
    match (shown.identity, shown.generated, shown.default) {
        ("a", ..) => column.push_str(" GENERATED ALWAYS AS IDENTITY"),
        ("d", ..) => column.push_str(" GENERATED BY DEFAULT AS IDENTITY"),
        (_, "s", Some(default)) => column.push_str(&format!(" GENERATED ALWAYS AS ({default}) STORED")),
        (.., Some(default)) if !is_serial => column.push_str(&format!(" DEFAULT {default}")),
        _ => {}
    }
    if shown.required {
        column.push_str(" NOT NULL");
    }
    column
}

/// Keys, unique constraints, checks and exclusions.
fn constraints(transaction: &mut Transaction<'_>, names: &Names, sql: &mut Vec<String>) -> Found {
    let rows = transaction.query(
        &format!(
            "SELECT n.nspname::text, c.relname::text, k.conname::text, pg_get_constraintdef(k.oid) \
             FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE k.contype IN ('p', 'u', 'c', 'x', 'f') AND k.conparentid = 0 AND {FOREIGN} \
             ORDER BY k.contype = 'f', 1, 2, 3"
        ),
        &[],
    )?;
    for row in rows {
        let (schema, table, name, definition): (&str, &str, &str, &str) =
            (row.get(0), row.get(1), row.get(2), row.get(3));
        sql.push(format!("ALTER TABLE {} ADD CONSTRAINT {} {definition}", names.of(schema, table), quoted(name)));
    }
    Ok(())
}

/// Indexes that no constraint stands on.
fn indexes(transaction: &mut Transaction<'_>, names: &Names, sql: &mut Vec<String>) -> Found {
    let rows = transaction.query(
        &format!(
            "SELECT pg_get_indexdef(i.indexrelid) \
             FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')) \
             AND c.relkind IN ('r', 'p') AND {FOREIGN} ORDER BY 1"
        ),
        &[],
    )?;
    // PostgreSQL always names the schema here.
    let prefix: String = transaction.query_one("SELECT quote_ident($1)", &[&names.own])?.get(0);
    let own =
        |definition: &str| definition.replacen(&format!(" ON {prefix}."), " ON ", 1).replacen(" ON ONLY ", " ON ", 1);
    sql.extend(rows.iter().map(|row| own(row.get(0))));
    Ok(())
}
