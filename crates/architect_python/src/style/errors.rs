//! How errors are raised: `HTTPException` or domain exceptions, where, with which status and words.

pub(crate) mod domain;
mod handled;
mod own;
mod taken;

use architect_model::{DomainError, ErrorKind, ErrorStyle, LayerKind, Location, Project, Symbol};
use rayon::prelude::*;
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtIf, StmtRaise};
use rustc_hash::FxHashMap;

use super::endpoints::status;
use super::facts::Facts;
use super::trace::Layers;
use super::vote::Votes;
use super::walk::{each_expr, each_expr_in, each_stmt, keyword};
use super::words::with_placeholders;
use crate::resolve::{Class, Function, Resolution};
use domain::Statuses;

/// A `raise` in a function.
pub(crate) struct Raise<'a> {
    function: Function<'a>,
    stmt: &'a StmtRaise,
    /// Class of the project, or none for `HTTPException`.
    class: Option<Class<'a>>,
    status: Option<u16>,
    /// Whether the status is written by its name.
    named: Option<bool>,
    detail: Option<String>,
    /// Whether it stands under a comparison with the owner.
    about_owner: bool,
    layer: Option<LayerKind>,
    weight: u32,
    at: Location,
}

/// Reads how errors are raised.
pub(super) fn read<'a>(
    facts: &Facts<'a>,
    layers: &Layers<'a>,
    functions: &[Function<'a>],
    owner_columns: &[String],
    project: &Project,
) -> ErrorStyle {
    let statuses = Statuses::collect(facts);
    let raises: Vec<Raise<'a>> = functions
        .par_iter()
        .flat_map_iter(|function| raises(facts, layers, &statuses, *function, owner_columns))
        .collect();
    let mut kind = Votes::default();
    let mut raised_in = Votes::default();
    let mut named = Votes::default();
    let mut text = Votes::default();
    for raise in &raises {
        let telling = matches!(raise.status, Some(400 | 403 | 404 | 409));
        if telling && raise.layer.is_some() {
            kind.add(
                if raise.class.is_some() { ErrorKind::Domain } else { ErrorKind::HttpException },
                raise.weight,
                &raise.at,
            );
        }
        if raise.status == Some(404) {
            raised_in.extend_with(raise.layer.map(Some), raise.weight, &raise.at);
            text.extend_with(text_of(facts, raise), raise.weight, &raise.at);
        }
        named.extend_with(raise.named, raise.weight, &raise.at);
    }
    for handler in &facts.handlers {
        let given = keyword(handler.call, "status_code").and_then(status);
        named.extend_with(given.map(|(_, named)| named), handler.weight, &handler.function.at());
    }
    let forbidden = raises.iter().filter(|raise| raise.about_owner && raise.status == Some(403));
    let owned = words_of_owned(facts, owner_columns);
    let mut forbidden_text = Votes::default();
    for raise in forbidden {
        forbidden_text.extend_with(text_of_denial(facts, raise, owner_columns, &owned), raise.weight, &raise.at);
    }
    let violations = handled::violations(facts, functions);
    let mut style = ErrorStyle {
        kind: kind.or_assumed(ErrorKind::HttpException),
        raised_in: raised_in.or_assumed(None),
        not_found: domain_error(facts, &statuses, &raises, 404, &MISSING),
        forbidden: domain_error(facts, &statuses, &raises, 403, &DENIED),
        conflict: domain_error(facts, &statuses, &raises, 409, &TAKEN),
        denied_status: denied(facts, functions, &raises, owner_columns),
        not_found_text: text.or_assumed("{Entity} not found".into()),
        forbidden_text: forbidden_text.winner().map(|won| won.value),
        named_status: named.or_assumed(false),
        takes_any_violation: violations.0,
        asks_violation: violations.1,
        answers_invalid: statuses.answers_invalid(),
        as_conflict: handled::as_conflict(facts, &statuses, functions),
        ..ErrorStyle::default()
    };
    style.unauthorized = style.not_found.as_ref().and_then(|error| unauthorized(facts, &statuses, &error.class));
    let conflicts = read_own(facts, &statuses, project, &mut style);
    (style.taken_text, style.taken_status) = taken::read(facts, project, &raises, &conflicts);
    style
}

