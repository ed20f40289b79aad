//! The schemas of a document: of the fields of operations, and the definitions that they refer to.

use std::collections::HashMap;

use architect_model::Unknown;
use architect_model::contract::{ClassId, ClassKind, ObjectKind, SchemaMode, Type, TypeKind};
use serde_json::Value;

use super::generator::{Generator, Owner};
use super::inputs::{Input, Inputs, class_of};
use super::names::{remap, remap_keywords};
use super::renames::renamed;
use super::repeated::repeated;
use super::rules::Rules;
use super::schema::{Absent, Keywords, sorted, title_of};

/// Schemas by the fields that asked for them, and definitions by name.
#[derive(Debug, Default)]
pub(super) struct Components {
    pub(super) fields: Vec<Keywords>,
    pub(super) definitions: HashMap<String, Value>,
    /// What could not be known of fields.
    pub(super) of_fields: Vec<(usize, Unknown)>,
    /// What could not be known of definitions.
    pub(super) of_definitions: Vec<(String, Unknown)>,
}

impl Components {
    /// The schemas of all fields, as `get_definitions` makes them.
    pub(super) fn of(inputs: &Inputs, rules: Rules, separate: bool) -> Self {
        let mut generator = Generator::new(rules, &inputs.classes);
        let mode_of = |input: &Input| match separate || stays_apart(inputs, input, &rules) {
            true => input.mode,
            false => SchemaMode::Taken,
        };
        let direct = inputs.all.iter().filter_map(|input| Some((class_of(&input.field.ty)?, mode_of(input))));
        let mut asked: Vec<(ClassId, SchemaMode)> = direct.collect();
        if rules.asks_for_models_within() {
            let within = inputs.models_within(&rules).into_iter();
            asked.extend(within.map(|(id, mode)| (id, if separate { mode } else { SchemaMode::Taken })));
        }
        if rules.repeats_what_fields_say() {
            generator.repeated = repeated(&inputs.classes, &asked);
        }
        let mut fields = Vec::with_capacity(inputs.all.len());
        for (place, input) in inputs.all.iter().enumerate() {
            generator.start(place, mode_of(input));
            let made = generator.annotated(&input.field);
            fields.push(described(&mut generator, made, input));
        }
        for (id, mode) in &asked {
            generator.start(inputs.all.len(), *mode);
            // A class without a schema is missed where a field refers to it.
            let _absent = generator.class(*id);
        }
        Self::named(generator, inputs, fields, &asked)
    }

    /// The same with definitions under their short names.
    fn named(
        mut generator: Generator<'_>,
        inputs: &Inputs,
        fields: Vec<Keywords>,
        asked: &[(ClassId, SchemaMode)],
    ) -> Self {
        let rules = generator.rules;
        let order = std::mem::take(&mut generator.order);
        let definition = |name: String| {
            let made = generator.definitions.remove(&name).unwrap_or_default();
            (name, Value::Object(made))
        };
        let definitions: Vec<(String, Value)> = order.into_iter().map(definition).collect();
        let mut names = generator.names.shorten(&definitions, &rules);
        if rules.names_models_again() {
            names = renamed(names, asked, &generator.names, &inputs.classes);
        }
        let mut components = Self::default();
        for (field, input) in fields.into_iter().zip(&inputs.all) {
            components.fields.push(titled(remap_keywords(field, &names), input, &rules));
        }
        for (owner, unknown) in &generator.unknowns {
            match owner {
                Owner::Field(place) => components.of_fields.push((*place, unknown.clone())),
                Owner::Definition(id, mode) => {
                    let longest = generator.names.longest(*id, *mode).unwrap_or_default();
                    let name = names.get(longest).map_or(longest, String::as_str).to_owned();
                    components.of_definitions.push((name, unknown.clone()));
                }
            }
        }
        for (longest, mut definition) in definitions {
            remap(&mut definition, &names);
            let name = names.get(&longest).cloned().unwrap_or(longest);
            components.definitions.insert(name, without_rest(sorted(definition, None)));
        }
        components
    }
}

/// FastAPI leaves out what a description says after a form feed.
///
/// ```python
/// item_description = cast(str, item_def["description"]).split("\f")[0]
/// ```
fn without_rest(mut definition: Value) -> Value {
    if let Some(Value::String(text)) = definition.get_mut("description")
        && let Some(end) = text.find('\u{c}')
    {
        text.truncate(end);
    }
    definition
}

/// A schema, or nothing said where Pydantic has none, in which case the application makes no document at all.
fn described(generator: &mut Generator<'_>, made: Result<Keywords, Absent>, input: &Input) -> Keywords {
    made.unwrap_or_else(|absent| {
        let reason = match absent {
            Absent::Omitted => "a type that is left out of schemas".to_owned(),
            Absent::Undescribable(what) => format!("Pydantic makes no schema of {what}"),
        };
        generator.note(&Unknown::new(input.field.at.clone(), reason));
        Keywords::new()
    })
}

/// A field whose schema is no reference has a title.
///
/// ```python
/// # get_schema_from_model_field
/// if "$ref" not in json_schema:
///     json_schema["title"] = field.field_info.title or field_alias.title().replace("_", " ")
/// ```
fn titled(mut schema: Keywords, input: &Input, rules: &Rules) -> Keywords {
    let field = &input.field;
    if schema.contains_key("$ref") {
        return schema;
    }
    let alias = match input.mode {
        SchemaMode::Answered if rules.titles_by_alias_of_mode() => field.answered_as.as_ref(),
        _ => field.alias.as_ref(),
    };
    let alias = alias.and_then(|alias| alias.known()).unwrap_or(&field.name);
    let title = field.documentation.title.as_ref().and_then(|title| title.known()).filter(|title| !title.is_empty());
    let title = title.cloned().unwrap_or_else(|| title_of(alias));
    schema.insert("title".to_owned(), Value::from(title));
    schema
}

/// Whether a field keeps its mode where input and output are not to be told apart: its model has computed fields.
///
/// ```python
/// # get_definitions
/// field.mode if (separate_input_output_schemas or _has_computed_fields(field)) else "validation"
/// ```
fn stays_apart(inputs: &Inputs, input: &Input, rules: &Rules) -> bool {
    if input.mode == SchemaMode::Taken || !rules.computed_fields_stay_apart() {
        return false;
    }
    match rules.computed_fields_within_stay_apart() {
        true => computes(inputs, &input.field.ty, &mut Vec::new()),
        false => class_of(&input.field.ty).is_some_and(|id| has_computed(inputs, id)),
    }
}

fn has_computed(inputs: &Inputs, id: ClassId) -> bool {
    match inputs.classes.get(id.0).map(|class| &class.kind) {
        Some(ClassKind::Object { fields, .. }) => fields.iter().any(|field| field.computed),
        _ => false,
    }
}

/// Whether a model within a type has computed fields.
fn computes(inputs: &Inputs, ty: &Type, seen: &mut Vec<ClassId>) -> bool {
    let TypeKind::Class { class } = &ty.kind else {
        return ty.kind.parts().into_iter().any(|part| computes(inputs, part, seen));
    };
    if seen.contains(class) {
        return false;
    }
    seen.push(*class);
    let Some(found) = inputs.classes.get(class.0) else { return false };
    has_computed(inputs, *class)
        || match &found.kind {
            ClassKind::Object { of: ObjectKind::Model, fields, .. } => {
                fields.iter().any(|field| computes(inputs, &field.ty, seen))
            }
            ClassKind::Root { root } => computes(inputs, &root.ty, seen),
            _ => false,
        }
}
