//! Queries as statements: what they select, for whom, filtered, in order, and how they are run.

use architect_model::{
    EntityDesign, FieldType, InputKind, LinkDesign, ListScope, Literal, Membership, OperationKind, OrderBy, OwnerChain,
    WithinDesign,
};

use super::code::Code;
use super::deletion;
use super::file::File;
use super::house::House;
use super::relations::links_of;
use super::values;

/// A list operation, taken apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listing<'a> {
    /// Which rows are shown.
    pub(crate) scope: ListScope,
    /// Columns that can be filtered by.
    pub(crate) filters: &'a [String],
    /// Order.
    pub(crate) order: &'a [OrderBy],
    /// Conditions that always hold.
    pub(crate) only: &'a [(String, Literal)],
    /// The row that all of them refer to.
    pub(crate) within: Option<&'a WithinDesign>,
}

impl<'a> Listing<'a> {
    /// The listing that `kind` is, if it is one.
    pub(crate) fn of(kind: &'a OperationKind) -> Option<Self> {
        match kind {
            OperationKind::List { scope, filters, order, only, within } => {
                Some(Self { scope: *scope, filters, order, only, within: within.as_deref() })
            }
            _ => None,
        }
    }
}

/// Whose rows a query shows, and what they refer to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// Whose they are.
    pub(crate) whose: Whose<'a>,
    /// The role that their owner must have in the group, by its place among the roles.
    pub(crate) role: Option<usize>,
    /// The key of the row that all of them refer to.
    pub(crate) within: Option<&'a str>,
}

