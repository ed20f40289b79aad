//! What is looked for in TypeScript: names of schemas, a field, a value, endpoints.

use architect_model::Certainty;

/// The names by which the API shows a subject to TypeScript.
#[derive(Debug, Clone, Default)]
pub struct ApiNames {
    /// Schemas that have it, by the names of their classes, and how certain that is.
    pub schemas: Vec<(String, Certainty)>,
    /// The field; none where the schemas themselves are the subject.
    pub field: Option<String>,
    /// One value of its enumeration.
    pub value: Option<String>,
    /// Endpoints that are reached.
    pub endpoints: Vec<Endpoint>,
}

/// An endpoint by method and path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// HTTP methods, upper case.
    pub methods: Vec<String>,
    /// Full path.
    pub path: String,
}

impl ApiNames {
    /// The schema that a name of the generated types stands for: FastAPI adds `-Input` and `-Output` where both differ, and
    /// the module where two classes have one name: `app__items__schemas__ItemPublic`.
    pub(crate) fn schema(&self, name: &str) -> Option<&Certainty> {
        let plain = name.strip_suffix("-Input").or_else(|| name.strip_suffix("-Output")).unwrap_or(name);
        let plain = plain.rsplit("__").next().unwrap_or(plain);
        self.schemas.iter().find(|(known, _)| known == plain).map(|(_, certain)| certain)
    }
}
