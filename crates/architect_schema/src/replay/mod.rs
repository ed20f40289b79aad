//! Replays the operations of revisions on a schema, as the database would carry them out.

mod alter;
mod columns;
mod constraints;
mod doubts;
mod enums;
mod existing;
mod indexes;
mod mention;
mod names;
mod tables;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use architect_model::{
    ColumnType, DatabaseSchema, Doubt, EnumType, Known, Location, MigrationOperation, MigrationOperationKind,
    QualifiedName, Table, TableConstraint, Touched, Unknown,
};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::sql::Dialect;
use crate::statement::read_sql;
use crate::touched;
use crate::truncated::{by_sqlalchemy, kept};
pub(crate) use constraints::{has_key_over, is_same_set, key_columns};
use names::Names;
pub(crate) use tables::is_one_index;

/// The name of a database's dialect in SQLAlchemy.
fn name_of(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgresql => "postgresql",
        Dialect::Sqlite => "sqlite",
    }
}

/// The schema in which names without one are.
fn default_schema(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgresql => "public",
        Dialect::Sqlite => "main",
    }
}

/// A schema on which operations are carried out, one after the other.
///
/// On PostgreSQL each constraint and index has its name, given or by default; on SQLite what has no name stays without.
#[derive(Debug, Clone)]
pub struct Replay {
    dialect: Dialect,
    tables: FxHashMap<QualifiedName, Table>,
    enums: FxHashMap<QualifiedName, EnumType>,
    names: Names,
    doubts: Vec<Doubt>,
    /// Constraints whose rows were not checked, by table and name.
    not_valid: FxHashSet<(QualifiedName, String)>,
    /// What else was made, in words: views, sequences, extensions.
    beside: Vec<String>,
}

/// Why an operation cannot be carried out: what it may touch, and the reason.
struct Refused(Touched, String);

type Outcome = Result<(), Refused>;

