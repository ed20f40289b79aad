//! Who may call an operation: the document's words in terms of what the house has.

use architect_model::{Access, AccessDesign, ColumnType, Entity, Location, OperationKind, OwnerChain, Symbol};

use crate::members;
use crate::notes::Notes;
use crate::world::World;

const ADMINISTRATORS: &[&str] =
    &["admin", "admins", "administrator", "administrators", "superuser", "superusers", "staff"];

/// Who may call an operation of this kind on `entity`; `None` where that cannot be, which is then a problem.
pub(crate) fn resolve(
    world: &World<'_>,
    entity: &Entity,
    owner: &OwnerChain,
    access: &Access,
    kind: &OperationKind,
    at: &Location,
    notes: &mut Notes,
) -> Option<AccessDesign> {
    let is_write = !matches!(kind, OperationKind::List { .. } | OperationKind::Read | OperationKind::ListLinked { .. });
    let found = match access {
        Access::ReadWrite { read, write } => {
            let access = if is_write { write } else { read };
            return resolve(world, entity, owner, access, kind, at, notes);
        }
        // What is wrong with the group is said already.
        Access::Owner if !owner.is_owned() && world.topmost(entity).owner.is_group() => return None,
        Access::Owner if !owner.is_owned() => {
            let text = format!("only the owner may call this, and nobody owns `{}`", entity.name);
            notes.problem(at, text, "Write `Owned by User.` under the entity's heading, or name who may call it.");
            return None;
        }
        Access::Owner => AccessDesign::Owner,
        // Where there is no group yet, nobody has a role in it.
        Access::Member { .. } if *kind == OperationKind::Create && owner.group().is_some() => AccessDesign::Owner,
        Access::Member { role } => members::access(entity, owner, role, at, notes)?,
        Access::SignedIn => AccessDesign::SignedIn,
        Access::Public => AccessDesign::Public,
        // The code knows: neither side of a change says more of it.
        Access::Unsaid if has_users(world) => AccessDesign::SignedIn,
        Access::Unsaid => AccessDesign::Public,
        Access::Role { role } => self::role(world, role, at, notes)?,
    };
    if *access == Access::Unsaid {
        return Some(found);
    }
    let takes_maker = owner.is_direct() || owner.group().is_some();
    if found == AccessDesign::Public && *kind == OperationKind::Create && takes_maker {
        let text = format!("a `{}` belongs to the user who creates it, and here nobody is signed in", entity.name);
        notes.problem(at, text, "Write `signed in`, or `Shared.` under the entity's heading.");
        return None;
    }
    let user = &world.style.user;
    let parameter = &user.parameter.value;
    if found != AccessDesign::Public && !has_users(world) {
        let text = "somebody must be signed in to call this, and no endpoint of the project shows a dependency that gives the signed-in user";
        notes.problem(at, text, "Add such a dependency to the project first, or write `public`.");
        return None;
    }
    if found.is_owner() && user.key_path.is_none() {
        let name = parameter.class.as_ref().map_or(&parameter.name, |class| &class.name);
        let text = format!("rows belong to users, and the signed-in `{name}` carries no key of the users' table");
        notes.problem(at, text, "Write `signed in` or `public` here and `Shared.` under the entity's heading, or give that class the user's key.");
        return None;
    }
    Some(found)
}

/// The roles among members that `access` names.
pub(crate) fn roles<'a>(access: &'a Access, found: &mut Vec<&'a str>) {
    match access {
        Access::Member { role } => found.push(role),
        Access::ReadWrite { read, write } => {
            roles(read, found);
            roles(write, found);
        }
        _ => {}
    }
}

/// Whether a dependency of the project gives the signed-in user.
fn has_users(world: &World<'_>) -> bool {
    let parameter = &world.style.user.parameter.value;
    parameter.alias.is_some() || parameter.dependency.is_some()
}

/// What a role is in this house.
fn role(world: &World<'_>, role: &str, at: &Location, notes: &mut Notes) -> Option<AccessDesign> {
    let user = &world.style.user;
    let has_superuser = user.superuser_attribute.is_some() || user.superuser_dependency.is_some();
    let is_admin = ADMINISTRATORS.contains(&role.to_lowercase().as_str());
    if is_admin && has_superuser {
        return Some(AccessDesign::Superuser);
    }
    if let Some(found) = attribute(world, role) {
        return Some(found);
    }
    if has_superuser {
        notes.ask(at, format!("The project's users have no role `{role}`. Who has it?"), "Administrators have it.");
        return Some(AccessDesign::Superuser);
    }
    notes.problem(
        at,
        format!("users with the role `{role}` may call this, and the project's users have no roles"),
        "Give the user a role or an `is_superuser` attribute first, or write `owner` or `signed in`.",
    );
    None
}

/// The value of the users' role attribute that `role` means.
fn attribute(world: &World<'_>, role: &str) -> Option<AccessDesign> {
    let attribute = world.style.user.role_attribute.as_deref()?;
    let column = world
        .users()?
        .columns
        .iter()
        .find(|column| column.attribute.as_deref().unwrap_or(&column.name) == attribute)?;
    match column.ty.known()? {
        ColumnType::Enum { .. } => {
            let (class, member, value) = member(world, column.ty.known()?, role)?;
            Some(AccessDesign::Role { attribute: attribute.to_owned(), value, member: Some((class, member)) })
        }
        _ => Some(AccessDesign::Role { attribute: attribute.to_owned(), value: role.to_owned(), member: None }),
    }
}

/// The member of the enumeration behind a column that `role` means: class, member and value.
fn member(world: &World<'_>, ty: &ColumnType, role: &str) -> Option<(Symbol, String, String)> {
    let ColumnType::Enum { values, .. } = ty else { return None };
    let values = values.known()?;
    let is_meant = |text: &str| text.eq_ignore_ascii_case(role);
    world.project.enums.iter().find_map(|class| {
        let stored = |pick: fn(&(String, String)) -> &String| class.members.iter().map(pick).eq(values.iter());
        let is_behind = stored(|(name, _)| name) || stored(|(_, value)| value);
        let (name, value) = class.members.iter().find(|(name, value)| is_meant(name) || is_meant(value))?;
        is_behind.then(|| (class.class.clone(), name.clone(), value.clone()))
    })
}
