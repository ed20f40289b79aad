//! Constraints on types that do not take them themselves.

use architect_model::Known;
use architect_model::contract::{Type, TypeKind, ValidatorMode};
use serde_json::Value;

use super::generator::Generator;
use super::schema::{Keywords, Schema, all_of, typed};

const NUMERIC: [&str; 5] = ["multiple_of", "le", "ge", "lt", "gt"];
const LENGTH: [&str; 2] = ["min_length", "max_length"];
/// Those that turn a value into text first.
const TEXT: [&str; 5] = ["pattern", "strip_whitespace", "to_lower", "to_upper", "coerce_numbers_to_str"];

impl Generator<'_> {
    /// A type with constraints: what it takes itself is its own, the rest stands around it.
    ///
    /// ```python
    /// # apply_known_metadata
    /// if schema_type in allowed_schemas:
    ///     schema[constraint] = value
    /// elif constraint in chain_schema_constraints:
    ///     chain_schema_steps.append(cs.str_schema(**{constraint: value}))
    /// elif constraint in NUMERIC_VALIDATOR_LOOKUP:
    ///     schema = cs.no_info_after_validator_function(partial(...), schema)
    ///     metadata['pydantic_js_updates'] = {js_constraint_key: as_jsonable_value(value)}
    /// ```
    pub(super) fn constrained(&mut self, ty: &Type) -> Schema {
        if let Some(inner) = pushed_in(ty) {
            return self.inner(&inner);
        }
        let (own, around): (Vec<_>, Vec<_>) =
            ty.constraints.iter().cloned().partition(|(name, _)| takes(&ty.kind, name));
        let mut schema = self.kind(&ty.kind, &own)?;
        if around.is_empty() {
            return Ok(schema);
        }
        for (name, value) in &around {
            if TEXT.contains(&name.as_str()) {
                schema = self.chained(schema, name, value);
            } else if let Some(key) = self.key_around(&ty.kind, name)
                && let Some(value) = self.known(value)
            {
                schema.insert(key.to_owned(), value.clone());
            }
        }
        Ok(if self.rules.siblings_of_references() { schema } else { all_of(schema) })
    }

    /// A chain is what its first step takes, and answers what its last one does.
    ///
    /// ```python
    /// # chain_schema
    /// step_index = 0 if self.mode == 'validation' else -1
    /// ```
    fn chained(&mut self, schema: Keywords, name: &str, value: &Known<Value>) -> Keywords {
        if !self.answers() {
            return schema;
        }
        let mut text = typed("string");
        if name == "pattern"
            && let Some(pattern) = self.known(value)
        {
            text.insert("pattern".to_owned(), pattern.clone());
        }
        text
    }

    /// The key of a constraint that stands around a type: its own name for numbers since Pydantic 2.8, lengths since 2.4.
    fn key_around<'n>(&self, kind: &TypeKind, name: &'n str) -> Option<&'n str> {
        let is_list = matches!(kind_within(kind), TypeKind::List { .. });
        match name {
            "min_length" if self.rules.pydantic(4) => {
                Some(if is_list && self.rules.pydantic(9) { "minItems" } else { "minLength" })
            }
            "max_length" if self.rules.pydantic(4) => {
                Some(if is_list && self.rules.pydantic(9) { "maxItems" } else { "maxLength" })
            }
            "max_digits" | "decimal_places" if self.rules.pydantic(9) => Some(name),
            "gt" if self.rules.pydantic(4) => Some(name),
            _ if NUMERIC.contains(&name) && self.rules.pydantic(8) => Some(name),
            _ => None,
        }
    }
}

/// The kind behind validators.
fn kind_within(kind: &TypeKind) -> &TypeKind {
    match kind {
        TypeKind::Validated { when: ValidatorMode::Plain, .. } => kind,
        TypeKind::Validated { of, .. } => kind_within(&of.kind),
        _ => kind,
    }
}

/// The type itself where its constraints are those of a type within it.
///
/// ```python
/// # GenerateSchema._apply_single_annotation
/// if schema['type'] == 'nullable':
///     # for nullable schemas, metadata is automatically applied to the inner schema
/// ```
fn pushed_in(ty: &Type) -> Option<Type> {
    let more = |of: &Type| {
        let mut of = of.clone();
        of.constraints.extend(ty.constraints.iter().cloned());
        Box::new(of)
    };
    let kind = match &ty.kind {
        TypeKind::Nullable { of } => TypeKind::Nullable { of: more(of) },
        TypeKind::Documented { of, documentation } => {
            TypeKind::Documented { of: more(of), documentation: documentation.clone() }
        }
        TypeKind::Defaulted { of, default } => TypeKind::Defaulted { of: more(of), default: default.clone() },
        TypeKind::Serialized { of, returns, wraps, when_used } => {
            TypeKind::Serialized { of: more(of), returns: returns.clone(), wraps: *wraps, when_used: when_used.clone() }
        }
        _ => return None,
    };
    Some(Type::of(kind))
}

/// Whether a kind of type takes a constraint itself.
///
/// ```python
/// CONSTRAINTS_TO_ALLOWED_SCHEMAS
/// ```
fn takes(kind: &TypeKind, name: &str) -> bool {
    match kind {
        TypeKind::Integer | TypeKind::Float => NUMERIC.contains(&name) || !is_said(name),
        TypeKind::Decimal => {
            NUMERIC.contains(&name) || matches!(name, "max_digits" | "decimal_places") || !is_said(name)
        }
        TypeKind::Date | TypeKind::DateTime | TypeKind::Time | TypeKind::Duration => {
            NUMERIC.contains(&name) || !is_said(name)
        }
        TypeKind::Text => LENGTH.contains(&name) || TEXT.contains(&name) || !is_said(name),
        TypeKind::Bytes
        | TypeKind::List { .. }
        | TypeKind::Set { .. }
        | TypeKind::Tuple { .. }
        | TypeKind::Map { .. }
        | TypeKind::Secret { .. } => LENGTH.contains(&name) || !is_said(name),
        TypeKind::Url { .. } => name == "max_length" || !is_said(name),
        _ => !is_said(name),
    }
}

/// Whether a constraint may show in a schema.
fn is_said(name: &str) -> bool {
    NUMERIC.contains(&name)
        || LENGTH.contains(&name)
        || TEXT.contains(&name)
        || matches!(name, "max_digits" | "decimal_places")
}
