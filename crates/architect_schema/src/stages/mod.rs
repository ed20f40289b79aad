//! A change of tables as stages that a database in use survives: expand, backfill, contract.
//!
//! Old code runs until the last stages, new code from the first ones on. What PostgreSQL can do in no such way becomes a
//! stage of its own, so that it can be run when nobody is there.

mod columns;
mod constraints;
mod enums;
mod locked;
mod notes;
mod renamed;
mod table;

use std::fmt;
use std::sync::Arc;

use architect_model::{QualifiedName, RowDefault, Stage, StageKind, Table, qualified};

use crate::compare::Renames;
use enums::OldValues;
use locked::Locked;
use table::{Kept, States};

/// A change of tables, and what matters for its stages.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// All tables before, as a comparison gives them.
    pub before: &'a [Arc<Table>],
    /// All tables after.
    pub after: &'a [Arc<Table>],
    /// What keeps its rows and values under another name.
    pub renames: &'a Renames,
    /// The columns whose rows get a value.
    pub defaults: &'a [RowDefault],
    /// PostgreSQL's major version.
    pub version: u32,
}

/// Why a change has no stages: something that goes in the last one would have to go before one of the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unstaged {
    /// A table or column gets a name that another one still has.
    TakenName {
        /// The table or column, under its old name.
        from: String,
        /// Its new name.
        to: String,
    },
    /// A table or column goes whose enumeration loses values at the same time.
    GoesWithValues {
        /// The table or column.
        gone: String,
        /// The enumeration.
        enumeration: String,
    },
}

impl fmt::Display for Unstaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TakenName { from, to } => write!(
                f,
                "`{from}` becomes `{to}`, a name that is taken until the last stage: first drop or rename what has it, in a \
                 release of its own"
            ),
            Self::GoesWithValues { gone, enumeration } => write!(
                f,
                "`{gone}` goes, and `{enumeration}` loses values, which it would have to keep until the last stage: first \
                 drop `{gone}`, then take the values away in a later release"
            ),
        }
    }
}

/// The stages of a change, in the order in which they run. A stage may turn out to have nothing to do.
///
/// # Errors
/// Something would have to go first.
pub fn stages(change: &Change<'_>) -> Result<Vec<Stage>, Unstaged> {
    if let Some((from, to)) = renamed::taken_name(change.before, change.renames) {
        return Err(Unstaged::TakenName { from, to });
    }
    let before = renamed::renamed(change.before, change.renames);
    let (old_values, mut plan) = (OldValues::of(&before, change.after), Plan::default());
    if let Some(unstaged) = before.iter().find_map(|from| goes_with_values(from, change.after, &old_values)) {
        return Err(unstaged);
    }
    for to in change.after {
        match before.iter().find(|from| qualified(from) == qualified(to)) {
            Some(from) => plan.keep(Kept { from, to, change, old_values: &old_values }.states()),
            None => plan.create(created(to, &before, change.after), to, &old_values),
        }
    }
    for from in before.iter().filter(|from| !change.after.iter().any(|to| qualified(from) == qualified(to))) {
        plan.drop(from);
    }
    let mut stages = plan.finish(change.after);
    if before != change.before {
        stages.insert(0, Stage { states: vec![before], ..empty(StageKind::Rename, notes::renamed(change.renames)) });
    }
    Ok(stages)
}

/// The state of all tables after each step, and what is done beside.
#[derive(Default)]
struct Plan {
    expand: Vec<Arc<Table>>,
    late: Vec<Arc<Table>>,
    rewrite: Vec<Arc<Table>>,
    index: Vec<Arc<Table>>,
    constrain: Vec<Arc<Table>>,
    unindex: Vec<Arc<Table>>,
    required: Vec<Arc<Table>>,
    fills: Vec<(QualifiedName, String)>,
    validates: Vec<(QualifiedName, String)>,
    /// Columns that take no NULL in the end, of which a fill may have missed rows.
    leftovers: Vec<(QualifiedName, String)>,
    notes: notes::Notes,
}

