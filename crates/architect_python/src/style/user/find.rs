//! Finds the table of users, and the dependency that gives handlers the signed-in one.

use architect_model::{DependencyParameter, Location, Observed, Symbol};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::super::facts::{Facts, symbol_of};
use super::super::handlers::{self, Param};
use super::super::session::is_session;
use super::super::vote::{USERS, USUAL, Votes};
use super::super::walk::each_stmt;
use super::given::{self, Given};
use super::key::{KeyPaths, References};
use super::{User, credentials};
use crate::resolve::{Class, Function, Resolution};

/// A parameter that may be the signed-in user.
pub(super) struct Candidate<'a> {
    pub(super) declared: DependencyParameter,
    arguments: Vec<Symbol>,
    dependency: Option<Function<'a>>,
    pub(super) given: Given<'a>,
    /// Whether its dependency was seen to read credentials.
    sees: Option<bool>,
    weight: u32,
    at: Location,
}

impl<'a> Candidate<'a> {
    /// The table of the row that it is or carries.
    fn table(&self) -> Option<Class<'a>> {
        match &self.given {
            Given::Row(table) | Given::Carrier { table, .. } => Some(*table),
            _ => None,
        }
    }
}

/// Finds the class of users and how handlers have the signed-in one: the row that dependencies make of credentials,
/// else the table that a schema or its references show.
pub(crate) fn find<'a>(facts: &Facts<'a>, functions: &[Function<'a>]) -> User<'a> {
    let candidates = candidates(facts, functions);
    let class = users(facts, &candidates);
    let paths = class.map(|class| KeyPaths::to(facts, class));
    let key_path = |one: &Candidate<'a>| paths.as_ref().and_then(|paths| paths.from(one));
    let mut votes = Votes::default();
    let mut fitting: Vec<&Candidate<'a>> = candidates.iter().filter(|one| fits(facts, one, class)).collect();
    // Somebody who is signed in need not be an administrator.
    let demands = |one: &&Candidate<'a>| demands_role(facts, one, class);
    if !fitting.iter().all(demands) {
        fitting.retain(|one| !demands(one));
    }
    // Rows are certain; an object with the user's key counts where it is what most handlers take.
    let weight = |rows: bool| -> u32 {
        let such = fitting.iter().filter(|one| one.table().is_some() == rows);
        such.filter(|one| key_path(one).is_some()).map(|one| one.weight).sum()
    };
    let certain = weight(true) > 0 && weight(true) * 2 > weight(false);
    // Declarations that are written alike count together.
    let mut first: FxHashMap<&DependencyParameter, usize> = FxHashMap::default();
    for (number, one) in fitting.iter().enumerate() {
        let first = *first.entry(&one.declared).or_insert(number);
        if !certain || one.table().is_some() {
            votes.add(first, one.weight, &one.at);
        }
    }
    let Some(won) = votes.winner() else {
        let unknown = DependencyParameter { name: "current_user".into(), ..DependencyParameter::default() };
        return User { class, parameter: Observed::assumed(unknown), arguments: Vec::new(), key_path: None };
    };
    let chosen = fitting[won.value];
    User {
        class,
        key_path: key_path(chosen),
        arguments: chosen.arguments.clone(),
        parameter: Observed { value: chosen.declared.clone(), count: won.count, of: won.of, example: won.example },
    }
}

/// The parameters of handlers, and of functions inside functions, that a dependency gives and that may be the user.
///
/// Where handlers demand roles (`Depends(require_role("admin"))`), what makes the dependency declares the user.
fn candidates<'a>(facts: &Facts<'a>, functions: &[Function<'a>]) -> Vec<Candidate<'a>> {
    let taken = facts.handlers.par_iter().flat_map_iter(|handler| {
        let given = handler.parameters.iter();
        given.filter_map(|parameter| candidate(facts, handler.function, parameter, USUAL))
    });
    let made = functions.par_iter().flat_map_iter(|function| {
        let inner = function.def.body.iter().filter_map(|stmt| stmt.as_function_def_stmt());
        let inner = inner.map(|def| Function { outer: function.scope(), def });
        inner.flat_map(|inner| {
            let parameters = handlers::parameters(facts.index, inner).into_iter();
            parameters.filter_map(move |parameter| candidate(facts, inner, &parameter, USERS))
        })
    });
    taken.chain(made).collect()
}

fn candidate<'a>(
    facts: &Facts<'a>,
    function: Function<'a>,
    parameter: &Param<'a>,
    weight: u32,
) -> Option<Candidate<'a>> {
    let depends = parameter.depends.as_ref()?;
    let symbol = symbol_of(&depends.target);
    let written = depends.alias.is_some() || symbol.is_some();
    // `_: AdminDep` only guards.
    if parameter.name.starts_with('_') {
        return None;
    }
    // A class as a dependency is a set of parameters: `UserListQuery`. One that loads a row of the path takes its key.
    let is_other = matches!(depends.target, Resolution::Class(_))
        || parameter.class().is_some_and(is_session)
        || depends.target.function().is_some_and(takes_path_id);
    if !written || is_other {
        return None;
    }
    let given = given::of(facts, parameter)?;
    // What works on users is none: `UserRepository`, `UserUseCase`.
    if matches!(&given, Given::Object(class) if given::works(facts, *class)) {
        return None;
    }
    let sees = credentials::sees(facts, &depends.target);
    let root = credentials::first_row(facts, &depends.target, 6);
    let follows = |table: Class<'a>| root.is_some_and(|root| root != table);
    // One that asks for no credentials stands in for signing in while a project is young.
    let stands_in = matches!(&given, Given::Row(table) if is_called_user(*table));
    if sees == Some(false) && !stands_in || matches!(&given, Given::Row(table) if follows(*table)) {
        return None;
    }
    let arguments = parameter.annotation.iter().flat_map(|annotation| {
        annotation.arguments.iter().filter_map(|argument| symbol_of(&facts.index.resolve(annotation.scope, argument)))
    });
    Some(Candidate {
        declared: DependencyParameter {
            name: parameter.name.to_owned(),
            alias: depends.alias.clone(),
            dependency: symbol,
            class: parameter.class().and_then(symbol_of),
            annotated: depends.annotated,
        },
        arguments: arguments.collect(),
        dependency: depends.target.function(),
        given,
        sees,
        weight,
        at: function.at(),
    })
}

