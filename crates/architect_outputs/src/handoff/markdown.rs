//! The brief as Markdown.

use std::fmt::Write;

use architect_model::{
    ApiField, ApiKind, ApiShape, ApiValue, Example, Handoff, HandoffOperation, HandoffParameter, Known, ParameterPlace,
    Permission, StateField, Transition, Unknown,
};

use serde_json::Value;

use super::rules::rules;
use super::typescript::said;

/// The brief as Markdown.
pub fn markdown(handoff: &Handoff) -> String {
    let mut out = String::new();
    let title = handoff.subject.as_deref().unwrap_or("The API");
    let _ = writeln!(out, "# {}: hand-off to the front end\n\n{}", capital(title), handoff.purpose);
    if !handoff.base_path.is_empty() {
        let _ = writeln!(out, "Paths begin with `{}`.", handoff.base_path);
    }
    sign_in(&mut out, handoff);
    access(&mut out, handoff);
    operations(&mut out, handoff);
    states(&mut out, handoff);
    pages(&mut out, handoff);
    validation(&mut out, handoff);
    types(&mut out, handoff);
    not_known(&mut out, handoff);
    out
}

fn sign_in(out: &mut String, handoff: &Handoff) {
    let Some(sign_in) = &handoff.sign_in else { return };
    let _ = write!(out, "\n## Signing in\n\nA signed-in request carries {}.", sign_in.carries);
    match (&sign_in.token_url, &sign_in.example) {
        (Some(url), Some(_)) => {
            let _ = writeln!(out, " `POST {url}` gives the token:");
        }
        (Some(url), None) => {
            let _ = writeln!(out, " The token is had from `{url}`; the function that answers it was not found.");
        }
        (None, _) => {
            let _ = writeln!(out, " Where the token is had is not in the code ({}).", sign_in.at);
        }
    }
    if let Some(example) = &sign_in.example {
        show(out, example, &pretty, &pretty);
    }
}

fn access(out: &mut String, handoff: &Handoff) {
    if handoff.operations.is_empty() {
        return;
    }
    out.push_str("\n## Who may do what\n\n| Operation | Does | Owner | Other signed-in user | Administrator | Not signed in |\n|---|---|---|---|---|---|\n");
    let mut notes: Vec<Unknown> = Vec::new();
    for one in &handoff.operations {
        let mut cell = |permission: &Permission| match permission {
            Permission::Yes => "yes".to_owned(),
            Permission::OwnRows => "own rows".to_owned(),
            Permission::BecomesOwner => "yes, becomes owner".to_owned(),
            Permission::No { status: Some(status) } => status.to_string(),
            Permission::No { status: None } => "no".to_owned(),
            Permission::None => "–".to_owned(),
            Permission::Unknown { unknown } => {
                if !notes.contains(unknown) {
                    notes.push(unknown.clone());
                }
                let number = notes.iter().position(|known| known == unknown).unwrap_or_default() + 1;
                format!("not known [{number}]")
            }
        };
        let who = &one.who;
        let cells = [cell(&who.owner), cell(&who.other), cell(&who.administrator), cell(&who.nobody)];
        let _ = writeln!(out, "| `{} {}` | {} | {} |", one.method, one.path, escaped(&one.does), cells.join(" | "));
    }
    out.push_str("\nA number is the status of the refusal.\n");
    for (number, unknown) in notes.iter().enumerate() {
        let _ = writeln!(out, "\n[{}] {}", number + 1, said(unknown));
    }
}

fn operations(out: &mut String, handoff: &Handoff) {
    out.push_str("\n## Operations\n");
    for one in &handoff.operations {
        operation(out, handoff, one);
    }
}

