//! What a `downgrade()` leaves over, or does not bring back.

use std::sync::Arc;

use architect_model::{Column, ColumnType, DatabaseSchema, Known, QualifiedName, Table, TableConstraint, Touched};

use crate::compare::{is_same_type, normal_default, normal_expression};

/// Something that `upgrade()` and `downgrade()` together do not leave as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotRestored {
    /// The object.
    pub object: Touched,
    /// What is left over, missing, or different: one sentence.
    pub text: String,
}

/// What differs between the schema before `upgrade()` and the one after `downgrade()`. Objects that are in doubt in either
/// are left out; the order of columns does not count, for a column that comes back comes last.
pub fn not_restored(before: &DatabaseSchema, after: &DatabaseSchema) -> Vec<NotRestored> {
    let mut found = Vec::new();
    let name = |table: &Arc<Table>| Some(QualifiedName::new(table.schema.clone(), table.name.known()?.clone()));
    for table in &before.tables {
        let Some(name) = name(table) else { continue };
        match after.tables.iter().find(|other| other.name == table.name && other.schema == table.schema) {
            Some(other) => found.extend(of_table(&name, table, other)),
            None => found.push(missing(Touched::Table { table: name.clone() }, format!("table `{name}`"))),
        }
    }
    for table in &after.tables {
        let Some(name) = name(table) else { continue };
        if !before.tables.iter().any(|other| other.name == table.name && other.schema == table.schema) {
            found.push(left_over(Touched::Table { table: name.clone() }, format!("table `{name}`")));
        }
    }
    found.extend(of_enums(before, after));
    let doubts: Vec<&Touched> = before.doubts.iter().chain(&after.doubts).map(|doubt| &doubt.touches).collect();
    found.retain(|one| !doubts.iter().any(|doubt| covers(doubt, &one.object)));
    found
}

fn of_enums(before: &DatabaseSchema, after: &DatabaseSchema) -> Vec<NotRestored> {
    let mut found = Vec::new();
    for ty in &before.enums {
        let name = &ty.name;
        let object = Touched::Type { name: name.clone() };
        match after.enums.iter().find(|other| other.name == *name) {
            None => found.push(missing(object, format!("type `{name}`"))),
            Some(other) if other.values != ty.values => {
                let text = format!(
                    "type `{name}` had the values {}, and has {} afterwards",
                    listed(&ty.values),
                    listed(&other.values)
                );
                found.push(NotRestored { object, text });
            }
            Some(_) => {}
        }
    }
    for ty in &after.enums {
        if !before.enums.iter().any(|other| other.name == ty.name) {
            found.push(left_over(Touched::Type { name: ty.name.clone() }, format!("type `{}`", ty.name)));
        }
    }
    found
}

fn of_table(name: &QualifiedName, before: &Table, after: &Table) -> Vec<NotRestored> {
    let mut found = Vec::new();
    let column = |column: &str| Touched::Column { table: name.clone(), column: column.to_owned() };
    for old in &before.columns {
        let object = column(&old.name);
        match after.columns.iter().find(|new| new.name == old.name) {
            Some(new) => {
                let differ =
                    differences(old, new).into_iter().map(|what| format!("column `{name}.{}`: {what}", old.name));
                found.extend(differ.map(|text| NotRestored { object: object.clone(), text }));
            }
            None => found.push(missing(object, format!("column `{name}.{}`", old.name))),
        }
    }
    for new in &after.columns {
        if !before.columns.iter().any(|old| old.name == new.name) {
            found.push(left_over(column(&new.name), format!("column `{name}.{}`", new.name)));
        }
    }
    if before.comment != after.comment {
        let text = format!("the comment of table `{name}` is another one afterwards");
        found.push(NotRestored { object: Touched::Table { table: name.clone() }, text });
    }
    found.extend(of_constraints(name, before, after));
    found
}

