//! Endpoints that work on the rows of a table, as a document would name them.

use architect_model::{
    Access, Action, Assumption, ColumnSet, Endpoint, EndpointAccess, EndpointDesign, Entity, Field, FieldType, Handler,
    Literal, Ownership, SetValue, StandardOperation, Symbol,
};
use heck::ToSnakeCase;

use super::Described;
use crate::columns::column_name;
use crate::endpoints::entity_of;
use crate::paths::{parameter, shape};

/// Puts the usual five into one `CRUD` row where they are there together.
pub(super) fn together(mut rows: Vec<EndpointDesign>, entity: &Entity) -> Vec<EndpointDesign> {
    let own: Vec<EndpointDesign> =
        rows.iter().filter(|row| entity_of(&row.action) == Some(&entity.name)).cloned().collect();
    if let Some((row, parts)) = crud(&own, entity) {
        let is_part = |row: &EndpointDesign| parts.contains(&(row.method.clone(), row.path.clone()));
        let place = rows.iter().position(is_part).unwrap_or(0);
        rows.retain(|row| !is_part(row));
        rows.insert(place, row);
    }
    rows
}

impl Described<'_> {
    pub(super) fn rows(&mut self, entity: &Entity) -> Vec<EndpointDesign> {
        let project = self.project;
        let class = self.table.class.as_ref();
        let mounted = project.style.layout.registration.as_ref().map_or("", |one| one.mounted_at.as_str());
        let handlers: Vec<&Handler> = project.handlers.iter().filter(|one| one.table.as_ref() == class).collect();
        let mut rows = Vec::new();
        for endpoint in &project.endpoints {
            let Some(handler) = handlers.iter().find(|one| one.symbol == endpoint.handler) else { continue };
            let Some(path) = endpoint.path.known() else { continue };
            let path = path.strip_prefix(mounted).unwrap_or(path).trim_end_matches('/').to_owned();
            if !path.starts_with('/') {
                continue;
            }
            let who = who(self, entity, endpoint);
            let action = action(entity, handler, class);
            for method in &endpoint.methods {
                if who == Access::Unsaid {
                    let text = format!("who may call `{method} {path}` is not plain from its dependencies, and stays");
                    self.notes.push(Assumption { text, at: endpoint.at.clone() });
                }
                rows.push(EndpointDesign {
                    method: method.clone(),
                    path: path.clone(),
                    action: action.clone(),
                    who: who.clone(),
                    satisfies: Vec::new(),
                    description: None,
                    at: endpoint.at.clone(),
                });
            }
        }
        rows
    }
}

fn action(entity: &Entity, handler: &Handler, class: Option<&Symbol>) -> Action {
    if handler.operation.is_none()
        && let Some(set) = class.and_then(|class| fixed(entity, handler, class))
    {
        return set;
    }
    let entity = entity.name.clone();
    match handler.operation {
        Some(StandardOperation::List) => Action::List { entity, order: Vec::new(), only: Vec::new() },
        Some(StandardOperation::Read) => Action::Read { entity },
        Some(StandardOperation::Create) => Action::Create { entity },
        Some(StandardOperation::Update) => Action::Update { entity },
        Some(StandardOperation::Delete) => Action::Delete { entity },
        None => Action::Other { text: handler.symbol.name.replace('_', " ") },
    }
}

/// `set status = archived when status is draft or active`, where that is all that a function does.
fn fixed(entity: &Entity, handler: &Handler, class: &Symbol) -> Option<Action> {
    let is_plain = |set: &&ColumnSet| set.table == *class && set.unknowns.is_empty();
    if handler.sets.is_empty() || handler.body.is_some() || !handler.sets.iter().all(|set| is_plain(&set)) {
        return None;
    }
    let mut values = Vec::new();
    let mut when: Vec<(String, Vec<Literal>)> = Vec::new();
    for set in &handler.sets {
        // Times that the conventions imply are kept by what writes rows.
        let Some(field) = field(entity, &set.column) else {
            if set.value == SetValue::Now { continue } else { return None }
        };
        let value = match &set.value {
            SetValue::Constant(text) => literal(field, text)?,
            SetValue::Now => Literal::Now { now: true },
            SetValue::Null if !field.required => Literal::Null,
            SetValue::Null | SetValue::Computed => return None,
        };
        values.push((field.name.clone(), value));
        for state in &set.when {
            let field = self::field(entity, &state.column)?;
            let allowed: Vec<Literal> = state.values.iter().map(|text| literal(field, text)).collect::<Option<_>>()?;
            let state = (field.name.clone(), allowed);
            if !when.contains(&state) {
                when.push(state);
            }
        }
    }
    (!values.is_empty()).then(|| Action::Set { entity: entity.name.clone(), values, when })
}

