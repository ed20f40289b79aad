//! How rows are deleted: for good, or by a mark that deletions set and that queries look at.

use architect_model::{DeletionMark, Location, MarkKind, Observed};
use ruff_python_ast::{Expr, ExprCall, Stmt, UnaryOp};
use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::{Facts, address};
use super::handlers::{Action, Handler};
use super::models::columns::{Column, Where};
use super::operations::is_session_name;
use super::trace::Layers;
use super::vote::Votes;
use super::walk::{each_expr, each_stmt, keyword, last_name};
use super::written::{self, Origins};
use crate::resolve::{Class, Function};

/// The column that marks rows as deleted, as deletions were seen to use it.
pub(crate) struct Mark<'a> {
    /// Column name.
    pub(crate) column: &'a str,
    /// What it holds.
    pub(crate) kind: MarkKind,
    /// What deletions set it to, with the function in which they do.
    values: Vec<(Function<'a>, &'a Expr)>,
    count: usize,
    of: usize,
    example: Option<Location>,
}

/// A column that is set to mark a row, where that happens and what it is set to.
type Setting<'a> = (&'a str, Function<'a>, &'a Expr);

/// How deep calls are followed from a handler.
const DEPTH: u8 = 4;

/// Finds the mark that deletions set: those of most handlers, or of some where all tables can be marked with it.
pub(crate) fn find<'a>(facts: &Facts<'a>, layers: &Layers<'a>, functions: &[Function<'a>]) -> Option<Mark<'a>> {
    let candidates = candidates(facts);
    if candidates.is_empty() {
        return None;
    }
    let mut settings: Vec<Setting<'a>> = Vec::new();
    let mut votes = Votes::default();
    for handler in facts.handlers.iter().filter(|handler| handler.action == Some(Action::Delete)) {
        let mut way = Way { facts, layers, candidates: &candidates, settings: Vec::new(), removes: false };
        way.follow(handler.function, DEPTH, &mut FxHashSet::default());
        let can_be_marked = |setting: &&Setting<'a>| has_column(facts, handler, setting.0);
        let marked = way.settings.iter().find(can_be_marked).map(|setting| setting.0);
        if marked.is_some() || way.removes {
            votes.add(marked, handler.weight, &handler.function.at());
        }
        settings.extend(way.settings);
    }
    let column = votes.most(Option::is_some)??;
    let winner = votes.winner()?.value;
    let is_usual = winner == Some(column) || is_inherited_by_most(facts, column);
    if !is_usual || !functions.iter().any(|function| looks_at(*function, column)) {
        return None;
    }
    let evidence = votes.with(Some(column));
    Some(Mark {
        column,
        kind: *candidates.get(column)?,
        values: settings.into_iter().filter(|set| set.0 == column).map(|(_, at, value)| (at, value)).collect(),
        count: evidence.count,
        of: evidence.of,
        example: evidence.example,
    })
}

/// Columns that could mark a row: a time that is empty at first, a flag with a default.
fn candidates<'a>(facts: &Facts<'a>) -> FxHashMap<&'a str, MarkKind> {
    let columns = facts.tables.iter().flat_map(|table| facts.columns(*table));
    columns.filter_map(|column| Some((column.name, column.mark_kind()?))).collect()
}

fn has_column<'a>(facts: &Facts<'a>, handler: &Handler<'a>, name: &str) -> bool {
    let has = |class: Class<'a>| facts.columns(class).iter().any(|column| column.name == name);
    handler.entity.is_none_or(|entity| has(entity.class))
}

/// Whether most tables have a column that they inherit: new ones have it then too.
pub(crate) fn is_inherited_by_most<'a>(facts: &Facts<'a>, column: &str) -> bool {
    let inherits = |class: Class<'a>| {
        let mut above = facts.index.mro(class).classes().filter(|base| *base != class && !facts.is_table(*base));
        above.any(|base| facts.columns(base).iter().any(|found| found.name == column))
    };
    facts.tables.iter().filter(|class| inherits(**class)).count() * 2 > facts.tables.len()
}

