//! Conceptual models in the notation of Mocodo: `ORDER: code, date` and `PLACE, 11 ORDER, 0N CUSTOMER`.

use std::collections::HashMap;

use crate::names;
use crate::plurals;
use crate::raw::{Found, RawEntity, RawField, RawRelation, RelationKind};

/// One side of an association: how often a row takes part in it, and the entity.
struct Leg<'a> {
    required: bool,
    many: bool,
    entity: &'a str,
}

/// A line of a model.
enum Statement<'a> {
    Entity { name: &'a str, attributes: Vec<&'a str> },
    Association { name: &'a str, legs: Vec<Leg<'a>>, attributes: Vec<&'a str> },
}

/// Whether a line states an association: `PLACE, 11 ORDER, 0N CUSTOMER`.
pub(crate) fn is_association(line: &str) -> bool {
    matches!(statement(line), Some(Statement::Association { .. }))
}

/// Whether a line states an entity: `ORDER: code, date`.
pub(crate) fn is_entity(line: &str) -> bool {
    matches!(statement(line), Some(Statement::Entity { .. }))
}

/// Whether a text is such a model: it associates what it states.
pub(crate) fn is_model(text: &str) -> bool {
    text.lines().any(is_association) && text.lines().any(is_entity)
}

/// Reads a model: the keys that its associations mean become references.
pub(crate) fn read(text: &str, first_line: u32, found: &mut Found) {
    let mut entities: Vec<RawEntity> = Vec::new();
    let mut associations = Vec::new();
    for (text, line) in text.lines().zip(first_line..) {
        match statement(text) {
            Some(Statement::Entity { name, attributes }) => entities.push(entity(name, &attributes, line)),
            Some(Statement::Association { name, legs, attributes }) => {
                associations.push((name, legs, attributes, line));
            }
            None => {}
        }
    }
    let places: HashMap<String, usize> =
        entities.iter().enumerate().map(|(at, entity)| (plurals::stem(&entity.label), at)).collect();
    for (name, legs, attributes, line) in associations {
        if let [one, other] = legs.as_slice()
            && let Some(holder) = holder(one, other)
        {
            let (holder, target) = if holder { (one, other) } else { (other, one) };
            let place = places.get(&plurals::stem(holder.entity)).copied();
            let Some(entity) = place.and_then(|at| entities.get_mut(at)) else { continue };
            let mut field = reference(target.entity, line);
            field.required = Some(holder.required);
            field.unique = (!target.many).then_some(crate::raw::Scope::Table);
            let itself = same(holder.entity, target.entity);
            if itself || entity.fields.iter().any(|known| names::key(&known.label) == names::key(&field.label)) {
                field.label = name.to_owned();
            }
            entity.fields.push(field);
            entity.fields.extend(attributes.iter().map(|attribute| plain(attribute, line)));
        } else if let ([one, other], true) = (legs.as_slice(), attributes.is_empty())
            && !same(one.entity, other.entity)
        {
            found.relations.push(RawRelation {
                one: one.entity.to_owned(),
                many: other.entity.to_owned(),
                kind: RelationKind::ManyToMany,
                label: String::new(),
                drawn: false,
                line,
            });
        } else {
            entities.push(link(name, &legs, &attributes, line));
        }
    }
    found.entities.append(&mut entities);
}

/// Whether the first of two sides holds the key; none if both take part several times.
fn holder(one: &Leg<'_>, other: &Leg<'_>) -> Option<bool> {
    match (one.many, other.many) {
        (true, true) => None,
        (false, true) => Some(true),
        (true, false) => Some(false),
        (false, false) => Some(one.required || !other.required),
    }
}

/// The entity of an association that no key can hold.
fn link(name: &str, legs: &[Leg<'_>], attributes: &[&str], line: u32) -> RawEntity {
    let mut fields: Vec<RawField> = Vec::new();
    for leg in legs {
        let mut field = reference(leg.entity, line);
        let twice = fields.iter().any(|known| names::key(&known.label) == names::key(&field.label));
        if twice {
            field.label = format!("other_{}", names::snake(leg.entity));
        }
        field.required = Some(true);
        fields.push(field);
    }
    fields.extend(attributes.iter().map(|attribute| plain(attribute, line)));
    RawEntity { label: name.to_owned(), line, fields, ..RawEntity::default() }
}

fn entity(name: &str, attributes: &[&str], line: u32) -> RawEntity {
    let fields = attributes.iter().enumerate().map(|(at, attribute)| {
        let mut field = plain(attribute, line);
        field.primary_key = at == 0 || attribute.starts_with('_');
        field
    });
    RawEntity { label: name.to_owned(), line, fields: fields.collect(), ..RawEntity::default() }
}

fn plain(attribute: &str, line: u32) -> RawField {
    let label = attribute.trim_matches(['_', ' ', '#']);
    RawField { label: label.to_owned(), line, ..RawField::default() }
}

fn reference(entity: &str, line: u32) -> RawField {
    RawField {
        label: names::snake(entity),
        line,
        references: Some(entity.to_owned()),
        foreign_key: true,
        ..RawField::default()
    }
}

fn same(one: &str, other: &str) -> bool {
    plurals::stem(one) == plurals::stem(other)
}

fn statement(line: &str) -> Option<Statement<'_>> {
    let line = line.trim();
    let (head, attributes) = line.split_once(':').map_or((line, ""), |(head, rest)| (head.trim(), rest));
    let attributes: Vec<&str> =
        attributes.split(',').map(str::trim).filter(|attribute| !attribute.is_empty()).collect();
    let fits = |name: &&str| {
        let words = name.split_whitespace().count();
        let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '\'' | '’' | '#' | '.');
        (1..=4).contains(&words) && name.chars().all(plain) && name.chars().any(char::is_alphabetic)
    };
    if !attributes.iter().all(fits) {
        return None;
    }
    let mut parts = head.split(',').map(str::trim);
    let name = parts.next().filter(fits)?;
    let legs: Vec<&str> = parts.collect();
    if legs.is_empty() {
        return (!attributes.is_empty() && line.contains(':')).then_some(Statement::Entity { name, attributes });
    }
    let legs: Vec<Leg<'_>> = legs.into_iter().map(leg).collect::<Option<_>>()?;
    (legs.len() > 1).then_some(Statement::Association { name, legs, attributes })
}

/// `0N CUSTOMER`, `_11 LINE`, `1,1` is written `11`.
fn leg(text: &str) -> Option<Leg<'_>> {
    let (sides, entity) = text.split_once(' ')?;
    let sides = sides.trim_start_matches(['_', '/', '-']).trim_end_matches(['<', '>']);
    let mut sides = sides.chars();
    let (least, most, None) = (sides.next()?, sides.next()?, sides.next()) else { return None };
    let entity = entity.rsplit(']').next().unwrap_or(entity).trim();
    let known = matches!(least, '0' | '1') && matches!(most, '1' | 'N' | 'n');
    (known && names::is_label(&entity.replace(' ', "_"))).then_some(Leg {
        required: least == '1',
        many: most != '1',
        entity,
    })
}
