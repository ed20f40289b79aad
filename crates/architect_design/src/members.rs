//! Rows that belong to the members of a group: the sentences that say so, who the members are, and what they may.

use architect_model::{
    Access, Entity, EntityConstraint, Field, FieldType, ImpliedRole, OnDelete, Ownership, memberships,
};

use crate::classes::Classes;
use crate::endpoints::is_named;
use crate::names::{self, fold};
use crate::notes::Notes;
use crate::raw::{Found, RawEntity, RawField, RawOwner, TypeSpec};
use crate::{actions, plurals};

/// How prose says that rows belong to their own members, folded; the subject stands before it.
const OWN: &[&str] = &[
    "belongs to its members",
    "belong to their members",
    "belong to its members",
    "is owned by its members",
    "are owned by their members",
    "pertenece a sus miembros",
    "pertenecen a sus miembros",
    "pertence aos seus membros",
    "pertencem aos seus membros",
    "appartient a ses membres",
    "appartiennent a leurs membres",
    "gehort seinen mitgliedern",
    "gehort ihren mitgliedern",
    "gehoren ihren mitgliedern",
    "thuoc ve cac thanh vien cua no",
    "uyelerine aittir",
    "属于其成员",
    "はメンバーに属する",
    "구성원에게 속한다",
];

/// How prose says that rows belong to the members of something else, folded; that stands behind it.
const OF: &[&str] = &[
    "belongs to the members of",
    "belong to the members of",
    "is owned by the members of",
    "are owned by the members of",
    "is owned by members of",
    "are owned by members of",
    "pertenece a los miembros de",
    "pertenecen a los miembros de",
    "pertence aos membros d",
    "pertencem aos membros d",
    "appartient aux membres d",
    "appartiennent aux membres d",
    "gehort den mitgliedern de",
    "gehoren den mitgliedern de",
    "thuoc ve cac thanh vien cua",
];

/// Parts of names for what says who the members are, folded.
const NAMES: &[&str] = &[
    "member",
    "miembro",
    "membro",
    "membre",
    "mitglied",
    "uye",
    "thanhvien",
    "成员",
    "会员",
    "メンバー",
    "회원",
    "구성원",
];

/// `Owned by its members`, `Owned by members of Team`, `Belongs to the members of Team through Membership`.
pub(crate) fn sentence(sentence: &str) -> Option<RawOwner> {
    let rest = sentence.strip_prefix("Owned by ").or_else(|| sentence.strip_prefix("Belongs to "))?;
    let (rest, through) = match rest.split_once(" through ") {
        Some((rest, through)) => (rest, Some(name(through)?)),
        None => (rest, None),
    };
    let rest = rest.strip_prefix("the ").unwrap_or(rest);
    if rest == "its members" || rest == "members" {
        return Some(RawOwner::Members { of: None, through });
    }
    let of = Some(name(rest.strip_prefix("members of ")?)?);
    Some(RawOwner::Members { of, through })
}

fn name(text: &str) -> Option<String> {
    let text = text.trim().trim_matches('`');
    let text = ["a ", "the ", "its "].iter().find_map(|article| text.strip_prefix(article)).unwrap_or(text);
    (!text.is_empty() && !text.contains(char::is_whitespace)).then(|| text.to_owned())
}

/// What a sentence of prose says belongs to members, and of what else they are members.
pub(crate) fn said(text: &str) -> Option<(String, Option<String>)> {
    let folded = fold(text);
    let clauses = folded.split(['.', ';', '。']);
    clauses.into_iter().find_map(|clause| {
        let own = OWN.iter().find_map(|words| Some((clause.split_once(words)?.0.to_owned(), None)));
        own.or_else(|| {
            OF.iter().find_map(|words| {
                let (what, of) = clause.split_once(words)?;
                Some((what.to_owned(), Some(of.to_owned())))
            })
        })
    })
}

