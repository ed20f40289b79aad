//! Many-to-many relations: the link table, and the operations that list, link and unlink.

use architect_model::{
    ColumnRole, Entity, EntityRef, Field, FieldType, LinkDesign, LinkSide, OperationDesign, OperationKind, OrderBy,
    PageShape, ParameterRole, PathParameter, Table,
};
use heck::ToSnakeCase;

use crate::columns::{created_column, time_column};
use crate::names;
use crate::notes::Notes;
use crate::paths;
use crate::references;
use crate::world::{Target, World};

/// The link tables of the design, in its order.
pub(crate) fn links(world: &World<'_>, operations: &[OperationDesign], notes: &mut Notes) -> Vec<LinkDesign> {
    let mut found: Vec<LinkDesign> = Vec::new();
    for entity in world.entities() {
        for field in &entity.fields {
            let FieldType::Many { entity: class } = &field.ty else { continue };
            let is_other_side = *class != entity.name
                && found.iter().any(|link| link.left.target.class == *class && link.right.target.class == entity.name);
            if is_other_side {
                notes.assume(
                    &field.at,
                    format!("`{}.{}` is the other side of a relation that is given already", entity.name, field.name),
                );
                continue;
            }
            let Some(link) = link(world, entity, field, class, operations, notes) else { continue };
            if found.iter().any(|known| known.class == link.class) {
                let text = format!("`{}` and `{class}` are related twice", entity.name);
                notes.problem(&field.at, text, "Describe one of the two relations as an entity of its own.");
            }
            found.push(link);
        }
    }
    found
}

/// Whether `entity` is the side that declares its relation to `class`: the first of the two in the document.
pub(crate) fn declares(world: &World<'_>, entity: &Entity, class: &str) -> bool {
    let mut before = world.entities().take_while(|other| other.name != entity.name);
    let is_other_side = before.any(|other| {
        let leads_back = |field: &Field| matches!(&field.ty, FieldType::Many { entity: to } if *to == entity.name);
        other.name == class && other.fields.iter().any(leads_back)
    });
    world.find(class).is_some() && !is_other_side
}

/// Column of the link table for the side that `entity` declares: `tag_id`.
pub(crate) fn right_column(entity: &str, class: &str) -> String {
    let prefix = if class == entity { "related_" } else { "" };
    format!("{prefix}{}_id", names::entity_names(class).snake)
}

/// Class of the link table between a class and one that it declares to have many of.
pub(crate) fn link_class(left: &str, right: &str) -> String {
    if right.starts_with(left) { format!("{right}Link") } else { format!("{left}{right}Link") }
}

fn link(
    world: &World<'_>,
    entity: &Entity,
    field: &Field,
    class: &str,
    operations: &[OperationDesign],
    notes: &mut Notes,
) -> Option<LinkDesign> {
    let (target, key, id) = references::pointed_at(world, entity, field, class, notes)?;
    if let Target::Existing(table) = target
        && let Some(reason) = unlinkable(world, table, class)
    {
        let text = format!("`{}.{}` links many rows of `{class}`: {reason}", entity.name, field.name);
        let (name, class_name) = (names::entity_names(&entity.name), names::entity_names(class));
        let help = format!(
            "Describe an entity `{}{}` that belongs to `{}` and has a field `{}: {class}`.",
            name.class, class_name.class, name.class, class_name.snake
        );
        notes.problem(&field.at, text, help);
        return None;
    }
    let (left_names, right_names) = (names::entity_names(&entity.name), names::entity_names(class));
    let (left_key, left_id) = world.key(Target::New(entity))?;
    let left = LinkSide {
        column: format!("{}_id", left_names.snake),
        names: left_names,
        target: world.entity_ref(Target::New(entity)),
        key: left_key,
        id: left_id,
    };
    let column = right_column(&entity.name, class);
    let right = LinkSide { column, names: right_names, target: world.entity_ref(target), key, id };
    let link_class = link_class(&entity.name, class);
    let (table, explicit_table) = world.table_name(&link_class);
    let check = references::check(world, entity, target, operations);
    Some(LinkDesign {
        class: link_class,
        table,
        explicit_table,
        field: field.name.clone(),
        left,
        right,
        check,
        at: field.at.clone(),
    })
}

/// Why rows of a class that the code has cannot be linked, if they cannot.
fn unlinkable(world: &World<'_>, table: &Table, class: &str) -> Option<String> {
    if world.users() == Some(table) {
        return Some("they are users, and whoever links them would see them".to_owned());
    }
    let output = format!("{class}{}", world.style.schemas.output_suffix.value);
    (!has_schema(world, &output)).then(|| format!("the code has no `{output}` to show them by"))
}

