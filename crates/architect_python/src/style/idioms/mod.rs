//! Small habits of the code, read from the functions of the layers.

use architect_model::{IdiomStyle, Location};
use ruff_python_ast::{CmpOp, ExceptHandler, Expr, ExprCall, Stmt, StmtFor, StmtIf, StmtTry, UnaryOp};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::trace::Layers;
use super::vote::Votes;
use super::walk::{each_expr, each_expr_in, each_stmt, last_name};
use super::words::{plural, snake, with_placeholders};
use crate::resolve::Function;

/// Reads the habits of the functions of the layers.
pub(super) fn read<'a>(facts: &Facts<'a>, functions: &[Function<'a>], layers: &Layers<'a>) -> IdiomStyle {
    let mut seen = Seen::default();
    for function in functions.iter().filter(|function| layers.layer_of(**function).is_some()) {
        seen.function(facts, *function);
    }
    let brief = IdiomStyle::default();
    IdiomStyle {
        by_truth: seen.by_truth.or_assumed(false),
        key_follows: seen.key_follows.or_assumed(false),
        loop_variables: seen.loop_variables.or_assumed(brief.loop_variables.value),
        rows_variable: seen.rows.or_assumed(None),
        changes_variable: seen.changes.or_assumed(None),
        count_variable: seen.counts.or_assumed(None),
        blank_before_run: seen.blanks.or_assumed(false),
        stores_alone: seen.stores_alone.or_assumed(false),
    }
}

/// Votes for each habit.
#[derive(Default)]
struct Seen {
    by_truth: Votes<bool>,
    key_follows: Votes<bool>,
    loop_variables: Votes<(String, String)>,
    rows: Votes<Option<String>>,
    changes: Votes<Option<String>>,
    counts: Votes<Option<String>>,
    blanks: Votes<bool>,
    stores_alone: Votes<bool>,
}

impl Seen {
    fn function<'a>(&mut self, facts: &Facts<'a>, function: Function<'a>) {
        let (weight, at) = (facts.weight_of(&function.file().path), function.at());
        let body = &function.def.body;
        each_stmt(body, &mut |stmt| match stmt {
            Stmt::If(test) => self.by_truth.extend_with(asks_by_truth(test), weight, &at),
            Stmt::For(each) => {
                self.loop_variables.extend_with(changing_loop(each), weight, &at);
                if changing_loop(each).is_some() && dumped_items(&each.iter) {
                    self.changes.add(None, weight, &at);
                }
            }
            Stmt::Try(attempt) if catches_violation(facts, function, attempt) => {
                self.stores_alone.add(attempt.body.len() == 1, weight, &at);
            }
            Stmt::Assign(assign) => {
                if let [Expr::Name(name)] = assign.targets.as_slice() {
                    self.assigned(facts, body, &name.id, &assign.value, (weight, &at));
                }
            }
            _ => {}
        });
        each_expr(body, &mut |expr| {
            let Expr::Call(call) = expr else { return };
            self.key_follows.extend_with(key_goes_down(call), weight, &at);
            if call.arguments.keywords.iter().any(|keyword| converts(&keyword.value)) {
                self.rows.add(None, weight, &at);
            }
            if is_change(call) && call.arguments.args.first().is_some_and(is_dump) {
                self.changes.add(None, weight, &at);
            }
        });
        self.counts.extend_with(counted_by(body), weight, &at);
        self.blanks.extend_with(blank_before_run(function), weight, &at);
    }

    /// `items_public = [ItemPublic.model_validate(item) for item in items]`, `update_dict = item_in.model_dump(…)`.
    fn assigned(&mut self, facts: &Facts<'_>, body: &[Stmt], name: &str, value: &Expr, (weight, at): (u32, &Location)) {
        if converts(value) {
            self.rows.add(Some(about(facts, name)), weight, at);
        } else if is_dump(value) && is_changed_by(body, name) {
            self.changes.add(Some(about(facts, name)), weight, at);
        }
    }
}

