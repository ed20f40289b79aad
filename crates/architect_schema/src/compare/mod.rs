//! What a database and the models have differently.
//!
//! The two say many things in different words: a migration names what the models leave to a convention, a database shows
//! `'open'::character varying` for `'open'`. [`compare`] gives both sides in one form, so that what is equal in the
//! database is equal in Rust, and what is left are the differences.

mod alike;
mod columns;
mod constraints;
mod doubts;
mod enums;
mod expression;
mod rename;
mod simplify;
mod types;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use architect_model::{
    ColumnType, DatabaseSchema, DifferenceKind, Doubt, Inclusion, Known, Location, ObjectKind, QualifiedName,
    SchemaDifference, Table, Touched, UncertainDifference,
};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::sql::Dialect;

pub use expression::{normal_default, normal_expression};
pub use rename::{PossibleRename, possible_renames};
pub use types::{is_same_type, postgresql_type};

use doubts::Doubts;

/// Objects that keep their rows and values under another name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renames {
    /// Tables: name in the database, name in the models, with their schemas.
    pub tables: Vec<(String, String)>,
    /// Columns: table by its name in the models, column in the database, column in the models.
    pub columns: Vec<(String, String, String)>,
}

/// The result of [`compare`].
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// The tables of the database; what is equal in the database is in the words of the models.
    pub before: Vec<Arc<Table>>,
    /// The tables of the models; what they leave unnamed has the name that it has in the database.
    pub after: Vec<Arc<Table>>,
    /// What differs.
    pub differences: Vec<SchemaDifference>,
    /// What may differ, and why it is not known; `before` and `after` have it alike.
    pub uncertain: Vec<UncertainDifference>,
}

impl Comparison {
    fn extend(&mut self, other: Self) {
        self.before.extend(other.before);
        self.after.extend(other.after);
        self.differences.extend(other.differences);
        self.uncertain.extend(other.uncertain);
    }
}

/// What is compared, and how exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sides {
    /// What the database is called: `the migrations`, `the database`.
    pub database: &'static str,
    /// What the models are called: `the models`, `the migrations`.
    pub models: &'static str,
    /// Whether a server default that only the database has is a difference. It changes nothing for an application that
    /// gives every value, and many a revision adds one for the rows that exist: Alembic compares defaults where it is
    /// told so by `compare_server_default=True`. `None` where it is not known.
    pub exact_defaults: Option<bool>,
    /// The database's kind.
    pub dialect: Dialect,
}

impl Sides {
    /// What migrations build beside what models declare.
    pub const MIGRATIONS_AND_MODELS: Self = Self {
        database: "the migrations",
        models: "the models",
        exact_defaults: Some(false),
        dialect: Dialect::Postgresql,
    };
    /// What a live database has beside what models declare.
    pub const DATABASE_AND_MODELS: Self = Self {
        database: "the database",
        models: "the models",
        exact_defaults: Some(false),
        dialect: Dialect::Postgresql,
    };
    /// What a live database has beside what migrations build.
    pub const DATABASE_AND_MIGRATIONS: Self = Self {
        database: "the database",
        models: "the migrations",
        exact_defaults: Some(true),
        dialect: Dialect::Postgresql,
    };

    fn database_only(self, what: &str) -> String {
        format!("{what} is in {} only", self.database)
    }

    fn models_only(self, what: &str) -> String {
        format!("{what} is in {} only", self.models)
    }

    fn differ(self, what: &str, old: &str, new: &str) -> String {
        format!("{what}: {old} in {}, {new} in {}", self.database, self.models)
    }
}

/// Compares a database with the tables that models declare. Tables whose name is not known are left out.
pub fn compare(database: &DatabaseSchema, models: &[Arc<Table>], renames: &Renames, sides: Sides) -> Comparison {
    compare_by(database, models, renames, sides, None)
}

/// The same; differences of objects that `is_included` leaves out are none.
pub fn compare_included(
    database: &DatabaseSchema,
    models: &[Arc<Table>],
    renames: &Renames,
    sides: Sides,
    is_included: &dyn Fn(&SchemaDifference) -> Inclusion,
) -> Comparison {
    compare_by(database, models, renames, sides, Some(is_included))
}

/// Whether Alembic looks at a difference.
type Filter<'f> = &'f dyn Fn(&SchemaDifference) -> Inclusion;

/// Compares several tables at a time where nothing is left out: a filter runs for one at a time.
fn compare_by(
    database: &DatabaseSchema,
    models: &[Arc<Table>],
    renames: &Renames,
    sides: Sides,
    filter: Option<Filter<'_>>,
) -> Comparison {
    let mut known: FxHashMap<String, &Arc<Table>> =
        database.tables.iter().filter_map(|table| Some((full_name(table)?, table))).collect();
    let mut created = Vec::new();
    let mut pairs = Vec::new();
    for model in models {
        let Some(name) = full_name(model) else { continue };
        let renamed = renames.tables.iter().find(|(_, new)| *new == name).map(|(old, _)| old.as_str());
        match known.remove(renamed.unwrap_or(&name)) {
            Some(table) => pairs.push((table, model)),
            None => created.push((name, model)),
        }
    }
    let doubts = Doubts::of(&database.doubts);
    let mut comparer = Comparer { database, renames, sides, doubts: &doubts, filter, found: Comparison::default() };
    if filter.is_some() {
        pairs.iter().for_each(|(table, model)| comparer.table(table, model));
    } else {
        let of_pair = |(table, model): &(&Arc<Table>, &Arc<Table>)| {
            let found = Comparison::default();
            let mut own = Comparer { database, renames, sides, doubts: &doubts, filter: None, found };
            own.table(table, model);
            own.found
        };
        let found: Vec<Comparison> = pairs.par_iter().map(of_pair).collect();
        found.into_iter().for_each(|found| comparer.found.extend(found));
    }
    for (name, model) in created {
        comparer.created(&name, model);
    }
    for table in database.tables.iter().filter(|table| full_name(table).is_some_and(|name| known.contains_key(&name))) {
        comparer.dropped(table);
    }
    comparer.enums(models);
    comparer.found
}

