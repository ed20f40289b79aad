//! How endpoints are written: routers, names, statuses, bodies, answers.

use architect_model::{DeleteAnswer, EndpointStyle, Location, Observed, ResponseDeclaration};
use ruff_python_ast::{Expr, ExprCall};
use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::Facts;
use super::handlers::{Action, Handler};
use super::registration;
use super::vote::{USUAL, Votes};
use super::walk::{keyword, last_name};
use super::words::with_placeholders;
use crate::resolve::{Resolution, Scope, Variable};
use crate::syntax::File;

/// Reads how endpoints are written.
pub(super) fn read(facts: &Facts<'_>) -> EndpointStyle {
    let mut is_async = Votes::default();
    let mut router = Votes::default();
    let mut response = Votes::default();
    let mut update_method = Votes::default();
    let mut id_parameter = Votes::default();
    let mut body_parameter = Votes::default();
    let mut any_results = Votes::default();
    for handler in &facts.handlers {
        let (weight, at) = (handler.weight, handler.function.at());
        is_async.add(handler.function.def.is_async, weight, &at);
        router.add(router_name(handler), weight, &at);
        response.extend_with(declaration(handler), weight, &at);
        any_results.add(gives_any(facts, handler), weight, &at);
        if handler.action == Some(Action::Update) {
            update_method.add(handler.method.clone(), weight, &at);
        }
        id_parameter.extend_with(id_of(handler), weight, &at);
        body_parameter.extend_with(body_of(facts, handler), weight, &at);
    }
    let mut style = EndpointStyle {
        is_async: is_async.or_assumed(false),
        // The application's own handlers (`/health`) say nothing of routers.
        router: router
            .most(|name| name != "app")
            .map_or_else(|| Observed::assumed("router".into()), |name| router.with(name)),
        response: response.or_assumed(ResponseDeclaration::ResponseModel),
        names: names(facts),
        update_method: update_method.or_assumed("PATCH".into()),
        id_parameter: id_parameter.or_assumed("{entity}_id".into()),
        // `item_create` and `item_update` are two names: one for both says neither.
        body_parameter: body_parameter
            .most(|name: &String| !name.contains("create") && !name.contains("update"))
            .map_or_else(|| Observed::assumed("data".into()), |name| body_parameter.with(name)),
        any_results: any_results.or_assumed(false),
        trailing_slash: trailing_slash(facts),
        create_status: create_status(facts),
        delete: delete(facts),
        sequence: super::sequence::read(facts),
        exemplar: exemplar(facts),
        ..EndpointStyle::default()
    };
    routers(facts, &mut style);
    style
}

fn declaration(handler: &Handler<'_>) -> Option<ResponseDeclaration> {
    match (handler.response.by_model, handler.response.by_annotation) {
        (true, _) => Some(ResponseDeclaration::ResponseModel),
        (false, true) => Some(ResponseDeclaration::Annotation),
        (false, false) => None,
    }
}

fn gives_any<'a>(facts: &Facts<'a>, handler: &Handler<'a>) -> bool {
    let returns = handler.function.def.returns.as_deref();
    returns.is_some_and(|returns| facts.index.resolve(handler.function.outer, returns).is("typing.Any"))
}

/// The router's variable, with placeholders where it is named after the entity.
fn router_name(handler: &Handler<'_>) -> String {
    handler.entity.map_or_else(|| handler.router.to_owned(), |entity| with_placeholders(handler.router, entity.name()))
}

/// Names of handlers for the usual five.
fn names(facts: &Facts<'_>) -> Vec<(String, String)> {
    super::trace::names(facts, |handler| handler.entity.map(|entity| (handler.function, Some(entity))))
}

