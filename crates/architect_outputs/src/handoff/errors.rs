//! What an operation refuses: when, with which status and body.

use architect_model::{
    Api, ApiField, ApiKind, ApiRaise, ApiValue, ColumnSet, EndpointAccess, ErrorBody, ErrorType, HandoffError,
    ParameterPlace, Project, RaiseReason, StandardOperation, Table, TableConstraint,
};

use super::typescript::Types;
use super::who::{Subject, refusal};

/// Bodies of errors with the names that they were given.
pub(super) struct Bodies {
    invalid: ErrorBody,
    /// Those in use.
    pub(super) found: Vec<ErrorType>,
}

impl Bodies {
    /// None in use yet.
    pub(super) fn new(api: &Api) -> Self {
        Self { invalid: api.invalid.clone(), found: Vec::new() }
    }

    fn name(&mut self, body: &ErrorBody) -> String {
        match body {
            ErrorBody::Detail => self.named("ErrorDetail", &detail(), None),
            ErrorBody::Own { value, at } => self.named("ErrorDetail", value, Some(at)),
        }
    }

    fn invalid(&mut self) -> String {
        match self.invalid.clone() {
            ErrorBody::Detail => self.named("InvalidRequest", &invalid(), None),
            ErrorBody::Own { value, at } => self.named("InvalidRequest", &value, Some(&at)),
        }
    }

    /// Bodies of the same form have one name; others are counted on.
    fn named(&mut self, base: &str, value: &ApiValue, at: Option<&architect_model::Location>) -> String {
        if let Some(known) = self.found.iter().find(|known| known.value == *value) {
            return known.name.clone();
        }
        let count = self.found.iter().filter(|known| known.name.starts_with(base)).count();
        let name = if count == 0 { base.to_owned() } else { format!("{base}{}", count + 1) };
        self.found.push(ErrorType { name: name.clone(), value: value.clone(), at: at.cloned() });
        name
    }
}

/// `{"detail": "…"}`.
fn detail() -> ApiValue {
    object(vec![("detail", ApiValue::of(ApiKind::String { format: None }))])
}

/// FastAPI's answer to an invalid request.
fn invalid() -> ApiValue {
    let text = || ApiValue::of(ApiKind::String { format: None });
    let of = vec![text(), ApiValue::of(ApiKind::Integer)];
    let place = ApiValue::of(ApiKind::Array { items: Box::new(ApiValue::of(ApiKind::Union { of })) });
    let item = object(vec![("loc", place), ("msg", text()), ("type", text())]);
    object(vec![("detail", ApiValue::of(ApiKind::Array { items: Box::new(item) }))])
}

fn object(fields: Vec<(&str, ApiValue)>) -> ApiValue {
    let field = |(name, value): (&str, ApiValue)| ApiField {
        name: name.to_owned(),
        answered_as: None,
        value,
        answered: None,
        required: true,
        default: None,
        missing: false,
        computed: false,
    };
    ApiValue::of(ApiKind::Object { fields: fields.into_iter().map(field).collect() })
}

/// What an operation refuses, by status.
pub(super) fn errors(subject: &Subject<'_>, api: &Api, types: &Types<'_>, bodies: &mut Bodies) -> Vec<HandoffError> {
    let mut found: Vec<HandoffError> = Vec::new();
    let operation = subject.operation;
    if !matches!(subject.endpoint.access, EndpointAccess::Public)
        && let Some(status) = subject.unauthenticated()
    {
        let when = "no valid credentials".to_owned();
        found.push(HandoffError { status: Some(status), when, body: bodies.name(&caller_body(subject)), at: None });
    }
    for raise in operation.raises.iter().filter(|raise| counts(subject, raise)) {
        for when in whens(subject, api, types, raise) {
            let status = raise.status.known().copied();
            let body = bodies.name(&raise.body);
            let error = HandoffError { status, when, body, at: Some(raise.at.clone()) };
            if !found.iter().any(|known| known.status == error.status && known.when == error.when) {
                found.push(error);
            }
        }
    }
    for declared in &subject.endpoint.responses {
        if declared.status >= 400 && !found.iter().any(|known| known.status == Some(declared.status)) {
            let when = declared.description.clone().unwrap_or_else(|| "declared by the route".to_owned());
            let body = bodies.name(&ErrorBody::Detail);
            let at = Some(subject.endpoint.at.clone());
            found.push(HandoffError { status: Some(declared.status), when, body, at });
        }
    }
    let is_checked = !operation.parameters.is_empty() || operation.body.is_some();
    if is_checked && !found.iter().any(|known| known.status == Some(422) && known.at.is_none()) {
        let when = "the request is not valid".to_owned();
        found.push(HandoffError { status: Some(422), when, body: bodies.invalid(), at: None });
    }
    found.sort_by_key(|error| error.status.unwrap_or(999));
    found
}