/// Where the rows of a query stand, and whose they are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whose<'a> {
    /// The rows that the user with this key owns.
    Owner(&'a str),
    /// The rows of the parent with this key.
    Parent(&'a str),
    /// All.
    Everybody,
}

/// `select` and its source: the model, or a count of it.
pub(crate) fn select(house: &House<'_>, file: &mut File, what: &str) -> String {
    let library = if house.is_sqlmodel() { "sqlmodel" } else { "sqlalchemy" };
    let function = file.from(library, "select");
    format!("{function}({what})")
}

/// `select(func.count()).select_from(Model)`.
pub(crate) fn count(house: &House<'_>, file: &mut File, source: &str) -> String {
    let library = if house.is_sqlmodel() { "sqlmodel" } else { "sqlalchemy" };
    let func = file.from(library, "func");
    let select = select(house, file, &format!("{func}.count()"));
    format!("{select}.select_from({source})")
}

/// A column as an expression that has methods: `col(Project.name)`.
pub(crate) fn column(house: &House<'_>, file: &mut File, model: &str, name: &str) -> String {
    if !house.is_sqlmodel() {
        return format!("{model}.{name}");
    }
    let function = file.from("sqlmodel", "col");
    format!("{function}({model}.{name})")
}

/// `.join(…)` and `.where(…)` that narrow a query to what belongs to `whose`.
pub(crate) fn narrowed(house: &House<'_>, file: &mut File, entity: &EntityDesign, scope: Scope<'_>) -> String {
    let model = file.symbol(&house.model(entity));
    match scope.whose {
        Whose::Everybody => String::new(),
        Whose::Parent(key) => match &entity.parent {
            Some(parent) => format!(".where({model}.{} == {key})", parent.column),
            None => String::new(),
        },
        Whose::Owner(key) => owned_by(house, file, &model, &entity.owner, key, scope.role).text(),
    }
}

/// `.where(…)`, and a join for linked rows, that keep to what refers to the row with `key`; `whose` stands behind it.
pub(crate) fn within(
    house: &House<'_>,
    file: &mut File,
    entity: &EntityDesign,
    listing: Listing<'_>,
    key: &str,
    whose: &str,
) -> String {
    let model = file.symbol(&house.model(entity));
    let Some(within) = listing.within else { return whose.to_owned() };
    let (join, class) = match within.link.as_ref().and_then(|class| house.link(class)) {
        Some(link) => {
            let side = if link.left.names.class == entity.names.class { &link.left } else { &link.right };
            let class = file.symbol(&house.link_class(link));
            let from = column(house, file, &class, &side.column);
            let to = column(house, file, &model, &side.key);
            (format!(".join({class}, {from} == {to})"), class)
        }
        None => (String::new(), model),
    };
    let condition = format!("{class}.{} == {key}", within.column);
    match whose.strip_suffix(')') {
        Some(open) => format!("{join}{open}, {condition})"),
        None => format!("{join}.where({condition})"),
    }
}

/// What keeps a query to the rows of one owner.
#[derive(Debug, Clone, Default)]
pub(crate) struct Owned {
    /// `.join(Project, …)`.
    pub(crate) joins: String,
    /// `Project.owner_id == owner_id`.
    pub(crate) conditions: Vec<String>,
}

impl Owned {
    /// `.join(Project, …).where(Project.owner_id == owner_id)`.
    pub(crate) fn text(&self) -> String {
        if self.conditions.is_empty() {
            return self.joins.clone();
        }
        format!("{}.where({})", self.joins, self.conditions.join(", "))
    }
}

/// What keeps a query of `model` to the rows of the user with `key`: who owns them, or is a member of the group that does,
/// with the role at the place `role` if one is asked for.
pub(crate) fn owned_by(
    house: &House<'_>,
    file: &mut File,
    model: &str,
    chain: &OwnerChain,
    key: &str,
    role: Option<usize>,
) -> Owned {
    let Some(user_column) = &chain.user_column else { return Owned::default() };
    let mut joins = String::new();
    let mut alive = Vec::new();
    let mut last = model.to_owned();
    let mut steps = chain.steps.as_slice();
    let mut own = chain.members.as_ref().map(|members| members.step.column.as_str());
    // What refers to a group names it by the key that memberships have, too.
    if let (Some(members), [before @ .., to_group]) = (&chain.members, steps)
        && to_group.key == members.step.column
        && house.mark_at(&to_group.class, to_group.existing.as_ref()).is_none()
    {
        steps = before;
        own = Some(to_group.column.as_str());
    }
    for step in steps {
        let class = file.symbol(&house.class_at(&step.class, step.existing.as_ref(), step.module.as_deref()));
        let from = column(house, file, &last, &step.column);
        let to = column(house, file, &class, &step.key);
        joins.push_str(&format!(".join({class}, {from} == {to})"));
        if let Some(mark) = house.mark_at(&step.class, step.existing.as_ref()) {
            alive.push(deletion::alive(house, file, &class, mark));
        }
        last = class;
    }
    let condition = match (&chain.members, own) {
        (Some(members), Some(own)) => {
            let group = column(house, file, &last, own);
            format!("{group}.in_({})", groups_of(house, file, members, user_column, key, role))
        }
        _ => format!("{last}.{user_column} == {key}"),
    };
    let conditions = std::iter::once(condition).chain(alive).collect();
    Owned { joins, conditions }
}

/// `select(Membership.team_id).where(Membership.user_id == user_id)`: the keys of the groups of a user.
fn groups_of(
    house: &House<'_>,
    file: &mut File,
    members: &Membership,
    user_column: &str,
    key: &str,
    role: Option<usize>,
) -> String {
    let step = &members.step;
    let class = file.symbol(&house.class_at(&step.class, step.existing.as_ref(), step.module.as_deref()));
    let mut conditions = vec![format!("{class}.{user_column} == {key}")];
    if let (Some(roles), Some(nth)) = (&members.role, role) {
        let value = roles.values.get(nth).map(|value| house.role_value(file, members, value)).unwrap_or_default();
        conditions.push(format!("{class}.{} == {value}", roles.column));
    }
    if let Some(mark) = house.mark_at(&step.class, step.existing.as_ref()) {
        conditions.push(deletion::alive(house, file, &class, mark));
    }
    let select = select(house, file, &format!("{class}.{}", step.key));
    format!("{select}.where({})", conditions.join(", "))
}

/// `.where(…)` for the conditions that always hold.
pub(crate) fn always(house: &House<'_>, file: &mut File, entity: &EntityDesign, listing: Listing<'_>) -> String {
    let model = file.symbol(&house.model(entity));
    let mut conditions = String::new();
    for (name, value) in listing.only {
        if let Some(condition) = equals(house, file, entity, &model, name, value) {
            conditions.push_str(&format!(".where({condition})"));
        }
    }
    conditions
}

fn equals(
    house: &House<'_>,
    file: &mut File,
    entity: &EntityDesign,
    model: &str,
    name: &str,
    value: &Literal,
) -> Option<String> {
    let design = entity.column(name)?;
    Some(match value {
        Literal::Null => format!("{}.is_(None)", column(house, file, model, name)),
        Literal::Boolean(yes) => {
            let yes = if *yes { "True" } else { "False" };
            format!("{}.is_({yes})", column(house, file, model, name))
        }
        value => format!("{model}.{name} == {}", values::literal_value(house, file, &design.ty, value)?),
    })
}

/// `if status is not None:` and the condition, for each filter.
pub(crate) fn filters(
    house: &House<'_>,
    file: &mut File,
    entity: &EntityDesign,
    listing: Listing<'_>,
    variables: &[&str],
) -> Code {
    let model = file.symbol(&house.model(entity));
    let mut code = Code::new();
    for name in listing.filters {
        let condition = match link_of(house, entity, name) {
            Some(link) => {
                let class = file.symbol(&house.link_class(link));
                let from = column(house, file, &class, &link.left.column);
                format!(".join({class}, {from} == {model}.{}).where({class}.{name} == {name})", link.left.key)
            }
            None => format!(".where({model}.{name} == {name})"),
        };
        let mut body = Code::new();
        for variable in variables {
            body.line(format!("{variable} = {variable}{condition}"));
        }
        code.block(format!("if {name} is not None:"), &body);
    }
    code
}

/// The link table whose rows the filter `name` asks for: of a relation that `entity` declares.
pub(crate) fn link_of<'h>(house: &House<'h>, entity: &EntityDesign, name: &str) -> Option<&'h LinkDesign> {
    links_of(house, entity).find(|link| link.right.column == name && entity.column(name).is_none())
}

