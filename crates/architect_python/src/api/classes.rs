//! Classes of requests and responses, with the classes that those are made of.

use std::collections::BTreeMap;

use architect_model::{ApiCheck, ApiClass, ApiField, ApiKind, ApiShape, ApiValue, Known, Unknown};
use ruff_python_ast::{Expr, ExprCall, Stmt};

use super::constants::{default_of, json};
use super::values::Environment;
use crate::read::fields::{Field, fields, unseen};
use crate::resolve::{Class, Index, Scope};
use crate::style::walk::{each_expr, keyword, last_name};

/// Values nested deeper than this hold themselves.
const DEPTH: u8 = 24;

/// The classes met so far.
pub(super) struct Classes<'i, 'a> {
    pub(super) index: &'i Index<'a>,
    /// Whether the project is locked to Pydantic 1.
    pub(super) pydantic_1: bool,
    /// How deep the value is nested that is being read.
    depth: u8,
    /// By identifier; none while one is being read.
    found: BTreeMap<String, Option<ApiClass>>,
}

impl<'i, 'a> Classes<'i, 'a> {
    /// None yet.
    pub(super) fn new(index: &'i Index<'a>, pydantic_1: bool) -> Self {
        Self { index, pydantic_1, depth: 0, found: BTreeMap::new() }
    }

