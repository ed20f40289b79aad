//! Lists below a row that their rows refer to, or are linked with, without belonging to it.

use architect_model::{
    Entity, Field, FieldType, IdKind, ListScope, Location, OperationDesign, OperationKind, ParameterRole,
    PathParameter, WithinDesign,
};
use heck::ToSnakeCase;

use crate::columns::column_name;
use crate::links;
use crate::names;
use crate::notes::Notes;
use crate::paths;
use crate::references;
use crate::world::World;

/// A reference by which the rows of an entity can be listed below another row.
struct Way<'a> {
    /// Name of the field: `milestone`.
    name: String,
    /// Column: `milestone_id`.
    column: String,
    /// Class of the link table, where no row refers to the other by itself.
    link: Option<String>,
    class: &'a str,
    /// Whether it closes a circle of entities.
    closes: bool,
}

/// What the one parameter of `segments` names, where rows of `entity` refer to it: its place among them, and the row.
/// `None` where it names what the entity belongs to, or where that is a problem.
pub(crate) fn resolve(
    world: &World<'_>,
    entity: &Entity,
    segments: &[&str],
    at: &Location,
    notes: &mut Notes,
) -> Option<(PathParameter, WithinDesign)> {
    let position = segments.iter().position(|segment| paths::parameter(segment).is_some())?;
    let name = paths::parameter(segments[position])?;
    let stem = name.strip_suffix("_id").unwrap_or(name).to_snake_case();
    let before = position.checked_sub(1).and_then(|before| segments.get(before)).map(|word| word.to_snake_case());
    let names_class = |class: &str| {
        let names = names::entity_names(class);
        stem == names.snake || before.as_ref().is_some_and(|word| *word == names.snakes || *word == names.snake)
    };
    if entity.owner.parent().is_some_and(names_class) {
        return None;
    }
    let ways = ways(world, entity);
    let by_field: Vec<&Way<'_>> = ways.iter().filter(|way| way.name == stem).collect();
    let by_class: Vec<&Way<'_>> = ways.iter().filter(|way| names_class(way.class)).collect();
    let found = if by_field.is_empty() { by_class } else { by_field };
    match found.as_slice() {
        [] => None,
        [way] if way.closes => {
            let text = format!("rows of `{}` cannot be listed by `{}`, which closes a circle", entity.name, way.name);
            notes.problem(at, text, format!("Give `{}` the rule `filter` instead.", way.name));
            None
        }
        [way] => design(world, way),
        several => {
            let fields: Vec<String> = several.iter().map(|way| format!("`{}`", way.name)).collect();
            let text = format!("`{{{name}}}` may stand for {} of `{}`", fields.join(" or "), entity.name);
            notes.problem(at, text, format!("Name it after the field: `{{{}_id}}`.", several[0].name));
            None
        }
    }
}

/// The references of `entity`, and its links from either side.
fn ways<'a>(world: &World<'a>, entity: &'a Entity) -> Vec<Way<'a>> {
    let mut found = Vec::new();
    for field in &entity.fields {
        match &field.ty {
            FieldType::Reference { entity: class, .. } => found.push(Way {
                name: field.name.strip_suffix("_id").unwrap_or(&field.name).to_owned(),
                column: column_name(field),
                link: None,
                class,
                closes: world.closing.contains(&(&*entity.name, &*field.name)),
            }),
            FieldType::Many { entity: class } => found.extend(linked(world, entity, field, class)),
            _ => {}
        }
    }
    for other in world.entities().filter(|other| other.name != entity.name) {
        for field in &other.fields {
            let leads_here = matches!(&field.ty, FieldType::Many { entity: class } if *class == entity.name);
            if leads_here && !found.iter().any(|way| way.link.is_some() && way.class == other.name) {
                found.extend(linked(world, entity, field, &other.name));
            }
        }
    }
    found
}

/// The way over the link table between `entity` and the rows of `class`.
fn linked<'a>(world: &World<'a>, entity: &Entity, field: &Field, class: &'a str) -> Option<Way<'a>> {
    if class == entity.name {
        return None;
    }
    let (left, right) =
        if links::declares(world, entity, class) && entity.fields.iter().any(|own| std::ptr::eq(own, field)) {
            (entity.name.as_str(), class)
        } else {
            (class, entity.name.as_str())
        };
    Some(Way {
        name: names::entity_names(class).snake,
        column: links::right_column("", class),
        link: Some(links::link_class(left, right)),
        class,
        closes: false,
    })
}

fn design(world: &World<'_>, way: &Way<'_>) -> Option<(PathParameter, WithinDesign)> {
    let target = world.find(way.class)?;
    let (_, id) = world.key(target)?;
    let within = WithinDesign {
        column: way.column.clone(),
        reference: way.name.clone(),
        link: way.link.clone(),
        names: names::entity_names(way.class),
        target: world.entity_ref(target),
        id,
        owned: false,
    };
    Some((parameter(world, way.class, id), within))
}

fn parameter(world: &World<'_>, class: &str, id: IdKind) -> PathParameter {
    let role = ParameterRole::Within;
    PathParameter { name: paths::house_name(world, class, role), class: class.to_owned(), id, role }
}

/// Decides whose the rows in the paths must be, once it is known who may read them.
///
/// The caller sees that a row exists only where it is theirs, or where every signed-in user may read it anyway. Rows that
/// refer to what is theirs are theirs too, where nobody else can make them refer to it.
pub(crate) fn decide(world: &World<'_>, operations: &mut [OperationDesign]) {
    let all = operations.to_vec();
    for op in operations {
        let by_owner = op.access.is_owner();
        let is_followed = !references::is_written_by_staff(&all, &op.entity);
        let is_given = |column: &str| {
            let entity = world.entities().find(|entity| entity.name == op.entity);
            let mut fields = entity.into_iter().flat_map(|entity| &entity.fields);
            !fields.any(|field| field.read_only && column_name(field) == column)
        };
        if let OperationKind::List { within: Some(within), scope, .. } = &mut op.kind {
            let is_read = references::is_read_by_all(&all, &within.target.class);
            within.owned = by_owner && within.target.owner.is_owned() && !is_read;
            // A role in the group is asked for in the query.
            if within.owned && is_followed && is_given(&within.column) && op.access.member_role().is_none() {
                *scope = ListScope::All;
            }
        }
    }
}

/// What to write where a path would make a row below one that it refers to.
pub(crate) fn instead(entity: &Entity, segments: &[&str]) -> Option<String> {
    let [_, parameter, rows] = segments else { return None };
    paths::parameter(parameter)?;
    let is_given = |field: &&Field| matches!(field.ty, FieldType::Reference { .. }) && !field.read_only;
    let field = entity.fields.iter().find(is_given)?;
    Some(format!("Write `/{rows}`, and name `{}` in the body.", column_name(field)))
}
