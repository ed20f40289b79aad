//! DBML: `Table users { id int [pk] }`, `Enum`, `Ref`.

use crate::constraints;
use crate::forms::code::{Braced, braced};
use crate::hints;
use crate::loose::{self, Dialect};
use crate::raw::{Found, RawConstraint, RawEntity, RawField, RawRelation, RelationKind};
use crate::types::unquote;

const DIALECT: Dialect = Dialect { date_is_time: false, nullable: true, lists: 0 };

/// Reads a block of DBML.
pub(crate) fn read(text: &str, line: u32, found: &mut Found) {
    for block in braced(text, line) {
        let mut words = block.head.split_whitespace();
        match words.next().unwrap_or_default().to_lowercase().as_str() {
            "table" => table(&block, found),
            "enum" => {
                let name = clean(words.next().unwrap_or_default());
                let listed = block.body.iter().map(|(_, line)| line.split(['[', '/']).next().unwrap_or_default());
                // `Enum role { admin member }`
                let values = listed.flat_map(|line| match line.contains(['"', '\'', '`']) {
                    true => vec![clean(line)],
                    false => line.split_whitespace().map(clean).collect(),
                });
                found.enums.push((name, values.filter(|value| !value.is_empty()).collect()));
            }
            word if word.starts_with("ref") => {
                let inline = block.head.split_once(':').map(|(_, rest)| (block.line, rest));
                for (line, text) in inline.into_iter().chain(block.body.iter().copied()) {
                    reference(text, line, found);
                }
            }
            _ => {}
        }
    }
}

fn clean(name: &str) -> String {
    let name = unquote(name.trim()).unwrap_or_else(|_| name.to_owned());
    name.rsplit('.').next().unwrap_or_default().trim_matches(['"', '\'', '`']).to_owned()
}

fn table(block: &Braced<'_>, found: &mut Found) {
    let name = block.head.split_whitespace().nth(1).unwrap_or_default();
    let mut entity = RawEntity { label: clean(name), line: block.line, ..RawEntity::default() };
    let mut inside = 0_u32;
    let mut noted = None;
    for (line, text) in &block.body {
        let lower = text.to_lowercase();
        // `Note: '''` goes on to the next such marks.
        let (marks, inside_note) = (text.matches("'''").count() % 2 == 1, noted.is_some());
        if marks || inside_note {
            let of_table = noted.unwrap_or(lower.starts_with("note"));
            if of_table {
                let said = if inside_note { text } else { text.split_once(':').map_or("", |(_, said)| said) };
                let said = said.replace("'''", "").trim().to_owned();
                entity.description.extend(Some(said).filter(|said| !said.is_empty()));
            }
            noted = (marks != inside_note).then_some(of_table);
            if inside_note || of_table {
                continue;
            }
        }
        if lower.starts_with("indexes") {
            inside = 1;
            continue;
        }
        if inside > 0 {
            if text.starts_with('}') {
                inside = 0;
            } else {
                index(text, *line, &mut entity);
            }
            continue;
        }
        if lower.starts_with("note") && text.contains(':') {
            entity.description =
                vec![text.split_once(':').map_or("", |(_, note)| note).trim().trim_matches(['\'', '"']).to_owned()];
            continue;
        }
        entity.fields.extend(field(text, *line));
    }
    found.entities.push(entity);
}

fn field(text: &str, line: u32) -> Option<RawField> {
    let (text, comment) = text.split_once("//").map_or((text, ""), |(text, comment)| (text, comment.trim()));
    let (column, settings) = match text.find('[') {
        Some(at) if !text[..at].trim_end().is_empty() && !text[at..].starts_with("[]") => {
            (&text[..at], text[at + 1..].trim_end().trim_end_matches(']'))
        }
        _ => (text, ""),
    };
    let (name, ty) = column.trim().split_once(char::is_whitespace)?;
    let mut field = RawField { label: clean(name), line, ..RawField::default() };
    loose::read(&mut field, ty.trim_matches(['"', ' ']), DIALECT);
    for setting in settings.split(", ") {
        let setting = setting.trim();
        let lower = setting.to_ascii_lowercase();
        if let Some(note) = lower.strip_prefix("note:") {
            let note = setting[setting.len() - note.len()..].trim().trim_matches(['\'', '"']);
            hints::describe(&mut field, note);
        } else if let Some(target) = lower.strip_prefix("ref:") {
            let target = setting[setting.len() - target.len()..].trim().trim_start_matches(['>', '<', '-', ' ']);
            field.references = Some(clean(target.rsplit_once('.').map_or(target, |(table, _)| table)));
            field.foreign_key = true;
            if lower.contains("ref: -") || lower.contains("ref:-") {
                field.unique = Some(crate::raw::Scope::Table);
            }
        } else {
            constraints::take(&mut field, setting);
        }
    }
    hints::describe(&mut field, comment);
    if field.required.is_none() && !field.primary_key {
        field.required = Some(false);
    }
    Some(field)
}

fn index(text: &str, line: u32, entity: &mut RawEntity) {
    // `(a, b) [unique]`, `a [unique]`, `a`
    let listed = text.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    let Some(inside) =
        listed.or_else(|| text.split_once('[')).or(Some((text, ""))).filter(|(a, _)| !a.starts_with('('))
    else {
        return;
    };
    let fields: Vec<String> = inside.0.split(',').map(clean).collect();
    let unique = inside.1.contains("unique") || inside.1.contains("pk");
    if let [only] = fields.as_slice() {
        if let Some(field) = entity.fields.iter_mut().find(|field| field.label == *only && !field.primary_key) {
            field.index |= !unique;
            field.unique = field.unique.take().or(unique.then_some(crate::raw::Scope::Table));
        }
        return;
    }
    entity.constraints.push(RawConstraint { unique, fields, line });
}

/// `posts.user_id > users.id [delete: cascade]`
fn reference(text: &str, line: u32, found: &mut Found) {
    let (text, settings) = text.split_once('[').unwrap_or((text, ""));
    let Some((left, operator, right)) = ["<>", ">", "<", "-"].iter().find_map(|operator| {
        let (left, right) = text.split_once(operator)?;
        Some((left.trim(), *operator, right.trim()))
    }) else {
        return;
    };
    let (from, to) = if operator == "<" { (right, left) } else { (left, right) };
    let (Some((table, column)), Some((target, _))) = (from.rsplit_once('.'), to.rsplit_once('.')) else {
        return;
    };
    if operator == "<>" {
        let (one, many) = (clean(target), clean(table));
        found.relations.push(RawRelation {
            one,
            many,
            kind: RelationKind::ManyToMany,
            label: String::new(),
            drawn: false,
            line,
        });
        return;
    }
    let Some(entity) = found.entities.iter_mut().find(|entity| entity.label == clean(table)) else {
        return;
    };
    let Some(field) = entity.fields.iter_mut().find(|field| field.label == clean(column)) else {
        return;
    };
    field.references = Some(clean(target));
    field.foreign_key = true;
    if operator == "-" {
        field.unique = Some(crate::raw::Scope::Table);
    }
    if let Some((_, action)) = settings.split_once("delete:") {
        field.on_delete = crate::rules::on_delete(action.split([',', ']']).next().unwrap_or_default());
    }
}