    /// Reads something within what is being read; not what is nested without end.
    pub(super) fn nested(
        &mut self,
        at: impl FnOnce() -> Unknown,
        read: impl FnOnce(&mut Self) -> ApiValue,
    ) -> ApiValue {
        if self.depth >= DEPTH {
            return ApiValue::unknown(at());
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    /// All that were met, each with a name of its own.
    pub(super) fn finish(self) -> Vec<ApiClass> {
        let mut classes: Vec<ApiClass> = self.found.into_values().flatten().collect();
        let names: Vec<String> = classes.iter().map(|class| class.name.clone()).collect();
        for class in &mut classes {
            // FastAPI calls classes of the same name by their modules.
            if names.iter().filter(|name| **name == class.name).count() > 1 {
                class.name = normalized(&format!("{}.{}", class.symbol.module, class.name)).replace('.', "__");
            }
        }
        classes
    }

    /// The value that an instance of a class is in JSON.
    pub(super) fn class(&mut self, class: Class<'a>, arguments: Vec<ApiValue>) -> ApiValue {
        let mro = self.index.mro(class);
        let is_enum = mro.has("enum.Enum");
        let is_model = mro.has("pydantic.BaseModel");
        let is_typed = mro.has("typing.TypedDict") || mro.has("typing_extensions.TypedDict");
        if !(is_enum || is_model || is_typed || is_dataclass(self.index, class) || mro.is_open()) {
            let reason = format!("what a `{}` is in JSON", class.name());
            return ApiValue::unknown(Unknown::new(class.at(), reason));
        }
        let label = label(class, &arguments);
        let id = format!("{}:{label}", class.symbol().module);
        if !self.found.contains_key(&id) {
            self.found.insert(id.clone(), None);
            let described = self.described(class, &id, &label, arguments, is_enum);
            self.found.insert(id.clone(), Some(described));
        }
        ApiValue::of(ApiKind::Class { class: id })
    }

    /// A class as the API shows it, where it was met.
    pub(super) fn get(&self, id: &str) -> Option<&ApiClass> {
        self.found.get(id)?.as_ref()
    }

    fn described(
        &mut self,
        class: Class<'a>,
        id: &str,
        label: &str,
        arguments: Vec<ApiValue>,
        is_enum: bool,
    ) -> ApiClass {
        let mut unknowns = if is_enum { Vec::new() } else { unseen(self.index, class) };
        let shape = if is_enum {
            self.enumeration(class, &mut unknowns)
        } else {
            let environment: Environment =
                self.index.type_parameters(class).into_iter().map(str::to_owned).zip(arguments).collect();
            self.object(class, &environment, &mut unknowns)
        };
        ApiClass {
            id: id.to_owned(),
            name: normalized(label),
            symbol: class.symbol(),
            shape,
            checks: model_checks(self.index, class),
            unknowns,
            at: class.at(),
        }
    }

    fn enumeration(&self, class: Class<'a>, unknowns: &mut Vec<Unknown>) -> ApiShape {
        let mut members = Vec::new();
        for (name, value, _) in crate::read::table::member_values(self.index, class) {
            match value {
                Known::Known(constant) => match json(&constant.value) {
                    Some(text) => members.push((text, name.to_owned())),
                    None => unknowns.push(Unknown::new(class.at(), format!("the value of `{name}`"))),
                },
                Known::Unknown { unknown } => unknowns.push(unknown),
            }
        }
        ApiShape::Enumeration { members }
    }

    fn object(&mut self, class: Class<'a>, environment: &Environment, unknowns: &mut Vec<Unknown>) -> ApiShape {
        let declared = fields(self.index, class);
        let naming = naming(self.index, class, unknowns);
        let is_root = self.index.derives_from(class, "pydantic.RootModel");
        let mut found = Vec::new();
        for field in &declared {
            if is_relationship(self.index, field) {
                continue;
            }
            let environment = self.environment(class, field, environment);
            found.push(self.field(class, field, &environment, naming));
        }
        found.extend(self.computed(class));
        if is_root && let Some(at) = found.iter().position(|field| field.name == "root") {
            return ApiShape::Root { value: Box::new(found.swap_remove(at).value) };
        }
        if self.index.methods(class).iter().any(|method| is_decorated(self.index, *method, "model_serializer")) {
            unknowns.push(Unknown::new(class.at(), "what its `model_serializer` answers"));
        }
        ApiShape::Object { fields: found }
    }

    /// What type parameters stand for in the class that declares a field.
    fn environment(&mut self, class: Class<'a>, field: &Field<'a>, own: &Environment) -> Environment {
        if field.owner == class {
            return own.clone();
        }
        let given = self.index.type_arguments(class, field.owner);
        given.into_iter().map(|(name, scope, expr)| (name.to_owned(), self.value(scope, expr, own))).collect()
    }

    fn field(
        &mut self,
        class: Class<'a>,
        field: &Field<'a>,
        environment: &Environment,
        naming: Option<Naming>,
    ) -> ApiField {
        let scope = field.owner.scope();
        let annotation = self.index.annotation(scope, field.annotation);
        let mut value = self.of_annotation(&annotation, environment);
        let info = info_of(self.index, field);
        if let Some((scope, call)) = info {
            self.bounds(scope, call, &mut value);
        }
        value.checks.extend(field_checks(self.index, class, field.name));
        let (default, missing) = self.default(field, info);
        let text = |name: &str| {
            let (scope, call) = info?;
            self.index.string(scope, keyword(call, name)?).known().cloned()
        };
        let generated = naming.map(|naming| naming.of(field.name));
        let alias = text("alias").or(generated);
        let sent = text("validation_alias").or_else(|| alias.clone()).unwrap_or_else(|| field.name.to_owned());
        let answered = text("serialization_alias").or(alias).unwrap_or_else(|| field.name.to_owned());
        ApiField {
            answered_as: (answered != sent).then_some(answered),
            name: sent,
            answered: self.serialized(class, field.name).map(Box::new),
            required: default.is_none() && !missing,
            value,
            default,
            missing,
            computed: false,
        }
    }

    /// The default, and whether leaving the field out is something of its own: `MISSING`.
    fn default(&self, field: &Field<'a>, info: Option<(Scope<'a>, &'a ExprCall)>) -> (Option<Known<String>>, bool) {
        let scope = field.owner.scope();
        let plain = field.value.filter(|value| !is_info(self.index, scope, value));
        let (scope, value) = match (plain, info) {
            (Some(value), _) => (scope, value),
            (None, Some((scope, call))) => {
                if let Some(factory) = keyword(call, "default_factory") {
                    return (Some(made(scope, factory)), false);
                }
                match call.arguments.find_argument_value("default", 0) {
                    Some(value) => (scope, value),
                    None => return (None, false),
                }
            }
            (None, None) => return (None, false),
        };
        if value.is_ellipsis_literal_expr() {
            return (None, false);
        }
        let is_missing = self.index.resolve(scope, value).library().is_some_and(|path| path.ends_with(".MISSING"));
        if is_missing { (None, true) } else { (Some(default_of(self.index, scope, value)), false) }
    }

    /// What a `field_serializer` answers in a field's place.
    fn serialized(&mut self, class: Class<'a>, name: &str) -> Option<ApiValue> {
        let classes: Vec<Class<'a>> = self.index.mro(class).classes().collect();
        let methods = classes.into_iter().flat_map(|owner| self.index.methods(owner)).collect::<Vec<_>>();
        let method = methods.into_iter().find(|method| {
            let names = decorated_names(self.index, *method, "field_serializer");
            names.iter().any(|known| known == name || known == "*")
        })?;
        Some(match method.def.returns.as_deref() {
            Some(returns) => self.value(method.outer, returns, &Environment::new()),
            None => ApiValue::unknown(Unknown::new(method.at(), "what its serializer answers is not annotated")),
        })
    }

    fn computed(&mut self, class: Class<'a>) -> Vec<ApiField> {
        let classes: Vec<Class<'a>> = self.index.mro(class).classes().collect();
        let methods = classes.into_iter().rev().flat_map(|owner| self.index.methods(owner)).collect::<Vec<_>>();
        let mut found: Vec<ApiField> = Vec::new();
        for method in methods.into_iter().filter(|method| is_decorated(self.index, *method, "computed_field")) {
            let value = match method.def.returns.as_deref() {
                Some(returns) => self.value(method.outer, returns, &Environment::new()),
                None => ApiValue::unknown(Unknown::new(method.at(), "its type is not annotated")),
            };
            found.retain(|field| field.name != method.name());
            found.push(ApiField {
                name: method.name().to_owned(),
                answered_as: None,
                value,
                answered: None,
                required: false,
                default: None,
                missing: false,
                computed: true,
            });
        }
        found
    }
}

/// The name of a class as Pydantic gives it: `Page[ItemPublic]`.
fn label(class: Class<'_>, arguments: &[ApiValue]) -> String {
    let name = class.name();
    if arguments.is_empty() {
        return name.to_owned();
    }
    let arguments: Vec<String> = arguments.iter().map(spoken).collect();
    format!("{name}[{}]", arguments.join(", "))
}

fn spoken(value: &ApiValue) -> String {
    let name = match &value.kind {
        ApiKind::Class { class } => class.split_once(':').map_or(class.as_str(), |(_, label)| label).to_owned(),
        ApiKind::String { format: None } => "str".to_owned(),
        ApiKind::String { format: Some(format) } => match format.as_str() {
            "uuid" => "UUID".to_owned(),
            "date-time" => "datetime".to_owned(),
            other => other.to_owned(),
        },
        ApiKind::Integer => "int".to_owned(),
        ApiKind::Number => "float".to_owned(),
        ApiKind::Decimal { .. } => "Decimal".to_owned(),
        ApiKind::Boolean => "bool".to_owned(),
        ApiKind::Array { items } => format!("list[{}]", spoken(items)),
        ApiKind::Map { values } => format!("dict[str, {}]", spoken(values)),
        ApiKind::Union { of } => {
            return format!("Union[{}]", of.iter().map(spoken).collect::<Vec<_>>().join(", "));
        }
        _ => "Any".to_owned(),
    };
    if value.nullable { format!("Union[{name}, NoneType]") } else { name }
}

/// FastAPI: `fastapi._compat.normalize_name`.
fn normalized(label: &str) -> String {
    label.chars().map(|one| if one.is_ascii_alphanumeric() || ".-_".contains(one) { one } else { '_' }).collect()
}

fn is_dataclass<'a>(index: &Index<'a>, class: Class<'a>) -> bool {
    class.def.decorator_list.iter().any(|decorator| {
        let called = decorator.expression.as_call_expr().map_or(&decorator.expression, |call| &call.func);
        let resolved = index.resolve(class.outer, called);
        resolved.is("dataclasses.dataclass") || resolved.is("pydantic.dataclasses.dataclass")
    })
}

fn is_relationship<'a>(index: &Index<'a>, field: &Field<'a>) -> bool {
    let scope = field.owner.scope();
    let call = field.value.and_then(Expr::as_call_expr);
    call.is_some_and(|call| index.resolve(scope, &call.func).is("sqlmodel.Relationship"))
}

