//! Foreign keys that the document gives: what they point at, and what must be checked of them.

use architect_model::{
    AccessDesign, Deferred, Entity, Field, FieldType, IdKind, OnDelete, OperationDesign, OperationKind, ReferenceCheck,
    ReferenceDesign,
};

use crate::code::foreign_key;
use crate::columns::column_name;
use crate::members;
use crate::names;
use crate::notes::Notes;
use crate::world::{Target, World};

/// The foreign key of a field, and the kind of key it holds.
pub(crate) fn reference(
    world: &World<'_>,
    entity: &Entity,
    field: &Field,
    operations: &[OperationDesign],
    notes: &mut Notes,
) -> Option<(ReferenceDesign, IdKind)> {
    let FieldType::Reference { entity: class, on_delete } = &field.ty else { return None };
    let (target, column, kind) = pointed_at(world, entity, field, class, notes)?;
    let known = world.table_of(&entity.name).and_then(|table| foreign_key(table, &column_name(field)));
    let on_delete = match (on_delete, known) {
        (None, Some((_, written))) => rule(written),
        _ => {
            let is_member =
                members::group_of(world, entity).is_some() && members::is_user(world, class) && field.required;
            let given = on_delete.or_else(|| is_member.then_some(OnDelete::Cascade));
            deletion(entity, field, class, given, notes)
        }
    };
    let moves = |op: &OperationDesign| op.entity == entity.name && op.kind == OperationKind::Update;
    let acyclic = *class == entity.name && !field.read_only && !field.circular && operations.iter().any(moves);
    if acyclic {
        let text = format!(
            "no `{class}` leads back to itself through `{}`: a change that would do that is refused with 409. Write `may \
             circle` to allow it",
            field.name
        );
        notes.assume(&field.at, text);
    }
    let check = if field.read_only { ReferenceCheck::None } else { check(world, entity, target, operations) };
    let name = field.name.strip_suffix("_id").unwrap_or(&field.name).to_owned();
    let deferred = world.deferred.contains(&(&*entity.name, &*field.name)).then(|| deferred(world, entity, field));
    let closes = world.closing.contains(&(&*entity.name, &*field.name));
    let reference =
        ReferenceDesign { name, target: world.entity_ref(target), column, on_delete, check, acyclic, closes, deferred };
    Some((reference, kind))
}

/// The name of a key between tables that refer to each other.
fn deferred(world: &World<'_>, entity: &Entity, field: &Field) -> Deferred {
    if world.style.models.naming_convention.iter().any(|(kind, _)| kind == "fk") {
        return Deferred::Conventional;
    }
    let table = world.table_name(&entity.name).0;
    Deferred::Named(names::bounded(format!("fk_{table}_{}", column_name(field))))
}

/// What a field refers to, with the column and kind of its key; `None` where that cannot be, which is then a problem.
pub(crate) fn pointed_at<'a>(
    world: &World<'a>,
    entity: &Entity,
    field: &Field,
    class: &str,
    notes: &mut Notes,
) -> Option<(Target<'a>, String, IdKind)> {
    let name = format!("{}.{}", entity.name, field.name);
    let Some(target) = world.find(class) else {
        let text = format!("`{name}` refers to `{class}`, which neither the document nor the code has");
        notes.problem(&field.at, text, format!("Describe `{class}` in the document, or correct the name."));
        return None;
    };
    let Some((column, kind)) = world.key(target) else {
        let (why, help) = no_key(target);
        notes.problem(&field.at, format!("`{name}` cannot refer to `{class}`: {why}"), help);
        return None;
    };
    Some((target, column, kind))
}

/// Why no column can refer to `target`, and what to do about it.
pub(crate) fn no_key(target: Target<'_>) -> (String, &'static str) {
    let unseen = match target {
        Target::Existing(table) if table.columns.iter().all(|column| !column.primary_key) => table.unknowns.first(),
        _ => None,
    };
    match unseen {
        Some(unknown) => (
            format!("its primary key is not known: {} ({})", unknown.reason, unknown.at),
            "Install the packages of the project where its environment is looked for, or declare the key in the class.",
        ),
        None => (
            "its primary key is not one column of a known type".to_owned(),
            "Give that table one primary key column of type uuid, integer or string.",
        ),
    }
}

/// What happens when the row pointed at is deleted: as written, or by whether the reference may be empty.
fn deletion(entity: &Entity, field: &Field, class: &str, given: Option<OnDelete>, notes: &mut Notes) -> OnDelete {
    match given {
        Some(OnDelete::SetNull) if field.required => {
            let text = format!(
                "`{}.{}` is required and cannot be emptied when its `{class}` is deleted",
                entity.name, field.name
            );
            notes.problem(&field.at, text, format!("Write `{class}?`, `on delete cascade` or `on delete restrict`."));
            OnDelete::SetNull
        }
        Some(given) => given,
        None if field.required => {
            notes.ask(
                &field.at,
                format!("What happens to a `{}` when its `{}` ({class}) is deleted?", entity.name, field.name),
                "It is deleted too. Write `on delete restrict` to refuse the deletion.",
            );
            OnDelete::Cascade
        }
        None => OnDelete::SetNull,
    }
}

/// The rule of a foreign key in the code. Where it has none, a row that is referred to is kept from being deleted.
pub(crate) fn rule(written: Option<&str>) -> OnDelete {
    match written {
        Some("CASCADE") => OnDelete::Cascade,
        Some("SET NULL") => OnDelete::SetNull,
        _ => OnDelete::Restrict,
    }
}

/// What must be true of a reference that a client sends.
///
/// Rows that a user owns can be referred to by that user alone, unless every signed-in user may read them anyway or
/// only administrators write the referring rows.
pub(crate) fn check(
    world: &World<'_>,
    entity: &Entity,
    target: Target<'_>,
    operations: &[OperationDesign],
) -> ReferenceCheck {
    let is_owned = match target {
        Target::New(_) => world.chain(target).is_owned(),
        Target::Existing(table) => table.owner.is_some() && world.chain(target).is_owned(),
    };
    let is_readable = matches!(target, Target::New(target) if is_read_by_all(operations, &target.name));
    if !is_owned || is_readable || is_written_by_staff(operations, &entity.name) {
        return ReferenceCheck::Exists;
    }
    ReferenceCheck::Own
}

/// Whether every signed-in user may read the rows of `class`.
pub(crate) fn is_read_by_all(operations: &[OperationDesign], class: &str) -> bool {
    operations.iter().any(|operation| {
        operation.entity == class
            && operation.kind == OperationKind::Read
            && matches!(operation.access, AccessDesign::SignedIn | AccessDesign::Public)
    })
}

/// Whether only administrators, or users with a role, write the rows of `class`.
pub(crate) fn is_written_by_staff(operations: &[OperationDesign], class: &str) -> bool {
    let mut writes = operations
        .iter()
        .filter(|operation| {
            operation.entity == class && matches!(operation.kind, OperationKind::Create | OperationKind::Update)
        })
        .peekable();
    writes.peek().is_some()
        && writes.all(|operation| matches!(operation.access, AccessDesign::Superuser | AccessDesign::Role { .. }))
}
