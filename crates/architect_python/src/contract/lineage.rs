//! A class and the classes that it derives from, with what type variables stand for in each.

use std::rc::Rc;

use architect_model::Location;
use architect_model::contract::Type;
use ruff_python_ast::Expr;
use rustc_hash::FxHashMap;

use super::types::{Types, Variables, type_variables};
use crate::interpret::{Class, Kind, Scope, Value};

/// A class and its ancestors.
pub(super) struct Lineage<'a> {
    /// In method resolution order.
    pub(super) classes: Vec<(Rc<Class<'a>>, Variables)>,
    /// `X` of `RootModel[X]` among the bases.
    pub(super) root_argument: Option<Value<'a>>,
    arguments: Vec<Type>,
    /// How Python shows the arguments.
    pub(super) shown: Vec<String>,
}

impl Lineage<'_> {
    /// What tells a generic class with its arguments from the same with others.
    pub(super) fn key(&self) -> String {
        match self.arguments.is_empty() {
            true => String::new(),
            false => format!("{:?}", self.arguments),
        }
    }

    /// What type variables stand for in the class itself.
    pub(super) fn own(&self) -> Variables {
        self.classes.first().map(|(_, variables)| variables.clone()).unwrap_or_default()
    }
}

/// Library classes whose own members are no fields.
pub(super) fn is_known_base(path: &str) -> bool {
    let top = path.split('.').next().unwrap_or(path);
    matches!(
        top,
        "pydantic"
            | "pydantic_settings"
            | "sqlmodel"
            | "typing"
            | "abc"
            | "builtins"
            | "enum"
            | "sqlalchemy"
            | "str"
            | "int"
    )
}

impl<'a> Types<'_, 'a> {
    /// A class with its ancestors, and what the type variables of each stand for.
    pub(super) fn lineage(&mut self, class: &Rc<Class<'a>>, arguments: &[Value<'a>], at: &Location) -> Lineage<'a> {
        let given: Vec<(Type, String)> = match arguments {
            [] => self.implied(class),
            _ => arguments.iter().map(|argument| (self.of(argument, at), self.shown(argument))).collect(),
        };
        let types = given.iter().map(|(ty, _)| ty.clone()).collect();
        let shown = given.iter().map(|(_, shown)| shown.clone()).collect();
        let mut bound: FxHashMap<usize, Variables> = FxHashMap::default();
        let mut root_argument = None;
        self.bind(class, given, &mut bound, &mut root_argument, 0);
        let classes = class.project_classes().into_iter().map(|class| {
            let variables = bound.remove(&Rc::as_ptr(&class).addr()).unwrap_or_default();
            (class, variables)
        });
        Lineage { classes: classes.collect(), root_argument, arguments: types, shown }
    }

    /// The arguments of a generic class that stands without any in another one with the same type variables.
    ///
    /// ```python
    /// # pydantic._internal._generics.replace_types
    /// if is_model_class(type_):
    ///     parameters = type_.__pydantic_generic_metadata__['parameters']
    ///     resolved_type_args = tuple(replace_types(t, type_map) for t in parameters)
    ///     return type_[resolved_type_args]
    /// ```
    fn implied(&mut self, class: &Rc<Class<'a>>) -> Vec<(Type, String)> {
        if self.variables.iter().all(Variables::is_empty) {
            return Vec::new();
        }
        let bases = self.generic_bases(class);
        let bound = |key: &usize| self.variables.iter().rev().find_map(|variables| variables.get(key)).cloned();
        parameters(class, &bases).iter().map(bound).collect::<Option<Vec<_>>>().unwrap_or_default()
    }

    fn bind(
        &mut self,
        class: &Rc<Class<'a>>,
        given: Vec<(Type, String)>,
        bound: &mut FxHashMap<usize, Variables>,
        root_argument: &mut Option<Value<'a>>,
        depth: usize,
    ) {
        let bases = self.generic_bases(class);
        let parameters = parameters(class, &bases);
        let own: Variables = parameters.into_iter().zip(given).collect();
        self.variables.push(own.clone());
        for base in &bases {
            let Kind::Subscript(subscript) = &base.kind else { continue };
            if subscript.0.as_library() == Some("pydantic.RootModel") && depth == 0 {
                *root_argument = subscript.1.first().cloned();
            }
            let Kind::Class(parent) = &subscript.0.kind else { continue };
            if depth < 40 {
                let at = class.scope.file.at(&class.def.name);
                let arguments = subscript.1.iter().map(|argument| (self.of(argument, &at), self.shown(argument)));
                let arguments = arguments.collect();
                self.bind(&Rc::clone(parent), arguments, bound, root_argument, depth + 1);
            }
        }
        for base in class.def.arguments.iter().flat_map(|arguments| &arguments.args) {
            if matches!(base, Expr::Subscript(_) | Expr::Starred(_)) {
                continue;
            }
            let scope = outer(class);
            if let Kind::Class(parent) = self.machine.evaluate(&scope, base).kind
                && depth < 40
            {
                self.bind(&parent, Vec::new(), bound, root_argument, depth + 1);
            }
        }
        self.variables.pop();
        bound.entry(Rc::as_ptr(class).addr()).or_insert(own);
    }

    /// The bases of a class that have type arguments.
    fn generic_bases(&mut self, class: &Rc<Class<'a>>) -> Vec<Value<'a>> {
        // Type parameters are names of the body.
        let scope = if class.def.type_params.is_some() { Rc::clone(&class.scope) } else { outer(class) };
        let bases = class.def.arguments.iter().flat_map(|arguments| &arguments.args);
        bases
            .filter(|base| matches!(base, Expr::Subscript(_)))
            .map(|base| self.machine.evaluate(&scope, base))
            .collect()
    }
}

/// The scope in which a class statement stands.
fn outer<'a>(class: &Rc<Class<'a>>) -> Rc<Scope<'a>> {
    class.scope.parent.clone().unwrap_or_else(|| Rc::clone(&class.scope))
}

/// The type variables of a class in order, by their places: those of `Generic[…]`, or of all its bases.
fn parameters<'a>(class: &Rc<Class<'a>>, bases: &[Value<'a>]) -> Vec<usize> {
    let mut found = Vec::new();
    for parameter in class.def.type_params.iter().flat_map(|parameters| &parameters.type_params) {
        let made = class.scope.names.borrow().get(parameter.name().as_str()).cloned();
        made.iter().for_each(|value| type_variables(value, &mut found));
    }
    let is_generic = |base: &&Value<'a>| match &base.kind {
        Kind::Subscript(base) => matches!(base.0.as_library(), Some("typing.Generic" | "typing.Protocol")),
        _ => false,
    };
    match bases.iter().find(is_generic) {
        Some(generic) => type_variables(generic, &mut found),
        None => bases.iter().for_each(|base| type_variables(base, &mut found)),
    }
    found
}