impl Plan {
    fn keep(&mut self, states: States) {
        self.expand.push(Arc::new(states.expand));
        self.late.push(Arc::new(states.late));
        self.rewrite.push(Arc::new(states.rewrite));
        self.index.push(Arc::new(states.index));
        self.constrain.push(Arc::new(states.constrain));
        self.unindex.push(Arc::new(states.unindex));
        self.required.push(Arc::new(states.required));
        self.fills.extend(states.fills);
        self.validates.extend(states.validates);
        self.leftovers.extend(states.leftovers);
        self.notes.extend(states.notes);
    }

    /// A table that comes: `first` is without the keys that have to wait.
    fn create(&mut self, first: Table, last: &Arc<Table>, old_values: &OldValues) {
        if let Some(name) = name_of(last) {
            let waits = last.constraints.iter().filter(|key| !first.constraints.contains(key));
            self.validates.extend(waits.map(|key| (name.clone(), architect_model::constraint_name(last, key))));
        }
        let (early, first) = (Arc::new(old_values.in_table(&first)), Arc::new(first));
        [&mut self.expand, &mut self.late].into_iter().for_each(|state| state.push(Arc::clone(&early)));
        [&mut self.rewrite, &mut self.index].into_iter().for_each(|state| state.push(Arc::clone(&first)));
        let rest = [&mut self.constrain, &mut self.unindex, &mut self.required];
        rest.into_iter().for_each(|state| state.push(Arc::clone(last)));
    }

    /// A table that goes in the end.
    fn drop(&mut self, table: &Arc<Table>) {
        self.notes.unused.extend(qualified(table));
        let all = [
            &mut self.expand,
            &mut self.late,
            &mut self.rewrite,
            &mut self.index,
            &mut self.constrain,
            &mut self.unindex,
            &mut self.required,
        ];
        all.into_iter().for_each(|state| state.push(Arc::clone(table)));
    }

    fn finish(mut self, after: &[Arc<Table>]) -> Vec<Stage> {
        self.notes.locked = Locked::between(&self.late, &self.rewrite);
        let notes = &self.notes;
        let with = |kind, states| Stage { states, ..empty(kind, notes.of(kind)) };
        vec![
            with(StageKind::Expand, vec![self.expand, self.late]),
            Stage { fills: self.fills, ..empty(StageKind::Backfill, None) },
            with(StageKind::Rewrite, vec![self.rewrite]),
            with(StageKind::Index, vec![self.index]),
            with(StageKind::Constrain, vec![self.constrain]),
            Stage { fills: self.leftovers, validates: self.validates, ..empty(StageKind::Validate, None) },
            with(StageKind::Unindex, vec![self.unindex]),
            with(StageKind::Contract, vec![self.required, after.to_vec()]),
        ]
    }
}

/// A table, or a column of it, that goes and whose enumeration loses values.
fn goes_with_values(from: &Table, after: &[Arc<Table>], old_values: &OldValues) -> Option<Unstaged> {
    let to = after.iter().find(|to| qualified(from) == qualified(to));
    let stays = |name: &str| to.is_some_and(|to| to.columns.iter().any(|column| column.name == name));
    from.columns.iter().filter(|column| !stays(&column.name)).find_map(|column| {
        let enumeration = old_values.of_column(column)?.to_owned();
        let table = qualified(from)?;
        let gone = if to.is_some() { format!("{table}.{}", column.name) } else { table };
        Some(Unstaged::GoesWithValues { gone, enumeration })
    })
}

fn empty(kind: StageKind, note: Option<String>) -> Stage {
    Stage { kind, states: Vec::new(), fills: Vec::new(), validates: Vec::new(), note }
}

/// A new table without the keys to what is not there yet.
fn created(table: &Table, before: &[Arc<Table>], after: &[Arc<Table>]) -> Table {
    let mut first = table.clone();
    first.constraints.retain(|constraint| constraints::is_ready(constraint, before, after));
    first
}

/// Name and schema of a table.
fn name_of(table: &Table) -> Option<QualifiedName> {
    Some(QualifiedName::new(table.schema.clone(), table.name.known()?))
}
