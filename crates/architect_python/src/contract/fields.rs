//! Fields and parameters: what `Field(…)` and its kin say of a type.

use architect_model::contract::{Documentation, Field, FieldDefault, Type, TypeKind};
use architect_model::{Known, Location};
use serde_json::{Map, Value as Json};

use super::types::Types;
use crate::interpret::{Arguments, Kind, Value};

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

/// Keywords of `Field(…)` that demand something of the value, with the names under which they are kept.
const CONSTRAINTS: &[(&str, &str)] = &[
    ("gt", "gt"),
    ("ge", "ge"),
    ("lt", "lt"),
    ("le", "le"),
    ("multiple_of", "multiple_of"),
    ("min_length", "min_length"),
    ("max_length", "max_length"),
    ("min_items", "min_length"),
    ("max_items", "max_length"),
    ("pattern", "pattern"),
    ("max_digits", "max_digits"),
    ("decimal_places", "decimal_places"),
    ("strict", "strict"),
    ("allow_inf_nan", "allow_inf_nan"),
];

/// Keywords of `pydantic.Field` that are none of JSON Schema's; what else is given goes into the schema.
const NOT_IN_SCHEMA: &[&str] = &[
    "default",
    "default_factory",
    "alias",
    "alias_priority",
    "validation_alias",
    "serialization_alias",
    "title",
    "field_title_generator",
    "description",
    "examples",
    "exclude",
    "exclude_if",
    "discriminator",
    "deprecated",
    "json_schema_extra",
    "frozen",
    "validate_default",
    "repr",
    "init",
    "init_var",
    "kw_only",
    "fail_fast",
    "union_mode",
    "coerce_numbers_to_str",
    "include",
    "const",
    "unique_items",
    "allow_mutation",
];

/// Keywords of `Query(…)` and its kin beside those of `Field(…)`.
const OF_PARAMETERS: &[&str] = &[
    "regex",
    "example",
    "openapi_examples",
    "include_in_schema",
    "convert_underscores",
    "media_type",
    "embed",
    "annotation",
];

/// The calls that make a `FieldInfo`.
pub(super) fn field_info<'v, 'a>(value: &'v Value<'a>) -> Option<(&'v str, &'v Arguments<'a>)> {
    let (path, made) = value.made_by()?;
    let is_field = matches!(
        path,
        "pydantic.Field"
            | "sqlmodel.Field"
            | "fastapi.Query"
            | "fastapi.Path"
            | "fastapi.Header"
            | "fastapi.Cookie"
            | "fastapi.Body"
            | "fastapi.Form"
            | "fastapi.File"
    );
    is_field.then_some((path, &made.arguments))
}

/// The type and the metadata of an annotation.
pub(super) fn taken_apart<'a>(annotation: &Value<'a>) -> (Value<'a>, Vec<Value<'a>>) {
    if let Kind::Subscript(subscript) = &annotation.kind
        && subscript.0.as_library() == Some("typing.Annotated")
        && let Some((first, rest)) = subscript.1.split_first()
    {
        let (ty, mut metadata) = taken_apart(first);
        metadata.extend(rest.iter().cloned());
        return (ty, metadata);
    }
    (annotation.clone(), Vec::new())
}

