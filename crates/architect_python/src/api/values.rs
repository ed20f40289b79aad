//! What an annotation means in JSON.

use std::collections::BTreeMap;

use architect_model::{ApiBound, ApiCheck, ApiKind, ApiValue, Known, Unknown};
use ruff_python_ast::{Expr, ExprCall};

use super::classes::Classes;
use super::constants::{json, text_of};
use crate::resolve::{Annotation, Resolution, Scope};

/// What type parameters stand for.
pub(super) type Environment = BTreeMap<String, ApiValue>;

impl<'a> Classes<'_, 'a> {
    /// The value that an annotation describes.
    pub(super) fn value(&mut self, scope: Scope<'a>, expr: &'a Expr, environment: &Environment) -> ApiValue {
        let too_deep = || scope.file.unknown(expr, "a type that holds itself");
        self.nested(too_deep, |classes| {
            let annotation = classes.index.annotation(scope, expr);
            classes.of_annotation(&annotation, environment)
        })
    }

    /// The value that an annotation describes that is taken apart.
    pub(super) fn of_annotation(&mut self, annotation: &Annotation<'a>, environment: &Environment) -> ApiValue {
        let mut members = Vec::new();
        let first = self.single(annotation, environment);
        if !is_missing(&annotation.resolution) {
            members.push(first);
        }
        let mut nullable = annotation.optional;
        for (scope, expr) in &annotation.alternatives {
            if is_missing(&self.index.resolve(*scope, expr)) {
                continue;
            }
            let member = self.value(*scope, expr, environment);
            nullable |= member.nullable;
            members.push(ApiValue { nullable: false, ..member });
        }
        let mut value = match members.len() {
            0 => ApiValue::of(ApiKind::Null),
            1 => members.swap_remove(0),
            _ => ApiValue::of(ApiKind::Union { of: members }),
        };
        value.nullable |= nullable;
        for (scope, extra) in annotation.nested.iter().chain(&annotation.metadata) {
            self.metadata(*scope, extra, &mut value);
        }
        value
    }

    /// One member of a union.
    fn single(&mut self, annotation: &Annotation<'a>, environment: &Environment) -> ApiValue {
        if let Expr::Name(name) = annotation.expr
            && let Some(value) = environment.get(name.id.as_str())
        {
            return value.clone();
        }
        match &annotation.resolution {
            Resolution::Builtin(name) => self.builtin(name, annotation, environment),
            Resolution::Library(path) => {
                let path = path.clone();
                self.library(&path, annotation, environment)
            }
            Resolution::Class(class) => {
                let arguments: Vec<ApiValue> = annotation
                    .arguments
                    .iter()
                    .map(|argument| self.value(annotation.scope, argument, environment))
                    .collect();
                self.class(*class, arguments)
            }
            Resolution::Unknown(unknown) => match annotation.expr {
                Expr::Call(call) => self.made(annotation.scope, call),
                _ => ApiValue::unknown(unknown.clone()),
            },
            _ => match annotation.expr {
                Expr::Call(call) => self.made(annotation.scope, call),
                expr => ApiValue::unknown(annotation.scope.file.unknown(expr, "a type that is not followed")),
            },
        }
    }

    fn items(&mut self, annotation: &Annotation<'a>, place: usize, environment: &Environment) -> ApiValue {
        match annotation.arguments.get(place) {
            Some(item) => self.value(annotation.scope, item, environment),
            None => ApiValue::of(ApiKind::Any),
        }
    }

    fn builtin(&mut self, name: &str, annotation: &Annotation<'a>, environment: &Environment) -> ApiValue {
        let kind = match name {
            "str" => ApiKind::String { format: None },
            "int" => ApiKind::Integer,
            "float" => ApiKind::Number,
            "bool" => ApiKind::Boolean,
            "bytes" => ApiKind::String { format: Some("binary".to_owned()) },
            "None" => ApiKind::Null,
            "object" => ApiKind::Any,
            "list" | "set" | "frozenset" => ApiKind::Array { items: Box::new(self.items(annotation, 0, environment)) },
            "tuple" => return self.tuple(annotation, environment),
            "dict" => ApiKind::Map { values: Box::new(self.items(annotation, 1, environment)) },
            _ => return ApiValue::unknown(self.not_followed(annotation, name)),
        };
        ApiValue::of(kind)
    }

    fn tuple(&mut self, annotation: &Annotation<'a>, environment: &Environment) -> ApiValue {
        let arguments = annotation.arguments.clone();
        ApiValue::of(match arguments.as_slice() {
            [] | [_, Expr::EllipsisLiteral(_)] => {
                ApiKind::Array { items: Box::new(self.items(annotation, 0, environment)) }
            }
            all => ApiKind::Tuple {
                items: all.iter().map(|item| self.value(annotation.scope, item, environment)).collect(),
            },
        })
    }

    fn not_followed(&self, annotation: &Annotation<'a>, name: &str) -> Unknown {
        annotation.scope.file.unknown(annotation.expr, format!("what `{name}` is in JSON"))
    }

    fn library(&mut self, path: &str, annotation: &Annotation<'a>, environment: &Environment) -> ApiValue {
        let text = |format: &str| ApiValue::of(ApiKind::String { format: Some(format.to_owned()) });
        let name = path.rsplit('.').next().unwrap_or(path);
        match (path.split('.').next().unwrap_or_default(), name) {
            ("uuid", "UUID") | ("pydantic", "UUID1" | "UUID3" | "UUID4" | "UUID5" | "UUID6" | "UUID7") => text("uuid"),
            ("datetime", "datetime")
            | ("pydantic", "AwareDatetime" | "NaiveDatetime" | "PastDatetime" | "FutureDatetime") => text("date-time"),
            ("datetime", "date") | ("pydantic", "PastDate" | "FutureDate") => text("date"),
            ("datetime", "time") => text("time"),
            ("datetime", "timedelta") => text("duration"),
            ("decimal", "Decimal") => {
                let answered_as_text = !self.pydantic_1;
                ApiValue::of(ApiKind::Decimal { text: true, answered_as_text })
            }
            ("pydantic", "EmailStr") => text("email"),
            ("pydantic", url) if url.ends_with("Url") || url.ends_with("Dsn") => text("uri"),
            ("pydantic", "SecretStr" | "StrictStr" | "Base64Str") | ("pathlib", _) | ("ipaddress", _) => {
                ApiValue::of(ApiKind::String { format: None })
            }
            ("pydantic", "StrictInt") => ApiValue::of(ApiKind::Integer),
            ("pydantic", "StrictFloat" | "FiniteFloat") => ApiValue::of(ApiKind::Number),
            ("pydantic", "StrictBool") => ApiValue::of(ApiKind::Boolean),
            ("pydantic", "JsonValue") | ("typing" | "typing_extensions", "Any") => ApiValue::of(ApiKind::Any),
            ("pydantic", name) if NUMBERS.iter().any(|(known, _, _)| *known == name) => number(name),
            ("typing" | "typing_extensions", "Literal") => self.literal(annotation),
            ("fastapi" | "starlette", "UploadFile") => text("binary"),
            (_, "List" | "Sequence" | "Iterable" | "Set" | "FrozenSet" | "Collection" | "MutableSequence")
                if is_typing(path) =>
            {
                ApiValue::of(ApiKind::Array { items: Box::new(self.items(annotation, 0, environment)) })
            }
            (_, "Tuple") if is_typing(path) => self.tuple(annotation, environment),
            (_, "Dict" | "Mapping" | "MutableMapping") if is_typing(path) => {
                ApiValue::of(ApiKind::Map { values: Box::new(self.items(annotation, 1, environment)) })
            }
            _ => ApiValue::unknown(self.not_followed(annotation, path)),
        }
    }

    fn literal(&mut self, annotation: &Annotation<'a>) -> ApiValue {
        let mut values = Vec::new();
        let mut nullable = false;
        for argument in &annotation.arguments {
            match self.index.constant(annotation.scope, argument) {
                Known::Known(constant) => match json(&constant.value) {
                    Some(text) if text == "null" => nullable = true,
                    Some(text) => values.push(text),
                    None => return ApiValue::unknown(self.not_followed(annotation, "Literal")),
                },
                Known::Unknown { unknown } => return ApiValue::unknown(unknown),
            }
        }
        ApiValue { nullable, ..ApiValue::of(ApiKind::Constant { values }) }
    }

    /// `constr(max_length=3)`, `conint(ge=1)`.
    fn made(&mut self, scope: Scope<'a>, call: &'a ExprCall) -> ApiValue {
        let callee = self.index.resolve(scope, &call.func);
        let kind = match callee.library().and_then(|path| path.strip_prefix("pydantic.")) {
            Some("constr") => ApiKind::String { format: None },
            Some("conint") => ApiKind::Integer,
            Some("confloat") => ApiKind::Number,
            Some("condecimal") => ApiKind::Decimal { text: true, answered_as_text: !self.pydantic_1 },
            Some("conlist" | "conset") => {
                let item = call.arguments.args.first();
                let items = item.map(|item| self.value(scope, item, &Environment::new()));
                ApiKind::Array { items: Box::new(items.unwrap_or_else(|| ApiValue::of(ApiKind::Any))) }
            }
            _ => return ApiValue::unknown(scope.file.unknown(call, "a type that a call makes")),
        };
        let mut value = ApiValue::of(kind);
        self.bounds(scope, call, &mut value);
        value
    }

    /// What a part of `Annotated` adds to a value.
    pub(super) fn metadata(&mut self, scope: Scope<'a>, extra: &'a Expr, value: &mut ApiValue) {
        let written = (scope, extra);
        let (scope, extra) = self.index.followed(scope, extra);
        let Expr::Call(call) = extra else {
            return self.checked_by(written.0, written.1, value);
        };
        let callee = self.index.resolve(scope, &call.func);
        match callee.library() {
            Some(path) if is_field_info(path) => self.bounds(scope, call, value),
            Some(path) if path.starts_with("annotated_types.") => self.annotated_type(scope, path, call, value),
            Some(path) if path.ends_with("Serializer") => {
                let reason = "what its serializer makes of it";
                *value = ApiValue::unknown(scope.file.unknown(call, reason));
            }
            // `only(r"\d+")` says more than the function that it gives to Pydantic.
            Some(path) if path.ends_with("Validator") => match call.arguments.args.first() {
                Some(function) if std::ptr::eq(extra, written.1) => self.checked_by(scope, function, value),
                _ => self.checked_by(written.0, written.1, value),
            },
            Some(_) => {}
            None => match callee.class() {
                Some(class) => self.custom(scope, class, call, value),
                None => self.checked_by(written.0, written.1, value),
            },
        }
    }

    /// Notes a function that checks a value.
    fn checked_by(&mut self, scope: Scope<'a>, expr: &'a Expr, value: &mut ApiValue) {
        let called = expr.as_call_expr().map_or(expr, |call| &call.func);
        let at = match self.index.resolve(scope, called) {
            Resolution::Function(function) => function.at(),
            Resolution::Variable(variable) => variable.at(),
            Resolution::Class(class) => class.at(),
            _ => return,
        };
        let check = ApiCheck { name: scope.text(expr).to_owned(), at };
        if !value.checks.contains(&check) {
            value.checks.push(check);
        }
    }

    fn annotated_type(&mut self, scope: Scope<'a>, path: &str, call: &'a ExprCall, value: &mut ApiValue) {
        let names: &[&str] = match path.rsplit('.').next() {
            Some("Gt") => &["gt"],
            Some("Ge") => &["ge"],
            Some("Lt") => &["lt"],
            Some("Le") => &["le"],
            Some("MinLen") => &["min_length"],
            Some("MaxLen") => &["max_length"],
            Some("MultipleOf") => &["multiple_of"],
            Some("Len") => &["min_length", "max_length"],
            _ => &[],
        };
        for (place, name) in names.iter().enumerate() {
            let given = call.arguments.find_argument_value(name, place);
            if let Some(given) = given {
                add(value, name, text_of(self.index, scope, given));
            }
        }
    }

    /// The bounds that `Field(…)`, `Query(…)`, `StringConstraints(…)` set.
    pub(super) fn bounds(&mut self, scope: Scope<'a>, call: &'a ExprCall, value: &mut ApiValue) {
        for (name, (scope, given)) in &self.index.arguments(scope, call).keywords {
            let name = match *name {
                "regex" => "pattern",
                "min_items" => "min_length",
                "max_items" => "max_length",
                name => name,
            };
            if !BOUNDS.contains(&name) || given.is_none_literal_expr() {
                continue;
            }
            let text = text_of(self.index, *scope, given);
            let is_off = FLAGS.contains(&name) && text.known().is_some_and(|text| text == "false");
            if !is_off {
                add(value, name, text);
            }
        }
    }
}

