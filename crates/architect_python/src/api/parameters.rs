//! What a function that answers requests takes: parameters, body and credentials, as FastAPI reads them off signatures.

use architect_model::{
    ApiBody, ApiField, ApiKind, ApiParameter, ApiShape, ApiValue, Known, ParameterPlace, SecurityScheme, Unknown,
};
use ruff_python_ast::{Expr, ExprCall};

use super::classes::Classes;
use super::constants::default_of;
use super::values::{Environment, is_field_info};
use crate::read::fields::fields;
use crate::resolve::{Annotation, Class, Function, Resolution, Scope};
use crate::style::handlers::depends_call;
use crate::style::walk::keyword;

/// What a function takes, its dependencies included.
#[derive(Default)]
pub(super) struct Taken<'a> {
    pub(super) parameters: Vec<ApiParameter>,
    bodies: Vec<(String, ApiValue, bool, Media, bool)>,
    pub(super) schemes: Vec<SecurityScheme>,
    /// Scopes that are asked for, as Python source text.
    pub(super) scopes: Vec<String>,
    /// Functions that it depends on, innermost last.
    pub(super) dependencies: Vec<Function<'a>>,
    pub(super) unknowns: Vec<Unknown>,
}

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Media {
    Json,
    Form,
    File,
}

/// A parameter of a function, or a field of a class that stands for parameters.
struct Declared<'a> {
    name: &'a str,
    scope: Scope<'a>,
    annotation: Option<Annotation<'a>>,
    default: Option<&'a Expr>,
    node: &'a Expr,
}

/// Dependencies nested deeper than this depend on each other.
const DEPTH: u8 = 12;

impl<'a> Taken<'a> {
    /// Adds what a function takes. `path` is the route's path, as far as it is known.
    pub(super) fn add(&mut self, classes: &mut Classes<'_, 'a>, function: Function<'a>, path: &str) {
        self.function(classes, function, path, DEPTH);
    }

    fn function(&mut self, classes: &mut Classes<'_, 'a>, function: Function<'a>, path: &str, depth: u8) {
        let is_method = function.class().is_some();
        for parameter in function.def.parameters.iter_non_variadic_params().skip(usize::from(is_method)) {
            let scope = function.outer;
            let annotation = parameter.annotation().map(|annotation| classes.index.annotation(scope, annotation));
            let Some(node) = parameter.annotation().or(parameter.default()) else {
                let reason = format!("the parameter `{}` has no annotation", parameter.name());
                self.unknown(scope.file.unknown(parameter.name(), reason));
                continue;
            };
            let declared =
                Declared { name: parameter.name().as_str(), scope, annotation, default: parameter.default(), node };
            self.declared(classes, &declared, path, depth);
        }
    }

    fn unknown(&mut self, unknown: Unknown) {
        if !self.unknowns.contains(&unknown) {
            self.unknowns.push(unknown);
        }
    }

