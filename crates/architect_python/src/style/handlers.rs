//! Functions that answer requests: their routes, parameters, responses, and which of the usual five they are.

use rayon::prelude::*;
use ruff_python_ast::{Expr, ExprCall};

use super::entity::Entity;
use super::facts::{self, Facts, symbol_of};
use super::walk::{keyword, last_name};
use crate::api::{Reach, Rows};
use crate::resolve::{Annotation, Class, Function, Index, Resolution, Scope};
use crate::syntax::File;
use architect_model::{LayerKind, StandardOperation, Symbol};

/// A function that answers requests.
pub(crate) struct Handler<'a> {
    /// The function.
    pub(crate) function: Function<'a>,
    /// The decorator's call.
    pub(crate) call: &'a ExprCall,
    /// Name of the router variable.
    pub(crate) router: &'a str,
    /// HTTP method, upper case.
    pub(crate) method: String,
    /// Path as given to the decorator, where it is a constant.
    pub(crate) path: Option<String>,
    /// What it answers.
    pub(crate) response: Answer<'a>,
    /// Parameters.
    pub(crate) parameters: Vec<Param<'a>>,
    /// Which of the usual five operations it is.
    pub(crate) action: Option<Action>,
    /// Table class that it is about.
    pub(crate) entity: Option<Entity<'a>>,
    /// How much it says about the house.
    pub(crate) weight: u32,
}

/// One of the operations that every resource has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Action {
    /// Several rows.
    List,
    /// One row.
    Read,
    /// A new row.
    Create,
    /// A changed row.
    Update,
    /// One row less.
    Delete,
}

impl Action {
    /// All of them, in the order of the model.
    pub(crate) const ALL: [Self; 5] = [Self::List, Self::Read, Self::Create, Self::Update, Self::Delete];

    /// Its name in the model.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

impl From<Action> for StandardOperation {
    fn from(action: Action) -> Self {
        match action {
            Action::List => Self::List,
            Action::Read => Self::Read,
            Action::Create => Self::Create,
            Action::Update => Self::Update,
            Action::Delete => Self::Delete,
        }
    }
}

/// A handler as the model describes it.
pub(super) fn described<'a>(
    rows: &Rows<'_, 'a>,
    reach: &mut Reach<'a>,
    handler: &Handler<'a>,
) -> architect_model::Handler {
    let index = rows.facts.index;
    // The usual five are what they are: only what does something else is followed.
    let sets = if handler.action.is_none() { crate::api::sets(rows, reach, handler.function) } else { Vec::new() };
    let method = crate::read::layer::method(handler.function);
    let body = handler.parameters.iter().filter(|parameter| handler.sends(parameter));
    let is_plain = |class: &Class<'a>| !index.derives_from(*class, "enum.Enum");
    architect_model::Handler {
        symbol: handler.function.symbol(),
        operation: handler.action.map(StandardOperation::from),
        table: handler.entity.map(|entity| entity.class.symbol()),
        body: body.filter_map(|parameter| parameter.class()?.class()).find(is_plain).map(|class| class.symbol()),
        answer: handler.response.item.map(|class| class.symbol()),
        dependencies: handler
            .parameters
            .iter()
            .filter(|parameter| parameter.depends.is_some())
            .map(|parameter| parameter.name.to_owned())
            .collect(),
        parameters: method.parameters,
        rule: rows.layers.called(rows.facts, handler.function, LayerKind::Service).map(|rule| rule.symbol()),
        sets,
        at: method.at,
    }
}

/// What a handler answers.
#[derive(Clone, Default)]
pub(crate) struct Answer<'a> {
    /// Whether it is declared by `response_model=`.
    pub(crate) by_model: bool,
    /// Whether it is declared by an annotation that is the response itself.
    pub(crate) by_annotation: bool,
    /// `list[…]`.
    pub(crate) bare_list: bool,
    /// A class around the rows: generic or for one entity, with the field that holds them.
    pub(crate) page: Option<(Class<'a>, String)>,
    /// Whether the page's class is generic.
    pub(crate) generic: bool,
    /// Page classes of libraries: `fastapi_pagination.Page`.
    pub(crate) library_page: Option<Symbol>,
    /// The class of one row.
    pub(crate) item: Option<Class<'a>>,
}

/// A parameter of a handler or of a dependency.
pub(crate) struct Param<'a> {
    /// Name.
    pub(crate) name: &'a str,
    /// Annotation taken apart.
    pub(crate) annotation: Option<Annotation<'a>>,
    /// What `Depends` names, where it is a dependency.
    pub(crate) depends: Option<Depends<'a>>,
    /// Default.
    pub(crate) default: Option<&'a Expr>,
}

