//! From what is written to a design: names settled, references followed, ownership decided.

use std::collections::HashMap;

use architect_model::{Entity, EntityConstraint, FieldType, ImpliedRole, Ownership, Unique};

use crate::classes::{self, Classes};
use crate::enumerations;
use crate::fields;
use crate::infer;
use crate::members;
use crate::names;
use crate::notes::Notes;
use crate::ownership;
use crate::plurals;
use crate::raw::{Found, RawConstraint, RawEntity, RawOwner, Scope};
use crate::relate;
use crate::untyped;

/// Settles the entities of a document.
pub(crate) fn entities(raws: Vec<RawEntity>, found: &Found, notes: &mut Notes) -> Vec<Entity> {
    let mut named: Vec<(String, RawEntity)> =
        raws.into_iter().map(|raw| (class_name(&raw, notes), raw)).filter(|(name, _)| !name.is_empty()).collect();
    let classes = classes::of(&named, found, notes);
    relate::fold(&mut named);
    relate::by_key(&mut named);
    relate::annotate(&mut named, found, &classes);
    relate::other_sides(&mut named, &classes, notes);
    relate::relate(&mut named, found, &classes, notes);
    enumerations::share(&mut named, &classes);
    for (name, raw) in &mut named {
        if !raw.strict {
            prepare(name, raw, found, &classes, notes);
        }
    }
    members::settle(&mut named, found, &classes, notes);
    ownership::settle(&mut named, &classes, notes);
    let mut entities = Vec::new();
    for (name, raw) in &named {
        if !entities.iter().any(|entity: &Entity| entity.name == *name) {
            entities.push(entity(name, raw, &classes, notes));
        }
    }
    members::listed(&mut entities, notes);
    entities
}

/// Settles the fields of a form that leaves things open.
fn prepare(name: &str, raw: &mut RawEntity, found: &Found, classes: &Classes, notes: &mut Notes) {
    let keys: Vec<String> =
        raw.fields.iter().filter(|field| field.primary_key).map(|field| field.label.clone()).collect();
    if keys.len() > 1 && !keys.iter().any(|key| names::key(key) == "id") {
        for field in raw.fields.iter_mut().filter(|field| field.primary_key) {
            (field.primary_key, field.composite, field.required) = (false, true, Some(true));
        }
        raw.constraints.push(RawConstraint { unique: true, fields: keys, line: raw.line });
    }
    own_key(name, raw, classes);
    untyped::times(raw);
    for field in &mut raw.fields {
        infer::field(name, field, found, classes, notes);
    }
    untyped::ask(notes);
    if name == "User" {
        notes.assume(raw.line, "`User` is the account that every project has: nothing is generated for it");
    }
}

/// Marks the first field as the identifier where its name ends that of the entity: `log_id` of an `AccessLog`.
fn own_key(name: &str, raw: &mut RawEntity, classes: &Classes) {
    let known = raw.fields.iter().any(|field| field.primary_key || names::key(&field.label) == "id");
    let Some(first) = raw.fields.first_mut().filter(|first| !known && !first.foreign_key && first.references.is_none())
    else {
        return;
    };
    let Some(stem) = crate::references::stem(&first.label) else { return };
    if names::snake(name).ends_with(&format!("_{stem}")) && classes.find(&stem).is_none_or(|class| class == name) {
        first.primary_key = true;
    }
}

