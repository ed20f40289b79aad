//! The house style, each choice with its evidence.

use std::fmt::{Debug, Write};

use architect_model::{
    DeleteAnswer, DependencyParameter, HouseStyle, IdKind, LayerKind, Method, Observed, PageShape, ParameterKind,
    RepositoryKind, ServiceKind, Symbol,
};

use super::paint::{accent, dim, heading};

/// Appends the house style to `out`.
pub fn write_style(out: &mut String, style: &HouseStyle) {
    let _ = writeln!(out, "{}", heading("House style"));
    write_layout(out, style);
    write_data(out, style);
    write_layers(out, style);
    write_api(out, style);
    write_surroundings(out, style);
    out.push('\n');
}

fn write_layout(out: &mut String, style: &HouseStyle) {
    let layout = &style.layout;
    let layers = [("models in", &layout.models), ("schemas in", &layout.schemas), ("endpoints in", &layout.endpoints)];
    for (label, place) in layers {
        line(out, label, &place.value, place);
    }
    for (label, place) in
        [("repository in", &layout.repository), ("service in", &layout.service), ("tests in", &layout.tests)]
    {
        line(out, label, place.value.as_deref().unwrap_or("none"), place);
    }
    if let Some(registration) = &layout.registration {
        fact(out, "routers registered", &format!("{} {}", one_line(&registration.call), dim(&registration.at)));
    }
    if let Some(imports) = &layout.model_imports {
        fact(out, "Alembic sees models", &format!("{} {}", one_line(&imports.import), dim(&imports.at)));
    }
}

fn write_data(out: &mut String, style: &HouseStyle) {
    let models = &style.models;
    line(out, "tables", &words(&models.orm.value), &models.orm);
    line(out, "primary key", id_kind(models.id.value), &models.id);
    line(out, "owner column", &models.owner_column.value, &models.owner_column);
    let mixins: Vec<_> = models.mixins.iter().map(|mixin| mixin.class.to_string()).collect();
    if !mixins.is_empty() {
        fact(out, "mixins", &mixins.join(", "));
    }
    for timestamp in &models.timestamps {
        line(out, "timestamp", &timestamp.value.name, timestamp);
    }
    if let Some(mark) = &models.deletion {
        line(out, "deleted rows", &format!("stay, marked by {}", mark.value.column), mark);
    }
    let schemas = &style.schemas;
    line(out, "schemas extend", &schemas.base.value.to_string(), &schemas.base);
    let base = schemas.base_suffix.value.as_deref().unwrap_or("no shared base");
    let suffixes = [base, &schemas.create_suffix.value, &schemas.update_suffix.value, &schemas.output_suffix.value];
    line(out, "schema names", &suffixes.join(" / "), &schemas.output_suffix);
    let bounds = if schemas.annotated.value { "Annotated[str, Field(...)]" } else { "str = Field(...)" };
    line(out, "bounds of fields", bounds, &schemas.annotated);
}

fn write_layers(out: &mut String, style: &HouseStyle) {
    let session = &style.session;
    let kind = if session.is_async.value { "asynchronous" } else { "synchronous" };
    line(out, "sessions", kind, &session.is_async);
    line(out, "session dependency", &dependency(&session.parameter.value), &session.parameter);
    line(out, "commit in", &words(&session.commit.value), &session.commit);
    line(out, "user dependency", &dependency(&style.user.parameter.value), &style.user.parameter);
    let repository = &style.repository;
    if repository.kind.value == RepositoryKind::None {
        line(out, "repositories", "none", &repository.kind);
    } else {
        line(out, "repositories", &words(&repository.kind.value), &repository.kind);
        line(out, "session reaches them", &words(&repository.session.value), &repository.session);
    }
    if let Some(base) = &repository.base {
        fact(out, "base class", &format!("{}[{}] {}", base.class, base.type_parameters.join(", "), dim(&base.at)));
        for method in &base.methods {
            fact(out, "  base method", &signature(&method.method));
        }
    }
    let service = &style.service;
    line(out, "services", &words(&service.kind.value), &service.kind);
    if service.kind.value != ServiceKind::None {
        line(out, "service made by", &words(&service.made.value), &service.made);
    }
}

fn write_api(out: &mut String, style: &HouseStyle) {
    let errors = &style.errors;
    line(out, "errors", &words(&errors.kind.value), &errors.kind);
    let raised = errors.raised_in.value.map_or("nowhere", layer);
    line(out, "errors raised in", raised, &errors.raised_in);
    line(out, "somebody else's row", &errors.denied_status.value.to_string(), &errors.denied_status);
    line(out, "a taken value", &errors.taken_status.value.to_string(), &errors.taken_status);
    line(out, "references checked", &words(&style.reach.references.value), &style.reach.references);
    let pages = &style.pages;
    line(out, "pages", &page_shape(&pages.shape.value), &pages.shape);
    line(out, "page parameters", &words(&pages.parameters.value), &pages.parameters);
    let endpoints = &style.endpoints;
    let kind = if endpoints.is_async.value { "async def" } else { "def" };
    line(out, "handlers", kind, &endpoints.is_async);
    line(out, "handlers in order", &endpoints.sequence.value.join(", "), &endpoints.sequence);
    line(out, "response type by", &words(&endpoints.response.value), &endpoints.response);
    let prefix = if endpoints.prefix_on_router.value { "on APIRouter" } else { "on include_router" };
    line(out, "prefix", prefix, &endpoints.prefix_on_router);
    line(out, "update by", &endpoints.update_method.value, &endpoints.update_method);
    line(out, "creation answers", &endpoints.create_status.value.to_string(), &endpoints.create_status);
    line(out, "deletion answers", &delete_answer(&endpoints.delete.value), &endpoints.delete);
}

