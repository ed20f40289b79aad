//! What the house's own code offers to new code: input types, the value for "not sent", functions that others call.

mod fixtures;
mod found;
mod names;
mod refusals;
mod relations;

use std::collections::{BTreeMap, BTreeSet};

use architect_model::{EntityNames, HouseStyle, Project, Symbol};

use crate::Sources;

/// What the house's own code offers to new code, found by what it is and not by what it is called.
#[derive(Debug, Clone, Default)]
pub(crate) struct Habits {
    /// Input types of schemas by what they hold: `text`, `email`, `int32`, `int64`, `id`, `float`, `bool`, `date`, `time`, `datetime`.
    pub(crate) inputs: BTreeMap<&'static str, Symbol>,
    /// Whether constrained types get names of their own: `FullName = Annotated[Text, Field(…)]`.
    pub(crate) names_types: bool,
    /// Metadata that makes an `int` a whole number and nothing else, after its bounds.
    pub(crate) whole: Option<Symbol>,
    /// Metadata with the digits of a decimal number: `Digits(12, 2)`.
    pub(crate) digits: Option<Symbol>,
    /// Context manager that answers a missing reference as a conflict.
    pub(crate) as_conflict: Option<Symbol>,
    /// Whether repositories answer a broken foreign key themselves.
    pub(crate) translates_foreign_keys: bool,
    /// The value of what was not sent, in schemas of changes: `pydantic:MISSING`.
    pub(crate) unset: Option<Symbol>,
    /// Function that makes the column type of an enumeration.
    pub(crate) enum_column: Option<Symbol>,
    /// Function that gives the current time.
    pub(crate) now: Option<Symbol>,
    /// Whether the house writes `timezone.utc`, which older releases of Python have too.
    pub(crate) old_utc: bool,
    /// Function that gives the `responses` of a route for the exceptions it may raise.
    pub(crate) responses: Option<Symbol>,
    /// Class attribute of repositories with the answer to a broken unique constraint, by the constraint's name.
    pub(crate) conflicts: Option<String>,
    /// Whether unique constraints are given names in the models.
    pub(crate) names_constraints: bool,
    /// Keys of the declarative base's `type_annotation_map`, with their types as written.
    pub(crate) annotation_map: BTreeMap<String, String>,
    /// Exceptions of the house for somebody who is not signed in: status 401.
    pub(crate) unauthorized: Option<Symbol>,
    /// Function that refuses whoever is no administrator.
    pub(crate) require_superuser: Option<Symbol>,
    /// An exception that a module derives for a missing row.
    pub(crate) not_found_class: Option<ErrorClass>,
    /// Name of the exception that a module derives for a value that is taken: `{Entity}{Field}TakenError`.
    pub(crate) conflict_class: Option<String>,
    /// Whether the house takes every broken constraint for the one that it expects.
    pub(crate) takes_any_violation: bool,
    /// What the house says of deletion in one-to-many relationships: `cascade_delete=True`.
    pub(crate) relation_keywords: Option<Vec<String>>,
    /// Classes that the house defines, by name, where the name is unique.
    pub(crate) classes: BTreeMap<String, Symbol>,
    /// `Annotated` aliases of dependencies, by name.
    pub(crate) aliases: BTreeMap<String, Symbol>,
    /// Names that files of models and the repositories' base use, and where they come from.
    pub(crate) names: BTreeMap<String, Symbol>,
    /// Modules that files of models import as a whole.
    pub(crate) modules: BTreeSet<String>,
    /// Verbs for which the house has query functions: `create`.
    pub(crate) functions: BTreeSet<String>,
    /// Line of the unit of work that makes its last repository: file, line number and text.
    pub(crate) unit_line: Option<(String, u32, String)>,
    /// Attribute of repositories that holds the session: what the base class calls it.
    pub(crate) session_attribute: String,
    /// Whether the base class of repositories leaves it to others to send what it adds to the database.
    pub(crate) base_only_adds: bool,
    /// Whether the unit of work has a method `commit` of its own; else it commits at its end.
    pub(crate) unit_commits: bool,
    /// Whether query functions are called through their module: `crud.create_item(…)`.
    pub(crate) functions_by_module: bool,
    /// Whether `Field` of the project's SQLModel takes `ondelete`: from 0.0.21 on.
    pub(crate) field_has_ondelete: bool,
    /// Whether the library stores times with their zone by itself.
    pub(crate) zoned_by_library: bool,
    /// Whether constraints are imported from `sqlmodel`.
    pub(crate) constraints_from_sqlmodel: bool,
    /// What a statement is called: `statement`, `query`, `stmt`.
    pub(crate) statement: String,
    /// Names that tests import: `settings`.
    pub(crate) in_tests: BTreeMap<String, Symbol>,
    /// Text values and attributes that the fixtures of signed-in users name, by the fixture.
    pub(crate) said_by_fixtures: BTreeMap<String, BTreeSet<String>>,
    /// Whether rows of one test are there in the next.
    pub(crate) shared_database: bool,
    /// Whether tests show that nobody in particular is answered with 401.
    pub(crate) unauthorized_in_tests: bool,
    /// Whether docstrings open on a line of their own.
    pub(crate) open_docstrings: bool,
    /// Whether handlers are annotated with `Any`.
    pub(crate) any_results: bool,
    /// Whether bounds of pages are written as `Query(...)` defaults: the bound of the offset.
    pub(crate) query_bounds: Option<String>,
}

/// An exception class that a neighbour derives, as text to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ErrorClass {
    /// Source of the class with `{Entity}`, `{entity}` and `{Label}` in the place of the neighbour's names.
    pub(crate) text: String,
    /// Name with `{Entity}`.
    pub(crate) name: String,
    /// Whether its constructor takes the key.
    pub(crate) takes_id: bool,
    /// Annotation of the neighbour's key.
    pub(crate) names: EntityNames,
}

impl ErrorClass {
    /// The name of the class for another entity.
    pub(crate) fn class_for(&self, names: &EntityNames) -> String {
        self.name.replace("{Entity}", &names.class)
    }

    /// The class for another entity as source.
    pub(crate) fn filled(&self, names: &EntityNames, _style: &HouseStyle) -> String {
        self.text
            .replace("{Entity}", &names.class)
            .replace("{entity}", &names.snake)
            .replace("{Label}", &super::names::capital(&names.label))
    }
}

impl Habits {
    /// Reads the habits of a project.
    pub(crate) fn read(project: &Project, style: &HouseStyle, sources: &Sources) -> Self {
        let mut habits = Self { names_constraints: true, ..Self::default() };
        found::find(&mut habits, style, sources);
        names::find(&mut habits, project, style, sources);
        fixtures::find(&mut habits, style, sources);
        refusals::find(&mut habits, project, style, sources);
        relations::find(&mut habits, project, sources);
        habits
    }

    /// What a statement is called.
    pub(crate) fn statement_word(&self) -> &str {
        if self.statement.is_empty() { "statement" } else { &self.statement }
    }

    /// Whether a fixture names a role: its value, or the member of an enumeration that stands for it.
    pub(crate) fn fixture_says(&self, fixture: &str, role: &str, member: Option<&str>) -> bool {
        let said = self.said_by_fixtures.get(fixture);
        said.is_some_and(|said| said.contains(role) || member.is_some_and(|member| said.contains(member)))
    }

    /// The house's input type for values of `kind`.
    pub(crate) fn input(&self, kind: &str) -> Option<&Symbol> {
        self.inputs.get(kind)
    }
}
