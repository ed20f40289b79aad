//! Operations of Alembic revisions that name a table, a column or a value.

use architect_model::{Certainty, ColumnType, Known, Renaming, Use, UseKind, UseLayer};
use rayon::prelude::*;
use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_text_size::{TextRange, TextSize};
use rustc_hash::FxHashMap;

use super::flow::{content, word_at};
use super::layer::LayerMap;
use super::world::World;
use super::{length, line};
use crate::resolve::Scope;
use crate::style::facts::assigned;
use crate::style::walk::{each_expr, each_expr_in, each_stmt, keyword, last_name};
use crate::syntax::File;

/// The operations that name the subject, in the order of their files.
pub(super) fn uses(world: &World<'_, '_>, layers: &LayerMap<'_>) -> Vec<Use> {
    let Some(table) = world.subject.table.as_deref() else { return Vec::new() };
    let files = world.index.files().project();
    let found = files.par_iter().filter(|file| layers.is_revision(&file.path) && file.source().contains(table));
    found.flat_map_iter(|file| Revision::read(world, file, table)).collect()
}

/// A revision while it is read.
struct Revision<'r, 'w, 'a> {
    world: &'r World<'w, 'a>,
    file: &'a File,
    table: &'r str,
    column: Option<&'r str>,
    enumeration: Option<String>,
    identifier: Option<String>,
    uses: Vec<Use>,
}

impl<'a> Revision<'_, '_, 'a> {
    fn read(world: &World<'_, 'a>, file: &'a File, table: &str) -> Vec<Use> {
        let column = world.subject.column.as_deref().or(world.field());
        let mut revision = Revision {
            world,
            file,
            table,
            column,
            enumeration: enumeration(world, table, column),
            identifier: identifier(file),
            uses: Vec::new(),
        };
        let mut batches: FxHashMap<&str, &str> = FxHashMap::default();
        each_stmt(file.body(), &mut |stmt| {
            if let Stmt::With(with) = stmt {
                for item in &with.items {
                    if let (Some(table), Some(Expr::Name(name))) =
                        (batch(&item.context_expr), item.optional_vars.as_deref())
                    {
                        batches.insert(name.id.as_str(), table);
                    }
                }
            }
        });
        each_expr(file.body(), &mut |expr| {
            if let Expr::Call(call) = expr {
                revision.call(call, &batches);
            }
        });
        revision.uses
    }

    fn call(&mut self, call: &'a ExprCall, batches: &FxHashMap<&str, &'a str>) {
        let Expr::Attribute(method) = &*call.func else { return };
        let name = method.attr.as_str();
        if self.enumerates(call, name) {
            return;
        }
        if name == "execute" {
            return self.sql(call);
        }
        let in_batch = method.value.as_name_expr().and_then(|owner| batches.get(owner.id.as_str())).copied();
        let arguments = &call.arguments.args;
        let at = |position: usize, keyword: &str| text(call.arguments.find_argument_value(keyword, position));
        let table = in_batch.or_else(|| match name {
            "create_index"
            | "create_unique_constraint"
            | "create_check_constraint"
            | "drop_constraint"
            | "drop_index"
            | "create_primary_key" => at(1, "table_name"),
            "create_foreign_key" => at(1, "source_table"),
            "create_table" | "add_column" | "drop_column" | "alter_column" | "drop_table" | "rename_table"
            | "batch_alter_table" | "bulk_insert" => at(0, "table_name"),
            _ => None,
        });
        let is_operation = table.is_some();
        if table == Some(self.table) {
            let remote = arguments.get(4).filter(|_| name == "create_foreign_key");
            let whole = arguments.iter().chain(call.arguments.keywords.iter().map(|keyword| &keyword.value));
            for argument in whole.filter(|argument| remote.is_none_or(|remote| !std::ptr::eq(*argument, remote))) {
                self.names(argument, name);
            }
        } else if name == "create_foreign_key" && at(2, "referent_table") == Some(self.table) {
            arguments.get(4).into_iter().for_each(|remote| self.names(remote, name));
        }
        if is_operation {
            self.references(call, name);
        }
    }

    /// Texts of an operation on the table.
    fn names(&mut self, argument: &'a Expr, operation: &str) {
        let mut found = Vec::new();
        each_expr_in(argument, &mut |part| found.extend(content(part).zip(text(Some(part)))));
        for (range, text) in found {
            match self.column {
                Some(column) if text == column && self.world.subject.member.is_none() => {
                    self.add(range, format!("`{operation}` names the column"), Certainty::Known);
                }
                None if text == self.table => {
                    self.add(range, format!("`{operation}` names the table"), Certainty::Known);
                }
                _ => {}
            }
        }
    }