fn is_info<'a>(index: &Index<'a>, scope: Scope<'a>, value: &'a Expr) -> bool {
    let call = value.as_call_expr();
    call.is_some_and(|call| {
        let callee = index.resolve(scope, &call.func);
        callee.library().is_some_and(super::values::is_field_info) || callee.is("dataclasses.field")
    })
}

/// The `Field(…)` of a field: the assigned one, else the last in `Annotated`.
fn info_of<'a>(index: &Index<'a>, field: &Field<'a>) -> Option<(Scope<'a>, &'a ExprCall)> {
    let scope = field.owner.scope();
    let assigned = field.value.filter(|value| is_info(index, scope, value)).and_then(Expr::as_call_expr);
    let in_annotation = || {
        let annotation = index.annotation(scope, field.annotation);
        let found = annotation.metadata.iter().rev().find(|(scope, extra)| is_info(index, *scope, extra));
        found.and_then(|(scope, extra)| Some((*scope, extra.as_call_expr()?)))
    };
    assigned.map(|call| (scope, call)).or_else(in_annotation)
}

/// What `default_factory=list` makes; what other functions make, only running them would tell.
fn made(scope: Scope<'_>, factory: &Expr) -> Known<String> {
    match last_name(factory) {
        Some("list" | "set" | "tuple") => Known::Known("[]".to_owned()),
        Some("dict") => Known::Known("{}".to_owned()),
        _ => Known::Unknown { unknown: scope.file.unknown(factory, format!("`{}` makes it", scope.text(factory))) },
    }
}