/// The body that somebody gets who shows no valid credentials.
fn caller_body(subject: &Subject<'_>) -> ErrorBody {
    let status = subject.unauthenticated();
    let raise = subject
        .operation
        .raises
        .iter()
        .find(|raise| raise.about == RaiseReason::Caller && raise.status.known().copied() == status);
    raise.map_or(ErrorBody::Detail, |raise| raise.body.clone())
}

/// Whether a refusal can happen in this operation, and is not said already.
fn counts(subject: &Subject<'_>, raise: &ApiRaise) -> bool {
    let status = raise.status.known().copied();
    match raise.about {
        RaiseReason::Caller => status != subject.unauthenticated() || status.is_none(),
        // Only a row that is named can be gone.
        RaiseReason::Stale => {
            subject.endpoint.methods.iter().all(|method| method != "GET")
                && subject.operation.parameters.iter().any(|one| one.place == ParameterPlace::Path)
                && subject.handler.operation != Some(StandardOperation::Create)
        }
        _ => true,
    }
}

/// When it happens, in words; each rule of the database by itself.
fn whens(subject: &Subject<'_>, api: &Api, types: &Types<'_>, raise: &ApiRaise) -> Vec<String> {
    if raise.about == RaiseReason::Constraint && raise.detail.is_none() {
        return broken(subject, api, types);
    }
    match &raise.detail {
        Some(detail) if raise.about == RaiseReason::Caller => vec![format!("{detail} (who the caller is)")],
        Some(detail) => vec![detail.clone()],
        None if raise.when.is_empty() => vec![format!("not told; raised at {}", raise.at)],
        None => vec![refusal(raise).split_once("where ").map_or_else(String::new, |(_, when)| format!("where {when}"))],
    }
}

/// The rules of the database that an operation can break.
fn broken(subject: &Subject<'_>, api: &Api, types: &Types<'_>) -> Vec<String> {
    let Some(table) = subject.table else { return vec!["a rule of the database is broken".to_owned()] };
    let written = written(subject, types);
    let mut found = Vec::new();
    if subject.handler.operation == Some(StandardOperation::Delete) {
        if is_held(subject.project, table, &mut Vec::new()) {
            found.push("other rows refer to it".to_owned());
        }
        return found;
    }
    for constraint in &table.constraints {
        if let TableConstraint::ForeignKey { columns, ref_table, .. } = constraint
            && columns.iter().any(|column| written.contains(column))
        {
            found.push(format!("`{}` names no row of `{ref_table}`", columns.join("`, `")));
        }
        let Some(columns) = constraint.unique_columns() else { continue };
        if columns.iter().any(|column| written.iter().any(|written| written == column)) {
            let known = api.taken.iter().find(|taken| Some(taken.constraint.as_str()) == constraint.name());
            let plain = || format!("another row has the same `{}`", columns.join("`, `"));
            found.push(known.map_or_else(plain, |taken| taken.detail.clone()));
        }
    }
    found
}

/// The columns that a request sets.
fn written(subject: &Subject<'_>, types: &Types<'_>) -> Vec<String> {
    let body = subject.operation.body.as_ref();
    let fields = body.and_then(|body| types.fields(&body.value)).unwrap_or_default();
    let set = subject.handler.sets.iter().map(|set: &ColumnSet| set.column.clone());
    fields.iter().map(|field| field.name.clone()).chain(set).collect()
}

/// Whether rows of other tables may keep a row from being deleted, itself or what would be deleted with it.
fn is_held<'a>(project: &'a Project, table: &'a Table, seen: &mut Vec<&'a Table>) -> bool {
    if seen.iter().any(|known| std::ptr::eq(*known, table)) {
        return false;
    }
    seen.push(table);
    let name = table.name.known();
    project.tables().any(|other| {
        other.constraints.iter().any(|constraint| match constraint {
            TableConstraint::ForeignKey { ref_table, on_delete, .. } if Some(ref_table) == name => {
                match on_delete.as_deref() {
                    Some("SET NULL" | "SET DEFAULT") => false,
                    Some("CASCADE") => is_held(project, other, seen),
                    _ => true,
                }
            }
            _ => false,
        })
    })
}