/// Fills in what modules derive for themselves; gives the classes that they derive for conflicts.
fn read_own<'a>(facts: &Facts<'a>, statuses: &Statuses, project: &Project, style: &mut ErrorStyle) -> Vec<Class<'a>> {
    let derived = |error: &mut Option<DomainError>, wanted: u16, names: &[&str]| -> Vec<Class<'a>> {
        let Some(error) = error.as_mut().filter(|error| error.derived_per_module) else { return Vec::new() };
        let classes = class_of(facts, &error.class).map(|class| own::derived(facts, class)).unwrap_or_default();
        let mut classes: Vec<Class<'a>> =
            classes.into_iter().filter(|class| fits(facts, statuses, *class, wanted, names)).collect();
        classes.sort_by_key(|class| !names.iter().any(|name| class.name().contains(name)));
        error.derived = own::symbols(&classes);
        classes
    };
    let missing = derived(&mut style.not_found, 404, &MISSING);
    let denied = derived(&mut style.forbidden, 403, &DENIED);
    let taken = derived(&mut style.conflict, 409, &TAKEN);
    style.missing_row = own::of_row(facts, project, &missing);
    style.denied_row = own::of_row(facts, project, &denied);
    let is_root = style.conflict.as_ref().is_some_and(|error| error.is_root);
    style.taken_row = own::of_row(facts, project, &taken).filter(|_| is_root);
    style.taken_value = own::taken_value(project, &taken).filter(|_| !is_root);
    let roots =
        [&style.not_found, &style.forbidden, &style.conflict].map(|error| error.as_ref().is_some_and(|e| e.is_root));
    if roots.contains(&true) {
        style.file = own::shared_file(&[missing, denied, taken.clone()].concat());
    }
    taken
}

/// What exceptions for a missing row are called.
const MISSING: [&str; 1] = ["NotFound"];
/// What exceptions for a denied access are called.
const DENIED: [&str; 5] = ["Forbidden", "PermissionDenied", "NotPermitted", "AccessDenied", "Permission"];
/// What exceptions for a conflict are called.
const TAKEN: [&str; 5] = ["Conflict", "AlreadyExists", "Duplicate", "Existing", "Taken"];

fn class_of<'a>(facts: &Facts<'a>, symbol: &Symbol) -> Option<Class<'a>> {
    facts.files.iter().flat_map(|file| facts.index.classes(file)).find(|class| class.symbol() == *symbol)
}

/// The exception for somebody who is not signed in that stands beside the one for a missing row.
fn unauthorized(facts: &Facts<'_>, statuses: &Statuses, beside: &Symbol) -> Option<Symbol> {
    let file = class_of(facts, beside)?.file();
    facts.index.classes(file).find(|class| statuses.of(facts, *class) == Some(401)).map(|class| class.symbol())
}

fn raises<'a>(
    facts: &Facts<'a>,
    layers: &Layers<'a>,
    statuses: &Statuses,
    function: Function<'a>,
    owner_columns: &[String],
) -> Vec<Raise<'a>> {
    let mut found: Vec<&'a StmtRaise> = Vec::new();
    let mut about_owner: Vec<&'a StmtRaise> = Vec::new();
    each_stmt(&function.def.body, &mut |stmt| match stmt {
        Stmt::Raise(raise) => found.push(raise),
        Stmt::If(test) if compares_owner(test, owner_columns) => {
            about_owner.extend(test.body.iter().filter_map(Stmt::as_raise_stmt));
        }
        _ => {}
    });
    let layer = layers.layer_of(function);
    let is_about_owner = |stmt: &StmtRaise| about_owner.iter().any(|inner| std::ptr::eq(*inner, stmt));
    let raised = found.into_iter();
    raised.filter_map(|stmt| raise(facts, statuses, function, stmt, is_about_owner(stmt), layer)).collect()
}