/// The way of a deletion through the layers.
struct Way<'w, 'a> {
    facts: &'w Facts<'a>,
    layers: &'w Layers<'a>,
    candidates: &'w FxHashMap<&'a str, MarkKind>,
    settings: Vec<Setting<'a>>,
    /// Whether a row is deleted for good on it.
    removes: bool,
}

impl<'a> Way<'_, 'a> {
    fn follow(&mut self, function: Function<'a>, depth: u8, seen: &mut FxHashSet<usize>) {
        if !seen.insert(address(function.def)) {
            return;
        }
        let marks = |name: &str, value: &Expr| {
            let known = self.candidates.get_key_value(name);
            known.filter(|(_, kind)| marks_with(**kind, value)).map(|(name, _)| *name)
        };
        let mut found = Vec::new();
        each_setting(function, &mut |name, value| found.extend(marks(name, value).map(|name| (name, function, value))));
        self.settings.extend(found);
        self.removes |= removes(function);
        let Some(depth) = depth.checked_sub(1) else { return };
        for callee in self.layers.callees(self.facts, function) {
            self.follow(*callee, depth, seen);
        }
    }
}

/// Whether a value marks a row as deleted, and does not bring it back.
pub(crate) fn marks_with(kind: MarkKind, value: &Expr) -> bool {
    match (kind, value) {
        (_, Expr::NoneLiteral(_)) => false,
        (MarkKind::Deleted, Expr::BooleanLiteral(flag)) => flag.value,
        (MarkKind::Alive, Expr::BooleanLiteral(flag)) => !flag.value,
        (MarkKind::Alive | MarkKind::Deleted, _) => false,
        (MarkKind::Time, value) => !value.is_boolean_literal_expr(),
    }
}

/// What a function sets attributes of rows to: `row.deleted_at = …`, `setattr(row, "deleted_at", …)`, and in statements
/// `.values(deleted_at=…)`, `.values({"deleted_at": …})`.
pub(crate) fn each_setting<'a>(function: Function<'a>, see: &mut dyn FnMut(&'a str, &'a Expr)) {
    each_stmt(&function.def.body, &mut |stmt| {
        let Stmt::Assign(assign) = stmt else { return };
        for attribute in assign.targets.iter().filter_map(Expr::as_attribute_expr) {
            if attribute.value.as_name_expr().is_none_or(|name| name.id != "self") {
                see(&attribute.attr, &assign.value);
            }
        }
    });
    each_expr(&function.def.body, &mut |expr| {
        let Expr::Call(call) = expr else { return };
        match last_name(&call.func) {
            Some("setattr") => {
                if let [_, Expr::StringLiteral(name), value] = &*call.arguments.args {
                    see(name.value.to_str(), value);
                }
            }
            Some("values" | "update") => in_statement(call, see),
            _ => {}
        }
    });
}

fn in_statement<'a>(call: &'a ExprCall, see: &mut dyn FnMut(&'a str, &'a Expr)) {
    for given in &call.arguments.keywords {
        if let Some(name) = &given.arg {
            see(name, &given.value);
        }
    }
    for item in call.arguments.args.iter().filter_map(Expr::as_dict_expr).flat_map(|dict| &dict.items) {
        match &item.key {
            Some(Expr::StringLiteral(name)) => see(name.value.to_str(), &item.value),
            Some(Expr::Attribute(attribute)) => see(&attribute.attr, &item.value),
            _ => {}
        }
    }
}

/// Whether a function deletes rows for good: `session.delete(row)`, `delete(Model)`, `query.delete()`.
fn removes(function: Function<'_>) -> bool {
    let mut found = false;
    each_expr(&function.def.body, &mut |expr| {
        let Expr::Call(call) = expr else { return };
        if last_name(&call.func) != Some("delete") {
            return;
        }
        found |= match &*call.func {
            Expr::Attribute(on) => last_name(&on.value).is_some_and(is_session_name) || on.value.is_call_expr(),
            _ => true,
        };
    });
    found
}