/// A name with placeholders for the entity that it speaks of.
fn about(facts: &Facts<'_>, name: &str) -> String {
    let Some(entity) = facts.entity_in_words(name) else { return name.to_owned() };
    let found = with_placeholders(name, entity.name());
    // `movements_public` of `StockMovement` is named in short.
    let many = plural(&snake(entity.name()));
    let short = many.rsplit('_').next().unwrap_or_default();
    match name.strip_prefix(short).filter(|_| found == name) {
        Some(rest) => format!("{{entities}}{rest}"),
        None => found,
    }
}

/// Whether `if not item: raise …` asks by truth; `if item is None: raise …` does not.
fn asks_by_truth(test: &StmtIf) -> Option<bool> {
    if !matches!(test.body.first(), Some(Stmt::Raise(_))) {
        return None;
    }
    let first = match &*test.test {
        Expr::BoolOp(operation) => operation.values.first()?,
        expr => expr,
    };
    match first {
        Expr::UnaryOp(not) if not.op == UnaryOp::Not && not.operand.is_name_expr() => Some(true),
        Expr::Compare(compare) if compare.left.is_name_expr() => {
            let none = compare.comparators.first().is_some_and(Expr::is_none_literal_expr);
            (none && compare.ops.first() == Some(&CmpOp::Is)).then_some(false)
        }
        _ => None,
    }
}

/// The variables of `for field, value in …: setattr(item, field, value)`.
fn changing_loop(each: &StmtFor) -> Option<(String, String)> {
    let target = each.target.as_tuple_expr()?;
    let [Expr::Name(field), Expr::Name(value)] = target.elts.as_slice() else { return None };
    let sets = each.body.iter().any(|stmt| {
        let call = stmt.as_expr_stmt().and_then(|stmt| stmt.value.as_call_expr());
        call.is_some_and(|call| last_name(&call.func) == Some("setattr"))
    });
    sets.then(|| (field.id.to_string(), value.id.to_string()))
}

/// `item_in.model_dump(…)`.
fn is_dump(expr: &Expr) -> bool {
    expr.as_call_expr().is_some_and(|call| matches!(last_name(&call.func), Some("model_dump" | "dict")))
        && expr.as_call_expr().is_some_and(|call| call.func.is_attribute_expr())
}

/// `item_in.model_dump(…).items()`.
fn dumped_items(expr: &Expr) -> bool {
    let items = expr.as_call_expr().and_then(|call| call.func.as_attribute_expr());
    items.is_some_and(|items| items.attr.as_str() == "items" && is_dump(&items.value))
}

/// `item.sqlmodel_update(…)`.
fn is_change(call: &ExprCall) -> bool {
    last_name(&call.func) == Some("sqlmodel_update")
}

/// Whether what a variable holds changes a row: `item.sqlmodel_update(data)`, `for field, value in data.items():`.
fn is_changed_by(body: &[Stmt], name: &str) -> bool {
    let is_name = |expr: &Expr| expr.as_name_expr().is_some_and(|found| found.id.as_str() == name);
    let mut found = false;
    each_expr(body, &mut |expr| {
        if let Expr::Call(call) = expr {
            found |= is_change(call) && call.arguments.args.first().is_some_and(is_name);
        }
    });
    each_stmt(body, &mut |stmt| {
        if let Stmt::For(each) = stmt {
            let items = each.iter.as_call_expr().and_then(|call| call.func.as_attribute_expr());
            found |= changing_loop(each).is_some() && items.is_some_and(|items| is_name(&items.value));
        }
    });
    found
}

/// `[ItemPublic.model_validate(item) for item in items]`.
fn converts(expr: &Expr) -> bool {
    let made = expr.as_list_comp_expr().and_then(|list| list.elt.as_call_expr());
    made.is_some_and(|call| matches!(last_name(&call.func), Some("model_validate" | "from_orm")))
}

