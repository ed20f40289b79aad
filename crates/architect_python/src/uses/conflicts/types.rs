//! Types of values, as far as it matters whether one may stand for another.

use ruff_python_ast::Expr;

use crate::resolve::{Annotation, Resolution};
use crate::uses::world::World;

/// What kind of value a type has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `int`.
    Whole,
    /// `float`.
    Float,
    /// `Decimal`.
    Decimal,
    /// `bool`.
    Boolean,
    /// `str`.
    Text,
    /// An enumeration.
    Enumeration,
    /// Anything else.
    Other,
}

impl Shape {
    /// Whether it can be calculated with.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Whole | Self::Float | Self::Decimal | Self::Boolean)
    }

    /// Whether a request may give a literal for it.
    pub(super) fn is_given_by(self, literal: &Expr) -> bool {
        match literal {
            Expr::NumberLiteral(_) => self.is_number(),
            Expr::BooleanLiteral(_) => matches!(self, Self::Boolean | Self::Whole),
            Expr::StringLiteral(text) => match self {
                Self::Whole | Self::Float | Self::Decimal => text.value.to_str().trim().parse::<f64>().is_ok(),
                Self::Boolean => false,
                _ => true,
            },
            _ => true,
        }
    }

    /// Whether an answer may show it as a literal.
    pub(super) fn is_shown_by(self, literal: &Expr) -> bool {
        match literal {
            Expr::NumberLiteral(_) => matches!(self, Self::Whole | Self::Float),
            Expr::BooleanLiteral(_) => self == Self::Boolean,
            Expr::StringLiteral(_) => !matches!(self, Self::Whole | Self::Float | Self::Boolean),
            _ => true,
        }
    }
}

/// The shape of a declared type.
pub(super) fn shape<'a>(world: &World<'_, 'a>, declared: &Annotation<'a>) -> Shape {
    match &declared.resolution {
        Resolution::Builtin("int") => Shape::Whole,
        Resolution::Builtin("float") => Shape::Float,
        Resolution::Builtin("bool") => Shape::Boolean,
        Resolution::Builtin("str") => Shape::Text,
        Resolution::Library(path) if path == "decimal.Decimal" => Shape::Decimal,
        Resolution::Library(path) if path.ends_with("EmailStr") => Shape::Text,
        Resolution::Class(class) if world.index.derives_from(*class, "enum.Enum") => Shape::Enumeration,
        _ => Shape::Other,
    }
}

/// Whether a declared type says so little that anything may be one.
pub(super) fn is_vague(declared: &Annotation<'_>) -> bool {
    match &declared.resolution {
        Resolution::Builtin(name) => matches!(*name, "object" | "None"),
        Resolution::Library(path) => path.ends_with(".Any") || path.contains("TypeVar"),
        Resolution::Class(_) => false,
        _ => true,
    }
}

/// Whether what is declared to take a value takes one of another declared type.
pub(super) fn takes<'a>(world: &World<'_, 'a>, taken: &Annotation<'a>, given: &Annotation<'a>) -> bool {
    if is_vague(given) || !taken.alternatives.is_empty() {
        return true;
    }
    match (&taken.resolution, &given.resolution) {
        (Resolution::Class(one), Resolution::Class(two)) => world.index.mro(*two).classes().any(|class| class == *one),
        (Resolution::Library(one), Resolution::Library(two)) => {
            one == two || one == "datetime.date" && two == "datetime.datetime"
        }
        (Resolution::Builtin(one), Resolution::Builtin(two)) => {
            one == two || matches!((*one, *two), ("float", "int" | "bool") | ("int", "bool"))
        }
        (Resolution::Builtin("str"), Resolution::Class(class)) => world.index.derives_from(*class, "str"),
        (Resolution::Builtin("str"), Resolution::Library(path)) => path.ends_with("EmailStr"),
        _ => false,
    }
}
