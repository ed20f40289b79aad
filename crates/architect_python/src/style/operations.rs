//! What a method of a base class does, decided by its body.

use architect_model::Operation;
use ruff_python_ast::{Expr, ExprCall, Stmt};

use super::deletion::{self, Mark};
use super::facts::Facts;
use super::trace::callees;
use super::walk::{each_expr, each_stmt, last_name};
use crate::resolve::Function;

/// What the body of a method, with the methods of its own class that it calls, was seen to do.
#[derive(Debug, Default)]
struct Seen<'a> {
    gets: bool,
    by_key: bool,
    selects: bool,
    counts: bool,
    many: bool,
    one: bool,
    pages: bool,
    adds: bool,
    adds_parameter: bool,
    makes: bool,
    sets: bool,
    deletes: bool,
    delete_statement: bool,
    update_statement: bool,
    insert_statement: bool,
    commits: bool,
    raises: bool,
    /// Attributes of the row that are set to something.
    marks: Vec<(&'a str, &'a Expr)>,
    /// Columns that a statement sets.
    stated: Vec<(&'a str, &'a Expr)>,
}

/// Whether a method gives something back, by its annotation or a `return`.
pub(crate) fn gives(method: Function<'_>) -> bool {
    let annotated = method.def.returns.as_deref().is_some_and(|returns| !returns.is_none_literal_expr());
    let mut returned = false;
    each_stmt(&method.def.body, &mut |stmt| {
        let value = stmt.as_return_stmt().and_then(|returns| returns.value.as_deref());
        returned |= value.is_some_and(|value| !value.is_none_literal_expr());
    });
    annotated || returned
}

/// The operation of a method, and whether it commits.
pub(crate) fn of<'a>(facts: &Facts<'a>, method: Function<'a>, mark: Option<&Mark<'a>>) -> (Option<Operation>, bool) {
    let mut seen = Seen::default();
    look(facts, method, method, 2, &mut seen);
    (operation(facts, &seen, method, mark), seen.commits)
}

/// Whether a method, or one of its class that it calls, looks at the mark of deleted rows.
pub(crate) fn sees_mark<'a>(facts: &Facts<'a>, method: Function<'a>, mark: Option<&Mark<'a>>) -> bool {
    let Some(mark) = mark else { return false };
    let own = || callees(facts, method).into_iter().filter(|callee| callee.class().is_some());
    deletion::names(method, mark.column) || own().any(|callee| deletion::names(callee, mark.column))
}

fn look<'a>(facts: &Facts<'a>, method: Function<'a>, outer: Function<'a>, depth: u8, seen: &mut Seen<'a>) {
    each_expr(&method.def.body, &mut |expr| match expr {
        Expr::Call(call) => see_call(call, outer, seen),
        Expr::Compare(compare) => seen.by_key |= is_key(&compare.left),
        _ => {}
    });
    each_stmt(&method.def.body, &mut |stmt| match stmt {
        Stmt::Raise(raise) => seen.raises |= raise.exc.is_some(),
        // `row.field = value` for each sent field, or one after the other.
        Stmt::Assign(assign) => {
            let attributes = assign.targets.iter().filter_map(|target| target.as_attribute_expr());
            let of_row = |attribute: &&ruff_python_ast::ExprAttribute| {
                attribute.value.as_name_expr().is_some_and(|name| name.id != "self")
            };
            let set = attributes.filter(of_row).map(|attribute| (attribute.attr.as_str(), &*assign.value));
            seen.marks.extend(set);
            seen.sets |= !seen.marks.is_empty();
        }
        _ => {}
    });
    deletion::each_setting(method, &mut |name, value| seen.stated.push((name, value)));
    let Some(depth) = depth.checked_sub(1) else { return };
    for callee in callees(facts, method).into_iter().filter(|callee| callee.class().is_some()) {
        look(facts, callee, outer, depth, seen);
    }
}

fn see_call<'a>(call: &'a ExprCall, outer: Function<'a>, seen: &mut Seen<'a>) {
    let Some(name) = last_name(&call.func) else { return };
    let on = call.func.as_attribute_expr();
    let on_session = on.is_some_and(|attribute| last_name(&attribute.value).is_some_and(is_session_name));
    match name {
        "get" | "get_one" if on_session => {
            seen.gets = true;
            seen.by_key = true;
            seen.one = true;
        }
        "select" => seen.selects = true,
        "query" if on_session => seen.selects = true,
        "count" => seen.counts = true,
        "all" | "scalars" | "fetchall" => seen.many = true,
        "offset" | "limit" | "slice" => seen.pages = true,
        "first" | "one" | "one_or_none" | "scalar_one_or_none" | "scalar_one" | "scalar" => seen.one = true,
        "add" if on_session => {
            seen.adds = true;
            seen.adds_parameter |= call.arguments.args.first().is_some_and(|value| is_parameter(value, outer));
        }
        "delete" if on_session => seen.deletes = true,
        "delete" if on.is_none() => seen.delete_statement = true,
        "update" if on.is_none() => seen.update_statement = true,
        "insert" if on.is_none() => seen.insert_statement = true,
        "commit" => seen.commits = true,
        "setattr" | "sqlmodel_update" => seen.sets = true,
        "model_validate" | "from_orm" | "parse_obj" => seen.makes = true,
        "model" | "_model" | "model_class" | "table" => seen.makes = true,
        "filter_by" => seen.by_key |= call.arguments.find_keyword("id").is_some(),
        _ => {}
    }
}