/// How names are changed on the way to JSON.
#[derive(Clone, Copy)]
enum Naming {
    Camel,
    Pascal,
}

impl Naming {
    fn of(self, name: &str) -> String {
        let pascal: String = name
            .split('_')
            .map(|part| {
                let mut rest = part.chars();
                rest.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + rest.as_str())
            })
            .collect();
        match self {
            Self::Pascal => pascal,
            Self::Camel => {
                let mut rest = pascal.chars();
                rest.next().map_or_else(String::new, |first| first.to_lowercase().collect::<String>() + rest.as_str())
            }
        }
    }
}

/// The `alias_generator` of a class.
fn naming<'a>(index: &Index<'a>, class: Class<'a>, unknowns: &mut Vec<Unknown>) -> Option<Naming> {
    for owner in index.mro(class).classes() {
        for stmt in &owner.def.body {
            let Stmt::Assign(assign) = stmt else { continue };
            let is_config = assign.targets.iter().any(|target| last_name(target) == Some("model_config"));
            let Some(call) = assign.value.as_call_expr().filter(|_| is_config) else { continue };
            let Some(generator) = keyword(call, "alias_generator") else { continue };
            let resolved = index.resolve(owner.scope(), generator);
            return match resolved.library() {
                Some("pydantic.alias_generators.to_camel") => Some(Naming::Camel),
                Some("pydantic.alias_generators.to_pascal") => Some(Naming::Pascal),
                _ => {
                    let reason = "the names that its `alias_generator` makes";
                    unknowns.push(owner.file().unknown(generator, reason));
                    None
                }
            };
        }
    }
    None
}

fn is_decorated<'a>(index: &Index<'a>, method: crate::resolve::Function<'a>, name: &str) -> bool {
    decorator(index, method, name).is_some()
}

fn decorator<'a>(index: &Index<'a>, method: crate::resolve::Function<'a>, name: &str) -> Option<&'a Expr> {
    method.def.decorator_list.iter().map(|decorator| &decorator.expression).find(|expr| {
        let called = expr.as_call_expr().map_or(*expr, |call| &call.func);
        last_name(called) == Some(name)
            && index.resolve(method.outer, called).library().is_some_and(|path| path.starts_with("pydantic"))
    })
}