/// A dependency of a parameter.
pub(crate) struct Depends<'a> {
    /// Function or class inside `Depends(...)`.
    pub(crate) target: Resolution<'a>,
    /// Alias that holds it.
    pub(crate) alias: Option<Symbol>,
    /// Whether it is written in the annotation of the parameter itself.
    pub(crate) annotated: bool,
}

impl<'a> Param<'a> {
    /// The class of the value.
    pub(crate) fn class(&self) -> Option<&Resolution<'a>> {
        self.annotation.as_ref().map(|annotation| &annotation.resolution)
    }
}

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Finds the handlers of all files.
pub(super) fn collect<'a>(facts: &Facts<'a>) -> Vec<Handler<'a>> {
    let found: Vec<Vec<Handler<'a>>> = facts.files.par_iter().map(|file| of_file(facts, file)).collect();
    found.into_iter().flatten().collect()
}

fn of_file<'a>(facts: &Facts<'a>, file: &'a File) -> Vec<Handler<'a>> {
    let functions = facts.index.functions(file).into_iter();
    let methods = facts.index.classes(file).flat_map(|class| facts.index.methods(class));
    let mut found: Vec<Handler<'a>> = functions
        .chain(methods)
        .filter(|function| !function.def.decorator_list.is_empty())
        .filter_map(|function| read(facts, function))
        .collect();
    by_path(&mut found);
    found
}

/// What handlers of one path of a router say of each other: they are about the same row, and where something is put that
/// has no body, a row is linked, which a deletion takes back.
fn by_path(handlers: &mut [Handler<'_>]) {
    let place = |handler: &Handler<'_>| Some((handler.router.to_owned(), handler.path.clone()?));
    let mut known: Vec<(_, Option<Entity<'_>>, bool)> = Vec::new();
    for handler in handlers.iter().filter(|handler| handler.is_on_item()) {
        let Some(place) = place(handler) else { continue };
        known.push((place, handler.entity, handler.method == "PUT" && !handler.has_body()));
    }
    for handler in handlers.iter_mut().filter(|handler| handler.is_on_item()) {
        let Some(place) = place(handler) else { continue };
        let mut beside = known.iter().filter(|(other, ..)| *other == place);
        if handler.entity.is_none() {
            let mut entities = beside.clone().filter_map(|(_, entity, _)| *entity);
            handler.entity = entities.next().filter(|first| entities.all(|other| other.class == first.class));
            handler.action = action(handler);
        }
        if handler.method == "DELETE" && beside.any(|(.., links)| *links) {
            handler.action = None;
        }
    }
}

fn read<'a>(facts: &Facts<'a>, function: Function<'a>) -> Option<Handler<'a>> {
    let index = facts.index;
    let (call, router, method) = function.def.decorator_list.iter().find_map(|decorator| {
        let call = decorator.expression.as_call_expr()?;
        let attribute = call.func.as_attribute_expr()?;
        let method = METHODS.into_iter().find(|method| attribute.attr.as_str() == *method)?;
        let router = last_name(&attribute.value)?;
        is_router(index, function.outer, &attribute.value).then_some((call, router, method))
    })?;
    let path = call.arguments.find_argument_value("path", 0);
    let path = path.and_then(|path| index.string(function.outer, path).known().cloned());
    let parameters = parameters(index, function);
    let response = answer(facts, function, call);
    let mut handler = Handler {
        function,
        call,
        router,
        method: method.to_uppercase(),
        path,
        response,
        parameters,
        action: None,
        entity: None,
        weight: super::vote::USUAL,
    };
    handler.entity = entity(facts, &handler);
    handler.action = action(&handler);
    Some(handler)
}

/// Whether an expression is a router or an application; where its class is not known, its name decides.
fn is_router<'a>(index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) -> bool {
    let named = || last_name(expr).is_some_and(|name| name.contains("router") || name == "app" || name == "api");
    match index.instance(scope, expr) {
        Resolution::Library(path) => {
            path == "fastapi.APIRouter"
                || path == "fastapi.FastAPI"
                || (named() && !path.starts_with("fastapi.testclient"))
        }
        Resolution::Class(class) => {
            index.derives_from(class, "fastapi.APIRouter") || index.derives_from(class, "fastapi.FastAPI") || named()
        }
        _ => named(),
    }
}

/// The parameters of a function, with their dependencies.
pub(crate) fn parameters<'a>(index: &Index<'a>, function: Function<'a>) -> Vec<Param<'a>> {
    let declared = &function.def.parameters;
    let mut found = Vec::with_capacity(declared.len());
    found.extend(declared.iter_non_variadic_params().map(|parameter| {
        let annotation = parameter.annotation().map(|annotation| index.annotation(function.outer, annotation));
        let depends = depends(index, function.outer, parameter.annotation(), annotation.as_ref(), parameter.default());
        Param { name: parameter.name().as_str(), annotation, depends, default: parameter.default() }
    }));
    found
}

fn depends<'a>(
    index: &Index<'a>,
    scope: Scope<'a>,
    written: Option<&'a Expr>,
    annotation: Option<&Annotation<'a>>,
    default: Option<&'a Expr>,
) -> Option<Depends<'a>> {
    let metadata = annotation.into_iter().flat_map(|annotation| annotation.metadata.iter().copied());
    let in_annotation =
        metadata.into_iter().find_map(|(inner, extra)| Some((inner, depends_call(index, inner, extra)?)));
    let in_default = || Some((scope, depends_call(index, scope, default?)?));
    let (inner, call) = in_annotation.or_else(in_default)?;
    let target = match call.arguments.find_argument_value("dependency", 0) {
        Some(target) => index.resolve(inner, target),
        None => annotation?.resolution.clone(),
    };
    // An alias counts only where it holds the dependency, and not the class alone.
    let named = written.filter(|_| in_annotation.is_some()).map(|written| index.resolve(scope, written));
    let alias = named.and_then(|named| named.variable()).map(|variable| variable.symbol());
    let annotated = in_annotation.is_some() && alias.is_none();
    Some(Depends { target, alias, annotated })
}

