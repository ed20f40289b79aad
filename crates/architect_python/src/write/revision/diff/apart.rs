//! Foreign keys that go before the tables at their ends change, and come after they have.

use architect_model::{Table, TableConstraint, qualified};

use super::super::operation::Operation;
use super::super::sql;
use super::Differ;

/// The keys of one table that go first, and those that come last.
pub(super) struct KeysApart<'a> {
    pub(super) dropped: Vec<&'a TableConstraint>,
    pub(super) added: Vec<&'a TableConstraint>,
}

impl<'a> Differ<'_, 'a> {
    /// Keys that cannot be while tables change.
    ///
    /// PostgreSQL cannot compare two columns while one has another type already (`foreign key constraint … cannot be
    /// implemented`), and a key rests on the primary key or unique constraint of its target (`cannot drop constraint …
    /// because other objects depend on it`).
    pub(super) fn keys_apart(&self, from: &'a Table, to: &'a Table) -> KeysApart<'a> {
        let mut apart = KeysApart { dropped: Vec::new(), added: Vec::new() };
        for constraint in foreign_keys(from) {
            if self.is_taken_apart(from, to, constraint) {
                apart.dropped.push(constraint);
                apart.added.extend(to.constraints.iter().find(|known| self.is_same(to, constraint, known)));
            }
        }
        let is_new = |key: &&TableConstraint| !from.constraints.iter().any(|known| self.is_same(to, known, key));
        apart.added.extend(foreign_keys(to).filter(is_new).filter(|key| self.is_unready(key)));
        apart
    }

    /// Whether a constraint is a key that goes while the tables at its ends change.
    pub(super) fn is_taken_apart(&self, from: &'a Table, to: &'a Table, key: &TableConstraint) -> bool {
        let TableConstraint::ForeignKey { columns, .. } = key else { return false };
        self.is_recast(from, to, columns) || self.goes_first(key)
    }

    /// Keys of a new table to tables that have not changed yet.
    pub(super) fn unready_keys(&self, table: &'a Table) -> Vec<&'a TableConstraint> {
        foreign_keys(table).filter(|key| self.is_unready(key)).collect()
    }

    /// Keys of tables that go, to tables whose own key goes before them or gets another type.
    pub(super) fn keys_to_go_first(&self) -> Vec<Operation<'a>> {
        let mut found = Vec::new();
        for table in self.change.dropped() {
            let keys = foreign_keys(table).filter(|key| self.goes_first(key));
            found.extend(keys.map(|key| Operation::DropLateKey { table, key }));
        }
        found
    }

    pub(super) fn goes_first(&self, key: &TableConstraint) -> bool {
        let TableConstraint::ForeignKey { ref_columns, .. } = key else { return false };
        let is_recast = |(from, to): (&'a Table, &'a Table)| self.is_recast(from, to, ref_columns);
        self.target_before(key).is_some_and(|target| self.loses_key(target, ref_columns) || is_recast(target))
    }

    /// The table that a key refers to, before and after, by its name before.
    fn target_before(&self, key: &TableConstraint) -> Option<(&'a Table, &'a Table)> {
        let TableConstraint::ForeignKey { ref_table, .. } = key else { return None };
        self.change.kept.iter().find(|(from, _)| qualified(from).as_ref() == Some(ref_table)).copied()
    }

    /// Whether what a new key refers to is not there until its table has changed.
    fn is_unready(&self, key: &TableConstraint) -> bool {
        let TableConstraint::ForeignKey { ref_table, ref_columns, .. } = key else { return false };
        let target = self.change.kept.iter().find(|(_, to)| qualified(to).as_ref() == Some(ref_table)).copied();
        let Some((from, to)) = target else { return false };
        let is_there = |name: &String| from.columns.iter().any(|column| column.name == *name);
        let gains = to
            .constraints
            .iter()
            .any(|own| is_key(own, ref_columns) && !from.constraints.iter().any(|known| self.is_same(to, known, own)));
        gains || !ref_columns.iter().all(is_there) || self.is_recast(from, to, ref_columns)
    }

    /// Whether a table loses the key that others refer to by these columns.
    fn loses_key(&self, (from, to): (&'a Table, &'a Table), columns: &[String]) -> bool {
        from.constraints
            .iter()
            .any(|own| is_key(own, columns) && !to.constraints.iter().any(|known| self.is_same(to, own, known)))
    }

    /// Whether one of these columns gets a type that PostgreSQL does not cast to by itself.
    fn is_recast(&self, from: &'a Table, to: &'a Table, columns: &[String]) -> bool {
        from.columns.iter().filter(|column| columns.contains(&column.name)).any(|old| {
            let name = self.change.renamed(to, &old.name);
            to.columns
                .iter()
                .find(|column| column.name == name)
                .is_some_and(|new| sql::is_recast(old, new) || self.is_replaced(old, new))
        })
    }
}

fn foreign_keys(table: &Table) -> impl Iterator<Item = &TableConstraint> {
    table.constraints.iter().filter(|constraint| matches!(constraint, TableConstraint::ForeignKey { .. }))
}

/// Whether a constraint lets others refer to these columns.
fn is_key(constraint: &TableConstraint, columns: &[String]) -> bool {
    let own = match constraint {
        TableConstraint::PrimaryKey { columns, .. } => columns.iter().map(String::as_str).collect(),
        other => other.unique_columns().unwrap_or_default(),
    };
    own.len() == columns.len() && columns.iter().all(|column| own.contains(&column.as_str()))
}
