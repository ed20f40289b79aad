//! Names that are taken in a database, and the names that PostgreSQL gives.

use architect_model::{MigrationOperationKind, QualifiedName, Table, TableConstraint, automatic_name, default_name};
use rustc_hash::FxHashMap;

/// Names of tables, indexes and constraints, with how many have each: constraints of different tables may share one.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    taken: FxHashMap<QualifiedName, u32>,
}

impl Names {
    /// Notes that something has a name.
    pub(super) fn take(&mut self, schema: Option<&str>, name: &str) {
        *self.taken.entry(QualifiedName::new(schema.map(str::to_owned), name)).or_default() += 1;
    }

    /// Notes that something that had a name is gone.
    pub(super) fn free(&mut self, schema: Option<&str>, name: &str) {
        if let Some(count) = self.taken.get_mut(&QualifiedName::new(schema.map(str::to_owned), name)) {
            *count = count.saturating_sub(1);
        }
    }

    /// The name that PostgreSQL gives a constraint or index without one: the default, with a number where that is taken.
    ///
    /// ```python
    /// # PostgreSQL, ChooseConstraintName and ChooseRelationName
    /// #   CREATE TABLE a (x int, CHECK (x > 0), CHECK (x < 9))   ->   a_x_check, a_x_check1
    /// ```
    pub(super) fn choose(&self, schema: Option<&str>, table: &Table, constraint: &TableConstraint) -> String {
        let name = table.name.known().map(String::as_str).unwrap_or_default();
        let (columns, label) = automatic_name(table, constraint);
        let numbered = |number: u32| match number {
            0 => label.to_owned(),
            number => format!("{label}{number}"),
        };
        let names = (0..).map(|number| default_name(name, &columns, &numbered(number)));
        let is_free = |name: &String| {
            let key = QualifiedName::new(schema.map(str::to_owned), name.as_str());
            self.taken.get(&key).is_none_or(|count| *count == 0)
        };
        names.take(10_000).find(is_free).unwrap_or_default()
    }
}

/// An operation with the names of its constraints and indexes as the database gets them.
pub(super) fn with_names(kind: &MigrationOperationKind, name: &dyn Fn(&str) -> String) -> MigrationOperationKind {
    let mut kind = kind.clone();
    each_name(&mut kind, &mut |own| *own = name(own));
    kind
}

/// The names of constraints and indexes that an operation gives or means.
fn each_name(kind: &mut MigrationOperationKind, change: &mut dyn FnMut(&mut String)) {
    use MigrationOperationKind as Kind;
    match kind {
        Kind::CreateTable { table, .. } => {
            table.constraints.iter_mut().filter_map(|constraint| constraint.name_mut().as_mut()).for_each(change);
        }
        Kind::AddColumn { constraints, .. } => {
            constraints.iter_mut().filter_map(|constraint| constraint.name_mut().as_mut()).for_each(change);
        }
        Kind::AddConstraint { constraint, .. } | Kind::CreateIndex { index: constraint, .. } => {
            constraint.name_mut().iter_mut().for_each(change);
        }
        Kind::DropConstraint { name, .. } => name.iter_mut().for_each(change),
        Kind::ValidateConstraint { name, .. } => change(name),
        Kind::RenameConstraint { name, to, .. } => [name, to].into_iter().for_each(change),
        Kind::DropIndex { name, .. } => change(&mut name.name),
        Kind::RenameIndex { name, to } => {
            change(&mut name.name);
            change(to);
        }
        _ => {}
    }
}

/// Whether an operation has a long name, so far as that is seen at once.
pub(super) fn has_long_name(kind: &MigrationOperationKind) -> bool {
    use MigrationOperationKind as Kind;
    let is_long = |name: &str| name.len() > 63;
    let of_constraint = |constraint: &TableConstraint| constraint.name().is_some_and(is_long);
    match kind {
        Kind::CreateTable { table, .. } => table.constraints.iter().any(of_constraint),
        Kind::AddColumn { constraints, .. } => constraints.iter().any(of_constraint),
        Kind::AddConstraint { constraint, .. } | Kind::CreateIndex { index: constraint, .. } => {
            of_constraint(constraint)
        }
        Kind::DropConstraint { name, .. } => name.as_deref().is_some_and(is_long),
        Kind::ValidateConstraint { name, .. } => is_long(name),
        Kind::RenameConstraint { name, to, .. } => is_long(name) || is_long(to),
        Kind::DropIndex { name, .. } => is_long(&name.name),
        Kind::RenameIndex { name, to } => is_long(&name.name) || is_long(to),
        _ => false,
    }
}
