//! Constraints and indexes of a table that both sides have.

use std::borrow::Cow;

use architect_model::{
    DifferenceKind, IndexKey, Known, Location, ObjectKind, QualifiedName, SchemaDifference, Table, TableConstraint,
    Touched, Unknown,
};

use super::alike::{
    has_default_name, is_counterpart, is_read, is_same_name, key, nameless, one_name, plain, serves_before, unread_part,
};
use super::{Comparer, normal_expression};
use crate::sql::Dialect;

impl Comparer<'_> {
    /// Compares the constraints of a table, and gives both sides those that are alike in the same words.
    pub(super) fn constraints(
        &mut self,
        name: &QualifiedName,
        database: &Table,
        before: &mut Table,
        after: &mut Table,
    ) {
        let carried: Vec<Cow<'_, TableConstraint>> =
            database.constraints.iter().map(|constraint| self.carried(name, constraint)).collect();
        let mut left: Vec<usize> = (0..carried.len()).collect();
        let mut kept: Vec<(usize, TableConstraint)> = Vec::new();
        let mut new = Vec::new();
        for (place, model) in after.constraints.iter_mut().enumerate() {
            let found = left.iter().position(|number| self.is_same(&carried[*number], model));
            match found.map(|position| left.remove(position)) {
                Some(number) => {
                    let old = one_name(database, &database.constraints[number], model);
                    kept.push((number, old));
                }
                None => new.push(place),
            }
        }
        self.unread_indexes(name, after);
        let mut alike = Vec::new();
        for place in new {
            let model = &after.constraints[place];
            // PostgreSQL makes no second index where it makes the table, so it cannot be told from one without.
            let is_served = self.sides.dialect == Dialect::Postgresql && serves_before(after, place);
            if is_served || !self.added(name, &carried, &left, model, &after.at) {
                alike.push(model.clone());
            }
        }
        let unread = after.unknowns.first().cloned();
        let keys: Vec<_> = kept.iter().map(|(number, _)| key(&carried[*number])).collect();
        for number in left {
            // A second key over the same columns changes nothing; Alembic compares what keys say, and finds it once.
            let is_key = matches!(*carried[number], TableConstraint::ForeignKey { .. });
            if is_key && keys.contains(&key(&carried[number])) {
                continue;
            }
            if self.removed(name, database, &carried[number], unread.as_ref()) {
                let mut old = database.constraints[number].clone();
                if has_default_name(database, &old) {
                    *old.name_mut() = None;
                }
                kept.push((number, old));
            }
        }
        kept.sort_by_key(|(number, _)| *number);
        before.constraints = kept.into_iter().map(|(_, constraint)| constraint).chain(alike).collect();
    }

    /// A constraint of the database in the names of the models.
    fn carried<'t>(&self, name: &QualifiedName, constraint: &'t TableConstraint) -> Cow<'t, TableConstraint> {
        if self.renames.tables.is_empty() && self.renames.columns.is_empty() {
            return Cow::Borrowed(constraint);
        }
        let mut carried = constraint.clone();
        let rename = |table: &QualifiedName, columns: &mut Vec<String>| {
            columns.iter_mut().for_each(|column| *column = self.renamed(table, column).to_owned());
        };
        match &mut carried {
            TableConstraint::PrimaryKey { columns, .. } | TableConstraint::Unique { columns, .. } => {
                rename(name, columns);
            }
            TableConstraint::ForeignKey { columns, ref_table, ref_columns, .. } => {
                rename(name, columns);
                if let Some((_, new)) = self.renames.tables.iter().find(|(old, _)| old == ref_table) {
                    ref_table.clone_from(new);
                }
                let (schema, table) = ref_table
                    .rsplit_once('.')
                    .map_or((None, ref_table.as_str()), |(schema, table)| (Some(schema.to_owned()), table));
                rename(&QualifiedName::new(schema, table), ref_columns);
            }
            TableConstraint::Index(index) => {
                for part in &mut index.parts {
                    if let IndexKey::Column { column } = &mut part.key {
                        *column = self.renamed(name, column).to_owned();
                    }
                }
            }
            TableConstraint::Check { .. } | TableConstraint::Exclude { .. } => {}
        }
        Cow::Owned(carried)
    }

    /// Whether a constraint of the database is the one that the models declare. Names of primary and foreign keys are not
    /// compared; Alembic does not either:
    ///
    /// ```python
    /// # alembic.autogenerate.compare.constraints._compare_foreign_keys
    /// metadata_fks_by_sig = {c.unnamed: c for c in metadata_fk_sigs}
    /// ```
    fn is_same(&self, database: &TableConstraint, model: &TableConstraint) -> bool {
        let same = is_same_name(self.sides.dialect, database, model);
        let named = || model.name().is_none() || database.name().is_none() || same;
        match (database, model) {
            (TableConstraint::PrimaryKey { columns: a, .. }, TableConstraint::PrimaryKey { columns: b, .. }) => {
                a.len() == b.len() && a.iter().all(|column| b.contains(column))
            }
            (TableConstraint::ForeignKey { .. }, TableConstraint::ForeignKey { .. }) => key(database) == key(model),
            (TableConstraint::Check { sql: a, .. }, TableConstraint::Check { sql: b, .. }) => {
                let same_name = model.name().is_some() && same;
                match (a, b) {
                    (Known::Known(a), Known::Known(b)) => named() && normal_expression(a) == normal_expression(b),
                    _ => same_name,
                }
            }
            (TableConstraint::Index(a), TableConstraint::Index(b)) => {
                let unread = !is_read(a) || !is_read(b);
                named() && (plain(a) == plain(b) || unread && same && a.unique == b.unique)
            }
            (TableConstraint::Unique { .. }, TableConstraint::Unique { .. })
            | (TableConstraint::Exclude { .. }, TableConstraint::Exclude { .. }) => {
                named() && nameless(database) == nameless(model)
            }
            _ => false,
        }
    }

    /// Indexes of which the models do not say all: they are taken as what the database has under their name.
    fn unread_indexes(&mut self, name: &QualifiedName, after: &Table) {
        let indexes = after.constraints.iter().filter_map(|constraint| match constraint {
            TableConstraint::Index(index) if !is_read(index) => Some((constraint, index)),
            _ => None,
        });
        for (constraint, index) in indexes {
            let unknown = unread_part(index).cloned();
            let unknown =
                unknown.unwrap_or_else(|| Unknown::new(after.at.clone(), "an expression whose SQL is not known"));
            let text = format!("the expressions of {} of `{name}` cannot be compared", words(constraint));
            self.unknown(kind(constraint), object(name, constraint), text, unknown);
        }
    }

    /// A constraint that the models declare and the database does not have so. One of the database that differs in the
    /// rest only is told as a change, and goes. False where it is in doubt.
    fn added(
        &mut self,
        name: &QualifiedName,
        carried: &[Cow<'_, TableConstraint>],
        left: &[usize],
        model: &TableConstraint,
        at: &Location,
    ) -> bool {
        if let TableConstraint::Check { sql: Known::Unknown { unknown }, .. } = model {
            let text = format!("{} of `{name}` cannot be compared", words(model));
            self.unknown(kind(model), object(name, model), text, unknown.clone());
            return false;
        }
        // PostgreSQL has the type itself, so that it needs no check for it.
        if matches!(model, TableConstraint::Check { native: true, .. }) {
            return false;
        }
        let other = left.iter().find(|number| is_counterpart(self.sides.dialect, &carried[**number], model));
        match other {
            Some(number) => {
                let old = &*carried[*number];
                let (a, b) = differing(old, model);
                let text = self.sides.differ(&format!("{} of `{name}`", words(model)), &a, &b);
                self.note_constraint(DifferenceKind::Changed, name, model, text, at)
            }
            None => {
                let text = self.sides.models_only(&format!("{} of `{name}`", words(model)));
                self.note_constraint(DifferenceKind::Added, name, model, text, at)
            }
        }
    }

    /// Notes a difference of a constraint; what is in doubt about its columns is so about itself.
    fn note_constraint(
        &mut self,
        change: DifferenceKind,
        name: &QualifiedName,
        constraint: &TableConstraint,
        text: String,
        at: &Location,
    ) -> bool {
        let of_column =
            |column: &str| self.doubts.of_object(&Touched::Column { table: name.clone(), column: column.to_owned() });
        let object = object(name, constraint);
        let doubt = self.doubts.of_object(&object).or_else(|| constraint.columns().into_iter().find_map(of_column));
        let difference = SchemaDifference { change, kind: kind(constraint), object, text, at: at.clone() };
        self.note_unless(doubt.cloned(), difference)
    }

    /// A constraint of the database that the models do not declare; false where that is in doubt.
    fn removed(
        &mut self,
        name: &QualifiedName,
        database: &Table,
        constraint: &TableConstraint,
        unread: Option<&Unknown>,
    ) -> bool {
        let is_told = self
            .found
            .differences
            .iter()
            .any(|known| known.change == DifferenceKind::Changed && known.object == object(name, constraint));
        if is_told {
            return true;
        }
        let text = self.sides.database_only(&format!("{} of `{name}`", words(constraint)));
        if let Some(unknown) = unread {
            self.unknown(kind(constraint), object(name, constraint), text, unknown.clone());
            return false;
        }
        self.note_constraint(DifferenceKind::Removed, name, constraint, text, &database.at)
    }
}

