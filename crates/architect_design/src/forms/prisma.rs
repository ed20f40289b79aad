//! Prisma models, and PlantUML entities, which look alike.

use crate::forms::code::braced;
use crate::forms::mermaid;
use crate::hints;
use crate::loose::{self, Dialect};
use crate::names;
use crate::raw::{Found, RawConstraint, RawEntity, RawField, Scope};
use crate::typewords;

const DIALECT: Dialect = Dialect { date_is_time: true, nullable: false, lists: 0 };

/// Reads Prisma models and enumerations.
pub(crate) fn read(text: &str, line: u32, found: &mut Found) {
    let blocks = braced(text, line);
    let models: Vec<&str> =
        blocks.iter().filter_map(|block| block.head.strip_prefix("model ")).map(str::trim).collect();
    for block in &blocks {
        if let Some(name) = block.head.strip_prefix("enum ") {
            let values =
                block.body.iter().map(|(_, text)| text.split(['/', ' ', '@']).next().unwrap_or_default().to_owned());
            found.enums.push((name.trim().to_owned(), values.filter(|value| !value.is_empty()).collect()));
        } else if let Some(name) = block.head.strip_prefix("model ") {
            let mut entity = RawEntity { label: name.trim().to_owned(), line: block.line, ..RawEntity::default() };
            for (line, text) in &block.body {
                prisma_line(text, *line, &models, &mut entity);
            }
            found.entities.push(entity);
        }
    }
}

fn prisma_line(text: &str, line: u32, models: &[&str], entity: &mut RawEntity) {
    let (text, comment) =
        text.split_once("//").map_or((text, ""), |(text, comment)| (text, comment.trim_matches(['/', ' '])));
    if let Some(rest) = text.strip_prefix("@@") {
        let inside = rest.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map_or("", |(inside, _)| inside);
        let fields: Vec<String> =
            inside.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
        if fields.len() > 1 {
            entity.constraints.push(RawConstraint { unique: !rest.starts_with("index"), fields, line });
        }
        return;
    }
    let mut words = text.split_whitespace();
    let (Some(name), Some(ty)) = (words.next(), words.next()) else {
        return;
    };
    let bare = ty.trim_end_matches(['?', ']', '[']);
    let attributes = words.collect::<Vec<_>>().join(" ");
    let listed = ty.ends_with("[]") && bare.starts_with(char::is_uppercase) && typewords::find(bare).is_none();
    if models.contains(&bare) || attributes.contains("@relation") || listed {
        prisma_relation(bare, &attributes, entity);
        return;
    }
    let mut field = RawField { label: name.to_owned(), line, ..RawField::default() };
    loose::read(&mut field, ty, DIALECT);
    field.primary_key = attributes.contains("@id");
    if attributes.contains("@unique") {
        field.unique = Some(Scope::Table);
    }
    if let Some((_, rest)) = attributes.split_once("@default(") {
        field.default = Some(rest[..rest.find([')', '(']).unwrap_or(rest.len())].to_owned());
    }
    field.required = Some(field.required.unwrap_or(true));
    hints::describe(&mut field, comment);
    // The relation may have stood before the column that carries it.
    match entity.fields.iter_mut().find(|known| known.label == field.label) {
        Some(known) => {
            field.references = known.references.take();
            field.foreign_key = known.foreign_key;
            field.on_delete = known.on_delete;
            *known = field;
        }
        None => entity.fields.push(field),
    }
}

/// `@relation(fields: [authorId], references: [id])` says what `authorId` points at.
fn prisma_relation(model: &str, attributes: &str, entity: &mut RawEntity) {
    let Some((_, rest)) = attributes.split_once("fields: [") else {
        return;
    };
    let column = rest.split([']', ',']).next().unwrap_or_default();
    let on_delete = attributes.split_once("onDelete: ").and_then(|(_, action)| {
        match action.split([',', ')']).next().unwrap_or_default() {
            "SetNull" => crate::rules::on_delete("set null"),
            other => crate::rules::on_delete(other),
        }
    });
    match entity.fields.iter_mut().find(|field| field.label == column) {
        Some(field) => {
            field.references = Some(model.to_owned());
            field.foreign_key = true;
            field.on_delete = on_delete;
        }
        None => entity.fields.push(RawField {
            label: column.to_owned(),
            line: entity.line,
            references: Some(model.to_owned()),
            foreign_key: true,
            on_delete,
            ..RawField::default()
        }),
    }
}

/// Reads PlantUML `entity` and `class` blocks: `* id : uuid <<PK>>`.
pub(crate) fn plantuml(text: &str, line: u32, found: &mut Found) {
    for (text, line) in text.lines().zip(line..) {
        found.relations.extend(mermaid::relation(text.trim(), line));
    }
    for block in braced(text, line) {
        if let Some(name) = block.head.strip_prefix("enum ") {
            let values = block.body.iter().map(|(_, text)| text.trim_matches([',', ' ']).to_owned());
            let values: Vec<String> = values.filter(|value| names::is_label(value)).collect();
            found.enums.push((name.trim().trim_matches('"').to_owned(), values));
            continue;
        }
        let Some(head) = block.head.strip_prefix("entity ").or_else(|| block.head.strip_prefix("class ")) else {
            continue;
        };
        let label =
            head.split(" as ").next().unwrap_or(head).split("<<").next().unwrap_or(head).trim().trim_matches('"');
        let mut entity = RawEntity { label: label.to_owned(), line: block.line, ..RawEntity::default() };
        for (line, text) in &block.body {
            match crate::remarks::constraint(text, false, *line).filter(|_| text.contains('(') && !text.contains(':')) {
                Some(constraint) => entity.constraints.push(constraint),
                None => entity.fields.extend(plantuml_field(text, *line)),
            }
        }
        if !entity.fields.is_empty() {
            found.entities.push(entity);
        }
    }
}

fn plantuml_field(text: &str, line: u32) -> Option<RawField> {
    let required = text.starts_with('*');
    let text = text.trim_start_matches(['*', '+', '-', '#', '~', ' ']);
    let (name, ty) = text.split_once(':')?;
    let name = name.trim();
    if !names::is_label(name) {
        return None;
    }
    let mut field = RawField { label: name.to_owned(), line, ..RawField::default() };
    loose::read(&mut field, &ty.replace(['<', '>'], " "), Dialect::default());
    field.required = field.required.or(required.then_some(true));
    Some(field)
}
