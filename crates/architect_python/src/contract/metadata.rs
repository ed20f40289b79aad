//! What `Annotated` adds to a type: constraints, validators, serializers, discriminators, schemas that are written down.

use architect_model::contract::{Type, TypeKind, ValidatorMode};
use architect_model::{Known, Location, Unknown};
use serde_json::Value as Json;

use super::fields::{field_info, push};
use super::types::{Types, documented};
use crate::interpret::{Kind, Value};

impl<'a> Types<'_, 'a> {
    /// Adds to a type what one part of `Annotated` says within another type, or of a field where it is no `Field(…)`.
    pub(super) fn annotated(&mut self, ty: Type, extra: &Value<'a>, at: &Location) -> Type {
        if let Some((path, arguments)) = field_info(extra) {
            let constrained = self.constrain(ty, path, arguments, at);
            let documentation = self.documentation(path, arguments, at);
            let of = documented(constrained, documentation);
            let default = arguments.get(0, "default").filter(|value| !matches!(value.kind, Kind::Ellipsis)).cloned();
            return match default {
                Some(value) => {
                    let default = self.default(&value, at);
                    Type::of(TypeKind::Defaulted { of: Box::new(of), default })
                }
                None => of,
            };
        }
        let Some((path, made)) = extra.made_by() else {
            return match &extra.kind {
                Kind::Object(object) => self.annotated_by_object(ty, &object.class, at),
                Kind::Class(_) => self.annotated_by_object(ty, extra, at),
                Kind::Library(path) if path.ends_with("SkipJsonSchema") => {
                    Type::of(TypeKind::Skipped { of: Box::new(ty) })
                }
                _ => ty,
            };
        };
        let (path, made) = (path.to_owned(), std::rc::Rc::clone(made));
        let arguments = &made.arguments;
        let of = |ty: Type| Box::new(ty);
        match path.as_str() {
            "annotated_types.Ge"
            | "annotated_types.Gt"
            | "annotated_types.Le"
            | "annotated_types.Lt"
            | "annotated_types.MultipleOf"
            | "annotated_types.MinLen"
            | "annotated_types.MaxLen" => {
                let name = match path.rsplit('.').next().unwrap_or_default() {
                    "Ge" => "ge",
                    "Gt" => "gt",
                    "Le" => "le",
                    "Lt" => "lt",
                    "MultipleOf" => "multiple_of",
                    "MinLen" => "min_length",
                    _ => "max_length",
                };
                let value = arguments.positional.first().or_else(|| arguments.keywords.first().map(|(_, value)| value));
                let mut ty = ty;
                if let Some(value) = value.cloned() {
                    let json = self.json(&value, at);
                    push(&mut ty, name, json);
                }
                ty
            }
            "annotated_types.Len" => {
                let mut ty = ty;
                for (place, name) in ["min_length", "max_length"].into_iter().enumerate() {
                    if let Some(value) = arguments.get(place, name).filter(|v| !matches!(v.kind, Kind::None)).cloned() {
                        let json = self.json(&value, at);
                        if json.known() != Some(&Json::from(0)) {
                            push(&mut ty, name, json);
                        }
                    }
                }
                ty
            }
            "pydantic.StringConstraints" | "pydantic.UrlConstraints" | "annotated_types.Interval" => {
                self.constrain(ty, &path, arguments, at)
            }
            "pydantic.Discriminator" => match arguments.get(0, "discriminator").cloned() {
                Some(value) => self.discriminated(ty, &value, at),
                None => ty,
            },
            "pydantic.AfterValidator"
            | "pydantic.BeforeValidator"
            | "pydantic.WrapValidator"
            | "pydantic.PlainValidator" => {
                let when = match path.as_str() {
                    "pydantic.AfterValidator" => return ty,
                    "pydantic.BeforeValidator" => ValidatorMode::Before,
                    "pydantic.WrapValidator" => ValidatorMode::Wrap,
                    _ => ValidatorMode::Plain,
                };
                let input = arguments.keyword("json_schema_input_type").cloned();
                let input = input.map(|value| Box::new(self.of(&value, at)));
                Type::of(TypeKind::Validated { when, of: of(ty), input })
            }
            "pydantic.PlainSerializer"
            | "pydantic.WrapSerializer"
            | "pydantic.functional_serializers.PlainSerializer"
            | "pydantic.functional_serializers.WrapSerializer" => {
                let given = arguments.keyword("return_type").cloned();
                let returns = match (given, arguments.get(0, "func").cloned()) {
                    (Some(value), _) => Some(self.of(&value, at)),
                    (None, Some(function)) => self.returned(&function, at),
                    _ => None,
                };
                let when = arguments.keyword("when_used").and_then(Value::text);
                let when_used = when.unwrap_or_else(|| "always".to_owned());
                let wraps = path.ends_with("WrapSerializer");
                Type::of(TypeKind::Serialized { of: of(ty), returns: returns.map(Box::new), wraps, when_used })
            }
            "pydantic.WithJsonSchema" | "pydantic.json_schema.WithJsonSchema" => {
                match arguments.get(0, "json_schema").cloned().map(|value| self.json(&value, at)) {
                    Some(Known::Known(json)) => {
                        let mode = arguments.get(1, "mode").and_then(Value::text);
                        let is = |wanted: &str| mode.as_deref().is_none_or(|mode| mode == wanted);
                        if is("validation") && is("serialization") {
                            return Type::of(TypeKind::Fixed { taken: Some(json.clone()), answered: Some(json) });
                        }
                        Type::unknown(Unknown::new(at.clone(), "`WithJsonSchema` of one mode"))
                    }
                    Some(Known::Unknown { unknown }) => Type::unknown(unknown),
                    None => ty,
                }
            }
            "pydantic.json_schema.SkipJsonSchema" => Type::of(TypeKind::Skipped { of: of(ty) }),
            "pydantic.GetPydanticSchema" => Type::unknown(Unknown::new(at.clone(), "a schema that is made by code")),
            _ => ty,
        }
    }

    /// `Annotated[X, Own]`: what a class of the project says that has a schema of its own is not followed.
    fn annotated_by_object(&mut self, ty: Type, class: &Value<'a>, at: &Location) -> Type {
        let Kind::Class(class) = &class.kind else { return ty };
        let makes = ["__get_pydantic_core_schema__", "__get_pydantic_json_schema__"];
        match makes.iter().any(|name| class.lookup(name).is_some()) {
            true => Type::unknown(Unknown::new(at.clone(), format!("the schema that `{}` makes", class.qualname))),
            false => ty,
        }
    }

    /// What a function says it returns; one of a library says nothing.
    pub(super) fn returned(&mut self, function: &Value<'a>, at: &Location) -> Option<Type> {
        let Kind::Function(function) = &function.kind else { return None };
        let returns = function.def.returns.as_deref()?;
        let value = self.machine.annotation(&function.scope, returns);
        Some(self.of(&value, at))
    }

    /// `Field(discriminator="kind")` on a union: which value of the field means which type.
    ///
    /// ```python
    /// # pydantic._internal._discriminated_union.apply_discriminator
    /// ```
    pub(super) fn discriminated(&mut self, ty: Type, discriminator: &Value<'a>, at: &Location) -> Type {
        match ty.kind {
            TypeKind::Nullable { of } => self.discriminated(*of, discriminator, at).nullable(),
            TypeKind::Union { of } => {
                let Some(name) = discriminator.as_str().map(str::to_owned) else {
                    return Type::unknown(Unknown::new(at.clone(), "a discriminator that is a function"));
                };
                let mut choices = Vec::new();
                let mut sent = None;
                for choice in of {
                    let (alias, values) = self.tags(&choice, &name);
                    sent = sent.or(alias);
                    if values.is_empty() {
                        let reason = format!("the values of `{name}` that mean a type of the union");
                        return Type::unknown(Unknown::new(at.clone(), reason));
                    }
                    choices.push((values, choice));
                }
                let discriminator = sent.unwrap_or(Known::Known(name));
                Type::of(TypeKind::Tagged { discriminator, choices })
            }
            _ => ty,
        }
    }

    /// The values that a field of a class may have, and the name under which it is sent.
    fn tags(&mut self, ty: &Type, name: &str) -> (Option<Known<String>>, Vec<Json>) {
        let inner = match &ty.kind {
            TypeKind::Class { class } => *class,
            TypeKind::Documented { of, .. } | TypeKind::Validated { of, .. } => return self.tags(of, name),
            TypeKind::Tagged { choices, .. } => {
                let values = choices.iter().flat_map(|(values, _)| values.clone()).collect();
                return (None, values);
            }
            _ => return (None, Vec::new()),
        };
        let found = self.fields_of(inner).into_iter().find(|field| field.name == name);
        let Some(field) = found else { return (None, Vec::new()) };
        (field.alias.clone(), self.constants(&field.ty))
    }

    /// The values of a literal or of an enumeration.
    fn constants(&self, ty: &Type) -> Vec<Json> {
        match &ty.kind {
            TypeKind::Literal { values } => values.clone(),
            TypeKind::Documented { of, .. } | TypeKind::Defaulted { of, .. } | TypeKind::Validated { of, .. } => {
                self.constants(of)
            }
            TypeKind::Class { class } => self.values_of(*class),
            _ => Vec::new(),
        }
    }
}
