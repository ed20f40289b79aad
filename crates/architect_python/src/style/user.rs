//! How the signed-in user is had, and who is an administrator.

mod credentials;
mod find;
mod given;
mod key;
#[cfg(test)]
mod tests;

use architect_model::{DependencyParameter, IdKind, Observed, Project, Symbol, UserStyle};
use ruff_python_ast::Expr;

use super::facts::Facts;
use super::models::columns::Column;
use super::vote::Votes;
use super::walk::{each_expr, each_stmt, keyword};
use crate::resolve::{Class, Function};
pub(crate) use find::find;
use key::key;

/// The class of users, and how handlers have the signed-in one.
pub(crate) struct User<'a> {
    /// Table class.
    pub(crate) class: Option<Class<'a>>,
    /// How handlers declare it.
    pub(crate) parameter: Observed<DependencyParameter>,
    /// Type arguments of the declared class.
    arguments: Vec<Symbol>,
    /// How the key is reached from there.
    key_path: Option<Vec<String>>,
}

impl User<'_> {
    /// Whether handlers are given the user's key and nothing else.
    pub(crate) fn gives_key(&self) -> bool {
        self.key_path.as_deref().is_some_and(<[String]>::is_empty)
    }
}

/// Reads how users are had.
pub(super) fn read<'a>(facts: &Facts<'a>, project: &Project, user: &User<'a>, functions: &[Function<'a>]) -> UserStyle {
    let Some(class) = user.class else {
        return UserStyle { parameter: user.parameter.clone(), id_attribute: "id".into(), ..UserStyle::default() };
    };
    let columns = facts.columns(class);
    let key = key(facts, class);
    // What is no row of users has none of their attributes.
    let is_row = user
        .key_path
        .as_deref()
        .is_some_and(|path| path.len() == 1 && Some(path[0].as_str()) == key.map(|key| key.name));
    let attribute = superuser_attribute(columns).filter(|_| is_row);
    let owner_columns = owner_columns(facts, class);
    UserStyle {
        class: Some(class.symbol()),
        table: super::models::naming::known_name(facts.index, project, class),
        id: key.and_then(Column::id_kind).unwrap_or(IdKind::Uuid),
        id_attribute: key.map_or("id", |key| key.name).to_owned(),
        parameter: user.parameter.clone(),
        arguments: user.arguments.clone(),
        key_path: user.key_path.clone(),
        superuser_dependency: superuser_dependency(facts, attribute.as_deref()),
        require_superuser: require_superuser(facts, class, functions, attribute.as_deref()),
        superuser_sees_all: sees_all(facts, functions, attribute.as_deref(), &owner_columns),
        role_attribute: role_attribute(columns).filter(|_| is_row),
        superuser_attribute: attribute,
    }
}

fn superuser_attribute(columns: &[Column<'_>]) -> Option<String> {
    const NAMES: [&str; 7] =
        ["is_superuser", "is_admin", "superuser", "is_staff", "admin", "is_administrator", "es_admin"];
    let found = NAMES.iter().find_map(|name| columns.iter().find(|column| column.name == *name));
    found.map(|column| column.name.to_owned())
}

/// A column that is called a role.
fn role_attribute(columns: &[Column<'_>]) -> Option<String> {
    let found = columns.iter().find(|column| ["role", "user_role", "rol", "user_type"].contains(&column.name));
    found.map(|column| column.name.to_owned())
}

/// Columns of tables that point at users.
pub(crate) fn owner_columns<'a>(facts: &Facts<'a>, user: Class<'a>) -> Vec<String> {
    let table = super::models::naming::table_name(facts.index, user);
    let mut names: Vec<String> = Vec::new();
    for class in &facts.tables {
        for column in facts.columns(*class) {
            let target =
                column.foreign_key.as_deref().and_then(|target| target.rsplit_once('.')).map(|(table, _)| table);
            if target.is_some() && target == table.as_deref() && !names.iter().any(|name| name == column.name) {
                names.push(column.name.to_owned());
            }
        }
    }
    names
}

/// `def require_superuser(user: User) -> None`, which raises for whoever is no administrator.
fn require_superuser<'a>(
    facts: &Facts<'a>,
    user: Class<'a>,
    functions: &[Function<'a>],
    attribute: Option<&str>,
) -> Option<Symbol> {
    let attribute = attribute?;
    let is_one = |function: &&Function<'a>| {
        let [parameter] = &*function.def.parameters.args else { return false };
        let takes_user = parameter.annotation().is_some_and(|annotation| {
            facts.index.annotation(function.outer, annotation).resolution.class() == Some(user)
        });
        let gives_nothing = function.def.returns.as_deref().is_some_and(Expr::is_none_literal_expr);
        takes_user
            && gives_nothing
            && function.class().is_none()
            && function.def.parameters.len() == 1
            && mentions(**function, attribute)
            && raises(**function)
    };
    functions.iter().find(is_one).map(Function::symbol)
}