/// The table of users: of those whose rows, or whose schemas, dependencies make of credentials, the one that most
/// foreign keys point at. Tenants and sessions are had in the same way: rows belong to users before they belong to
/// what users refer to themselves.
fn users<'a>(facts: &Facts<'a>, candidates: &[Candidate<'a>]) -> Option<Class<'a>> {
    let references = References::collect(facts);
    let mut votes: Vec<(Class<'a>, u32, usize)> = Vec::new();
    for one in candidates {
        let named = || match &one.given {
            Given::Object(class) => facts.entity_of_name(class.name()).map(|entity| entity.class),
            _ => None,
        };
        let Some(table) = one.table().or_else(named) else { continue };
        match votes.iter_mut().find(|(known, _, _)| *known == table) {
            Some((_, weight, _)) => *weight += one.weight,
            None => votes.push((table, one.weight, references.to(table))),
        }
    }
    let all = votes.clone();
    votes.retain(|(table, _, count)| {
        !all.iter()
            .any(|(other, _, others)| other != table && others * 2 >= *count && references.between(*other, *table))
    });
    let rank = |(table, weight, count): &(Class<'a>, u32, usize)| (is_called_user(*table), *count, *weight);
    let best = votes.iter().max_by_key(|vote| rank(vote)).copied();
    match (best, by_name(facts)) {
        // What signs in is no user where rows belong to a table of users beside it.
        (Some((table, _, count)), Some(users)) if !is_called_user(table) && references.to(users) > count => Some(users),
        (Some((table, _, _)), _) => Some(table),
        (None, named) => named,
    }
}

/// Whether a table is called after people with an account: what tells apart which of several facts is the user.
fn is_called_user(table: Class<'_>) -> bool {
    let words = ["user", "users", "usuario", "account", "member", "utilisateur", "benutzer", "utente", "profile"];
    super::super::words::snake(table.name()).split('_').any(|word| words.contains(&word))
}

/// Whether a candidate can be the user of that table: its row, or what was made of credentials and is no row.
fn fits<'a>(facts: &Facts<'a>, one: &Candidate<'a>, users: Option<Class<'a>>) -> bool {
    match (&one.given, users) {
        (Given::Row(table) | Given::Carrier { table, .. }, Some(users)) => *table == users,
        (Given::Row(_) | Given::Carrier { .. }, None) => false,
        (Given::Object(class), _) => {
            one.sees == Some(true)
                || facts.entity_of_name(class.name()).map(|entity| entity.class) == users && users.is_some()
        }
        // Many things are read from headers: only the name of one that is a bare value says what it is.
        (Given::Mapping | Given::Plain, _) => one.sees == Some(true) && speaks_of_user(one),
    }
}

/// Whether what gives a candidate turns away users without a role: it is given the user, and looks at a column that
/// tells of roles before it gives the user on.
fn demands_role<'a>(facts: &Facts<'a>, one: &Candidate<'a>, users: Option<Class<'a>>) -> bool {
    let (Some(function), Some(users)) = (one.dependency, users) else { return false };
    let columns = facts.columns(users);
    let telling = [super::superuser_attribute(columns), super::role_attribute(columns)];
    let is_given = facts.parameters(function).iter().any(|parameter| parameter.depends.is_some());
    let mut raises = false;
    each_stmt(&function.def.body, &mut |stmt| raises |= stmt.is_raise_stmt());
    is_given && raises && telling.iter().flatten().any(|attribute| super::mentions(function, attribute))
}

fn speaks_of_user(one: &Candidate<'_>) -> bool {
    let names = [Some(one.declared.name.as_str()), one.declared.dependency.as_ref().map(|symbol| symbol.name.as_str())];
    names.into_iter().flatten().any(|name| {
        let mut words = name.split('_');
        words.any(|word| ["user", "usuario", "principal", "uid", "me", "account", "member", "actor"].contains(&word))
    })
}

fn takes_path_id(function: Function<'_>) -> bool {
    let mut parameters = function.def.parameters.iter_non_variadic_params();
    parameters.any(|parameter| {
        (parameter.name().ends_with("_id") || parameter.name().as_str() == "id") && parameter.default().is_none()
    })
}

/// The table that is called like users, the one with a password first.
fn by_name<'a>(facts: &Facts<'a>) -> Option<Class<'a>> {
    let names = ["User", "Users", "Usuario", "UserModel", "DBUser", "UserDB", "Account", "Member", "Utilisateur"];
    let called = facts.tables.iter().copied().filter(|table| names.contains(&table.name()));
    called.max_by_key(|table| {
        let columns = facts.columns(*table);
        let rank = names.iter().position(|name| *name == table.name()).unwrap_or(names.len());
        (columns.iter().any(|column| column.name.contains("password")), std::cmp::Reverse(rank))
    })
}