pub(crate) fn depends_call<'a>(index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) -> Option<&'a ExprCall> {
    let call = expr.as_call_expr()?;
    let function = index.resolve(scope, &call.func);
    (function.is("fastapi.Depends") || function.is("fastapi.Security")).then_some(call)
}

fn answer<'a>(facts: &Facts<'a>, function: Function<'a>, call: &'a ExprCall) -> Answer<'a> {
    let model = keyword(call, "response_model").filter(|model| !model.is_none_literal_expr());
    let returns = function.def.returns.as_deref();
    let Some(expr) = model.or(returns) else { return Answer::default() };
    let mut answer = unfold(facts, function.outer, expr);
    answer.by_model = model.is_some();
    answer.by_annotation = model.is_none() && (answer.item.is_some() || answer.library_page.is_some());
    answer
}

/// Takes a response type apart.
fn unfold<'a>(facts: &Facts<'a>, scope: Scope<'a>, expr: &'a Expr) -> Answer<'a> {
    let index = facts.index;
    let annotation = index.annotation(scope, expr);
    let argument = annotation.arguments.first().map(|argument| index.annotation(annotation.scope, argument).resolution);
    let mut answer = Answer::default();
    match &annotation.resolution {
        Resolution::Class(class) if argument.is_some() => {
            let nested = unfold(facts, annotation.scope, annotation.arguments[0]);
            answer.item = nested.item;
            answer.generic = true;
            match rows_field(index, *class) {
                Some((field, _)) => answer.page = Some((*class, field)),
                // `Response[Page[Item]]`, `Response[list[Item]]`: an envelope around what counts.
                None => {
                    answer.page = nested.page;
                    answer.generic = nested.generic;
                    answer.bare_list = nested.bare_list;
                    answer.library_page = nested.library_page;
                }
            }
        }
        Resolution::Class(class) => match rows_field(index, *class) {
            Some((field, Some(item))) if is_page_of(facts, *class, item) => {
                answer.page = Some((*class, field));
                answer.item = Some(item);
            }
            _ => answer.item = Some(*class),
        },
        Resolution::Builtin("list" | "tuple" | "set") => answer.many(argument),
        Resolution::Library(path)
            if path.ends_with(".Sequence") || path.ends_with(".List") || path.ends_with(".Iterable") =>
        {
            answer.many(argument);
        }
        Resolution::Library(path) => {
            answer.item = argument.and_then(|argument| argument.class());
            if path.ends_with("Page") || path.contains("pagination") || path.contains("crud") {
                answer.library_page = symbol_of(&annotation.resolution).filter(|_| answer.item.is_some());
            }
        }
        _ => {}
    }
    answer
}

