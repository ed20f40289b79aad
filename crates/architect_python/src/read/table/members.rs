//! Groups: tables whose rows belong to their members, as queries of the code show.

use std::sync::Arc;

use architect_model::{MemberColumns, Owner, Project, Symbol, Table, TableConstraint};
use ruff_python_ast::{Expr, ExprCall};

use super::owner::{full_name, is_called, references};
use crate::resolve::{Class, Index, Scope};
use crate::style::walk::{each_expr, each_expr_in, last_name};

/// A table whose rows name a group and a user, each pair once.
struct Candidate {
    table: String,
    class: Symbol,
    group: String,
    columns: MemberColumns,
}

/// Gives groups and their memberships their owners, and says which tables these are. That rows belong to the members is
/// not taken from names: a query has to keep to the groups of one user,
/// `Project.team_id.in_(select(Membership.team_id).where(Membership.user_id == user_id))`.
pub(super) fn read(index: &Index<'_>, project: &mut Project, users: &str) -> Vec<String> {
    let candidates: Vec<Candidate> = project.tables().flat_map(|table| candidates(project, table, users)).collect();
    let shown: Vec<&Candidate> = candidates.iter().filter(|one| is_asked(index, project, one)).collect();
    let mut owned = Vec::new();
    for one in &shown {
        if shown.iter().filter(|other| other.group == one.group).count() > 1 {
            continue;
        }
        let Some(group) = project.tables.iter_mut().find(|table| is_called(table, &one.group)) else { continue };
        let mut keys = group.columns.iter().filter(|column| column.primary_key);
        let (Some(key), None) = (keys.next(), keys.next()) else { continue };
        if group.owner.is_some() {
            continue;
        }
        let members = Some(one.columns.clone());
        Arc::make_mut(group).owner =
            Some(Owner { column: key.name.clone(), table: one.table.clone(), direct: false, members });
        owned.extend(full_name(group));
        if let Some(membership) = project.tables.iter_mut().find(|table| is_called(table, &one.table)) {
            let column = one.columns.group.clone();
            Arc::make_mut(membership).owner =
                Some(Owner { column, table: one.group.clone(), direct: false, members: None });
            owned.extend(full_name(membership));
        }
    }
    owned
}

/// The pairs of keys by which the rows of a table may be memberships.
fn candidates(project: &Project, table: &Table, users: &str) -> Vec<Candidate> {
    let (Some(class), Some(name)) = (table.class.clone(), full_name(table)) else { return Vec::new() };
    let required: Vec<(&str, &str)> =
        references(table).filter(|(_, _, required)| *required).map(|(column, target, _)| (column, target)).collect();
    let to_users: Vec<&str> =
        required.iter().filter(|(_, target)| *target == users).map(|(column, _)| *column).collect();
    let groups = required.iter().filter(|(_, target)| {
        let is_class = |other: &Table| other.class.is_some() && is_called(other, target);
        *target != users && *target != name && project.tables().any(is_class)
    });
    let pairs = groups.flat_map(|(group, target)| to_users.iter().map(move |user| (*group, *target, *user)));
    pairs
        .filter(|(group, _, user)| is_once(table, group, user))
        .map(|(group, target, user)| Candidate {
            table: name.clone(),
            class: class.clone(),
            group: target.to_owned(),
            columns: MemberColumns { group: group.to_owned(), user: user.to_owned() },
        })
        .collect()
}

/// Whether a pair of columns is unique.
fn is_once(table: &Table, group: &str, user: &str) -> bool {
    let both = |columns: &[&str]| columns.len() == 2 && columns.contains(&group) && columns.contains(&user);
    let key: Vec<&str> =
        table.columns.iter().filter(|column| column.primary_key).map(|column| column.name.as_str()).collect();
    both(&key) || table.constraints.iter().filter_map(TableConstraint::unique_columns).any(|columns| both(&columns))
}

/// Whether some query keeps to the groups of one user.
fn is_asked(index: &Index<'_>, project: &Project, one: &Candidate) -> bool {
    let table = project.tables().find(|table| table.class.as_ref() == Some(&one.class));
    let attribute = |name: &str| {
        let column = table.and_then(|table| table.columns.iter().find(|column| column.name == name));
        column.and_then(|column| column.attribute.clone()).unwrap_or_else(|| name.to_owned())
    };
    let (group, user) = (attribute(&one.columns.group), attribute(&one.columns.user));
    index.files().project().iter().any(|file| {
        let scope = Scope::module(file);
        let mut found = false;
        each_expr(file.body(), &mut |expr| {
            if let Expr::Call(call) = expr
                && !found
                && last_name(&call.func) == Some("in_")
            {
                let asks = Asks { index, scope, class: &one.class };
                found = call.arguments.args.iter().any(|argument| asks.groups_of_user(argument, &group, &user));
            }
        });
        found
    })
}

/// What a subquery asks of memberships.
struct Asks<'i, 'a> {
    index: &'i Index<'a>,
    scope: Scope<'a>,
    class: &'i Symbol,
}

impl<'a> Asks<'_, 'a> {
    /// `select(Membership.team_id).where(Membership.user_id == user_id)`.
    fn groups_of_user(&self, expr: &'a Expr, group: &str, user: &str) -> bool {
        let (mut selects, mut compares) = (false, false);
        each_expr_in(expr, &mut |inner| match inner {
            Expr::Call(ExprCall { func, arguments, .. }) if last_name(func) == Some("select") => {
                selects |= arguments.args.iter().any(|argument| self.is_column(argument, group));
            }
            Expr::Compare(compare) => {
                let mut sides = std::iter::once(&*compare.left).chain(compare.comparators.iter());
                compares |= sides.any(|side| self.is_column(side, user));
            }
            _ => {}
        });
        selects && compares
    }

    /// Whether an expression is a column of the memberships' class: `Membership.team_id`, `col(Membership.team_id)`.
    fn is_column(&self, expr: &'a Expr, name: &str) -> bool {
        match expr {
            Expr::Attribute(attribute) if attribute.attr.as_str() == name => {
                let class: Option<Class<'a>> = self.index.resolve(self.scope, &attribute.value).class();
                class.is_some_and(|class| class.symbol() == *self.class)
            }
            Expr::Call(call) if last_name(&call.func) == Some("col") => {
                call.arguments.args.first().is_some_and(|inner| self.is_column(inner, name))
            }
            _ => false,
        }
    }
}
