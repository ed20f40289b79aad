//! The brief for whoever builds the UI, from the facts of a project.

mod errors;
mod example;
mod markdown;
mod rules;
mod states;
mod typescript;
mod values;
mod who;

use architect_model::{
    Api, ApiKind, ApiOperation, ApiValue, EndpointAccess, EndpointPart, ErrorBody, FORMAT, Handler, Handoff,
    HandoffBody, HandoffOperation, HandoffPage, HandoffParameter, Known, ParameterPlace, Project, SignIn,
    StandardOperation, Table, Unknown,
};

pub use markdown::markdown;

use errors::Bodies;
use example::Examples;
use typescript::{Mode, Types};
use who::Subject;

/// The brief for the operations whose functions are `wanted`, each with the table on whose rows it works.
pub fn handoff(
    project: &Project,
    api: &Api,
    subject: Option<&str>,
    wanted: &dyn Fn(&Handler, Option<&Table>) -> bool,
) -> Handoff {
    let all = subjects(project, api);
    let is_wanted = |one: &&Subject<'_>| wanted(one.handler, one.table);
    let own: Vec<Subject<'_>> = all.iter().filter(is_wanted).copied().collect();
    let mut types = Types::new(&api.classes);
    for one in &own {
        use_types(&mut types, one);
    }
    use_error(&mut types, &api.invalid);
    let examples = Examples::new(project, &types, &all);
    let mut bodies = Bodies::new(api);
    let mut operations = Vec::new();
    for one in &own {
        for method in &one.endpoint.methods {
            operations.push(operation(one, method, api, &types, &examples, &mut bodies));
        }
    }
    let tables =
        project.tables().filter(|table| own.iter().any(|one| one.table.is_some_and(|own| std::ptr::eq(own, *table))));
    let states = tables.clone().flat_map(|table| states::of_table(table, &all, &types)).collect();
    let sign_in = sign_in(&all, &own, &examples);
    Handoff {
        format: FORMAT,
        subject: subject.map(str::to_owned),
        purpose: purpose(
            tables.filter_map(|table| table.class.as_ref()).map(|class| class.name.as_str()).collect(),
            operations.len(),
        ),
        base_path: project.style.layout.registration.as_ref().map_or_else(String::new, |one| one.mounted_at.clone()),
        sign_in,
        operations,
        states,
        classes: types.in_use().into_iter().map(|(class, _)| class.clone()).collect(),
        typescript: typescript(&types, &bodies),
        error_bodies: bodies.found,
        unknowns: unknowns(project, &own),
    }
}

/// The operations whose functions were read.
fn subjects<'a>(project: &'a Project, api: &'a Api) -> Vec<Subject<'a>> {
    let read = |endpoint: &'a architect_model::Endpoint| {
        let handler = project.handlers.iter().find(|handler| handler.symbol == endpoint.handler)?;
        let operation = api.operations.iter().find(|operation| operation.handler == endpoint.handler)?;
        let class = handler.table.as_ref().or_else(|| beside(project, endpoint));
        let table = class.and_then(|class| project.tables().find(|table| table.class.as_ref() == Some(class)));
        Some(Subject { project, endpoint, handler, operation, table })
    };
    let offered = |endpoint: &&'a architect_model::Endpoint| {
        endpoint.app.is_some() && endpoint.path.known().is_some() && endpoint.in_schema
    };
    project.endpoints.iter().filter(offered).filter_map(read).collect()
}

/// The table that other operations of the same path work on: what deletes a row often answers nothing that tells.
fn beside<'a>(project: &'a Project, endpoint: &architect_model::Endpoint) -> Option<&'a architect_model::Symbol> {
    let same = project.endpoints.iter().filter(|other| other.path == endpoint.path && other.app == endpoint.app);
    let mut handlers = same.filter_map(|other| project.handlers.iter().find(|one| one.symbol == other.handler));
    handlers.find_map(|handler| handler.table.as_ref())
}

fn purpose(entities: Vec<&str>, operations: usize) -> String {
    let entities: Vec<String> = entities.into_iter().map(|name| format!("`{name}`")).collect();
    let count = format!("{operations} {}", if operations == 1 { "operation" } else { "operations" });
    match entities.split_last() {
        None => format!("{count}."),
        Some((last, [])) => format!("Work with rows of {last}: {count}."),
        Some((last, rest)) => format!("Work with rows of {} and {last}: {count}.", rest.join(", ")),
    }
}

