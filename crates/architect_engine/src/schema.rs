//! `architect schema`: the schema that the models declare.

use architect_model::{DatabaseSchema, Project};
use architect_schema::sql::enumerations;

/// The schema that the models of a project declare.
pub fn declared_schema(project: &Project) -> DatabaseSchema {
    let (enums, doubts) = enumerations(project.tables());
    DatabaseSchema { tables: project.tables.clone(), enums, doubts }
}
