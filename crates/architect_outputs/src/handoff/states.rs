//! Fields with a set of values, and what changes them.

use architect_model::{
    ApiField, ApiKind, ApiShape, ApiValue, ColumnType, SetValue, StandardOperation, StateField, Table, Transition,
};

use super::typescript::Types;
use super::who::{Subject, is_enumeration};

/// The fields of a table with a set of values, and flags that an action sets.
pub(super) fn of_table(table: &Table, subjects: &[Subject<'_>], types: &Types<'_>) -> Vec<StateField> {
    let Some(class) = &table.class else { return Vec::new() };
    let own: Vec<&Subject<'_>> =
        subjects.iter().filter(|subject| subject.handler.table.as_ref() == Some(class)).collect();
    let mut found = Vec::new();
    for column in &table.columns {
        let Some(ty) = column.ty.known() else { continue };
        let is_set = own.iter().any(|subject| sets(subject, &column.name).next().is_some());
        let is_flag = matches!(ty, ColumnType::Boolean) && is_set;
        if !is_enumeration(ty) && !is_flag {
            continue;
        }
        let values = values(&column.name, ty, &own, types);
        if values.is_empty() {
            continue;
        }
        let transitions = own.iter().flat_map(|subject| transitions(subject, &column.name, types)).collect();
        let initial = initial(&column.name, &own, types);
        let field = column.name.clone();
        found.push(StateField { entity: class.name.clone(), field, values, initial, transitions });
    }
    found
}

fn sets<'s>(subject: &'s Subject<'_>, column: &'s str) -> impl Iterator<Item = &'s architect_model::ColumnSet> {
    let sets = subject.handler.sets.iter();
    sets.filter(move |set| set.column == column && Some(&set.table) == subject.handler.table.as_ref())
}

/// The field of a body with this name.
fn sent<'t>(subject: &Subject<'_>, column: &str, types: &Types<'t>) -> Option<&'t ApiField> {
    let body = subject.operation.body.as_ref()?;
    types.fields(&body.value)?.iter().find(|field| field.name == column)
}

/// The values as requests and responses have them: a database may store others.
fn values(column: &str, ty: &ColumnType, own: &[&Subject<'_>], types: &Types<'_>) -> Vec<String> {
    let answered = own.iter().filter_map(|subject| {
        let value = subject.operation.response.as_ref()?;
        types.fields(value)?.iter().find(|field| field.name == column)
    });
    let fields = own.iter().filter_map(|subject| sent(subject, column, types)).chain(answered);
    let found = fields.map(|field| of_value(&field.value, types)).find(|values| !values.is_empty());
    match (found, ty) {
        (Some(values), _) => values,
        (None, ColumnType::Boolean) => vec!["false".to_owned(), "true".to_owned()],
        (None, _) => Vec::new(),
    }
}

fn of_value(value: &ApiValue, types: &Types<'_>) -> Vec<String> {
    match &value.kind {
        ApiKind::Constant { values } => values.clone(),
        ApiKind::Boolean => vec!["false".to_owned(), "true".to_owned()],
        ApiKind::Class { class } => match types.class(class).map(|class| &class.shape) {
            Some(ApiShape::Enumeration { members }) => members.iter().map(|(value, _)| value.clone()).collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The value of a new row whose request does not say it.
fn initial(column: &str, own: &[&Subject<'_>], types: &Types<'_>) -> Option<String> {
    let create = own.iter().find(|subject| subject.handler.operation == Some(StandardOperation::Create))?;
    sent(create, column, types)?.default.as_ref()?.known().cloned()
}

fn transitions(subject: &Subject<'_>, column: &str, types: &Types<'_>) -> Vec<Transition> {
    let operation = subject.name();
    let mut found = Vec::new();
    for set in sets(subject, column) {
        let to = match &set.value {
            SetValue::Constant(text) => Some(text.clone()),
            SetValue::Null => Some("null".to_owned()),
            SetValue::Now | SetValue::Computed => None,
        };
        let from = set.when.iter().find(|state| state.column == column).map(|state| state.values.clone());
        let mut unknowns = set.unknowns.clone();
        if to.is_none() {
            unknowns.push(architect_model::Unknown::new(set.at.clone(), "the value that it is set to"));
        }
        found.push(Transition { operation: operation.clone(), from, to, unknowns });
    }
    if sent(subject, column, types).is_some() {
        found.push(Transition { operation, from: None, to: None, unknowns: Vec::new() });
    }
    found
}

impl Subject<'_> {
    /// `POST /projects`.
    pub(super) fn name(&self) -> String {
        let path = self.endpoint.path.known().map_or("?", String::as_str);
        format!("{} {path}", self.endpoint.methods.join(" "))
    }
}
