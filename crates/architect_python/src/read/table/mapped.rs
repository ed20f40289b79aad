//! Which classes are tables: SQLModel classes with `table=True`, and declarative SQLAlchemy classes.

use architect_model::{Known, Unknown};
use ruff_python_ast::Expr;

use crate::read::fields::unseen;
use crate::resolve::{Ancestor, BindingKind, Class, Frame, Index, Resolution, Variable};
use crate::syntax::Memo;

use super::base::registered;

/// How a class is mapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mapping {
    /// Not a table.
    None,
    /// A SQLModel class with `table=True`.
    SqlModel,
    /// A declarative SQLAlchemy class: a table of its own, or part of the table it inherits from.
    Declarative,
}

/// Decides how classes are mapped, and remembers it.
pub(super) struct Mappings<'i, 'a> {
    index: &'i Index<'a>,
    known: Memo<usize, Mapping>,
}

impl<'i, 'a> Mappings<'i, 'a> {
    /// Nothing decided yet.
    pub(super) fn new(index: &'i Index<'a>) -> Self {
        Self { index, known: Memo::with_buckets(index.files().project().len() * 4) }
    }

    /// How a class is mapped.
    pub(super) fn of(&self, class: Class<'a>) -> Mapping {
        *self.known.get_or(std::ptr::from_ref(class.def).addr(), || self.decide(class))
    }

