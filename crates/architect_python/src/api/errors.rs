//! What is answered where something is refused: status, words and body.

use architect_model::{ApiField, ApiKind, ApiRaise, ApiValue, ErrorBody, Known, RaiseReason};
use ruff_python_ast::{Expr, ExprCall, FStringPart, InterpolatedStringElement, Stmt};

use super::actions::is_about_owner;
use super::classes::Classes;
use super::guards;
use super::reached::Met;
use super::rows::Rows;
use super::steps::{Condition, StepKind};
use super::values::Environment;
use crate::resolve::{Class, Function, Resolution, Scope};
use crate::style::endpoints::status;
use crate::style::errors::domain::Statuses;
use crate::style::facts::Facts;
use crate::style::walk::{each_expr, each_expr_in, functions, keyword, last_name};

/// How the project answers exceptions.
pub(super) struct Answers<'a> {
    statuses: Statuses,
    /// Functions that answer exceptions, by the import path of the class.
    handlers: Vec<(String, Function<'a>)>,
    /// Attribute of administrators.
    administrator: Option<String>,
}

impl<'a> Answers<'a> {
    /// Reads them.
    pub(super) fn collect(facts: &Facts<'a>, administrator: Option<String>) -> Self {
        let mut handlers = Vec::new();
        for file in facts.files.iter().filter(|file| file.source().contains("exception_handler")) {
            let scope = Scope::module(file);
            for (_, def) in functions(file) {
                let function = Function { outer: scope, def };
                handlers.extend(decorated(facts, function));
                for inner in def.body.iter().filter_map(Stmt::as_function_def_stmt) {
                    handlers.extend(decorated(facts, Function { outer: function.scope(), def: inner }));
                }
            }
            each_expr(file.body(), &mut |expr| {
                let Expr::Call(call) = expr else { return };
                let [class, handler, ..] = &*call.arguments.args else { return };
                if last_name(&call.func) == Some("add_exception_handler") {
                    let path = facts.index.resolve(scope, class).path();
                    let function = facts.index.resolve(scope, handler).function();
                    handlers.extend(path.zip(function));
                }
            });
        }
        Self { statuses: Statuses::collect(facts), handlers, administrator }
    }

    /// What is answered to an invalid request.
    pub(super) fn invalid(&self, classes: &mut Classes<'_, 'a>) -> ErrorBody {
        let own = self.handlers.iter().find(|(path, _)| path.ends_with(".RequestValidationError"));
        own.map_or(ErrorBody::Detail, |(_, function)| body_of(classes, *function))
    }

    /// What a step refuses that raises something; none where that is caught on the way, or no refusal of its own.
    pub(super) fn raise(
        &self,
        rows: &Rows<'_, 'a>,
        classes: &mut Classes<'_, 'a>,
        met: &Met<'a>,
        by_dependency: bool,
    ) -> Option<ApiRaise> {
        let step = met.step();
        let StepKind::Raise(raise) = &step.kind else { return None };
        let exc = raise.exc.as_deref()?;
        let scope = met.function.scope();
        let call = exc.as_call_expr();
        let class = class_of(rows, scope, exc)?;
        if met.caught.iter().any(|caught| caught.iter().any(|path| catches(rows, path, &class))) {
            return None;
        }
        let (status, body) = match &class {
            Exception::Http => (http_status(rows, scope, call, exc), self.http_body(classes)),
            Exception::Own(class) => {
                (self.own_status(rows, scope, *class, call, exc), self.own_body(rows, classes, *class))
            }
        };
        // What nothing answers is a failure of the program, not an answer.
        let status = status?;
        let detail = match call {
            Some(call) => detail(rows, scope, call, &class),
            None => None,
        };
        // A variable may hold an exception with words of its own.
        let is_plain = call.is_some() || rows.facts.index.resolve(scope, exc).class().is_some();
        let has_words = call.is_some_and(|call| !call.arguments.is_empty());
        let detail = match (detail, is_plain, has_words) {
            (None, true, false) => own_detail(rows, &class, true),
            (None, true, true) => own_detail(rows, &class, false),
            (detail, ..) => detail,
        };
        let about = match self.about(rows, met) {
            RaiseReason::Administrator => RaiseReason::Administrator,
            _ if by_dependency => RaiseReason::Caller,
            about => about,
        };
        let instead = step.handling.iter().map(|path| format!("except {}", path.rsplit('.').next().unwrap_or(path)));
        let when = met.when.iter().map(Condition::text).chain(instead).collect();
        Some(ApiRaise { status, detail, when, about, body, at: step.at.clone() })
    }

