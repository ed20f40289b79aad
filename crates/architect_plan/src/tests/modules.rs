//! Modules that would import each other.

use architect_model::Ownership;

use super::{child, design, entity, project, reference, text};
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
