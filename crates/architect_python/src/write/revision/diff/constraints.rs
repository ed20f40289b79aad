//! Constraints and indexes that come and go.

use architect_model::{Known, Table, TableConstraint, constraint_name, given_name};

use super::super::operation::{Operation, Step};
use super::super::sql;
use super::Differ;

impl<'a> Differ<'_, 'a> {
    /// Indexes, then constraints, that the table loses.
    ///
    /// A constraint without a name goes with its column: both databases drop it then.
    pub(super) fn dropped_constraints(&mut self, from: &'a Table, to: &'a Table) -> Vec<Step<'a>> {
        let gone: Vec<&str> = from
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .filter(|name| !to.columns.iter().any(|column| column.name == self.change.renamed(to, name)))
            .collect();
        let mut steps = Vec::new();
        for constraint in &from.constraints {
            if self.is_kept(to, constraint) || self.is_apart(constraint) {
                continue;
            }
            match constraint {
                TableConstraint::Index(index) if index.name.is_some() => steps.push(Step::DropIndex(constraint)),
                TableConstraint::Index(_) => {}
                constraint if given_name(constraint).is_none() && loses_column(constraint, &gone) => {}
                constraint => steps.push(Step::DropConstraint(constraint)),
            }
        }
        let forward = self.change.forward;
        steps.sort_by_key(|step| (if forward { rank(step) } else { rank_of_adding(step) }, step_name(from, step)));
        if !forward {
            steps.reverse();
        }
        let unnamed =
            |step: &&Step<'a>| matches!(step, Step::DropConstraint(TableConstraint::Check { name: None, .. }));
        let checks = |table: &Table| {
            let is_unnamed = |found: &&TableConstraint| matches!(found, TableConstraint::Check { name: None, .. });
            table.constraints.iter().filter(is_unnamed).count()
        };
        if steps.iter().any(|step| unnamed(&step)) && checks(from) > 1 {
            self.fail(to, "it has several checks without names, of which one goes; give each a name");
        }
        steps
    }

    /// Constraints, then indexes, that the table gets.
    pub(super) fn added_constraints(&mut self, from: &'a Table, to: &'a Table) -> Vec<Step<'a>> {
        let mut steps = Vec::new();
        for constraint in &to.constraints {
            if from.constraints.iter().any(|known| self.is_same(to, known, constraint)) || self.is_apart(constraint) {
                continue;
            }
            match constraint {
                TableConstraint::Index(index) if index.name.is_some() => steps.push(Step::CreateIndex(constraint)),
                TableConstraint::Index(_) => self.fail(to, "an index without a name"),
                TableConstraint::Check { sql: Known::Unknown { unknown }, .. } => {
                    let reason = unknown.reason.clone();
                    self.fail(to, &format!("a check: {reason}"));
                }
                constraint => steps.push(Step::AddConstraint(constraint)),
            }
        }
        let forward = self.change.forward;
        steps.sort_by_key(|step| (if forward { rank_of_adding(step) } else { rank(step) }, step_name(to, step)));
        if !forward {
            steps.reverse();
        }
        self.remark_on_constraints(from, to, &steps);
        steps
    }

    /// PostgreSQL keeps the names of constraints when a table or a column gets another one. Names that follow from
    /// these are carried along, so that a later revision finds them:
    /// `ALTER TABLE thing RENAME CONSTRAINT item_owner_id_fkey TO thing_owner_id_fkey`.
    pub(super) fn rename_constraints(&mut self, from: &'a Table, to: &'a Table) {
        for (from, new) in self.constraint_names(from, to) {
            // One that has the name may have to go first.
            let has = |table: &Table| table.constraints.iter().any(|known| constraint_name(table, known) == new);
            let is_taken = self.change.from.iter().any(|table| has(table));
            if is_taken {
                let aside = sql::aside(&from);
                self.operations.push(Operation::RenameConstraint { table: to, from, to: aside.clone() });
                self.late_names.push(Operation::RenameConstraint { table: to, from: aside, to: new });
            } else {
                self.operations.push(Operation::RenameConstraint { table: to, from, to: new });
            }
        }
    }

    /// The same names, before and after.
    pub(super) fn constraint_names(&self, from: &'a Table, to: &'a Table) -> Vec<(String, String)> {
        let carried = self.carried_names(from, to).into_iter();
        carried.map(|(old, new)| (constraint_name(from, old), constraint_name(to, new))).collect()
    }

    /// Constraints that stay and whose names follow from other names than before.
    fn carried_names(&self, from: &'a Table, to: &'a Table) -> Vec<(&'a TableConstraint, &'a TableConstraint)> {
        let mut found = Vec::new();
        for constraint in &from.constraints {
            let carried = self.change.carried(to, constraint);
            let same = to.constraints.iter().find(|known| unnamed_equal(known, &carried));
            let Some(after) = same.filter(|after| follows(constraint, after)) else { continue };
            // Such a key comes back under its new name.
            let is_kept = !self.is_taken_apart(from, to, constraint);
            if is_kept && constraint_name(from, constraint) != constraint_name(to, after) {
                found.push((constraint, after));
            }
        }
        found
    }

    /// Those of them that a revision has named: SQLite has no `RENAME CONSTRAINT`, and would keep the old name.
    pub(super) fn renamed_keys(
        &self,
        from: &'a Table,
        to: &'a Table,
    ) -> Vec<(&'a TableConstraint, &'a TableConstraint)> {
        let is_key =
            |one: &TableConstraint| matches!(one, TableConstraint::ForeignKey { .. } | TableConstraint::Unique { .. });
        let is_named = |old: &TableConstraint, new: &TableConstraint| {
            // The way back finds what the way there names.
            let known = self.house.named_keys.contains(&constraint_name(from, old));
            known || self.house.named_keys.contains(&constraint_name(to, new))
        };
        let carried = self.carried_names(from, to).into_iter();
        carried.filter(|(old, new)| self.house.sqlite && is_key(old) && is_named(old, new)).collect()
    }

    fn is_kept(&self, to: &'a Table, constraint: &TableConstraint) -> bool {
        to.constraints.iter().any(|known| self.is_same(to, constraint, known))
    }

    /// Whether others see to the constraint, or nobody has to: PostgreSQL has the type itself that makes it.
    fn is_apart(&self, constraint: &TableConstraint) -> bool {
        matches!(constraint, TableConstraint::Check { native: true, .. })
            || self.apart.iter().any(|known| std::ptr::eq(*known, constraint))
    }

    /// Whether the constraint `before` becomes `after` by itself.
    pub(super) fn is_same(&self, to: &Table, before: &TableConstraint, after: &TableConstraint) -> bool {
        let carried = self.change.carried(to, before);
        match (&carried, after) {
            // The name of a primary key is carried along.
            (TableConstraint::PrimaryKey { columns: a, .. }, TableConstraint::PrimaryKey { columns: b, .. }) => a == b,
            // What is not known is taken as what it was, wherever it stands now.
            (
                TableConstraint::Check { name: a, sql: Known::Unknown { unknown: x }, .. },
                TableConstraint::Check { name: b, sql: Known::Unknown { unknown: y }, .. },
            ) => a == b && x.reason == y.reason,
            (carried @ TableConstraint::ForeignKey { .. }, TableConstraint::ForeignKey { .. }) => {
                *carried == without_alter(after)
            }
            (carried, after) => carried == after && !self.is_over_remade(to, after) && !self.is_over_recast(to, after),
        }
    }
}

