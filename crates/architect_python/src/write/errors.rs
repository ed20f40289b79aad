//! How the house refuses: HTTP exceptions, or exceptions of its domain.

use architect_model::{DomainError, EntityDesign, EntityNames, ErrorClass, ErrorKind, Parameter};
use ruff_python_ast::PySourceType;
use ruff_python_parser::parse_unchecked_source;

use super::code::{Class, Code, Function, call};
use super::file::File;
use super::house::House;
use super::names::{capital, with_article};
use super::repository::{Conflict, conflicts};
use super::text;

/// Why a request is refused.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Refusal<'a> {
    /// There is no such row, or the caller may not know of it.
    NotFound(&'a EntityNames),
    /// The row is somebody else's, and the house says so.
    Denied(&'a EntityNames),
    /// A role is missing.
    Forbidden(&'a str),
    /// The state of the data does not allow it.
    Conflict(&'a str),
    /// A value of the entity is taken.
    Taken(&'a EntityNames, &'a Conflict),
}

impl Refusal<'_> {
    fn status(self, house: &House<'_>) -> u16 {
        match self {
            Self::NotFound(_) => 404,
            Self::Denied(_) | Self::Forbidden(_) => 403,
            Self::Conflict(_) => 409,
            Self::Taken(..) => house.taken_status(),
        }
    }
}

/// A `raise` statement; `id` is the key that was asked for, `cause` the exception that led to it.
pub(crate) fn raise(house: &House<'_>, file: &mut File, refusal: Refusal<'_>, id: &str, cause: Option<&str>) -> String {
    let message = message(house, refusal);
    let error = domain(house, refusal);
    let expression = match (house.style.errors.kind.value, error) {
        (ErrorKind::Domain, Some(error)) => domain_error(house, file, refusal, error, &message, id),
        _ => None,
    };
    let expression = expression.unwrap_or_else(|| http_exception(house, file, refusal.status(house), &message));
    match cause {
        Some(cause) => format!("raise {expression} from {cause}"),
        None => format!("raise {expression}"),
    }
}

/// What the client is told.
pub(crate) fn message(house: &House<'_>, refusal: Refusal<'_>) -> String {
    let style = &house.style.errors;
    match refusal {
        Refusal::NotFound(names) => {
            let pattern = &style.not_found_text.value;
            let named = ["{Entity}", "{entity}"].iter().any(|word| pattern.contains(word));
            worded(if named { pattern } else { "{Entity} not found" }, names)
        }
        Refusal::Denied(names) => worded(style.forbidden_text.as_deref().unwrap_or("Not enough permissions"), names),
        Refusal::Forbidden(text) | Refusal::Conflict(text) => text.to_owned(),
        Refusal::Taken(_, conflict) => conflict.message.clone(),
    }
}

/// A text of the house about a value of another entity.
pub(crate) fn about_field(pattern: &str, names: &EntityNames, field: &str) -> String {
    let article = with_article(&names.label);
    let filled = pattern.replace("{Field}", &capital(field)).replace("{field}", field);
    worded(&filled.replace("{a_entity}", &article).replace("{A_entity}", &capital(&article)), names)
}

/// A text of the house about another entity.
fn worded(pattern: &str, names: &EntityNames) -> String {
    let filled = pattern.replace("{Entity}", &capital(&names.label)).replace("{entity}", &names.label);
    filled.replace("{Entities}", &capital(&names.labels)).replace("{entities}", &names.labels)
}

/// The house's exception for a refusal.
pub(crate) fn domain<'h>(house: &House<'h>, refusal: Refusal<'_>) -> Option<&'h DomainError> {
    let style = &house.style.errors;
    let error = match refusal {
        Refusal::NotFound(_) => style.not_found.as_ref(),
        Refusal::Denied(_) | Refusal::Forbidden(_) => style.forbidden.as_ref(),
        Refusal::Conflict(_) | Refusal::Taken(..) => style.conflict.as_ref(),
    };
    // One that is given its status serves for all.
    error.or_else(|| style.not_found.as_ref().filter(|error| takes_status(error)))
}

/// Whether the constructor of the exception for missing rows must be given the status that is answered.
fn takes_status(error: &DomainError) -> bool {
    let parameters = error.constructor.iter().flat_map(|constructor| &constructor.parameters);
    parameters.into_iter().any(|parameter| is_given_status(parameter, error, 404))
}

/// Whether a parameter is given the status, because the exception has none of its own, or another one.
fn is_given_status(parameter: &Parameter, error: &DomainError, status: u16) -> bool {
    is_status(parameter) && (parameter.default.is_none() || error.status.is_some_and(|own| own != status))
}

fn is_status(parameter: &Parameter) -> bool {
    let is_number = parameter.annotation.as_deref().is_none_or(|annotation| annotation == "int");
    is_number && ["status_code", "status", "http_status", "code", "http_code"].contains(&parameter.name.as_str())
}

/// The word for a refusal that clients read, `"NOT_FOUND"`: that of the house's own `raise`, or the phrase of another
/// status in its form.
fn code_word(house: &House<'_>, error: &DomainError, refusal: Refusal<'_>) -> Option<String> {
    let raised = error.raised.as_deref()?;
    let is_word = |text: &&str| {
        let plain = text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        let is_upper = !text.chars().any(|letter| letter.is_ascii_lowercase());
        plain && !text.is_empty() && (is_upper || text.contains('_'))
    };
    let word = raised.split(['"', '\'']).skip(1).step_by(2).find(is_word)?;
    if raised.contains(&refusal.status(house).to_string()) {
        return Some(text::string(word));
    }
    let phrase = match refusal.status(house) {
        404 => "NOT_FOUND",
        403 => "FORBIDDEN",
        _ => "CONFLICT",
    };
    let is_upper = !word.chars().any(|letter| letter.is_ascii_lowercase());
    Some(text::string(&if is_upper { phrase.to_owned() } else { phrase.to_lowercase() }))
}

fn http_exception(house: &House<'_>, file: &mut File, status: u16, message: &str) -> String {
    let class = file.from("fastapi", "HTTPException");
    let status = status_code(house, file, status);
    call(&class, &[format!("status_code={status}"), format!("detail={}", text::string(message))])
}

/// A status code as the house writes them.
pub(crate) fn status_code(house: &House<'_>, file: &mut File, code: u16) -> String {
    let name = match code {
        200 => "HTTP_200_OK",
        201 => "HTTP_201_CREATED",
        204 => "HTTP_204_NO_CONTENT",
        403 => "HTTP_403_FORBIDDEN",
        404 => "HTTP_404_NOT_FOUND",
        400 => "HTTP_400_BAD_REQUEST",
        409 => "HTTP_409_CONFLICT",
        _ => "",
    };
    if name.is_empty() || !house.style.errors.named_status.value || file.shadows_status {
        return code.to_string();
    }
    let module = file.from("fastapi", "status");
    format!("{module}.{name}")
}

fn domain_error(
    house: &House<'_>,
    file: &mut File,
    refusal: Refusal<'_>,
    error: &DomainError,
    message: &str,
    id: &str,
) -> Option<String> {
    if let (true, Refusal::NotFound(names)) = (error.derived_per_module, refusal)
        && let Some((symbol, takes_id)) = house.own_error(names, error)
    {
        let class = file.symbol(&symbol);
        return Some(if takes_id { format!("{class}({id})") } else { class });
    }
    let (neighbour, names) = match refusal {
        Refusal::Denied(names) => (&house.style.errors.denied_row, Some(names)),
        Refusal::Taken(names, _) => (&house.style.errors.taken_row, Some(names)),
        _ => (&None, None),
    };
    if let (Some(neighbour), Some(names)) = (neighbour, names)
        && let Some(symbol) = house.following(names, neighbour)
    {
        let class = file.symbol(&symbol);
        return Some(if neighbour.takes_key { format!("{class}({id})") } else { class });
    }
    if let Refusal::Taken(names, conflict) = refusal
        && let Some(symbol) = house.own_conflict(names, conflict)
    {
        return Some(file.symbol(&symbol));
    }
    if error.is_root {
        return None;
    }
    let class = file.symbol(&error.class);
    let arguments = arguments(house, error, refusal, message, id);
    Some(if arguments.is_empty() { class } else { call(&class, &arguments) })
}

/// Arguments for the constructor of a domain exception, by what its parameters are called.
fn arguments(house: &House<'_>, error: &DomainError, refusal: Refusal<'_>, message: &str, id: &str) -> Vec<String> {
    let Some(constructor) = &error.constructor else {
        return vec![text::string(message)];
    };
    let entity = match refusal {
        Refusal::NotFound(names) | Refusal::Taken(names, _) => names.class.as_str(),
        _ => "",
    };
    let subject = match refusal {
        Refusal::Taken(_, conflict) => conflict.subject.as_str(),
        _ => "",
    };
    let mut arguments = Vec::new();
    for parameter in &constructor.parameters {
        let name = parameter.name.as_str();
        let value = match name {
            _ if is_given_status(parameter, error, refusal.status(house)) => Some(refusal.status(house).to_string()),
            "code" | "error_code" if parameter.default.is_none() => code_word(house, error, refusal),
            _ if ["detail", "message", "msg", "error", "description", "reason"].contains(&name) => {
                Some(text::string(message))
            }
            _ if !entity.is_empty()
                && ["entity", "resource", "model", "name", "entity_name", "resource_name", "model_name"]
                    .contains(&name) =>
            {
                Some(text::string(entity))
            }
            "field" | "field_name" | "column" | "attribute" if !subject.is_empty() => Some(text::string(subject)),
            "value" | "field_value" if !subject.is_empty() && !id.is_empty() => Some(id.to_owned()),
            _ if subject.is_empty()
                && !entity.is_empty()
                && (name == "id" || name.ends_with("_id") || name == "identifier" || name == "key") =>
            {
                Some(id.to_owned())
            }
            _ => None,
        };
        match (value, &parameter.default) {
            (Some(value), _) => arguments.push(format!("{name}={value}")),
            (None, Some(_)) => {}
            (None, None) => arguments.push(format!("{name}={}", text::string(message))),
        }
    }
    let leading = arguments.iter().zip(&constructor.parameters);
    let values: Vec<&str> =
        leading.filter_map(|(argument, parameter)| argument.strip_prefix(&format!("{}=", parameter.name))).collect();
    let by_place = values.len() == arguments.len() && (values.len() == 1 || is_raised_by_place(error));
    if by_place { values.into_iter().map(str::to_owned).collect() } else { arguments }
}

/// Whether the house's own `raise` gives its arguments by their places.
fn is_raised_by_place(error: &DomainError) -> bool {
    let raised = error.raised.as_deref().map(|raised| parse_unchecked_source(raised, PySourceType::Python));
    let call = raised
        .as_ref()
        .and_then(|parsed| parsed.syntax().body.first()?.as_raise_stmt()?.exc.as_deref()?.as_call_expr());
    call.is_some_and(|call| call.arguments.keywords.is_empty() && call.arguments.args.len() > 1)
}

/// The exception classes that a module declares for itself, where modules of the house do.
pub(crate) fn own_errors(house: &House<'_>, file: &mut File) -> Vec<Code> {
    let mut classes = Vec::new();
    for entity in &house.module.entities {
        classes.extend(missing_row(house, file, entity));
        classes.extend(denied_row(house, file, entity));
        classes.extend(taken_row(house, file, entity));
        classes
            .extend(conflicts(house, entity).iter().filter_map(|conflict| taken_value(house, file, entity, conflict)));
    }
    classes
}

/// `ProjectNotFoundError`, after its neighbours.
fn missing_row(house: &House<'_>, file: &mut File, entity: &EntityDesign) -> Option<Code> {
    let error = house.style.errors.not_found.as_ref().filter(|error| error.derived_per_module)?;
    house.own_error(&entity.names, error)?;
    let told = message(house, Refusal::NotFound(&entity.names));
    follow(house, file, house.style.errors.missing_row.as_ref()?, &entity.names, error, &told)
}

/// `ProjectPermissionError`, where a row may be there and refused.
fn denied_row(house: &House<'_>, file: &mut File, entity: &EntityDesign) -> Option<Code> {
    let error = house.style.errors.forbidden.as_ref().filter(|error| error.is_root)?;
    let neighbour = house.style.errors.denied_row.as_ref()?;
    if house.style.errors.denied_status.value != 403 || !entity.owner.is_direct() {
        return None;
    }
    let told = message(house, Refusal::Denied(&entity.names));
    follow(house, file, neighbour, &entity.names, error, &told)
}

/// `ProjectAlreadyExistsError`, for what a broken unique constraint says.
fn taken_row(house: &House<'_>, file: &mut File, entity: &EntityDesign) -> Option<Code> {
    let error = house.style.errors.conflict.as_ref().filter(|error| error.is_root)?;
    let neighbour = house.style.errors.taken_row.as_ref()?;
    let told = match conflicts(house, entity).as_slice() {
        [] => return None,
        [only] => only.message.clone(),
        _ => format!("This {} exists already", entity.names.label),
    };
    follow(house, file, neighbour, &entity.names, error, &told)
}

/// A neighbour's class for an entity, with the names that it uses.
fn follow(
    house: &House<'_>,
    file: &mut File,
    neighbour: &ErrorClass,
    names: &EntityNames,
    error: &DomainError,
    told: &str,
) -> Option<Code> {
    house.following(names, neighbour)?;
    for symbol in neighbour.names.values() {
        if symbol.name.is_empty() {
            file.module(&symbol.module);
        } else {
            file.symbol(symbol);
        }
    }
    file.symbol(&error.class);
    Some(Code::of(filled_class(neighbour, names, told)))
}

/// A neighbour's class for another entity.
fn filled_class(neighbour: &ErrorClass, names: &EntityNames, told: &str) -> String {
    // The quotes around it are the neighbour's.
    let told = told.replace(['"', '\'', '\\', '{', '}'], "");
    let source = neighbour.source.replace("{message}", &told);
    let neighbour = &ErrorClass { source, ..neighbour.clone() };
    let source = neighbour.source.replace("{Entity}", &names.class).replace("{entity}", &names.snake);
    source.replace("{Label}", &capital(&names.label)).replace("{label}", &names.label)
}

/// `ProjectNameTakenError`: what a client is told stands in it.
fn taken_value(house: &House<'_>, file: &mut File, entity: &EntityDesign, conflict: &Conflict) -> Option<Code> {
    let error = house.style.errors.conflict.as_ref()?;
    let symbol = house.own_conflict(&entity.names, conflict)?;
    let base = file.symbol(&error.class);
    let arguments = arguments(house, error, Refusal::Conflict(&conflict.message), &conflict.message, "");
    let body = Code::of(call("super().__init__", &arguments));
    let parameters = vec!["self".to_owned()];
    let init =
        Function { name: "__init__".to_owned(), parameters, returns: "None".to_owned(), body, ..Function::default() };
    Some(Class { name: symbol.name, bases: vec![base], doc: None, members: vec![init.code()] }.code())
}
