//! The difference of two sets of tables, as operations in an order that databases accept.
//!
//! `upgrade` and `downgrade` are both such differences: the second one of the opposite change.

mod apart;
mod columns;
mod constraints;
mod copies;
mod enums;
mod generated;
mod names;
mod offending;
mod remarks;
mod values;

use architect_model::{Table, TableConstraint, Unknown};

pub(super) use offending::orphans;

use super::Unwritable;
use super::change::{Transition, ValueNeeded};
use super::house::House;
use super::operation::{Alteration, Operation, Step};

pub(super) use values::{RowValue, row_values};

/// What a difference says beside its operations.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// What cannot be written.
    pub(super) errors: Vec<Unwritable>,
    /// Values that have to be given.
    pub(super) needed: Vec<ValueNeeded>,
    /// What is to be known about the revision.
    pub(super) remarks: Vec<String>,
    /// What is lost for good.
    pub(super) losses: Vec<String>,
}

/// The operations that lead from one set of tables to the other.
///
/// Types come first, as columns need them; then tables get their new names and new tables are created, as keys refer to
/// them; then tables are changed; then tables go, when no key refers to them any more; then types that nothing uses.
pub(super) fn diff<'a>(change: &Transition<'a>, house: &House<'a>) -> (Vec<Operation<'a>>, Findings) {
    let mut differ = Differ::new(change, house);
    let types = differ.types();
    let touched = change.touched();
    differ.create_schemas();
    let is_cleared = differ.clear_names(&touched);
    differ.rename_tables(&touched);
    let waiting = differ.create_tables();
    let apart: Vec<_> = touched.iter().map(|(from, to)| (*from, *to, differ.keys_apart(from, to))).collect();
    differ.operations.extend(differ.keys_to_go_first());
    let before = differ.operations.len();
    differ.operations.extend(
        apart.iter().filter_map(|(from, to, keys)| alteration(from, to, steps(&keys.dropped, Step::DropConstraint))),
    );
    for (from, to, keys) in &apart {
        let is_new = |key: &&&TableConstraint| !from.constraints.iter().any(|known| differ.is_same(to, known, key));
        let new: Vec<&TableConstraint> = keys.added.iter().filter(is_new).copied().collect();
        differ.remark_on_constraints(from, to, &steps(&new, Step::AddConstraint));
    }
    differ.apart.extend(apart.iter().flat_map(|(_, _, keys)| keys.dropped.iter().chain(&keys.added)).copied());
    for (from, to) in touched.iter().copied() {
        differ.alter(from, to);
    }
    differ.operations.extend(
        apart.iter().filter_map(|(from, to, keys)| alteration(from, to, steps(&keys.added, Step::AddConstraint))),
    );
    let changes = differ.operations.split_off(before);
    let changes = differ.guarded(&touched, changes);
    differ.operations.extend(changes);
    let late_names = std::mem::take(&mut differ.late_names);
    differ.operations.extend(late_names);
    differ.operations.extend(waiting);
    if !is_cleared {
        differ.drop_tables();
    }
    differ.operations.extend(types.last);
    differ.operations.splice(0..0, types.first);
    (differ.operations, differ.findings)
}

struct Differ<'d, 'a> {
    change: &'d Transition<'a>,
    house: &'d House<'a>,
    findings: Findings,
    operations: Vec<Operation<'a>>,
    /// Foreign keys that go before all tables change, or come after they have.
    apart: Vec<&'a TableConstraint>,
    /// Enumeration types that are replaced, with their values.
    replaced: Vec<(&'a str, &'a [String])>,
    /// Constraints whose new name another one has until tables have changed.
    late_names: Vec<Operation<'a>>,
}

impl<'d, 'a> Differ<'d, 'a> {
    fn new(change: &'d Transition<'a>, house: &'d House<'a>) -> Self {
        Differ {
            change,
            house,
            findings: Findings::default(),
            operations: Vec::new(),
            apart: Vec::new(),
            replaced: Vec::new(),
            late_names: Vec::new(),
        }
    }
}