/// Whether a function asks if rows are marked.
fn looks_at(function: Function<'_>, column: &str) -> bool {
    let is_it = |expr: &Expr| expr.as_attribute_expr().is_some_and(|attribute| attribute.attr.as_str() == column);
    let mut found = false;
    each_expr(&function.def.body, &mut |expr| {
        found |= match expr {
            Expr::Compare(compare) => is_it(&compare.left) || compare.comparators.iter().any(is_it),
            Expr::UnaryOp(unary) => matches!(unary.op, UnaryOp::Not | UnaryOp::Invert) && is_it(&unary.operand),
            Expr::BoolOp(all) => all.values.iter().any(is_it),
            Expr::If(test) => is_it(&test.test),
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(on) if is_it(&on.value) => ["is_", "is_not", "isnot"].contains(&on.attr.as_str()),
                func => match last_name(func) {
                    Some("filter_by") => keyword(call, column).is_some(),
                    Some("getattr") => call.arguments.args.iter().any(|given| is_text(given, column)),
                    Some("where" | "filter") => call.arguments.args.iter().any(is_it),
                    _ => false,
                },
            },
            _ => false,
        };
    });
    each_stmt(&function.def.body, &mut |stmt| {
        if let Stmt::If(test) = stmt {
            found |= is_it(&test.test);
        }
    });
    found
}

fn is_text(expr: &Expr, text: &str) -> bool {
    expr.as_string_literal_expr().is_some_and(|literal| literal.value.to_str() == text)
}

/// Whether a function names the column of the mark.
pub(crate) fn names(function: Function<'_>, column: &str) -> bool {
    let mut found = false;
    each_expr(&function.def.body, &mut |expr| {
        found |= match expr {
            Expr::Attribute(attribute) => attribute.attr.as_str() == column,
            Expr::Call(call) => keyword(call, column).is_some(),
            expr => is_text(expr, column),
        };
    });
    found
}

/// The mark as new tables and queries use it.
pub(crate) fn described<'a>(
    facts: &Facts<'a>,
    columns: &[&[Column<'a>]],
    mark: &Mark<'a>,
    origins: &mut Origins,
) -> Observed<DeletionMark> {
    let mut lines = Votes::default();
    for (table, columns) in facts.tables.iter().zip(columns) {
        for column in columns.iter().filter(|column| column.name == mark.column) {
            let own = column.found == Where::Table;
            lines.add(if own { column.line } else { "" }, facts.weight_of(&table.file().path), &column.at);
        }
    }
    let line = lines.winner().map(|won| won.value).unwrap_or_default();
    let mut all = columns.iter().copied().flatten();
    if let Some(column) = all.find(|column| column.found == Where::Table && column.line == line) {
        column.add_origins(facts.index, origins);
    }
    let (value, names) = mark.values.iter().find_map(|(at, value)| usable(facts, *at, value)).unwrap_or_default();
    let value = DeletionMark { column: mark.column.to_owned(), kind: mark.kind, line: line.to_owned(), value, names };
    Observed { value, count: mark.count, of: mark.of, example: mark.example.clone() }
}

/// A value as written, where all that it names can be imported elsewhere.
fn usable<'a>(facts: &Facts<'a>, function: Function<'a>, value: &'a Expr) -> Option<(String, Origins)> {
    let file = function.file();
    let mut origins = Origins::new();
    written::add(facts.index, file, value, &mut origins);
    let mut known = true;
    super::walk::each_expr_in(value, &mut |expr| {
        if let Expr::Name(name) = expr {
            // What a layer's own file defines is its own.
            known &= origins.get(name.id.as_str()).is_some_and(|symbol| symbol.module != file.module);
        }
    });
    known.then(|| (file.text(value).to_owned(), origins))
}
