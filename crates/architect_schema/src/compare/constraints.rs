//! Constraints and indexes of a table that both sides have.

use architect_model::{
    DifferenceKind, Direction, Index, IndexKey, IndexPart, Known, Location, ObjectKind, QualifiedName,
    SchemaDifference, Table, TableConstraint, Touched, Unknown, constraint_name,
};

use super::{Comparer, normal_expression};
use crate::replay::is_one_index;
use crate::sql::Dialect;
use crate::truncated::by_sqlalchemy;

/// Takes the names from constraints that PostgreSQL has named, as the models do not name them either.
pub(super) fn unname(table: &mut Table) {
    let named: Vec<bool> = table.constraints.iter().map(|constraint| has_default_name(table, constraint)).collect();
    for (constraint, is_default) in table.constraints.iter_mut().zip(named) {
        if is_default {
            *constraint.name_mut() = None;
        }
    }
}

/// Whether a constraint has the name that PostgreSQL gives to one without a name.
fn has_default_name(table: &Table, constraint: &TableConstraint) -> bool {
    if matches!(constraint, TableConstraint::Index(_)) {
        return false;
    }
    let mut bare = constraint.clone();
    let name = bare.name_mut().take();
    name.is_some_and(|name| constraint_name(table, &bare) == name)
}

