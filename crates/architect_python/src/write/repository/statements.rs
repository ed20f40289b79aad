//! Queries and changes as statements, wherever they stand.

use architect_model::{EntityDesign, LinkDesign, OrderBy};

use crate::write::code::{Code, call};
use crate::write::deletion;
use crate::write::file::File;
use crate::write::house::House;
use crate::write::names::filled;
use crate::write::select::{self, Listing, Scope, Whose};
use crate::write::store::{Lines, no_columns};

/// The row with a key that one user owns.
pub(crate) fn owned_statement(
    house: &House<'_>,
    file: &mut File,
    entity: &EntityDesign,
    id: &str,
    owner: &str,
    role: Option<usize>,
) -> String {
    let model = file.symbol(&house.model(entity));
    let select = select::select(house, file, &model);
    let key = entity.id().map_or("id", |id| id.name.as_str());
    let owned = select::owned_by(house, file, &model, &entity.owner, owner, role);
    // One condition after the joins: `.where(Task.id == task_id, Project.owner_id == owner_id)`.
    let alive = alive_too(house, file, entity);
    format!("{select}{}.where({model}.{key} == {id}, {}{alive})", owned.joins, owned.conditions.join(", "))
}

/// The row with a key that belongs to one parent.
pub(crate) fn in_parent_statement(
    house: &House<'_>,
    file: &mut File,
    entity: &EntityDesign,
    id: &str,
    parent: &str,
) -> String {
    let model = file.symbol(&house.model(entity));
    let select = select::select(house, file, &model);
    let key = entity.id().map_or("id", |id| id.name.as_str());
    let column = entity.parent.as_ref().map(|parent| parent.column.as_str()).unwrap_or_default();
    let alive = alive_too(house, file, entity);
    format!("{select}.where({model}.{key} == {id}, {model}.{column} == {parent}{alive})")
}

/// The row with a key, where deleted rows stay in the table.
pub(crate) fn kept_statement(house: &House<'_>, file: &mut File, entity: &EntityDesign, id: &str) -> String {
    let model = file.symbol(&house.model(entity));
    let select = select::select(house, file, &model);
    let key = entity.id().map_or("id", |id| id.name.as_str());
    let alive = alive_too(house, file, entity);
    format!("{select}.where({model}.{key} == {id}{alive})")
}

/// `, Task.deleted_at.is_(None)` behind another condition.
fn alive_too(house: &House<'_>, file: &mut File, entity: &EntityDesign) -> String {
    let Some(mark) = house.mark(entity) else { return String::new() };
    let model = file.symbol(&house.model(entity));
    format!(", {}", deletion::alive(house, file, &model, mark))
}

/// The rows that are linked to the row with a key.
pub(crate) fn linked_statement(house: &House<'_>, file: &mut File, link: &LinkDesign, key: &str) -> String {
    let model = file.symbol(&house.class_of(&link.right.target));
    let place = house.link_class(link);
    let class = file.symbol(&place);
    let select = select::select(house, file, &model);
    let from = select::column(house, file, &class, &link.right.column);
    let to = select::column(house, file, &model, &link.right.key);
    let mark = house.mark_of(&link.right.target);
    let alive = mark.map_or_else(String::new, |mark| format!(", {}", deletion::alive(house, file, &model, mark)));
    format!("{select}.join({class}, {from} == {to}).where({class}.{} == {key}{alive})", link.left.column)
}

/// One page of them.
pub(crate) fn linked_page(
    house: &House<'_>,
    file: &mut File,
    link: &LinkDesign,
    order: &[OrderBy],
    statement: &str,
) -> String {
    let model = file.symbol(&house.class_of(&link.right.target));
    let terms = order.iter().map(|term| {
        let column = select::column(house, file, &model, &term.column);
        if term.descending { format!("{column}.desc()") } else { column }
    });
    let terms: Vec<_> = terms.collect();
    let (offset, limit) = house.offset_and_limit();
    format!("{statement}.order_by({}).offset({offset}).limit({limit})", terms.join(", "))
}

/// The rows with these keys.
pub(crate) fn many_statement(
    house: &House<'_>,
    file: &mut File,
    entity: &EntityDesign,
    ids: &str,
    owner: Option<&str>,
) -> String {
    let model = file.symbol(&house.model(entity));
    let select = select::select(house, file, &model);
    let key = entity.id().map_or("id", |id| id.name.as_str());
    let column = select::column(house, file, &model, key);
    let owned = owner
        .map_or_else(String::new, |owner| select::owned_by(house, file, &model, &entity.owner, owner, None).text());
    let alive = alive_too(house, file, entity);
    format!("{select}.where({column}.in_({ids}){alive}){owned}.order_by({column})")
}