/// The terms of an `ORDER BY`; `unique_last`: with the unique column at the end.
pub(crate) fn order(
    house: &House<'_>,
    file: &mut File,
    entity: &EntityDesign,
    order: &[OrderBy],
    unique_last: bool,
) -> Vec<String> {
    let model = file.symbol(&house.model(entity));
    let is_key = |term: &OrderBy| entity.id().is_some_and(|id| id.name == term.column);
    let cut = match order {
        [rest @ .., last] if !unique_last && is_key(last) => rest,
        all => all,
    };
    cut.iter()
        .map(|term| {
            let column = column(house, file, &model, &term.column);
            if term.descending { format!("{column}.desc()") } else { column }
        })
        .collect()
}

/// The annotation of a filter's parameter.
pub(crate) fn filter_type(house: &House<'_>, file: &mut File, entity: &EntityDesign, name: &str, sent: bool) -> String {
    let Some(column) = entity.column(name) else {
        let kind = link_of(house, entity, name).map(|link| link.right.id).unwrap_or_default();
        let alias =
            house.style.schemas.input(InputKind::Key).filter(|_| sent && kind == architect_model::IdKind::Integer);
        return alias.map(|alias| file.symbol(alias)).unwrap_or_else(|| values::key(file, kind));
    };
    if !sent {
        return values::stored(house, file, column);
    }
    let in_query = match column.ty {
        FieldType::Boolean => house.style.schemas.input(InputKind::QueryBoolean),
        FieldType::Integer { .. } => house.style.schemas.input(InputKind::QueryInteger),
        FieldType::BigInteger { .. } => house.style.schemas.input(InputKind::QueryBigInteger),
        FieldType::Float => house.style.schemas.input(InputKind::QueryFloat),
        _ => None,
    };
    match (in_query, &column.ty) {
        (Some(symbol), _) => file.symbol(symbol),
        // A query is text, which types for JSON may refuse.
        (None, FieldType::Boolean | FieldType::Integer { .. } | FieldType::BigInteger { .. } | FieldType::Float)
            if column.id.is_none() =>
        {
            values::stored(house, file, column)
        }
        (None, _) => values::sent(house, file, column).annotation,
    }
}

/// All rows of a statement.
pub(crate) fn all(house: &House<'_>, session: &str, statement: &str) -> String {
    format!("{}.all()", run(house, session, statement))
}

/// The one row of a statement, or none.
pub(crate) fn first(house: &House<'_>, session: &str, statement: &str) -> String {
    if house.runs_exec() {
        return format!("{}.one_or_none()", run(house, session, statement));
    }
    house.wait(&format!("{session}.scalar({statement})"))
}

/// The one number of a statement.
pub(crate) fn number(house: &House<'_>, session: &str, statement: &str) -> String {
    if house.runs_exec() {
        return format!("{}.one()", run(house, session, statement));
    }
    format!("{}.one()", run(house, session, statement))
}

fn run(house: &House<'_>, session: &str, statement: &str) -> String {
    let method = if house.runs_exec() { "exec" } else { "scalars" };
    house.waited(&format!("{session}.{method}({statement})"))
}