/// Decides which entities are groups, and that memberships belong to theirs.
pub(crate) fn settle(named: &mut [(String, RawEntity)], found: &Found, classes: &Classes, notes: &mut Notes) {
    for (what, of, line) in &found.shared {
        let of = match of {
            Some(of) => match classes.mentioned(of) {
                Some(of) => Some(of.to_owned()),
                None => continue,
            },
            None => None,
        };
        let Some(class) = classes.mentioned(what) else { continue };
        if let Some(entity) = open(named, class) {
            let whose = of.as_ref().map_or_else(|| "its members".to_owned(), |of| format!("the members of `{of}`"));
            notes.assume(*line, format!("`{class}` belongs to {whose}"));
            entity.owner = Some(RawOwner::Members { of, through: None });
        }
    }
    by_name(named, classes, notes);
    let groups: Vec<String> = named.iter().filter_map(|(class, entity)| group(class, entity, classes)).collect();
    for class in groups {
        if let Some(entity) = named.iter_mut().find(|(known, _)| *known == class).map(|(_, entity)| entity)
            && entity.owner.is_none()
        {
            notes.assume(entity.line, format!("`{class}` belongs to its members, as what belongs to them says"));
            entity.owner = Some(RawOwner::Members { of: None, through: None });
        }
        membership(named, &class, classes, notes);
    }
}

/// An entity whose owner nothing says.
fn open<'n>(named: &'n mut [(String, RawEntity)], class: &str) -> Option<&'n mut RawEntity> {
    let (_, entity) = named.iter_mut().find(|(known, _)| known == class)?;
    Some(entity).filter(|entity| entity.owner.is_none() && !entity.strict)
}

/// The group that an entity is, or whose members own it.
fn group(class: &str, entity: &RawEntity, classes: &Classes) -> Option<String> {
    match &entity.owner {
        Some(RawOwner::Members { of: None, .. }) => Some(class.to_owned()),
        Some(RawOwner::Members { of: Some(of), .. }) => classes.find(of).map(str::to_owned),
        _ => None,
    }
}

/// What nobody owns, and something called after members refers to, belongs to these.
fn by_name(named: &mut [(String, RawEntity)], classes: &Classes, notes: &mut Notes) {
    let mut found: Vec<(String, String, u32)> = Vec::new();
    for (class, entity) in named.iter() {
        let name = names::key(&entity.label);
        let is_named = NAMES.iter().any(|part| name.contains(part) || fold(class).contains(part));
        if entity.strict || !is_named || field_to(entity, "User", classes).is_none() {
            continue;
        }
        let mut groups = entity.fields.iter().filter(|field| field.required != Some(false));
        let groups: Vec<String> = groups.by_ref().filter_map(|field| target(field, classes)).collect();
        let mut groups = groups.iter().filter(|group| *group != "User" && *group != class && classes.describes(group));
        if let (Some(group), None) = (groups.next(), groups.next()) {
            found.push((group.clone(), class.clone(), entity.line));
        }
    }
    for (group, class, line) in found {
        if let Some(entity) =
            open(named, &group).filter(|entity| !entity.fields.iter().any(|field| is_user(field, classes)))
        {
            notes.assume(line, format!("`{group}` belongs to its members: `{class}` says who they are"));
            entity.owner = Some(RawOwner::Members { of: None, through: None });
        }
    }
}

fn is_user(field: &RawField, classes: &Classes) -> bool {
    target(field, classes).as_deref() == Some("User")
}

