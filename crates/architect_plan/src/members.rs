//! Groups whose members own rows: who the members are, and what their roles mean.

use architect_model::{
    AccessDesign, Column, ColumnType, Entity, Field, FieldType, Location, MemberRoles, Membership, Owner, OwnerChain,
    OwnerStep, Ownership, Table, memberships,
};

use crate::columns::column_name;
use crate::notes::Notes;
use crate::world::{Target, World, qualified};

/// Names of roles that may do everything, the most telling first.
const LEADERS: &[&str] = &["owner", "admin", "administrator"];

/// The entity of the design whose rows say who the members of `group` are; the error names those that may.
pub(crate) fn of<'a>(world: &World<'a>, group: &Entity) -> Result<&'a Entity, Vec<String>> {
    let through = match &group.owner {
        Ownership::Members { through, .. } => through.as_deref(),
        _ => None,
    };
    let found = memberships(&group.name, through, world.entities(), |class| is_user(world, class));
    match found.as_slice() {
        [one] => Ok(one),
        several => Err(several.iter().map(|entity| entity.name.clone()).collect()),
    }
}

/// Whether a class is that of the users.
pub(crate) fn is_user(world: &World<'_>, class: &str) -> bool {
    class == "User" || world.style.user.class.as_ref().is_some_and(|known| known.name == class)
}

/// The group whose membership an entity is.
pub(crate) fn group_of<'a>(world: &World<'a>, entity: &Entity) -> Option<&'a Entity> {
    let mut groups = world.entities().filter(|group| group.owner.is_group());
    groups.find(|group| of(world, group).is_ok_and(|membership| membership.name == entity.name))
}

/// Columns by which a membership names the group and the member.
pub(crate) fn columns(world: &World<'_>, membership: &Entity, group: &str) -> Option<(String, String)> {
    let to_group = match membership.group_field(group) {
        Some(field) if membership.owner.parent() != Some(group) => column_name(field),
        _ => world.parent_column(&membership.name, group),
    };
    Some((to_group, column_name(membership.member_field(|class| is_user(world, class))?)))
}

/// The end of the chain of owners of a group: its memberships, and the column of theirs with the user's key.
pub(crate) fn end<'a>(world: &World<'a>, group: &'a Entity) -> Option<(Membership, String)> {
    let membership = match of(world, group) {
        Ok(membership) => membership,
        Err(candidates) if candidates.is_empty() => return in_code(world, group),
        Err(_) => return None,
    };
    let (key, user) = columns(world, membership, &group.name)?;
    let step = OwnerStep {
        column: world.key_name(&group.name),
        class: membership.name.clone(),
        key,
        existing: None,
        module: world.modules.get(&*membership.name).cloned(),
    };
    Some((Membership { step, group: group.name.clone(), role: roles(world, membership, &group.name) }, user))
}

/// The same for a group whose memberships the document does not describe, as the code has them.
fn in_code(world: &World<'_>, group: &Entity) -> Option<(Membership, String)> {
    let table = crate::compare::table_of(world.project, &group.name)?;
    existing(world, table, table.owner.as_ref()?)
}

/// The same for a group of the code.
pub(crate) fn existing(world: &World<'_>, group: &Table, owner: &Owner) -> Option<(Membership, String)> {
    let columns = owner.members.as_ref()?;
    let table = world.project.tables().find(|table| qualified(table) == owner.table)?;
    let (class, group) = (table.class.clone()?, group.class.as_ref()?);
    let attribute = |name: &str| {
        let column = table.columns.iter().find(|column| column.name == name);
        column.and_then(|column| column.attribute.clone()).unwrap_or_else(|| name.to_owned())
    };
    let step = OwnerStep {
        column: owner.column.clone(),
        class: class.name.clone(),
        key: attribute(&columns.group),
        existing: Some(class),
        module: None,
    };
    let role = existing_roles(world, table);
    Some((Membership { step, group: group.name.clone(), role }, attribute(&columns.user)))
}