fn raise<'a>(
    facts: &Facts<'a>,
    statuses: &Statuses,
    function: Function<'a>,
    stmt: &'a StmtRaise,
    about_owner: bool,
    layer: Option<LayerKind>,
) -> Option<Raise<'a>> {
    let exception = stmt.exc.as_deref()?;
    let (class_expr, call) = match exception {
        Expr::Call(call) => (&*call.func, Some(call)),
        expr => (expr, None),
    };
    let resolved = facts.index.resolve(function.scope(), class_expr);
    let class = match &resolved {
        Resolution::Class(class) => Some(*class),
        Resolution::Library(path) if path.ends_with(".HTTPException") => None,
        _ => return None,
    };
    let given = call.and_then(|call| argument(facts, class, call, &STATUSES, 0));
    let written = given.and_then(status);
    Some(Raise {
        function,
        stmt,
        class,
        status: written.map(|(status, _)| status).or_else(|| statuses.of(facts, class?)),
        named: written.map(|(_, named)| named),
        detail: call.and_then(|call| detail(facts, class, call)),
        about_owner,
        layer,
        weight: facts.weight_of(&function.file().path),
        at: function.file().at(stmt),
    })
}

/// What parameters of exceptions are called that take the status of the answer.
const STATUSES: [&str; 5] = ["status_code", "status", "http_status", "code", "http_code"];
/// What those are called that take the text for the client.
const TEXTS: [&str; 6] = ["detail", "message", "msg", "error", "description", "reason"];

/// The text that the client reads.
fn detail<'a>(facts: &Facts<'a>, class: Option<Class<'a>>, call: &'a ExprCall) -> Option<String> {
    let given = argument(facts, class, call, &TEXTS, 1)?;
    given.as_string_literal_expr().map(|literal| literal.value.to_str().to_owned())
}

/// What a call of an exception gives to a parameter with one of these names; `HTTPException` has it at `place`. Where
/// the constructor is not seen, the text is what comes first, and the status may be.
fn argument<'a>(
    facts: &Facts<'a>,
    class: Option<Class<'a>>,
    call: &'a ExprCall,
    names: &[&str],
    place: usize,
) -> Option<&'a Expr> {
    if let Some(named) = names.iter().find_map(|name| keyword(call, name)) {
        return Some(named);
    }
    let constructor = class.and_then(|class| facts.index.member(class, "__init__")?.1.function());
    let place = match (class, constructor) {
        (None, _) => place,
        (Some(_), None) => 0,
        (Some(_), Some(constructor)) => {
            // The first parameter is the instance.
            let mut parameters = constructor.def.parameters.iter_non_variadic_params().skip(1);
            parameters.position(|parameter| names.contains(&parameter.name().as_str()))?
        }
    };
    call.arguments.args.get(place)
}

/// The text of a missing row, with the words of its entity as placeholders.
fn text_of(facts: &Facts<'_>, raise: &Raise<'_>) -> Option<String> {
    let detail = raise.detail.as_deref()?;
    let Some(entity) = facts.entity_in_words(detail) else { return Some(detail.to_owned()) };
    Some(without_entity(detail, entity.name()))
}

/// The text of a denied access; only the row itself is a placeholder there, never the user.
fn text_of_denial(
    facts: &Facts<'_>,
    raise: &Raise<'_>,
    owner_columns: &[String],
    owned: &FxHashMap<String, usize>,
) -> Option<String> {
    let detail = raise.detail.as_deref()?;
    let entity = facts.entity_in_words(detail).filter(|entity| is_owned(facts, entity.class, owner_columns));
    if let Some(entity) = entity {
        return Some(without_entity(detail, entity.name()));
    }
    // People say `address` for a `DeliveryAddress`.
    let said = detail.split(|letter: char| !letter.is_alphanumeric()).filter(|said| said.len() > 3);
    let named = said.filter_map(|said| Some((*owned.get(&super::words::unaccented(said))?, said)));
    let first = named.min_by_key(|(number, _)| *number);
    Some(first.map_or_else(|| detail.to_owned(), |(_, said)| detail.replacen(said, "{entity}", 1)))
}

/// The words in the names of tables that have an owner, each with the number of the first table that it names.
fn words_of_owned(facts: &Facts<'_>, owner_columns: &[String]) -> FxHashMap<String, usize> {
    let mut words = FxHashMap::default();
    let owned = facts.tables.iter().filter(|class| is_owned(facts, **class, owner_columns));
    for (number, entity) in owned.filter_map(|class| facts.table(*class)).enumerate() {
        let name = super::words::snake(entity.name());
        for word in name.split('_').filter(|word| word.len() > 3) {
            words.entry(word.to_owned()).or_insert(number);
        }
    }
    words
}