/// Lets the membership of a group belong to it, where nothing else is said.
fn membership(named: &mut [(String, RawEntity)], group: &str, classes: &Classes, notes: &mut Notes) {
    let through = named.iter().find(|(class, _)| class == group).and_then(|(_, entity)| match &entity.owner {
        Some(RawOwner::Members { through: Some(through), .. }) => classes.find(through),
        _ => None,
    });
    let found = named.iter_mut().filter(|(class, entity)| {
        let refers = field_to(entity, group, classes).is_some() && field_to(entity, "User", classes).is_some();
        class != group && refers && through.is_none_or(|through| class == through)
    });
    let mut found: Vec<&mut (String, RawEntity)> = found.collect();
    if found.len() > 1 {
        found.retain(|(_, entity)| {
            let both = [field_to(entity, group, classes), field_to(entity, "User", classes)];
            let is_once = |fields: &[String]| {
                let names = |at: Option<usize>| {
                    at.is_some_and(|at| {
                        fields.iter().any(|name| names::key(name) == names::key(&entity.fields[at].label))
                    })
                };
                fields.len() == 2 && both.iter().all(|at| names(*at))
            };
            entity.constraints.iter().any(|one| one.unique && is_once(&one.fields))
        });
    }
    let [(class, entity)] = found.as_mut_slice() else { return };
    if entity.owner.is_some() {
        return;
    }
    let Some(at) = field_to(entity, group, classes) else { return };
    entity.fields[at].role = Some(ImpliedRole::Parent);
    entity.owner = Some(RawOwner::Parent(group.to_owned()));
    notes.assume(entity.line, format!("`{class}` belongs to `{group}`, and says who its members are"));
}

/// The place of the required field that refers to a class.
fn field_to(entity: &RawEntity, class: &str, classes: &Classes) -> Option<usize> {
    let leads = |field: &RawField| field.required != Some(false) && target(field, classes).as_deref() == Some(class);
    entity.fields.iter().position(leads)
}

fn target(field: &RawField, classes: &Classes) -> Option<String> {
    match &field.spec {
        Some(TypeSpec::Named { name, many: false }) => {
            Some(classes.find(name).map_or_else(|| names::pascal(name), str::to_owned))
        }
        _ => None,
    }
}

/// Describes the membership of a group that lists its members as a field: `members | list of User`.
pub(crate) fn listed(entities: &mut Vec<Entity>, notes: &mut Notes) {
    for at in 0..entities.len() {
        let Some(group) = entities.get(at).filter(|entity| entity.owner.is_group()) else { continue };
        let is_list = |field: &Field| matches!(&field.ty, FieldType::Many { entity } if entity == "User");
        let Some(place) = group.fields.iter().position(is_list) else { continue };
        let (name, class) = (group.name.clone(), format!("{}Member", group.name));
        if entities.iter().any(|entity| entity.name == class) || !of(&name, None, entities).is_empty() {
            continue;
        }
        let field = entities[at].fields.remove(place);
        notes.assume(
            field.at.line,
            format!("`{name}.{}` becomes the entity `{class}`, whose rows say who the members are", field.name),
        );
        let user = Field {
            name: "user".to_owned(),
            label: "user".to_owned(),
            ty: FieldType::Reference { entity: "User".to_owned(), on_delete: Some(OnDelete::Cascade) },
            required: true,
            ..field.clone()
        };
        let fields = vec![names::snake(&name), user.name.clone()];
        let member = Entity {
            label: class.clone(),
            name: class,
            description: None,
            owner: Ownership::Parent { entity: name },
            fields: vec![user],
            constraints: vec![EntityConstraint::Unique { fields }],
            implied: Vec::new(),
            account: false,
            at: field.at,
        };
        entities.insert(at + 1, member);
        return listed(entities, notes);
    }
}

/// The entities that may say who the members of a group are.
fn of<'e>(group: &str, through: Option<&str>, entities: &'e [Entity]) -> Vec<&'e Entity> {
    memberships(group, through, entities.iter(), |class| class == "User")
}

/// What the members of a group may be, where the document describes that.
fn roles<'e>(group: &str, entities: &'e [Entity]) -> &'e [String] {
    let owner = entities.iter().find(|entity| entity.name == group).map(|entity| &entity.owner);
    let through = match owner {
        Some(Ownership::Members { through, .. }) => through.as_deref(),
        _ => None,
    };
    match of(group, through, entities).as_slice() {
        [membership] => membership.roles(),
        _ => &[],
    }
}