fn kind(constraint: &TableConstraint) -> ObjectKind {
    match constraint {
        TableConstraint::PrimaryKey { .. } => ObjectKind::PrimaryKey,
        TableConstraint::ForeignKey { .. } => ObjectKind::ForeignKey,
        TableConstraint::Unique { .. } => ObjectKind::Unique,
        TableConstraint::Check { .. } => ObjectKind::Check,
        TableConstraint::Exclude { .. } => ObjectKind::Exclude,
        TableConstraint::Index(_) => ObjectKind::Index,
    }
}

fn object(table: &QualifiedName, constraint: &TableConstraint) -> Touched {
    match constraint.name() {
        Some(name)
            if !matches!(constraint, TableConstraint::ForeignKey { .. } | TableConstraint::PrimaryKey { .. }) =>
        {
            Touched::Constraint { table: table.clone(), name: name.to_owned() }
        }
        _ => Touched::Constraint { table: table.clone(), name: words(constraint) },
    }
}

/// A constraint in words: `unique (a, b)`.
fn words(constraint: &TableConstraint) -> String {
    let columns = constraint.columns().join(", ");
    match constraint {
        TableConstraint::PrimaryKey { .. } => "the primary key".to_owned(),
        TableConstraint::ForeignKey { .. } => format!("foreign key ({columns})"),
        TableConstraint::Unique { name: Some(name), .. } => format!("unique constraint `{name}` ({columns})"),
        TableConstraint::Unique { .. } => format!("unique constraint ({columns})"),
        TableConstraint::Check { name: Some(name), .. } => format!("check `{name}`"),
        TableConstraint::Check { sql, .. } => {
            format!("check ({})", sql.known().map_or("unknown", String::as_str))
        }
        TableConstraint::Exclude { .. } => format!("exclusion ({columns})"),
        TableConstraint::Index(index) => match &index.name {
            Some(name) => format!("index `{name}`"),
            None => format!("index ({columns})"),
        },
    }
}

/// What two constraints of one name say differently.
fn differing(database: &TableConstraint, model: &TableConstraint) -> (String, String) {
    let described = |constraint: &TableConstraint| match constraint {
        TableConstraint::ForeignKey { ref_table, ref_columns, on_delete, on_update, .. } => {
            let mut text = format!("to `{ref_table}` ({})", ref_columns.join(", "));
            text.extend(on_delete.iter().map(|action| format!(" ON DELETE {action}")));
            text.extend(on_update.iter().map(|action| format!(" ON UPDATE {action}")));
            text
        }
        TableConstraint::Check { sql: Known::Known(sql), .. } => format!("`{sql}`"),
        TableConstraint::Index(index) => {
            let unique = if index.unique { "unique " } else { "" };
            let rest = if index.is_plain() { "" } else { ", with conditions of its own" };
            format!("{unique}({}){rest}", index.keys().join(", "))
        }
        other => format!("({})", other.columns().join(", ")),
    };
    let (a, b) = (described(database), described(model));
    if a == b { (format!("{a}, otherwise deferred or named"), b) } else { (a, b) }
}
