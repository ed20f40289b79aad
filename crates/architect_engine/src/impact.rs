//! What a change reaches: finds what is meant by a name, and asks the readers.

use architect_model::{
    Column, ColumnType, Enumeration, FORMAT, Impact, Known, Project, Subject, Table, Use, UseKind, UseLayer,
};
use architect_typescript::{ApiNames, Endpoint};

use crate::{Failure, Result, Workspace};

/// Everything that a change to `named` reaches: `Project`, `Project.status`, `Project.status=archived`. Where several
/// classes have that name, its module stands before it: `app.projects.models:Project`.
///
/// # Errors
/// The folder holds no FastAPI project, or the project has nothing of that name; the message lists what there is.
pub fn impact(workspace: &Workspace, named: &str) -> Result<Impact> {
    let (project, types) = rayon::join(|| workspace.fastapi_project(), || workspace.typescript());
    let project = project?;
    let subject = find_subject(&project, named)?;
    let mut uses = architect_python::uses(&workspace.sources, &project, &subject);
    if !types.is_empty() {
        uses.extend(architect_typescript::uses(&types, &api_names(&subject, &uses)));
    }
    Ok(Impact { format: FORMAT, subject, uses })
}

/// The names by which the API shows to TypeScript what the Python code uses.
fn api_names(subject: &Subject, uses: &[Use]) -> ApiNames {
    let has_it = |one: &&Use| matches!(one.kind, UseKind::Declaration | UseKind::Inherited);
    let mut names = ApiNames { field: subject.field.clone(), value: subject.value.clone(), ..ApiNames::default() };
    for one in uses.iter().filter(|one| one.layer == UseLayer::Schemas).filter(has_it) {
        if let Some(class) = one.inside.as_ref().and_then(|inside| inside.name.split('.').next()) {
            names.schemas.push((class.to_owned(), one.certain.clone()));
        }
    }
    for one in uses {
        if let UseKind::Endpoint { methods, path: Some(path) } = &one.kind {
            names.endpoints.push(Endpoint { methods: methods.clone(), path: path.clone() });
        }
    }
    names
}

/// What is meant by a name.
pub(crate) fn find_subject(project: &Project, named: &str) -> Result<Subject> {
    let (path, value) = named.split_once('=').map_or((named, None), |(path, value)| (path.trim(), Some(value.trim())));
    let (module, rest) = path.split_once(':').map_or((None, path), |(module, rest)| (Some(module), rest));
    let (entity, field) = rest.split_once('.').map_or((rest, None), |(entity, field)| (entity, Some(field)));
    if value.is_some() && field.is_none() {
        return Err(Failure::new(
            format!("`{named}` names a value but no field"),
            "write entity, field and value: `Project.status=archived`",
        ));
    }
    let table = find_table(project, module, entity)?;
    let Some(class) = &table.class else { return Err(no_entity(project, entity)) };
    let mut subject = Subject {
        entity: class.clone(),
        table: table.name.known().cloned(),
        field: None,
        column: None,
        member: None,
        value: None,
        at: table.at.clone(),
    };
    let Some(field) = field else { return Ok(subject) };
    if let Some(relationship) = table.relationships.iter().find(|relationship| relationship.name == field) {
        subject.field = Some(relationship.name.clone());
        return match value {
            Some(_) => Err(no_value(table, field, &[])),
            None => Ok(subject),
        };
    }
    let Some(column) = table.columns.iter().find(|column| attribute(column) == field || column.name == field) else {
        return Err(no_field(table, field));
    };
    subject.field = Some(attribute(column).to_owned());
    subject.column = Some(column.name.clone()).filter(|name| name != attribute(column));
    subject.at = column.at.clone();
    if let Some(value) = value {
        let (member, stored) = find_value(project, table, column, value)?;
        subject.member = Some(member);
        subject.value = Some(stored);
    }
    Ok(subject)
}

fn attribute(column: &Column) -> &str {
    column.attribute.as_deref().unwrap_or(&column.name)
}

