//! What is known of the whole project while uses are looked for: classes, members, return types, endpoints.

use std::sync::Arc;

use architect_model::{Project, Subject, Symbol};
use ruff_python_ast::{Expr, Stmt};
use rustc_hash::FxHashMap;

use super::carriers::Carriers;
use super::flow::{Flow, Passed};
use super::routes::Routes;
use super::types::{Bound, Type};
use crate::resolve::{Class, Function, Index, Resolution, Scope, Variable};
use crate::style::facts::address;
use crate::style::walk::each_stmt;
use crate::syntax::{File, Memo};

/// How deep the arguments of a type are looked into.
const NESTED: u8 = 6;

/// How many functions without annotations are followed into each other.
pub(super) const DEPTH: u8 = 5;

/// What is known of the whole project.
pub(super) struct World<'w, 'a>
where
    'w: 'a,
{
    /// Answers what names mean.
    pub(super) index: &'a Index<'a>,
    /// What the project was read as.
    pub(super) project: &'w Project,
    /// What uses are looked for.
    pub(super) subject: &'w Subject,
    /// The classes that have it.
    pub(super) carriers: Carriers<'a>,
    /// The endpoints, by their paths.
    pub(super) routes: Routes,
    /// The type of the field's enumeration, where a value of it is the subject.
    pub(super) enumeration: Option<Class<'a>>,
    /// Whether classes besides those have an attribute of that name.
    pub(super) elsewhere: Option<String>,
    returns: Memo<(usize, u8), Type<'a>>,
    annotations: Memo<usize, Type<'a>>,
    members: Memo<(usize, &'a str, bool, u8), Type<'a>>,
    fixtures: Memo<(usize, String), Option<Function<'a>>>,
    passed: Memo<usize, Passed<'a>>,
    folders: FxHashMap<&'a str, &'a File>,
    pub(super) modules: FxHashMap<&'a str, &'a File>,
    pub(super) handlers: FxHashMap<&'w Symbol, usize>,
}

impl<'w, 'a> World<'w, 'a> {
    /// The world of one subject.
    pub(super) fn new(
        index: &'a Index<'a>,
        project: &'w Project,
        subject: &'w Subject,
        carriers: Carriers<'a>,
    ) -> Self {
        let files = index.files().project();
        let conftests = files.iter().filter(|file| file.path.rsplit('/').next() == Some("conftest.py"));
        let folders = conftests.map(|file| (crate::style::path::folder(&file.path), file)).collect();
        let mut world = Self {
            index,
            project,
            subject,
            carriers,
            routes: Routes::of(project),
            enumeration: None,
            elsewhere: None,
            returns: Memo::with_buckets(files.len() * 8),
            annotations: Memo::with_buckets(files.len() * 16),
            members: Memo::with_buckets(files.len() * 16),
            fixtures: Memo::with_buckets(files.len()),
            passed: Memo::with_buckets(files.len()),
            folders,
            modules: files.iter().map(|file| (file.module.as_str(), file)).collect(),
            handlers: project.handlers.iter().enumerate().map(|(number, one)| (&one.symbol, number)).collect(),
        };
        world.enumeration = world.enumeration_of_field().filter(|_| subject.member.is_some());
        world.elsewhere = super::carriers::elsewhere(&world);
        world
    }

    /// The attribute that uses are looked for.
    pub(super) fn field(&self) -> Option<&'w str> {
        self.subject.field.as_deref()
    }

    /// What a resolved name stands for.
    pub(super) fn of(&self, resolution: &Resolution<'a>, depth: u8) -> Type<'a> {
        match resolution {
            Resolution::Class(class) => Type::Class(*class, Arc::from([])),
            Resolution::Function(function) => Type::Function(*function, None),
            Resolution::Module(_) | Resolution::Namespace(_) => Type::Module,
            Resolution::Library(path) => Type::Symbol(Arc::from(path.as_str())),
            Resolution::Builtin(name) => Type::Symbol(Arc::from(format!("builtins.{name}"))),
            Resolution::Variable(variable) => self.variable(*variable, depth),
            Resolution::Parameter { scope, parameter } => match parameter.annotation() {
                Some(annotation) => self.annotated(*scope, annotation, &Arc::from([])),
                None => Type::Unknown,
            },
            Resolution::Unknown(_) => Type::Unknown,
        }
    }

    fn variable(&self, variable: Variable<'a>, depth: u8) -> Type<'a> {
        let declared = variable.annotation.map(|annotation| self.annotated(variable.scope, annotation, &Arc::from([])));
        if let Some(declared) = declared
            && !is_vague(&declared)
        {
            return declared;
        }
        let (Some(value), Some(depth)) = (variable.value, depth.checked_sub(1)) else { return Type::Unknown };
        let value = Flow::silent(self, variable.scope, depth).expr(value);
        match (variable.element, value) {
            (None, value) => value,
            (Some(number), Type::Tuple(items)) => items.get(number).cloned().unwrap_or(Type::Unknown),
            (Some(_), value) => value.item(),
        }
    }

    /// The type that an annotation says. `bound` are the type variables in force.
    pub(super) fn annotated(&self, scope: Scope<'a>, expr: &'a Expr, bound: &Bound<'a>) -> Type<'a> {
        if bound.is_empty() {
            return self.annotations.get_or(address(expr), || self.annotated_in(scope, expr, bound, NESTED)).clone();
        }
        self.annotated_in(scope, expr, bound, NESTED)
    }

    /// The same; a type may be an argument of itself: `Json = dict[str, "Json"]`.
    fn annotated_in(&self, scope: Scope<'a>, expr: &'a Expr, bound: &Bound<'a>, steps: u8) -> Type<'a> {
        let Some(steps) = steps.checked_sub(1) else { return Type::Unknown };
        let parts = self.index.annotation(scope, expr);
        let first = self.plain_annotation(&parts, bound, steps);
        let others = parts.alternatives.iter().map(|(scope, expr)| self.annotated_in(*scope, expr, bound, steps));
        others.fold(first, Type::or)
    }

    fn plain_annotation(&self, parts: &crate::resolve::Annotation<'a>, bound: &Bound<'a>, steps: u8) -> Type<'a> {
        let argument = |number: usize| match parts.arguments.get(number) {
            Some(argument) => self.annotated_in(parts.scope, argument, bound, steps),
            None => Type::Unknown,
        };
        match &parts.resolution {
            Resolution::Class(class) => {
                let names = self.index.type_parameters(*class);
                let given = names.into_iter().enumerate().filter(|(number, _)| *number < parts.arguments.len());
                Type::Object(*class, given.map(|(number, name)| (name, argument(number))).collect())
            }
            Resolution::Builtin(name) => of_builtin(name, argument, parts.arguments.len()),
            Resolution::Library(path) => of_library(path, argument, parts.arguments.len()),
            Resolution::Variable(variable) => self.type_variable(*variable, bound, steps),
            _ => match parts.expr {
                Expr::Name(name) => known(bound, name.id.as_str()).unwrap_or(Type::Unknown),
                _ => Type::Unknown,
            },
        }
    }

    /// What a type variable stands for: what it is bound to here, else what it is declared to be bound by.
    fn type_variable(&self, variable: Variable<'a>, bound: &Bound<'a>, steps: u8) -> Type<'a> {
        if let Some(found) = known(bound, variable.name) {
            return found;
        }
        let Some(Expr::Call(call)) = variable.value else { return Type::Unknown };
        match call.arguments.find_keyword("bound") {
            Some(keyword) => self.annotated_in(variable.scope, &keyword.value, &Arc::from([]), steps),
            None => Type::Unknown,
        }
    }

    /// The type variables of `owner` as `class` fills them.
    pub(super) fn bound_in(&self, class: Class<'a>, bound: &Bound<'a>, owner: Class<'a>) -> Bound<'a> {
        if class == owner {
            return Arc::clone(bound);
        }
        let given = self.index.type_arguments(class, owner).into_iter();
        given.map(|(name, scope, expr)| (name, self.annotated(scope, expr, bound))).collect()
    }

    /// The type variables of the class that has a method, as the object or class fills them whose method it is.
    pub(super) fn filled(&self, method: Function<'a>, receiver: &Type<'a>) -> Option<Bound<'a>> {
        let (Type::Object(class, bound) | Type::Class(class, bound)) = receiver else { return None };
        let owner = self.index.mro(*class).classes().find(|known| method.class().as_ref() == Some(known));
        Some(owner.map_or_else(|| Arc::clone(bound), |owner| self.bound_in(*class, bound, owner)))
    }

    /// The type of a member of a value.
    pub(super) fn member(&self, owner: &Type<'a>, name: &'a str, depth: u8) -> Type<'a> {
        owner.map(|one| self.member_of_one(one, name, depth))
    }

    fn member_of_one(&self, owner: &Type<'a>, name: &'a str, depth: u8) -> Type<'a> {
        match owner {
            Type::Object(class, bound) if bound.is_empty() => {
                let key = (address(class.def), name, false, depth);
                self.members.get_or(key, || self.of_class(*class, bound, name, false, depth, owner)).clone()
            }
            Type::Object(class, bound) => self.of_class(*class, bound, name, false, depth, owner),
            Type::Class(class, bound) => match name {
                "__table__" => Type::Table(*class),
                _ => self.of_class(*class, bound, name, true, depth, owner),
            },
            Type::Table(class) if matches!(name, "c" | "columns") => Type::Columns(*class),
            Type::Columns(class) => Type::Column(*class, name, Arc::new(Type::Unknown)),
            Type::Tuple(items) => {
                let named = items.iter().find_map(|item| match item {
                    Type::Column(_, column, inner) if *column == name => Some((**inner).clone()),
                    Type::Object(class, _) if class.name() == name => Some(item.clone()),
                    _ => None,
                });
                named.unwrap_or_else(|| Type::Method(Arc::new(owner.clone()), name))
            }
            Type::Unknown | Type::Module => Type::Unknown,
            Type::Symbol(path) => Type::Symbol(Arc::from(format!("{path}.{name}"))),
            Type::Column(_, _, inner) if matches!(**inner, Type::Object(..)) && !is_operator(name) => {
                self.member(inner, name, depth)
            }
            _ => Type::Method(Arc::new(owner.clone()), name),
        }
    }

    fn of_class(
        &self,
        class: Class<'a>,
        bound: &Bound<'a>,
        name: &'a str,
        on_class: bool,
        depth: u8,
        receiver: &Type<'a>,
    ) -> Type<'a> {
        let Some((owner, member)) = self.index.member(class, name) else {
            return match self.index.instance_attribute(class, name).or_else(|| self.set_in_a_method(class, name)) {
                Some(variable) => self.assigned(class, bound, variable, depth),
                None => Type::Method(Arc::new(receiver.clone()), name),
            };
        };
        let inner = self.bound_in(class, bound, owner);
        let value = match member {
            Resolution::Function(function) if is_property(function) => {
                self.returned(function, Some(receiver), &inner, depth)
            }
            Resolution::Function(function) => return Type::Function(function, Some(Arc::new(receiver.clone()))),
            Resolution::Variable(variable) => match variable.annotation {
                Some(annotation) => self.annotated(variable.scope, annotation, &inner),
                None if self.index.derives_from(class, "enum.Enum") => return Type::object(class),
                None => self.variable(variable, depth),
            },
            other => self.of(&other, depth),
        };
        let is_table = on_class && self.carriers.is_table(class);
        if is_table { Type::Column(class, name, Arc::new(value)) } else { value }
    }

    /// `self.name = …` in any method of a class or of one it derives from.
    fn set_in_a_method(&self, class: Class<'a>, name: &'a str) -> Option<Variable<'a>> {
        let owners = self.index.mro(class).classes().filter(|owner| !owner.file().installed);
        let mut methods = owners.flat_map(|owner| self.index.methods(owner));
        methods.find_map(|method| {
            let mut found = None;
            each_stmt(&method.def.body, &mut |stmt| {
                let (target, annotation, value) = match stmt {
                    Stmt::Assign(assign) => (assign.targets.first(), None, Some(&*assign.value)),
                    Stmt::AnnAssign(assign) => {
                        (Some(&*assign.target), Some(&*assign.annotation), assign.value.as_deref())
                    }
                    _ => return,
                };
                if let Some(Expr::Attribute(attribute)) = target
                    && attribute.attr.as_str() == name
                    && attribute.value.as_name_expr().is_some_and(|owner| owner.id == "self")
                {
                    let (scope, range) = (method.scope(), attribute.range);
                    let variable = Variable { scope, name, annotation, value, element: None, range };
                    found = found.or(Some(variable));
                }
            });
            found
        })
    }

    /// What `self.name = …` holds.
    fn assigned(&self, class: Class<'a>, bound: &Bound<'a>, variable: Variable<'a>, depth: u8) -> Type<'a> {
        let owner = variable.scope.frames().find_map(|frame| match frame {
            crate::resolve::Frame::Class(def) => Some(def),
            _ => None,
        });
        let owner = self.index.mro(class).classes().find(|known| Some(known.def) == owner);
        let inner = owner.map_or_else(|| Arc::clone(bound), |owner| self.bound_in(class, bound, owner));
        if let Some(annotation) = variable.annotation {
            return self.annotated(variable.scope, annotation, &inner);
        }
        let (Some(value), Some(depth)) = (variable.value, depth.checked_sub(1)) else { return Type::Unknown };
        let mut flow = Flow::silent(self, variable.scope, depth);
        flow.enter_parameters(&Type::Object(class, Arc::clone(bound)), &inner);
        flow.expr(value)
    }

    /// What a call of a function gives.
    pub(super) fn returned(
        &self,
        function: Function<'a>,
        receiver: Option<&Type<'a>>,
        bound: &Bound<'a>,
        depth: u8,
    ) -> Type<'a> {
        let declared = match &function.def.returns {
            Some(annotation) if is_self(annotation) || is_own_type(function, annotation) => {
                receiver.cloned().map(as_object)
            }
            Some(annotation) => Some(self.annotated(function.outer, annotation, bound)),
            None => None,
        };
        match declared {
            Some(declared) if !is_vague(&declared) => declared,
            declared => match (self.inferred(function, depth), declared) {
                (Type::Unknown, Some(declared)) => declared,
                (inferred, _) => inferred,
            },
        }
    }

    /// What the `return` statements of a function give.
    fn inferred(&self, function: Function<'a>, depth: u8) -> Type<'a> {
        let Some(depth) = depth.checked_sub(1) else { return Type::Unknown };
        let key = (address(function.def), depth);
        self.returns.get_or(key, || Flow::silent(self, function.scope(), depth).result_of(function)).clone()
    }

    /// What the calls of a file pass to its own functions.
    pub(super) fn passed(&self, file: &'a File) -> &Passed<'a> {
        self.passed.get_or(address(file), || Flow::passed_in(self, file))
    }

    /// The fixture that a parameter of a test or fixture is filled with.
    pub(super) fn fixture(&self, file: &'a File, name: &str) -> Option<Function<'a>> {
        *self.fixtures.get_or((address(file), name.to_owned()), || self.find_fixture(file, name))
    }

    fn find_fixture(&self, file: &'a File, name: &str) -> Option<Function<'a>> {
        let mut folder = crate::style::path::folder(&file.path);
        let mut files = vec![file];
        loop {
            files.extend(self.folders.get(folder).copied());
            if folder.is_empty() {
                break;
            }
            folder = crate::style::path::folder(folder);
        }
        files.into_iter().find_map(|file| {
            let member = self.index.module_member(file, name)?.function()?;
            is_fixture(member).then_some(member)
        })
    }
}

fn known<'a>(bound: &Bound<'a>, name: &str) -> Option<Type<'a>> {
    bound.iter().find(|(known, _)| *known == name).map(|(_, found)| found.clone())
}

/// Whether a declared type says less than what is returned: `Any`, `dict[str, Any]`, `str`, `object`.
pub(super) fn is_vague(declared: &Type<'_>) -> bool {
    match declared {
        Type::Unknown | Type::Plain => true,
        Type::Keyed(value) | Type::Many(value) => is_vague(value),
        Type::Instance(path) => {
            path.ends_with(".Response") || path.ends_with(".Select") || path.contains(".Executable")
        }
        _ => false,
    }
}

fn is_self(annotation: &Expr) -> bool {
    match annotation {
        Expr::Name(name) => name.id == "Self",
        Expr::StringLiteral(text) => text.value.to_str() == "Self",
        _ => false,
    }
}

/// Whether a method gives back the type of what it is called on, as before there was `Self`:
/// `def __enter__(self: T) -> T`, `def of(cls: type[T]) -> T`.
fn is_own_type(method: Function<'_>, returns: &Expr) -> bool {
    let first = method.def.parameters.iter_non_variadic_params().next().filter(|_| method.class().is_some());
    let own = match first.and_then(|parameter| parameter.annotation()) {
        Some(Expr::Subscript(subscript)) => Some(&*subscript.slice),
        annotation => annotation,
    };
    let name = |expr: &Expr| expr.as_name_expr().map(|name| name.id.clone());
    own.and_then(name).is_some_and(|own| name(returns) == Some(own))
}

/// An instance, where a class is called or answers for one.
pub(super) fn as_object(one: Type<'_>) -> Type<'_> {
    match one {
        Type::Class(class, bound) => Type::Object(class, bound),
        other => other,
    }
}

/// Operators of columns: what they give has no fields.
fn is_operator(name: &str) -> bool {
    matches!(name, "in_" | "is_" | "is_not" | "any" | "has" | "asc" | "desc" | "label" | "ilike" | "like" | "contains")
}

fn is_property(function: Function<'_>) -> bool {
    function.def.decorator_list.iter().any(|decorator| {
        let name = crate::style::walk::last_name(&decorator.expression);
        matches!(name, Some("property" | "cached_property" | "hybrid_property" | "computed_field" | "declared_attr"))
    })
}

/// Whether a function is a fixture of pytest.
pub(super) fn is_fixture(function: Function<'_>) -> bool {
    let mut decorators = function.def.decorator_list.iter();
    decorators.any(|decorator| crate::style::walk::last_name(&decorator.expression) == Some("fixture"))
}

fn of_builtin<'a>(name: &str, argument: impl Fn(usize) -> Type<'a>, arguments: usize) -> Type<'a> {
    match name {
        "list" | "set" | "frozenset" => Type::many(argument(0)),
        "dict" => Type::Keyed(Arc::new(argument(1))),
        "tuple" => Type::Tuple((0..arguments).map(argument).filter(|one| !matches!(one, Type::Plain)).collect()),
        "type" => argument(0).map(|one| match one {
            Type::Object(class, bound) => Type::Class(*class, Arc::clone(bound)),
            _ => Type::Unknown,
        }),
        "object" => Type::Unknown,
        _ => Type::Plain,
    }
}

