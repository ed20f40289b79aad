//! Models of which Pydantic may say elsewhere what a field says of them.

use std::collections::HashSet;

use architect_model::contract::{ClassId, ClassKind, ClassType, Field, ObjectKind, SchemaMode, TypeKind};

/// Models that hold themselves and stand in a field that says something of them, among those that FastAPI asks for.
///
/// FastAPI makes a `TypeAdapter` of every field of these (`get_model_fields`), and Pydantic since 2.12 keeps what the field
/// says in the schema that the model shares with others:
///
/// ```python
/// class Tree(BaseModel):
///     kids: list["Tree"] = []
/// class Garden(BaseModel):
///     tree: Tree = Field(description="the oldest")  # may stand at other references to Tree
/// ```
pub(super) fn repeated(classes: &[ClassType], asked: &[(ClassId, SchemaMode)]) -> HashSet<ClassId> {
    let mut found = HashSet::new();
    for (id, _) in asked {
        for field in fields_of(classes, *id) {
            if let TypeKind::Class { class } = field.ty.kind
                && !field.documentation.is_empty()
                && !found.contains(&class)
                && holds_itself(classes, class)
            {
                found.insert(class);
            }
        }
    }
    found
}

fn fields_of(classes: &[ClassType], id: ClassId) -> &[Field] {
    match classes.get(id.0).map(|class| &class.kind) {
        Some(ClassKind::Object { of: ObjectKind::Model, fields, .. }) => fields,
        _ => &[],
    }
}

fn holds_itself(classes: &[ClassType], id: ClassId) -> bool {
    let mut seen = HashSet::new();
    let mut open = vec![id];
    while let Some(next) = open.pop() {
        let mut within = Vec::new();
        let mut see = |field: &Field| {
            field.ty.each(&mut |ty| {
                if let TypeKind::Class { class } = ty.kind {
                    within.push(class);
                }
            });
        };
        match classes.get(next.0).map(|class| &class.kind) {
            Some(ClassKind::Object { fields, .. } | ClassKind::NamedTuple { fields }) => fields.iter().for_each(see),
            Some(ClassKind::Root { root }) => see(root),
            _ => {}
        }
        if within.contains(&id) {
            return true;
        }
        open.extend(within.into_iter().filter(|class| seen.insert(*class)));
    }
    false
}
