//! An example request with its response for each operation.

use std::collections::BTreeMap;

use architect_model::{
    ApiField, ApiKind, ApiValue, EndpointAccess, Example, Need, ParameterPlace, Project, SetValue, StandardOperation,
    Table, TableConstraint,
};
use serde_json::{Map, Value};

use super::typescript::{Mode, Types, value_of};
use super::values;
use super::who::Subject;

/// Objects nested deeper than this are left out: they hold each other.
const DEPTH: u8 = 6;

/// What examples of one project share.
pub(super) struct Examples<'a, 't> {
    pub(super) project: &'a Project,
    pub(super) types: &'t Types<'a>,
    /// Bodies that create rows, by the class of their table.
    created: BTreeMap<String, Map<String, Value>>,
}

impl<'a, 't> Examples<'a, 't> {
    /// Examples of the operations of a project.
    pub(super) fn new(project: &'a Project, types: &'t Types<'a>, subjects: &[Subject<'a>]) -> Self {
        let mut made = Self { project, types, created: BTreeMap::new() };
        let creates = subjects.iter().filter(|one| one.handler.operation == Some(StandardOperation::Create));
        for subject in creates {
            let (Some(table), Some(Value::Object(body))) = (subject.table, made.body(subject, &mut Vec::new())) else {
                continue;
            };
            if let Some(class) = &table.class {
                made.created.entry(class.name.clone()).or_insert(body);
            }
        }
        made
    }

    /// The example of an operation; none where no valid request can be made up.
    pub(super) fn of(&self, subject: &Subject<'a>, method: &str, status: Option<u16>) -> Option<Example> {
        let mut needs = Vec::new();
        let path = self.path(subject, &mut needs)?;
        let operation = subject.operation;
        let body = match &operation.body {
            Some(_) => Some(self.body(subject, &mut needs)?),
            None => None,
        };
        let mut headers = Vec::new();
        if !matches!(subject.endpoint.access, EndpointAccess::Public) {
            headers.extend(credentials(subject));
        }
        for parameter in operation.parameters.iter().filter(|one| one.place == ParameterPlace::Header && one.required) {
            let made = values::value(self.types, &parameter.value, &parameter.name, 0, Mode::Request)?;
            headers.push((parameter.name.clone(), shown(&made)));
        }
        if let Some(body) = &operation.body {
            headers.push(("Content-Type".to_owned(), body.media.clone()));
        }
        let has_answer = status != Some(204);
        let row = self.row(subject, body.as_ref());
        let response = operation.response.as_ref().filter(|_| has_answer);
        let response = response.and_then(|value| self.answer(value, subject.table, &row, ("", DEPTH)));
        Some(Example { method: method.to_owned(), path, headers, body, status, response, needs })
    }

    /// What the row holds that an operation answers: as it was created, changed by the request or the action.
    fn row(&self, subject: &Subject<'a>, body: Option<&Value>) -> Map<String, Value> {
        let class = subject.table.and_then(|table| table.class.as_ref());
        let mut row = class.and_then(|class| self.created.get(&class.name)).cloned().unwrap_or_default();
        if let Some(Value::Object(body)) = body {
            row.extend(body.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        for set in &subject.handler.sets {
            match &set.value {
                SetValue::Constant(text) => {
                    row.extend(serde_json::from_str(text).ok().map(|value| (set.column.clone(), value)));
                }
                SetValue::Null => {
                    row.insert(set.column.clone(), Value::Null);
                }
                SetValue::Now | SetValue::Computed => {}
            }
        }
        row
    }

    fn path(&self, subject: &Subject<'a>, needs: &mut Vec<Need>) -> Option<String> {
        let mut path = subject.endpoint.path.known()?.clone();
        let mut query = Vec::new();
        for parameter in &subject.operation.parameters {
            let name = &parameter.name;
            match parameter.place {
                ParameterPlace::Path => {
                    let entity = named_by(self.project, subject, name);
                    let made = match entity {
                        Some(table) => values::key(&parameter.value, self.place(table))?,
                        None => values::value(self.types, &parameter.value, name, 0, Mode::Request)?,
                    };
                    let text = shown(&made);
                    if let Some(class) = entity.and_then(|table| table.class.as_ref()) {
                        let entity = class.name.clone();
                        needs.push(Need { place: "path".to_owned(), name: name.clone(), entity, value: text.clone() });
                    }
                    path = filled(&path, name, &text);
                }
                ParameterPlace::Query if parameter.required => {
                    let made = values::value(self.types, &parameter.value, name, 0, Mode::Request)?;
                    query.push(format!("{name}={}", encoded(&shown(&made))));
                }
                _ => {}
            }
        }
        Some(if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) })
    }

    /// The place of a table among all: the number in its keys.
    fn place(&self, table: &Table) -> usize {
        self.project.tables().position(|known| std::ptr::eq(known, table)).unwrap_or_default()
    }

    fn body(&self, subject: &Subject<'a>, needs: &mut Vec<Need>) -> Option<Value> {
        let body = subject.operation.body.as_ref()?;
        let own = match &body.value.kind {
            ApiKind::Object { fields } => Some(fields.as_slice()),
            _ => self.types.fields(&body.value),
        };
        let Some(fields) = own else { return values::value(self.types, &body.value, "body", 0, Mode::Request) };
        let is_change = subject.handler.operation == Some(StandardOperation::Update);
        let mut made = Map::new();
        for field in fields.iter().filter(|field| !field.computed) {
            let to = subject.table.and_then(|table| self.referred(table, &field.name));
            if let Some(to) = to {
                if field.required {
                    let key = values::key(&field.value, self.place(to))?;
                    let entity = to.class.as_ref()?.name.clone();
                    let value = shown(&key);
                    needs.push(Need { place: "body".to_owned(), name: field.name.clone(), entity, value });
                    made.insert(field.name.clone(), key);
                }
                continue;
            }
            let is_form = matches!(body.value.kind, ApiKind::Object { .. });
            if (is_change || is_form) && !field.required {
                continue;
            }
            let nth = usize::from(is_change);
            let default = field.default.as_ref().and_then(|default| default.known());
            let default =
                default.and_then(|text| serde_json::from_str(text).ok()).filter(|value: &Value| !value.is_null());
            let sample = || values::value(self.types, &field.value, &field.name, nth, Mode::Request);
            match default.or_else(sample) {
                Some(value) if field.required || is_plain(field) => {
                    made.insert(field.name.clone(), value);
                }
                None if field.required => return None,
                _ => {}
            }
        }
        if is_change && made.is_empty() {
            made.extend(self.change(subject, fields));
        }
        Some(Value::Object(made))
    }

    /// One field with a new value: text if there is some.
    fn change(&self, subject: &Subject<'a>, fields: &[ApiField]) -> Option<(String, Value)> {
        let is_key = |field: &ApiField| subject.table.is_some_and(|table| self.referred(table, &field.name).is_some());
        let all = || fields.iter().filter(|field| !is_key(field) && !field.computed);
        let is_text = |field: &&ApiField| matches!(field.value.kind, ApiKind::String { format: None });
        let field = all().find(is_text).or_else(|| all().next())?;
        let value = values::value(self.types, &field.value, &field.name, 1, Mode::Request)?;
        Some((field.name.clone(), value))
    }

    /// The table that a foreign-key column refers to.
    fn referred(&self, table: &Table, column: &str) -> Option<&'a Table> {
        referred(self.project, table, column)
    }

    /// The response: what the row holds, and what the server makes.
    fn answer(
        &self,
        value: &ApiValue,
        table: Option<&Table>,
        row: &Map<String, Value>,
        (name, depth): (&str, u8),
    ) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        match &value.kind {
            ApiKind::Array { items } => {
                // A row that holds rows of its own kind holds none at the end.
                let item = self.answer(items, table, row, (name, depth));
                Some(Value::Array(item.into_iter().collect()))
            }
            ApiKind::Class { .. } => {
                let Some(fields) = self.types.fields(value) else {
                    return values::value(self.types, value, name, 0, Mode::Response);
                };
                let mut made = Map::new();
                for field in fields.iter().filter(|field| !field.missing) {
                    let shown = field.answered_as.as_deref().unwrap_or(&field.name);
                    made.insert(shown.to_owned(), self.field(field, table, row, depth)?);
                }
                Some(Value::Object(made))
            }
            _ => values::value(self.types, value, name, 0, Mode::Response),
        }
    }

    fn field(&self, field: &ApiField, table: Option<&Table>, row: &Map<String, Value>, depth: u8) -> Option<Value> {
        let value = value_of(field, Mode::Response);
        if let Some(sent) = row.get(&field.name) {
            if matches!(value.kind, ApiKind::Decimal { answered_as_text: true, .. }) && sent.is_number() {
                return Some(Value::from(places(sent, value)));
            }
            return Some(sent.clone());
        }
        let column = table.and_then(|table| table.columns.iter().find(|column| column.name == field.name));
        if let (Some(table), Some(column)) = (table, column) {
            if column.primary_key {
                return values::key(value, self.place(table));
            }
            if let Some(to) = self.referred(table, &column.name) {
                let is_owner = table.owner.as_ref().is_some_and(|owner| owner.column == column.name);
                let is_empty = value.nullable && !is_owner;
                return if is_empty { Some(Value::Null) } else { values::key(value, self.place(to)) };
            }
        }
        let default = field.default.as_ref().and_then(|default| default.known());
        if let Some(default) = default.and_then(|text| serde_json::from_str(text).ok()) {
            return Some(default);
        }
        let nested = match &value.kind {
            ApiKind::Array { items } if items.class().is_some() => self.answer(value, table, row, (&field.name, depth)),
            ApiKind::Class { .. } => self.answer(value, None, &Map::new(), (&field.name, depth)),
            _ => None,
        };
        if nested.is_some() {
            return nested;
        }
        if value.nullable {
            return Some(Value::Null);
        }
        values::value(self.types, value, &field.name, 0, Mode::Response)
    }
}

