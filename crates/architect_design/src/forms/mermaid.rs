//! Mermaid: `erDiagram` with its entities and relations.

use crate::constraints;
use crate::hints;
use crate::loose::{self, Dialect};
use crate::raw::{Found, RawEntity, RawField, RawRelation, RelationKind};

/// Reads a diagram; other kinds of diagram give nothing.
pub(crate) fn read(text: &str, first_line: u32, found: &mut Found) {
    if !text.lines().any(|line| line.trim().starts_with("erDiagram")) {
        return;
    }
    let mut open: Option<RawEntity> = None;
    for (raw, line) in text.lines().zip(first_line..) {
        let text = raw.split("%%").next().unwrap_or_default().trim();
        if let Some(entity) = &mut open {
            if text.starts_with('}') {
                found.entities.extend(open.take());
            } else {
                entity.fields.extend(field(text, line));
            }
            continue;
        }
        if let Some(relation) = relation(text, line) {
            found.named.push((relation.one.clone(), line));
            found.named.push((relation.many.clone(), line));
            found.relations.push(relation);
        } else if let Some(head) = text.strip_suffix('{') {
            let label = head.split('[').next().unwrap_or_default().trim().trim_matches('"').to_owned();
            open = Some(RawEntity { label, line, ..RawEntity::default() });
        }
    }
    found.entities.extend(open);
}

/// `uuid id PK "comment"`
fn field(text: &str, line: u32) -> Option<RawField> {
    let (text, comment) =
        text.split_once('"').map_or((text, ""), |(text, comment)| (text, comment.trim_end_matches('"')));
    let mut words = text.split_whitespace();
    let (ty, name) = (words.next()?, words.next()?);
    let mut field = RawField { label: name.trim_matches('"').to_owned(), line, ..RawField::default() };
    loose::read(&mut field, ty, Dialect::default());
    for key in words.flat_map(|word| word.split(',')) {
        constraints::take(&mut field, if key == "UK" { "unique" } else { key });
    }
    hints::describe(&mut field, comment);
    Some(field)
}

/// `USER ||--o{ ORDER : places`
pub(crate) fn relation(text: &str, line: u32) -> Option<RawRelation> {
    let words: Vec<&str> = text.split_whitespace().take(4).collect();
    let label = text.split_once(':').map_or("", |(_, label)| label).trim().trim_matches('"').to_owned();
    let [left, link, right, ..] = words.as_slice() else {
        return None;
    };
    let (from, to) = link.split_once("--").or_else(|| link.split_once(".."))?;
    let sides = ["||", "|o", "o|", "}|", "|{", "}o", "o{"];
    if !sides.contains(&from) || !sides.contains(&to) {
        return None;
    }
    let clean = |name: &str| name.trim_matches(['"', ':']).to_owned();
    let many = |side: &str| side.contains(['{', '}']);
    let (one, many, kind) = match (many(from), many(to)) {
        (false, true) => (left, right, RelationKind::OneToMany),
        (true, false) => (right, left, RelationKind::OneToMany),
        (false, false) => (left, right, RelationKind::OneToOne),
        (true, true) => (left, right, RelationKind::ManyToMany),
    };
    Some(RawRelation { one: clean(one), many: clean(many), kind, label, drawn: true, line })
}
