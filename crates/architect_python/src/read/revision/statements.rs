//! What revisions do without operations of Alembic: SQL, rows, types and tables that are made by their own methods.

use architect_model::{EnumType, Known, MigrationOperationKind, QualifiedName, RowVerb, Touched, Unknown};

use super::gaps;
use super::given::{Given, text};
use super::reader::{Reader, is_set, table_of};
use crate::interpret::{GAP, Kind, Made, Value};

/// Statements that a value stands for.
enum Statement {
    /// Text.
    Sql(String),
    /// Rows of a table are written or read.
    Rows(RowVerb, Option<QualifiedName>),
    /// Something else.
    Kinds(Vec<MigrationOperationKind>),
    /// Not known.
    Lost(Unknown),
}

/// `op.execute(...)`, `connection.execute(...)`: what the statement at a place does.
pub(super) fn execute<'a>(reader: &Reader<'a>, given: &Given<'_, 'a>, place: usize) -> Vec<MigrationOperationKind> {
    let Some(value) = given.get(place, &["sqltext", "statement", "sql"]) else { return Vec::new() };
    match statement(reader, value, given) {
        Statement::Sql(sql) if sql.contains(GAP) => gaps::read(&sql),
        Statement::Sql(sql) => vec![MigrationOperationKind::Execute { sql }],
        Statement::Rows(verb, table) => vec![MigrationOperationKind::Rows { table, verb, sql: None }],
        Statement::Kinds(kinds) => kinds,
        Statement::Lost(unknown) => {
            let reason = format!("SQL that could not be determined: {}", unknown.reason);
            vec![MigrationOperationKind::Unknown { touches: Touched::Everything, reason }]
        }
    }
}

fn statement<'a>(reader: &Reader<'a>, value: &Value<'a>, given: &Given<'_, 'a>) -> Statement {
    let lost = || Statement::Lost(super::given::unknown_of(value, given.at, "it is put together elsewhere"));
    let made = match &value.kind {
        Kind::Str(text) => return Statement::Sql(text.to_string()),
        Kind::Made(made) => made,
        _ => return lost(),
    };
    let inner = Given::of(made);
    let first = |names: &[&str]| inner.get(0, names);
    match &made.callee.kind {
        Kind::Library(path) => match named(path) {
            "text" | "DDL" => match first(&["text", "statement"]) {
                Some(value) => statement(reader, value, &inner),
                None => lost(),
            },
            "textwrap.dedent" | "inspect.cleandoc" => match first(&["text"]) {
                Some(value) => statement(reader, value, &inner),
                None => lost(),
            },
            "insert" | "dialects.postgresql.insert" | "dialects.sqlite.insert" => {
                Statement::Rows(RowVerb::Insert, first(&["table"]).and_then(table_name))
            }
            "update" => Statement::Rows(RowVerb::Update, first(&["table"]).and_then(table_name)),
            "delete" => Statement::Rows(RowVerb::Delete, first(&["table"]).and_then(table_name)),
            "select" | "union" | "union_all" | "exists" | "func.count" | "sqlmodel.select" => {
                Statement::Rows(RowVerb::Select, None)
            }
            "CreateSequence" | "DropSequence" | "CreateSchema" | "DropSchema" => {
                Statement::Kinds(vec![aside("a sequence or schema")])
            }
            "CreateTable" | "DropTable" | "CreateIndex" | "DropIndex" => match first(&["element"]) {
                Some(value) => Statement::Kinds(made_or_dropped(reader, value, path.contains("Create"), &inner)),
                None => lost(),
            },
            _ => lost(),
        },
        Kind::Method(method) => of_method(reader, &method.0, &method.1, value, given),
        _ => lost(),
    }
}