fn operation(out: &mut String, handoff: &Handoff, one: &HandoffOperation) {
    let _ = writeln!(out, "\n### `{} {}`\n\n{}. For {}.", one.method, one.path, one.does, one.who.text);
    let body = one.body.as_ref().map(|body| {
        let form = if body.media == "application/json" { String::new() } else { format!(" as `{}`", body.media) };
        let optional = if body.required { "" } else { ", optional" };
        format!("Takes `{}`{form}{optional}. ", body.ty)
    });
    let status = one.status.map_or_else(|| "a status that is not known".to_owned(), |status| format!("`{status}`"));
    let answer = match one.answer.as_deref() {
        None => "nothing".to_owned(),
        Some("unknown") => "a body that the code does not declare".to_owned(),
        Some(answer) => format!("`{answer}`"),
    };
    let _ = writeln!(out, "{}Answers {status} and {answer}.", body.unwrap_or_default());
    let parameters: Vec<&HandoffParameter> = one.parameters.iter().collect();
    if !parameters.is_empty() {
        out.push_str("\n| Parameter | In | Type | Required | Default | Rules |\n|---|---|---|---|---|---|\n");
    }
    for parameter in parameters {
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} | {} | {} |",
            parameter.name,
            place(parameter.place),
            code(&parameter.ty),
            yes(parameter.required),
            parameter.default.as_deref().map(code).unwrap_or_default(),
            escaped(&meaning(parameter))
        );
    }
    errors(out, one);
    for unknown in &one.unknowns {
        let _ = writeln!(out, "\nNot known: {}.", said(unknown));
    }
    match &one.example {
        Some(example) => {
            show(out, example, &|value| ordered(value, one.body.as_ref().map(|body| &body.value), handoff), &|value| {
                ordered(value, one.answer_value.as_ref(), handoff)
            })
        }
        None => out.push_str("\nNo example: a part of the request is not known.\n"),
    }
}

/// What is refused, by the body that is answered.
fn errors(out: &mut String, one: &HandoffOperation) {
    let mut bodies: Vec<&str> = Vec::new();
    for error in &one.errors {
        if !bodies.contains(&error.body.as_str()) {
            bodies.push(&error.body);
        }
    }
    for body in bodies {
        let _ = writeln!(out, "\nRefused with `{body}`:\n");
        for error in one.errors.iter().filter(|error| error.body == body) {
            let status = error.status.map_or_else(|| "status not known".to_owned(), |status| format!("`{status}`"));
            let _ = writeln!(out, "- {status} {}", error.when.replace(['\n', '\r'], " "));
        }
    }
}

fn meaning(parameter: &HandoffParameter) -> String {
    let mut said: Vec<String> = parameter.of.iter().map(|of| format!("a `{of}`")).collect();
    said.extend(parameter.value.kind.format().map(str::to_owned));
    said.extend(parameter.rules.iter().cloned());
    said.join("; ")
}

fn place(place: ParameterPlace) -> &'static str {
    match place {
        ParameterPlace::Path => "path",
        ParameterPlace::Query => "query",
        ParameterPlace::Header => "header",
        ParameterPlace::Cookie => "cookie",
    }
}