    fn declared(&mut self, classes: &mut Classes<'_, 'a>, declared: &Declared<'a>, path: &str, depth: u8) {
        let index = classes.index;
        let metadata = || declared.annotation.iter().flat_map(|annotation| annotation.metadata.iter().copied());
        let in_default = declared.default.map(|default| (declared.scope, default));
        let depends = metadata().chain(in_default).find_map(|(scope, extra)| {
            let (scope, extra) = index.followed(scope, extra);
            Some((scope, depends_call(index, scope, extra)?))
        });
        if let Some((scope, call)) = depends {
            return self.depends(classes, declared, scope, call, path, depth);
        }
        if declared.annotation.as_ref().is_some_and(|annotation| is_given(&annotation.resolution)) {
            return;
        }
        // FastAPI: the last one in `Annotated` counts, the default before all.
        let info = in_default.into_iter().chain(metadata().collect::<Vec<_>>().into_iter().rev()).find_map(
            |(scope, extra)| {
                let call = extra.as_call_expr()?;
                let callee = index.resolve(scope, &call.func);
                let name = callee.library().filter(|path| is_field_info(path) && path.starts_with("fastapi"))?;
                Some((scope, call, name.rsplit('.').next().unwrap_or_default().to_owned()))
            },
        );
        let mut value = match &declared.annotation {
            Some(annotation) => classes.of_annotation(annotation, &Environment::new()),
            None => ApiValue::of(ApiKind::Any),
        };
        if let Some((scope, call, _)) = info.as_ref().filter(|_| declared.default.is_some()) {
            classes.bounds(*scope, call, &mut value);
        }
        let (required, default) = default(classes, declared, info.as_ref().map(|(scope, call, _)| (*scope, *call)));
        let alias =
            info.as_ref().and_then(|(scope, call, _)| index.string(*scope, keyword(call, "alias")?).known().cloned());
        let kind = info.map(|(_, _, kind)| kind);
        let in_path = is_in(path, declared.name);
        let embed = kind.as_deref() == Some("Body") && declared.embeds();
        let name = alias.unwrap_or_else(|| declared.name.to_owned());
        let media = match kind.as_deref() {
            Some("Form") => Some(Media::Form),
            Some("File") => Some(Media::File),
            Some("Body") => Some(Media::Json),
            None if !in_path => self.implied(&value, classes),
            _ => None,
        };
        if let Some(media) = media {
            self.bodies.push((name, value, required, media, embed));
            return;
        }
        let place = match kind.as_deref() {
            Some("Header") => ParameterPlace::Header,
            Some("Cookie") => ParameterPlace::Cookie,
            _ if in_path => ParameterPlace::Path,
            _ => ParameterPlace::Query,
        };
        let at = declared.scope.at(declared.node);
        if let Some(fields) = fields_of(classes, &value) {
            // `Annotated[Filters, Query()]`: each field is a parameter.
            for field in fields {
                self.parameters.push(ApiParameter {
                    name: field.name,
                    place,
                    value: field.value,
                    required: field.required,
                    default: field.default,
                    at: at.clone(),
                });
            }
            return;
        }
        let name = if place == ParameterPlace::Header { name.replace('_', "-") } else { name };
        let parameter = ApiParameter { name, place, value, required, default, at };
        if !self.parameters.iter().any(|known| known.name == parameter.name && known.place == place) {
            self.parameters.push(parameter);
        }
    }

    /// What FastAPI takes for a body without being told: classes, and lists and mappings of anything.
    fn implied(&self, value: &ApiValue, classes: &Classes<'_, 'a>) -> Option<Media> {
        match &value.kind {
            ApiKind::String { format } if format.as_deref() == Some("binary") => Some(Media::File),
            ApiKind::Class { class } => match &classes.get(class)?.shape {
                ApiShape::Enumeration { .. } => None,
                ApiShape::Object { .. } | ApiShape::Root { .. } => Some(Media::Json),
            },
            ApiKind::Array { .. } | ApiKind::Map { .. } | ApiKind::Tuple { .. } => Some(Media::Json),
            ApiKind::Union { of } => of.iter().find_map(|member| self.implied(member, classes)),
            _ => None,
        }
    }