fn field<'e>(entity: &'e Entity, column: &str) -> Option<&'e Field> {
    entity.fields.iter().find(|field| column_name(field) == column)
}

/// A value of a field that is given as JSON text.
fn literal(field: &Field, text: &str) -> Option<Literal> {
    let bare =
        text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|bare| !bare.contains(['"', '\\']));
    match &field.ty {
        FieldType::Boolean => text.parse().ok().map(Literal::Boolean),
        FieldType::Integer { .. } | FieldType::BigInteger { .. } => text.parse().ok().map(Literal::Integer),
        FieldType::Enum { values, .. } => {
            bare.filter(|bare| values.iter().any(|value| value == bare)).map(|bare| Literal::Text(bare.to_owned()))
        }
        FieldType::String { .. } | FieldType::Text => bare.map(|bare| Literal::Text(bare.to_owned())),
        _ => None,
    }
}

/// Who may call an endpoint, where its dependencies show it.
fn who(described: &Described<'_>, entity: &Entity, endpoint: &Endpoint) -> Access {
    let style = &described.project.style.user;
    let parameter = &style.parameter.value;
    let has_users = parameter.alias.is_some() || parameter.dependency.is_some();
    match &endpoint.access {
        EndpointAccess::Public => Access::Public,
        EndpointAccess::SignedIn { .. } if !has_users => Access::Unsaid,
        EndpointAccess::SignedIn { .. } if entity.owner != Ownership::Nobody && style.key_path.is_some() => {
            Access::Owner
        }
        EndpointAccess::SignedIn { .. } => Access::SignedIn,
        EndpointAccess::Role { dependency } if has_users && style.superuser_dependency.as_ref() == Some(dependency) => {
            Access::Role { role: "admin".to_owned() }
        }
        EndpointAccess::Role { .. } | EndpointAccess::Unknown { .. } => Access::Unsaid,
    }
}

type Named = Vec<(String, String)>;

/// The usual five as one row, with the method and path of each, where the paths are those that it stands for.
fn crud(rows: &[EndpointDesign], entity: &Entity) -> Option<(EndpointDesign, Named)> {
    let one = |wanted: fn(&Action) -> bool| {
        let mut found = rows.iter().filter(|row| wanted(&row.action));
        found.next().filter(|_| found.next().is_none())
    };
    let list = one(|action| matches!(action, Action::List { .. }))?;
    let create = one(|action| matches!(action, Action::Create { .. }))?;
    let read = one(|action| matches!(action, Action::Read { .. }))?;
    let update = one(|action| matches!(action, Action::Update { .. }))?;
    let delete = one(|action| matches!(action, Action::Delete { .. }))?;
    let item = shape(&read.path);
    let is_one = shape(&update.path) == item && shape(&delete.path) == item && shape(&list.path) == shape(&create.path);
    let rows_of_item = item.strip_suffix("/{}")?;
    let below = list.path.rfind('}').map_or("", |end| &list.path[end + 1..]);
    let is_usual = rows_of_item == shape(&list.path) || rows_of_item == below;
    let names_itself = read.path.rsplit('/').next().and_then(parameter).is_some_and(|name| {
        name == "id" || name.strip_suffix("_id").is_none_or(|stem| stem == entity.name.to_snake_case())
    });
    let reads = list.who == read.who;
    let writes = create.who == update.who && create.who == delete.who;
    if !(is_one && is_usual && names_itself && reads && writes) {
        return None;
    }
    let who = if list.who == create.who {
        list.who.clone()
    } else {
        Access::ReadWrite { read: Box::new(list.who.clone()), write: Box::new(create.who.clone()) }
    };
    let row = EndpointDesign {
        method: "CRUD".to_owned(),
        path: list.path.clone(),
        action: Action::Crud { entity: entity.name.clone(), order: Vec::new(), only: Vec::new() },
        who,
        ..list.clone()
    };
    let parts = [list, create, read, update, delete].map(|row| (row.method.clone(), row.path.clone()));
    Some((row, parts.into()))
}
