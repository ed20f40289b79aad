//! What a revision says it does, in the words of those before it.

use architect_model::{EntityNames, Project};

/// How many entities are named.
const NAMED: usize = 3;

/// The message of a revision that creates the tables of `entities`, worded as the project's own revisions are:
/// `add project and task`, `Create project and task`, `projects and tasks`.
pub fn revision_message(project: &Project, entities: &[EntityNames]) -> String {
    let style = &project.style.migrations;
    let names = |name: fn(&EntityNames) -> &str| listed(&entities.iter().map(name).collect::<Vec<_>>());
    let message = match style.message_verb.value.as_deref() {
        Some(verb) => format!("{verb} {}", names(|entity| &entity.label)),
        None => names(|entity| &entity.labels),
    };
    if style.capital_messages.value { crate::write::names::capital(&message) } else { message }
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
    use architect_model::Observed;

    use super::*;

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
        let message = |verb: Option<&str>, capital: bool| {
            let mut project = Project::default();
            project.style.migrations.message_verb = Observed::assumed(verb.map(str::to_owned));
            project.style.migrations.capital_messages = Observed::assumed(capital);
            revision_message(&project, &[names("order"), names("order line")])
        };
        assert_eq!(message(Some("add"), false), "add order and order line");
        assert_eq!(message(Some("create"), true), "Create order and order line");
        assert_eq!(message(None, false), "orders and order lines");
    }

    #[test]
    fn many_entities_are_counted() {
        assert_eq!(listed(&["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
        assert_eq!(listed(&["a"]), "a");
    }
}