    /// `"item.id"` in an operation on any table.
    fn references(&mut self, call: &'a ExprCall, operation: &str) {
        if self.world.subject.member.is_some() {
            return;
        }
        let mut found = Vec::new();
        for argument in call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|one| &one.value)) {
            each_expr_in(argument, &mut |part| found.extend(content(part).zip(text(Some(part)))));
        }
        for (range, text) in found {
            let Some((table, column)) = text.rsplit_once('.') else { continue };
            if table != self.table && !table.ends_with(&format!(".{}", self.table)) {
                continue;
            }
            let why = format!("a foreign key in `{operation}` points at it");
            match self.column {
                Some(known) if known == column => {
                    let start = range.end() - TextSize::of(column);
                    self.add(TextRange::new(start, range.end()), why, Certainty::Known);
                }
                None => self.add(range, why, Certainty::Known),
                _ => {}
            }
        }
    }

    /// The values of the field's type, where one of them is the subject.
    fn enumerates(&mut self, call: &'a ExprCall, name: &str) -> bool {
        if !matches!(name, "Enum" | "ENUM") {
            return false;
        }
        let (Some(value), Some(_)) = (self.world.subject.value.as_deref(), &self.world.subject.member) else {
            return true;
        };
        let named = keyword(call, "name").and_then(|name| text(Some(name)));
        if self.enumeration.is_some() && named.map(str::to_owned) != self.enumeration {
            return true;
        }
        for argument in &call.arguments.args {
            if text(Some(argument)) == Some(value)
                && let Some(range) = content(argument)
            {
                self.add(range, "the type of the column lists the value".into(), Certainty::Known);
            }
        }
        true
    }

    /// `op.execute("UPDATE item SET …")`.
    fn sql(&mut self, call: &'a ExprCall) {
        let word = match (&self.world.subject.member, self.world.subject.value.as_deref()) {
            (Some(_), Some(value)) => Some(value),
            _ => self.column,
        };
        let mut found = Vec::new();
        for argument in &call.arguments.args {
            each_expr_in(argument, &mut |part| found.extend(content(part).zip(text(Some(part)))));
        }
        for (range, text) in found {
            let Some(table) = word_at(text, self.table) else { continue };
            let named = word.map_or(Some(table), |word| word_at(text, word));
            let Some(at) = named else { continue };
            let start = range.start() + TextSize::try_from(at).unwrap_or_default();
            let range = TextRange::at(start, TextSize::of(word.unwrap_or(self.table)));
            let reason = "SQL is not parsed; the words stand in it".to_owned();
            self.add(range, "SQL that names it".into(), Certainty::Probable { reason });
        }
    }

    fn add(&mut self, range: TextRange, why: String, certain: Certainty) {
        let at = self.file.at_range(range);
        if self.uses.iter().any(|known| known.at == at) {
            return;
        }
        self.uses.push(Use {
            length: length(Scope::module(self.file).text(range)),
            layer: UseLayer::Migrations,
            kind: UseKind::Operation { revision: self.identifier.clone() },
            inside: None,
            text: line(self.file.source(), &at),
            at,
            why,
            certain,
            renaming: Renaming::Asks { reason: "a revision says what was done; a new one renames".into() },
        });
    }
}

/// The table of `op.batch_alter_table("item")`.
fn batch(expr: &Expr) -> Option<&str> {
    let call = expr.as_call_expr()?;
    let named = last_name(&call.func) == Some("batch_alter_table");
    text(call.arguments.find_argument_value("table_name", 0)).filter(|_| named)
}

fn text(expr: Option<&Expr>) -> Option<&str> {
    Some(expr?.as_string_literal_expr()?.value.to_str())
}

/// `revision = "3f1c9a7be204"`.
fn identifier(file: &File) -> Option<String> {
    let stmt = file.body().iter().find(|stmt| assigned(stmt) == Some("revision"))?;
    let value = match stmt {
        Stmt::Assign(assign) => &*assign.value,
        Stmt::AnnAssign(assign) => assign.value.as_deref()?,
        _ => return None,
    };
    text(Some(value)).map(str::to_owned)
}

/// The name of the column's type in the database.
fn enumeration(world: &World<'_, '_>, table: &str, column: Option<&str>) -> Option<String> {
    let tables = world.project.tables().filter(|known| known.name.known().is_some_and(|name| name == table));
    let column = tables.flat_map(|table| &table.columns).find(|known| Some(known.name.as_str()) == column)?;
    match &column.ty {
        Known::Known(ColumnType::Enum { name, .. }) => name.clone(),
        _ => None,
    }
}
