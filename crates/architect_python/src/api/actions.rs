//! Actions: which columns a function sets to fixed values, and what rows must hold before.

use architect_model::{ColumnSet, ColumnState, SetValue, Symbol, Unknown};
use ruff_python_ast::{CmpOp, Expr, UnaryOp};

use super::guards::{self, Guard};
use super::reached::{Met, Reach};
use super::rows::Rows;
use super::steps::{Condition, StepKind};
use crate::resolve::Function;
use crate::style::walk::each_expr_in;

/// What a function that answers requests sets, itself and in what it calls.
pub(crate) fn sets<'a>(rows: &Rows<'_, 'a>, reach: &mut Reach<'a>, function: Function<'a>) -> Vec<ColumnSet> {
    of(rows, &reach.of(rows, function))
}

/// What the steps set that are met.
pub(super) fn of<'a>(rows: &Rows<'_, 'a>, met: &[Met<'a>]) -> Vec<ColumnSet> {
    let mut before: Vec<(Guard, bool)> = Vec::new();
    let mut refusals: Vec<Refusal> = Vec::new();
    let mut found: Vec<ColumnSet> = Vec::new();
    for one in met {
        match &one.step().kind {
            // The test itself is the last condition of what the guard raises, but not of the guard.
            StepKind::Guard(guard) => before.push((guard.clone(), one.when.is_empty())),
            StepKind::Raise(_) => refusals.extend(refusal(rows, one)),
            StepKind::Set(assigned) => {
                let table = assigned.table.symbol();
                let (when, unknowns) = conditions(rows, &table, one, &before);
                let set = ColumnSet {
                    table,
                    column: assigned.column.clone(),
                    value: assigned.value.clone().unwrap_or(SetValue::Computed),
                    when,
                    unknowns,
                    at: one.step().at.clone(),
                };
                if !found.contains(&set) {
                    found.push(set);
                }
            }
            _ => {}
        }
    }
    for set in &mut found {
        for refusal in refusals.iter().filter(|refusal| !refusal.guarded.contains(&set.table)) {
            if !set.unknowns.contains(&refusal.unknown) {
                set.unknowns.push(refusal.unknown.clone());
            }
        }
    }
    found
}

/// A refusal that is neither about a missing row nor about its owner.
struct Refusal {
    /// Tables about whose rows it says which values go on.
    guarded: Vec<Symbol>,
    unknown: Unknown,
}

/// What a row must hold for a step, by the guards before it and the conditions around it.
fn conditions<'a>(
    rows: &Rows<'_, 'a>,
    table: &Symbol,
    met: &Met<'a>,
    before: &[(Guard, bool)],
) -> (Vec<ColumnState>, Vec<Unknown>) {
    let mut states: Vec<ColumnState> = Vec::new();
    let mut unknowns = Vec::new();
    let mut add = |guard: &Guard| match &guard.allowed {
        Ok(values) => narrow(&mut states, &guard.column, values),
        Err(unknown) => unknowns.push(unknown.clone()),
    };
    let mut unclear = Vec::new();
    for (guard, always) in before.iter().filter(|(guard, _)| guard.table == *table) {
        if *always {
            add(guard);
        } else {
            unclear.push(Unknown::new(met.step().at.clone(), format!("a condition on `{}`", guard.column)));
        }
    }
    for condition in &met.when {
        match guards::holding(rows, condition.scope, condition.test, condition.holds) {
            Some(guard) if guard.table == *table => add(&guard),
            _ if is_about_existence(condition) => {}
            _ => unclear.push(condition.scope.file.unknown(condition.test, format!("`{}`", condition.text()))),
        }
    }
    unknowns.extend(unclear);
    (states, unknowns)
}

fn narrow(states: &mut Vec<ColumnState>, column: &str, values: &[String]) {
    match states.iter_mut().find(|state| state.column == column) {
        Some(state) => state.values.retain(|value| values.contains(value)),
        None => states.push(ColumnState { column: column.to_owned(), values: values.to_vec() }),
    }
}

fn refusal<'a>(rows: &Rows<'_, 'a>, met: &Met<'a>) -> Option<Refusal> {
    let step = met.step();
    if !step.handling.is_empty() {
        return None;
    }
    let Some(condition) = step.when.last() else {
        let unknown = Unknown::new(step.at.clone(), "it is refused in cases that are not followed");
        return Some(Refusal { guarded: Vec::new(), unknown });
    };
    if is_about_existence(condition) || is_about_owner(rows, condition) {
        return None;
    }
    let guards = guards::of(rows, condition.scope, condition.test).into_iter();
    let guarded = guards.filter(|guard| guard.allowed.is_ok()).map(|guard| guard.table).collect();
    let unknown = Unknown::new(step.at.clone(), format!("it is refused where `{}`", condition.text()));
    Some(Refusal { guarded, unknown })
}

/// Whether a condition compares the key of a user.
pub(super) fn is_about_owner<'a>(rows: &Rows<'_, 'a>, condition: &Condition<'a>) -> bool {
    let mut found = false;
    each_expr_in(condition.test, &mut |inner| {
        found |= !rows.owners_compared(condition.scope, inner).is_empty();
    });
    found
}

/// Whether a condition asks only whether something is there: `project is None`, `not project`.
pub(super) fn is_about_existence(condition: &Condition<'_>) -> bool {
    let named = |expr: &Expr| matches!(expr, Expr::Name(_));
    match condition.test {
        Expr::UnaryOp(not) if not.op == UnaryOp::Not => named(&not.operand),
        Expr::Compare(compare) => {
            named(&compare.left)
                && matches!(&*compare.ops, [CmpOp::Is | CmpOp::IsNot])
                && matches!(&*compare.comparators, [Expr::NoneLiteral(_)])
        }
        _ => false,
    }
}
