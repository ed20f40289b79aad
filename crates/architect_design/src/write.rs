//! A design as the explicit document: canonical, stable when run again.

use architect_model::{
    Access, Action, Design, EndpointDesign, Entity, EntityConstraint, Field, FieldType, Literal, OnDelete, Ownership,
    Priority, Requirement, Unique,
};

use crate::listed;
use crate::literals;
use crate::markdown::{cell, escape, table};
use crate::members;
use crate::names;
use crate::prose;
use crate::types::quote;

/// Writes a design as an explicit document, in the format that [`crate::read`] takes without any inference.
///
/// `original` is the document that the design was read from. Its introduction is kept; all of its prose is, if it
/// was explicit already.
pub fn write(design: &Design, original: &str) -> String {
    let prose = prose::keep(original);
    let mut parts = vec![prose.before.clone()];
    if let Some(title) = &design.title {
        parts.push(format!("# {}\n", escape(title)));
    }
    let said = format!("{}\n{}", prose.before, prose.intro);
    if let Some(module) = &design.module
        && !said.lines().any(|line| line.trim_start().to_lowercase().starts_with("module:"))
    {
        parts.push(format!("Module: {module}\n"));
    }
    parts.push(prose.intro);
    parts.push(requirements(&design.requirements));
    parts.push("## Data model\n".to_owned());
    parts.extend(design.entities.iter().map(entity));
    parts.push(endpoints(design));
    parts.push(listed::assumptions(&design.assumptions));
    parts.push(listed::questions(&design.questions));
    parts.push(prose.rest);
    let kept: Vec<&str> = parts.iter().map(|part| part.trim_matches('\n')).filter(|part| !part.is_empty()).collect();
    kept.join("\n\n") + "\n"
}

fn requirements(list: &[Requirement]) -> String {
    if list.is_empty() {
        return String::new();
    }
    let priority = |priority: Option<Priority>| match priority {
        Some(Priority::Must) => "must",
        Some(Priority::Should) => "should",
        Some(Priority::Could) => "could",
        Some(Priority::Wont) => "wont",
        None => "",
    };
    let rows: Vec<Vec<String>> =
        list.iter().map(|item| vec![cell(&item.id), cell(&item.text), priority(item.priority).to_owned()]).collect();
    format!("## Requirements\n\n{}", table(&["ID", "Requirement", "Priority"], &rows, 2))
}

fn entity(entity: &Entity) -> String {
    let mut lines = vec![format!("### {}", escape(&entity.name))];
    if entity.label != entity.name {
        lines.push(escape(&format!("Labelled \"{}\".", entity.label)));
    }
    match &entity.owner {
        _ if entity.account => {}
        Ownership::User => lines.push("Owned by User.".to_owned()),
        Ownership::Parent { entity } => lines.push(format!("Belongs to {entity}.")),
        Ownership::Members { of, through } => {
            let whose = of.as_ref().map_or("its members".to_owned(), |of| format!("members of {of}"));
            let by = through.as_ref().map_or(String::new(), |through| format!(" through {through}"));
            lines.push(format!("Owned by {whose}{by}."));
        }
        Ownership::Nobody => lines.push("Shared.".to_owned()),
    }
    lines.extend(entity.description.as_deref().map(escape));
    let rows: Vec<Vec<String>> = entity.fields.iter().map(|field| row(field, entity)).collect();
    // The columns of the label and of the description are there where something is said.
    let header = ["Field", "Type", "Rules", "Label", "Description"];
    lines.push(table(&header, &rows, 3).trim_end().to_owned());
    let constraints: Vec<String> = entity.constraints.iter().map(constraint).collect();
    if !constraints.is_empty() {
        lines.push(constraints.join("\n"));
    }
    lines.join("\n\n")
}

/// The type and the rules of a field in the words of the explicit format: `date?` and `index, filter`.
pub fn words(field: &Field, entity: &Entity) -> (String, String) {
    let mut ty = type_text(&field.ty);
    if !field.required && !matches!(field.ty, FieldType::Many { .. }) {
        ty.push('?');
    }
    if let Some(default) = &field.default {
        ty.push_str(&format!(" = {}", literals::write(&field.ty, default)));
    }
    (ty, rules(field, entity))
}