/// The group whose members own the rows of an entity, through any number of parents, as far as the document says.
pub(crate) fn group_of(entity: &Entity, entities: &[Entity]) -> Option<String> {
    let mut current = entity;
    for _ in 0..=entities.len() {
        match &current.owner {
            Ownership::Members { of, .. } => return Some(of.as_ref().unwrap_or(&current.name).clone()),
            Ownership::Parent { entity: parent } => current = entities.iter().find(|one| one.name == *parent)?,
            _ => return None,
        }
    }
    None
}

/// `owner of project`, `member of team`, `admin of team`: the words before and behind "of".
pub(crate) fn access(who: &[&str], name: &[&str], entities: &[Entity]) -> Option<Access> {
    let known = actions::by_name(&name.join(" "), entities);
    let group = known.and_then(|entity| group_of(entity, entities));
    let key = names::key(&who.join(" "));
    let role = group.as_ref().and_then(|group| {
        let mut roles = roles(group, entities).iter();
        roles.find(|role| plurals::singulars(&key).contains(&names::key(role)) || names::key(role) == key).cloned()
    });
    if let Some(role) = role {
        // A role may be called like all of them: then members with it are not all members.
        let is_all = ["member", "members"].contains(&key.as_str());
        return Some(if is_all { Access::Owner } else { Access::Member { role } });
    }
    match who {
        ["owner" | "member" | "members"] if name.len() == 1 || is_named(name, entities) => Some(Access::Owner),
        // What the code has may be a group, and have such a role.
        [_] if known.is_none() && is_named(name, entities) => Some(Access::Member { role: who.join(" ") }),
        _ => None,
    }
}

/// What to write where it is not understood who may call an endpoint.
pub(crate) fn help(who: &str, entities: &[Entity]) -> String {
    let folded = fold(who);
    let group = folded.split_once(" of ").and_then(|(_, name)| {
        let name = name.strip_prefix("the ").unwrap_or(name);
        group_of(actions::by_name(name, entities)?, entities)
    });
    let usual =
        "Write `owner`, `owner of project`, `role admin`, `signed in`, `public`, or `public read, admin write`.";
    let Some(group) = group else { return usual.to_owned() };
    let of = names::snake(&group).replace('_', " ");
    let mut all = vec![format!("`member of {of}`")];
    let roles = roles(&group, entities).iter().filter(|role| *role != "member");
    all.extend(roles.map(|role| format!("`{role} of {of}`")));
    format!("Write {}, or another group of callers.", all.join(", "))
}

/// Who may call the usual endpoints of an owned entity: of a group and its memberships, what changes them is kept for
/// those with a role, where there are roles.
pub(crate) fn default_access(entity: &Entity, entities: &[Entity], notes: &mut Notes) -> Access {
    let group = if entity.owner.is_group() { Some(entity.name.as_str()) } else { entity.owner.parent() };
    let Some(group) = group.filter(|group| entities.iter().any(|one| one.name == **group && one.owner.is_group()))
    else {
        return Access::Owner;
    };
    let is_part = entity.owner.is_group() || of(group, None, entities).iter().any(|one| one.name == entity.name);
    let roles = roles(group, entities);
    let usual = |role: &&String| ["admin", "administrator", "owner"].contains(&names::key(role).as_str());
    let Some(role) = roles.iter().find(usual).or_else(|| roles.first()).filter(|_| is_part) else {
        return Access::Owner;
    };
    if !roles.iter().any(|role| usual(&role)) {
        notes.ask(
            entity.at.line,
            format!("Which members change a `{group}` and its members?"),
            format!("Those with the role `{role}`."),
        );
    }
    let write = Box::new(Access::Member { role: role.clone() });
    Access::ReadWrite { read: Box::new(Access::Owner), write }
}
