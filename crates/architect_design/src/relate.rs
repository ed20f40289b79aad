//! References that stand beside the fields: in diagrams, sentences and lists.

use std::collections::{HashMap, HashSet};

use crate::classes::Classes;
use crate::names;
use crate::notes::Notes;
use crate::plurals;
use crate::raw::{Found, RawEntity, RawField, RawRelation, RelationKind, Scope, TypeSpec};
use crate::references;

/// Entities with their class names.
type Named = [(String, RawEntity)];

/// Folds the two columns of one relation to one: `dayId`, and `day` of the class `Day` that is said to go over `dayId`.
pub(crate) fn fold(named: &mut Named) {
    for (_, entity) in named.iter_mut().filter(|(_, entity)| !entity.strict) {
        let over = |field: &RawField| {
            let said = field.description.split('`').skip(1).step_by(2);
            matches!(field.spec, Some(TypeSpec::Named { many: false, .. }))
                .then(|| said.map(names::key).collect::<Vec<_>>())
                .unwrap_or_default()
        };
        let keys: Vec<String> = entity.fields.iter().map(|field| names::key(&field.label)).collect();
        let mut gone = Vec::new();
        for at in 0..entity.fields.len() {
            let Some(to) = over(&entity.fields[at]).iter().find_map(|key| keys.iter().position(|known| known == key))
            else {
                continue;
            };
            let Some(TypeSpec::Named { name, .. }) = entity.fields[at].spec.clone() else { continue };
            if to == at || references::stem(&entity.fields[to].label).is_none() {
                continue;
            }
            let on_delete = entity.fields[at].on_delete;
            let key = &mut entity.fields[to];
            key.foreign_key = true;
            key.references.get_or_insert(name);
            key.on_delete = key.on_delete.or(on_delete);
            gone.push(at);
        }
        let mut at = 0;
        entity.fields.retain(|_| {
            at += 1;
            !gone.contains(&(at - 1))
        });
    }
}

/// Follows keys that bear the name of another entity's key: `isbn`, where `isbn` is the key of `Book`.
pub(crate) fn by_key(named: &mut Named) {
    let of = |(class, entity): &(String, RawEntity)| {
        let keys: Vec<&RawField> = entity.fields.iter().filter(|field| field.primary_key).collect();
        match keys.as_slice() {
            [only] if !only.foreign_key => Some((names::key(&only.label), class.clone())),
            _ => None,
        }
    };
    let keys: Vec<(String, String)> = named.iter().filter_map(of).collect();
    for (class, entity) in named.iter_mut().filter(|(_, entity)| !entity.strict) {
        for field in entity.fields.iter_mut().filter(|field| field.foreign_key && field.references.is_none()) {
            if references::stem(&field.label).is_some() {
                continue;
            }
            let key = names::key(&field.label);
            let mut of = keys.iter().filter(|(known, owner)| *known == key && owner != class && key != "id");
            if let (Some((_, owner)), None) = (of.next(), of.next()) {
                field.references = Some(owner.clone());
            }
        }
    }
}

/// Leaves out lists that are only the other side of a reference: `shifts` of a day, where each shift has its day.
pub(crate) fn other_sides(named: &mut Named, classes: &Classes, notes: &mut Notes) {
    let pointed: Vec<(String, HashSet<String>)> = (named.iter())
        .map(|(class, entity)| {
            let plain = entity.fields.iter().filter_map(|field| references::target(class, field, classes));
            (class.clone(), plain.map(|(class, _)| class).collect())
        })
        .collect();
    for (class, entity) in named.iter_mut().filter(|(_, entity)| !entity.strict) {
        let label = entity.label.clone();
        entity.fields.retain(|field| {
            let Some(TypeSpec::Named { name, many: true }) = &field.spec else { return true };
            let Some(target) = classes.find(name).map(str::to_owned) else { return true };
            let points = |(other, to): &&(String, HashSet<String>)| *other == target && to.contains(class);
            let other_side = target != *class && pointed.iter().any(|known| points(&known));
            if other_side {
                let text = format!("`{label}.{}` is the other side of what `{target}` refers to", field.label);
                notes.assume(field.line, text);
            }
            !other_side
        });
    }
}

