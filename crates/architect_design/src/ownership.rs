//! To whom the rows of an entity belong, where no sentence says it.

use architect_model::{ImpliedRole, OnDelete};

use crate::classes::Classes;
use crate::names;
use crate::notes::Notes;
use crate::raw::{RawEntity, RawField, RawOwner, TypeSpec};
use crate::references;

/// Decides ownership by references: to a user, then to an entity whose owner is known, then to one that takes this
/// one with it when it is deleted. Marks the columns that carry it.
pub(crate) fn settle(named: &mut [(String, RawEntity)], classes: &Classes, notes: &mut Notes) {
    for (class, entity) in named.iter_mut() {
        if class != "User" && entity.owner.is_none() && !entity.strict {
            by_user(class, entity, classes, notes);
        }
    }
    for cascading_only in [false, true] {
        loop {
            let owned: Vec<String> =
                named.iter().filter(|(_, entity)| entity.owner.is_some()).map(|(class, _)| class.clone()).collect();
            let chains: Vec<(String, String)> =
                named.iter().filter_map(|(class, entity)| Some((class.clone(), parent(entity)?))).collect();
            let next = named.iter_mut().find_map(|(class, entity)| {
                if class == "User" || entity.owner.is_some() || entity.strict {
                    return None;
                }
                let open = |target: &String| {
                    if cascading_only { !leads_to(target, class, &chains) } else { owned.contains(target) }
                };
                let candidates = candidates(class, entity, classes, cascading_only, open);
                (!candidates.is_empty()).then_some((class, entity, candidates))
            });
            let Some((class, entity, candidates)) = next else {
                break;
            };
            by_parent(class, entity, &candidates, notes);
        }
    }
}

fn parent(entity: &RawEntity) -> Option<String> {
    match &entity.owner {
        Some(RawOwner::Parent(parent) | RawOwner::Members { of: Some(parent), .. }) => Some(parent.clone()),
        _ => None,
    }
}

fn leads_to(from: &str, to: &str, chains: &[(String, String)]) -> bool {
    let mut at = from;
    for _ in 0..=chains.len() {
        if at == to {
            return true;
        }
        match chains.iter().find(|(class, _)| class == at) {
            Some((_, parent)) => at = parent,
            None => return false,
        }
    }
    true
}

fn by_user(class: &str, entity: &mut RawEntity, classes: &Classes, notes: &mut Notes) {
    let composite = entity.fields.iter().filter(|field| field.composite).count() > 1;
    let users: Vec<usize> =
        (0..entity.fields.len()).filter(|at| target(&entity.fields[*at], classes).as_deref() == Some("User")).collect();
    let ranked = users.iter().filter_map(|at| Some((references::owner_rank(&entity.fields[*at].label)?, *at))).min();
    // A single required reference that is said to point at the users.
    let only = match users.as_slice() {
        [at] if entity.fields[*at].references.is_some() && entity.fields[*at].required != Some(false) => Some(*at),
        _ => None,
    };
    // The only one who does something: `bidder_id` of a bid, `seller_id` beside `winner_id`.
    let doers: Vec<usize> = users.iter().copied().filter(|at| references::is_doer(&entity.fields[*at].label)).collect();
    let doer = match doers.as_slice() {
        [at] if entity.fields[*at].required != Some(false) => Some(*at),
        _ => None,
    };
    let Some(at) = ranked.map(|(_, at)| at).or(only).or(doer).filter(|_| !composite) else { return };
    let field = &mut entity.fields[at];
    field.role = Some(ImpliedRole::Owner);
    notes.assume(field.line, format!("`{class}` is owned by User: `{}` says whose it is", field.label));
    entity.owner = Some(RawOwner::User);
}

/// Required references to entities that may be the parent: position of the field, class.
fn candidates(
    class: &str,
    entity: &RawEntity,
    classes: &Classes,
    cascading_only: bool,
    open: impl Fn(&String) -> bool,
) -> Vec<(usize, String)> {
    let fields = entity.fields.iter().enumerate().filter(|(_, field)| field.required != Some(false));
    let all: Vec<(usize, String)> = fields
        .filter_map(|(at, field)| Some((at, target(field, classes)?)))
        .filter(|(_, target)| target != "User" && target != class && classes.describes(target) && open(target))
        .collect();
    let cascading: Vec<(usize, String)> =
        all.iter().filter(|(at, _)| entity.fields[*at].on_delete == Some(OnDelete::Cascade)).cloned().collect();
    if cascading_only || !cascading.is_empty() { cascading } else { all }
}

fn by_parent(class: &str, entity: &mut RawEntity, candidates: &[(usize, String)], notes: &mut Notes) {
    let Some((at, parent)) = candidates.first().cloned() else {
        return;
    };
    let label = entity.fields[at].label.clone();
    if candidates.len() > 1 {
        let others: Vec<String> = candidates.iter().map(|(_, target)| format!("`{target}`")).collect();
        notes.ask(
            entity.line,
            format!("To which does `{class}` belong: {}?", others.join(", ")),
            format!("It belongs to `{parent}`."),
        );
    } else {
        notes.assume(entity.fields[at].line, format!("`{class}` belongs to `{parent}`: `{label}` points at it"));
    }
    entity.fields[at].role = Some(ImpliedRole::Parent);
    entity.owner = Some(RawOwner::Parent(parent));
}

/// The class that a field refers to.
fn target(field: &RawField, classes: &Classes) -> Option<String> {
    match &field.spec {
        Some(TypeSpec::Named { name, many: false }) => {
            Some(classes.find(name).map_or_else(|| names::pascal(name), str::to_owned))
        }
        _ => None,
    }
}
