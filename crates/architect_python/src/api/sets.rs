//! Columns that are set to fixed values.

use architect_model::SetValue;
use ruff_python_ast::{Expr, ExprCall};

use super::constants::json;
use super::rows::Rows;
use crate::resolve::{Class, Scope};
use crate::style::walk::last_name;

/// A column with the value that it gets.
pub(crate) struct Assigned<'a> {
    pub(super) table: Class<'a>,
    pub(super) column: String,
    /// None where only running the code would tell.
    pub(super) value: Option<SetValue>,
}

/// `row.status = Status.ARCHIVED`.
pub(super) fn assigned<'a>(
    rows: &Rows<'_, 'a>,
    scope: Scope<'a>,
    target: &'a Expr,
    value: &'a Expr,
) -> Option<Assigned<'a>> {
    let attribute = target.as_attribute_expr()?;
    let table = rows.row(scope, &attribute.value)?;
    let column = rows.column_of(table, attribute.attr.as_str())?.name.clone();
    Some(Assigned { table, column, value: constant(rows, scope, value) })
}

/// What a call sets: `update(row, Update(status=…))`, `update(row, {"status": …})`, `update(row, status=…)`,
/// `setattr(row, "status", …)`, `update(Table).values(status=…)`.
pub(super) fn in_call<'a>(rows: &Rows<'_, 'a>, scope: Scope<'a>, call: &'a ExprCall) -> Vec<Assigned<'a>> {
    if last_name(&call.func) == Some("setattr") {
        return attribute_set(rows, scope, call).into_iter().collect();
    }
    let names_values = |argument: &Expr| matches!(argument, Expr::Dict(_) | Expr::Call(_));
    if call.arguments.keywords.is_empty() && !call.arguments.args.iter().any(names_values) {
        return Vec::new();
    }
    let table = match updated_table(rows, scope, call) {
        Some(table) => table,
        None => {
            let given = arguments(call);
            let is_made = rows.facts.index.resolve(scope, &call.func).class().is_some();
            match given.iter().find_map(|(_, argument)| rows.row(scope, argument)) {
                Some(table) if !is_made => table,
                _ => return Vec::new(),
            }
        }
    };
    let mut found = Vec::new();
    for (name, argument) in arguments(call) {
        match (name, argument) {
            (Some(name), value) if rows.column_of(table, name).is_some() => {
                found.extend(one(rows, scope, table, name, value));
            }
            (_, Expr::Dict(dict)) => {
                for item in &dict.items {
                    let key = item.key.as_ref().and_then(|key| rows.facts.index.string(scope, key).known().cloned());
                    found.extend(key.and_then(|key| one(rows, scope, table, &key, &item.value)));
                }
            }
            (_, Expr::Call(inner)) => {
                let class = rows.facts.index.resolve(scope, &inner.func).class();
                if class.is_some_and(|class| rows.facts.is_schema(class) && !rows.facts.is_table(class)) {
                    for keyword in &inner.arguments.keywords {
                        let name = keyword.arg.as_ref().map(|name| name.as_str());
                        found.extend(name.and_then(|name| one(rows, scope, table, name, &keyword.value)));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

fn arguments(call: &ExprCall) -> Vec<(Option<&str>, &Expr)> {
    let positional = call.arguments.args.iter().map(|argument| (None, argument));
    let named = call.arguments.keywords.iter();
    positional.chain(named.map(|one| (one.arg.as_ref().map(|name| name.as_str()), &one.value))).collect()
}

fn one<'a>(
    rows: &Rows<'_, 'a>,
    scope: Scope<'a>,
    table: Class<'a>,
    name: &str,
    value: &'a Expr,
) -> Option<Assigned<'a>> {
    let column = rows.column_of(table, name)?.name.clone();
    Some(Assigned { table, column, value: constant(rows, scope, value) })
}

fn attribute_set<'a>(rows: &Rows<'_, 'a>, scope: Scope<'a>, call: &'a ExprCall) -> Option<Assigned<'a>> {
    let [row, name, value] = &*call.arguments.args else { return None };
    let table = rows.row(scope, row)?;
    let name = rows.facts.index.string(scope, name).known().cloned()?;
    one(rows, scope, table, &name, value)
}

/// The table of `update(Table)…values(…)`.
fn updated_table<'a>(rows: &Rows<'_, 'a>, scope: Scope<'a>, call: &'a ExprCall) -> Option<Class<'a>> {
    let method = call.func.as_attribute_expr().filter(|method| method.attr.as_str() == "values")?;
    let mut inner = &*method.value;
    loop {
        let call = inner.as_call_expr()?;
        match &*call.func {
            Expr::Attribute(attribute) => inner = &attribute.value,
            func => {
                let is_update = rows
                    .facts
                    .index
                    .resolve(scope, func)
                    .library()
                    .is_some_and(|path| path.starts_with("sqlalchemy") && path.ends_with(".update"));
                let class = rows.facts.index.resolve(scope, call.arguments.args.first()?).class();
                return class.filter(|class| is_update && rows.facts.is_table(*class));
            }
        }
    }
}

/// The fixed value of an expression.
fn constant<'a>(rows: &Rows<'_, 'a>, scope: Scope<'a>, expr: &'a Expr) -> Option<SetValue> {
    if let Some(constant) = rows.facts.index.constant(scope, expr).known() {
        return match json(&constant.value)? {
            text if text == "null" => Some(SetValue::Null),
            text => Some(SetValue::Constant(text)),
        };
    }
    rows.facts.index.is_now(scope, expr).then_some(SetValue::Now)
}
