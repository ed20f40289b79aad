//! What Alembic's copy of a table on SQLite loses, put aside before it and brought back afterwards.
//!
//! SQLAlchemy does not reflect expressions and directions of indexes there, and Alembic writes into columns that the
//! database computes (`cannot INSERT into generated column`).

use architect_model::{Column, IndexPart, Table, TableConstraint, constraint_name};

use super::super::operation::{Alteration, Operation, Step};
use super::values::identifiers;
use super::{Differ, alteration};

impl<'a> Differ<'_, 'a> {
    /// The changes of tables that stay, with what SQLite needs around them.
    pub(super) fn guarded(
        &mut self,
        touched: &[(&'a Table, &'a Table)],
        operations: Vec<Operation<'a>>,
    ) -> Vec<Operation<'a>> {
        if !self.house.sqlite {
            return operations;
        }
        let mut parts = Parts::default();
        for operation in operations {
            match operation {
                Operation::Alter(change) => parts.split(change),
                other => parts.between.push(other),
            }
        }
        let mut last = Vec::new();
        for (from, to) in touched.iter().copied() {
            let is_own = |operation: &&Operation<'a>| match operation {
                Operation::Alter(change) => {
                    let is_gone = change.steps.iter().any(|step| matches!(step, Step::OnPostgresql(_)));
                    std::ptr::eq(change.to, to) && (change.copies() || is_gone)
                }
                _ => false,
            };
            if !parts.between.iter().chain(&parts.columns).any(|operation| is_own(&operation)) {
                continue;
            }
            if let Some(clash) = aside_clash(from) {
                self.fail(to, &clash);
            }
            let is_kept = |old: &Column, new: &Column| {
                self.change.renamed(to, &old.name) == new.name && !self.is_remade((from, old), (to, new))
            };
            let columns: Vec<&'a Column> = from.columns.iter().filter(|column| column.computed.is_some()).collect();
            let again = to.columns.iter().filter(|new| new.computed.is_some());
            let again: Vec<&'a Column> = again.filter(|new| columns.iter().any(|old| is_kept(old, new))).collect();
            parts.bring_back(from, to, &again);
            let kept = |index: &&TableConstraint| to.constraints.iter().any(|known| self.is_same(to, index, known));
            let indexes = from.constraints.iter().filter(|index| is_fragile(from, index)).filter(kept).collect();
            let back = |index: &&TableConstraint| from.constraints.iter().any(|known| self.is_same(to, known, index));
            let regained = to.constraints.iter().filter(|index| is_fragile(to, index)).filter(back).collect();
            let lose = Operation::Lose { table: to, columns, indexes };
            let regain = Operation::Regain { table: to, columns: Vec::new(), indexes: regained };
            parts.dropped.extend(is_needed(&lose).then_some(lose));
            last.extend(is_needed(&regain).then_some(regain));
        }
        let Parts { dropped, between, columns, indexes } = parts;
        dropped.into_iter().chain(between).chain(columns).chain(last).chain(indexes).collect()
    }

    /// What goes before the copy of a new table that a late key needs, and comes again after it.
    pub(super) fn around_late_key(&self, table: &'a Table) -> (Option<Operation<'a>>, Option<Operation<'a>>) {
        let columns: Vec<&'a Column> = table.columns.iter().filter(|column| column.computed.is_some()).collect();
        if !self.house.sqlite || columns.is_empty() {
            return (None, None);
        }
        let lose = Operation::Lose { table, columns: columns.clone(), indexes: Vec::new() };
        (Some(lose), Some(Operation::Regain { table, columns, indexes: Vec::new() }))
    }
}

/// Changes in the order in which SQLite bears them.
#[derive(Default)]
struct Parts<'a> {
    /// Indexes that go.
    dropped: Vec<Operation<'a>>,
    between: Vec<Operation<'a>>,
    /// Computed columns that come.
    columns: Vec<Operation<'a>>,
    /// Indexes that come.
    indexes: Vec<Operation<'a>>,
}

impl<'a> Parts<'a> {
    fn split(&mut self, Alteration { from, to, steps }: Alteration<'a>) {
        let (mut dropped, mut columns, mut indexes, mut rest) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for step in steps {
            match step {
                Step::DropIndex(index) if is_fragile(from, index) => dropped.push(step),
                Step::CreateIndex(index) if is_fragile(to, index) => indexes.push(step),
                Step::AddColumn { column: Column { computed: Some(_), .. }, .. } => columns.push(step),
                Step::DropColumn(Column { computed: Some(_), .. })
                | Step::RenameColumn { column: Column { computed: Some(_), .. }, .. } => {
                    rest.push(Step::OnPostgresql(Box::new(step)));
                }
                Step::AlterColumn(change) if change.from.computed.is_some() => {
                    rest.push(Step::OnPostgresql(Box::new(Step::AlterColumn(change))));
                }
                step => rest.push(step),
            }
        }
        self.dropped.extend(alteration(from, to, dropped));
        self.between.extend(alteration(from, to, rest));
        self.columns.extend(alteration(from, to, columns));
        self.indexes.extend(alteration(from, to, indexes));
    }
}

impl<'a> Parts<'a> {
    /// All columns that are computed come in one copy: none copies them.
    fn bring_back(&mut self, from: &'a Table, to: &'a Table, columns: &[&'a Column]) {
        let step = |column: &&'a Column| {
            let nullable = column.nullable.known() != Some(&false);
            Step::OnSqlite(Box::new(Step::AddColumn { column, default: None, nullable }))
        };
        let steps: Vec<Step<'a>> = columns.iter().map(step).collect();
        let own = self.columns.iter_mut().find_map(|operation| match operation {
            Operation::Alter(change) if std::ptr::eq(change.to, to) => Some(change),
            _ => None,
        });
        match own {
            Some(change) => change.steps.extend(steps),
            None => self.columns.extend(alteration(from, to, steps)),
        }
    }
}

/// Why the computed columns of a table cannot go for a while: SQLite drops no column that a constraint speaks of.
fn aside_clash(table: &Table) -> Option<String> {
    let mut computed = table.columns.iter().filter(|column| column.computed.is_some());
    computed.find_map(|column| {
        let speaks = |constraint: &&TableConstraint| match constraint {
            TableConstraint::Index(_) => false,
            TableConstraint::Check { sql, .. } => {
                sql.known().is_some_and(|sql| identifiers(sql).any(|word| word == column.name))
            }
            other => other.columns().contains(&column.name.as_str()),
        };
        let constraint = table.constraints.iter().find(speaks)?;
        Some(format!(
            "SQLite has to copy it, which it cannot with a computed column, nor drop `{}` for a while, as `{}` speaks of it; drop the constraint in a migration of its own before, and add it again after",
            column.name,
            constraint_name(table, constraint)
        ))
    })
}

fn is_needed(operation: &Operation<'_>) -> bool {
    match operation {
        Operation::Lose { columns, indexes, .. } | Operation::Regain { columns, indexes, .. } => {
            !columns.is_empty() || !indexes.is_empty()
        }
        _ => false,
    }
}

/// Whether a copy does not have the index as it was.
fn is_fragile(table: &Table, constraint: &TableConstraint) -> bool {
    let TableConstraint::Index(index) = constraint else { return false };
    let is_computed = |part: &IndexPart| {
        table.columns.iter().any(|column| column.computed.is_some() && part.key.as_column() == Some(&column.name))
    };
    index.parts.iter().any(|part| part.key.as_column().is_none() || !part.order().is_empty() || is_computed(part))
}