impl Replay {
    /// An empty database.
    pub fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            tables: FxHashMap::default(),
            enums: FxHashMap::default(),
            names: Names::default(),
            doubts: Vec::new(),
            not_valid: FxHashSet::default(),
            beside: Vec::new(),
        }
    }

    /// A database that has a schema already.
    pub fn on(dialect: Dialect, schema: &DatabaseSchema) -> Self {
        let mut replay = Self::new(dialect);
        for table in &schema.tables {
            let Some(name) = table.name.known() else { continue };
            let key = replay.key(&QualifiedName::new(table.schema.clone(), name.as_str()));
            let own = table.constraints.iter().filter_map(TableConstraint::name);
            for name in own.chain([name.as_str()]) {
                replay.names.take(key.schema.as_deref(), name);
            }
            replay.tables.insert(key, Table::clone(table));
        }
        for ty in &schema.enums {
            replay.enums.insert(replay.key(&ty.name), ty.clone());
        }
        replay.doubts.clone_from(&schema.doubts);
        replay
    }

    /// Carries out an operation, if it runs on this database. What cannot be carried out leaves a doubt.
    pub fn apply(&mut self, operation: &MigrationOperation) {
        let elsewhere = |dialects: &Vec<String>| !dialects.iter().any(|name| name == name_of(self.dialect));
        if operation.dialects.as_ref().is_some_and(elsewhere) {
            return;
        }
        match &operation.kind {
            // SQLite's own settings.
            MigrationOperationKind::Execute { sql } if self.dialect == Dialect::Sqlite && is_pragma(sql) => {}
            MigrationOperationKind::Execute { sql } => {
                for kind in read_sql(sql, &operation.at, self) {
                    self.apply_named(&kind, operation, &|name| kept(name).to_owned());
                }
            }
            kind => {
                let dialect = self.dialect;
                self.apply_named(kind, operation, &|name| by_sqlalchemy(name, dialect).into_owned());
            }
        }
    }

    /// Carries out an operation whose long names come into the database in this way.
    fn apply_named(
        &mut self,
        kind: &MigrationOperationKind,
        operation: &MigrationOperation,
        name: &dyn Fn(&str) -> String,
    ) {
        let is_cut = self.dialect == Dialect::Postgresql && names::has_long_name(kind);
        match is_cut {
            true => self.apply_kind(&names::with_names(kind, name), operation),
            false => self.apply_kind(kind, operation),
        }
    }

    fn apply_kind(&mut self, kind: &MigrationOperationKind, operation: &MigrationOperation) {
        let reached = self.reached(kind);
        let outcome = self.carry_out(kind, operation.batch, &operation.at);
        if let Some(unknown) = &operation.doubt {
            // What is not there, where it is not sure that this runs, is no surprise.
            for touches in reached {
                self.doubt(touches, unknown.clone());
            }
        } else if let Err(Refused(touches, reason)) = outcome {
            self.doubt(touches, Unknown::new(operation.at.clone(), reason));
        }
    }

    /// What an operation touches. An index that is dropped by its name alone is that of the table that has it.
    fn reached(&self, kind: &MigrationOperationKind) -> Vec<Touched> {
        match kind {
            MigrationOperationKind::DropIndex { table: None, name, .. } => {
                let owner = self.owner_of(None, name);
                owner.map(|table| Touched::Constraint { table, name: name.name.clone() }).into_iter().collect()
            }
            kind => touched(kind),
        }
    }

    /// A table, by its name.
    pub fn table(&self, name: &QualifiedName) -> Option<&Table> {
        self.tables.get(&self.key(name))
    }

    /// All tables, in no order.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.tables.values()
    }

    /// An enumeration type, by its name.
    pub fn enumeration(&self, name: &QualifiedName) -> Option<&EnumType> {
        self.enums.get(&self.key(name))
    }

    /// All enumeration types, in no order.
    pub fn enumerations(&self) -> impl Iterator<Item = &EnumType> {
        self.enums.values()
    }

    /// The kind of database it is.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Whether something else was made, or dropped, that has one of these words to it.
    pub(crate) fn has_beside(&self, words: &[&str]) -> bool {
        self.beside.iter().any(|what| words.iter().any(|word| what.contains(word)))
    }

    /// What is not sure of the schema.
    pub fn doubts(&self) -> &[Doubt] {
        &self.doubts
    }

    /// The schema as it is now.
    pub fn schema(&self) -> DatabaseSchema {
        self.clone().finish()
    }

    /// The schema as it is in the end.
    pub fn finish(mut self) -> DatabaseSchema {
        let enums = std::mem::take(&mut self.enums);
        let mut tables: Vec<(QualifiedName, Table)> = self.tables.into_iter().collect();
        tables.sort_by(|a, b| a.0.cmp(&b.0));
        let dialect = self.dialect;
        let mut tables: Vec<Table> = tables.into_iter().map(|(_, table)| table).collect();
        for column in tables.iter_mut().flat_map(|table| &mut table.columns) {
            if let Known::Known(ColumnType::Enum { name: Some(name), values, native: true, schema, .. }) =
                &mut column.ty
                && let Some(known) = enums.get(&normal(dialect, &QualifiedName::new(schema.clone(), name.as_str())))
            {
                *values = Known::Known(known.values.clone());
            }
        }
        let mut enums: Vec<EnumType> = enums.into_values().collect();
        enums.sort_by(|a, b| a.name.cmp(&b.name));
        DatabaseSchema { tables: tables.into_iter().map(Arc::new).collect(), enums, doubts: self.doubts }
    }

    /// The name under which a table or type is kept: without the schema that names have by default.
    pub(crate) fn key(&self, name: &QualifiedName) -> QualifiedName {
        normal(self.dialect, name)
    }

    /// The table of this name; refused where there is none.
    fn table_mut(&mut self, name: &QualifiedName) -> Result<&mut Table, Refused> {
        let key = self.key(name);
        self.tables.get_mut(&key).ok_or_else(|| Refused(Touched::Table { table: name.clone() }, no_table(name)))
    }

    fn carry_out(&mut self, kind: &MigrationOperationKind, batch: bool, at: &Location) -> Outcome {
        use MigrationOperationKind as Kind;
        match kind {
            Kind::CreateTable { table, if_not_exists } => self.create_table(table, *if_not_exists),
            Kind::DropTable { table, if_exists, .. } => self.drop_table(table, *if_exists),
            Kind::RenameTable { table, to } => self.rename_table(table, QualifiedName::new(table.schema.clone(), to)),
            Kind::MoveTable { table, schema } => {
                self.rename_table(table, QualifiedName::new(Some(schema.clone()), &table.name))
            }
            Kind::CommentTable { table, comment } => {
                self.table_mut(table)?.comment.clone_from(comment);
                Ok(())
            }
            Kind::AddColumn { table, column, constraints, if_not_exists } => {
                self.add_column(table, column, constraints, *if_not_exists)
            }
            Kind::DropColumn { table, column, if_exists, .. } => self.drop_column(table, column, *if_exists),
            Kind::AlterColumn { table, column, change } => self.alter_column(table, column, change),
            Kind::AddConstraint { table, constraint, using_index, not_valid } => {
                self.add_constraint(table, constraint, using_index.as_deref())?;
                self.note_validity(table, *not_valid);
                Ok(())
            }
            Kind::DropConstraint { table, name, what, if_exists, cascade } => {
                let how = constraints::How { if_exists: *if_exists, cascade: *cascade, batch };
                self.drop_constraint(table, name.as_deref(), what.as_deref(), how)
            }
            Kind::ValidateConstraint { table, name } => {
                self.not_valid.remove(&(self.key(table), name.clone()));
                Ok(())
            }
            Kind::RenameConstraint { table, name, to } => self.rename_constraint(table, name, to),
            Kind::CreateIndex { table, index, if_not_exists, .. } => self.create_index(table, index, *if_not_exists),
            Kind::DropIndex { table, name, if_exists, .. } => self.drop_index(table.as_ref(), name, *if_exists),
            Kind::RenameIndex { name, to } => self.rename_index(name, to),
            Kind::CreateType { ty, if_not_exists } => self.create_type(ty, *if_not_exists),
            Kind::DropType { name, if_exists } => self.drop_type(name, *if_exists),
            Kind::RenameType { name, to } => self.rename_type(name, to),
            Kind::AddValue { name, value, place, if_not_exists } => {
                self.add_value(name, value, place.as_ref(), *if_not_exists)
            }
            Kind::RenameValue { name, from, to } => self.rename_value(name, from, to),
            Kind::Aside { what } => {
                if !self.beside.contains(what) {
                    self.beside.push(what.clone());
                }
                Ok(())
            }
            Kind::SetTimeout { .. } | Kind::Rows { .. } => Ok(()),
            Kind::Execute { .. } => Err(Refused(Touched::Everything, "SQL that was not read".to_owned())),
            Kind::Unknown { touches, reason } => {
                self.doubt(touches.clone(), Unknown::new(at.clone(), reason.clone()));
                Ok(())
            }
        }
    }
}

fn is_pragma(sql: &str) -> bool {
    sql.trim_start().get(..6).is_some_and(|word| word.eq_ignore_ascii_case("pragma"))
}

/// The schema that operations build on an empty database.
pub fn replay<'o>(dialect: Dialect, operations: impl IntoIterator<Item = &'o MigrationOperation>) -> DatabaseSchema {
    let mut replay = Replay::new(dialect);
    for operation in operations {
        replay.apply(operation);
    }
    replay.finish()
}

fn normal(dialect: Dialect, name: &QualifiedName) -> QualifiedName {
    let schema = name.schema.as_ref().filter(|schema| *schema != default_schema(dialect));
    QualifiedName::new(schema.cloned(), name.name.as_str())
}

fn no_table(name: &QualifiedName) -> String {
    format!("there is no table `{name}` at this point")
}