/// A statement that methods are called on: `text(...).bindparams(...)`, `table.update().where(...)`.
fn of_method<'a>(
    reader: &Reader<'a>,
    this: &Value<'a>,
    name: &str,
    value: &Value<'a>,
    given: &Given<'_, 'a>,
) -> Statement {
    let is_table = table_name(this).is_some() || matches!(this.kind, Kind::Method(_));
    match (name, &this.kind) {
        // What stands in the braces is not known: what is known is formatted by the machine.
        ("format", Kind::Str(text)) => Statement::Sql(braces_open(text)),
        ("strip" | "replace" | "lower" | "upper" | "lstrip" | "rstrip", Kind::Str(_)) => {
            Statement::Lost(super::given::unknown_of(value, given.at, "it is put together"))
        }
        ("insert", _) if is_table => Statement::Rows(RowVerb::Insert, table_name(this)),
        ("update", _) if is_table => Statement::Rows(RowVerb::Update, table_name(this)),
        ("delete", _) if is_table => Statement::Rows(RowVerb::Delete, table_name(this)),
        ("select", _) if is_table => Statement::Rows(RowVerb::Select, table_name(this)),
        _ => statement(reader, this, given),
    }
}

fn braces_open(text: &str) -> String {
    let mut open = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        open.push_str(before);
        open.push(GAP);
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    open + rest
}

/// The name of something of SQLAlchemy: `sqlalchemy.sql.table` is `sqlalchemy.table`.
pub(super) fn named(path: &str) -> &str {
    let name = path.strip_prefix("sqlalchemy.").unwrap_or(path);
    name.strip_prefix("sql.").unwrap_or(name)
}

/// The table that a value is: `sa.table("item", ...)`, `sa.Table("item", metadata, ...)`.
pub(super) fn table_name(value: &Value<'_>) -> Option<QualifiedName> {
    let (path, made) = value.made_by()?;
    let is_table = matches!(named(path), "table" | "Table" | "alembic.op.create_table");
    if is_table { table_of(&Given::of(made), 0, &["name", "table_name"]).ok() } else { None }
}

/// A method that is called on something that is no batch: a connection, a type, a table, a session.
pub(super) fn method<'a>(
    reader: &Reader<'a>,
    this: &Value<'a>,
    name: &str,
    made: &Made<'a>,
) -> Vec<MigrationOperationKind> {
    let given = Given::of(made);
    match name {
        "execute" | "exec_driver_sql" | "scalar" | "scalars" if is_database(this) || is_statement(&given) => {
            execute(reader, &given, 0)
        }
        "exec" if is_database(this) => execute(reader, &given, 0),
        "create" | "drop" => made_or_dropped(reader, this, name == "create", &given),
        "create_all" | "drop_all" => all(reader, &given, name),
        "add" | "add_all" | "bulk_save_objects" | "bulk_insert_mappings" | "merge" if is_database(this) => {
            vec![MigrationOperationKind::Rows { table: None, verb: RowVerb::Insert, sql: None }]
        }
        "delete" | "update" if is_database(this) => {
            let verb = if name == "delete" { RowVerb::Delete } else { RowVerb::Update };
            vec![MigrationOperationKind::Rows { table: None, verb, sql: None }]
        }
        _ => Vec::new(),
    }
}

/// `Base.metadata.create_all(bind)`.
fn all<'a>(reader: &Reader<'a>, given: &Given<'_, 'a>, name: &str) -> Vec<MigrationOperationKind> {
    let verb = if name == "create_all" { "makes" } else { "drops" };
    if let Some(tables) = given.get(1, &["tables"]).and_then(Value::as_items)
        && tables.iter().all(|table| table_name(table).is_some())
    {
        return tables.iter().flat_map(|table| made_or_dropped(reader, table, name == "create_all", given)).collect();
    }
    let reason = format!("`{name}` {verb} the tables that the models declare when it runs, which change with time");
    vec![MigrationOperationKind::Unknown { touches: Touched::Everything, reason }]
}

/// `sa.Enum(..., name="status").create(bind, checkfirst=True)`, `sa.Table(...).drop(bind)`.
fn made_or_dropped<'a>(
    reader: &Reader<'a>,
    this: &Value<'a>,
    create: bool,
    given: &Given<'_, 'a>,
) -> Vec<MigrationOperationKind> {
    let Some((path, made)) = this.made_by() else { return Vec::new() };
    let inner = Given::of(made);
    // `Enum.create` looks first unless it is told not to; a table is made without looking before SQLAlchemy 2.1.
    let looks = given.get(1, &["checkfirst"]).is_none_or(|value| !matches!(value.kind, Kind::Bool(false)));
    match path {
        "sqlalchemy.Enum" | "sqlalchemy.dialects.postgresql.ENUM" => vec![type_made(reader, this, create, looks, made)],
        "sqlalchemy.Table" => match table_of(&inner, 0, &["name"]) {
            Ok(name) if create => match reader.table(&inner, name, 2) {
                Ok(table) => {
                    let if_not_exists = is_set(given, "checkfirst");
                    vec![MigrationOperationKind::CreateTable { table: Box::new(table), if_not_exists }]
                }
                Err(unknown) => vec![everything(&unknown)],
            },
            Ok(table) => {
                let if_exists = is_set(given, "checkfirst");
                vec![MigrationOperationKind::DropTable { table, if_exists, cascade: false }]
            }
            Err(unknown) => vec![everything(&unknown)],
        },
        "sqlalchemy.Sequence" => vec![aside("a sequence")],
        _ => Vec::new(),
    }
}