fn write_surroundings(out: &mut String, style: &HouseStyle) {
    let migrations = &style.migrations;
    if let Some(versions) = &migrations.versions {
        let heads: Vec<_> = migrations.heads.iter().map(|(revision, _)| revision.as_str()).collect();
        fact(out, "migrations in", &format!("{versions}, head {}", heads.join(", ")));
    }
    let tests = &style.tests;
    let fixtures: Vec<_> = tests.client.iter().chain(&tests.users).map(|fixture| fixture.name.as_str()).collect();
    if !fixtures.is_empty() {
        let kind = if tests.is_async.value { "asynchronous" } else { "synchronous" };
        fact(out, "tests", &format!("{kind}, with {}", fixtures.join(", ")));
    }
    let format = &style.format;
    let quotes = if format.double_quotes { "double" } else { "single" };
    let source = format.config.as_deref().unwrap_or("counted in the code");
    fact(out, "format", &format!("{} columns, {quotes} quotes {}", format.line_length, dim(source)));
}

/// A choice with its evidence: `12 of 14`, and the place that shows it.
fn line<T>(out: &mut String, label: &str, value: &str, observed: &Observed<T>) {
    let evidence = match (&observed.example, observed.is_seen()) {
        (Some(at), true) => format!("{} of {}, {at}", observed.count, observed.of),
        (None, true) => format!("{} of {}", observed.count, observed.of),
        (_, false) => "no evidence, taken from the brief".to_owned(),
    };
    fact(out, label, &format!("{value} {}", dim(evidence)));
}

fn fact(out: &mut String, label: &str, value: &str) {
    let _ = writeln!(out, "  {}{value}", accent(format!("{label:<22}")));
}

fn one_line(statement: &str) -> String {
    statement.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `ResponseModel` as `response model`.
fn words(value: &impl Debug) -> String {
    let mut out = String::new();
    for c in format!("{value:?}").chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push(' ');
        }
        out.extend(c.to_lowercase());
    }
    out
}

fn id_kind(kind: IdKind) -> &'static str {
    match kind {
        IdKind::Uuid => "uuid",
        IdKind::Integer => "integer",
        IdKind::String => "string",
    }
}

fn layer(kind: LayerKind) -> &'static str {
    match kind {
        LayerKind::Service => "service",
        LayerKind::Repository => "repository",
        LayerKind::Endpoints => "endpoints",
        _ => "elsewhere",
    }
}

fn dependency(parameter: &DependencyParameter) -> String {
    let symbol = |symbol: &Symbol| symbol.to_string();
    let how = match (&parameter.alias, &parameter.dependency) {
        (Some(alias), _) => symbol(alias),
        (None, Some(dependency)) => format!("Depends({})", symbol(dependency)),
        (None, None) => return "none".to_owned(),
    };
    format!("{}: {how}", parameter.name)
}

fn page_shape(shape: &PageShape) -> String {
    match shape {
        PageShape::PerEntity { name, rows, total, .. } => format!("{name} {{{rows}{}}}", rest(total.as_deref())),
        PageShape::Generic { class, rows, total, .. } => format!("{class}[…] {{{rows}{}}}", rest(total.as_deref())),
        PageShape::Bare => "bare lists".to_owned(),
    }
}

fn rest(total: Option<&str>) -> String {
    total.map(|total| format!(", {total}")).unwrap_or_default()
}

fn delete_answer(answer: &DeleteAnswer) -> String {
    match answer {
        DeleteAnswer::NoContent => "204 and nothing".to_owned(),
        DeleteAnswer::Message { class, .. } => format!("200 and {class}"),
        DeleteAnswer::Row => "200 and the row".to_owned(),
    }
}

/// `async get(session: AsyncSession, id: UUID) -> Model | None`, without defaults.
fn signature(method: &Method) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut keywords = false;
    for parameter in &method.parameters {
        if parameter.kind == ParameterKind::KeywordOnly && !keywords {
            keywords = true;
            parts.push("*".to_owned());
        }
        let stars = match parameter.kind {
            ParameterKind::Arguments => "*",
            ParameterKind::KeywordArguments => "**",
            _ => "",
        };
        let annotation = parameter.annotation.as_ref().map(|text| format!(": {}", one_line(text))).unwrap_or_default();
        parts.push(format!("{stars}{}{annotation}", parameter.name));
    }
    let prefix = if method.is_async { "async " } else { "" };
    let returns = method.returns.as_ref().map(|text| format!(" -> {}", one_line(text))).unwrap_or_default();
    format!("{prefix}{}({}){returns}", method.name, parts.join(", "))
}
