//! What a document leaves to its reader: references by name, implied columns, missing types.

use architect_model::{FieldType, ImpliedRole};

use crate::lexicon::Words;
use crate::names::{self, fold};
use crate::notes::Notes;
use crate::plurals;
use crate::raw::{Found, RawEntity, RawField, RawRelation, RelationKind, Scope, TypeSpec};
use crate::resolve::Classes;
use crate::typewords;

/// Takes up what lines beside the fields say of them.
pub(crate) fn annotate(entities: &mut [RawEntity], found: &Found) {
    for link in &found.links {
        let Some(at) = position(entities, &link.entity) else { continue };
        let key = names::key(&link.field);
        let field = entities[at].fields.iter_mut().find(|field| names::key(&field.label) == key);
        if let Some(field) = field.filter(|_| !names::key(&link.target).is_empty()) {
            field.foreign_key = true;
            field.references.get_or_insert_with(|| link.target.clone());
            field.on_delete = field.on_delete.or(link.on_delete);
        }
    }
    for (subject, constraint) in &found.constraints {
        let Some(at) = position(entities, subject).filter(|at| !entities[*at].strict) else { continue };
        let entity = &mut entities[at];
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

/// Adds the references that diagrams and sentences state and no field carries.
pub(crate) fn relate(entities: &mut [RawEntity], found: &Found, notes: &mut Notes) {
    for relation in &found.relations {
        if names::is_account(&relation.one) && position(entities, &relation.one).is_none() {
            by_user(entities, relation, notes);
            continue;
        }
        let (Some(one), Some(many)) = (position(entities, &relation.one), position(entities, &relation.many)) else {
            continue;
        };
        let linked =
            entities.iter().any(|entity| refers(entity, &entities[one].label) && refers(entity, &entities[many].label));
        let carried = refers(&entities[many], &entities[one].label) || refers(&entities[one], &entities[many].label);
        if entities[one].strict || entities[many].strict || linked || carried && one != many {
            continue;
        }
        let (target, holder) = (entities[one].label.clone(), entities[many].label.clone());
        let mut field = RawField { line: relation.line, ..RawField::default() };
        match relation.kind {
            RelationKind::ManyToMany => {
                field.label = plurals::plural(&names::snake(&holder));
                field.spec = Some(TypeSpec::Named { name: holder.clone(), many: true });
                if entities[one].fields.iter().any(|known| names::key(&known.label) == names::key(&field.label)) {
                    continue;
                }
                notes.assume(relation.line, format!("`{target}` and `{holder}` are related many to many"));
                entities[one].fields.push(field);
                continue;
            }
            RelationKind::OneToOne => field.unique = Some(Scope::Table),
            RelationKind::OneToMany => {}
        }
        if one == many {
            continue;
        }
        field.label = names::snake(&plurals::singular(&target, notes.language));
        field.references = Some(target.clone());
        field.foreign_key = true;
        notes.assume(relation.line, format!("`{holder}` refers to `{target}`, as the relation between them says"));
        entities[many].fields.push(field);
    }
}

/// A relation to a user whom the document does not describe.
fn by_user(entities: &mut [RawEntity], relation: &RawRelation, notes: &mut Notes) {
    let Some(at) = position(entities, &relation.many) else {
        return;
    };
    let entity = &mut entities[at];
    if entity.strict || relation.kind == RelationKind::ManyToMany || refers(entity, "user") {
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

fn position(entities: &[RawEntity], name: &str) -> Option<usize> {
    let forms = plurals::singulars(&names::key(name));
    let account = names::is_account(name);
    entities.iter().position(|entity| {
        account && names::is_account(&entity.label)
            || plurals::singulars(&names::key(&entity.label)).iter().any(|form| forms.contains(form))
    })
}

fn refers(entity: &RawEntity, target: &str) -> bool {
    let forms = plurals::singulars(&names::key(target));
    let means = |name: &str| plurals::singulars(&names::key(name)).iter().any(|form| forms.contains(form));
    let account = names::is_account(target);
    entity.fields.iter().any(|field| {
        let named = matches!(&field.spec, Some(TypeSpec::Named { name, .. }) if means(name));
        named
            || field.references.as_deref().is_some_and(means)
            || stem(&field.label).is_some_and(|stem| means(&stem) || account && is_owner_word(&stem))
            || field.foreign_key && means(&field.label)
    })
}

/// What a reference's name says beside that it is one: `project` of `project_id`, `id_project`, `fk_project`.
pub(crate) fn stem(label: &str) -> Option<String> {
    let snake = names::snake(label);
    for suffix in ["_id", "_uuid", "_fk", "_ids", "_oid"] {
        if let Some(stem) = snake.strip_suffix(suffix) {
            let stem = stem.strip_prefix("fk_").or_else(|| stem.strip_prefix("id_")).unwrap_or(stem);
            return Some(stem.to_owned());
        }
    }
    ["id_", "fk_"].iter().find_map(|prefix| snake.strip_prefix(prefix)).map(str::to_owned)
}

/// Names of the user that rows belong to, most telling first; without the `_id`.
static OWNERS: Words = Words("owner");

/// Whether a name without its `_id` means a user.
pub(crate) fn is_owner_word(stem: &str) -> bool {
    OWNERS.contains(&stem) || by_somebody(stem)
}

fn by_somebody(stem: &str) -> bool {
    ["_by", "_por", "_von", "_par", "_user", "_usuario"].iter().any(|ending| stem.ends_with(ending))
}

/// How telling a name is as that of the owner; less is more.
pub(crate) fn owner_rank(label: &str) -> Option<usize> {
    let snake = names::snake(label);
    let stem = stem(label).unwrap_or(snake);
    OWNERS.iter().position(|word| *word == stem)
}

/// Settles what a field of a loose form is; `class` is the entity's name.
pub(crate) fn field(class: &str, field: &mut RawField, found: &Found, classes: &Classes, notes: &mut Notes) {
    if let Some(role) = implied(class, field) {
        field.role = Some(role);
        return;
    }
    named_enumeration(class, field, found);
    reference(class, field, classes, notes);
    if field.primary_key {
        field.primary_key = false;
        field.required = Some(true);
        if !matches!(field.spec, Some(TypeSpec::Named { .. })) && field.unique.is_none() {
            field.unique = Some(Scope::Table);
            notes.assume(field.line, format!("`{class}.{}` is unique; the primary key is `id`", field.label));
        }
    }
    let whole = matches!(field.spec, Some(TypeSpec::Known(FieldType::Integer { .. })));
    if whole
        && field.default.as_deref().is_some_and(|default| default.contains('.') && crate::types::is_number(default))
    {
        field.spec = Some(TypeSpec::Known(FieldType::Float));
    }
    let money = matches!(field.spec, Some(TypeSpec::Known(FieldType::Float))) && typewords::is_money(&field.label);
    if money {
        field.spec = Some(TypeSpec::Known(FieldType::Decimal { precision: 12, scale: 2, min: None, max: None }));
        notes.assume(
            field.line,
            format!("`{class}.{}` is money and no `float`: it becomes `decimal(12,2)`", field.label),
        );
    }
    if let Some(TypeSpec::Enum(values)) = &field.spec
        && values.is_empty()
    {
        notes.ask(
            field.line,
            format!("Which values does `{class}.{}` have?", field.label),
            "It is a text of up to 50 characters.",
        );
        field.spec = Some(TypeSpec::Known(FieldType::String { min: None, max: Some(50) }));
    }
    if let Some(TypeSpec::Enum(values)) = &field.spec
        && !values.iter().all(|value| field.type_text.contains(value.as_str()))
    {
        let values = crate::literals::list(values);
        notes.assume(field.line, format!("`{class}.{}` is one of {values}", field.label));
    }
    if field.spec.is_none() {
        missing_type(class, field, notes);
    }
}

/// Takes the values of an enumeration that the document lists under a name of its own.
fn named_enumeration(class: &str, field: &mut RawField, found: &Found) {
    let own = names::key(&field.label);
    let full = format!("{}{own}", names::key(class));
    let wanted: Vec<String> = match &field.spec {
        Some(TypeSpec::Enum(values)) if values.is_empty() => vec![full, own],
        Some(TypeSpec::Named { name, many: false }) => vec![names::key(name)],
        Some(TypeSpec::Known(FieldType::String { .. } | FieldType::Text)) | None => {
            let type_word = names::key(&field.type_text);
            if type_word.is_empty() { vec![full] } else { vec![full, type_word] }
        }
        _ => return,
    };
    let known = |name: &String| {
        let forms = plurals::singulars(&names::key(name));
        let values = |wanted: &String| plurals::singulars(wanted).iter().any(|form| forms.contains(form));
        wanted.iter().any(values)
    };
    if let Some((_, values)) = found.enums.iter().find(|(name, _)| known(name)) {
        field.spec = Some(TypeSpec::Enum(values.clone()));
    }
}

/// Follows a reference to its entity, by what the cell says or by the field's name.
fn reference(class: &str, field: &mut RawField, classes: &Classes, notes: &mut Notes) {
    let many =
        matches!(field.spec, Some(TypeSpec::Named { many: true, .. } | TypeSpec::Known(FieldType::Array { .. })));
    if let Some(TypeSpec::Named { name, .. }) = &field.spec
        && classes.find(name).is_some()
    {
        return;
    }
    if let Some(target) = field.references.clone() {
        field.spec = Some(TypeSpec::Named { name: target, many: false });
        return;
    }
    let stem = stem(&field.label);
    let base = stem.clone().unwrap_or_else(|| names::snake(&field.label));
    let plain = matches!(
        field.spec,
        None | Some(TypeSpec::Known(
            FieldType::Uuid
                | FieldType::Integer { .. }
                | FieldType::BigInteger { .. }
                | FieldType::String { .. }
                | FieldType::Text
        ))
    );
    let target = target_of(class, &base, classes);
    let keyed = matches!(
        field.spec,
        None | Some(TypeSpec::Known(FieldType::Uuid | FieldType::Integer { .. } | FieldType::BigInteger { .. }))
    );
    let wanted = field.foreign_key
        || stem.is_some() && plain
        || (by_somebody(&base) || OWNERS.contains(&base.as_str())) && keyed;
    if let (Some(target), true, false) = (&target, wanted, many) {
        if names::key(target) != names::key(&base) {
            notes.assume(field.line, format!("`{class}.{}` refers to `{target}`", field.label));
        }
        field.spec = Some(TypeSpec::Named { name: target.clone(), many: false });
    } else if field.foreign_key && !many {
        let known = matches!(field.spec, Some(TypeSpec::Known(_)));
        let default = if known {
            "It is a plain value without a foreign key."
        } else {
            "It is a plain `uuid` without a foreign key."
        };
        notes.ask(field.line, format!("What does `{class}.{}` refer to?", field.label), default);
        if !known {
            field.spec = Some(TypeSpec::Known(FieldType::Uuid));
        }
    } else if stem.is_some() && field.spec == Some(TypeSpec::Known(FieldType::Uuid)) {
        notes.ask(
            field.line,
            format!("What does `{class}.{}` refer to?", field.label),
            "It is a plain `uuid` without a foreign key.",
        );
    }
}

/// The class that a name means: the whole of it, its last words, itself for a parent, or the user.
fn target_of(class: &str, base: &str, classes: &Classes) -> Option<String> {
    let parts: Vec<&str> = base.split('_').collect();
    for from in 0..parts.len() {
        let name = parts[from..].join("_");
        if let Some(found) = classes.find(&name) {
            return Some(found.to_owned());
        }
    }
    if is_owner_word(base) {
        return Some("User".to_owned());
    }
    ["parent", "padre", "pai", "reply_to", "ubergeordnet"]
        .iter()
        .any(|word| base.starts_with(word))
        .then(|| class.to_owned())
}

static CREATED: Words = Words("created");

static UPDATED: Words = Words("updated");

/// What an implied column is recognised as.
fn implied(class: &str, field: &RawField) -> Option<ImpliedRole> {
    let snake = names::snake(&field.label);
    let own = names::snake(class);
    let timed = matches!(
        field.spec,
        None | Some(TypeSpec::Known(
            FieldType::DateTime | FieldType::Date | FieldType::String { .. } | FieldType::BigInteger { .. }
        ))
    );
    let says = |words: &[&str]| words.contains(&fold(&field.label).as_str());
    if ["id", "uuid", "pk", "guid"].contains(&snake.as_str()) && !field.foreign_key {
        return (snake == "id" || field.primary_key).then_some(ImpliedRole::Id);
    }
    let keyed = matches!(
        field.spec,
        None | Some(TypeSpec::Known(
            FieldType::Uuid
                | FieldType::Integer { .. }
                | FieldType::BigInteger { .. }
                | FieldType::String { .. }
                | FieldType::Text
        ))
    );
    let names_itself = [format!("{own}_id"), format!("id_{own}"), format!("{own}_uuid")].contains(&snake);
    let keys_itself = field.primary_key && keyed && (names_itself || stem(&field.label).is_some());
    if !field.foreign_key && (keys_itself || names_itself) {
        return Some(ImpliedRole::Id);
    }
    if timed
        && (CREATED.contains(&snake.as_str())
            || says(&["创建时间", "作成日時", "作成日", "생성일", "생성일시", "登録日時"]))
    {
        return Some(ImpliedRole::CreatedAt);
    }
    if timed && (UPDATED.contains(&snake.as_str()) || says(&["更新时间", "更新日時", "更新日", "수정일", "수정일시"]))
    {
        return Some(ImpliedRole::UpdatedAt);
    }
    None
}

/// Words of names that show a type, by the ending or the beginning of the name.
fn missing_type(class: &str, field: &mut RawField, notes: &mut Notes) {
    let snake = names::snake(&field.label);
    let ends = |words: &[&str]| words.iter().any(|word| snake == *word || snake.ends_with(&format!("_{word}")));
    let begins = |words: &[&str]| words.iter().any(|word| snake.starts_with(&format!("{word}_")));
    let ty = if begins(&["is", "has", "can", "es", "est", "ist", "tiene"])
        || ends(&["active", "activo", "ativo", "enabled", "actif", "aktiv", "verified"])
    {
        FieldType::Boolean
    } else if ends(&["at", "timestamp", "datetime", "zeitpunkt"]) {
        FieldType::DateTime
    } else if ends(&["date", "fecha", "datum", "on"])
        || begins(&["date", "fecha", "data", "datum"])
        || ["data", "birthday"].contains(&snake.as_str())
    {
        FieldType::Date
    } else if ends(&[
        "description",
        "descripcion",
        "descricao",
        "beschreibung",
        "content",
        "contenido",
        "body",
        "notes",
        "notas",
        "text",
        "comment",
        "message",
        "mensaje",
    ]) {
        FieldType::Text
    } else if ends(&[
        "count",
        "quantity",
        "cantidad",
        "quantidade",
        "quantite",
        "anzahl",
        "menge",
        "stock",
        "age",
        "edad",
        "number",
        "order",
        "position",
        "orden",
        "year",
        "duration",
    ]) {
        FieldType::Integer { min: None, max: None }
    } else if typewords::is_money(&field.label) {
        FieldType::Decimal { precision: 12, scale: 2, min: None, max: None }
    } else {
        FieldType::String { min: None, max: Some(255) }
    };
    let written = crate::write::type_text(&ty);
    if field.type_text.is_empty() {
        notes.assume(field.line, format!("`{class}.{}` has no type and becomes `{written}`", field.label));
    } else {
        notes.ask(
            field.line,
            format!("What is `{}`, the type of `{class}.{}`?", field.type_text, field.label),
            format!("It is taken for `{written}`."),
        );
    }
    field.spec = Some(TypeSpec::Known(ty));
}

/// Words for the current time, folded.
static NOW: Words = Words("now");

/// Words that stand where a default would, and are none: the database makes the value, or there is none.
static NO_DEFAULT: Words = Words("no default");

/// A default as a literal of the format; `None` if it is none.
pub(crate) fn default(text: &str, ty: &FieldType) -> Option<String> {
    let text = text.trim().trim_end_matches(['.', ';']).trim();
    let text = text.split("::").next().unwrap_or(text).trim();
    let bare = text.trim_matches(['\'', '"', '`', '“', '”']);
    let folded = fold(bare);
    let call = folded.split('(').next().unwrap_or_default().trim();
    if folded.is_empty() || NO_DEFAULT.contains(&call) {
        return None;
    }
    let is_time = matches!(ty, FieldType::DateTime | FieldType::Date | FieldType::Time);
    let now = NOW;
    if is_time && now.contains(&call) {
        return Some("now".to_owned());
    }
    Some(match ty {
        FieldType::Boolean => match folded.as_str() {
            "1" | "true" | "si" | "yes" | "sim" | "oui" | "ja" | "是" | "t" => "true".to_owned(),
            "0" | "false" | "no" | "nao" | "non" | "nein" | "否" | "f" => "false".to_owned(),
            _ => bare.to_owned(),
        },
        FieldType::Enum { values, .. } => {
            let matching = values.iter().find(|value| names::key(value) == names::key(bare));
            crate::types::quote(matching.map_or(bare, String::as_str))
        }
        FieldType::String { .. } | FieldType::Text | FieldType::Email | FieldType::Url => crate::types::quote(bare),
        FieldType::Json | FieldType::Array { .. } => match folded.as_str() {
            "list" | "array[]" => "[]".to_owned(),
            "dict" => "{}".to_owned(),
            _ => bare.to_owned(),
        },
        _ => bare.to_owned(),
    })
}