fn type_made<'a>(
    reader: &Reader<'a>,
    this: &Value<'a>,
    create: bool,
    looks: bool,
    made: &Made<'a>,
) -> MigrationOperationKind {
    use architect_model::ColumnType;
    match reader.column_type(this, &made.at) {
        Known::Known(ColumnType::Enum { name: Some(name), values, schema, .. }) => {
            let name = QualifiedName::new(schema, name);
            match values {
                _ if !create => MigrationOperationKind::DropType { name, if_exists: looks },
                Known::Known(values) => {
                    MigrationOperationKind::CreateType { ty: EnumType { name, values }, if_not_exists: looks }
                }
                Known::Unknown { unknown } => {
                    MigrationOperationKind::Unknown { touches: Touched::Type { name }, reason: unknown.reason }
                }
            }
        }
        Known::Known(_) => everything(&super::types::unnamed_type(&made.at)),
        Known::Unknown { unknown } => everything(&unknown),
    }
}

/// A call of something unknown: SQL that it may run, or the database in its hands.
pub(super) fn lost<'a>(
    reader: &Reader<'a>,
    arguments: &[Value<'a>],
    unknown: &Unknown,
) -> Option<MigrationOperationKind> {
    let _ = reader;
    let sql = arguments.first().and_then(|first| {
        let first = match first.made_by() {
            Some(("sqlalchemy.text", made)) => made.arguments.positional.first()?.clone(),
            _ => first.clone(),
        };
        text(&first, &unknown.at).ok().filter(|text| gaps::is_sql(text))
    });
    if let Some(sql) = sql {
        return Some(MigrationOperationKind::Execute { sql });
    }
    let gets_database = arguments.iter().any(|value| value.as_library() == Some("alembic.op") || is_connection(value));
    gets_database.then(|| {
        let reason = format!("something unknown gets the database: {}", unknown.reason);
        MigrationOperationKind::Unknown { touches: Touched::Everything, reason }
    })
}

/// Whether the first argument is a statement.
fn is_statement(given: &Given<'_, '_>) -> bool {
    given.get(0, &["statement"]).is_some_and(|value| match &value.kind {
        Kind::Str(text) => gaps::is_sql(text),
        _ => matches!(value.made_by(), Some(("sqlalchemy.text", _))),
    })
}

fn is_connection(value: &Value<'_>) -> bool {
    match &value.kind {
        Kind::Made(made) => match &made.callee.kind {
            Kind::Library(path) => matches!(&**path, "alembic.op.get_bind" | "alembic.op.get_context"),
            Kind::Method(method) => method.1 == "connect" && is_connection(&method.0),
            _ => false,
        },
        Kind::Method(method) => is_connection(&method.0),
        _ => false,
    }
}

/// Whether a value is a connection or session, or what one gave.
fn is_database(value: &Value<'_>) -> bool {
    match &value.kind {
        Kind::Made(made) => match &made.callee.kind {
            Kind::Library(path) => {
                path.starts_with("alembic.op.get_") || path.ends_with("Session") || path.ends_with("sessionmaker")
            }
            Kind::Method(method) => is_database(&method.0),
            Kind::Made(_) => is_database(&made.callee),
            _ => false,
        },
        Kind::Method(method) => is_database(&method.0),
        _ => false,
    }
}

fn everything(unknown: &Unknown) -> MigrationOperationKind {
    MigrationOperationKind::Unknown { touches: Touched::Everything, reason: unknown.reason.clone() }
}

fn aside(what: &str) -> MigrationOperationKind {
    MigrationOperationKind::Aside { what: what.to_owned() }
}