/// The roles of members in the code: the enumeration called `role`, or the only one.
fn existing_roles(world: &World<'_>, table: &Table) -> Option<MemberRoles> {
    let of = |column: &Column| match crate::compare::bare(column.ty.known()?) {
        ColumnType::Enum { values, .. } => values.known().cloned(),
        _ => None,
    };
    let enums: Vec<(&Column, Vec<String>)> =
        table.columns.iter().filter_map(|column| Some((column, of(column)?))).collect();
    let named = enums.iter().find(|(column, _)| column.name == "role");
    let (column, stored) = named.or(if enums.len() == 1 { enums.first() } else { None })?;
    let class = world.project.enums.iter().find(|class| {
        let by = |pick: fn(&(String, String)) -> &String| class.members.iter().map(pick).eq(stored.iter());
        by(|(name, _)| name) || by(|(_, value)| value)
    })?;
    let values: Vec<String> = class.members.iter().map(|(_, value)| value.clone()).collect();
    let leader = LEADERS.iter().find_map(|name| values.iter().find(|value| value.eq_ignore_ascii_case(name)));
    Some(MemberRoles {
        column: column.attribute.clone().unwrap_or_else(|| column.name.clone()),
        class: class.class.name.clone(),
        existing: Some(class.class.clone()),
        founder: leader.or(values.first())?.clone(),
        values,
    })
}

fn roles(world: &World<'_>, membership: &Entity, group: &str) -> Option<MemberRoles> {
    let field = membership.role_field()?;
    let FieldType::Enum { name, values } = &field.ty else { return None };
    Some(MemberRoles {
        column: column_name(field),
        class: name.clone(),
        existing: None,
        values: values.clone(),
        founder: founder(world, membership, group, values)?,
    })
}

/// The role of whoever makes a group: the one that adds members, by what the document says of endpoints; else one whose
/// name says that it may do everything; else the first.
fn founder(world: &World<'_>, membership: &Entity, group: &str, values: &[String]) -> Option<String> {
    let named = |wanted: &str| {
        let mut found: Vec<&str> = Vec::new();
        for row in &world.design.endpoints {
            let about = crate::endpoints::entity_of(&row.action).unwrap_or_default();
            if about == wanted {
                crate::access::roles(&row.who, &mut found);
            }
        }
        found.retain(|role| values.iter().any(|value| value == role));
        found.dedup();
        (found.len() == 1).then(|| found.remove(0).to_owned())
    };
    let leader =
        || LEADERS.iter().find_map(|name| values.iter().find(|value| value.eq_ignore_ascii_case(name)).cloned());
    named(&membership.name).or_else(|| named(group)).or_else(leader).or_else(|| values.first().cloned())
}

/// Reports groups of which nothing says who their members are, and rows of groups that are none.
pub(crate) fn check(world: &World<'_>, notes: &mut Notes) {
    for entity in world.entities() {
        if entity.owner.is_group() {
            group(world, entity, notes);
        } else if let Ownership::Members { of: Some(of), .. } = &entity.owner
            && let Some(target) = world.find(of).filter(|_| world.chain_of_parent(entity).members.is_none())
        {
            belonging(entity, of, target, notes);
        }
    }
}

