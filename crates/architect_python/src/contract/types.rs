//! Types as Pydantic sees them: annotations as values of the machine become [`Type`]s.

use architect_model::contract::{ClassType, ContractVersions, Documentation, Field, Type};
use architect_model::{Known, Location, Unknown};

use crate::interpret::{Machine, Value};

/// Reads types, and keeps the classes that they name.
pub(super) struct Types<'m, 'a> {
    pub(super) machine: &'m mut Machine<'a>,
    pub(super) versions: ContractVersions,
    classes: Vec<ClassType>,
}

/// A field of a class or a parameter of a function, as it is declared.
pub(super) struct Declared<'v, 'a> {
    /// Name in Python.
    pub(super) name: &'v str,
    /// The type, `Annotated` taken off.
    pub(super) ty: Option<&'v Value<'a>>,
    /// What `Annotated` adds: `Field(…)`, `Query(…)`, constraints, validators. The innermost first.
    pub(super) metadata: &'v [Value<'a>],
    /// What it is set to: a value, or `Field(…)`, `Query(…)`.
    pub(super) default: Option<&'v Value<'a>>,
    /// Where.
    pub(super) at: &'v Location,
}

#[expect(dead_code, reason = "routes are read next")]
impl<'m, 'a> Types<'m, 'a> {
    /// A reader for what the machine has run.
    pub(super) fn new(machine: &'m mut Machine<'a>, versions: ContractVersions) -> Self {
        Self { machine, versions, classes: Vec::new() }
    }

    /// The type that an annotation stands for.
    pub(super) fn of(&mut self, value: &Value<'a>, at: &Location) -> Type {
        let _ = (value, &self.machine);
        Type::unknown(Unknown::new(at.clone(), "types are not read"))
    }

    /// A field or parameter with its constraints, default and documentation, as `FieldInfo.from_annotated_attribute` and
    /// `FieldInfo.from_annotation` make it.
    pub(super) fn field(&mut self, declared: &Declared<'_, 'a>) -> Field {
        Field {
            name: declared.name.to_owned(),
            alias: None,
            answered_as: None,
            ty: declared.ty.map_or_else(
                || Type::unknown(Unknown::new(declared.at.clone(), "no annotation")),
                |ty| self.of(ty, declared.at),
            ),
            default: None,
            documentation: Documentation::default(),
            excluded: false,
            computed: false,
            at: declared.at.clone(),
        }
    }

    /// A value as JSON, in the way in which Pydantic writes defaults (`pydantic_core.to_jsonable_python`).
    pub(super) fn json(&mut self, value: &Value<'a>, at: &Location) -> Known<serde_json::Value> {
        let _ = (value, &self.machine);
        Known::unknown(at.clone(), "a value that is not written as JSON")
    }

    /// The classes that the types name, by [`ClassId`](architect_model::contract::ClassId).
    pub(super) fn into_classes(self) -> Vec<ClassType> {
        self.classes
    }
}