/// Name with schema.
fn full_name(table: &Table) -> Option<String> {
    qualified_name(table).map(|name| name.to_string())
}

/// Name and schema of a table, where the name is known.
fn qualified_name(table: &Table) -> Option<QualifiedName> {
    Some(QualifiedName::new(table.schema.clone(), table.name.known()?))
}

struct Comparer<'c> {
    database: &'c DatabaseSchema,
    renames: &'c Renames,
    sides: Sides,
    filter: Option<Filter<'c>>,
    doubts: &'c Doubts<'c>,
    found: Comparison,
}

impl Comparer<'_> {
    /// SQLite has no comments, whatever is declared.
    fn keeps_comments(&self) -> bool {
        self.sides.dialect != Dialect::Sqlite
    }

    /// Notes a difference; false where it is in doubt, so that the two sides are taken as alike.
    fn note(&mut self, change: DifferenceKind, object: Touched, text: String, at: &Location) -> bool {
        let doubt = self.doubts.of_object(&object).cloned();
        let kind = match object {
            Touched::Column { .. } => ObjectKind::Column,
            Touched::Type { .. } => ObjectKind::EnumType,
            _ => ObjectKind::Table,
        };
        self.note_unless(doubt, SchemaDifference { change, kind, object, text, at: at.clone() })
    }

    /// The same, where the doubt is known.
    fn note_unless(&mut self, doubt: Option<Doubt>, difference: SchemaDifference) -> bool {
        let because = match self.filter.map_or(Inclusion::Included, |is_included| is_included(&difference)) {
            Inclusion::Excluded => return false,
            Inclusion::Unknown(unknown) => Some(unknown),
            Inclusion::Included => doubt.map(|doubt| doubt.unknown),
        };
        match because {
            Some(because) => {
                self.found.uncertain.push(UncertainDifference { difference, because });
                false
            }
            None => {
                self.found.differences.push(difference);
                true
            }
        }
    }

    /// Notes something that the models do not say; it is taken as what the database has.
    fn unknown(&mut self, kind: ObjectKind, object: Touched, text: String, unknown: architect_model::Unknown) {
        let difference =
            SchemaDifference { change: DifferenceKind::Changed, kind, object, text, at: unknown.at.clone() };
        self.found.uncertain.push(UncertainDifference { difference, because: unknown });
    }

    fn created(&mut self, name: &str, model: &Arc<Table>) {
        let Some(table) = qualified_name(model) else { return };
        let text = self.sides.models_only(&format!("table `{name}`"));
        if self.note(DifferenceKind::Added, Touched::Table { table }, text, &model.at) {
            self.found.after.push(Arc::clone(model));
        }
    }

    fn dropped(&mut self, table: &Arc<Table>) {
        let Some(name) = qualified_name(table) else { return };
        let text = self.sides.database_only(&format!("table `{name}`"));
        if self.note(DifferenceKind::Removed, Touched::Table { table: name }, text, &table.at) {
            let mut own = Table::clone(table);
            alike::unname(&mut own);
            self.values(&mut own);
            self.found.before.push(Arc::new(own));
        }
    }

    /// A table of both sides.
    fn table(&mut self, database: &Arc<Table>, model: &Arc<Table>) {
        let Some(name) = qualified_name(model) else { return };
        let mut after = Table::clone(model);
        let columns = std::mem::take(&mut after.columns);
        let mut before = Table { name: database.name.clone(), schema: database.schema.clone(), ..after.clone() };
        after.columns = columns;
        if database.name != model.name {
            let old = full_name(database).unwrap_or_default();
            let text = format!("table `{old}` becomes `{name}`");
            self.note(DifferenceKind::Changed, Touched::Table { table: name.clone() }, text, &model.at);
        }
        if self.keeps_comments() && database.comment != model.comment {
            let (old, new) = (shown(database.comment.as_deref()), shown(model.comment.as_deref()));
            let text = self.sides.differ(&format!("comment of table `{name}`"), &old, &new);
            if self.note(DifferenceKind::Changed, Touched::Table { table: name.clone() }, text, &model.at) {
                before.comment.clone_from(&database.comment);
            }
        }
        before.columns = self.columns(&name, database, &mut after);
        self.constraints(&name, database, &mut before, &mut after);
        self.found.before.push(Arc::new(before));
        self.found.after.push(Arc::new(after));
    }

    /// The name in the models of a column of the database.
    fn renamed<'n>(&'n self, table: &QualifiedName, column: &'n str) -> &'n str {
        if self.renames.columns.is_empty() {
            return column;
        }
        let table = table.to_string();
        let found = self.renames.columns.iter().find(|(of, old, _)| *of == table && old == column);
        found.map_or(column, |(.., new)| new)
    }

    /// Gives enumeration columns of the database the values that their types have there.
    fn values(&self, table: &mut Table) {
        for column in &mut table.columns {
            if let Known::Known(ty) = &mut column.ty {
                enums::fill(ty, &self.database.enums);
            }
        }
    }
}

fn shown(text: Option<&str>) -> String {
    text.map_or_else(|| "none".to_owned(), |text| format!("`{text}`"))
}

/// A type in words.
fn type_words(ty: &ColumnType) -> String {
    postgresql_type(ty).unwrap_or_else(|| match ty.stored() {
        ColumnType::Other { symbol, .. } => symbol.name.clone(),
        _ => "another type".to_owned(),
    })
}