fn group(world: &World<'_>, entity: &Entity, notes: &mut Notes) {
    let name = &entity.name;
    let membership = match of(world, entity) {
        Ok(membership) => membership,
        Err(candidates) if candidates.is_empty() && in_code(world, entity).is_some() => return,
        Err(candidates) if candidates.is_empty() => {
            let text = format!("`{name}` belongs to its members, and nothing says who they are");
            let help = format!(
                "Describe an entity such as `Membership`: `Belongs to {name}.`, with a field `user` of the type `User`."
            );
            return notes.problem(&entity.at, text, help);
        }
        Err(candidates) => {
            let all: Vec<String> = candidates.iter().map(|class| format!("`{class}`")).collect();
            let text = format!("`{name}` belongs to its members, and {} may say who they are", all.join(" and "));
            let help = format!("Write `Owned by its members through {}.` under `{name}`.", candidates[0]);
            return notes.problem(&entity.at, text, help);
        }
    };
    needs_nothing_else(world, entity, membership, notes);
    let Some(field) = membership.role_field() else { return };
    let values = membership.roles();
    let Some(role) = founder(world, membership, name, values) else { return };
    let is_plain = LEADERS.iter().any(|leader| role.eq_ignore_ascii_case(leader));
    let is_said = world.design.endpoints.iter().any(|row| {
        let mut found = Vec::new();
        crate::access::roles(&row.who, &mut found);
        found.contains(&role.as_str())
    });
    if is_plain || is_said {
        notes.assume(&entity.at, format!("Whoever makes a `{name}` becomes its first member, with the role `{role}`"));
    } else {
        notes.ask(
            &field.at,
            format!("Whoever makes a `{name}` becomes its first member. With which role?"),
            format!("`{role}`. Name the role that adds members in the column `Who`."),
        );
    }
}

/// The first membership is made with its group: nobody can be asked for more values.
fn needs_nothing_else(world: &World<'_>, group: &Entity, membership: &Entity, notes: &mut Notes) {
    let user = membership.member_field(|class| is_user(world, class)).map(|field| &field.name);
    let role = membership.role_field().map(|field| &field.name);
    let is_open = |field: &&Field| {
        let is_group = membership.group_field(&group.name).is_some_and(|known| known.name == field.name);
        let is_known = Some(&field.name) == user || Some(&field.name) == role || is_group;
        let has_value = field.default.is_some() || !field.required || matches!(field.ty, FieldType::Many { .. });
        !is_known && !has_value
    };
    for field in membership.fields.iter().filter(is_open) {
        let text = format!(
            "whoever makes a `{}` becomes its first member, and `{}.{}` must be given",
            group.name, membership.name, field.name
        );
        notes.problem(&field.at, text, "Give the field a default, such as `= now` for a time, or make it optional.");
    }
}

fn belonging(entity: &Entity, of: &str, target: Target<'_>, notes: &mut Notes) {
    let text = format!("`{}` belongs to the members of `{of}`, which has none", entity.name);
    let help = match target {
        Target::New(_) => format!("Write `Owned by its members.` under `{of}`."),
        Target::Existing(_) => format!(
            "The code of `{of}` does not show that its rows belong to their members: describe it in the document, or write `Belongs to {of}.`"
        ),
    };
    notes.problem(&entity.at, text, help);
}

/// What a role among members means for rows that belong to `owner`; `None` where there is no such role, which is then a
/// problem.
pub(crate) fn access(
    entity: &Entity,
    owner: &OwnerChain,
    role: &str,
    at: &Location,
    notes: &mut Notes,
) -> Option<AccessDesign> {
    let Some(members) = &owner.members else {
        let text = format!("members with the role `{role}` may call this, and `{}` belongs to no group", entity.name);
        notes.problem(at, text, "Write `Owned by members of …` under the entity's heading, or `owner`.");
        return None;
    };
    let values = members.role.as_ref().map_or(&[][..], |roles| &roles.values);
    let is_meant =
        |value: &&String| value.eq_ignore_ascii_case(role) || value.replace(['_', '-'], " ").eq_ignore_ascii_case(role);
    if let Some(nth) = values.iter().position(|value| is_meant(&value)) {
        return Some(AccessDesign::Member {
            group: crate::names::entity_names(&members.group).label,
            role: values[nth].clone(),
            nth,
        });
    }
    let of = &members.step.class;
    let known: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    let help = match known.as_slice() {
        [] => format!("Give `{of}` a field `role`: `enum({role}, member)`."),
        known => format!("Its roles are {}.", known.join(", ")),
    };
    notes.problem(at, format!("members with the role `{role}` may call this, and `{of}` has no such role"), help);
    None
}