    fn about(&self, rows: &Rows<'_, 'a>, met: &Met<'a>) -> RaiseReason {
        let step = met.step();
        if step.handling.iter().any(|path| path.ends_with(".IntegrityError")) {
            return RaiseReason::Constraint;
        }
        if step.handling.iter().any(|path| path.ends_with(".StaleDataError")) {
            return RaiseReason::Stale;
        }
        let Some(condition) = step.when.last() else { return RaiseReason::Other };
        let owner = step.when.iter().any(|condition| is_about_owner(rows, condition));
        let administrator = step.when.iter().any(|condition| self.asks_administrator(condition));
        match (owner, administrator) {
            (true, true) => RaiseReason::OwnerOrAdministrator,
            (true, false) => RaiseReason::Owner,
            (false, true) => RaiseReason::Administrator,
            (false, false) => {
                let guards = guards::of(rows, condition.scope, condition.test);
                if guards.iter().any(|guard| guard.allowed.is_ok()) { RaiseReason::State } else { RaiseReason::Other }
            }
        }
    }

    /// Whether a condition reads the attribute of administrators.
    pub(super) fn asks_administrator(&self, condition: &Condition<'a>) -> bool {
        let Some(wanted) = &self.administrator else { return false };
        let mut found = false;
        each_expr_in(condition.test, &mut |inner| {
            found |= inner.as_attribute_expr().is_some_and(|attribute| attribute.attr.as_str() == wanted);
        });
        found
    }

    fn http_body(&self, classes: &mut Classes<'_, 'a>) -> ErrorBody {
        let own = self.handlers.iter().find(|(path, _)| path.ends_with(".HTTPException"));
        match own {
            // A handler that hands on to FastAPI's own answers as that does.
            Some((_, function)) if !hands_on(*function) => body_of(classes, *function),
            _ => ErrorBody::Detail,
        }
    }

    fn own_body(&self, rows: &Rows<'_, 'a>, classes: &mut Classes<'_, 'a>, class: Class<'a>) -> ErrorBody {
        match self.handler(rows, class) {
            Some(function) => body_of(classes, function),
            None => self.http_body(classes),
        }
    }

    fn handler(&self, rows: &Rows<'_, 'a>, class: Class<'a>) -> Option<Function<'a>> {
        let line = rows.facts.index.mro(class).classes();
        line.filter_map(|class| self.handlers.iter().find(|(path, _)| *path == class.path()))
            .map(|(_, function)| *function)
            .next()
    }

    fn own_status(
        &self,
        rows: &Rows<'_, 'a>,
        scope: Scope<'a>,
        class: Class<'a>,
        call: Option<&'a ExprCall>,
        exc: &'a Expr,
    ) -> Option<Known<u16>> {
        let mro = rows.facts.index.mro(class);
        let is_http = mro.has("fastapi.HTTPException") || mro.has("starlette.exceptions.HTTPException");
        let given = call.and_then(|call| keyword(call, "status_code")).and_then(status);
        if let Some((status, _)) = given {
            return Some(Known::Known(status));
        }
        let known = self.statuses.of(rows.facts, class);
        match known {
            Some(status) => Some(Known::Known(status)),
            None if is_http || self.handler(rows, class).is_some() => {
                Some(Known::Unknown { unknown: scope.file.unknown(exc, "the status that it is answered with") })
            }
            None => None,
        }
    }
}

/// The class of something that is raised.
enum Exception<'a> {
    /// FastAPI's own.
    Http,
    /// A class of the project.
    Own(Class<'a>),
}

fn class_of<'a>(rows: &Rows<'_, 'a>, scope: Scope<'a>, exc: &'a Expr) -> Option<Exception<'a>> {
    let index = rows.facts.index;
    let resolved = match exc {
        Expr::Call(call) => match index.resolve(scope, &call.func) {
            // A function that makes the exception.
            Resolution::Function(_) => index.instance(scope, exc),
            other => other,
        },
        _ => match index.resolve(scope, exc) {
            class @ Resolution::Class(_) => class,
            _ => index.instance(scope, exc),
        },
    };
    match resolved {
        Resolution::Class(class) => Some(Exception::Own(class)),
        Resolution::Library(path) if path.ends_with(".HTTPException") => Some(Exception::Http),
        _ => None,
    }
}

fn catches<'a>(rows: &Rows<'_, 'a>, path: &str, class: &Exception<'a>) -> bool {
    if matches!(path, "Exception" | "BaseException") {
        return true;
    }
    match class {
        Exception::Http => path.ends_with(".HTTPException"),
        Exception::Own(class) => rows.facts.index.derives_from(*class, path),
    }
}

