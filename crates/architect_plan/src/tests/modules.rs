//! Entities that refer to each other or to themselves, and the modules that they go to.

use std::sync::Arc;

use architect_model::{Known, Location, Ownership};

use super::{child, design, entity, key, plain, problem, project, reference, text};
use crate::resolve;

/// Boxes belong to farms, subscriptions to customers and refer to boxes, reviews to boxes and refer to customers.
#[test]
fn a_child_that_closes_a_circle_of_modules_gets_its_own() {
    let found = resolve(
        &design(
            vec![
                entity("Farm", Ownership::User, vec![text("name")]),
                child("Box", "Farm", vec![text("title")]),
                entity("Customer", Ownership::User, vec![text("phone")]),
                child("Subscription", "Customer", vec![reference("box", "Box", true)]),
                child("Delivery", "Subscription", vec![text("street")]),
                child("Review", "Box", vec![reference("customer", "Customer", true)]),
            ],
            Vec::new(),
        ),
        &project(),
    );
    assert_eq!(found.problems, []);
    let modules: Vec<(&str, Vec<&str>)> = found
        .modules
        .iter()
        .map(|module| (&*module.name, module.entities.iter().map(|entity| &*entity.names.class).collect()))
        .collect();
    let expected = [
        ("farms", vec!["Farm", "Box"]),
        ("customers", vec!["Customer", "Subscription", "Delivery"]),
        ("reviews", vec!["Review"]),
    ];
    assert_eq!(modules, expected);
    assert!(found.assumptions.iter().any(|said| said.text.starts_with("`Review` goes to the module `reviews`")));
}

/// A team has a captain, a player a team: what is referred to first cannot be set by clients, and that is asked about.
#[test]
fn a_reference_that_closes_a_circle_is_told_apart() {
    let found = resolve(
        &design(
            vec![
                entity("Note", Ownership::User, vec![reference("team", "Team", false)]),
                entity("Team", Ownership::User, vec![text("name"), reference("captain", "Player", false)]),
                entity("Player", Ownership::User, vec![text("name"), reference("team", "Team", false)]),
            ],
            Vec::new(),
        ),
        &project(),
    );
    assert_eq!(found.problems, []);
    let entities = || found.modules.iter().flat_map(|module| &module.entities);
    let of = |class: &str, name: &str| {
        let entity = entities().find(|entity| entity.names.class == class);
        let column = entity.and_then(|entity| entity.column(name));
        column.map(|column| (column.in_update, column.reference.as_ref().is_some_and(|reference| reference.closes)))
    };
    assert_eq!(of("Team", "captain_id"), Some((true, true)));
    assert_eq!(of("Player", "team_id"), Some((true, false)));
    assert_eq!(of("Note", "team_id"), Some((true, false)));
}

#[test]
fn rows_of_a_tree_are_kept_from_moving_below_themselves() {
    let tree = entity("Node", Ownership::User, vec![text("name"), reference("parent", "Node", false)]);
    let found =
        resolve(&design(vec![tree], vec![super::crud("/nodes", "Node", architect_model::Access::Owner)]), &project());
    assert_eq!(found.problems, []);
    assert_eq!(found.questions, []);
    assert!(found.assumptions.iter().any(|known| known.text.contains("leads back to itself through `parent`")));
    let parent = found.modules[0].entities[0].column("parent_id").and_then(|column| column.reference.as_ref());
    assert!(parent.is_some_and(|reference| reference.acyclic));
}

#[test]
fn what_an_unseen_base_may_add_is_not_known() {
    let mut project = project();
    let reason = "what `acme.Audited` declares is not known: its package is not installed";
    let unseen = || vec![architect_model::Unknown::new(Location::line("app/models.py", 1), reason)];
    Arc::make_mut(&mut project.tables[0]).columns.clear();
    Arc::make_mut(&mut project.tables[0]).unknowns = unseen();
    problem(&plain(), &project, "its primary key is not known: what `acme.Audited` declares is not known");
    Arc::make_mut(&mut project.tables[0]).columns.push(key("id"));
    Arc::make_mut(&mut project.tables[0]).name =
        Known::unknown(Location::line("app/models.py", 1), "its base class may name the table");
    let risks = resolve(&plain(), &project).risks;
    assert!(
        risks.iter().any(|risk| risk.text.starts_with("the name of the table of `User` is not known")),
        "{risks:?}"
    );
}