/// A foreign key without the word how it is made.
fn without_alter(constraint: &TableConstraint) -> TableConstraint {
    let mut bare = constraint.clone();
    if let TableConstraint::ForeignKey { use_alter, .. } = &mut bare {
        *use_alter = false;
    }
    bare
}

/// Whether the name of a constraint follows from others: it has none of its own, or is the primary key's.
fn follows(before: &TableConstraint, after: &TableConstraint) -> bool {
    match (before, after) {
        (TableConstraint::Index(_), _) => false,
        (TableConstraint::PrimaryKey { .. }, _) => true,
        _ => given_name(before).is_none() && given_name(after).is_none(),
    }
}

/// Equality without the names.
fn unnamed_equal(a: &TableConstraint, b: &TableConstraint) -> bool {
    let bare = |constraint: &TableConstraint| {
        let mut bare = constraint.clone();
        *bare.name_mut() = None;
        bare
    };
    bare(a) == bare(b)
}

fn loses_column(constraint: &TableConstraint, gone: &[&str]) -> bool {
    match constraint {
        TableConstraint::ForeignKey { columns, .. } | TableConstraint::Unique { columns, .. } => {
            columns.iter().any(|column| gone.contains(&column.as_str()))
        }
        _ => false,
    }
}

/// Constraints come first, then indexes, then keys. `downgrade` is the same from the end, as Alembic has it.
fn rank_of_adding(step: &Step<'_>) -> u8 {
    match step {
        Step::CreateIndex(_) | Step::DropIndex(_) => 1,
        Step::DropConstraint(TableConstraint::ForeignKey { .. })
        | Step::AddConstraint(TableConstraint::ForeignKey { .. }) => 2,
        _ => 0,
    }
}

/// Indexes go before keys, and these before other constraints.
fn rank(step: &Step<'_>) -> u8 {
    match step {
        Step::DropIndex(_) | Step::CreateIndex(_) => 0,
        Step::DropConstraint(TableConstraint::ForeignKey { .. })
        | Step::AddConstraint(TableConstraint::ForeignKey { .. }) => 1,
        _ => 2,
    }
}

fn step_name(table: &Table, step: &Step<'_>) -> String {
    match step {
        Step::DropIndex(constraint)
        | Step::CreateIndex(constraint)
        | Step::DropConstraint(constraint)
        | Step::AddConstraint(constraint) => constraint_name(table, constraint),
        _ => String::new(),
    }
}
