//! A table that stays, at each stage.

use architect_model::{
    Column, Known, QualifiedName, Table, TableConstraint, constraint_name, default_name, identifier,
};

use super::columns::ColumnStates;
use super::constraints::{has_same_key, is_indexed, only_in, speaks_of, takes_name};
use super::enums::OldValues;
use super::notes::Notes;
use super::{Change, name_of};

/// A table that stays.
pub(super) struct Kept<'a> {
    pub(super) from: &'a Table,
    pub(super) to: &'a Table,
    pub(super) change: &'a Change<'a>,
    pub(super) old_values: &'a OldValues,
}

/// A table at each stage.
pub(super) struct States {
    pub(super) expand: Table,
    pub(super) late: Table,
    pub(super) rewrite: Table,
    pub(super) index: Table,
    pub(super) constrain: Table,
    pub(super) unindex: Table,
    pub(super) required: Table,
    pub(super) fills: Vec<(QualifiedName, String)>,
    pub(super) leftovers: Vec<(QualifiedName, String)>,
    pub(super) validates: Vec<(QualifiedName, String)>,
    pub(super) notes: Notes,
}

impl Kept<'_> {
    pub(super) fn states(&self) -> States {
        let Some(name) = name_of(self.to).filter(|_| has_same_key(self.from, self.to)) else { return self.at_once() };
        let columns = self.columns(&name);
        let with = |columns: Vec<Column>, constraints: Vec<&TableConstraint>| Table {
            columns,
            constraints: constraints.into_iter().cloned().collect(),
            comment: self.to.comment.clone(),
            ..self.from.clone()
        };
        let all = |pick: fn(&ColumnStates) -> &Column| columns.iter().map(|states| pick(states).clone()).collect();
        let rules = Rules::of(self, &columns);
        let expand = with(all(|states| &states.expand), rules.first.clone());
        let late = Table { columns: all(|states| &states.late), ..expand.clone() };
        let rewrite = with(all(|states| &states.rewrite), rules.rewritten.clone());
        let index = Table { constraints: cloned(&rules.indexed), ..rewrite.clone() };
        let helpers: Vec<TableConstraint> =
            columns.iter().filter(|states| states.is_required).map(|states| self.not_null(&states.rewrite)).collect();
        let with_helpers = |rules: &[&TableConstraint]| rules.iter().copied().chain(&helpers).cloned().collect();
        let constrain = Table { constraints: with_helpers(&rules.constrained), ..rewrite.clone() };
        let unindex = Table { constraints: with_helpers(&rules.last), ..rewrite.clone() };
        let mut required = unindex.clone();
        for (column, _) in required.columns.iter_mut().zip(&columns).filter(|(_, states)| states.is_required) {
            column.nullable = Known::Known(false);
        }
        let checked = rules.checked.iter().copied().chain(&helpers);
        let validates = checked.map(|constraint| (name.clone(), constraint_name(&constrain, constraint))).collect();
        let pick = |is: fn(&ColumnStates) -> bool| -> Vec<(QualifiedName, String)> {
            let columns = columns.iter().filter(|states| is(states));
            columns.map(|states| (name.clone(), states.expand.name.clone())).collect()
        };
        let (fills, leftovers) =
            (pick(|states| states.is_filled), pick(|states| states.is_filled && states.is_required));
        let notes = self.notes(&name, &columns, &rules);
        States { expand, late, rewrite, index, constrain, unindex, required, fills, leftovers, validates, notes }
    }

    /// All at once, where the rewrites are: another primary key is nothing that can be prepared.
    fn at_once(&self) -> States {
        let (from, to) = (self.from.clone(), self.to.clone());
        let early = self.old_values.in_table(&from);
        States {
            expand: early.clone(),
            late: early,
            rewrite: to.clone(),
            index: to.clone(),
            constrain: to.clone(),
            unindex: to.clone(),
            required: to,
            fills: Vec::new(),
            leftovers: Vec::new(),
            validates: Vec::new(),
            notes: Notes::default(),
        }
    }

    fn columns(&self, name: &QualifiedName) -> Vec<ColumnStates> {
        let find = |table: &'_ Table, wanted: &str| -> Option<usize> {
            table.columns.iter().position(|column| column.name == wanted)
        };
        let kept = self.to.columns.iter().map(|to| match find(self.from, &to.name) {
            Some(place) => self.kept_column(name, &self.from.columns[place], to),
            None => self.new_column(name, to),
        });
        let gone = self.from.columns.iter().filter(|column| find(self.to, &column.name).is_none());
        kept.chain(gone.map(|column| self.gone_column(column))).collect()
    }

    /// The check that lets `SET NOT NULL` trust it instead of reading all rows (PostgreSQL 12).
    fn not_null(&self, column: &Column) -> TableConstraint {
        let table = self.to.name.known().map(String::as_str).unwrap_or_default();
        let sql = format!("{} IS NOT NULL", identifier(&column.name));
        TableConstraint::check(Some(default_name(table, &column.name, "filled")), Known::Known(sql))
    }

    fn notes(&self, name: &QualifiedName, columns: &[ColumnStates], rules: &Rules<'_>) -> Notes {
        let named = |is: &dyn Fn(&ColumnStates) -> bool| -> Vec<String> {
            columns.iter().filter(|states| is(states)).map(|states| format!("{name}.{}", states.expand.name)).collect()
        };
        let is_gone = |states: &ColumnStates| !self.to.columns.iter().any(|column| column.name == states.expand.name);
        Notes {
            unused: named(&is_gone),
            given: named(&|states| states.is_required),
            undefaulted: named(&|states| states.loses_default),
            met: rules.checked.iter().map(|constraint| constraint_name(self.to, constraint)).collect(),
            ..Notes::default()
        }
    }
}