fn use_types(types: &mut Types<'_>, subject: &Subject<'_>) {
    for parameter in &subject.operation.parameters {
        types.use_value(&parameter.value, Mode::Request);
    }
    if let Some(body) = &subject.operation.body {
        types.use_value(&body.value, Mode::Request);
    }
    if let Some(response) = &subject.operation.response {
        types.use_value(response, Mode::Response);
    }
    for raise in &subject.operation.raises {
        use_error(types, &raise.body);
    }
}

fn use_error(types: &mut Types<'_>, body: &ErrorBody) {
    if let ErrorBody::Own { value, .. } = body {
        types.use_value(value, Mode::Response);
    }
}

fn typescript(types: &Types<'_>, bodies: &Bodies) -> String {
    let mut out = types.declarations();
    for body in &bodies.found {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&format!("export type {} = {};\n", body.name, types.spelled(&body.value, Mode::Response)));
    }
    out
}

fn operation<'a>(
    subject: &Subject<'a>,
    method: &str,
    api: &Api,
    types: &Types<'a>,
    examples: &Examples<'a, '_>,
    bodies: &mut Bodies,
) -> HandoffOperation {
    let read = subject.operation;
    let is_unknown = |part: EndpointPart| subject.endpoint.unknowns.iter().any(|unknown| unknown.part == part);
    let status = if is_unknown(EndpointPart::Status) { None } else { Some(subject.endpoint.status.unwrap_or(200)) };
    let answer_value = read.response.clone().filter(|value| status != Some(204) && value.kind != ApiKind::Null);
    HandoffOperation {
        method: method.to_owned(),
        path: subject.endpoint.path.known().cloned().unwrap_or_default(),
        name: subject.handler.symbol.name.clone(),
        does: does(subject),
        entity: subject.table.and_then(|table| table.class.as_ref()).map(|class| class.name.clone()),
        who: subject.who(),
        parameters: read.parameters.iter().map(|one| parameter(subject, one, types)).collect(),
        body: read.body.as_ref().map(|body| HandoffBody {
            media: body.media.clone(),
            ty: types.spelled(&body.value, Mode::Request),
            value: body.value.clone(),
            required: body.required,
        }),
        status,
        answer: answer(read, answer_value.as_ref(), status, types),
        answer_value,
        errors: errors::errors(subject, api, types, bodies),
        partial: read.partial,
        order: if subject.handler.operation == Some(StandardOperation::List) { read.order.clone() } else { Vec::new() },
        page: page(subject, types),
        example: examples.of(subject, method, status),
        unknowns: of_operation(subject),
        at: subject.endpoint.at.clone(),
    }
}

fn answer(read: &ApiOperation, value: Option<&ApiValue>, status: Option<u16>, types: &Types<'_>) -> Option<String> {
    let Some(value) = value else {
        // What declares nothing may answer anything.
        return (read.response.is_none() && status != Some(204)).then(|| "unknown".to_owned());
    };
    let spelled = types.spelled(value, Mode::Response);
    Some(if read.omits.is_empty() { spelled } else { format!("Partial<{spelled}>") })
}

/// What it does: as its docstring says, or its name.
fn does(subject: &Subject<'_>) -> String {
    if let Some(summary) = &subject.operation.summary {
        return summary.trim_end_matches('.').to_owned();
    }
    let name = subject.handler.symbol.name.rsplit('.').next().unwrap_or_default().replace('_', " ");
    let mut rest = name.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + rest.as_str())
}

fn parameter(subject: &Subject<'_>, read: &architect_model::ApiParameter, types: &Types<'_>) -> HandoffParameter {
    let of = match read.place {
        ParameterPlace::Path => example::named_by(subject.project, subject, &read.name),
        _ => subject.table.and_then(|table| example::referred(subject.project, table, &read.name)),
    };
    // Outside of a body there is no `null`: it is left out instead.
    let value = ApiValue { nullable: false, ..read.value.clone() };
    let default = read.default.as_ref().map(|default| default.known().cloned().unwrap_or_else(|| "?".to_owned()));
    HandoffParameter {
        name: read.name.clone(),
        place: read.place,
        ty: types.spelled(&value, Mode::Request),
        rules: rules::rules(&value),
        value,
        required: read.required,
        default: default.filter(|default| default != "null"),
        of: of.and_then(|table| table.class.as_ref()).map(|class| class.name.clone()),
    }
}