/// Whether the key that ends `order_by(Item.created_at.desc(), Item.id.desc())` goes down as what stands before it.
fn key_goes_down(call: &ExprCall) -> Option<bool> {
    let is_down = |expr: &Expr| {
        expr.as_call_expr().is_some_and(|call| call.arguments.is_empty() && last_name(&call.func) == Some("desc"))
    };
    let [first, .., last] = &*call.arguments.args else { return None };
    if last_name(&call.func) != Some("order_by") || !is_down(first) {
        return None;
    }
    let mut is_key = false;
    each_expr_in(last, &mut |expr| {
        if let Expr::Attribute(attribute) = expr {
            is_key |= attribute.attr.as_str() == "id" || attribute.attr.ends_with("_id");
        }
    });
    is_key.then(|| is_down(last))
}

/// How a function that lists rows counts them: the variable of a second query, or none for a query of the first's rows.
fn counted_by(body: &[Stmt]) -> Option<Option<String>> {
    let (mut lists, mut apart, mut of_rows) = (false, None, false);
    each_stmt(body, &mut |stmt| {
        if let Stmt::Assign(assign) = stmt
            && let [Expr::Name(name)] = assign.targets.as_slice()
            && let Some(selected) = selected(&assign.value)
        {
            if !is_count(selected) {
                lists = true;
            } else if apart.is_none() && !is_run(&assign.value) {
                apart = Some(name.id.to_string());
            }
        }
    });
    each_expr(body, &mut |expr| {
        of_rows |= expr.as_call_expr().is_some_and(|call| last_name(&call.func) == Some("subquery"));
    });
    match (lists, apart, of_rows) {
        (true, _, true) => Some(None),
        (true, Some(name), false) => Some(Some(name)),
        _ => None,
    }
}

/// Whether an empty line stands above the statement that first runs what the ones above it make.
fn blank_before_run(function: Function<'_>) -> Option<bool> {
    let body = &function.def.body;
    let runs = |stmt: &Stmt| {
        let mut found = false;
        each_expr(std::slice::from_ref(stmt), &mut |expr| {
            let called = expr.as_call_expr().and_then(|call| last_name(&call.func));
            found |= matches!(called, Some("exec" | "execute" | "scalars" | "scalar"));
        });
        found
    };
    let first = body.iter().position(runs)?;
    let above = body.get(first.checked_sub(1)?)?;
    // Where the query is added to under conditions; a query in one statement stands close to what runs it.
    let made = body.get(..first)?.iter().any(assigned_query) && above.is_if_stmt();
    let source = function.file().source();
    let between = source.get(above.end().to_usize()..body.get(first)?.start().to_usize())?;
    made.then(|| between.matches('\n').count() > 1)
}

/// `statement = select(Item)…`.
fn assigned_query(stmt: &Stmt) -> bool {
    stmt.as_assign_stmt().is_some_and(|assign| selected(&assign.value).is_some())
}

/// The first argument of `select(…)` at the start of a chain of calls.
fn selected(expr: &Expr) -> Option<&Expr> {
    let mut call = expr.as_call_expr()?;
    while let Expr::Attribute(attribute) = &*call.func {
        call = attribute.value.as_call_expr()?;
    }
    let is_select = call.func.as_name_expr().is_some_and(|name| name.id.as_str() == "select");
    call.arguments.args.first().filter(|_| is_select)
}

/// `func.count(…)`.
fn is_count(expr: &Expr) -> bool {
    expr.as_call_expr().is_some_and(|call| last_name(&call.func) == Some("count"))
}

/// Whether a chain of calls runs what it makes: `session.exec(select(…)).one()`.
fn is_run(expr: &Expr) -> bool {
    expr.as_call_expr().is_some_and(|call| matches!(last_name(&call.func), Some("one" | "scalar_one" | "scalar")))
}

/// Whether an attempt expects that a constraint is broken.
fn catches_violation<'a>(facts: &Facts<'a>, function: Function<'a>, attempt: &'a StmtTry) -> bool {
    attempt.handlers.iter().any(|ExceptHandler::ExceptHandler(handler)| {
        let class = handler.type_.as_deref();
        let class = class.map(|class| facts.index.resolve(function.scope(), class));
        class.is_some_and(|class| class.library().is_some_and(|path| path.ends_with(".IntegrityError")))
    })
}

#[cfg(test)]
mod tests;