/// The parameter that a method takes for the table class: `model` in `session.get(model, id)`, `select(model)`.
pub(crate) fn model_parameter<'a>(method: Function<'a>) -> Option<&'a str> {
    let mut found = None;
    each_expr(&method.def.body, &mut |expr| {
        let Expr::Call(call) = expr else { return };
        let on_session =
            call.func.as_attribute_expr().is_some_and(|of| last_name(&of.value).is_some_and(is_session_name));
        let asks = match last_name(&call.func) {
            Some("get" | "get_one" | "query") => on_session,
            Some("select") => true,
            _ => false,
        };
        if let Some(Expr::Name(name)) = call.arguments.args.first().filter(|_| asks)
            && name.id.as_str() != "self"
            && method.def.parameters.includes(&name.id)
        {
            found.get_or_insert(name.id.as_str());
        }
    });
    found
}

pub(crate) fn is_session_name(name: &str) -> bool {
    let name = name.trim_start_matches('_');
    name.contains("session") || name == "db" || name == "uow" || name == "conn"
}

/// Whether a parameter of this name is given the key of a row, and not the row.
pub(crate) fn is_key_name(name: &str) -> bool {
    matches!(name, "id" | "pk" | "uuid" | "uid") || name.ends_with("_id") || name.ends_with("id_")
}

/// `self.model.id`, `Model.pk`.
fn is_key(expr: &Expr) -> bool {
    matches!(expr, Expr::Attribute(attribute) if matches!(attribute.attr.as_str(), "id" | "pk" | "uuid" | "uid"))
}

/// Whether a value is one that the method was given.
fn is_parameter(value: &Expr, method: Function<'_>) -> bool {
    let Expr::Name(name) = value else { return false };
    if !method.def.parameters.includes(&name.id) {
        return false;
    }
    // A parameter that is replaced by a row made from it is no ready instance.
    let mut replaced = false;
    each_stmt(&method.def.body, &mut |stmt| {
        replaced |= super::facts::assigned(stmt) == Some(name.id.as_str());
    });
    !replaced
}

fn operation(facts: &Facts<'_>, seen: &Seen<'_>, method: Function<'_>, mark: Option<&Mark<'_>>) -> Option<Operation> {
    let mut names = method.def.parameters.iter_non_variadic_params().map(|parameter| parameter.name().as_str());
    let takes_key = names.any(is_key_name);
    let marks = |mark: &Mark<'_>| {
        let mut set = seen.stated.iter();
        set.any(|(name, value)| *name == mark.column && deletion::marks_with(mark.kind, value))
    };
    if let Some(mark) = mark {
        let deletes = if takes_key { Operation::DeleteById } else { Operation::Delete };
        if marks(mark) {
            return Some(deletes);
        }
        let touches = seen.stated.iter().any(|(name, _)| *name == mark.column);
        if seen.deletes || seen.delete_statement || touches {
            // The house marks its rows: what removes them for good, or brings them back, is for other occasions.
            return None;
        }
    }
    if seen.deletes || seen.delete_statement {
        return Some(if takes_key { Operation::DeleteById } else { Operation::Delete });
    }
    // A row that is marked as deleted is gone for everybody who asks for it.
    if ["delete", "remove", "erase"].iter().any(|word| method.name().contains(word)) && !seen.marks.is_empty() {
        // Only if it can be marked: a column that some tables have is none of a new one.
        let marked = seen.marks.iter().all(|(column, _)| deletion::is_inherited_by_most(facts, column));
        return marked.then_some(if takes_key { Operation::DeleteById } else { Operation::Delete });
    }
    if seen.update_statement || (seen.sets && !seen.makes) {
        return Some(Operation::Update);
    }
    if seen.adds && seen.adds_parameter && !seen.makes {
        // `session.add(row)` of a row that was there before saves what others changed.
        let saves = ["update", "save", "refresh"].iter().any(|word| method.name().contains(word));
        return (!seen.sets && !saves).then_some(Operation::Add);
    }
    if seen.adds || seen.insert_statement {
        return seen.makes.then_some(Operation::Create);
    }
    if seen.pages || (seen.selects && seen.many && !seen.one) {
        return Some(Operation::List);
    }
    if seen.counts {
        return Some(Operation::Count);
    }
    let finds = seen.gets || (seen.selects && seen.one && seen.by_key);
    match (finds && takes_key, seen.raises) {
        (true, true) => Some(Operation::GetOrRaise),
        (true, false) => Some(Operation::Get),
        (false, _) => None,
    }
}
