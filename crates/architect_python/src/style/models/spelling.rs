//! What table classes write out though it goes without saying, and what they leave out though it could be said.

use architect_model::{ModelStyle, Orm};
use ruff_python_ast::{Expr, Stmt};

use super::super::facts::{Facts, assigned};
use super::super::vote::Votes;
use super::super::walk::{each_expr, last_name};
use super::columns::{Column, Where};
use crate::syntax::File;

/// Fills in the spelling of columns, indexes and annotations.
pub(super) fn read(facts: &Facts<'_>, columns: &[&[Column<'_>]], style: &mut ModelStyle) {
    not_null(facts, columns, style);
    indexes(facts, style);
    let mut future = Votes::default();
    for file in facts.files.iter().filter(|file| facts.tables.iter().any(|table| table.file().path == file.path)) {
        if style.orm.value == Orm::SqlAlchemy && imports_for_typing(file) {
            let opens = file.body().iter().any(is_future_annotations);
            future.add(opens, facts.weight_of(&file.path), &super::super::facts::start_of(file));
        }
    }
    style.future_annotations = future.or_assumed(false);
}

/// Whether annotated columns that must be there say `nullable=False`. A column that is a bare annotation has no place
/// to say it in.
fn not_null(facts: &Facts<'_>, columns: &[&[Column<'_>]], style: &mut ModelStyle) {
    let (mut keys, mut values) = (Votes::default(), Votes::default());
    let (mut decimals, mut made) = (Votes::default(), Votes::default());
    for (table, columns) in facts.tables.iter().zip(columns) {
        let weight = facts.weight_of(&table.file().path);
        for column in *columns {
            decimals.extend_with(column.decimal_of_text(), weight, &column.at);
            made.extend_with(column.makes_type_in_field(), weight, &column.at);
        }
        for column in columns.iter().filter(|column| !column.optional && !column.primary_key) {
            if column.found == Where::Table && column.is_called() {
                let votes = if column.foreign_key.is_some() { &mut keys } else { &mut values };
                votes.add(column.says_not_null(), weight, &column.at);
            }
        }
    }
    style.decimals_of_text = decimals.or_assumed(true);
    style.types_made_in_field = made.or_assumed(false);
    style.keys_not_null = keys.or_assumed(false);
    style.values_not_null = values.or_assumed(false);
}

/// Whether `Index(…)` in `__table_args__` is given no name.
fn indexes(facts: &Facts<'_>, style: &mut ModelStyle) {
    let mut unnamed = Votes::default();
    for table in &facts.tables {
        let arguments = table.def.body.iter().filter(|stmt| assigned(stmt) == Some("__table_args__"));
        for stmt in arguments {
            each_expr(std::slice::from_ref(stmt), &mut |expr| {
                if let Expr::Call(call) = expr
                    && last_name(&call.func) == Some("Index")
                    && let Some(name) = call.arguments.args.first()
                {
                    let weight = facts.weight_of(&table.file().path);
                    unnamed.add(name.is_none_literal_expr(), weight, &table.file().at(call));
                }
            });
        }
    }
    style.unnamed_indexes = unnamed.or_assumed(false);
}

fn imports_for_typing(file: &File) -> bool {
    file.body().iter().any(|stmt| matches!(stmt, Stmt::If(block) if last_name(&block.test) == Some("TYPE_CHECKING")))
}

fn is_future_annotations(stmt: &Stmt) -> bool {
    matches!(stmt, Stmt::ImportFrom(import) if import.module.as_deref() == Some("__future__")
        && import.names.iter().any(|alias| alias.name.as_str() == "annotations"))
}