/// The call that makes FastAPI's exception: itself, what a variable holds, what a function returns or is given.
fn http_call<'a>(
    rows: &Rows<'_, 'a>,
    scope: Scope<'a>,
    call: Option<&'a ExprCall>,
    exc: &'a Expr,
) -> Option<(Scope<'a>, &'a ExprCall)> {
    let index = rows.facts.index;
    let is_one = |scope: Scope<'a>, call: &'a ExprCall| {
        index.resolve(scope, &call.func).library().is_some_and(|path| path.ends_with("HTTPException"))
    };
    if let Some(call) = call.filter(|call| is_one(scope, call)) {
        return Some((scope, call));
    }
    let (inner, followed) = index.followed(scope, exc);
    if let Some(call) = followed.as_call_expr().filter(|call| is_one(inner, call)) {
        return Some((inner, call));
    }
    let mut given = call?.arguments.args.iter().filter_map(Expr::as_call_expr);
    given.find(|call| is_one(scope, call)).map(|call| (scope, call))
}

fn http_status<'a>(
    rows: &Rows<'_, 'a>,
    scope: Scope<'a>,
    call: Option<&'a ExprCall>,
    exc: &'a Expr,
) -> Option<Known<u16>> {
    let index = rows.facts.index;
    let Some((scope, call)) = http_call(rows, scope, call, exc) else {
        return Some(Known::Unknown { unknown: scope.file.unknown(exc, "the status that it is answered with") });
    };
    let given = call.arguments.find_argument_value("status_code", 0)?;
    let evaluated = || index.constant(scope, given).known()?.value.as_int();
    let number = status(given).map(|(status, _)| status).or_else(|| u16::try_from(evaluated()?).ok());
    let unknown = || scope.file.unknown(given, format!("the status `{}`", scope.text(given)));
    Some(number.map_or_else(|| Known::Unknown { unknown: unknown() }, Known::Known))
}

/// What the client is told.
fn detail<'a>(rows: &Rows<'_, 'a>, scope: Scope<'a>, call: &'a ExprCall, class: &Exception<'a>) -> Option<String> {
    let named = ["detail", "message", "msg"].iter().find_map(|name| keyword(call, name));
    let positional = match class {
        Exception::Http => call.arguments.args.get(1),
        Exception::Own(_) => call.arguments.args.first(),
    };
    words(rows, scope, named.or(positional)?)
}

/// A text, with `{…}` for what is known at run time only.
fn words<'a>(rows: &Rows<'_, 'a>, scope: Scope<'a>, expr: &'a Expr) -> Option<String> {
    if let Some(text) = rows.facts.index.string(scope, expr).known() {
        return Some(text.clone());
    }
    let Expr::FString(string) = expr else { return None };
    let mut text = String::new();
    for part in &string.value {
        match part {
            FStringPart::Literal(literal) => text.push_str(literal),
            FStringPart::FString(inner) => {
                for element in &inner.elements {
                    match element {
                        InterpolatedStringElement::Literal(literal) => text.push_str(literal),
                        InterpolatedStringElement::Interpolation(value) => {
                            text.push_str(&format!("{{{}}}", scope.text(&*value.expression)));
                        }
                    }
                }
            }
        }
    }
    Some(text)
}

