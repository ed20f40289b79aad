//! Classes: their bases, their method resolution order, their members and type arguments.

use architect_model::Unknown;
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use super::circle::{Question, outside};
use super::library;
use super::lookup::{STEPS, address};
use super::{Class, Frame, Index, Resolution, Scope, Variable, elements};

/// A base as written.
#[derive(Clone)]
pub(crate) struct Base<'a> {
    /// What it stands for; the generic class itself where it is subscripted.
    pub(crate) resolution: Resolution<'a>,
    /// Its type arguments: `User, UserCreate` in `CRUDBase[User, UserCreate]`.
    pub(crate) arguments: Vec<&'a Expr>,
    /// The whole expression; resolve it and the arguments in `class.outer`.
    pub(crate) expr: &'a Expr,
}

/// One class in a method resolution order.
#[derive(Clone)]
pub(crate) enum Ancestor<'a> {
    /// A class whose source is known.
    Class(Class<'a>),
    /// A library class, by canonical import path.
    Library(String),
    /// A class made by a call: `Base = declarative_base()`.
    Variable(Variable<'a>),
}

/// A method resolution order.
#[derive(Default, Clone)]
pub(crate) struct Mro<'a> {
    /// The class itself first. `object` is left out.
    pub(crate) ancestors: Vec<Ancestor<'a>>,
    /// Bases that could not be resolved: there may be more ancestors.
    pub(crate) unknowns: Vec<Unknown>,
}

impl<'a> Mro<'a> {
    /// The ancestors whose source is known, the class itself first.
    pub(crate) fn classes(&self) -> impl DoubleEndedIterator<Item = Class<'a>> {
        self.ancestors.iter().filter_map(|ancestor| match ancestor {
            Ancestor::Class(class) => Some(*class),
            _ => None,
        })
    }

    /// Whether a library class, or a project class by its import path, is among the ancestors.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.ancestors.iter().any(|ancestor| match ancestor {
            Ancestor::Class(class) => path.ends_with(class.name()) && class.path() == path,
            Ancestor::Library(library) => library == path,
            Ancestor::Variable(_) => false,
        })
    }
}

impl<'a> Ancestor<'a> {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Class(a), Self::Class(b)) => a == b,
            (Self::Library(a), Self::Library(b)) => a == b,
            (Self::Variable(a), Self::Variable(b)) => std::ptr::eq(a.scope.file, b.scope.file) && a.range == b.range,
            _ => false,
        }
    }
}