impl<'a> Differ<'_, 'a> {
    /// Tables with their indexes. A key that has to wait comes before the indexes of its table: SQLite copies the table
    /// for it, and the copy loses indexes over expressions.
    ///
    /// Keys to tables that are not ready yet are given back.
    fn create_tables(&mut self) -> Vec<Operation<'a>> {
        let created = self.change.created();
        let mut waiting = Vec::new();
        for part in creation(&created) {
            self.operations.push(match part {
                Part::Table(table, mut late) => {
                    for key in self.unready_keys(table) {
                        if !late.iter().any(|known| std::ptr::eq(*known, key)) {
                            late.push(key);
                        }
                        let (lose, regain) = self.around_late_key(table);
                        waiting.extend(lose);
                        waiting.push(Operation::AddLateKey { table, key });
                        waiting.extend(regain);
                    }
                    Operation::CreateTable { table, late }
                }
                Part::Indexes(table) if !self.unready_keys(table).is_empty() || self.has_taken_index(table) => {
                    waiting.push(Operation::CreateIndexes(table));
                    continue;
                }
                Part::Indexes(table) => Operation::CreateIndexes(table),
                Part::Key(table, key) if self.unready_keys(table).iter().any(|known| std::ptr::eq(*known, key)) => {
                    continue;
                }
                Part::Key(table, key) => {
                    let (lose, regain) = self.around_late_key(table);
                    self.operations.extend(lose);
                    self.operations.push(Operation::AddLateKey { table, key });
                    self.operations.extend(regain);
                    continue;
                }
            });
        }
        waiting
    }

    /// Schemas that no table was in. One that is there already stays as it is, and none goes with its last table.
    fn create_schemas(&mut self) {
        let mut schemas: Vec<&'a str> =
            self.change.created().iter().filter_map(|table| table.schema.as_deref()).collect();
        schemas.sort_unstable();
        schemas.dedup();
        let is_known = |schema: &str| self.change.from.iter().any(|table| table.schema.as_deref() == Some(schema));
        schemas.retain(|schema| self.change.forward && !is_known(schema));
        self.operations.extend(schemas.into_iter().map(Operation::CreateSchema));
    }

    fn drop_tables(&mut self) {
        let dropped = self.change.dropped();
        for name in dropped.iter().filter_map(|table| architect_model::qualified(table)) {
            self.lose(format!("`{name}`: the table goes, and its rows are lost"));
        }
        let mut operations: Vec<Operation<'a>> = Vec::new();
        for part in creation(&dropped) {
            operations.push(match part {
                Part::Table(table, _) => Operation::DropTable(table),
                Part::Indexes(table) => Operation::DropIndexes(table),
                Part::Key(_, key) if self.goes_first(key) => continue,
                Part::Key(table, key) => {
                    operations.push(Operation::DropLateKey { table, key });
                    operations.extend(self.around_late_key(table).0);
                    continue;
                }
            });
        }
        operations.reverse();
        self.operations.extend(operations);
    }

    /// What becomes of a table that stays.
    fn alter(&mut self, from: &'a Table, to: &'a Table) {
        self.unknowns(from, to);
        let mut dropped = self.dropped_constraints(from, to);
        let mut columns = self.columns(from, to);
        if self.change.forward {
            self.comply(from, to, &mut columns);
        }
        let is_remade = !columns.remade.is_empty();
        dropped.extend(columns.remade);
        let mut added = self.added_constraints(from, to);
        let renamed = if columns.renamed.is_empty() { Vec::new() } else { self.renamed_keys(from, to) };
        let on_sqlite = |step| Step::OnSqlite(Box::new(step));
        dropped.extend(renamed.iter().map(|(old, _)| on_sqlite(Step::DropConstraint(old))));
        added.extend(renamed.iter().map(|(_, new)| on_sqlite(Step::AddConstraint(new))));
        let mut operations: Vec<Operation<'a>> = Vec::new();
        let mut blocks = vec![dropped];
        if let Some(taken) = self.take_replaced(from, to) {
            operations.extend(blocks.drain(..).filter_map(|steps| alteration(from, to, steps)));
            operations.push(taken);
            blocks.push(Vec::new());
        }
        if is_remade {
            // A batch knows one column of a name.
            blocks.push(Vec::new());
        }
        if !columns.renamed.is_empty() {
            // A batch knows a column by its old name until its end, a constraint that comes by the new one.
            blocks.extend([columns.renamed, Vec::new()]);
        }
        extend_last(&mut blocks, columns.added);
        if columns.is_filled {
            operations.extend(blocks.drain(..).filter_map(|steps| alteration(from, to, steps)));
            operations.extend(columns.fills.into_iter().map(Operation::Fill));
            operations.extend(columns.unnumbered.into_iter().map(|column| Operation::NumberRows { table: to, column }));
            blocks.push(Vec::new());
        }
        extend_last(
            &mut blocks,
            columns.altered.into_iter().chain(columns.computed).chain(added).chain(columns.dropped).collect(),
        );
        operations.extend(blocks.into_iter().filter_map(|steps| alteration(from, to, steps)));
        operations.extend(columns.rewritten);
        operations.extend(columns.numbered.into_iter().map(|column| Operation::Number { table: to, column }));
        operations.extend(columns.renumbered);
        operations.extend((from.comment != to.comment).then_some(Operation::CommentTable { from, to }));
        if !operations.is_empty() {
            self.unread(to);
        }
        self.operations.extend(operations);
    }

    /// What the table that comes has that is not understood, and the one before had not.
    fn unknowns(&mut self, from: &Table, to: &Table) {
        let is_old = |unknown: &Unknown| from.unknowns.iter().any(|known| known.reason == unknown.reason);
        for unknown in to.unknowns.iter().filter(|unknown| !is_old(unknown)) {
            let table = to.name.known().cloned().unwrap_or_default();
            let text = format!("table `{table}`: {}", unknown.reason);
            self.findings.errors.push(Unwritable { text, at: unknown.at.clone() });
        }
    }

    /// Says of a table that is changed which of its parts are taken as unchanged, because they are not known.
    fn unread(&mut self, to: &Table) {
        let table = to.name.known().cloned().unwrap_or_default();
        let unread: Vec<String> = to
            .columns
            .iter()
            .filter(|column| column.ty.known().is_none() || column.nullable.known().is_none())
            .map(|column| format!("`{table}.{}`", column.name))
            .collect();
        if !unread.is_empty() {
            self.remark(format!("the definition of {} is not known and taken as unchanged", unread.join(", ")));
        }
    }

    /// Whether stages before this one have seen to the rows.
    fn is_staged(&self) -> bool {
        self.house.staged && self.change.forward
    }

    fn fail(&mut self, table: &Table, why: &str) {
        let name = table.name.known().cloned().unwrap_or_default();
        self.findings.errors.push(Unwritable { text: format!("table `{name}`: {why}"), at: table.at.clone() });
    }

    fn lose(&mut self, text: String) {
        if self.change.forward && !self.findings.losses.contains(&text) {
            self.findings.losses.push(text);
        }
    }

    fn remark(&mut self, text: String) {
        if !self.findings.remarks.contains(&text) {
            self.findings.remarks.push(text);
        }
    }
}