fn has_schema(world: &World<'_>, name: &str) -> bool {
    world.project.schemas.iter().any(|schema| schema.class.name == name)
}

/// Whether there is a class for a page of the right side's rows, or will be.
fn has_page(world: &World<'_>, link: &LinkDesign) -> bool {
    match &world.style.pages.shape.value {
        PageShape::PerEntity { name, .. } if link.right.target.existing.is_some() => {
            let names = &link.right.names;
            has_schema(world, &name.replace("{Entity}", &names.class).replace("{Entities}", &names.classes))
        }
        _ => true,
    }
}

/// The operations of a link: below the path of one row of the left side, open to whom that row's reading and changing is.
pub(crate) fn operations(
    world: &World<'_>,
    link: &LinkDesign,
    operations: &[OperationDesign],
    notes: &mut Notes,
) -> Vec<OperationDesign> {
    let of_left = |kind: OperationKind| {
        operations.iter().find(|operation| operation.entity == link.left.target.class && operation.kind == kind)
    };
    let change = of_left(OperationKind::Update).or_else(|| of_left(OperationKind::Delete));
    let (Some(read), Some(change)) = (of_left(OperationKind::Read), change) else {
        notes.ask(
            &link.at,
            format!(
                "How are `{}` and `{}` linked? The document lets nobody read and change one `{}`.",
                link.left.target.class, link.right.target.class, link.left.target.class
            ),
            "The link table is made; no endpoint uses it.",
        );
        return Vec::new();
    };
    let rows =
        format!("{}/{}", read.path.trim_end_matches('/'), paths::house_segment(world, &link.field.replace('_', "-")));
    let linked = PathParameter {
        name: link.right.column.clone(),
        class: link.right.target.class.clone(),
        id: link.right.id,
        role: ParameterRole::Linked,
    };
    let item = format!("{rows}/{{{}}}", linked.name);
    let with_linked: Vec<PathParameter> = read.parameters.iter().cloned().chain([linked]).collect();
    let words = Words::of(link);
    let make = |kind, method: &str, path: &str, parameters: &[PathParameter], name: String, like: &OperationDesign| {
        OperationDesign {
            kind,
            method: method.to_owned(),
            path: path.to_owned(),
            parameters: parameters.to_vec(),
            name: Some(name),
            description: None,
            at: link.at.clone(),
            ..like.clone()
        }
    };
    let class = || link.class.clone();
    let slash = if world.style.endpoints.trailing_slash.is_seen() && world.style.endpoints.trailing_slash.value {
        "/"
    } else {
        ""
    };
    let list = has_page(world, link).then(|| {
        let list =
            OperationKind::ListLinked { link: class(), order: order(world, &link.right.target, &link.right.key) };
        make(list, "GET", &format!("{rows}{slash}"), &read.parameters, format!("list_{}", words.many), read)
    });
    let changes = [
        make(OperationKind::Link { link: class() }, "PUT", &item, &with_linked, format!("add_{}", words.one), change),
        make(
            OperationKind::Unlink { link: class() },
            "DELETE",
            &item,
            &with_linked,
            format!("remove_{}", words.one),
            change,
        ),
    ];
    list.into_iter().chain(changes).collect()
}

/// `recipe_tag` and `recipe_tags` of a link between recipes and tags.
struct Words {
    one: String,
    many: String,
}

impl Words {
    fn of(link: &LinkDesign) -> Self {
        let (left, right) = (&link.left.names.snake, &link.right.names);
        if right.snake.starts_with(&**left) && right.snake != *left {
            return Self { one: right.snake.clone(), many: right.snakes.clone() };
        }
        Self { one: format!("{left}_{}", right.snake), many: format!("{left}_{}", link.field.to_snake_case()) }
    }
}

fn order(world: &World<'_>, target: &EntityRef, key: &str) -> Vec<OrderBy> {
    let newest = match world.find(&target.class) {
        Some(Target::New(entity)) => time_column(world, entity, ColumnRole::CreatedAt),
        Some(Target::Existing(table)) => created_column(world, table),
        None => None,
    };
    let newest = newest.map(|column| OrderBy { column, descending: true });
    let descending = newest.is_some() && world.style.idioms.key_follows.value;
    newest.into_iter().chain([OrderBy { column: key.to_owned(), descending }]).collect()
}