    /// The ancestors that are tables, nearest first.
    pub(super) fn parents(&self, class: Class<'a>) -> Vec<Class<'a>> {
        self.index.mro(class).classes().skip(1).filter(|ancestor| self.of(*ancestor) != Mapping::None).collect()
    }

    /// The ancestors that are no tables, nor ancestors of one that is.
    pub(super) fn mixins(&self, class: Class<'a>) -> Vec<Class<'a>> {
        let parents = self.parents(class);
        let inherited = |ancestor: &Class<'a>| {
            parents.iter().any(|parent| self.index.mro(*parent).classes().any(|found| found == *ancestor))
        };
        self.index.mro(class).classes().skip(1).filter(|ancestor| !inherited(ancestor)).collect()
    }

    fn decide(&self, class: Class<'a>) -> Mapping {
        let mro = self.index.mro(class);
        if mro.has("sqlmodel.SQLModel") {
            let table = class.keyword("table").map(|expr| self.index.constant(class.outer, expr));
            let is_table = matches!(table, Some(Known::Known(constant)) if constant.value.as_bool() == Some(true));
            return if is_table && self.parents(class).is_empty() { Mapping::SqlModel } else { Mapping::None };
        }
        if self.own(class, "__abstract__").is_some_and(|value| value.as_boolean_literal_expr().is_some_and(|b| b.value))
        {
            return Mapping::None;
        }
        let rooted = mro.ancestors.iter().skip(1).any(|ancestor| self.is_root(ancestor)) && !self.is_base(class);
        match rooted || registered(self.index, class).is_some() {
            true => Mapping::Declarative,
            false => Mapping::None,
        }
    }

    /// Whether an ancestor makes its subclasses declarative.
    fn is_root(&self, ancestor: &Ancestor<'a>) -> bool {
        match ancestor {
            Ancestor::Library(path) => {
                matches!(path.as_str(), "sqlalchemy.orm.DeclarativeBase" | "sqlalchemy.orm.DeclarativeBaseNoMeta")
                    || is_foreign_base(path)
            }
            Ancestor::Variable(variable) => self.makes_base(*variable),
            Ancestor::Class(class) => class.def.decorator_list.iter().any(|decorator| {
                let callee = match &decorator.expression {
                    Expr::Call(call) => &*call.func,
                    other => other,
                };
                self.index.resolve(class.outer, callee).is("sqlalchemy.orm.as_declarative")
            }),
        }
    }

    /// Whether an ancestor that is not there to read may name the table of a class.
    pub(super) fn may_be_named(&self, class: Class<'a>) -> bool {
        self.index.mro(class).is_open()
    }

    /// Why it cannot be told whether a class is a table: it has columns, or asks to be one, and nothing decides.
    pub(super) fn doubt(&self, class: Class<'a>) -> Option<Unknown> {
        let mro = self.index.mro(class);
        let reason = if mro.has("sqlmodel.SQLModel") {
            match self.index.constant(class.outer, class.keyword("table")?) {
                Known::Known(_) => return None,
                Known::Unknown { unknown } => unknown.reason,
            }
        } else if mro.is_open()
            && self.of(class) == Mapping::None
            && self.own(class, "__abstract__").is_none()
            && self.index.declares_columns(class)
        {
            unseen(self.index, class).into_iter().next()?.reason
        } else {
            return None;
        };
        let text = format!("whether `{}` is a table is not known: {reason}", class.name());
        Some(Unknown::new(class.at(), text))
    }

    /// `declarative_base()`, `registry().generate_base()`.
    fn makes_base(&self, variable: Variable<'a>) -> bool {
        let Some(Expr::Call(call)) = variable.value else {
            return false;
        };
        let made = self.index.resolve(variable.scope, &call.func);
        matches!(
            made.library(),
            Some(
                "sqlalchemy.orm.declarative_base"
                    | "sqlalchemy.orm.registry.generate_base"
                    | "sqlalchemy.ext.automap.automap_base"
            )
        )
    }

    /// Whether a class is itself the declarative base: a direct subclass of `DeclarativeBase`.
    fn is_base(&self, class: Class<'a>) -> bool {
        self.index.bases(class).iter().any(|base| {
            matches!(
                base.resolution.library(),
                Some("sqlalchemy.orm.DeclarativeBase" | "sqlalchemy.orm.DeclarativeBaseNoMeta")
            )
        })
    }

    /// The value that a class body itself gives a name.
    pub(super) fn own(&self, class: Class<'a>, name: &str) -> Option<&'a Expr> {
        let names = self.index.frame_names(Frame::Class(class.def));
        match names.by_name.get(name)?.last()?.kind {
            BindingKind::Value { value, .. } => value,
            _ => None,
        }
    }

    /// Whether the table name of a declarative class comes from `__tablename__` of itself, of an ancestor that is no
    /// table, or of a `declared_attr`; else it has the table of its parent.
    pub(super) fn names_table(&self, class: Class<'a>) -> bool {
        if self.own(class, "__tablename__").is_some_and(Expr::is_none_literal_expr) {
            return false;
        }
        self.index.mro(class).classes().enumerate().any(|(position, owner)| {
            let names = self.index.frame_names(Frame::Class(owner.def));
            let Some(bindings) = names.by_name.get("__tablename__") else {
                return false;
            };
            let computed = matches!(bindings.last().map(|binding| binding.kind), Some(BindingKind::Function(_)));
            position == 0 || computed || self.of(owner) == Mapping::None
        })
    }

    /// The value or function that gives `name`, from the class or an ancestor that is no table.
    pub(super) fn directive(&self, class: Class<'a>, name: &str) -> Option<(Class<'a>, Resolution<'a>)> {
        self.index.mro(class).classes().enumerate().find_map(|(position, owner)| {
            self.index.frame_names(Frame::Class(owner.def)).by_name.get(name)?;
            let found = self.index.name(owner.scope(), name)?;
            let applies = position == 0 || matches!(found, Resolution::Function(_)) || self.of(owner) == Mapping::None;
            applies.then_some((owner, found))
        })
    }
}

/// Declarative bases that packages bring: `advanced_alchemy.base.UUIDAuditBase`.
fn is_foreign_base(path: &str) -> bool {
    let module = path.rsplit_once('.').map(|(module, _)| module);
    let of_alchemy =
        module.is_some_and(|module| module == "advanced_alchemy.base" || module.starts_with("advanced_alchemy.base."));
    of_alchemy && path.ends_with("Base")
}