/// Constraints are the same ones by what they say and by their names.
fn of_constraints(name: &QualifiedName, before: &Table, after: &Table) -> Vec<NotRestored> {
    let (old, new) = (normal(before), normal(after));
    let object = |constraint: &Said| match &constraint.name {
        Some(known) => Touched::Constraint { table: name.clone(), name: known.clone() },
        None => Touched::Constraints { table: name.clone() },
    };
    let mut found = Vec::new();
    for one in &old {
        if new.contains(one) {
            continue;
        }
        let same = new.iter().find(|other| !old.contains(other) && (other.name == one.name || other.what == one.what));
        match same {
            Some(other) if other.name == one.name => {
                let text = format!("{} of `{name}` was {}, and is {} afterwards", one.shown(), one.what, other.what);
                found.push(NotRestored { object: object(one), text });
            }
            Some(other) => {
                let text = format!("{} of `{name}` is called {} afterwards", one.shown(), other.shown());
                found.push(NotRestored { object: object(one), text });
            }
            None => found.push(missing(object(one), format!("{} ({}) of `{name}`", one.shown(), one.what))),
        }
    }
    for other in &new {
        let had = old
            .iter()
            .any(|one| one == other || !new.contains(one) && (one.name == other.name || one.what == other.what));
        if !had {
            found.push(left_over(object(other), format!("{} ({}) of `{name}`", other.shown(), other.what)));
        }
    }
    found
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    name: Option<String>,
    what: String,
}

impl Said {
    fn shown(&self) -> String {
        self.name.as_ref().map_or_else(|| "a constraint".to_owned(), |name| format!("`{name}`"))
    }
}

/// The constraints and indexes of a table; those that cannot be told in SQL are left out.
fn normal(table: &Table) -> Vec<Said> {
    let said = |constraint: &TableConstraint| {
        let what = match constraint {
            TableConstraint::Index(index) => {
                let unique = if index.unique { "UNIQUE INDEX" } else { "INDEX" };
                format!("{unique}{}", index.postgresql()?)
            }
            TableConstraint::Check { sql, .. } => format!("CHECK ({})", normal_expression(sql.known()?)),
            other => other.postgresql()?,
        };
        Some(Said { name: constraint.name().map(str::to_owned), what })
    };
    table.constraints.iter().filter_map(said).collect()
}

/// What of a column differs.
fn differences(old: &Column, new: &Column) -> Vec<String> {
    let mut found = Vec::new();
    if let (Known::Known(one), Known::Known(other)) = (&old.ty, &new.ty)
        && is_same_type(one, other) == Some(false)
    {
        found.push(format!("its type was {}, and is {} afterwards", shown_type(one), shown_type(other)));
    }
    match (old.nullable.known(), new.nullable.known()) {
        (Some(false), Some(true)) => found.push("it was NOT NULL, and allows NULL afterwards".to_owned()),
        (Some(true), Some(false)) => found.push("it allowed NULL, and is NOT NULL afterwards".to_owned()),
        _ => {}
    }
    let default = |column: &Column| match &column.server_default {
        None => Some(None),
        Some(default) => default.sql.known().map(|sql| Some(normal_default(sql, column.ty.known()))),
    };
    if let (Some(one), Some(other)) = (default(old), default(new))
        && one != other
    {
        let shown = |default: Option<String>| default.map_or_else(|| "none".to_owned(), |sql| format!("`{sql}`"));
        found.push(format!("its server default was {}, and is {} afterwards", shown(one), shown(other)));
    }
    if old.comment != new.comment {
        found.push("its comment is another one afterwards".to_owned());
    }
    if old.identity.is_some() != new.identity.is_some() {
        found.push("it is numbered in one of the two only".to_owned());
    }
    if old.computed.is_some() != new.computed.is_some() {
        found.push("it is computed in one of the two only".to_owned());
    }
    found
}

fn shown_type(ty: &ColumnType) -> String {
    ty.postgresql().unwrap_or_else(|| "another one".to_owned())
}

fn missing(object: Touched, what: String) -> NotRestored {
    NotRestored { object, text: format!("{what} does not come back") }
}

fn left_over(object: Touched, what: String) -> NotRestored {
    NotRestored { object, text: format!("{what} is left over") }
}

fn listed(values: &[String]) -> String {
    values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ")
}

/// Whether an object is in doubt where another is.
fn covers(doubt: &Touched, object: &Touched) -> bool {
    use Touched as T;
    match (doubt, object) {
        (T::Everything, _) => true,
        (
            T::Table { table },
            T::Table { table: other }
            | T::Column { table: other, .. }
            | T::Constraints { table: other }
            | T::Constraint { table: other, .. },
        ) => table == other,
        (T::Constraints { table }, T::Constraints { table: other } | T::Constraint { table: other, .. }) => {
            table == other
        }
        (doubt, object) => doubt == object,
    }
}