/// Statements of a list, the expression of its rows and that of its total.
pub(crate) fn list_lines(
    house: &House<'_>,
    file: &mut File,
    entity: &EntityDesign,
    listing: Listing<'_>,
    scope: Scope<'_>,
    session: &str,
) -> (Code, String, String) {
    let word = house.statement_word();
    let counted = house.style.idioms.count_variable.value.as_deref().filter(|_| house.page_total().is_some());
    let queries: Vec<&str> = [word].into_iter().chain(counted).collect();
    let mut code = Code::new();
    let unless = house.unless_superuser(scope.whose);
    let whose = if unless.is_some() { Whose::Everybody } else { scope.whose };
    let start = Scope { whose, ..scope };
    code.line(format!("{word} = {}", statement(house, file, entity, listing, start)));
    if let Some(counted) = counted {
        let model = file.symbol(&house.model(entity));
        let count = select::count(house, file, &model);
        code.line(format!("{counted} = {count}{}", conditions(house, file, entity, listing, start)));
    }
    let mut is_changed = !listing.filters.is_empty();
    if let Some(condition) = unless {
        let narrowed = select::narrowed(house, file, entity, scope);
        let mut body = Code::new();
        for query in &queries {
            body.line(format!("{query} = {query}{narrowed}"));
        }
        code.block(format!("if {condition}:"), &body);
        is_changed = true;
    }
    code.add(&select::filters(house, file, entity, listing, &queries));
    if is_changed && house.style.idioms.blank_before_run.value {
        code.blank();
    }
    let total = match counted {
        Some(counted) => select::number(house, session, counted),
        None => {
            let count = select::count(house, file, &format!("{word}.subquery()"));
            select::number(house, session, &count)
        }
    };
    let order = select::order(house, file, entity, listing.order, true);
    let (offset, limit) = house.offset_and_limit();
    let page = format!("{word}.order_by({}).offset({offset}).limit({limit})", order.join(", "));
    (code, select::all(house, session, &page), total)
}

/// `select(Project).where(…)` with all that always holds.
pub(crate) fn statement(
    house: &House<'_>,
    file: &mut File,
    entity: &EntityDesign,
    listing: Listing<'_>,
    scope: Scope<'_>,
) -> String {
    let model = file.symbol(&house.model(entity));
    let select = select::select(house, file, &model);
    format!("{select}{}", conditions(house, file, entity, listing, scope))
}

/// The joins and conditions of a list.
pub(crate) fn conditions(
    house: &House<'_>,
    file: &mut File,
    entity: &EntityDesign,
    listing: Listing<'_>,
    scope: Scope<'_>,
) -> String {
    let narrowed = select::narrowed(house, file, entity, scope);
    let kept = match scope.within {
        Some(key) => select::within(house, file, entity, listing, key, &narrowed),
        None => narrowed,
    };
    let alive = deletion::kept(house, file, entity);
    let all = match (kept.strip_suffix(')'), alive.strip_prefix(".where(")) {
        (Some(open), Some(alive)) => format!("{open}, {alive}"),
        _ => format!("{kept}{alive}"),
    };
    format!("{all}{}", select::always(house, file, entity, listing))
}

/// A new row: `Project(owner_id=user.id, **data.model_dump())`.
pub(crate) fn row(
    house: &House<'_>,
    file: &mut File,
    entity: &EntityDesign,
    data: &str,
    values: &[(String, String)],
) -> String {
    let model = file.symbol(&house.model(entity));
    let linked = no_columns(house, entity);
    // A table class validates, and misses what only the database fills in.
    let is_whole = !house.style.models.timestamps.iter().any(|line| line.value.given);
    if house.is_sqlmodel() && linked.is_empty() && is_whole {
        let items: Vec<_> = values.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
        let update = if items.is_empty() { String::new() } else { format!(", update={{{}}}", items.join(", ")) };
        return format!("{model}.model_validate({data}{update})");
    }
    let mut arguments: Vec<_> = values.iter().map(|(name, value)| format!("{name}={value}")).collect();
    arguments.push(format!("**{data}.model_dump({})", exclude(&linked)));
    call(&model, &arguments)
}

fn exclude(linked: &[String]) -> String {
    if linked.is_empty() {
        return String::new();
    }
    format!("exclude={}", crate::write::code::strings("{", linked.iter().map(String::as_str), "}"))
}

/// Statements that insert a row.
#[expect(clippy::too_many_arguments, reason = "each is a name or value of the statements")]
pub(crate) fn insert_lines(
    house: &House<'_>,
    file: &mut File,
    entity: &EntityDesign,
    session: &str,
    variable: &str,
    data: &str,
    values: &[(String, String)],
    commits: bool,
) -> Lines {
    let mut lines = Lines::about(variable);
    lines.before.line(format!("{variable} = {}", row(house, file, entity, data, values)));
    lines.before.line(format!("{session}.add({variable})"));
    lines.sent.line(house.wait(&format!("{session}.{}()", if commits { "commit" } else { "flush" })));
    if commits {
        lines.after.line(house.wait(&format!("{session}.refresh({variable})")));
    }
    lines
}

/// Copies what was sent to a row.
pub(crate) fn assignment(house: &House<'_>, entity: &EntityDesign, item: &str, data: &str) -> Code {
    let linked = no_columns(house, entity);
    let excluded = exclude(&linked);
    let dump = if excluded.is_empty() {
        format!("{data}.model_dump(exclude_unset=True)")
    } else {
        format!("{data}.model_dump(exclude_unset=True, {excluded})")
    };
    let mut code = Code::new();
    let dump = match &house.style.idioms.changes_variable.value {
        Some(pattern) => {
            let variable = filled(pattern, &entity.names);
            code.line(format!("{variable} = {dump}"));
            variable
        }
        None => dump,
    };
    if house.is_sqlmodel() {
        code.line(format!("{item}.sqlmodel_update({dump})"));
        return code;
    }
    let (field, value) = &house.style.idioms.loop_variables.value;
    let set = Code::of(format!("setattr({item}, {field}, {value})"));
    code.block(format!("for {field}, {value} in {dump}.items():"), &set);
    code
}