fn find_table<'p>(project: &'p Project, module: Option<&str>, entity: &str) -> Result<&'p Table> {
    let is_class = |table: &&Table| {
        let class = table.class.as_ref();
        class.is_some_and(|class| class.name == entity && module.is_none_or(|module| class.module == module))
    };
    let is_named = |table: &&Table| module.is_none() && table.name.known().is_some_and(|name| name == entity);
    let mut found: Vec<&Table> = project.tables().filter(is_class).collect();
    if found.is_empty() {
        found = project.tables().filter(is_named).filter(|table| table.class.is_some()).collect();
    }
    match found.as_slice() {
        [] => Err(no_entity(project, entity)),
        [only] => Ok(only),
        several => {
            let places = several.iter().filter_map(|table| table.class.as_ref()).map(|class| format!("`{class}`"));
            Err(Failure::new(
                format!("`{entity}` is the name of several entities: {}", places.collect::<Vec<_>>().join(", ")),
                format!(
                    "name one with its module: `architect impact {}`",
                    several[0].class.as_ref().map(ToString::to_string).unwrap_or_default()
                ),
            ))
        }
    }
}

fn no_entity(project: &Project, entity: &str) -> Failure {
    let mut names: Vec<&str> = project.tables().filter_map(|table| Some(table.class.as_ref()?.name.as_str())).collect();
    names.sort_unstable();
    names.dedup();
    let help = match names.is_empty() {
        true => "the project has no table class yet".to_owned(),
        false => format!("it has {}", listed(&names)),
    };
    Failure::new(format!("the project has no entity `{entity}`"), help)
}

fn no_field(table: &Table, field: &str) -> Failure {
    let class = table.class.as_ref().map_or("", |class| class.name.as_str());
    let mut names: Vec<&str> = table.columns.iter().map(attribute).collect();
    names.extend(table.relationships.iter().map(|relationship| relationship.name.as_str()));
    Failure::new(format!("`{class}` has no field `{field}` ({})", table.at), format!("it has {}", listed(&names)))
}

fn no_value(table: &Table, field: &str, values: &[&str]) -> Failure {
    let class = table.class.as_ref().map_or("", |class| class.name.as_str());
    let help = match values.is_empty() {
        true => format!("leave the value out: `architect impact {class}.{field}`"),
        false => format!("its values are {}", listed(values)),
    };
    let what = if values.is_empty() { "holds no enumeration whose values are known" } else { "has no such value" };
    Failure::new(format!("`{class}.{field}` {what}"), help)
}

/// How many names a message lists.
const LISTED: usize = 40;

fn listed(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(LISTED).map(|name| format!("`{name}`")).collect();
    match names.len() {
        all if all > LISTED => format!("{} and {} more", shown.join(", "), all - LISTED),
        _ => shown.join(", "),
    }
}

/// A value of an enumeration: its member and its text.
fn find_value(project: &Project, table: &Table, column: &Column, value: &str) -> Result<(String, String)> {
    let Known::Known(ColumnType::Enum { values: Known::Known(values), .. }) = &column.ty else {
        return Err(no_value(table, attribute(column), &[]));
    };
    let stored: Vec<&str> = values.iter().map(String::as_str).collect();
    let plain = |text: &str| text.trim_matches(['"', '\'']).to_owned();
    let holds = |item: &&Enumeration| {
        let names: Vec<&str> = item.members.iter().map(|(name, _)| name.as_str()).collect();
        let texts: Vec<String> = item.members.iter().map(|(_, text)| plain(text)).collect();
        names == stored || texts.iter().map(String::as_str).eq(stored.iter().copied())
    };
    let members = project.enums.iter().filter(holds).flat_map(|item| &item.members);
    let found =
        members.map(|(name, text)| (name.clone(), plain(text))).find(|(name, text)| name == value || text == value);
    match found {
        Some(found) => Ok(found),
        None if stored.contains(&value) => Ok((value.to_owned(), value.to_owned())),
        None => Err(no_value(table, attribute(column), &stored)),
    }
}