fn of_library<'a>(path: &str, argument: impl Fn(usize) -> Type<'a>, arguments: usize) -> Type<'a> {
    let last = path.rsplit('.').next().unwrap_or(path);
    match last {
        "Any" | "Self" => Type::Unknown,
        "List" | "Set" | "FrozenSet" | "Sequence" | "Iterable" | "Iterator" | "Collection" | "AsyncIterator"
        | "AsyncIterable" | "AsyncGenerator" | "Generator" | "MutableSequence" | "Deque" | "deque" => {
            Type::many(argument(0))
        }
        "Dict" | "Mapping" | "MutableMapping" | "defaultdict" | "OrderedDict" => Type::Keyed(Arc::new(argument(1))),
        "Tuple" => Type::Tuple((0..arguments).map(argument).collect()),
        "Type" => argument(0).map(|one| match one {
            Type::Object(class, bound) => Type::Class(*class, Arc::clone(bound)),
            _ => Type::Unknown,
        }),
        "Awaitable" => argument(0),
        "Coroutine" => argument(2),
        "Select" | "SelectOfScalar" if arguments > 0 => Type::Statement(statement_row(argument(0))),
        "ScalarResult" | "AsyncScalarResult" => Type::Rows(Arc::from([argument(0)]), true),
        "Result" | "CursorResult" | "TupleResult" if arguments > 0 => Type::Rows(statement_row(argument(0)), false),
        "Row" if arguments > 0 => argument(0),
        "Callable" => Type::Unknown,
        _ => Type::Instance(Arc::from(path)),
    }
}

/// The rows of `Select[tuple[Item, int]]`.
fn statement_row(argument: Type<'_>) -> Arc<[Type<'_>]> {
    match argument {
        Type::Tuple(items) => items,
        one => Arc::from([one]),
    }
}