/// Takes up what lines beside the fields say of them.
pub(crate) fn annotate(named: &mut Named, found: &Found, classes: &Classes) {
    let places = places(named);
    let place = |name: &str| classes.find(name).and_then(|class| places.get(class)).copied();
    for link in &found.links {
        let Some(at) = place(&link.entity) else { continue };
        let key = names::key(&link.field);
        let field = named[at].1.fields.iter_mut().find(|field| names::key(&field.label) == key);
        if let Some(field) = field.filter(|_| !names::key(&link.target).is_empty()) {
            field.foreign_key = true;
            field.references.get_or_insert_with(|| link.target.clone());
            field.on_delete = field.on_delete.or(link.on_delete);
        }
    }
    for (subject, constraint) in &found.constraints {
        let Some(at) = place(subject).filter(|at| !named[*at].1.strict) else { continue };
        let entity = &mut named[at].1;
        let key = |name: &String| names::key(name);
        let listed = |name: &String| entity.fields.iter().any(|field| names::key(&field.label) == key(name));
        if !constraint.fields.iter().all(listed) {
            continue;
        }
        if let ([only], true) = (constraint.fields.as_slice(), constraint.unique) {
            let field = entity.fields.iter_mut().find(|field| names::key(&field.label) == key(only));
            if let Some(field) = field.filter(|field| !field.primary_key) {
                field.unique.get_or_insert(Scope::Table);
            }
        } else if constraint.fields.len() > 1
            && !entity.constraints.iter().any(|known| known.fields == constraint.fields)
        {
            entity.constraints.push(constraint.clone());
        }
    }
}

fn places(named: &Named) -> HashMap<String, usize> {
    let mut places = HashMap::new();
    for (at, (class, _)) in named.iter().enumerate() {
        places.entry(class.clone()).or_insert(at);
    }
    places
}

/// Adds the references that diagrams and sentences state and no field carries.
pub(crate) fn relate(named: &mut Named, found: &Found, classes: &Classes, notes: &mut Notes) {
    let places = places(named);
    let place = |name: &str| of_phrase(name, classes).and_then(|class| places.get(&class).copied());
    let mut pointed: Vec<HashSet<String>> =
        named.iter().map(|(class, entity)| pointed(class, entity, classes)).collect();
    let mut seen: HashSet<(usize, usize, &str)> = HashSet::new();
    for relation in &found.relations {
        let Some(many) = place(&relation.many) else { continue };
        let Some(one) = place(&relation.one) else {
            if names::is_account(&relation.one) && !pointed[many].contains("User") {
                by_user(&mut named[many].1, relation, notes);
                pointed[many].insert("User".to_owned());
            }
            continue;
        };
        if named[one].1.strict || named[many].1.strict || !seen.insert((one, many, relation.label.as_str())) {
            continue;
        }
        let (target, holder) = (named[one].0.clone(), named[many].0.clone());
        let linked = pointed.iter().any(|classes| classes.contains(&target) && classes.contains(&holder));
        let carried = pointed[many].contains(&target) || pointed[one].contains(&holder);
        if relation.kind != RelationKind::ManyToMany {
            let only = !carried && target == "User";
            let adopted = adopt(&mut named[many], &target, relation, only, classes)
                || adopt(&mut named[one], &holder, relation, false, classes);
            if adopted {
                pointed[many].insert(target.clone());
            }
            if adopted || one == many {
                continue;
            }
        }
        if linked || carried || is_carried_by_a_key(&named[many], relation, found, classes) {
            continue;
        }
        add(named, (one, many), relation, notes);
        pointed[many].insert(target);
    }
}

fn same(one: &str, other: &str) -> bool {
    plurals::stem(one) == plurals::stem(other)
}

/// Whether one of the keys of an entity that point at nothing yet must be what a relation means.
fn is_carried_by_a_key(named: &(String, RawEntity), relation: &RawRelation, found: &Found, classes: &Classes) -> bool {
    let (class, entity) = named;
    let open = entity.fields.iter().filter(|field| {
        field.foreign_key && field.references.is_none() && references::target(class, field, classes).is_none()
    });
    let relations = found.relations.iter().filter(|other| same(&other.many, &relation.many)).count();
    relation.drawn && relation.kind != RelationKind::ManyToMany && open.count() >= relations
}

