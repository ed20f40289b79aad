//! Classes whose bases are not all there to read, and what such a class itself shows of them.
//!
//! ```python
//! class Invoice(AuditedModel, table=True):   # only SQLModel's classes take `table`
//! class Order(AcmeBase):
//!     __tablename__ = "orders"               # only declarative classes name a table
//! class OrderCreate(CamelModel):
//!     note: str = Field(max_length=20)       # only Pydantic's classes take its `Field`
//! ```

use ruff_python_ast::Expr;

use crate::syntax::is_stdlib;

use super::class::Mro;
use super::{BindingKind, Class, Frame, Index, Scope, is_known};

impl Mro<'_> {
    /// Library classes among the ancestors of which nothing is known: their package is not installed, and the readers
    /// do not know it by name.
    pub(crate) fn unseen(&self) -> impl Iterator<Item = &str> {
        let libraries = self.ancestors.iter().filter_map(|ancestor| match ancestor {
            super::Ancestor::Library(path) => Some(path.as_str()),
            _ => None,
        });
        libraries.filter(|path| path.split_once('.').is_some_and(|(package, _)| !is_known(path) && !is_stdlib(package)))
    }

    /// Whether there may be more ancestors than are listed, and members that nobody sees.
    pub(crate) fn is_open(&self) -> bool {
        !self.unknowns.is_empty() || self.unseen().next().is_some()
    }
}

impl<'a> Index<'a> {
    /// The library class that must be among the unseen ancestors of a class with this order.
    pub(super) fn unseen_base(&self, class: Class<'a>, mro: &Mro<'a>) -> Option<&'static str> {
        if !mro.is_open() {
            return None;
        }
        let shown = if class.keyword("table").is_some() {
            "sqlmodel.SQLModel"
        } else if self.names_own_table(class, mro) {
            "sqlalchemy.orm.DeclarativeBase"
        } else if self.is_written_for_pydantic(class) {
            "pydantic.BaseModel"
        } else {
            return None;
        };
        (!mro.has(shown)).then_some(shown)
    }

    /// Whether a class names a table, or has columns and a name that one of its ancestors makes for each class.
    fn names_own_table(&self, class: Class<'a>, mro: &Mro<'a>) -> bool {
        if mro.has("pydantic.BaseModel") {
            return false;
        }
        let binds = |owner: Class<'a>, name: &str| {
            self.frame_names(Frame::Class(owner.def)).by_name.get(name).and_then(|found| found.last()).copied()
        };
        let is_value = |name: &str| {
            binds(class, name).is_some_and(|binding| match binding.kind {
                BindingKind::Value { value, .. } => !value.is_some_and(Expr::is_none_literal_expr),
                _ => false,
            })
        };
        let is_abstract = || binds(class, "__abstract__").is_some();
        let made = || {
            mro.classes().skip(1).any(|owner| {
                binds(owner, "__tablename__").is_some_and(|binding| matches!(binding.kind, BindingKind::Function(_)))
            })
        };
        (is_value("__tablename__") || is_value("__table__") || (made() && self.declares_columns(class)))
            && !is_abstract()
    }

    /// Whether the body of a class has attributes that are columns to SQLAlchemy, whatever its bases are.
    pub(crate) fn declares_columns(&self, class: Class<'a>) -> bool {
        let calls = ["sqlalchemy.Column", "sqlalchemy.orm.mapped_column"];
        self.values(class).any(|(scope, annotation, value)| {
            let called = value.and_then(Expr::as_call_expr).map(|call| self.resolve(scope, &call.func));
            let made = called.is_some_and(|called| called.library().is_some_and(|path| calls.contains(&path)));
            made || annotation.is_some_and(|annotation| {
                self.annotation(scope, annotation).wrappers.iter().any(|wrapper| wrapper == "sqlalchemy.orm.Mapped")
            })
        })
    }

    /// Whether the body of a class has what only Pydantic understands: its `Field`, its configuration, its validators.
    fn is_written_for_pydantic(&self, class: Class<'a>) -> bool {
        if !class.def.decorator_list.is_empty() {
            return false;
        }
        let called = |scope: Scope<'a>, expr: &'a Expr| {
            let target = match expr {
                Expr::Call(call) => &*call.func,
                other => other,
            };
            self.resolve(scope, target).library().is_some_and(|path| path.starts_with("pydantic."))
        };
        let by_value = |(scope, _, value): (Scope<'a>, _, Option<&'a Expr>)| {
            value.is_some_and(|value| value.is_call_expr() && called(scope, value))
        };
        let decorated = || {
            let methods = self.methods(class);
            methods.iter().any(|method| {
                method.def.decorator_list.iter().any(|decorator| called(method.outer, &decorator.expression))
            })
        };
        self.values(class).any(by_value) || decorated()
    }

    /// Annotation and value of the attributes that a class body assigns.
    fn values(&self, class: Class<'a>) -> impl Iterator<Item = (Scope<'a>, Option<&'a Expr>, Option<&'a Expr>)> {
        let bindings = self.frame_names(Frame::Class(class.def)).by_name.values().filter_map(|found| found.last());
        bindings.filter_map(move |binding| match binding.kind {
            BindingKind::Value { annotation, value, element: None } => Some((class.scope(), annotation, value)),
            _ => None,
        })
    }
}
