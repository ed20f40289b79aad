//! The sample documents: each is read without a problem, and written documents stay as they are.

#![allow(clippy::expect_used)]

use std::path::Path;

fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    std::fs::read_to_string(path).expect("an example")
}

#[test]
fn explicit_examples_are_canonical() {
    for name in ["projects.md", "recipes.md", "articles.md"] {
        let text = example(name);
        let (design, problems) = architect_design::read(name, &text);
        assert_eq!(problems, [], "{name}");
        assert_eq!(design.questions, [], "{name}");
        assert_eq!(architect_design::write(&design, &text), text, "{name}");
    }
}

#[test]
fn every_example_reads_back_the_same() {
    for name in ["projects.md", "tags.md", "recipes.md", "articles.md", "reservas.md"] {
        let text = example(name);
        let (design, problems) = architect_design::read(name, &text);
        assert_eq!(problems, [], "{name}");
        let written = architect_design::write(&design, &text);
        let (again, problems) = architect_design::read(name, &written);
        assert_eq!(problems, [], "{name}: {written}");
        assert_eq!(architect_design::write(&again, &written), written, "{name}");
        assert_eq!(design.entities.len(), again.entities.len(), "{name}");
        assert_eq!(design.assumptions, again.assumptions, "{name}");
        assert_eq!(design.questions, again.questions, "{name}");
    }
}

#[test]
fn fixture_documents_are_read_without_problems() {
    for name in ["flat", "modular", "asyncsa"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name).join("PRD.md");
        let text = std::fs::read_to_string(path).expect("a document");
        let (design, problems) = architect_design::read("PRD.md", &text);
        assert_eq!(problems, [], "{name}");
        assert_eq!(design.questions, [], "{name}");
        let written = architect_design::write(&design, &text);
        let (again, problems) = architect_design::read("PRD.md", &written);
        assert_eq!(problems, [], "{name}: {written}");
        assert_eq!(architect_design::write(&again, &written), written, "{name}");
    }
}