/// What a class of the project tells by itself: what its constructor hands on, or the text it holds.
/// The text that a class holds counts only where it is raised without arguments.
fn own_detail<'a>(rows: &Rows<'_, 'a>, class: &Exception<'a>, held: bool) -> Option<String> {
    let Exception::Own(class) = class else { return None };
    for owner in rows.facts.index.mro(*class).classes() {
        for stmt in &owner.def.body {
            let name = crate::style::facts::assigned(stmt);
            let value = match stmt {
                Stmt::Assign(assign) => Some(&*assign.value),
                Stmt::AnnAssign(assign) => assign.value.as_deref(),
                _ => None,
            };
            if held
                && matches!(name, Some("detail" | "message" | "description" | "default_message"))
                && let Some(text) = value.and_then(|value| words(rows, owner.scope(), value))
            {
                return Some(text);
            }
        }
        let constructor = rows.facts.index.methods(owner).into_iter().find(|method| method.name() == "__init__");
        let mut found = None;
        if let Some(constructor) = constructor {
            each_expr(&constructor.def.body, &mut |expr| {
                let Expr::Call(call) = expr else { return };
                if last_name(&call.func) == Some("__init__") && found.is_none() {
                    let given = keyword(call, "detail").or_else(|| keyword(call, "message"));
                    let given = given.or_else(|| call.arguments.args.iter().find(|one| is_text(one)));
                    found =
                        given.filter(|given| is_text(given)).and_then(|given| words(rows, constructor.scope(), given));
                }
            });
        }
        if found.is_some() {
            return found;
        }
    }
    None
}

fn is_text(expr: &Expr) -> bool {
    matches!(expr, Expr::StringLiteral(_) | Expr::FString(_))
}

fn decorated<'a>(facts: &Facts<'a>, function: Function<'a>) -> Option<(String, Function<'a>)> {
    let call = function.def.decorator_list.iter().find_map(|decorator| {
        let call = decorator.expression.as_call_expr()?;
        (last_name(&call.func) == Some("exception_handler")).then_some(call)
    })?;
    Some((facts.index.resolve(function.outer, call.arguments.args.first()?).path()?, function))
}

/// Whether a handler hands an exception on to FastAPI's own handler.
fn hands_on(function: Function<'_>) -> bool {
    let mut found = false;
    each_expr(&function.def.body, &mut |expr| {
        found |= expr.as_call_expr().and_then(|call| last_name(&call.func)) == Some("http_exception_handler");
    });
    found
}

/// The body that a handler answers with.
fn body_of<'a>(classes: &mut Classes<'_, 'a>, function: Function<'a>) -> ErrorBody {
    let mut contents: Vec<&'a Expr> = Vec::new();
    each_expr(&function.def.body, &mut |expr| {
        let Expr::Call(call) = expr else { return };
        if last_name(&call.func).is_some_and(|name| name.ends_with("Response")) {
            contents.extend(keyword(call, "content").or_else(|| call.arguments.args.first()));
        }
    });
    let value = match contents.as_slice() {
        [content] => shape(classes, function.scope(), content),
        _ => ApiValue::unknown(architect_model::Unknown::new(function.at(), "the body that it answers with")),
    };
    ErrorBody::Own { value: Box::new(value), at: function.at() }
}

/// The JSON that an expression makes.
fn shape<'a>(classes: &mut Classes<'_, 'a>, scope: Scope<'a>, expr: &'a Expr) -> ApiValue {
    let too_deep = || scope.file.unknown(expr, "a value that is made of itself");
    classes.nested(too_deep, |classes| made_by(classes, scope, expr))
}

fn made_by<'a>(classes: &mut Classes<'_, 'a>, scope: Scope<'a>, expr: &'a Expr) -> ApiValue {
    match expr {
        Expr::Dict(dict) => {
            let mut fields = Vec::new();
            for item in &dict.items {
                let name = item.key.as_ref().and_then(|key| classes.index.string(scope, key).known().cloned());
                let Some(name) = name else {
                    return ApiValue::unknown(scope.file.unknown(expr, "the keys of this object"));
                };
                let value = shape(classes, scope, &item.value);
                fields.push(ApiField {
                    name,
                    answered_as: None,
                    value,
                    answered: None,
                    required: true,
                    default: None,
                    missing: false,
                    computed: false,
                });
            }
            ApiValue::of(ApiKind::Object { fields })
        }
        Expr::StringLiteral(_) | Expr::FString(_) => ApiValue::of(ApiKind::String { format: None }),
        Expr::NumberLiteral(_) => ApiValue::of(ApiKind::Number),
        Expr::BooleanLiteral(_) => ApiValue::of(ApiKind::Boolean),
        Expr::NoneLiteral(_) => ApiValue::of(ApiKind::Null),
        Expr::List(list) => {
            let item = list.elts.first().map(|item| shape(classes, scope, item));
            ApiValue::of(ApiKind::Array { items: Box::new(item.unwrap_or_else(|| ApiValue::of(ApiKind::Any))) })
        }
        Expr::ListComp(list) => {
            let items = Box::new(shape(classes, scope, &list.elt));
            ApiValue::of(ApiKind::Array { items })
        }
        Expr::Call(call) => called(classes, scope, call),
        Expr::Name(_) | Expr::Attribute(_) => named(classes, scope, expr),
        Expr::Subscript(subscript) => validation_item(subscript)
            .unwrap_or_else(|| ApiValue::unknown(scope.file.unknown(expr, "the type of this value"))),
        _ => ApiValue::unknown(scope.file.unknown(expr, "the type of this value")),
    }
}