/// The path parameter that names the row, with placeholders.
fn id_of(handler: &Handler<'_>) -> Option<String> {
    if !matches!(handler.action, Some(Action::Read | Action::Update | Action::Delete)) {
        return None;
    }
    let last = handler.path.as_deref()?.trim_end_matches('/').rsplit('/').next()?;
    let name = last.strip_prefix('{')?.strip_suffix('}')?.split(':').next()?;
    let entity = handler.entity?;
    // A row may be asked for by its name or its slug, which is no key of another table.
    let is_text = handler
        .parameters
        .iter()
        .any(|parameter| parameter.name == name && parameter.class().is_some_and(|class| class.is_builtin("str")));
    let is_key = |word: &str| ["id", "pk", "uuid", "uid", "key"].contains(&word);
    if is_text && !name.split('_').any(is_key) {
        return None;
    }
    let replaced = with_placeholders(name, entity.name());
    // A parameter that is named in short (`entry_id` of `TimeEntry`) still names the entity.
    let short = replaced == name && name.ends_with("_id");
    Some(if short { "{entity}_id".to_owned() } else { replaced })
}

/// The parameter of the body, with placeholders.
fn body_of<'a>(facts: &Facts<'a>, handler: &Handler<'a>) -> Option<String> {
    if !matches!(handler.action, Some(Action::Create | Action::Update)) {
        return None;
    }
    let entity = handler.entity?;
    let body = handler.parameters.iter().find(|parameter| {
        let class = parameter.class().and_then(Resolution::class);
        parameter.depends.is_none() && class.is_some_and(|class| facts.is_schema(class))
    })?;
    let replaced = with_placeholders(body.name, entity.name());
    // `entry_in` of `TimeEntry`, `movement_in` of `StockMovement`: the last word of the entity.
    let last = super::words::snake(entity.name());
    let last = last.rsplit('_').next().unwrap_or_default();
    let short =
        body.name.strip_prefix(last).filter(|rest| replaced == body.name && (rest.is_empty() || rest.starts_with('_')));
    Some(short.map_or(replaced, |rest| format!("{{entity}}{rest}")))
}

/// Whether collections end in `/`: the path of the router and that of the decorator together.
fn trailing_slash(facts: &Facts<'_>) -> Observed<bool> {
    let mut votes = Votes::default();
    for handler in facts.handlers.iter().filter(|handler| matches!(handler.action, Some(Action::List | Action::Create)))
    {
        if let Some(path) = handler.path.as_deref() {
            votes.add(path.ends_with('/'), handler.weight, &handler.function.at());
        }
    }
    votes.or_assumed(false)
}

/// A status as written: `201`, `status.HTTP_201_CREATED`.
pub(crate) fn status(expr: &Expr) -> Option<(u16, bool)> {
    match expr {
        Expr::NumberLiteral(literal) => match &literal.value {
            ruff_python_ast::Number::Int(number) => number.as_u16().map(|number| (number, false)),
            _ => None,
        },
        Expr::Attribute(attribute) => named_status(&attribute.attr).map(|status| (status, true)),
        Expr::Name(name) => named_status(&name.id).map(|status| (status, true)),
        _ => None,
    }
}

fn named_status(name: &str) -> Option<u16> {
    if let Some(rest) = name.strip_prefix("HTTP_") {
        return rest.get(..3)?.parse().ok();
    }
    // `HTTPStatus.NOT_FOUND`.
    let known = [
        ("OK", 200),
        ("CREATED", 201),
        ("NO_CONTENT", 204),
        ("BAD_REQUEST", 400),
        ("UNAUTHORIZED", 401),
        ("FORBIDDEN", 403),
        ("NOT_FOUND", 404),
        ("CONFLICT", 409),
    ];
    known.into_iter().find(|(known, _)| *known == name).map(|(_, status)| status)
}

fn create_status(facts: &Facts<'_>) -> Observed<u16> {
    let mut votes = Votes::default();
    for handler in facts.handlers.iter().filter(|handler| handler.action == Some(Action::Create)) {
        let given = keyword(handler.call, "status_code");
        // What is given and not understood is no vote; what is not given is FastAPI's 200.
        let status = match given {
            Some(expr) => status(expr).map(|(status, _)| status),
            None => Some(200),
        };
        votes.extend_with(status, handler.weight, &handler.function.at());
    }
    votes.or_assumed(201)
}

