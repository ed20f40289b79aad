//! To whom rows belong from then on, and what follows from it for paths and for who may call what.

use architect_model::{Access, Action, Design, EndpointDesign, Entity, EntityConstraint, FieldType, Ownership, Unique};
use heck::ToSnakeCase;

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
    follow_scope(entity, owner);
    entity.owner = owner.clone();
    Ok(())
}

/// What is unique, or looked up, among the rows of those to whom rows belong is so among the rows of the new ones: among
/// all rows where these belong to nobody.
fn follow_scope(entity: &mut Entity, owner: &Ownership) {
    let (unique, name) = match owner {
        Ownership::User => (Unique::PerOwner, Some("owner".to_owned())),
        _ => match owner.parent() {
            Some(parent) => (Unique::PerParent, Some(parent.to_snake_case())),
            None => (Unique::Global, None),
        },
    };
    for field in &mut entity.fields {
        field.unique = field.unique.map(|known| if known == Unique::Global { known } else { unique });
    }
    let own: Vec<&str> = entity.fields.iter().map(|field| field.name.as_str()).collect();
    for constraint in &mut entity.constraints {
        let (EntityConstraint::Unique { fields } | EntityConstraint::Index { fields }) = constraint;
        *fields = fields
            .iter()
            .filter_map(|field| if own.contains(&field.as_str()) { Some(field.clone()) } else { name.clone() })
            .collect();
    }
    entity.constraints.retain(|constraint| match constraint {
        EntityConstraint::Unique { fields } | EntityConstraint::Index { fields } => !fields.is_empty(),
    });
}

#[cfg(test)]
mod tests {
    use architect_model::{EntityConstraint, Ownership, Unique};

    use super::change_owner;
    use crate::tests::{entity, text};

    #[test]
    fn what_is_unique_among_the_rows_of_an_owner_follows_them() {
        let mut note = entity("Note", Ownership::User, vec![text("title"), text("code")]);
        note.fields[0].unique = Some(Unique::PerOwner);
        note.fields[1].unique = Some(Unique::Global);
        note.constraints.push(EntityConstraint::Index { fields: vec!["owner".to_owned(), "code".to_owned()] });
        let scopes = |owner: &Ownership| {
            let mut moved = note.clone();
            assert_eq!(change_owner(&mut moved, owner), Ok(()));
            (moved.fields[0].unique, moved.fields[1].unique, moved.constraints.clone())
        };
        let index = |fields: &[&str]| {
            vec![EntityConstraint::Index { fields: fields.iter().map(|field| (*field).to_owned()).collect() }]
        };
        let (every, parent) = (Some(Unique::Global), Some(Unique::PerParent));
        assert_eq!(scopes(&Ownership::Nobody), (every, every, index(&["code"])));
        let tag = Ownership::Parent { entity: "WorkTag".to_owned() };
        assert_eq!(scopes(&tag), (parent, every, index(&["work_tag", "code"])));
    }
}