    fn depends(
        &mut self,
        classes: &mut Classes<'_, 'a>,
        declared: &Declared<'a>,
        scope: Scope<'a>,
        call: &'a ExprCall,
        path: &str,
        depth: u8,
    ) {
        let Some(depth) = depth.checked_sub(1) else { return };
        if let Some(scopes) = keyword(call, "scopes") {
            let text = scope.text(scopes).split_whitespace().collect::<Vec<_>>().join(" ");
            let is_empty = scopes.as_list_expr().is_some_and(|list| list.elts.is_empty());
            if !is_empty && !self.scopes.contains(&text) {
                self.scopes.push(text);
            }
        }
        let given = call.arguments.find_argument_value("dependency", 0);
        let target = match given {
            Some(target) => classes.index.resolve(scope, target),
            None => match &declared.annotation {
                Some(annotation) => annotation.resolution.clone(),
                None => return,
            },
        };
        if let Some(scheme) = given.and_then(|given| scheme(classes, scope, given)) {
            if !self.schemes.contains(&scheme) {
                self.schemes.push(scheme);
            }
            return;
        }
        match target {
            Resolution::Function(function) => self.dependency(classes, function, path, depth),
            Resolution::Class(class) => self.class(classes, class, path, depth),
            Resolution::Library(path) if path.ends_with("OAuth2PasswordRequestForm") => self.password_form(),
            Resolution::Library(library) => {
                let reason = format!("what `{library}` takes");
                self.unknown(scope.file.unknown(call, reason));
            }
            Resolution::Variable(variable) => {
                // An instance whose class answers calls.
                let class = classes.index.instance(scope, given.unwrap_or(declared.node)).class();
                let called = class.and_then(|class| classes.index.member(class, "__call__"));
                match called.and_then(|(_, member)| member.function()) {
                    Some(function) => self.dependency(classes, function, path, depth),
                    None => self.unknown(Unknown::new(variable.at(), "what this dependency takes")),
                }
            }
            Resolution::Unknown(_) => match given.map(|given| classes.index.followed(scope, given)) {
                // `Depends(requires("admin"))`: the function that the call returns.
                Some((inner, expr)) => match classes.index.resolve(inner, expr) {
                    Resolution::Function(function) => self.dependency(classes, function, path, depth),
                    _ => self.unknown(scope.file.unknown(call, "what this dependency takes")),
                },
                None => self.unknown(scope.file.unknown(call, "what this dependency takes")),
            },
            _ => self.unknown(scope.file.unknown(call, "what this dependency takes")),
        }
    }

    /// Adds a function that is depended on.
    pub(super) fn dependency(&mut self, classes: &mut Classes<'_, 'a>, function: Function<'a>, path: &str, depth: u8) {
        if self.dependencies.iter().any(|known| std::ptr::eq(known.def, function.def)) {
            return;
        }
        self.dependencies.push(function);
        self.function(classes, function, path, depth);
    }

    /// A class that is depended on: its constructor's parameters, or its fields.
    fn class(&mut self, classes: &mut Classes<'_, 'a>, class: Class<'a>, path: &str, depth: u8) {
        let constructor = classes.index.member(class, "__init__").and_then(|(_, member)| member.function());
        if let Some(constructor) = constructor {
            return self.dependency(classes, constructor, path, depth);
        }
        for field in fields(classes.index, class) {
            let scope = field.owner.scope();
            let annotation = Some(classes.index.annotation(scope, field.annotation));
            let declared =
                Declared { name: field.name, scope, annotation, default: field.value, node: field.annotation };
            self.declared(classes, &declared, path, depth);
        }
    }

    /// `OAuth2PasswordRequestForm`, as FastAPI declares it.
    fn password_form(&mut self) {
        for (name, required) in [("username", true), ("password", true), ("scope", false)] {
            let value = ApiValue::of(ApiKind::String { format: None });
            self.bodies.push((name.to_owned(), value, required, Media::Form, true));
        }
    }

    /// The body, all parts together.
    pub(super) fn body(&self, classes: &Classes<'_, 'a>) -> Option<ApiBody> {
        let media = self.bodies.iter().map(|(_, _, _, media, _)| *media).max()?;
        let media = match media {
            Media::Json => "application/json",
            Media::Form => "application/x-www-form-urlencoded",
            Media::File => "multipart/form-data",
        };
        let is_whole = |value: &ApiValue, media: Media| media == Media::Json || fields_of(classes, value).is_some();
        if let [(_, value, required, media_of, false)] = self.bodies.as_slice()
            && is_whole(value, *media_of)
        {
            return Some(ApiBody { media: media.to_owned(), value: value.clone(), required: *required });
        }
        let fields = self.bodies.iter().map(|(name, value, required, _, _)| ApiField {
            name: name.clone(),
            answered_as: None,
            value: value.clone(),
            answered: None,
            required: *required,
            default: None,
            missing: false,
            computed: false,
        });
        let value = ApiValue::of(ApiKind::Object { fields: fields.collect() });
        let required = self.bodies.iter().any(|(_, _, required, _, _)| *required);
        Some(ApiBody { media: media.to_owned(), value, required })
    }
}