fn extend_last<'a>(blocks: &mut [Vec<Step<'a>>], steps: Vec<Step<'a>>) {
    if let Some(last) = blocks.last_mut() {
        last.extend(steps);
    }
}

fn alteration<'a>(from: &'a Table, to: &'a Table, steps: Vec<Step<'a>>) -> Option<Operation<'a>> {
    (!steps.is_empty()).then_some(Operation::Alter(Alteration { from, to, steps }))
}

/// A part of the creation of tables.
enum Part<'a> {
    Table(&'a Table, Vec<&'a TableConstraint>),
    Indexes(&'a Table),
    Key(&'a Table, &'a TableConstraint),
}

fn creation<'a>(tables: &[&'a Table]) -> Vec<Part<'a>> {
    let (tables, late) = architect_model::creation_order(tables);
    let is_late = |table: &Table| late.iter().any(|(late, _)| std::ptr::eq(*late, table));
    let mut parts = Vec::new();
    for table in &tables {
        let keys = late.iter().filter(|(late, _)| std::ptr::eq(*late, *table)).map(|(_, key)| *key).collect();
        parts.push(Part::Table(table, keys));
        if !is_late(table) {
            parts.push(Part::Indexes(table));
        }
    }
    parts.extend(late.iter().map(|(table, key)| Part::Key(table, key)));
    parts.extend(tables.iter().filter(|table| is_late(table)).map(|table| Part::Indexes(table)));
    parts
}

fn steps<'a>(constraints: &[&'a TableConstraint], step: impl Fn(&'a TableConstraint) -> Step<'a>) -> Vec<Step<'a>> {
    constraints.iter().map(|constraint| step(constraint)).collect()
}