/// The field names that a decorator of a method is given.
fn decorated_names<'a>(index: &Index<'a>, method: crate::resolve::Function<'a>, name: &str) -> Vec<String> {
    let call = decorator(index, method, name).and_then(Expr::as_call_expr);
    let arguments = call.map(|call| call.arguments.args.iter().collect::<Vec<_>>()).unwrap_or_default();
    arguments.into_iter().filter_map(|expr| index.string(method.outer, expr).known().cloned()).collect()
}

/// The validators of a field.
fn field_checks<'a>(index: &Index<'a>, class: Class<'a>, name: &str) -> Vec<ApiCheck> {
    let methods = index.mro(class).classes().flat_map(|owner| index.methods(owner));
    let is_one = |method: &crate::resolve::Function<'a>| {
        ["field_validator", "validator"].iter().any(|decorator| {
            let names = decorated_names(index, *method, decorator);
            names.iter().any(|known| known == name || known == "*")
        })
    };
    methods.filter(is_one).map(|method| ApiCheck { name: method.name().to_owned(), at: method.at() }).collect()
}

/// The validators of a class.
fn model_checks<'a>(index: &Index<'a>, class: Class<'a>) -> Vec<ApiCheck> {
    let methods = index.mro(class).classes().flat_map(|owner| index.methods(owner));
    let is_one = |method: &crate::resolve::Function<'a>| {
        ["model_validator", "root_validator"].iter().any(|name| is_decorated(index, *method, name))
    };
    methods.filter(is_one).map(|method| ApiCheck { name: method.name().to_owned(), at: method.at() }).collect()
}

impl<'a> Classes<'_, 'a> {
    /// `Annotated[Decimal, Digits(12, 2)]`: a class of the project that tells Pydantic itself what it reads and answers.
    pub(super) fn custom(&mut self, scope: Scope<'a>, class: Class<'a>, call: &'a ExprCall, value: &mut ApiValue) {
        let method = self.index.member(class, "__get_pydantic_core_schema__").and_then(|(_, member)| member.function());
        let Some(method) = method else { return };
        let inside = method.scope();
        let mut answered = None;
        let mut own = Vec::new();
        let mut checks = false;
        each_expr(&method.def.body, &mut |expr| {
            let Expr::Call(inner) = expr else { return };
            let name = last_name(&inner.func).unwrap_or_default();
            checks |= name.ends_with("validator_function");
            if name == "to_string_ser_schema" {
                answered = Some(());
            }
            if name == "decimal_schema" {
                own.extend(inner.arguments.keywords.iter());
            }
        });
        let serializes = matches!(value.kind, ApiKind::Decimal { .. }) && answered.is_some();
        if !serializes {
            let reason = format!("what `{}` makes of it", scope.text(call));
            *value = ApiValue::unknown(Unknown::new(method.at(), reason));
            return;
        }
        // Text is read by a function of its own: a number is what Pydantic reads in any case.
        value.kind = ApiKind::Decimal { text: !checks, answered_as_text: true };
        for keyword in own {
            let Some(name) = &keyword.arg else { continue };
            let attribute = keyword.value.as_attribute_expr().filter(|one| last_name(&one.value) == Some("self"));
            let given = match attribute {
                Some(attribute) => self.constructed(scope, class, call, attribute.attr.as_str()),
                None => Some((inside, &keyword.value)),
            };
            let Some((scope, given)) = given.filter(|(_, given)| !given.is_none_literal_expr()) else { continue };
            let text = super::constants::text_of(self.index, scope, given);
            value.bounds.retain(|bound| bound.name != name.as_str());
            value.bounds.push(architect_model::ApiBound { name: name.to_string(), value: text });
        }
        let check = ApiCheck { name: scope.text(call).to_owned(), at: method.at() };
        value.checks.push(check);
    }

    /// What an attribute of a dataclass was made with.
    fn constructed(
        &self,
        scope: Scope<'a>,
        class: Class<'a>,
        call: &'a ExprCall,
        name: &str,
    ) -> Option<(Scope<'a>, &'a Expr)> {
        let declared = fields(self.index, class);
        let place = declared.iter().position(|field| field.name == name)?;
        let given = call.arguments.find_argument_value(name, place);
        given.map(|given| (scope, given)).or_else(|| Some((declared[place].owner.scope(), declared[place].value?)))
    }
}
