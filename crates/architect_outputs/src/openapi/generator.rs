//! Makes schemas of types, as `pydantic.json_schema.GenerateJsonSchema` does.

use std::collections::{HashMap, HashSet};

use architect_model::contract::{ClassConfig, ClassId, ClassType, SchemaMode, Type, TypeKind};
use architect_model::{Known, Unknown};
use serde_json::Value;

use super::names::Names;
use super::rules::Rules;
use super::schema::{Absent, DEFINITIONS, Keywords, Schema, reference};

/// Classes within classes deeper than this are taken for endless.
const DEPTH: usize = 400;

/// What a schema belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Owner {
    /// A definition.
    Definition(ClassId, SchemaMode),
    /// A field of an operation.
    Field(usize),
}

/// Makes schemas, and collects the definitions that they refer to.
pub(super) struct Generator<'c> {
    pub(super) rules: Rules,
    pub(super) classes: &'c [ClassType],
    pub(super) names: Names,
    /// Definitions by their longest names.
    pub(super) definitions: HashMap<String, Keywords>,
    /// The longest names in the order in which their definitions were made.
    pub(super) order: Vec<String>,
    /// What could not be known, and where.
    pub(super) unknowns: Vec<(Owner, Unknown)>,
    pub(super) owner: Owner,
    open: HashSet<(ClassId, SchemaMode)>,
    mode: SchemaMode,
    pub(super) configs: Vec<ClassConfig>,
    /// Models of which more may be said where others refer to them.
    pub(super) repeated: HashSet<ClassId>,
}

impl<'c> Generator<'c> {
    pub(super) fn new(rules: Rules, classes: &'c [ClassType]) -> Self {
        Self {
            rules,
            classes,
            names: Names::default(),
            definitions: HashMap::new(),
            order: Vec::new(),
            unknowns: Vec::new(),
            owner: Owner::Field(0),
            open: HashSet::new(),
            mode: SchemaMode::Taken,
            configs: Vec::new(),
            repeated: HashSet::new(),
        }
    }

    /// Makes what follows for one field of an operation.
    pub(super) fn start(&mut self, field: usize, mode: SchemaMode) {
        self.owner = Owner::Field(field);
        self.mode = mode;
    }

    /// Whether schemas describe what is taken or what is answered; a configuration may fix it.
    pub(super) fn mode(&self) -> SchemaMode {
        self.config().mode.unwrap_or(self.mode)
    }

    /// The configuration of the class that is being described.
    pub(super) fn config(&self) -> ClassConfig {
        self.configs.last().copied().unwrap_or_default()
    }

    pub(super) fn answers(&self) -> bool {
        self.mode() == SchemaMode::Answered
    }

    /// The value where it is known; notes it where it is not.
    pub(super) fn known<'k, T>(&mut self, value: &'k Known<T>) -> Option<&'k T> {
        match value {
            Known::Known(value) => Some(value),
            Known::Unknown { unknown } => {
                self.note(unknown);
                None
            }
        }
    }

    /// Notes something that could not be known.
    pub(super) fn note(&mut self, unknown: &Unknown) {
        let noted = (self.owner, unknown.clone());
        if !self.unknowns.contains(&noted) {
            self.unknowns.push(noted);
        }
    }

    /// The schema of a type.
    pub(super) fn inner(&mut self, ty: &Type) -> Schema {
        match ty.constraints.is_empty() {
            true => self.kind(&ty.kind, &[]),
            false => self.constrained(ty),
        }
    }

    /// The schema of a kind of type under constraints that it takes itself.
    pub(super) fn kind(&mut self, kind: &TypeKind, constraints: &[(String, Known<Value>)]) -> Schema {
        match kind {
            TypeKind::List { .. } | TypeKind::Set { .. } | TypeKind::Tuple { .. } | TypeKind::Map { .. } => {
                self.collection(kind, constraints)
            }
            TypeKind::Class { class } => self.class(*class),
            TypeKind::Nullable { of } => self.nullable(of),
            TypeKind::Union { of } => self.union(of),
            TypeKind::Tagged { discriminator, choices } => self.tagged(discriminator, choices),
            TypeKind::Documented { of, documentation } => self.documented(of, documentation),
            TypeKind::Defaulted { of, default } => self.defaulted(of, Some(default)),
            TypeKind::Json { of } => self.json(of.as_deref()),
            TypeKind::Validated { when, of, input } => self.validated(*when, of, input.as_deref()),
            TypeKind::Serialized { of, returns, when_used, .. } => self.serialized(of, returns.as_deref(), when_used),
            TypeKind::Skipped { .. } => Err(Absent::Omitted),
            TypeKind::Opaque { name } => Err(Absent::Undescribable(name.clone())),
            TypeKind::Unknown { unknown } => {
                self.note(unknown);
                Ok(Keywords::new())
            }
            scalar => self.scalar(scalar, constraints),
        }
    }

    /// A reference to a class, whose definition is made where it is not yet.
    ///
    /// ```python
    /// # GenerateJsonSchema.generate_inner
    /// if core_mode_ref in self.core_to_defs_refs and self.core_to_defs_refs[core_mode_ref] in self.definitions:
    ///     return {'$ref': self.core_to_json_refs[core_mode_ref]}
    /// ```
    pub(super) fn class(&mut self, id: ClassId) -> Schema {
        let classes: &'c [ClassType] = self.classes;
        let Some(class) = classes.get(id.0) else { return Ok(Keywords::new()) };
        if self.repeated.contains(&id) {
            let reason = format!("what a field says of `{}`, which holds itself, may stand here, too", class.name);
            self.note(&Unknown::new(class.at.clone(), reason));
        }
        let mode = self.mode();
        let is_made = self.names.longest(id, mode).is_some_and(|name| self.definitions.contains_key(name));
        if is_made || !self.open.insert((id, mode)) {
            return Ok(reference(&self.names.of(id, class, mode, &self.rules)));
        }
        if self.open.len() > DEPTH {
            self.open.remove(&(id, mode));
            return Ok(Keywords::new());
        }
        let owner = std::mem::replace(&mut self.owner, Owner::Definition(id, mode));
        let made = self.definition(class);
        self.owner = owner;
        self.open.remove(&(id, mode));
        let name = self.names.of(id, class, mode, &self.rules);
        let made = made?;
        let link = reference(&name);
        if made.get("$ref") != link.get("$ref") && self.definitions.insert(name.clone(), made).is_none() {
            self.order.push(name);
        }
        Ok(link)
    }

    /// The definition that a schema refers to.
    pub(super) fn referred(&self, schema: &Keywords) -> Option<&Keywords> {
        let name = schema.get("$ref")?.as_str()?.strip_prefix(DEFINITIONS)?;
        self.definitions.get(name)
    }
}