/// The constraints and indexes of a table at each stage.
struct Rules<'a> {
    first: Vec<&'a TableConstraint>,
    rewritten: Vec<&'a TableConstraint>,
    indexed: Vec<&'a TableConstraint>,
    constrained: Vec<&'a TableConstraint>,
    last: Vec<&'a TableConstraint>,
    /// Those whose rows are to be checked.
    checked: Vec<&'a TableConstraint>,
}

impl<'a> Rules<'a> {
    /// Laxer rules come first, so that new code may do what they forbade; those that are replaced stay until the new ones
    /// are there.
    fn of(kept: &Kept<'a>, columns: &[ColumnStates]) -> Self {
        let (from, to) = (kept.from, kept.to);
        let (gone, new) = (only_in(from, to), only_in(to, from));
        let (built, checked): (Vec<_>, Vec<_>) = new.into_iter().partition(|constraint| is_indexed(constraint));
        let is_gone = |one: &TableConstraint| gone.iter().any(|known| std::ptr::eq(*known, one));
        let has_successor = |one: &&TableConstraint, new: &[&TableConstraint]| takes_name((from, one), (to, new));
        let is_index = |one: &&TableConstraint| matches!(one, TableConstraint::Index(_));
        let is_rewritten = |one: &&TableConstraint| {
            columns.iter().filter(|states| states.is_rewritten).any(|states| speaks_of(one, &states.rewrite.name))
        };
        // It goes with its column, and comes back with it.
        let leaves = |one: &&TableConstraint| {
            let is_gone = |name: &str| !to.columns.iter().any(|column| column.name == name);
            is_indexed(one) && from.columns.iter().any(|column| is_gone(&column.name) && speaks_of(one, &column.name))
        };
        let all: Vec<&TableConstraint> = from.constraints.iter().collect();
        let without = |rules: &[&'a TableConstraint], goes: &dyn Fn(&&TableConstraint) -> bool| -> Vec<_> {
            rules.iter().copied().filter(|one| !is_gone(one) || !goes(one)).collect()
        };
        let first = without(&all, &|one| {
            !is_index(one) && !leaves(one) && !has_successor(one, &built) && !has_successor(one, &checked)
        });
        let rewritten = without(&first, &|one| is_index(one) && is_rewritten(one));
        let mut indexed = without(&rewritten, &|one| has_successor(one, &built));
        indexed.extend(&built);
        let mut constrained = without(&indexed, &|one| has_successor(one, &checked));
        constrained.extend(&checked);
        let last = without(&constrained, &|one| !leaves(one));
        let checked = checked.into_iter().filter(|one| is_validated(one)).collect();
        Self { first, rewritten, indexed, constrained, last, checked }
    }
}

/// Whether a constraint can be added without a look at the rows.
fn is_validated(constraint: &TableConstraint) -> bool {
    matches!(constraint, TableConstraint::ForeignKey { .. } | TableConstraint::Check { native: false, .. })
}

fn cloned(constraints: &[&TableConstraint]) -> Vec<TableConstraint> {
    constraints.iter().copied().cloned().collect()
}
