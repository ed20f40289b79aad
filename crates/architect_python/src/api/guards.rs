//! Guards: what a row must hold before an action goes on.

use architect_model::{Symbol, Unknown};
use ruff_python_ast::{BoolOp, CmpOp, Expr, ExprCompare, UnaryOp};

use super::constants::json;
use super::rows::Rows;
use crate::read::table::member_values;
use crate::resolve::{Class, Scope, Value};
use crate::style::walk::each_expr_in;

/// What a row must hold.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Guard {
    /// Table class of the row.
    pub(super) table: Symbol,
    /// The column.
    pub(super) column: String,
    /// The values that go on, as JSON texts, or why they are not known.
    pub(super) allowed: Result<Vec<String>, Unknown>,
}

/// The guards that `if test: raise …` is.
pub(super) fn of<'a>(rows: &Rows<'_, 'a>, scope: Scope<'a>, test: &'a Expr) -> Vec<Guard> {
    match test {
        // All parts must be false for the action to go on.
        Expr::BoolOp(parts) if parts.op == BoolOp::Or => {
            parts.values.iter().flat_map(|part| of(rows, scope, part)).collect()
        }
        _ => match refused(rows, scope, test, true) {
            Some(guard) => vec![guard],
            None => not_told(rows, scope, test),
        },
    }
}

/// What a row holds where a condition is true.
pub(super) fn holding<'a>(rows: &Rows<'_, 'a>, scope: Scope<'a>, test: &'a Expr, holds: bool) -> Option<Guard> {
    refused(rows, scope, test, !holds).filter(|guard| guard.allowed.is_ok())
}

/// The values with which `test` is not `truth`.
fn refused<'a>(rows: &Rows<'_, 'a>, scope: Scope<'a>, test: &'a Expr, truth: bool) -> Option<Guard> {
    match test {
        Expr::UnaryOp(not) if not.op == UnaryOp::Not => refused(rows, scope, &not.operand, !truth),
        Expr::Compare(compare) => compared(rows, scope, compare, truth),
        Expr::Attribute(_) => {
            let (class, column) = rows.column(scope, test)?;
            let is_flag = rows
                .table(class)?
                .columns
                .iter()
                .find(|one| one.name == column)
                .is_some_and(|one| matches!(one.ty.known(), Some(architect_model::ColumnType::Boolean)));
            is_flag.then(|| Guard { table: class.symbol(), column, allowed: Ok(vec![(!truth).to_string()]) })
        }
        _ => None,
    }
}

fn compared<'a>(rows: &Rows<'_, 'a>, scope: Scope<'a>, compare: &'a ExprCompare, truth: bool) -> Option<Guard> {
    let ([op], [right]) = (&*compare.ops, &*compare.comparators) else { return None };
    let (class, column) = rows.column(scope, &compare.left)?;
    let value = rows.facts.index.constant(scope, right).known()?.value.clone();
    let values: Vec<Value> = match op {
        CmpOp::In | CmpOp::NotIn => value.items()?.to_vec(),
        _ => vec![value],
    };
    let equals = matches!(op, CmpOp::Eq | CmpOp::Is | CmpOp::In);
    if !equals && !matches!(op, CmpOp::NotEq | CmpOp::IsNot | CmpOp::NotIn) {
        return None;
    }
    let named: Vec<String> = values.iter().map(json).collect::<Option<_>>()?;
    // The test is true for `named` (or for all others); the action goes on where it is not `truth`.
    let allowed = if equals == truth { others(rows, scope, right, &values, &named)? } else { named };
    Some(Guard { table: class.symbol(), column, allowed: Ok(allowed) })
}

/// The values of the same enumeration, or the other flag.
fn others<'a>(
    rows: &Rows<'_, 'a>,
    scope: Scope<'a>,
    right: &'a Expr,
    values: &[Value],
    named: &[String],
) -> Option<Vec<String>> {
    if let [Value::Bool(flag)] = values {
        return Some(vec![(!flag).to_string()]);
    }
    let mut class: Option<Class<'a>> = None;
    each_expr_in(right, &mut |inner| {
        if let Expr::Name(_) | Expr::Attribute(_) = inner
            && class.is_none()
        {
            let found = rows.facts.index.resolve(scope, inner).class();
            class = found.filter(|found| rows.facts.index.derives_from(*found, "enum.Enum"));
        }
    });
    let members = member_values(rows.facts.index, class?);
    let all: Vec<String> =
        members.into_iter().map(|(_, value, _)| json(&value.known()?.value)).collect::<Option<_>>()?;
    Some(all.into_iter().filter(|value| !named.contains(value)).collect())
}

/// A test of a row that could not be told: each of its columns that is no key of users.
fn not_told<'a>(rows: &Rows<'_, 'a>, scope: Scope<'a>, test: &'a Expr) -> Vec<Guard> {
    let mut found: Vec<Guard> = Vec::new();
    each_expr_in(test, &mut |inner| {
        let Some((class, column)) = rows.column(scope, inner) else { return };
        let is_key = rows.is_users_key(class, &column);
        if !is_key && !found.iter().any(|guard| guard.column == column) {
            let reason = format!("`{}`", scope.text(test).split_whitespace().collect::<Vec<_>>().join(" "));
            let allowed = Err(scope.file.unknown(test, reason));
            found.push(Guard { table: class.symbol(), column, allowed });
        }
    });
    found
}