/// Adds a bound; a later one replaces an earlier one of the same name, as the last `Field` counts.
fn add(value: &mut ApiValue, name: &str, text: Known<String>) {
    value.bounds.retain(|bound| bound.name != name);
    value.bounds.push(ApiBound { name: name.to_owned(), value: text });
}

/// Arguments that bound a value, and those that change text before it is checked.
const BOUNDS: [&str; 14] = [
    "gt",
    "ge",
    "lt",
    "le",
    "multiple_of",
    "min_length",
    "max_length",
    "pattern",
    "max_digits",
    "decimal_places",
    "to_lower",
    "to_upper",
    "strip_whitespace",
    "strict",
];
const FLAGS: [&str; 4] = ["to_lower", "to_upper", "strip_whitespace", "strict"];

/// Numbers of Pydantic that bound themselves: whether whole, and how.
const NUMBERS: [(&str, bool, &str); 8] = [
    ("PositiveInt", true, "gt"),
    ("NonNegativeInt", true, "ge"),
    ("NegativeInt", true, "lt"),
    ("NonPositiveInt", true, "le"),
    ("PositiveFloat", false, "gt"),
    ("NonNegativeFloat", false, "ge"),
    ("NegativeFloat", false, "lt"),
    ("NonPositiveFloat", false, "le"),
];

fn number(name: &str) -> ApiValue {
    let known = NUMBERS.iter().find(|(known, _, _)| *known == name);
    let whole = known.is_none_or(|(_, whole, _)| *whole);
    let mut value = ApiValue::of(if whole { ApiKind::Integer } else { ApiKind::Number });
    if let Some((_, _, bound)) = known {
        add(&mut value, bound, Known::Known("0".to_owned()));
    }
    value
}

fn is_typing(path: &str) -> bool {
    ["typing.", "typing_extensions.", "collections.abc."].iter().any(|module| path.starts_with(module))
}

fn is_missing(resolution: &Resolution<'_>) -> bool {
    resolution.library().is_some_and(|path| path.starts_with("pydantic") && path.ends_with(".MISSING"))
}

/// Whether a library function describes a field or a parameter.
pub(super) fn is_field_info(path: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or_default();
    match path.split('.').next() {
        Some("pydantic" | "sqlmodel") => matches!(name, "Field" | "StringConstraints"),
        Some("fastapi") => ["Query", "Path", "Header", "Cookie", "Body", "Form", "File"].contains(&name),
        _ => false,
    }
}