fn is_owned<'a>(facts: &Facts<'a>, class: Class<'a>, owner_columns: &[String]) -> bool {
    facts.columns(class).iter().any(|column| owner_columns.iter().any(|owner| owner == column.name))
}

/// A text with placeholders for the words of an entity.
fn without_entity(text: &str, entity: &str) -> String {
    let replaced = with_placeholders(text, entity);
    if replaced != text {
        return replaced;
    }
    // Words apart: `Stock movement not found`.
    let words = super::words::snake(entity).replace('_', " ");
    let spaced = text.to_lowercase().find(&words).and_then(|start| {
        let found = text.get(start..start + words.len())?;
        let placeholder = if found == words { "{entity}" } else { "{Entity}" };
        Some(format!("{}{placeholder}{}", text.get(..start)?, text.get(start + words.len()..)?))
    });
    spaced.unwrap_or(replaced)
}

/// Whether a condition compares an owner column, or the id of the signed-in user.
fn compares_owner(test: &StmtIf, owner_columns: &[String]) -> bool {
    let mut found = false;
    each_expr_in(&test.test, &mut |expr| {
        if let Expr::Compare(compare) = expr {
            let sides = std::iter::once(&*compare.left).chain(&compare.comparators);
            found |= sides.into_iter().any(|side| names_owner(side, owner_columns));
        }
    });
    found
}

fn names_owner(expr: &Expr, owner_columns: &[String]) -> bool {
    matches!(expr, Expr::Attribute(attribute) if owner_columns.iter().any(|column| column == attribute.attr.as_str()))
}

/// What somebody else's row answers: the status raised where owners are compared, or 404 where the query itself is
/// limited to the owner.
fn denied<'a>(
    facts: &Facts<'a>,
    functions: &[Function<'a>],
    raises: &[Raise<'a>],
    owner_columns: &[String],
) -> architect_model::Observed<u16> {
    let mut votes = Votes::default();
    let refused =
        |raise: &&Raise<'a>| raise.about_owner && raise.status.is_some_and(|status| (400..500).contains(&status));
    for raise in raises.iter().filter(refused) {
        votes.extend_with(raise.status, raise.weight, &raise.at);
    }
    for function in functions {
        if scopes_one(*function, owner_columns) {
            votes.add(404, facts.weight_of(&function.file().path), &function.at());
        }
    }
    votes.or_assumed(404)
}

/// A query for one row by key and owner: `where(Project.id == id, Project.user_id == user_id)`.
fn scopes_one(function: Function<'_>, owner_columns: &[String]) -> bool {
    let (mut by_key, mut by_owner, mut one) = (false, false, false);
    each_expr(&function.def.body, &mut |expr| match expr {
        Expr::Compare(compare) => {
            by_owner |= names_owner(&compare.left, owner_columns);
            by_key |= matches!(&*compare.left, Expr::Attribute(attribute) if attribute.attr.as_str() == "id");
        }
        Expr::Call(call) => {
            let name = super::walk::last_name(&call.func).unwrap_or_default();
            one |= ["first", "one_or_none", "scalar_one_or_none", "scalar"].contains(&name);
        }
        _ => {}
    });
    by_key && by_owner && one
}

/// The domain exception for a status: the class that is raised, or the one that modules derive theirs from.
fn domain_error<'a>(
    facts: &Facts<'a>,
    statuses: &Statuses,
    raises: &[Raise<'a>],
    wanted: u16,
    names: &[&str],
) -> Option<DomainError> {
    let general: Vec<(&Raise<'a>, Class<'a>)> = raises
        .iter()
        .filter_map(|raise| Some((raise, most_general(facts, statuses, raise.class?, wanted, names))))
        .collect();
    let mut votes = Votes::default();
    for (raise, general) in &general {
        if raise.class.is_some_and(|class| fits_status(class, raise.status, wanted, names)) {
            votes.add(*general, raise.weight, &raise.at);
        }
    }
    let won = votes.winner().map(|won| won.value);
    let class = won.or_else(|| declared(facts, statuses, wanted, names)).filter(|class| !class.file().installed)?;
    if let Some(own) = own_to_modules(facts, statuses, class, wanted, names) {
        return own;
    }
    let mut examples: Vec<&Raise<'a>> =
        general.iter().filter(|(_, general)| *general == class).map(|(raise, _)| *raise).collect();
    // What is raised out of another exception carries that one's words.
    examples.sort_by_key(|raise| (std::cmp::Reverse(raise.weight), raise.stmt.cause.is_some()));
    let derived = examples.iter().filter(|raise| raise.class != Some(class)).count();
    Some(DomainError {
        class: class.symbol(),
        constructor: facts
            .index
            .member(class, "__init__")
            .and_then(|(_, member)| member.function())
            .map(crate::read::layer::method),
        raised: examples.first().map(|raise| raise.function.file().text(raise.stmt).to_owned()),
        status: statuses.of(facts, class),
        derived_per_module: derived * 2 > examples.len(),
        derived: Vec::new(),
        is_root: false,
    })
}

fn fits<'a>(facts: &Facts<'a>, statuses: &Statuses, class: Class<'a>, wanted: u16, names: &[&str]) -> bool {
    fits_status(class, statuses.of(facts, class), wanted, names)
}

