//! Endpoints that make or change rows and show no class of what they take: a new field is asked about there.

use architect_model::{EntityDesign, Handler, Project, Question, Resolution, StandardOperation};

/// Asks how endpoints take the fields that a resolution adds, where no class of the code says what they take.
pub(super) fn questions(resolution: &Resolution, project: &Project) -> Vec<Question> {
    let after = || resolution.modules.iter().flat_map(|module| &module.entities);
    let mut found = Vec::new();
    for before in resolution.before.iter().flat_map(|module| &module.entities) {
        let Some(after) = after().find(|after| after.names.class == before.names.class) else { continue };
        let is_new = |name: &str| {
            before.column(name).is_none()
                && !resolution.renamed.iter().any(|one| one.class == after.names.class && one.to == name)
        };
        let added: Vec<&str> = after
            .columns
            .iter()
            .filter(|column| column.in_create && is_new(&column.name))
            .map(|column| column.name.as_str())
            .collect();
        if !added.is_empty() {
            found.extend(untaken(after, project).map(|handler| question(after, handler, &added)));
        }
    }
    found
}

/// The functions that make or change rows of an entity, where no class of the code says what any of these takes.
fn untaken<'p>(entity: &'p EntityDesign, project: &'p Project) -> impl Iterator<Item = &'p Handler> {
    let (family, class) = (&entity.schemas, &entity.names.class);
    let lacks = |known: &Option<String>| known.as_ref().is_none_or(|known| family.absent.contains(known));
    let is_taken = |handler: &&Handler| {
        // A row itself has the new field, and so has what the base class is.
        handler.body.as_ref().is_some_and(|body| body.name == *class || family.base_class.as_ref() == Some(&body.name))
    };
    project.handlers.iter().filter(move |handler| {
        let is_open = match handler.operation {
            Some(StandardOperation::Create) => lacks(&family.create_class),
            Some(StandardOperation::Update) => lacks(&family.update_class),
            _ => false,
        };
        is_open && handler.table.as_ref().is_some_and(|table| table.name == *class) && !is_taken(handler)
    })
}

fn question(entity: &EntityDesign, handler: &Handler, added: &[&str]) -> Question {
    let takes = match &handler.body {
        Some(body) => format!("It takes `{}`, in which most is no column of it", body.name),
        None => "No class of the project says what it takes".to_owned(),
    };
    Question {
        text: format!(
            "Does `{}` take `{}` of `{}`? {takes}",
            handler.symbol.name,
            added.join("`, `"),
            entity.names.class
        ),
        default: "It stays as it is.".to_owned(),
        at: handler.at.clone(),
    }
}
