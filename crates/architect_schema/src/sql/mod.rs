//! A schema as the statements that create it, for PostgreSQL and SQLite.

mod column;
pub(crate) mod sqlite;
mod table;

use std::fmt::Write;

use architect_model::{
    ColumnType, DatabaseSchema, DefaultValue, Doubt, EnumType, Known, Location, QualifiedName, Table, TableConstraint,
    Touched, Unknown, creation_order, identifier, literal,
};

/// A database that SQL is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// PostgreSQL.
    Postgresql,
    /// SQLite.
    Sqlite,
}

impl Dialect {
    fn name(self) -> &'static str {
        match self {
            Self::Postgresql => "PostgreSQL",
            Self::Sqlite => "SQLite",
        }
    }

    /// A name, in quotes where the database needs them.
    fn identifier(self, name: &str) -> String {
        match self {
            Self::Postgresql => identifier(name),
            Self::Sqlite => sqlite::identifier(name),
        }
    }

    /// A table with its schema.
    fn table(self, table: &Table) -> Option<String> {
        let name = self.identifier(table.name.known()?);
        Some(match &table.schema {
            Some(schema) => format!("{}.{name}", self.identifier(schema)),
            None => name,
        })
    }

    fn list(self, names: &[String]) -> String {
        names.iter().map(|name| self.identifier(name)).collect::<Vec<_>>().join(", ")
    }
}

/// A schema as SQL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    /// Statements without semicolons, in an order that the database accepts.
    pub statements: Vec<String>,
    /// What could not be written.
    pub left_out: Vec<LeftOut>,
}

/// A part of a schema that a script has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// What: `table item`, `comment of item.price`.
    pub what: String,
    /// Why.
    pub why: String,
    /// Where it is declared.
    pub at: Location,
}

impl Script {
    /// The script as a file: what it lacks in comments at its head, then the statements.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for LeftOut { what, why, at } in &self.left_out {
            let _ = writeln!(text, "-- left out: {} ({at}): {}", what.replace('\n', " "), why.replace('\n', " "));
        }
        if !self.left_out.is_empty() {
            text.push('\n');
        }
        for statement in &self.statements {
            let _ = writeln!(text, "{statement};\n");
        }
        let kept = text.trim_end().len();
        text.truncate(kept);
        if !text.is_empty() {
            text.push('\n');
        }
        text
    }

    fn leave_out(&mut self, what: impl Into<String>, why: impl Into<String>, at: &Location) {
        self.left_out.push(LeftOut { what: what.into(), why: why.into(), at: at.clone() });
    }
}

/// The statements that create a schema in an empty database.
pub fn script(schema: &DatabaseSchema, dialect: Dialect) -> Script {
    let mut script = Script::default();
    let tables: Vec<&Table> = schema.tables.iter().map(AsRef::as_ref).collect();
    let (tables, late) = creation_order(&tables);
    if dialect == Dialect::Postgresql {
        namespaces(schema, &mut script);
        for ty in &schema.enums {
            script.statements.push(create_type(ty));
        }
        sequences(&tables, &mut script);
    }
    let mut waiting: Vec<(&Table, &TableConstraint)> = Vec::new();
    let mut written: Vec<&Table> = Vec::new();
    for table in tables {
        let is_late = |key: &TableConstraint| {
            dialect == Dialect::Postgresql && (uses_alter(key) || late.iter().any(|(_, late)| std::ptr::eq(*late, key)))
        };
        if table::write(table, dialect, is_late, &mut script) {
            written.push(table);
            waiting.extend(table.constraints.iter().filter(|key| is_late(key)).map(|key| (table, key)));
        }
    }
    for (table, key) in waiting {
        script.statements.extend(table::add_key(table, key));
    }
    for table in written {
        table::indexes(table, dialect, &mut script);
        table::comments(table, dialect, &mut script);
    }
    script
}

fn uses_alter(key: &TableConstraint) -> bool {
    matches!(key, TableConstraint::ForeignKey { use_alter: true, .. })
}

/// `CREATE TYPE`.
fn create_type(ty: &EnumType) -> String {
    let values: Vec<String> = ty.values.iter().map(|value| literal(value)).collect();
    format!("CREATE TYPE {} AS ENUM ({})", qualified(&ty.name), values.join(", "))
}

fn qualified(name: &QualifiedName) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", identifier(schema), identifier(&name.name)),
        None => identifier(&name.name),
    }
}

/// `CREATE SCHEMA` for each schema that is named.
fn namespaces(schema: &DatabaseSchema, script: &mut Script) {
    let of_tables = schema.tables.iter().filter_map(|table| table.schema.as_deref());
    let of_types = schema.enums.iter().filter_map(|ty| ty.name.schema.as_deref());
    let mut names: Vec<&str> = of_tables.chain(of_types).filter(|name| *name != "public").collect();
    names.sort_unstable();
    names.dedup();
    script.statements.extend(names.into_iter().map(|name| format!("CREATE SCHEMA IF NOT EXISTS {}", identifier(name))));
}

/// `CREATE SEQUENCE` for each sequence that a column names as its default.
fn sequences(tables: &[&Table], script: &mut Script) {
    let columns = tables.iter().flat_map(|table| &table.columns);
    let mut names: Vec<&str> = columns
        .filter_map(|column| match &column.default.as_ref()?.value {
            Known::Known(DefaultValue::Sequence(name)) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    let quoted = |name: &str| name.split('.').map(identifier).collect::<Vec<_>>().join(".");
    script.statements.extend(names.into_iter().map(|name| format!("CREATE SEQUENCE {}", quoted(name))));
}

/// The native enumeration types that the columns of tables need, by name; and those that are declared several times with
/// different values, of which the first is taken.
pub fn enumerations<'t>(tables: impl Iterator<Item = &'t Table>) -> (Vec<EnumType>, Vec<Doubt>) {
    let (mut found, mut doubts): (Vec<EnumType>, Vec<Doubt>) = (Vec::new(), Vec::new());
    for column in tables.flat_map(|table| &table.columns) {
        let Some(ty) = column.ty.known().and_then(enumeration) else { continue };
        match found.iter().find(|known| known.name == ty.name) {
            None => found.push(ty),
            Some(known) if known.values != ty.values => {
                let reason = format!("the enumeration `{}` is declared several times, with different values", ty.name);
                let unknown = Unknown::new(column.at.clone(), reason);
                doubts.push(Doubt { touches: Touched::Type { name: ty.name }, unknown });
            }
            Some(_) => {}
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    (found, doubts)
}

/// The native enumeration type that a type needs.
fn enumeration(ty: &ColumnType) -> Option<EnumType> {
    match ty.stored() {
        ColumnType::Enum { name: Some(name), values: Known::Known(values), native: true, schema, .. } => {
            Some(EnumType { name: QualifiedName::new(schema.clone(), name.clone()), values: values.clone() })
        }
        ColumnType::Array { item, .. } => enumeration(item),
        _ => None,
    }
}