/// The class that a phrase names: the whole of it, or the only word of it that names one.
fn of_phrase(phrase: &str, classes: &Classes) -> Option<String> {
    classes
        .find(phrase)
        .or_else(|| phrase.contains(' ').then(|| classes.mentioned(phrase)).flatten())
        .map(str::to_owned)
}

/// The classes that the fields of an entity point at.
fn pointed(class: &str, entity: &RawEntity, classes: &Classes) -> HashSet<String> {
    let many = entity.fields.iter().filter_map(|field| match &field.spec {
        Some(TypeSpec::Named { name, many: true }) => classes.find(name).map(str::to_owned),
        _ => None,
    });
    let plain = entity.fields.iter().filter_map(|field| references::target(class, field, classes));
    many.chain(plain.map(|(class, _)| class)).collect()
}

/// Gives a relation to a key of an entity that points at nothing yet: the one that the relation names, or the `only`
/// one there is; whether there is one.
fn adopt(named: &mut (String, RawEntity), target: &str, relation: &RawRelation, only: bool, classes: &Classes) -> bool {
    let (class, entity) = named;
    let keys: Vec<usize> = (0..entity.fields.len())
        .filter(|at| entity.fields[*at].foreign_key && entity.fields[*at].references.is_none())
        .collect();
    let said = names::key(&relation.label);
    let stem = |at: &usize| references::stem(&entity.fields[*at].label).map(|stem| names::key(&stem));
    let called = keys.iter().copied().find(|at| stem(at).is_some_and(|stem| stem.len() > 3 && said.contains(&stem)));
    let open: Vec<usize> =
        keys.into_iter().filter(|at| references::target(class, &entity.fields[*at], classes).is_none()).collect();
    let alone = || open.first().copied().filter(|_| only && open.len() == 1);
    // `producer_id` in a document that calls them `produtores`.
    let beginning = |text: &str| names::key(text).chars().take(4).collect::<String>();
    let alike = || {
        let mut alike = open
            .iter()
            .copied()
            .filter(|at| stem(at).is_some_and(|stem| stem.len() > 4 && beginning(&stem) == beginning(target)));
        alike.next().filter(|_| relation.drawn && alike.next().is_none())
    };
    let Some(at) = called.or_else(alone).or_else(alike) else { return false };
    entity.fields[at].references = Some(target.to_owned());
    true
}

fn add(named: &mut Named, (one, many): (usize, usize), relation: &RawRelation, notes: &mut Notes) {
    let (target, holder) = (named[one].1.label.clone(), named[many].1.label.clone());
    let mut field = RawField { line: relation.line, ..RawField::default() };
    if relation.kind == RelationKind::ManyToMany {
        field.label = plurals::plural(&names::snake(&plurals::singular(&holder, notes.language)));
        field.spec = Some(TypeSpec::Named { name: holder.clone(), many: true });
        let entity = &mut named[one].1;
        if !entity.fields.iter().any(|known| names::key(&known.label) == names::key(&field.label)) {
            notes.assume(relation.line, format!("`{target}` and `{holder}` are related many to many"));
            entity.fields.push(field);
        }
        return;
    }
    if relation.kind == RelationKind::OneToOne {
        field.unique = Some(Scope::Table);
    }
    field.label = names::snake(&plurals::singular(&target, notes.language));
    field.references = Some(target.clone());
    field.foreign_key = true;
    notes.assume(relation.line, format!("`{holder}` refers to `{target}`, as the relation between them says"));
    named[many].1.fields.push(field);
}

/// A relation to a user whom the document does not describe.
fn by_user(entity: &mut RawEntity, relation: &RawRelation, notes: &mut Notes) {
    if entity.strict || relation.kind == RelationKind::ManyToMany {
        return;
    }
    notes.assume(relation.line, format!("`{}` refers to `User`, as the relation between them says", entity.label));
    entity.fields.push(RawField {
        label: "user_id".to_owned(),
        line: relation.line,
        references: Some("User".to_owned()),
        foreign_key: true,
        ..RawField::default()
    });
}