fn row(field: &Field, entity: &Entity) -> Vec<String> {
    let (ty, rules) = words(field, entity);
    let mut label = field.label.as_str();
    let written = names::snake(label);
    if names::is_label(label)
        && label.is_ascii()
        && (written == field.name || written.strip_suffix("_id") == Some(&field.name))
    {
        label = "";
    }
    vec![cell(&field.name), cell(&ty), rules, cell(label), cell(field.description.as_deref().unwrap_or_default())]
}

fn rules(field: &Field, entity: &Entity) -> String {
    let mut rules: Vec<String> = Vec::new();
    match (field.unique, entity.owner.parent()) {
        (Some(Unique::Global), _) => rules.push("unique".to_owned()),
        (Some(Unique::PerOwner), _) => rules.push("unique per owner".to_owned()),
        (Some(Unique::PerParent), Some(parent)) => {
            rules.push(format!("unique per {}", names::snake(parent).replace('_', " ")));
        }
        (Some(Unique::PerParent), _) => rules.push("unique per parent".to_owned()),
        (None, _) => {}
    }
    let flags = [
        (field.index, "index"),
        (field.filter, "filter"),
        (field.read_only, "read only"),
        (field.circular, "may circle"),
    ];
    rules.extend(flags.iter().filter(|(set, _)| *set).map(|(_, rule)| (*rule).to_owned()));
    if let FieldType::Reference { on_delete: Some(action), .. } = &field.ty {
        let action = match action {
            OnDelete::Cascade => "cascade",
            OnDelete::SetNull => "set null",
            OnDelete::Restrict => "restrict",
        };
        rules.push(format!("on delete {action}"));
    }
    rules.join(", ")
}

fn constraint(constraint: &EntityConstraint) -> String {
    match constraint {
        EntityConstraint::Unique { fields } => format!("- Unique: {}", fields.join(", ")),
        EntityConstraint::Index { fields } => format!("- Index: {}", fields.join(", ")),
    }
}

fn endpoints(design: &Design) -> String {
    if design.endpoints.is_empty() && design.entities.iter().all(|entity| entity.account) {
        return String::new();
    }
    let rows: Vec<Vec<String>> = design.endpoints.iter().map(|endpoint| endpoint_row(endpoint, design)).collect();
    let header = ["Method", "Path", "Does", "Who", "Satisfies", "Description"];
    format!("## Endpoints\n\n{}", table(&header, &rows, 4))
}

fn endpoint_row(endpoint: &EndpointDesign, design: &Design) -> Vec<String> {
    vec![
        endpoint.method.clone(),
        cell(&endpoint.path),
        cell(&action(&endpoint.action, design)),
        cell(&who(endpoint, design)),
        cell(&endpoint.satisfies.join(", ")),
        cell(endpoint.description.as_deref().unwrap_or_default()),
    ]
}

fn action(action: &Action, design: &Design) -> String {
    match action {
        Action::Crud { entity, order, only } if order.is_empty() => {
            format!("{entity}{}", only_text(design, entity, only))
        }
        Action::Crud { entity, order, only } => {
            format!("{entity}, by {}{}", order.join(" and "), only_text(design, entity, only))
        }
        Action::Read { entity } => format!("read {entity}"),
        Action::Create { entity } => format!("create {entity}"),
        Action::Update { entity } => format!("update {entity}"),
        Action::Delete { entity } => format!("delete {entity}"),
        Action::Other { text } if text.is_empty() => "by hand".to_owned(),
        Action::Other { text } => format!("by hand: {text}"),
        Action::List { entity, order, only } => {
            let order =
                if order.is_empty() { "newest first".to_owned() } else { format!("by {}", order.join(" and ")) };
            format!("list {entity}, {order}{}", only_text(design, entity, only))
        }
        Action::Set { entity, values, when } => {
            let values: Vec<String> = values
                .iter()
                .map(|(field, value)| format!("{field} = {}", value_text(design, entity, field, value)))
                .collect();
            let when: Vec<String> = when
                .iter()
                .map(|(field, values)| {
                    let values: Vec<String> =
                        values.iter().map(|value| value_text(design, entity, field, value)).collect();
                    format!("{field} is {}", values.join(" or "))
                })
                .collect();
            let when = if when.is_empty() { String::new() } else { format!(" when {}", when.join(" and ")) };
            format!("set {}{when}", values.join(", "))
        }
    }
}

