//! Names that are taken in a database, and the names that PostgreSQL gives.

use architect_model::{QualifiedName, Table, TableConstraint, automatic_name, default_name};
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

/// A name as PostgreSQL keeps it: 63 bytes of it.
pub(super) fn kept(name: &str) -> &str {
    let end = (0..=name.len().min(63)).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
    &name[..end]
}