impl<'a> Types<'_, 'a> {
    /// A field or parameter with its constraints, default and documentation, as `FieldInfo.from_annotated_attribute` and
    /// `FieldInfo.from_annotation` make it.
    pub(super) fn field(&mut self, declared: &Declared<'_, 'a>) -> Field {
        let at = declared.at;
        let ty = match declared.ty {
            Some(ty) => self.of(ty, at),
            None => Type::of(TypeKind::Any),
        };
        let mut field = Field {
            name: declared.name.to_owned(),
            alias: None,
            answered_as: None,
            ty,
            default: None,
            documentation: Documentation::default(),
            excluded: false,
            computed: false,
            at: at.clone(),
        };
        for extra in declared.metadata {
            self.add(&mut field, extra);
        }
        match declared.default {
            Some(value) if field_info(value).is_some() => self.add(&mut field, value),
            Some(Value { kind: Kind::Ellipsis, .. }) => field.default = None,
            Some(value) => field.default = Some(self.default(value, at)),
            None => {}
        }
        field
    }

    /// Adds to a field what one part of `Annotated` says, or what it is set to.
    fn add(&mut self, field: &mut Field, extra: &Value<'a>) {
        let at = field.at.clone();
        let Some((path, arguments)) = field_info(extra) else {
            let ty = std::mem::replace(&mut field.ty, Type::of(TypeKind::Any));
            field.ty = self.annotated(ty, extra, &at);
            return;
        };
        let ty = std::mem::replace(&mut field.ty, Type::of(TypeKind::Any));
        field.ty = self.constrain(ty, path, arguments, &at);
        if let Some(default) = arguments.get(0, "default") {
            field.default = match &default.kind {
                Kind::Ellipsis => None,
                Kind::Library(path) if path.ends_with("PydanticUndefined") || path.ends_with(".Undefined") => None,
                _ => Some(self.default(&default.clone(), &at)),
            };
        }
        if arguments.keyword("default_factory").is_some_and(|made| !matches!(made.kind, Kind::None)) {
            field.default = Some(FieldDefault::Made);
        }
        self.name(field, arguments, &at);
        let documentation = self.documentation(path, arguments, &at);
        merge(&mut field.documentation, documentation);
        if let Some(excluded) = arguments.keyword("exclude") {
            field.excluded = self.machine.is_true(excluded) == Some(true);
        }
        if let Some(unknown) = &arguments.unknown {
            field.ty = Type::unknown((**unknown).clone());
        }
    }

    /// Adds what a decorator says of a field: `@computed_field(title="Price")`.
    pub(super) fn describe(&mut self, field: &mut Field, arguments: &Arguments<'a>, at: &Location) {
        self.name(field, arguments, at);
        let documentation = self.documentation("pydantic.computed_field", arguments, at);
        merge(&mut field.documentation, documentation);
    }

    /// `alias`, `validation_alias`, `serialization_alias`.
    fn name(&mut self, field: &mut Field, arguments: &Arguments<'a>, at: &Location) {
        let given = |name: &str| arguments.keyword(name).filter(|value| !matches!(value.kind, Kind::None)).cloned();
        if let Some(alias) = given("alias") {
            let alias = self.text(&alias, at);
            field.alias = Some(alias.clone());
            field.answered_as = Some(alias);
        }
        if let Some(alias) = given("validation_alias") {
            field.alias = match alias.made_by() {
                // The first that is a name stands in the schema.
                Some(("pydantic.AliasChoices" | "pydantic.aliases.AliasChoices", made)) => {
                    let first = made.arguments.positional.iter().find_map(Value::text);
                    first.map(Known::Known)
                }
                Some(_) => field.alias.clone(),
                None => Some(self.text(&alias, at)),
            };
        }
        if let Some(alias) = given("serialization_alias") {
            field.answered_as = Some(self.text(&alias, at));
        }
    }

    /// What `Field(…)` says beside constraints.
    pub(super) fn documentation(&mut self, path: &str, arguments: &Arguments<'a>, at: &Location) -> Documentation {
        let given = |name: &str| arguments.keyword(name).filter(|value| !matches!(value.kind, Kind::None)).cloned();
        let mut found = Documentation {
            title: given("title").map(|value| self.text(&value, at)),
            description: given("description").map(|value| self.text(&value, at)),
            examples: given("examples").map(|value| self.json(&value, at)),
            deprecated: given("deprecated").map(|value| self.flag(&value, at)),
            extra: given("json_schema_extra").map(|value| self.extra(&value, at)),
        };
        let mut more = Map::new();
        // `Field` knows `deprecated` since Pydantic 2.7; before, it is one more keyword.
        let is_known = self.versions.pydantic >= (2, 7, 0) || path != "pydantic.Field";
        if let Some(deprecated) = found.deprecated.take_if(|_| !is_known) {
            match deprecated {
                Known::Known(flag) => drop(more.insert("deprecated".to_owned(), Json::Bool(flag))),
                Known::Unknown { unknown } => found.extra = Some(Known::Unknown { unknown }),
            }
        }
        let schema_extra = given("schema_extra").filter(|_| path == "sqlmodel.Field");
        if let Some(Value { kind: Kind::Dict(pairs), .. }) = &schema_extra {
            for (key, value) in pairs.borrow().iter() {
                match (key.as_str(), self.json(value, at)) {
                    (Some("examples"), json) => found.examples = Some(json),
                    (Some("json_schema_extra"), json) => found.extra = Some(json),
                    _ => {}
                }
            }
        }
        let is_parameter = path.starts_with("fastapi.");
        if path == "pydantic.Field" || is_parameter && found.extra.is_none() {
            for (name, value) in &arguments.keywords {
                let name = name.as_str();
                if NOT_IN_SCHEMA.contains(&name)
                    || is_parameter && OF_PARAMETERS.contains(&name)
                    || CONSTRAINTS.iter().any(|(known, _)| *known == name)
                {
                    continue;
                }
                match self.json(value, at) {
                    Known::Known(json) => drop(more.insert(name.to_owned(), json)),
                    Known::Unknown { unknown } => found.extra = Some(Known::Unknown { unknown }),
                }
            }
        }
        // ```python
        // if not json_schema_extra:
        //     json_schema_extra = extra
        // ```
        if !more.is_empty() && found.extra.is_none() {
            found.extra = Some(Known::Known(Json::Object(more)));
        }
        found
    }

    /// `json_schema_extra`: a dictionary, or a function that changes the schema.
    pub(super) fn extra(&mut self, value: &Value<'a>, at: &Location) -> Known<Json> {
        match &value.kind {
            Kind::Dict(_) => self.json(value, at),
            _ => Known::unknown(at.clone(), "a function that changes the schema"),
        }
    }

    /// The constraints that keywords give.
    pub(super) fn constrain(&mut self, ty: Type, path: &str, arguments: &Arguments<'a>, at: &Location) -> Type {
        let mut ty = ty;
        for (name, value) in &arguments.keywords {
            if matches!(value.kind, Kind::None) {
                continue;
            }
            if let Some((_, kept)) = CONSTRAINTS.iter().find(|(known, _)| known == name) {
                let json = self.pattern(value, at);
                push(&mut ty, kept, json);
            }
            // FastAPI takes the old name, too; SQLModel hands it on, and Pydantic drops it there.
            if name == "regex" && path.starts_with("fastapi.") {
                let json = self.pattern(value, at);
                push(&mut ty, "pattern", json);
            }
            if name == "discriminator" {
                ty = self.discriminated(ty, value, at);
            }
        }
        ty
    }

    /// The value of a constraint; a compiled pattern is its text.
    fn pattern(&mut self, value: &Value<'a>, at: &Location) -> Known<Json> {
        match value.made_by() {
            Some(("re.compile", made)) => match made.arguments.positional.first() {
                Some(text) => self.json(&text.clone(), at),
                None => self.json(value, at),
            },
            _ => self.json(value, at),
        }
    }
}

/// Adds a constraint to a type; of one that may be `None`, to the rest of it.
///
/// ```python
/// # GenerateSchema._apply_single_annotation
/// if schema['type'] == 'nullable':
///     # for nullable schemas, metadata is automatically applied to the inner schema
/// ```
pub(super) fn push(ty: &mut Type, name: &str, value: Known<Json>) {
    match &mut ty.kind {
        TypeKind::Nullable { of } => push(of, name, value),
        _ => {
            ty.constraints.retain(|(known, _)| known != name);
            ty.constraints.push((name.to_owned(), value));
        }
    }
}

/// What is said later stands.
fn merge(into: &mut Documentation, later: Documentation) {
    into.title = later.title.or_else(|| into.title.take());
    into.description = later.description.or_else(|| into.description.take());
    into.examples = later.examples.or_else(|| into.examples.take());
    into.deprecated = later.deprecated.or_else(|| into.deprecated.take());
    into.extra = later.extra.or_else(|| into.extra.take());
}
