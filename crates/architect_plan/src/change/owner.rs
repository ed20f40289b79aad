//! To whom rows belong from then on, and what follows from it for paths and for who may call what.

use architect_model::{Access, Action, Design, EndpointDesign, Entity, FieldType, Ownership};

use super::edit::Refused;
use crate::endpoints::entity_of;

/// Rows that no longer belong to a parent get paths of their own: `/projects/{project_id}/tasks` becomes `/tasks`, and
/// `/projects/{project_id}/tasks/{id}` becomes `/tasks/{id}`.
pub(super) fn apart(design: &mut Design, class: &str) {
    for row in design.endpoints.iter_mut().filter(|row| entity_of(&row.action) == Some(class)) {
        let is_of_all = matches!(row.action, Action::List { .. } | Action::Create { .. } | Action::Crud { .. });
        let mut ends = row.path.rmatch_indices('}').map(|(at, _)| at + 1);
        // Behind the parameter of the parent: of one row, the last is its own.
        let rest = ends.nth(usize::from(!is_of_all)).and_then(|end| row.path.get(end..));
        if let Some(rest) = rest.filter(|rest| rest.len() > 1) {
            row.path = rest.to_owned();
        }
    }
}

/// Whom rows belong to decides who may call what signed-in users may: their owner, or, where they are nobody's, all of
/// them. What belongs to these rows follows.
pub(super) fn follow_owner(design: &mut Design, class: &str, owner: &Ownership) {
    let was = nobodys(design, class, None);
    let moved = Some((class, owner));
    let is_nobodys = nobodys(design, class, moved);
    let (from, to) = match (was, is_nobodys) {
        (true, false) => (Access::SignedIn, Access::Owner),
        (false, true) => (Access::Owner, Access::SignedIn),
        _ => return,
    };
    let follows =
        |one: &str| one == class || nobodys(design, one, moved) == is_nobodys && nobodys(design, one, None) == was;
    let below: Vec<String> =
        design.entities.iter().map(|entity| entity.name.clone()).filter(|one| is_below(design, one, class)).collect();
    let classes: Vec<String> = below.into_iter().chain([class.to_owned()]).filter(|one| follows(one)).collect();
    let is_theirs = |row: &&mut EndpointDesign| {
        entity_of(&row.action).is_some_and(|entity| classes.iter().any(|one| one == entity)) && row.who == from
    };
    for row in design.endpoints.iter_mut().filter(is_theirs) {
        row.who = to.clone();
    }
}

/// Whether rows belong to rows of a class, directly or by others.
fn is_below(design: &Design, class: &str, top: &str) -> bool {
    let mut at = class;
    for _ in 0..design.entities.len() {
        let entity = design.entities.iter().find(|entity| entity.name == at);
        match entity.and_then(|entity| entity.owner.parent()) {
            Some(parent) if parent == top => return true,
            Some(parent) => at = parent,
            None => return false,
        }
    }
    false
}

/// Whether rows belong to nobody, by way of what they belong to; `moved` belongs to another than the design says.
fn nobodys(design: &Design, class: &str, moved: Option<(&str, &Ownership)>) -> bool {
    let mut at = class;
    for _ in 0..=design.entities.len() {
        let owner = match moved {
            Some((moved, owner)) if moved == at => Some(owner),
            _ => design.entities.iter().find(|entity| entity.name == at).map(|entity| &entity.owner),
        };
        match owner {
            Some(Ownership::Nobody) => return true,
            Some(owner) => match owner.parent() {
                Some(parent) => at = parent,
                None => return false,
            },
            None => return false,
        }
    }
    false
}

pub(super) fn change_owner(entity: &mut Entity, owner: &Ownership) -> Result<(), Refused> {
    if entity.owner == *owner {
        return Err((format!("`{}` belongs to that already", entity.name), "There is nothing to do.".to_owned()));
    }
    if let Some(parent) = owner.parent() {
        // What referred to the new parent becomes the key by which rows belong to it.
        entity.fields.retain(|field| !matches!(&field.ty, FieldType::Reference { entity, .. } if entity == parent));
    }
    entity.owner = owner.clone();
    Ok(())
}