/// A decimal number with all digits behind its point, as it is answered.
fn places(sent: &Value, value: &ApiValue) -> String {
    let places = value.bound("decimal_places").and_then(|places| places.parse().ok());
    match (sent.as_f64(), places) {
        (Some(number), Some(places)) => {
            let places: usize = places;
            format!("{number:.places$}")
        }
        _ => sent.to_string(),
    }
}

/// Whether a field is worth showing where it may be left out.
fn is_plain(field: &ApiField) -> bool {
    // A key must be one of a row.
    let is_key = |value: &ApiValue| value.kind.format() == Some("uuid");
    match &field.value.kind {
        ApiKind::Any | ApiKind::Map { .. } => false,
        ApiKind::Array { items } => !is_key(items),
        _ => !is_key(&field.value),
    }
}

/// The header with a caller's credentials.
fn credentials(subject: &Subject<'_>) -> Option<(String, String)> {
    let scheme = subject.operation.schemes.first()?;
    match scheme.class.as_str() {
        "APIKeyHeader" => Some((scheme.name.clone()?, "KEY".to_owned())),
        "HTTPBasic" => Some(("Authorization".to_owned(), "Basic CREDENTIALS".to_owned())),
        class if class.starts_with("OAuth2") || class == "HTTPBearer" => {
            Some(("Authorization".to_owned(), "Bearer TOKEN".to_owned()))
        }
        _ => None,
    }
}