/// Whether a class is a page of rows: it is called after what it holds, or after pages. A row that holds rows of another
/// table is called after its own.
fn is_page_of<'a>(facts: &Facts<'a>, class: Class<'a>, item: Class<'a>) -> bool {
    let held = facts.table(item).or_else(|| facts.entity_of_name(item.name())).map(|entity| entity.class);
    let named = facts.entity_of_name(class.name()).map(|entity| entity.class);
    is_page_like(class.name()) || named.is_some_and(|named| held.is_none_or(|held| held == named))
}

fn is_page_like(name: &str) -> bool {
    ["List", "Page", "Paginated", "Collection", "Result"].iter().any(|word| name.contains(word))
}

impl<'a> Answer<'a> {
    fn many(&mut self, item: Option<Resolution<'a>>) {
        self.item = item.and_then(|item| item.class());
        self.bare_list = true;
    }

    /// Whether several rows are answered.
    pub(crate) fn is_list(&self) -> bool {
        self.bare_list || self.page.is_some() || self.library_page.is_some()
    }
}

/// The field of a class that holds a list of rows, and their class: `data: list[ItemPublic]`, `items: list[T]`.
pub(crate) fn rows_field<'a>(index: &Index<'a>, class: Class<'a>) -> Option<(String, Option<Class<'a>>)> {
    let mut lists = index.mro(class).classes().flat_map(|owner| {
        owner.def.body.iter().filter_map(move |stmt| {
            let assign = stmt.as_ann_assign_stmt()?;
            let annotation = index.annotation(owner.scope(), &assign.annotation);
            let is_list = matches!(annotation.resolution, Resolution::Builtin("list"))
                || annotation
                    .resolution
                    .library()
                    .is_some_and(|path| path.ends_with(".Sequence") || path.ends_with(".List"));
            let item = annotation.arguments.first().filter(|_| is_list)?;
            let item = index.annotation(annotation.scope, item).resolution;
            // A list of plain values is a field of the row itself.
            let is_row = matches!(item, Resolution::Class(_) | Resolution::Variable(_)) || item.path().is_none();
            is_row.then(|| (facts::assigned(stmt).unwrap_or_default().to_owned(), item.class()))
        })
    });
    let first = lists.next()?;
    lists.next().is_none().then_some(first)
}

/// The table class that a handler is about: by the class of its answer, of its body, or by its name.
fn entity<'a>(facts: &Facts<'a>, handler: &Handler<'a>) -> Option<Entity<'a>> {
    let answered =
        handler.response.item.and_then(|item| facts.table(item).or_else(|| facts.entity_of_name(item.name())));
    let sent = || {
        let classes = handler.parameters.iter().filter(|parameter| parameter.depends.is_none());
        classes.filter_map(|parameter| parameter.class()?.class()).find_map(|class| facts.entity_of_name(class.name()))
    };
    answered.or_else(sent).or_else(|| facts.entity_in_words(handler.function.name()))
}

impl Handler<'_> {
    /// Whether its path ends in a parameter: that of one row.
    fn is_on_item(&self) -> bool {
        let path = self.path.as_deref().unwrap_or_default();
        path.trim_end_matches('/').rsplit('/').next().is_some_and(|last| last.starts_with('{') && last.ends_with('}'))
    }

    /// Whether it takes something beside what its path and dependencies give.
    fn has_body(&self) -> bool {
        self.parameters.iter().any(|parameter| self.sends(parameter))
    }

    fn sends(&self, parameter: &Param<'_>) -> bool {
        let path = self.path.as_deref().unwrap_or_default();
        let name = parameter.name;
        let in_path = path.contains(&format!("{{{name}}}")) || path.contains(&format!("{{{name}:"));
        parameter.depends.is_none() && !in_path
    }
}

/// Which of the usual five a handler is: by method, path and answer.
fn action(handler: &Handler<'_>) -> Option<Action> {
    let path = handler.path.as_deref()?;
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let on_item = handler.is_on_item();
    // Paths such as `/me` or `/{id}/archive` are actions of their own.
    let on_collection = last.is_empty()
        || handler.entity.is_some_and(|entity| {
            let name = super::words::snake(entity.name());
            let word = last.replace('-', "_");
            word == name || super::words::is_plural_of(&word, &name)
        });
    match handler.method.as_str() {
        "GET" if handler.response.is_list() && on_collection => Some(Action::List),
        "GET" if on_item => Some(Action::Read),
        "POST" if on_collection => Some(Action::Create),
        "PUT" if on_item && handler.has_body() => Some(Action::Update),
        "PATCH" if on_item => Some(Action::Update),
        "DELETE" if on_item => Some(Action::Delete),
        _ => None,
    }
}
