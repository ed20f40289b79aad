//! What a revision says it does, in the words of those before it.

use architect_model::{EntityNames, Project};

use super::revisions;
use crate::Sources;

/// How many entities are named.
const NAMED: usize = 3;

/// The message of a revision that creates the tables of `entities`, worded as the project's own revisions are:
/// `add project and task`, `Create project and task`, `projects and tasks`.
pub fn revision_message(sources: &Sources, project: &Project, entities: &[EntityNames]) -> String {
    let versions = project.style.migrations.versions.as_deref().unwrap_or_default();
    let known: Vec<&str> = revisions(sources, versions).filter_map(first_line).collect();
    let opened_by = |word: &str| known.iter().filter(|message| first_word(message).eq_ignore_ascii_case(word)).count();
    let (create, add) = (opened_by("create"), opened_by("add"));
    let names = |name: fn(&EntityNames) -> &str| listed(&entities.iter().map(name).collect::<Vec<_>>());
    let one = || names(|entity| &entity.label);
    let message = match (create, add) {
        (0, 0) if known.len() > 1 => names(|entity| &entity.labels),
        (create, add) if create >= add && create > 0 => format!("create {}", one()),
        _ => format!("add {}", one()),
    };
    let capitals = known.iter().filter(|message| message.starts_with(char::is_uppercase)).count();
    if capitals * 2 > known.len() { crate::write::names::capital(&message) } else { message }
}

/// The first line of the docstring: what `alembic revision -m` was given.
fn first_line(text: &str) -> Option<&str> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let inner = text.strip_prefix("\"\"\"").or_else(|| text.strip_prefix("'''"))?;
    inner.lines().next().map(|line| line.trim().trim_end_matches(['"', '\''])).filter(|line| !line.is_empty())
}

fn first_word(message: &str) -> &str {
    message.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()
}

/// `project, task and tag`; those behind the third are counted.
fn listed(names: &[&str]) -> String {
    let shown = names.get(..NAMED).unwrap_or(names);
    let more = format!("{} more", names.len() - shown.len());
    let items: Vec<&str> =
        if names.len() > NAMED { shown.iter().copied().chain([more.as_str()]).collect() } else { shown.to_vec() };
    match items.as_slice() {
        [] => "tables".to_owned(),
        [only] => (*only).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SourceText;

    fn names(label: &str) -> EntityNames {
        EntityNames {
            class: String::new(),
            classes: String::new(),
            snake: String::new(),
            snakes: String::new(),
            label: label.to_owned(),
            labels: format!("{label}s"),
        }
    }

    #[test]
    fn messages_are_worded_as_their_neighbours() {
        let message = |revisions: &[&str]| {
            let file = |(number, line): (usize, &&str)| {
                SourceText::new(format!("v/{number}.py"), format!("\"\"\"{line}\n\nRevises:\n\"\"\"\n"))
            };
            let sources = Sources::in_memory([]).overlaid(revisions.iter().enumerate().map(file));
            let mut project = Project::default();
            project.style.migrations.versions = Some("v".to_owned());
            revision_message(&sources, &project, &[names("order"), names("order line")])
        };
        assert_eq!(message(&[]), "add order and order line");
        assert_eq!(message(&["create user"]), "create order and order line");
        assert_eq!(message(&["Create user", "Add name to user", "Create item"]), "Create order and order line");
        assert_eq!(message(&["users and items", "categories"]), "orders and order lines");
    }

    #[test]
    fn many_entities_are_counted() {
        assert_eq!(listed(&["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
        assert_eq!(listed(&["a"]), "a");
    }
}