/// The table whose key a path parameter is, by its name.
pub(super) fn named_by<'a>(project: &'a Project, subject: &Subject<'a>, name: &str) -> Option<&'a Table> {
    let own = |table: &&'a Table| {
        let class = table.class.as_ref().map(|class| heck::ToSnakeCase::to_snake_case(class.name.as_str()));
        let stem = name.strip_suffix("_id").or_else(|| name.strip_suffix("_uuid"));
        class.is_some() && stem == class.as_deref()
    };
    let of_key = || {
        let table = subject.table?;
        (name == "id" || table.columns.iter().any(|column| column.primary_key && column.name == name)).then_some(table)
    };
    project.tables().find(own).or_else(of_key)
}

/// The table that a foreign-key column refers to.
pub(super) fn referred<'a>(project: &'a Project, table: &Table, column: &str) -> Option<&'a Table> {
    let name = table.constraints.iter().find_map(|constraint| match constraint {
        TableConstraint::ForeignKey { columns, ref_table, .. } if columns.iter().eq([column]) => Some(ref_table),
        _ => None,
    })?;
    project.tables().find(|known| {
        known.name.known().is_some_and(|own| match &known.schema {
            Some(schema) => format!("{schema}.{own}") == *name,
            None => own == name,
        })
    })
}

/// A path with a parameter filled in, whatever converter it has: `{id}`, `{path:path}`.
fn filled(path: &str, name: &str, text: &str) -> String {
    let plain = format!("{{{name}}}");
    if path.contains(&plain) {
        return path.replace(&plain, text);
    }
    let start = format!("{{{name}:");
    match path.find(&start).and_then(|from| Some((from, from + path[from..].find('}')?))) {
        Some((from, to)) => format!("{}{text}{}", &path[..from], &path[to + 1..]),
        None => path.to_owned(),
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