impl Declared<'_> {
    fn embeds(&self) -> bool {
        let metadata =
            self.annotation.iter().flat_map(|annotation| annotation.metadata.iter().map(|(_, extra)| *extra));
        metadata.chain(self.default).filter_map(Expr::as_call_expr).any(|call| {
            keyword(call, "embed").is_some_and(|embed| embed.as_boolean_literal_expr().is_some_and(|flag| flag.value))
        })
    }
}

/// The fields of a class of data.
fn fields_of(classes: &Classes<'_, '_>, value: &ApiValue) -> Option<Vec<ApiField>> {
    match &classes.get(value.class()?)?.shape {
        ApiShape::Object { fields } => Some(fields.clone()),
        ApiShape::Enumeration { .. } | ApiShape::Root { .. } => None,
    }
}

/// Whether a parameter must be given, and its default.
fn default<'a>(
    classes: &Classes<'_, 'a>,
    declared: &Declared<'a>,
    info: Option<(Scope<'a>, &'a ExprCall)>,
) -> (bool, Option<Known<String>>) {
    let index = classes.index;
    let (scope, value) = match declared.default {
        Some(Expr::Call(call)) if info.is_some_and(|(_, info)| std::ptr::eq(info, call)) => {
            match call.arguments.find_argument_value("default", 0) {
                Some(value) => (declared.scope, value),
                None => return (true, None),
            }
        }
        Some(value) => (declared.scope, value),
        None => return (true, None),
    };
    if value.is_ellipsis_literal_expr() {
        return (true, None);
    }
    (false, Some(default_of(index, scope, value)))
}

/// What FastAPI gives by itself: the request, tasks for later.
fn is_given(resolution: &Resolution<'_>) -> bool {
    let Some(path) = resolution.library() else { return false };
    let root = path.split('.').next().unwrap_or_default();
    let name = path.rsplit('.').next().unwrap_or_default();
    ["fastapi", "starlette"].contains(&root)
        && ["Request", "Response", "WebSocket", "HTTPConnection", "BackgroundTasks", "SecurityScopes"].contains(&name)
}

/// Whether a path has a parameter of this name.
fn is_in(path: &str, name: &str) -> bool {
    path.contains(&format!("{{{name}}}")) || path.contains(&format!("{{{name}:"))
}

/// The security scheme that a dependency is an instance of.
fn scheme<'a>(classes: &Classes<'_, 'a>, scope: Scope<'a>, expr: &'a Expr) -> Option<SecurityScheme> {
    let index = classes.index;
    let (scope, expr) = index.followed(scope, expr);
    let call = expr.as_call_expr()?;
    let callee = index.resolve(scope, &call.func);
    let library = match &callee {
        Resolution::Class(class) => index.mro(*class).ancestors.iter().find_map(|ancestor| match ancestor {
            crate::resolve::Ancestor::Library(path) if path.starts_with("fastapi.security.") => Some(path.clone()),
            _ => None,
        })?,
        other => other.library()?.to_owned(),
    };
    let class = library.strip_prefix("fastapi.security.")?.rsplit('.').next()?.to_owned();
    let text = |name: &str, place: usize| call.arguments.find_argument_value(name, place);
    let is_oauth = class.starts_with("OAuth2");
    let token_url = text("tokenUrl", 0).filter(|_| is_oauth).map(|url| index.string(scope, url));
    let name = keyword(call, "name").and_then(|name| index.string(scope, name).known().cloned());
    let optional =
        keyword(call, "auto_error").is_some_and(|flag| flag.as_boolean_literal_expr().is_some_and(|flag| !flag.value));
    let own = matches!(&callee, Resolution::Class(class) if index.member(*class, "__call__").is_some());
    Some(SecurityScheme { class, token_url, name, demands: !optional && !own, at: scope.at(call) })
}