/// Pydantic: what `errors()` holds of each error.
fn validation_item(subscript: &ruff_python_ast::ExprSubscript) -> Option<ApiValue> {
    let key = subscript.slice.as_string_literal_expr()?.value.to_str();
    Some(match key {
        "msg" | "type" => ApiValue::of(ApiKind::String { format: None }),
        "loc" => {
            let of = vec![ApiValue::of(ApiKind::String { format: None }), ApiValue::of(ApiKind::Integer)];
            let items = Box::new(ApiValue::of(ApiKind::Union { of }));
            ApiValue::of(ApiKind::Array { items })
        }
        _ => return None,
    })
}

fn called<'a>(classes: &mut Classes<'_, 'a>, scope: Scope<'a>, call: &'a ExprCall) -> ApiValue {
    let inner = || call.func.as_attribute_expr().map(|attribute| &*attribute.value);
    match last_name(&call.func) {
        Some("str") => ApiValue::of(ApiKind::String { format: None }),
        Some("int") => ApiValue::of(ApiKind::Integer),
        Some("jsonable_encoder") => match call.arguments.args.first() {
            Some(given) => shape(classes, scope, given),
            None => ApiValue::of(ApiKind::Any),
        },
        Some("errors") => ApiValue::of(ApiKind::Array { items: Box::new(ApiValue::of(ApiKind::Any)) }),
        Some("model_dump" | "dict") => match inner().map(|inner| classes.index.instance(scope, inner)) {
            Some(Resolution::Class(class)) => classes.class(class, Vec::new()),
            _ => ApiValue::unknown(scope.file.unknown(call, "what this call makes")),
        },
        _ => ApiValue::unknown(scope.file.unknown(call, "what this call makes")),
    }
}

/// The type of a variable, or of an attribute of an exception.
fn named<'a>(classes: &mut Classes<'_, 'a>, scope: Scope<'a>, expr: &'a Expr) -> ApiValue {
    let index = classes.index;
    let unknown = || ApiValue::unknown(scope.file.unknown(expr, "the type of this value"));
    if let Resolution::Variable(variable) = index.resolve(scope, expr) {
        if let Some(annotation) = variable.annotation {
            return classes.value(variable.scope, annotation, &Environment::new());
        }
        return match variable.value {
            Some(value) => made_of(classes, variable.scope, value),
            None => unknown(),
        };
    }
    let Expr::Attribute(attribute) = expr else { return unknown() };
    let class = index.instance(scope, &attribute.value);
    match (class, attribute.attr.as_str()) {
        (Resolution::Library(path), "status_code") if path.ends_with("HTTPException") => ApiValue::of(ApiKind::Integer),
        (Resolution::Library(path), "detail") if path.ends_with("HTTPException") => {
            ApiValue::of(ApiKind::String { format: None })
        }
        _ => unknown(),
    }
}

/// What a value assigned in a constructor is: a parameter, or one of two.
fn made_of<'a>(classes: &mut Classes<'_, 'a>, scope: Scope<'a>, value: &'a Expr) -> ApiValue {
    match value {
        Expr::BoolOp(parts) => match parts.values.first() {
            Some(first) => ApiValue { nullable: false, ..made_of(classes, scope, first) },
            None => ApiValue::of(ApiKind::Any),
        },
        Expr::Name(_) => match classes.index.resolve(scope, value) {
            Resolution::Parameter { scope, parameter, .. } => match parameter.annotation() {
                Some(annotation) => classes.value(scope, annotation, &Environment::new()),
                None => ApiValue::unknown(scope.file.unknown(parameter, "its type is not annotated")),
            },
            _ => shape(classes, scope, value),
        },
        _ => shape(classes, scope, value),
    }
}