/// How rows are answered in pages, where several are.
fn page(subject: &Subject<'_>, types: &Types<'_>) -> Option<HandoffPage> {
    if subject.handler.operation != Some(StandardOperation::List) {
        return None;
    }
    let response = subject.operation.response.as_ref()?;
    let (rows, others) = match types.fields(response) {
        Some(fields) => {
            let is_rows = |kind: &ApiKind| matches!(kind, ApiKind::Array { .. });
            let rows = fields.iter().find(|field| is_rows(&field.value.kind)).map(|field| field.name.clone());
            let others: Vec<String> =
                fields.iter().map(|field| field.name.clone()).filter(|name| Some(name) != rows.as_ref()).collect();
            (rows, others)
        }
        None => (None, Vec::new()),
    };
    let query = subject.operation.parameters.iter().filter(|one| one.place == ParameterPlace::Query);
    let is_column =
        |name: &str| subject.table.is_some_and(|table| table.columns.iter().any(|column| column.name == name));
    let is_number =
        |one: &&architect_model::ApiParameter| matches!(one.value.kind, ApiKind::Integer) && !is_column(&one.name);
    let names = |wanted: &dyn Fn(&&architect_model::ApiParameter) -> bool| {
        query.clone().filter(wanted).map(|one| one.name.clone()).collect()
    };
    Some(HandoffPage { rows, others, parameters: names(&is_number), filters: names(&|one| !is_number(one)) })
}

/// How to sign in: by the scheme that most operations demand.
fn sign_in<'a>(all: &[Subject<'a>], own: &[Subject<'a>], examples: &Examples<'a, '_>) -> Option<SignIn> {
    let guarded = own.iter().filter(|one| !matches!(one.endpoint.access, EndpointAccess::Public));
    let scheme = guarded.flat_map(|one| &one.operation.schemes).next()?;
    let carries = match (scheme.class.as_str(), &scheme.name) {
        ("APIKeyHeader", Some(name)) => format!("the header `{name}: KEY`"),
        ("APIKeyQuery", Some(name)) => format!("the query parameter `{name}=KEY`"),
        ("APIKeyCookie", Some(name)) => format!("the cookie `{name}=KEY`"),
        ("HTTPBasic", _) => "the header `Authorization: Basic CREDENTIALS`".to_owned(),
        (class, _) if class.starts_with("OAuth2") || class == "HTTPBearer" => {
            "the header `Authorization: Bearer TOKEN`".to_owned()
        }
        (class, _) => format!("what `{class}` reads"),
    };
    let token_url = scheme.token_url.as_ref().and_then(|url| url.known().cloned());
    // Relative to where the API's document is: the root.
    let token_url =
        token_url.map(|url| if url.starts_with('/') || url.contains("://") { url } else { format!("/{url}") });
    let of_token = token_url.as_ref().and_then(|url| {
        all.iter().find(|one| {
            one.endpoint.path.known().is_some_and(|path| path.trim_end_matches('/') == url.trim_end_matches('/'))
        })
    });
    let example = of_token.and_then(|one| {
        let method = one.endpoint.methods.first()?;
        examples.of(one, method, Some(one.endpoint.status.unwrap_or(200)))
    });
    Some(SignIn { scheme: scheme.class.clone(), carries, token_url, example, at: scheme.at.clone() })
}

/// What could not be told of an operation.
fn of_operation(subject: &Subject<'_>) -> Vec<Unknown> {
    let mut found: Vec<Unknown> = Vec::new();
    let mut add = |unknown: &Unknown| {
        if !found.contains(unknown) {
            found.push(unknown.clone());
        }
    };
    subject.endpoint.unknowns.iter().for_each(|unknown| add(&unknown.unknown));
    subject.endpoint.condition.iter().for_each(&mut add);
    subject.operation.unknowns.iter().for_each(&mut add);
    for raise in &subject.operation.raises {
        if let Known::Unknown { unknown } = &raise.status {
            add(unknown);
        }
    }
    found
}

/// What is missing altogether: endpoints whose function or path is not known.
fn unknowns(project: &Project, own: &[Subject<'_>]) -> Vec<Unknown> {
    let mut found: Vec<Unknown> = Vec::new();
    for app in &project.apps {
        for routes in &app.unknown_routes {
            let concerns = own.iter().any(|one| one.endpoint.app.as_ref() == Some(&app.symbol));
            if concerns && !found.contains(&routes.unknown) {
                found.push(routes.unknown.clone());
            }
        }
    }
    found
}