fn raises(function: Function<'_>) -> bool {
    let mut found = false;
    each_stmt(&function.def.body, &mut |stmt| found |= stmt.is_raise_stmt());
    found
}

/// The dependency that looks at the attribute of administrators, or is called after them.
fn superuser_dependency(facts: &Facts<'_>, attribute: Option<&str>) -> Option<architect_model::Symbol> {
    let mut votes = Votes::default();
    for handler in &facts.handlers {
        let listed = keyword(handler.call, "dependencies").into_iter().flat_map(crate::resolve::elements);
        let listed = listed.filter_map(|item| item.as_call_expr()?.arguments.find_argument_value("dependency", 0));
        let listed = listed.map(|target| facts.index.resolve(handler.function.outer, target));
        let declared =
            handler.parameters.iter().filter_map(|parameter| Some(parameter.depends.as_ref()?.target.clone()));
        for function in declared.chain(listed).filter_map(|target| target.function()) {
            let named = ["superuser", "admin"].iter().any(|word| function.name().contains(word));
            let looks = attribute.is_some_and(|attribute| mentions(function, attribute));
            if named || looks {
                votes.add(function.symbol(), facts.weight_of(&handler.function.file().path), &function.at());
            }
        }
    }
    votes.winner().map(|won| won.value)
}

/// Whether a function's body names an attribute.
pub(crate) fn mentions(function: Function<'_>, attribute: &str) -> bool {
    let mut found = false;
    each_expr(&function.def.body, &mut |expr| {
        found |= matches!(expr, Expr::Attribute(named) if named.attr.as_str() == attribute);
    });
    found
}

/// Whether functions that compare owners let administrators pass.
fn sees_all(
    facts: &Facts<'_>,
    functions: &[Function<'_>],
    attribute: Option<&str>,
    owner_columns: &[String],
) -> Observed<bool> {
    let mut votes = Votes::default();
    for function in functions {
        if compares_owner(*function, owner_columns) {
            let passes = attribute.is_some_and(|attribute| mentions(*function, attribute));
            votes.add(passes, facts.weight_of(&function.file().path), &function.at());
        }
    }
    votes.or_assumed(false)
}

/// Whether a function compares an owner column with an attribute of something: `item.owner_id != user.id`.
fn compares_owner(function: Function<'_>, owner_columns: &[String]) -> bool {
    let mut found = false;
    each_expr(&function.def.body, &mut |expr| {
        if let Expr::Compare(compare) = expr {
            let sides: Vec<&Expr> = std::iter::once(&*compare.left).chain(&compare.comparators).collect();
            let owner = |side: &&&Expr| matches!(side, Expr::Attribute(named) if owner_columns.iter().any(|column| column == named.attr.as_str()));
            let others = sides.iter().filter(|side| !owner(side)).any(|side| side.is_attribute_expr());
            found |= sides.iter().any(|side| owner(&side)) && others;
        }
    });
    found
}