/// The class name of an entity; empty if there is none.
fn class_name(raw: &RawEntity, notes: &mut Notes) -> String {
    let written = raw.name.as_deref().unwrap_or(&raw.label);
    let name = if names::is_account(written) {
        "User".to_owned()
    } else if names::is_identifier(written)
        && written.starts_with(char::is_uppercase)
        && !written.contains('_')
        && (raw.strict
            || written.contains(char::is_lowercase)
                && names::key(&plurals::singular(written, notes.language)) == names::key(written))
    {
        written.to_owned()
    } else if raw.strict {
        names::pascal(written)
    } else {
        names::pascal(&plurals::singular(written, notes.language))
    };
    if name.is_empty() && !raw.strict {
        notes.ask(raw.line, format!("What is the entity `{written}` called?"), "It is left out.");
        return String::new();
    }
    if raw.strict && !names::is_label(written) {
        notes.problem(
            raw.line,
            format!("`{written}` cannot be the name of an entity"),
            "Use letters, digits and underscores, beginning with a letter: `OrderItem`.",
        );
        return String::new();
    }
    if !written.is_ascii() && name != "User" {
        notes.assume(raw.line, format!("`{written}` is named `{name}` in code"));
    }
    let clash = names::class_clash(&name);
    if let (Some(why), false) = (clash, raw.strict) {
        notes.assume(raw.line, format!("`{name}` {why}, so the entity is named `{name}Entry`"));
        return format!("{name}Entry");
    }
    if let Some(why) = clash {
        notes.problem(
            raw.line,
            format!("the entity name `{name}` {why}"),
            format!("Call it `{name}Entry`, for example."),
        );
    }
    if plurals::plural(&names::snake(&name)).len() > names::MAX_NAME && !raw.strict {
        notes.ask(raw.line, format!("What is the short name of `{written}`?"), "It is left out.");
        return String::new();
    }
    if plurals::plural(&names::snake(&name)).len() > names::MAX_NAME {
        notes.problem(
            raw.line,
            format!("the entity name `{name}` is too long"),
            format!("PostgreSQL cuts names behind {} bytes; choose a shorter one.", names::MAX_NAME),
        );
    }
    name
}

fn entity(name: &str, raw: &RawEntity, classes: &Classes, notes: &mut Notes) -> Entity {
    let mut entity = Entity {
        name: name.to_owned(),
        label: names::one_line(&raw.label),
        description: Some(names::one_line(&raw.description.join(" "))).filter(|text| !text.is_empty()),
        owner: owner(name, raw, classes, notes),
        fields: Vec::new(),
        constraints: Vec::new(),
        implied: Vec::new(),
        account: name == "User",
        at: notes.at(raw.line),
    };
    let mut scopes = Vec::new();
    let mut unsaid = false;
    let mut seen: HashMap<String, usize> = HashMap::new();
    for raw_field in &raw.fields {
        let Some(field) = fields::field(&mut entity, raw_field, raw.strict, classes, notes) else {
            continue;
        };
        let first = seen.get(&field.name).and_then(|at| entity.fields.get(*at));
        if let Some(first) = first {
            if !raw.strict && first.ty == field.ty {
                notes.assume(raw_field.line, format!("`{name}.{}` is listed twice and taken once", field.label));
                continue;
            }
            if !raw.strict {
                let (one, other) = (crate::write::type_text(&first.ty), crate::write::type_text(&field.ty));
                let question = format!("Is `{name}.{}` of the type `{one}` or `{other}`?", field.label);
                notes.ask(raw_field.line, question, format!("It is `{one}`, as it is listed first."));
                continue;
            }
            notes.problem(
                raw_field.line,
                format!("`{name}` has the field `{}` twice, first in line {}", field.name, first.at.line),
                "Remove or rename one of them.",
            );
            continue;
        }
        if let Some(Scope::Per(scope)) = &raw_field.unique {
            scopes.push((entity.fields.len(), scope.clone(), raw_field.line));
        }
        seen.insert(field.name.clone(), entity.fields.len());
        unsaid |= raw_field.required.is_none() && field.required;
        entity.fields.push(field);
    }
    if entity.fields.is_empty() && !raw.strict && !entity.account {
        notes.ask(raw.line, format!("Which fields does `{name}` have?"), "None beside those that are implied.");
    }
    if unsaid && !raw.strict {
        notes.assume(raw.line, format!("Fields of `{name}` that do not say whether they may be empty are required"));
    }
    for (at, scope, line) in scopes {
        unique_within(&mut entity, at, &scope, line, raw.strict, notes);
    }
    for constraint in &raw.constraints {
        self::constraint(&mut entity, constraint, raw.strict, notes);
    }
    entity
}

/// Whose the rows are.
fn owner(name: &str, raw: &RawEntity, classes: &Classes, notes: &mut Notes) -> Ownership {
    if name == "User" {
        return Ownership::Nobody;
    }
    match &raw.owner {
        Some(RawOwner::User) => Ownership::User,
        Some(RawOwner::Nobody) => Ownership::Nobody,
        Some(RawOwner::Parent(parent)) => Ownership::Parent { entity: described(parent, raw.line, classes, notes) },
        Some(RawOwner::Members { of, through }) => {
            let mut class = |written: &String| described(written, raw.line, classes, notes);
            // A group that names itself: `Owned by members of Team.` under `Team`.
            let of = of.as_ref().map(&mut class).filter(|of| of != name);
            Ownership::Members { of, through: through.as_ref().map(class) }
        }
        None => {
            notes.ask(raw.line, format!("To whom does `{name}` belong?"), "It is owned by the user who creates it.");
            Ownership::User
        }
    }
}