fn delete(facts: &Facts<'_>) -> Observed<DeleteAnswer> {
    let mut votes = Votes::default();
    for handler in facts.handlers.iter().filter(|handler| handler.action == Some(Action::Delete)) {
        votes.extend_with(delete_answer(facts, handler), handler.weight, &handler.function.at());
    }
    votes.or_assumed(DeleteAnswer::NoContent)
}

fn delete_answer<'a>(facts: &Facts<'a>, handler: &Handler<'a>) -> Option<DeleteAnswer> {
    if keyword(handler.call, "status_code").and_then(status).is_some_and(|(status, _)| status == 204) {
        return Some(DeleteAnswer::NoContent);
    }
    let item = handler.response.item?;
    let is_row = facts.table(item).is_some()
        || facts.entity_of_name(item.name()).is_some_and(|entity| Some(entity) == handler.entity);
    if is_row {
        return Some(DeleteAnswer::Row);
    }
    let fields = item.def.body.iter().filter_map(|stmt| super::facts::assigned(stmt));
    let text = ["message", "detail", "msg", "status"];
    let field = fields.into_iter().find(|field| text.contains(field))?;
    let constants = constants(facts, handler, item, field);
    let given = |name: &str| constants.iter().any(|constant| constant.split('=').next() == Some(name)) || name == field;
    // What must be given and is no constant cannot be given by new code.
    let must = item.def.body.iter().filter_map(|stmt| stmt.as_ann_assign_stmt()).filter(|field| field.value.is_none());
    let fillable = must.filter_map(|field| field.target.as_name_expr()).all(|name| given(&name.id));
    fillable.then(|| DeleteAnswer::Message { class: item.symbol(), field: field.to_owned(), constants })
}

/// What a handler gives to its answer beside the text, where that is a plain constant: `success=True`.
fn constants<'a>(
    facts: &Facts<'a>,
    handler: &Handler<'a>,
    class: crate::resolve::Class<'a>,
    field: &str,
) -> Vec<String> {
    let mut found = Vec::new();
    super::walk::each_expr(&handler.function.def.body, &mut |expr| {
        let Some(call) = expr.as_call_expr() else { return };
        if facts.index.resolve(handler.function.scope(), &call.func).class() != Some(class) {
            return;
        }
        let plain = |value: &Expr| {
            value.is_boolean_literal_expr() || value.is_number_literal_expr() || value.is_none_literal_expr()
        };
        let named = call.arguments.keywords.iter().filter(|keyword| plain(&keyword.value));
        let named = named.filter(|keyword| keyword.arg.as_ref().is_some_and(|name| name.as_str() != field));
        found = named.map(|keyword| handler.function.file().text(keyword).to_owned()).collect();
    });
    found
}

/// What routers carry: prefix, tags, and how their paths are spelled.
fn routers(facts: &Facts<'_>, style: &mut EndpointStyle) {
    let mut prefix = Votes::default();
    let mut tags = Votes::default();
    let mut kebab = Votes::default();
    let mut tag = Votes::default();
    let included_tags = registration::tags_of_includes(facts);
    let included_prefixes = registration::prefixes_of_includes(facts);
    let entities = main_entities(facts);
    for (file, router) in router_files(facts) {
        let Some(call) = router.value.and_then(Expr::as_call_expr) else { continue };
        let (weight, at) = (facts.weight_of(&file.path), router.at());
        let own = keyword(call, "prefix");
        let included = included_prefixes.get(&*file.path);
        if own.is_some() || included.is_some() {
            prefix.add(own.is_some(), weight, &at);
        }
        let own_tags = keyword(call, "tags");
        let given = own_tags.or_else(|| included_tags.get(&*file.path).copied());
        if given.is_some() {
            tags.add(own_tags.is_some(), weight, &at);
        }
        let entity = entities.get(&*file.path).and_then(Votes::winner).map(|won| won.value);
        if let (Some(expr), Some(entity)) = (given, entity) {
            tag.extend_with(tag_of(expr, entity), weight, &at);
        }
        let written = own
            .and_then(|own| facts.index.string(Scope::module(file), own).known().cloned())
            .or_else(|| included.cloned());
        kebab.extend_with(written.as_deref().and_then(joined), weight, &at);
    }
    style.prefix_on_router = prefix.or_assumed(true);
    style.tags_on_router = tags.or_assumed(true);
    style.kebab_paths = kebab.or_assumed(true);
    style.tag = tag.or_assumed("{entities}".into());
}