impl<'a> Index<'a> {
    /// The bases of a class, as written and resolved.
    pub(crate) fn bases(&self, class: Class<'a>) -> Vec<Base<'a>> {
        let bases = class.base_expressions().iter();
        bases
            .map(|expr| {
                let (value, arguments) = subscripted(expr);
                Base { resolution: self.resolve(class.outer, value), arguments, expr }
            })
            .collect()
    }

    /// The method resolution order of a class (C3), through project and installed packages.
    pub(crate) fn mro(&self, class: Class<'a>) -> &Mro<'a> {
        self.mro_in(class, STEPS).unwrap_or(&self.circular)
    }

    /// Whether a class derives from a library class (`pydantic.BaseModel`) or a project class, by import path.
    pub(crate) fn derives_from(&self, class: Class<'a>, path: &str) -> bool {
        self.mro(class).has(path)
    }

    /// The order of a class; none while it is being worked out, as in `class A(A.b)`.
    fn mro_in(&self, class: Class<'a>, steps: u8) -> Option<&Mro<'a>> {
        let key = address(class.def);
        match self.mros.get(&key) {
            Some(known) => Some(known),
            None => outside(Question::Order, key, || self.mros.get_or(key, || self.order(class, steps))),
        }
    }

    fn order(&self, class: Class<'a>, steps: u8) -> Mro<'a> {
        let mut unknowns = Vec::new();
        let mut lists = Vec::new();
        let mut direct = Vec::new();
        for base in self.bases(class) {
            let list = self.linearized(class, &base, steps, &mut unknowns);
            direct.extend(list.first().cloned());
            lists.push(list);
        }
        lists.push(direct);
        let mut ancestors = vec![Ancestor::Class(class)];
        if !merge(lists, &mut ancestors) {
            unknowns.push(class.file().unknown(&class.def.name, "its bases have no consistent order"));
        }
        let mut mro = Mro { ancestors, unknowns };
        for path in self.unseen_base(class, &mro).map(library_line).into_iter().flatten() {
            if !mro.ancestors.iter().any(|known| known.same(&path)) {
                mro.ancestors.push(path);
            }
        }
        mro
    }

    fn linearized(
        &self,
        class: Class<'a>,
        base: &Base<'a>,
        steps: u8,
        unknowns: &mut Vec<Unknown>,
    ) -> Vec<Ancestor<'a>> {
        let Some(steps) = steps.checked_sub(1) else {
            unknowns.push(class.file().unknown(base.expr, "its bases are circular"));
            return Vec::new();
        };
        match &base.resolution {
            Resolution::Class(parent) if *parent == class => {
                unknowns.push(class.file().unknown(base.expr, "the class is its own base"));
                Vec::new()
            }
            Resolution::Class(parent) => self.inherited(*parent, steps, unknowns).unwrap_or_else(|| {
                unknowns.push(class.file().unknown(base.expr, "its bases are circular"));
                Vec::new()
            }),
            Resolution::Library(path) => match self.library_class(path) {
                Some(parent) => self.inherited(parent, steps, unknowns).unwrap_or_default(),
                None => library_line(path),
            },
            Resolution::Builtin("object") => Vec::new(),
            Resolution::Builtin(name) => vec![Ancestor::Library((*name).to_owned())],
            Resolution::Variable(variable) => self.made_class(*variable, steps, unknowns),
            Resolution::Unknown(unknown) => {
                unknowns.push(unknown.clone());
                Vec::new()
            }
            _ => {
                unknowns.push(class.file().unknown(base.expr, "a base that is no class"));
                Vec::new()
            }
        }
    }

    fn inherited(&self, parent: Class<'a>, steps: u8, unknowns: &mut Vec<Unknown>) -> Option<Vec<Ancestor<'a>>> {
        let mro = self.mro_in(parent, steps)?;
        unknowns.extend(mro.unknowns.iter().cloned());
        Some(mro.ancestors.clone())
    }

    /// `Base = declarative_base(cls=Custom)`: the variable, then what `Custom` inherits.
    fn made_class(&self, variable: Variable<'a>, steps: u8, unknowns: &mut Vec<Unknown>) -> Vec<Ancestor<'a>> {
        let mut line = vec![Ancestor::Variable(variable)];
        if let Some(Expr::Call(call)) = variable.value
            && let Some(custom) = call.arguments.find_argument_value("cls", usize::MAX)
            && let Resolution::Class(custom) = self.resolve(variable.scope, custom)
        {
            line.extend(self.inherited(custom, steps, unknowns).unwrap_or_default());
        }
        line
    }

    /// The source of a library class that is not known by name, where its package is installed.
    pub(crate) fn library_class(&self, path: &str) -> Option<Class<'a>> {
        if library::is_known(path) {
            return None;
        }
        let (module, name) = path.rsplit_once('.')?;
        let file = self.files().installed_module(module)?;
        match self.module_member(file, name)? {
            Resolution::Class(class) => Some(class),
            _ => None,
        }
    }

    /// The member `name` of a class: the first binding of it along the method resolution order, and its class.
    pub(crate) fn member(&self, class: Class<'a>, name: &str) -> Option<(Class<'a>, Resolution<'a>)> {
        self.mro(class).classes().find_map(|owner| {
            self.frame_names(Frame::Class(owner.def)).by_name.get(name)?;
            Some((owner, self.name(owner.scope(), name)?))
        })
    }

    /// The value of `self.name = …` in the `__init__` of a class or of one it derives from.
    pub(crate) fn instance_attribute(&self, class: Class<'a>, name: &str) -> Option<Variable<'a>> {
        self.mro(class).classes().find_map(|owner| {
            let init = self.methods(owner).into_iter().find(|method| method.name() == "__init__")?;
            init.def.body.iter().find_map(|statement| assigned_attribute(init.scope(), statement, name))
        })
    }

    /// What the type parameters of `generic`, an ancestor of `class`, stand for: parameter name, then the
    /// scope and expression of the argument. `class UserCRUD(CRUDBase[User, UserCreate])` gives `ModelType` → `User`.
    pub(crate) fn type_arguments(&self, class: Class<'a>, generic: Class<'a>) -> Vec<(&'a str, Scope<'a>, &'a Expr)> {
        self.type_arguments_in(class, generic, STEPS).unwrap_or_default()
    }

    fn type_arguments_in(
        &self,
        class: Class<'a>,
        generic: Class<'a>,
        steps: u8,
    ) -> Option<Vec<(&'a str, Scope<'a>, &'a Expr)>> {
        let steps = steps.checked_sub(1)?;
        for base in self.bases(class) {
            let Resolution::Class(parent) = base.resolution else {
                continue;
            };
            let names = self.type_parameters(parent);
            let here: Vec<_> =
                names.into_iter().zip(base.arguments).map(|(name, expr)| (name, class.outer, expr)).collect();
            if parent == generic {
                return Some(here);
            }
            if let Some(further) = self.type_arguments_in(parent, generic, steps) {
                let substituted = further.into_iter().map(|(name, scope, expr)| {
                    let bound = |(parameter, _, _): &&(&str, Scope<'a>, &Expr)| matches!(expr, Expr::Name(n) if n.id.as_str() == *parameter);
                    here.iter().find(bound).map_or((name, scope, expr), |(_, scope, expr)| (name, *scope, *expr))
                });
                return Some(substituted.collect());
            }
        }
        None
    }

    /// The names of the type parameters of a class: `class A[T]`, `Generic[T]`, or the type variables of its bases.
    pub(crate) fn type_parameters(&self, class: Class<'a>) -> Vec<&'a str> {
        if let Some(parameters) = &class.def.type_params {
            return parameters.iter().map(|parameter| parameter.name().as_str()).collect();
        }
        let bases = self.bases(class);
        let generic =
            bases.iter().find(|base| base.resolution.is("typing.Generic") || base.resolution.is("typing.Protocol"));
        let chosen: Vec<_> = generic.map_or_else(|| bases.iter().collect(), |base| vec![base]);
        let mut names = Vec::new();
        for argument in chosen.into_iter().flat_map(|base| &base.arguments) {
            if let Expr::Name(name) = argument
                && self.is_type_variable(class.outer, argument)
                && !names.contains(&name.id.as_str())
            {
                names.push(name.id.as_str());
            }
        }
        names
    }

    fn is_type_variable(&self, scope: Scope<'a>, expr: &'a Expr) -> bool {
        let Resolution::Variable(variable) = self.resolve(scope, expr) else {
            return false;
        };
        let Some(Expr::Call(call)) = variable.value else {
            return false;
        };
        self.resolve(variable.scope, &call.func)
            .library()
            .is_some_and(|path| path.starts_with("typing.") && path.contains("Var"))
    }
}

/// `Page[T]` as `Page` and `T`.
pub(crate) fn subscripted(expr: &Expr) -> (&Expr, Vec<&Expr>) {
    match expr {
        Expr::Subscript(subscript) => {
            let arguments = match &*subscript.slice {
                Expr::Tuple(_) => elements(&subscript.slice).iter().collect(),
                single => vec![single],
            };
            (&subscript.value, arguments)
        }
        expr => (expr, Vec::new()),
    }
}

fn library_line<'a>(path: &str) -> Vec<Ancestor<'a>> {
    let mut line = vec![Ancestor::Library(path.to_owned())];
    for base in library::bases(path) {
        line.extend(library_line(base));
    }
    line
}

fn assigned_attribute<'a>(scope: Scope<'a>, statement: &'a Stmt, name: &str) -> Option<Variable<'a>> {
    let (target, annotation, value) = match statement {
        Stmt::Assign(assign) => (assign.targets.first()?, None, Some(&*assign.value)),
        Stmt::AnnAssign(assign) => (&*assign.target, Some(&*assign.annotation), assign.value.as_deref()),
        _ => return None,
    };
    let Expr::Attribute(attribute) = target else {
        return None;
    };
    let on_self = matches!(&*attribute.value, Expr::Name(owner) if owner.id == "self");
    (on_self && attribute.attr.as_str() == name).then(|| Variable {
        scope,
        name: attribute.attr.as_str(),
        annotation,
        value,
        element: None,
        range: target.range(),
    })
}

/// The merge step of C3. On an inconsistent order the rest is appended as found, and the answer is `false`.
fn merge<'a>(mut lists: Vec<Vec<Ancestor<'a>>>, into: &mut Vec<Ancestor<'a>>) -> bool {
    let mut consistent = true;
    loop {
        lists.retain(|list| !list.is_empty());
        if lists.is_empty() {
            return consistent;
        }
        let in_tail = |head: &Ancestor<'a>| lists.iter().any(|list| list.iter().skip(1).any(|other| other.same(head)));
        let heads: Vec<Ancestor<'a>> = lists.iter().filter_map(|list| list.first().cloned()).collect();
        let good = heads.iter().find(|head| !in_tail(head));
        consistent &= good.is_some();
        let Some(next) = good.or(heads.first()).cloned() else {
            return consistent;
        };
        for list in &mut lists {
            list.retain(|other| !other.same(&next));
        }
        into.push(next);
    }
}