fn fits_status(class: Class<'_>, status: Option<u16>, wanted: u16, names: &[&str]) -> bool {
    status == Some(wanted) || (status.is_none() && names.iter().any(|name| class.name().contains(name)))
}

/// Where an exception is about one entity, or stands in the folder of one module: what modules derive theirs from, or
/// nothing where no neighbour shows how a module writes its own. The outer `None`: it is there for all.
fn own_to_modules<'a>(
    facts: &Facts<'a>,
    statuses: &Statuses,
    class: Class<'a>,
    wanted: u16,
    names: &[&str],
) -> Option<Option<DomainError>> {
    let is_named = own::entity_of(facts, class).is_some();
    if !is_named && !is_of_one_module(facts, class) {
        return None;
    }
    let fits = |class: &Class<'a>| fits(facts, statuses, *class, wanted, names);
    let named: Vec<Class<'a>> = own::of_entities(facts).into_iter().filter(fits).collect();
    let best = named.iter().find(|class| names.iter().any(|name| class.name().contains(name))).or(named.first());
    let Some(base) = best.and_then(|class| own::only_base(facts, *class)) else {
        return (!is_named).then_some(None);
    };
    Some(Some(DomainError {
        class: base.symbol(),
        constructor: None,
        raised: None,
        status: statuses.of(facts, base),
        derived_per_module: true,
        derived: Vec::new(),
        is_root: true,
    }))
}

/// Whether an exception stands in the folder of a module: beside handlers, and above those of no other module.
fn is_of_one_module<'a>(facts: &Facts<'a>, class: Class<'a>) -> bool {
    let folder = |path: &'a str| super::path::folder(path);
    let home = folder(&class.file().path);
    let mut folders: Vec<&str> = facts.handlers.iter().map(|handler| folder(&handler.function.file().path)).collect();
    folders.sort_unstable();
    folders.dedup();
    let is_above = |other: &&str| other.strip_prefix(home).is_some_and(|rest| rest.starts_with('/'));
    folders.len() > 1 && folders.contains(&home) && !folders.iter().any(is_above)
}

/// The highest ancestor that still means this status alone.
fn most_general<'a>(
    facts: &Facts<'a>,
    statuses: &Statuses,
    class: Class<'a>,
    wanted: u16,
    names: &[&str],
) -> Class<'a> {
    let means = |class: &Class<'a>| match statuses.of(facts, *class) {
        Some(status) => status == wanted,
        None => names.iter().any(|name| class.name().contains(name)),
    };
    facts.index.mro(class).classes().take_while(means).last().unwrap_or(class)
}

/// An exception that is declared and raised nowhere yet.
fn declared<'a>(facts: &Facts<'a>, statuses: &Statuses, wanted: u16, names: &[&str]) -> Option<Class<'a>> {
    let classes = facts.files.iter().flat_map(|file| facts.index.classes(file));
    let exceptions = classes.filter(|class| facts.index.mro(*class).ancestors.iter().any(domain::is_exception));
    let named: Vec<Class<'a>> =
        exceptions.filter(|class| names.iter().any(|name| class.name().contains(name))).collect();
    let general = |class: &&Class<'a>| most_general(facts, statuses, **class, wanted, names) == **class;
    named.iter().find(general).copied()
}
