//! Constraints in one form: which of two sides are one, and what each is called.

use architect_model::{Direction, Index, IndexKey, IndexPart, Known, Table, TableConstraint, Unknown, constraint_name};

use super::normal_expression;
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
pub(super) fn has_default_name(table: &Table, constraint: &TableConstraint) -> bool {
    if matches!(constraint, TableConstraint::Index(_)) {
        return false;
    }
    let mut bare = constraint.clone();
    let name = bare.name_mut().take();
    name.is_some_and(|name| constraint_name(table, &bare) == name)
}

/// Gives a constraint of the database and the one of the models that it is the same words, and both the name that the
/// database has, unless both have none of their own.
pub(super) fn one_name(database: &Table, old: &TableConstraint, model: &mut TableConstraint) -> TableConstraint {
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
pub(super) fn key(constraint: &TableConstraint) -> TableConstraint {
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

pub(super) fn nameless(constraint: &TableConstraint) -> TableConstraint {
    let mut bare = constraint.clone();
    *bare.name_mut() = None;
    bare
}

/// An index without its name, its expressions in one form, and without what only making it needs.
pub(super) fn plain(index: &Index) -> Index {
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
pub(super) fn is_read(index: &Index) -> bool {
    unread_part(index).is_none()
}

/// The first part of an index that is not known.
pub(super) fn unread_part(index: &Index) -> Option<&Unknown> {
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
pub(super) fn is_counterpart(dialect: Dialect, database: &TableConstraint, model: &TableConstraint) -> bool {
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
pub(super) fn is_same_name(dialect: Dialect, database: &TableConstraint, model: &TableConstraint) -> bool {
    match (database.name(), model.name()) {
        (Some(old), Some(new)) => old == new || old == by_sqlalchemy(new, dialect),
        (old, new) => old == new,
    }
}

/// Whether the index of a key, or of a constraint before it, serves a unique constraint of a table.
pub(super) fn serves_before(table: &Table, place: usize) -> bool {
    let unique = &table.constraints[place];
    let is_before = |other: usize, prior: &TableConstraint| {
        other < place || other != place && matches!(prior, TableConstraint::PrimaryKey { .. })
    };
    let mut all = table.constraints.iter().enumerate();
    all.any(|(other, prior)| is_before(other, prior) && is_one_index(prior, unique))
}