/// A request and its response.
fn show(out: &mut String, example: &Example, sent: &dyn Fn(&Value) -> String, answered: &dyn Fn(&Value) -> String) {
    let _ = writeln!(out, "\n```http\n{} {}", example.method, example.path);
    for (name, value) in &example.headers {
        let _ = writeln!(out, "{name}: {value}");
    }
    if let Some(body) = &example.body {
        let is_form = example.headers.iter().any(|(_, value)| value.contains("urlencoded"));
        let _ = writeln!(out, "\n{}", if is_form { form(body) } else { sent(body) });
    }
    out.push_str("```\n");
    let status = example.status.map_or_else(|| "?".to_owned(), |status| status.to_string());
    match &example.response {
        Some(response) => {
            let _ = writeln!(out, "\n`{status}`\n\n```json\n{}\n```", answered(response));
        }
        None => {
            let _ = writeln!(out, "\n`{status}`");
        }
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// JSON with the fields of classes in their order.
fn ordered(value: &Value, described: Option<&ApiValue>, handoff: &Handoff) -> String {
    let mut out = String::new();
    write_json(&mut out, value, described, handoff, 0);
    out
}

fn write_json(out: &mut String, value: &Value, described: Option<&ApiValue>, handoff: &Handoff, depth: usize) {
    let margin = "  ".repeat(depth + 1);
    let end = "  ".repeat(depth);
    match value {
        Value::Object(object) if !object.is_empty() => {
            let fields = described.map(|described| fields_of(described, handoff)).unwrap_or_default();
            let name = |field: &ApiField| field.answered_as.clone().unwrap_or_else(|| field.name.clone());
            let place = |key: &String| {
                fields.iter().position(|field| field.name == *key || name(field) == *key).unwrap_or(usize::MAX)
            };
            let mut keys: Vec<&String> = object.keys().collect();
            keys.sort_by_key(|key| place(key));
            out.push_str("{\n");
            for (number, key) in keys.iter().enumerate() {
                let field = fields.get(place(key));
                let _ = write!(out, "{margin}{}: ", Value::from(key.as_str()));
                write_json(out, &object[*key], field.map(|field| &field.value), handoff, depth + 1);
                out.push_str(if number + 1 < keys.len() { ",\n" } else { "\n" });
            }
            let _ = write!(out, "{end}}}");
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            let inner = match described.map(|described| &described.kind) {
                Some(ApiKind::Array { items }) => Some(&**items),
                _ => None,
            };
            out.push_str("[\n");
            for (number, item) in items.iter().enumerate() {
                out.push_str(&margin);
                write_json(out, item, inner, handoff, depth + 1);
                out.push_str(if number + 1 < items.len() { ",\n" } else { "\n" });
            }
            let _ = write!(out, "{end}]");
        }
        other => out.push_str(&other.to_string()),
    }
}

fn fields_of<'h>(value: &'h ApiValue, handoff: &'h Handoff) -> &'h [ApiField] {
    let class = || handoff.classes.iter().find(|class| Some(class.id.as_str()) == value.class());
    match (&value.kind, class().map(|class| &class.shape)) {
        (ApiKind::Object { fields }, _) | (_, Some(ApiShape::Object { fields })) => fields,
        _ => &[],
    }
}

fn form(value: &Value) -> String {
    let fields = value.as_object().into_iter().flatten();
    let pairs: Vec<String> = fields
        .map(|(name, value)| format!("{name}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .map(|pair| pair.replace(' ', "+").replace('@', "%40"))
        .collect();
    pairs.join("&")
}

fn states(out: &mut String, handoff: &Handoff) {
    if handoff.states.is_empty() {
        return;
    }
    out.push_str("\n## States\n");
    for state in &handoff.states {
        let values: Vec<String> = state.values.iter().map(|value| code(value)).collect();
        let _ = writeln!(out, "\n### `{}.{}`\n\nOne of {}.", state.entity, state.field, values.join(", "));
        if let Some(initial) = &state.initial {
            let _ = writeln!(out, "A new `{}` is {} unless the request says otherwise.", state.entity, code(initial));
        }
        out.push_str("\n| Operation | From | To |\n|---|---|---|\n");
        for transition in &state.transitions {
            let _ = writeln!(out, "| `{}` | {} | {} |", transition.operation, from(transition), to(transition));
        }
        if state.transitions.is_empty() {
            out.push_str("| none that the code shows | | |\n");
        }
        diagram(out, state);
    }
}

fn from(transition: &Transition) -> String {
    let mut said = match &transition.from {
        Some(values) => values.iter().map(|value| code(value)).collect::<Vec<_>>().join(" or "),
        None if transition.unknowns.is_empty() => "any".to_owned(),
        None => String::new(),
    };
    for unknown in &transition.unknowns {
        let separator = if said.is_empty() { "" } else { "; " };
        let _ = write!(said, "{separator}not known: {}", escaped(&super::typescript::said(unknown)));
    }
    said
}

fn to(transition: &Transition) -> String {
    match &transition.to {
        Some(value) => code(value),
        None if transition.unknowns.is_empty() => "what the request says".to_owned(),
        None => "not known".to_owned(),
    }
}

/// The changes that actions make; what a request may set to anything is left to the table.
fn diagram(out: &mut String, state: &StateField) {
    let named: Vec<&Transition> = state.transitions.iter().filter(|transition| transition.to.is_some()).collect();
    if named.is_empty() {
        return;
    }
    out.push_str("\n```mermaid\nstateDiagram-v2\n");
    let id = |value: &str| state.values.iter().position(|known| known == value).map(|place| format!("s{place}"));
    for (place, value) in state.values.iter().enumerate() {
        let _ = writeln!(out, "    state {} as s{place}", label(value));
    }
    if let Some(initial) = state.initial.as_deref().and_then(id) {
        let _ = writeln!(out, "    [*] --> {initial}");
    }
    for transition in named {
        let Some(to) = transition.to.as_deref().and_then(id) else { continue };
        let all: Vec<String> =
            state.values.iter().filter(|value| Some(*value) != transition.to.as_ref()).cloned().collect();
        for value in transition.from.as_ref().unwrap_or(&all) {
            if let Some(from) = id(value) {
                let doubt = if transition.unknowns.is_empty() { "" } else { " (conditions not known)" };
                let _ = writeln!(out, "    {from} --> {to}: {}{doubt}", transition.operation);
            }
        }
    }
    out.push_str("```\n");
}

/// A value as Mermaid shows it.
fn label(value: &str) -> String {
    format!("\"{}\"", value.trim_matches('"').replace(['"', '\n'], " "))
}

fn pages(out: &mut String, handoff: &Handoff) {
    let lists: Vec<&HandoffOperation> = handoff.operations.iter().filter(|one| one.page.is_some()).collect();
    if lists.is_empty() {
        return;
    }
    out.push_str("\n## Lists\n\n| Operation | Rows in | Beside them | Page chosen by | Rows chosen by | Order |\n|---|---|---|---|---|---|\n");
    for one in lists {
        let Some(page) = &one.page else { continue };
        let listed = |names: &[String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let order: Vec<String> = one
            .order
            .iter()
            .map(|column| match column.strip_prefix('-') {
                Some(column) => format!("`{column}` descending"),
                None => format!("`{column}`"),
            })
            .collect();
        let _ = writeln!(
            out,
            "| `{} {}` | {} | {} | {} | {} | {} |",
            one.method,
            one.path,
            page.rows.as_ref().map_or_else(|| "the answer itself".to_owned(), |rows| format!("`{rows}`")),
            listed(&page.others),
            listed(&page.parameters),
            listed(&page.filters),
            if order.is_empty() { "not told".to_owned() } else { order.join(", ") }
        );
    }
}

/// What forms must check: the classes of bodies, field by field.
fn validation(out: &mut String, handoff: &Handoff) {
    let mut seen: Vec<&str> = Vec::new();
    let mut tables = String::new();
    for one in &handoff.operations {
        let Some(body) = &one.body else { continue };
        let class = body.value.class().and_then(|id| handoff.classes.iter().find(|class| class.id == id));
        let (fields, name): (&[ApiField], &str) = match (class, &body.value.kind) {
            (Some(class), _) => match &class.shape {
                ApiShape::Object { fields } => (fields, &body.ty),
                ApiShape::Enumeration { .. } | ApiShape::Root { .. } => continue,
            },
            (None, ApiKind::Object { fields }) => (fields, &body.ty),
            _ => continue,
        };
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        let _ = writeln!(
            tables,
            "\n### `{name}`\n\n| Field | Type | Required | Null | Left out | Rules |\n|---|---|---|---|---|---|"
        );
        for field in fields.iter().filter(|field| !field.computed) {
            row(&mut tables, handoff, field, one);
        }
        for check in class.iter().flat_map(|class| &class.checks) {
            let _ = writeln!(tables, "\nChecked as a whole by `{}` ({}).", check.name, check.at);
        }
    }
    if !tables.is_empty() {
        let _ = write!(out, "\n## Validation\n{tables}");
    }
}

fn row(out: &mut String, handoff: &Handoff, field: &ApiField, one: &HandoffOperation) {
    let ty = type_word(&field.value, handoff);
    let is_change = matches!(one.method.as_str(), "PATCH" | "PUT") && !field.required;
    let left_out = match (&field.default, field.missing, is_change) {
        _ if field.required => "422".to_owned(),
        (_, true, _) => "stays as it is".to_owned(),
        (Some(Known::Known(text)), _, true) if text == "null" && one.partial => "stays as it is".to_owned(),
        (Some(Known::Known(text)), _, true) if text == "null" => "not told: as `null`, or stays".to_owned(),
        (Some(Known::Known(text)), ..) => code(text),
        (Some(Known::Unknown { unknown }), ..) => unknown.reason.clone(),
        (None, ..) => String::new(),
    };
    let _ = writeln!(
        out,
        "| `{}` | {} | {} | {} | {} | {} |",
        field.name,
        ty,
        yes(field.required),
        yes(field.value.nullable),
        escaped(&left_out),
        escaped(&rules(&field.value).join("; "))
    );
}

fn type_word(value: &ApiValue, handoff: &Handoff) -> String {
    match &value.kind {
        ApiKind::Class { class } => {
            let known = handoff.classes.iter().find(|known| known.id == *class);
            known.map_or_else(|| "?".to_owned(), |known| format!("`{}`", super::typescript::identifier(&known.name)))
        }
        ApiKind::String { format: Some(format) } => format.clone(),
        ApiKind::String { format: None } => "text".to_owned(),
        ApiKind::Integer => "integer".to_owned(),
        ApiKind::Number => "number".to_owned(),
        ApiKind::Decimal { .. } => "decimal".to_owned(),
        ApiKind::Boolean => "boolean".to_owned(),
        ApiKind::Null => "null".to_owned(),
        ApiKind::Constant { values } => values.iter().map(|value| code(value)).collect::<Vec<_>>().join(" or "),
        ApiKind::Array { items } => format!("list of {}", type_word(items, handoff)),
        ApiKind::Tuple { items } => {
            format!("list of {}", items.iter().map(|item| type_word(item, handoff)).collect::<Vec<_>>().join(", "))
        }
        ApiKind::Map { values } => format!("object with values of {}", type_word(values, handoff)),
        ApiKind::Object { .. } => "object".to_owned(),
        ApiKind::Union { of } => of.iter().map(|item| type_word(item, handoff)).collect::<Vec<_>>().join(" or "),
        ApiKind::Any => "anything".to_owned(),
        ApiKind::Unknown { .. } => "not known".to_owned(),
    }
}

fn types(out: &mut String, handoff: &Handoff) {
    if !handoff.typescript.is_empty() {
        let _ = write!(out, "\n## Types\n\n```ts\n{}```\n", handoff.typescript);
    }
}

fn not_known(out: &mut String, handoff: &Handoff) {
    if handoff.unknowns.is_empty() {
        return;
    }
    out.push_str("\n## Not known\n\nThere may be more operations than these:\n\n");
    for unknown in &handoff.unknowns {
        let _ = writeln!(out, "- {}", said(unknown));
    }
}

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

/// Code in a cell of a table.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

/// Text in a cell of a table.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

fn capital(text: &str) -> String {
    let words = text.replace(['_', '-'], " ");
    let mut rest = words.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + rest.as_str())
}