impl Comparer<'_> {
    /// Compares the constraints of a table, and gives both sides those that are alike in the same words.
    pub(super) fn constraints(
        &mut self,
        name: &QualifiedName,
        database: &Table,
        before: &mut Table,
        after: &mut Table,
    ) {
        let carried: Vec<TableConstraint> =
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
            let is_key = matches!(carried[number], TableConstraint::ForeignKey { .. });
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
    fn carried(&self, name: &QualifiedName, constraint: &TableConstraint) -> TableConstraint {
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
        carried
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
        carried: &[TableConstraint],
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
        if matches!(model, TableConstraint::Check { of_type: Some(_), .. }) {
            return false;
        }
        let other = left.iter().find(|number| is_counterpart(self.sides.dialect, &carried[**number], model));
        match other {
            Some(number) => {
                let old = &carried[*number];
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

/// Gives a constraint of the database and the one of the models that it is the same words, and both the name that the
/// database has, unless both have none of their own.
fn one_name(database: &Table, old: &TableConstraint, model: &mut TableConstraint) -> TableConstraint {
    let mut same = match (old, &*model) {
        // Their columns may have other names afterwards.
        (TableConstraint::Index(old), TableConstraint::Index(new)) => {
            let mut index = new.clone();
            index.parts.clone_from(&old.parts);
            for (part, known) in index.parts.iter_mut().zip(&new.parts) {
                if matches!(known.key, IndexKey::Expression { .. }) {
                    part.clone_from(known);
                } else {
                    let key = part.key.clone();
                    part.clone_from(known);
                    part.key = key;
                }
            }
            TableConstraint::Index(index)
        }
        (_, new) => {
            let mut same = new.clone();
            with_columns_of(&mut same, old);
            same
        }
    };
    if model.name().is_none() && has_default_name(database, old) {
        *same.name_mut() = None;
    } else if old.name().is_some() {
        *model.name_mut() = old.name().map(str::to_owned);
        *same.name_mut() = old.name().map(str::to_owned);
    } else {
        // A database that keeps no names: it has the one of the models as far as anybody knows.
        *same.name_mut() = model.name().map(str::to_owned);
    }
    same
}

fn with_columns_of(constraint: &mut TableConstraint, old: &TableConstraint) {
    match (constraint, old) {
        // The order of a primary key is not compared, so it is no change either.
        (TableConstraint::PrimaryKey { columns, .. }, TableConstraint::PrimaryKey { columns: old, .. })
            if old.iter().all(|column| columns.contains(column)) => {}
        (TableConstraint::PrimaryKey { columns, .. }, TableConstraint::PrimaryKey { columns: old, .. })
        | (TableConstraint::Unique { columns, .. }, TableConstraint::Unique { columns: old, .. }) => {
            columns.clone_from(old);
        }
        (
            TableConstraint::ForeignKey { columns, ref_table, ref_columns, .. },
            TableConstraint::ForeignKey { columns: old, ref_table: table, ref_columns: referred, .. },
        ) => {
            columns.clone_from(old);
            ref_table.clone_from(table);
            ref_columns.clone_from(referred);
        }
        _ => {}
    }
}

/// What makes a foreign key: `NO ACTION` and `NOT DEFERRABLE` are what a key has that says nothing.
fn key(constraint: &TableConstraint) -> TableConstraint {
    let mut key = nameless(constraint);
    if let TableConstraint::ForeignKey { on_delete, on_update, deferrable, initially, match_kind, use_alter, .. } =
        &mut key
    {
        for action in [on_delete, on_update] {
            if action.as_deref() == Some("NO ACTION") {
                *action = None;
            }
        }
        if *deferrable == Some(false) {
            *deferrable = None;
        }
        if initially.as_deref() == Some("IMMEDIATE") {
            *initially = None;
        }
        if match_kind.as_deref() == Some("SIMPLE") {
            *match_kind = None;
        }
        *use_alter = false;
    }
    key
}

fn nameless(constraint: &TableConstraint) -> TableConstraint {
    let mut bare = constraint.clone();
    *bare.name_mut() = None;
    bare
}

/// An index without its name, its expressions in one form, and without what only making it needs.
fn plain(index: &Index) -> Index {
    let mut plain = index.clone();
    plain.name = None;
    plain.concurrently = false;
    plain.sqlite_predicate = None;
    plain.options.clear();
    if plain.method.as_deref().is_some_and(|method| method.eq_ignore_ascii_case("btree")) {
        plain.method = None;
    }
    plain.method = plain.method.map(|method| method.to_lowercase());
    let normal = |sql: &mut Known<String>| {
        if let Known::Known(sql) = sql {
            *sql = normal_expression(sql);
        }
    };
    if let Some(predicate) = &mut plain.predicate {
        normal(predicate);
    }
    for part in &mut plain.parts {
        order_apart(part);
        if let IndexKey::Expression { expression, source } = &mut part.key {
            normal(expression);
            if matches!(expression, Known::Known(_)) {
                source.clear();
            }
        }
        // An ascending part has its NULLs last, a descending one first, where nothing is said.
        if part.direction == Some(Direction::Ascending) {
            part.direction = None;
        }
    }
    plain
}

/// Takes the order from an expression that is a column, to PostgreSQL too: `text("title DESC")`.
fn order_apart(part: &mut IndexPart) {
    let IndexKey::Expression { expression: Known::Known(sql), .. } = &part.key else { return };
    let words: Vec<String> = sql.split_whitespace().map(str::to_uppercase).collect();
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    let nulls_first = match words.as_slice() {
        [.., "NULLS", "FIRST"] => Some(true),
        [.., "NULLS", "LAST"] => Some(false),
        _ => None,
    };
    words.truncate(words.len() - if nulls_first.is_some() { 2 } else { 0 });
    let direction = match words.as_slice() {
        [_, "DESC"] => Some(Direction::Descending),
        [_, "ASC"] => Some(Direction::Ascending),
        _ => None,
    };
    words.truncate(words.len() - usize::from(direction.is_some()));
    let word = sql.split_whitespace().next().unwrap_or_default();
    let quoted = word.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let name = quoted.map_or_else(|| word.to_lowercase(), str::to_owned);
    let is_name = name.chars().all(|char| char.is_alphanumeric() || char == '_');
    if words.len() == 1 && is_name {
        part.key = IndexKey::Column { column: name };
        part.direction = direction.or(part.direction);
        part.nulls_first = nulls_first.or(part.nulls_first);
    }
}

/// Whether all of an index is known.
fn is_read(index: &Index) -> bool {
    unread_part(index).is_none()
}

/// The first part of an index that is not known.
fn unread_part(index: &Index) -> Option<&Unknown> {
    let expressions = index.parts.iter().filter_map(|part| match &part.key {
        IndexKey::Expression { expression, .. } => Some(expression),
        IndexKey::Column { .. } => None,
    });
    expressions.chain(&index.predicate).find_map(|known| match known {
        Known::Unknown { unknown } => Some(unknown),
        Known::Known(_) => None,
    })
}

/// Whether two constraints are the same but for what they say: of one name, or over the same columns.
fn is_counterpart(dialect: Dialect, database: &TableConstraint, model: &TableConstraint) -> bool {
    if std::mem::discriminant(database) != std::mem::discriminant(model) {
        return false;
    }
    match (database, model) {
        (TableConstraint::PrimaryKey { .. }, _) => true,
        (TableConstraint::ForeignKey { .. }, _) => database.columns() == model.columns(),
        _ => model.name().is_some() && is_same_name(dialect, database, model),
    }
}

/// Whether two constraints have one name; a long one of the models comes cut into the database.
fn is_same_name(dialect: Dialect, database: &TableConstraint, model: &TableConstraint) -> bool {
    match (database.name(), model.name()) {
        (Some(old), Some(new)) => old == new || old == by_sqlalchemy(new, dialect),
        (old, new) => old == new,
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

/// Whether the index of a key, or of a constraint before it, serves a unique constraint of a table.
fn serves_before(table: &Table, place: usize) -> bool {
    let unique = &table.constraints[place];
    let is_before = |other: usize, prior: &TableConstraint| {
        other < place || other != place && matches!(prior, TableConstraint::PrimaryKey { .. })
    };
    let mut all = table.constraints.iter().enumerate();
    all.any(|(other, prior)| is_before(other, prior) && is_one_index(prior, unique))
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
