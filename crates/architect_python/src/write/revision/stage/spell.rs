//! Operations as a database in use survives them.

use architect_model::{Index, IndexPart, StageKind, Table, TableConstraint, constraint_name};

use super::super::operation::{Alteration, Concurrent, Operation, Step};
use super::super::script::Script;

/// Bytes of a name that PostgreSQL keeps.
const NAME_BYTES: usize = 63;

/// The scripts of a stage in words that keep nobody waiting for long.
pub(super) fn spelled<'a>(scripts: Vec<Script<'a>>, kind: StageKind, sqlite: bool) -> Vec<Script<'a>> {
    let up = |operations: Vec<Operation<'a>>| match kind {
        StageKind::Index | StageKind::Unindex => concurrently(operations, sqlite),
        StageKind::Constrain => operations.into_iter().map(not_valid).collect(),
        _ => operations,
    };
    let down = |operations: Vec<Operation<'a>>| match kind {
        StageKind::Index | StageKind::Unindex => concurrently(operations, sqlite),
        _ => operations,
    };
    let (mut in_upgrade, mut in_downgrade) = (false, false);
    let there: Vec<Script<'a>> = scripts
        .into_iter()
        .map(|script| script.spelled(|all| with_timeouts(up(all), &mut in_upgrade), |all| all))
        .collect();
    let mut back: Vec<Script<'a>> = there
        .into_iter()
        .rev()
        .map(|script| script.spelled(|all| all, |all| with_timeouts(down(all), &mut in_downgrade)))
        .collect();
    back.reverse();
    back
}

/// Each transaction begins with the time that its statements wait for locks.
fn with_timeouts<'a>(operations: Vec<Operation<'a>>, is_set: &mut bool) -> Vec<Operation<'a>> {
    let mut found = Vec::new();
    for operation in operations {
        let sets_itself = matches!(operation, Operation::Either { .. });
        if operation.is_autocommit() || sets_itself {
            *is_set = false;
        } else if !*is_set {
            found.push(Operation::Timeout);
            *is_set = true;
        }
        found.push(operation);
    }
    found
}

/// Foreign keys and checks hold for rows that come; those that are there are checked in a stage of its own.
fn not_valid<'a>(operation: Operation<'a>) -> Operation<'a> {
    let Operation::Alter(mut alteration) = operation else { return operation };
    for step in &mut alteration.steps {
        if let Step::AddConstraint(
            constraint @ (TableConstraint::ForeignKey { .. } | TableConstraint::Check { native: false, .. }),
        ) = step
        {
            *step = Step::AddNotValid(constraint);
        }
    }
    Operation::Alter(alteration)
}

/// Indexes are built and dropped in no transaction; what is made of them, or in place of what has their name, follows in
/// one: where that fails, all of it runs again.
fn concurrently<'a>(operations: Vec<Operation<'a>>, sqlite: bool) -> Vec<Operation<'a>> {
    let plain = if sqlite { operations.clone() } else { Vec::new() };
    let mut parts = Parts::default();
    for operation in operations {
        match operation {
            Operation::Alter(alteration) => parts.alter(alteration),
            other => parts.rest.push(other),
        }
    }
    let Parts { mut builds, drops, rest, last } = parts;
    builds.extend(drops);
    let first = (!builds.is_empty()).then_some(Operation::Concurrently(builds));
    let found: Vec<Operation<'a>> = first.into_iter().chain(rest).chain(last).collect();
    if sqlite && !found.is_empty() {
        return vec![Operation::Either { postgresql: with_timeouts(found, &mut false), sqlite: plain }];
    }
    found
}

/// What is done outside of a transaction, and what follows in one.
#[derive(Default)]
struct Parts<'a> {
    builds: Vec<Concurrent<'a>>,
    drops: Vec<Concurrent<'a>>,
    rest: Vec<Operation<'a>>,
    last: Vec<Operation<'a>>,
}

impl<'a> Parts<'a> {
    fn alter(&mut self, Alteration { from, to, steps }: Alteration<'a>) {
        let mut others = Vec::new();
        for step in steps {
            match step {
                Step::CreateIndex(constraint) => self.index(from, to, constraint),
                Step::DropIndex(index) => self.drops.push(Concurrent::Drop { declared: from, table: to, index }),
                Step::AddConstraint(constraint @ TableConstraint::Unique { .. }) => self.unique(from, to, constraint),
                step => others.push(step),
            }
        }
        if !others.is_empty() {
            self.rest.push(Operation::Alter(Alteration { from, to, steps: others }));
        }
    }

    fn index(&mut self, from: &'a Table, to: &'a Table, constraint: &'a TableConstraint) {
        let TableConstraint::Index(index) = constraint else { return };
        let name = constraint_name(to, constraint);
        let first = free_name(from, &name);
        let index = Box::new(Index { name: Some(first.clone()), ..index.clone() });
        self.builds.push(Concurrent::Build { table: to, index });
        if first != name {
            self.last.push(Operation::RenameIndex { table: to, from: first, to: name });
        }
    }

    fn unique(&mut self, from: &'a Table, to: &'a Table, constraint: &'a TableConstraint) {
        let TableConstraint::Unique { columns, nulls_not_distinct, .. } = constraint else { return };
        let name = free_name(from, &constraint_name(to, constraint));
        let index = Box::new(Index {
            name: Some(name.clone()),
            parts: columns.iter().map(IndexPart::column).collect(),
            unique: true,
            nulls_not_distinct: *nulls_not_distinct,
            ..Index::default()
        });
        self.builds.push(Concurrent::Build { table: to, index });
        self.last.push(Operation::UniqueByIndex { table: to, constraint, index: name });
    }
}

/// The name under which an index is built: another one where the table has something of its name.
fn free_name(table: &Table, name: &str) -> String {
    if !table.constraints.iter().any(|known| constraint_name(table, known) == name) {
        return name.to_owned();
    }
    let end = (0..=name.len().min(NAME_BYTES - 4)).rev().find(|end| name.is_char_boundary(*end)).unwrap_or_default();
    format!("{}_new", &name[..end])
}