/// `, where done = false`: the conditions that always hold in a list.
fn only_text(design: &Design, entity: &str, only: &[(String, Literal)]) -> String {
    if only.is_empty() {
        return String::new();
    }
    let conditions: Vec<String> =
        only.iter().map(|(field, value)| format!("{field} = {}", value_text(design, entity, field, value))).collect();
    format!(", where {}", conditions.join(" and "))
}

fn value_text(design: &Design, entity: &str, field: &str, value: &Literal) -> String {
    let entity = design.entities.iter().find(|known| known.name == entity);
    let field = entity.and_then(|entity| entity.fields.iter().find(|known| known.name == field));
    literals::write(field.map_or(&FieldType::Text, |field| &field.ty), value)
}

/// `owner of project` where rows belong to a parent, `member of team` where they belong to the members of a group.
fn who(endpoint: &EndpointDesign, design: &Design) -> String {
    let entity = crate::actions::entity(&endpoint.action)
        .and_then(|name| design.entities.iter().find(|entity| entity.name == name));
    match (&endpoint.who, entity.map(|entity| &entity.owner)) {
        (Access::Owner, Some(Ownership::Parent { entity })) => {
            format!("owner of {}", names::snake(entity))
        }
        (who, _) => access(who, entity.and_then(|entity| members::group_of(entity, &design.entities)).as_deref()),
    }
}

/// Who may call an endpoint; `group` is the one whose members own the rows.
fn access(access: &Access, group: Option<&str>) -> String {
    let of = |role: &str| match group {
        Some(group) => format!("{role} of {}", names::snake(group).replace('_', " ")),
        None => role.to_owned(),
    };
    match access {
        Access::Owner if group.is_some() => of("member"),
        Access::Owner => "owner".to_owned(),
        Access::Member { role } => of(role),
        Access::Role { role } if role == "admin" => role.clone(),
        Access::Role { role } => format!("role {role}"),
        Access::SignedIn => "signed in".to_owned(),
        Access::Public => "public".to_owned(),
        Access::Unsaid => "as in the code".to_owned(),
        Access::ReadWrite { read, write } => {
            format!("{} read, {} write", self::access(read, group), self::access(write, group))
        }
    }
}

/// A type as the explicit format writes it.
pub(crate) fn type_text(ty: &FieldType) -> String {
    match ty {
        FieldType::String { min, max } => bounded("string", text(min), text(max)),
        FieldType::Text => "text".to_owned(),
        FieldType::Email => "email".to_owned(),
        FieldType::Url => "url".to_owned(),
        FieldType::Integer { min, max } => bounded("integer", text(min), text(max)),
        FieldType::BigInteger { min, max } => bounded("bigint", text(min), text(max)),
        FieldType::Decimal { precision, scale, min, max } => {
            let range = match (min, max) {
                (None, None) => String::new(),
                (min, max) => {
                    format!(", {}..{}", min.as_deref().unwrap_or_default(), max.as_deref().unwrap_or_default())
                }
            };
            format!("decimal({precision},{scale}{range})")
        }
        FieldType::Float => "float".to_owned(),
        FieldType::Boolean => "boolean".to_owned(),
        FieldType::Date => "date".to_owned(),
        FieldType::DateTime => "datetime".to_owned(),
        FieldType::Time => "time".to_owned(),
        FieldType::Uuid => "uuid".to_owned(),
        FieldType::Json => "json".to_owned(),
        FieldType::Enum { values, .. } => {
            format!("enum({})", values.iter().map(|value| quote(value)).collect::<Vec<_>>().join(", "))
        }
        FieldType::Array { items } => format!("array({})", type_text(items)),
        FieldType::Reference { entity, .. } => entity.clone(),
        FieldType::Many { entity } => format!("list of {entity}"),
    }
}

fn text<T: ToString>(bound: &Option<T>) -> Option<String> {
    bound.as_ref().map(T::to_string)
}

fn bounded(word: &str, min: Option<String>, max: Option<String>) -> String {
    match (min, max) {
        (None, None) => word.to_owned(),
        (None, Some(max)) if word == "string" => format!("string({max})"),
        (min, max) => format!("{word}({}..{})", min.unwrap_or_default(), max.unwrap_or_default()),
    }
}