/// The class that a name means; one that the document does not describe is taken for one that exists.
fn described(written: &str, line: u32, classes: &Classes, notes: &mut Notes) -> String {
    classes.find(written).map(str::to_owned).unwrap_or_else(|| {
        let class = names::pascal(written);
        fields::assume_existing(&class, line, notes);
        class
    })
}

/// `unique per project`: settles what the scope is.
fn unique_within(entity: &mut Entity, at: usize, scope: &str, line: u32, strict: bool, notes: &mut Notes) {
    let key = names::key(scope);
    let parent = entity.owner.parent().map(names::key).unwrap_or_default();
    let by_user = key == "owner" || names::is_account(scope);
    if by_user && entity.owner == Ownership::User {
        entity.fields[at].unique = Some(Unique::PerOwner);
    } else if !parent.is_empty() && (key == parent || key == "parent") {
        entity.fields[at].unique = Some(Unique::PerParent);
    } else if let Some(other) = entity.fields.iter().find(|field| names::key(&field.name) == key) {
        let fields = vec![other.name.clone(), entity.fields[at].name.clone()];
        entity.constraints.push(EntityConstraint::Unique { fields });
    } else if !strict {
        let question = format!("Within what is `{}.{}` unique?", entity.name, entity.fields[at].name);
        notes.ask(line, question, format!("It need not be: `{}` has no {scope} of its own.", entity.name));
    } else {
        notes.problem(
            line,
            format!("`unique per {scope}`: `{}` has no {scope}", entity.name),
            "Write `unique per owner`, `unique per` the parent, or `unique per` a field.",
        );
    }
}

fn constraint(entity: &mut Entity, raw: &RawConstraint, strict: bool, notes: &mut Notes) {
    let mut fields = Vec::new();
    for written in &raw.fields {
        match column(entity, written) {
            Some(name) => fields.push(name),
            None if !strict => {
                let all = raw.fields.join(", ");
                notes.assume(
                    raw.line,
                    format!("The constraint over {all} of `{}` is left out: there is no `{written}`", entity.name),
                );
                return;
            }
            None => notes.problem(
                raw.line,
                format!("`{}` has no field `{written}`", entity.name),
                "Name fields of the entity, `owner`, or its parent.",
            ),
        }
    }
    if fields.is_empty() {
        return;
    }
    let constraint = if raw.unique { EntityConstraint::Unique { fields } } else { EntityConstraint::Index { fields } };
    if !entity.constraints.contains(&constraint) {
        entity.constraints.push(constraint);
    }
}

/// The field that a constraint names: one of the entity's, `owner`, the parent, or an implied time.
fn column(entity: &Entity, written: &str) -> Option<String> {
    let key = names::key(written);
    let bare = key.strip_suffix("id").unwrap_or(&key);
    let field = entity.fields.iter().filter(|field| !matches!(field.ty, FieldType::Many { .. })).find(|field| {
        [names::key(&field.name), names::key(&field.label)].contains(&key) || names::key(&field.name) == bare
    });
    if let Some(field) = field {
        return Some(field.name.clone());
    }
    let implied = entity.implied.iter().find(|column| names::key(&column.label) == key).map(|column| column.role);
    match (implied, &entity.owner) {
        (Some(ImpliedRole::Owner), _) => return Some("owner".to_owned()),
        (Some(ImpliedRole::Parent), owner) => return owner.parent().map(names::snake),
        _ => {}
    }
    match (&entity.owner, entity.owner.parent()) {
        (Ownership::User, _) if bare == "owner" || names::is_account(bare) => Some("owner".to_owned()),
        (_, Some(parent)) if names::key(parent) == bare || key == "parent" => Some(names::snake(parent)),
        _ if ["createdat", "updatedat"].contains(&key.as_str()) => Some(names::snake(written)),
        _ => None,
    }
}
