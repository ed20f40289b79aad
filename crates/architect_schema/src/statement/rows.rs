//! Statements that read or write rows.

use architect_model::{MigrationOperationKind, QualifiedName, RowVerb, Touched};
use sqlparser::ast::{
    CopySource, Expr, FromTable, Query, SelectItem, SetExpr, Statement, TableFactor, TableObject, TableWithJoins,
};

use super::name::{parts, qualified};
use super::settings::setting;
use super::split::Piece;
use super::{Reader, unknown};

/// Functions that leave tables, indexes and enumerations as they are: PostgreSQL's own, as revisions call them alone, and
/// those of common extensions that schedule something.
const HARMLESS: &[&str] = &[
    "setval",
    "nextval",
    "currval",
    "lastval",
    "count",
    "max",
    "min",
    "sum",
    "now",
    "coalesce",
    "version",
    "exists",
    "to_regclass",
    "to_regtype",
    "current_setting",
    "lower",
    "upper",
    "concat",
    "jsonb_build_object",
    "json_build_object",
    "jsonb_agg",
    "json_agg",
    "array_agg",
    "string_agg",
    "bool_and",
    "bool_or",
    "gen_random_uuid",
    "uuid_generate_v4",
    "generate_series",
    "unnest",
    "length",
    "format",
    "current_schema",
    "current_database",
    "has_table_privilege",
    "add_retention_policy",
    "add_compression_policy",
    "add_continuous_aggregate_policy",
    "remove_retention_policy",
    "remove_compression_policy",
    "add_job",
    "delete_job",
    "txid_current",
    "row_number",
    "rank",
    "cast",
    "set_config",
];

/// The same by their beginnings.
const HARMLESS_PREFIXES: &[&str] = &["pg_", "cron.", "partman.", "pgmq.", "net.", "has_"];

impl Reader<'_> {
    /// What a statement does with rows; `None` where it is of another kind.
    pub(super) fn rows(&self, statement: &Statement, piece: &Piece) -> Option<Vec<MigrationOperationKind>> {
        let rows = |table, verb| MigrationOperationKind::Rows { table, verb, sql: Some(piece.text.clone()) };
        Some(match statement {
            Statement::Truncate(truncate) => {
                let names = truncate.table_names.iter().map(|target| qualified(&target.name));
                names.map(|name| rows(Some(name), RowVerb::Delete)).collect()
            }
            Statement::Query(query) => query_rows(query, &rows),
            statement => {
                let (table, verb) = written(statement)?;
                vec![rows(table, verb)]
            }
        })
    }
}

type Rows<'r> = &'r dyn Fn(Option<QualifiedName>, RowVerb) -> MigrationOperationKind;

/// The table that a statement writes to, and how.
fn written(statement: &Statement) -> Option<(Option<QualifiedName>, RowVerb)> {
    Some(match statement {
        Statement::Insert(insert) => {
            let table = match &insert.table {
                TableObject::TableName(name) => Some(qualified(name)),
                _ => None,
            };
            (table, RowVerb::Insert)
        }
        Statement::Update(update) => (factor(&update.table.relation), RowVerb::Update),
        Statement::Delete(delete) => {
            let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
            (first(from), RowVerb::Delete)
        }
        Statement::Merge(merge) => (factor(&merge.table), RowVerb::Update),
        Statement::Copy { source: CopySource::Table { table_name, .. }, to: false, .. } => {
            (Some(qualified(table_name)), RowVerb::Insert)
        }
        Statement::Copy { .. } => (None, RowVerb::Select),
        _ => return None,
    })
}

fn query_rows(query: &Query, rows: Rows) -> Vec<MigrationOperationKind> {
    let named = query.with.iter().flat_map(|with| &with.cte_tables);
    let mut found: Vec<MigrationOperationKind> = named
        .flat_map(|named| query_rows(&named.query, rows))
        .filter(|operation| !matches!(operation, MigrationOperationKind::Rows { verb: RowVerb::Select, .. }))
        .collect();
    match &*query.body {
        SetExpr::Insert(statement)
        | SetExpr::Update(statement)
        | SetExpr::Delete(statement)
        | SetExpr::Merge(statement) => {
            if let Some((table, verb)) = written(statement) {
                found.push(rows(table, verb));
            }
        }
        SetExpr::Select(select) => {
            if select.into.is_some() {
                found.push(unknown(
                    Touched::Everything,
                    "`SELECT … INTO` makes a table whose columns are taken from elsewhere",
                ));
            } else {
                let alone = select.from.is_empty();
                found.extend(select.projection.iter().filter_map(|item| called(item, alone)));
                found.push(rows(first(&select.from), RowVerb::Select));
            }
        }
        _ => found.push(rows(None, RowVerb::Select)),
    }
    found
}

/// What a function does that a `SELECT` calls for its effect: `alone`, not for the rows of a table.
fn called(item: &SelectItem, alone: bool) -> Option<MigrationOperationKind> {
    let (SelectItem::UnnamedExpr(Expr::Function(function))
    | SelectItem::ExprWithAlias { expr: Expr::Function(function), .. }) = item
    else {
        return None;
    };
    let name = parts(&function.name).join(".");
    let name = name.strip_prefix("pg_catalog.").unwrap_or(&name);
    let texts = texts_in(&function.args.to_string());
    match (name, texts.as_slice()) {
        ("set_config", [name, value, ..]) => return Some(setting(name, value.clone())),
        // TimescaleDB gives the table an index over its time.
        ("create_hypertable", [table, ..]) => {
            let table = dotted(table);
            let reason = format!("TimescaleDB may give `{table}` an index of its own");
            return Some(unknown(Touched::Constraints { table }, reason));
        }
        _ => {}
    }
    let harmless = HARMLESS.contains(&name) || HARMLESS_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    (alone && !harmless).then(|| unknown(Touched::Everything, format!("what the function `{name}` does is not known")))
}

fn dotted(text: &str) -> QualifiedName {
    match text.split_once('.') {
        Some((schema, name)) => QualifiedName::new(Some(schema.to_owned()), name),
        None => QualifiedName::new(None, text),
    }
}

/// The texts in single quotes.
fn texts_in(sql: &str) -> Vec<String> {
    sql.split('\'').skip(1).step_by(2).map(str::to_owned).collect()
}

fn first(from: &[TableWithJoins]) -> Option<QualifiedName> {
    from.first().and_then(|table| factor(&table.relation))
}

fn factor(factor: &TableFactor) -> Option<QualifiedName> {
    match factor {
        TableFactor::Table { name, .. } => Some(qualified(name)),
        _ => None,
    }
}