/// Whether the words of a path are joined with `-`; none for paths of single words.
fn joined(path: &str) -> Option<bool> {
    let parts = path.split('/').filter(|part| !part.starts_with('{'));
    parts.into_iter().find_map(|part| match (part.contains('-'), part.contains('_')) {
        (true, _) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
    })
}

/// The first tag, with placeholders.
fn tag_of(expr: &Expr, entity: &str) -> Option<String> {
    let first = crate::resolve::elements(expr).first()?;
    let written = first.as_string_literal_expr()?.value.to_str();
    let lower = written.replace([' ', '-'], "_").to_lowercase();
    let capital = written.starts_with(|c: char| c.is_ascii_uppercase());
    let placeholder = match (with_placeholders(&lower, entity).as_str(), capital) {
        ("{entities}", false) => "{entities}",
        ("{entities}", true) => "{Entities}",
        ("{entity}", false) => "{entity}",
        ("{entity}", true) => "{Entity}",
        _ => return None,
    };
    Some(placeholder.to_owned())
}

/// The table class that most handlers of each file are about.
fn main_entities<'a>(facts: &Facts<'a>) -> FxHashMap<&'a str, Votes<&'a str>> {
    let mut votes: FxHashMap<&str, Votes<&str>> = FxHashMap::default();
    for handler in &facts.handlers {
        let of_file = votes.entry(&handler.function.file().path).or_default();
        of_file.extend_with(handler.entity.map(|entity| entity.name()), USUAL, &handler.function.at());
    }
    votes
}

/// The router variables that handlers use, once for each file.
fn router_files<'a>(facts: &Facts<'a>) -> Vec<(&'a File, Variable<'a>)> {
    let mut found: Vec<(&'a File, Variable<'a>)> = Vec::new();
    let mut seen = FxHashSet::default();
    for handler in &facts.handlers {
        let file = handler.function.file();
        if !seen.insert((&*file.path, handler.router)) {
            continue;
        }
        let router = facts.index.name(Scope::module(file), handler.router).and_then(|router| router.variable());
        let is_router = |call: &ExprCall| last_name(&call.func).is_some_and(|name| name.contains("Router"));
        if let Some(router) = router.filter(|router| router.value.and_then(Expr::as_call_expr).is_some_and(is_router)) {
            found.push((file, router));
        }
    }
    found
}

/// The variable that takes the handlers of all entities, where they stand in one file: the application, or a router whose
/// handlers have their whole path. One with a prefix is a router of that.
pub(super) fn shared(facts: &Facts<'_>, pattern: &str) -> Option<String> {
    let of_file = facts.handlers.iter().filter(|handler| *handler.function.file().path == *pattern);
    let mut votes = Votes::default();
    for handler in of_file {
        votes.add(handler.router, USUAL, &handler.function.at());
    }
    let name = votes.winner()?.value;
    let file = facts.files.iter().copied().find(|file| *file.path == *pattern)?;
    let router = facts.index.name(Scope::module(file), name)?.variable()?;
    let call = router.value?.as_call_expr()?;
    let included = registration::prefixes_of_includes(facts);
    let has_prefix = keyword(call, "prefix").is_some() || included.contains_key(&*file.path);
    (!has_prefix).then(|| name.to_owned())
}

/// The first handler of the file that has most of the usual five.
fn exemplar(facts: &Facts<'_>) -> Option<Location> {
    let mut files: FxHashMap<&str, (usize, Location)> = FxHashMap::default();
    for handler in facts.handlers.iter().filter(|handler| handler.action.is_some()) {
        let weight = handler.weight as usize;
        let file = &*handler.function.file().path;
        files.entry(file).or_insert_with(|| (0, handler.function.at())).0 += weight;
    }
    let best = files.into_iter().max_by(|(file_a, (a, _)), (file_b, (b, _))| a.cmp(b).then_with(|| file_b.cmp(file_a)));
    best.map(|(_, (_, at))| at)
}
