//! The sample PRDs: what is read from each is held as text beside this test.
//!
//! `UPDATE_SPECS=1` rewrites the expectations.

#![allow(clippy::expect_used, reason = "a test that fails is told so")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use architect_model::{Entity, Field, FieldType, Ownership};

#[test]
fn sample_prds_are_read_as_they_are_meant() {
    let update = std::env::var_os("UPDATE_SPECS").is_some();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/prds");
    let entries = std::fs::read_dir(folder).expect("the folder of sample PRDs");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    assert!(files.len() >= 5, "only {} documents were found", files.len());
    for file in files {
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).expect("a document");
        let (design, problems) = architect_design::read(&name, &text);
        assert_eq!(problems, [], "{name}");
        let mut said = String::new();
        for entity in &design.entities {
            said.push_str(&summary(entity));
        }
        for requirement in &design.requirements {
            let priority =
                requirement.priority.map_or(String::new(), |priority| format!("{priority:?}").to_lowercase());
            let _ = writeln!(said, "{} {priority}", requirement.id);
        }
        for question in &design.questions {
            let _ = writeln!(said, "? {}", question.text);
        }
        let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/prds").join(name.replace(".md", ".txt"));
        if update {
            std::fs::write(&expected, &said).expect("a writable expectation");
        }
        let wanted = std::fs::read_to_string(&expected).expect("an expectation");
        let changed = wanted.lines().zip(said.lines()).find(|(wanted, said)| wanted != said);
        assert_eq!(changed, None, "{name}: UPDATE_SPECS=1 rewrites the expectations");
        assert_eq!(wanted.lines().count(), said.lines().count(), "{name}");
        let written = architect_design::write(&design, &text);
        let (again, problems) = architect_design::read(&name, &written);
        assert_eq!(problems, [], "{name}: {written}");
        assert_eq!(architect_design::write(&again, &written), written, "{name}: writing is not stable");
    }
}

fn summary(entity: &Entity) -> String {
    let owner = match &entity.owner {
        Ownership::User => "owned by User".to_owned(),
        Ownership::Parent { entity } => format!("belongs to {entity}"),
        Ownership::Members { of, through } => format!("owned by members, of {of:?}, through {through:?}"),
        Ownership::Nobody if entity.account => "the account".to_owned(),
        Ownership::Nobody => "shared".to_owned(),
    };
    let mut text = format!("{} ({}), {owner}\n", entity.name, entity.label);
    for field in &entity.fields {
        let _ = writeln!(text, "    {}", line(field));
    }
    for constraint in &entity.constraints {
        let _ = writeln!(text, "    {constraint:?}");
    }
    text
}

fn line(field: &Field) -> String {
    let ty = match &field.ty {
        FieldType::Enum { values, .. } => format!("enum({})", values.join(", ")),
        FieldType::Reference { entity, on_delete } => format!("{entity} {on_delete:?}"),
        ty => format!("{ty:?}"),
    };
    let optional = if field.required { "" } else { "?" };
    let unique = field.unique.map_or(String::new(), |unique| format!(" {unique:?}"));
    let default = field.default.as_ref().map_or(String::new(), |default| format!(" = {default:?}"));
    format!("{}: {ty}{optional}{default}{unique}", field.name)
}
