//! Rows of tables in expressions: of which table a variable is a row, which column an attribute is.

use std::sync::Arc;

use architect_model::{Column, Symbol, Table, TableConstraint};
use ruff_python_ast::{Expr, ExprCompare};
use rustc_hash::FxHashMap;

use crate::resolve::{Class, Resolution, Scope};
use crate::style::facts::Facts;
use crate::style::trace::Layers;
use crate::style::walk::{each_expr_in, last_name};

/// What is needed to tell rows.
pub(crate) struct Rows<'f, 'a> {
    pub(crate) facts: &'f Facts<'a>,
    pub(crate) layers: &'f Layers<'a>,
    pub(crate) tables: &'f [Arc<Table>],
    /// Those that classes declare.
    by_class: FxHashMap<&'f Symbol, &'f Table>,
    /// Table of users.
    pub(crate) users: Option<String>,
}

impl<'f, 'a> Rows<'f, 'a> {
    /// What tells rows of `tables`; `users` is the name of the users' table.
    pub(crate) fn new(
        facts: &'f Facts<'a>,
        layers: &'f Layers<'a>,
        tables: &'f [Arc<Table>],
        users: Option<String>,
    ) -> Self {
        let declared = tables.iter().rev().filter_map(|table| Some((table.class.as_ref()?, &**table)));
        Self { facts, layers, tables, by_class: declared.collect(), users }
    }

    /// The table of a class.
    pub(super) fn table(&self, class: Class<'a>) -> Option<&'f Table> {
        self.by_class.get(&class.symbol()).copied()
    }

    /// The column that an attribute of a table's class is.
    pub(super) fn column_of(&self, class: Class<'a>, attribute: &str) -> Option<&Column> {
        let columns = &self.table(class)?.columns;
        columns.iter().find(|column| column.attribute.as_deref().unwrap_or(&column.name) == attribute)
    }

    /// The table's class of which an expression is a row.
    pub(super) fn row(&self, scope: Scope<'a>, expr: &'a Expr) -> Option<Class<'a>> {
        let index = self.facts.index;
        let is_table = |class: &Class<'a>| self.facts.is_table(*class);
        if let Some(class) = index.instance(scope, expr).class().filter(is_table) {
            return Some(class);
        }
        if let Some(class) = self.of_generic(scope, expr) {
            return Some(class);
        }
        // `item = session.get(Item, id)`, `session.exec(select(Item)).first()`: what the call names.
        let Expr::Name(_) = expr else { return None };
        let Resolution::Variable(variable) = index.resolve(scope, expr) else { return None };
        let value = variable.value.filter(|value| is_call(value))?;
        let mut found = None;
        each_expr_in(value, &mut |inner| {
            if let Expr::Name(_) | Expr::Attribute(_) = inner
                && found.is_none()
            {
                found = index.resolve(variable.scope, inner).class().filter(is_table);
            }
        });
        found
    }

    /// `project = self.projects.get(id)`, where `get` returns the type parameter that stands for a table.
    fn of_generic(&self, scope: Scope<'a>, expr: &'a Expr) -> Option<Class<'a>> {
        let index = self.facts.index;
        let (scope, value) = match expr {
            Expr::Name(_) => {
                let variable = index.resolve(scope, expr).variable()?;
                (variable.scope, variable.value.filter(|_| variable.element.is_none())?)
            }
            other => (scope, other),
        };
        let call = match value {
            Expr::Await(inner) => inner.value.as_call_expr()?,
            other => other.as_call_expr()?,
        };
        let method = call.func.as_attribute_expr()?;
        let receiver = index.instance(scope, &method.value).class()?;
        let (owner, member) = index.member(receiver, method.attr.as_str())?;
        let returns = member.function()?.def.returns.as_deref()?;
        let annotation = index.annotation(owner.scope(), returns);
        let name = annotation.expr.as_name_expr()?.id.as_str();
        let (_, scope, given) =
            index.type_arguments(receiver, owner).into_iter().find(|(known, _, _)| *known == name)?;
        index.resolve(scope, given).class().filter(|class| self.facts.is_table(*class))
    }

    /// The column that an expression names, of a row or of a table: `project.status`, `Project.status`,
    /// `col(Project.status)`.
    pub(super) fn column(&self, scope: Scope<'a>, expr: &'a Expr) -> Option<(Class<'a>, String)> {
        let expr = match expr {
            Expr::Call(call) if last_name(&call.func) == Some("col") => call.arguments.args.first()?,
            expr => expr,
        };
        let attribute = expr.as_attribute_expr()?;
        let table = self.facts.index.resolve(scope, &attribute.value).class();
        let class = table.filter(|class| self.facts.is_table(*class)).or_else(|| self.row(scope, &attribute.value))?;
        let column = self.column_of(class, attribute.attr.as_str())?;
        Some((class, column.name.clone()))
    }

    /// The columns with users' keys that a comparison has on a side.
    pub(super) fn owners_compared(&self, scope: Scope<'a>, expr: &'a Expr) -> Vec<(Class<'a>, String)> {
        let Expr::Compare(ExprCompare { left, comparators, .. }) = expr else { return Vec::new() };
        let sides = std::iter::once(&**left).chain(comparators.iter());
        let found = sides.filter_map(|side| self.column(scope, side));
        found.filter(|(class, column)| self.is_users_key(*class, column)).collect()
    }

    /// Whether a column is a foreign key to the users' table.
    pub(super) fn is_users_key(&self, class: Class<'a>, column: &str) -> bool {
        let Some(table) = self.table(class) else { return false };
        table.constraints.iter().any(|constraint| match constraint {
            TableConstraint::ForeignKey { columns, ref_table, .. } => {
                columns.iter().eq([column]) && Some(ref_table) == self.users.as_ref()
            }
            _ => false,
        })
    }

    /// Whether a comparison is part of a query: one of its sides is a column of a table, not of a row.
    pub(super) fn is_query(&self, scope: Scope<'a>, expr: &'a Expr) -> bool {
        let Expr::Compare(compare) = expr else { return false };
        let of_table = |side: &'a Expr| {
            let side = match side {
                Expr::Call(call) if last_name(&call.func) == Some("col") => call.arguments.args.first(),
                side => Some(side),
            };
            let base = side.and_then(Expr::as_attribute_expr).map(|attribute| &*attribute.value);
            base.is_some_and(|base| self.facts.index.resolve(scope, base).class().is_some())
        };
        of_table(&compare.left) || compare.comparators.iter().any(of_table)
    }
}

fn is_call(expr: &Expr) -> bool {
    match expr {
        Expr::Await(inner) => is_call(&inner.value),
        Expr::Call(_) => true,
        _ => false,
    }
}
