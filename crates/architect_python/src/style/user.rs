//! How the signed-in user is had, and who is an administrator.

use architect_model::{DependencyParameter, IdKind, Location, Observed, Project, UserStyle};
use ruff_python_ast::Expr;

use super::facts::{Facts, symbol_of, weight_of};
use super::handlers::{self, Param};
use super::models::columns::{self, Column};
use super::vote::{USERS, USUAL, Votes};
use super::walk::{each_expr, keyword};
use crate::resolve::{Class, Function, Resolution};

/// The class of users, and how handlers have the signed-in one.
pub(crate) struct User<'a> {
    /// Table class.
    pub(crate) class: Option<Class<'a>>,
    /// How handlers declare it.
    pub(crate) parameter: Observed<DependencyParameter>,
}

/// Finds the class of users: what the dependency behind most protected handlers gives, else the table that is
/// called so.
pub(crate) fn find<'a>(facts: &Facts<'a>, functions: &[Function<'a>]) -> User<'a> {
    let mut parameters = Votes::default();
    let mut classes = Votes::default();
    let mut see = |parameter: &Param<'a>, weight: u32, at: &Location| {
        let Some(declared) = declared(facts, parameter) else { return };
        let class = parameter.class().and_then(Resolution::class).and_then(|class| table_of(facts, class));
        let position = class.and_then(|class| facts.tables.iter().position(|table| *table == class));
        parameters.add(declared, weight, at);
        classes.extend_with(position, weight, at);
    };
    for handler in &facts.handlers {
        handler.parameters.iter().for_each(|parameter| see(parameter, USUAL, &handler.function.at()));
    }
    // Where handlers demand roles (`Depends(require_role("admin"))`), what makes the dependency declares the user.
    for function in functions {
        let inner = function.def.body.iter().filter_map(|stmt| stmt.as_function_def_stmt());
        for def in inner {
            let inner = Function { outer: function.scope(), def };
            handlers::parameters(facts.index, inner).iter().for_each(|parameter| see(parameter, USERS, &inner.at()));
        }
    }
    let class = classes.winner().and_then(|won| facts.tables.get(won.value).copied()).or_else(|| by_name(facts));
    User {
        class,
        parameter: parameters
            .or_assumed(DependencyParameter { name: "current_user".into(), ..DependencyParameter::default() }),
    }
}

/// A parameter that is the signed-in user: a dependency that is called so, or gives a table class of users.
fn declared<'a>(facts: &Facts<'a>, parameter: &Param<'a>) -> Option<DependencyParameter> {
    let depends = parameter.depends.as_ref()?;
    let symbol = symbol_of(&depends.target)?;
    let function = depends.target.function();
    let speaks_of_user = |name: &str| {
        let name = name.to_lowercase();
        ["user", "principal", "usuario", "account", "actor", "auth_subject", "member"]
            .iter()
            .any(|word| name.contains(word))
    };
    let name = &symbol.name;
    // A class as a dependency is a set of parameters: `UserListQuery`.
    if matches!(depends.target, Resolution::Class(_)) {
        return None;
    }
    let class = parameter.class().and_then(Resolution::class);
    let is_table = class.is_some_and(|class| facts.is_table(class));
    let is_session_or_service = class.is_some_and(|class| {
        class.name().ends_with("Service") || class.name().ends_with("Repository") || class.name().contains("UnitOfWork")
    });
    // A dependency that loads a row of the path (`get_item_or_404`) takes the path's parameter.
    let loads_row = name.contains("_by_") || name.contains("or_404") || function.is_some_and(takes_path_id);
    let fits = (speaks_of_user(name)
        && !["service", "repo", "crud", "manager", "dao"].iter().any(|word| name.contains(word)))
        || (is_table && class.is_some_and(|class| speaks_of_user(class.name())));
    (fits && !is_session_or_service && !loads_row).then(|| DependencyParameter {
        name: parameter.name.to_owned(),
        alias: depends.alias.clone(),
        dependency: Some(symbol.clone()),
        class: parameter.class().and_then(symbol_of),
    })
}

fn takes_path_id(function: Function<'_>) -> bool {
    let mut parameters = function.def.parameters.iter_non_variadic_params();
    parameters.any(|parameter| {
        (parameter.name().ends_with("_id") || parameter.name().as_str() == "id") && parameter.default().is_none()
    })
}

/// The table class itself, or the one that a schema is named after.
fn table_of<'a>(facts: &Facts<'a>, class: Class<'a>) -> Option<Class<'a>> {
    facts.table(class).or_else(|| facts.entity_of_name(class.name())).map(|entity| entity.class)
}

/// The table that is called like users, the one with a password first.
fn by_name<'a>(facts: &Facts<'a>) -> Option<Class<'a>> {
    let names = ["User", "Users", "Usuario", "UserModel", "DBUser", "UserDB", "Account", "Member", "Utilisateur"];
    let called = facts.tables.iter().copied().filter(|table| names.contains(&table.name()));
    called.max_by_key(|table| {
        let columns = columns::of(facts.index, *table);
        let rank = names.iter().position(|name| *name == table.name()).unwrap_or(names.len());
        (columns.iter().any(|column| column.name.contains("password")), std::cmp::Reverse(rank))
    })
}

/// Reads how users are had.
pub(super) fn read<'a>(facts: &Facts<'a>, project: &Project, user: &User<'a>, functions: &[Function<'a>]) -> UserStyle {
    let Some(class) = user.class else {
        return UserStyle { parameter: user.parameter.clone(), id_attribute: "id".into(), ..UserStyle::default() };
    };
    let columns = columns::of(facts.index, class);
    let key = columns.iter().find(|column| column.primary_key);
    let attribute = superuser_attribute(&columns);
    let owner_columns = owner_columns(facts, class);
    UserStyle {
        class: Some(class.symbol()),
        table: super::models::naming::known_name(facts.index, project, class),
        id: key.and_then(Column::id_kind).unwrap_or(IdKind::Uuid),
        id_attribute: key.map_or("id", |key| key.name).to_owned(),
        parameter: user.parameter.clone(),
        superuser_dependency: superuser_dependency(facts, attribute.as_deref()),
        superuser_sees_all: sees_all(functions, attribute.as_deref(), &owner_columns),
        role_attribute: role_attribute(&columns),
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
        for column in columns::of(facts.index, *class) {
            let target =
                column.foreign_key.as_deref().and_then(|target| target.rsplit_once('.')).map(|(table, _)| table);
            if target.is_some() && target == table.as_deref() && !names.iter().any(|name| name == column.name) {
                names.push(column.name.to_owned());
            }
        }
    }
    names
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
                votes.add(function.symbol(), weight_of(&handler.function.file().path), &function.at());
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
fn sees_all(functions: &[Function<'_>], attribute: Option<&str>, owner_columns: &[String]) -> Observed<bool> {
    let mut votes = Votes::default();
    for function in functions {
        if compares_owner(*function, owner_columns) {
            let passes = attribute.is_some_and(|attribute| mentions(*function, attribute));
            votes.add(passes, weight_of(&function.file().path), &function.at());
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
