//! What the code around a value demands of it.

use ruff_python_ast::{CmpOp, Expr, Number, Operator};

use super::types::Shape;
use crate::resolve::Scope;

/// What the code around a value demands of it.
#[derive(Clone)]
pub(super) enum Demand<'a> {
    /// An attribute of it is used: `item.day.isoformat()`.
    Attribute,
    /// It is added, subtracted, multiplied with something.
    Arithmetic(Option<&'a Expr>),
    /// It is ordered by or compared with something.
    Order(Option<&'a Expr>),
    /// It is compared with something for being the same.
    Equality(&'a Expr),
    /// It is gone through, called, a part of it is taken.
    Structure,
    /// It is formatted in a way of its own: `f"{item.price:.2f}"`.
    Formatted,
    /// A function of Python that takes no `None`: `int`, `len`.
    Builtin(&'a str),
    /// It is given to what declares a type.
    Taken,
    /// The function around it declares what it returns.
    Returned {
        /// Where the annotation stands.
        scope: Scope<'a>,
        /// The annotation.
        annotation: &'a Expr,
    },
    /// The name that it is given to declares a type.
    Declared {
        /// Where the annotation stands.
        scope: Scope<'a>,
        /// The annotation.
        annotation: &'a Expr,
    },
}

/// Functions of Python that fail for `None`.
const STRICT: &[&str] = &[
    "int", "float", "len", "abs", "round", "sum", "min", "max", "sorted", "list", "set", "tuple", "iter", "range",
    "join",
];

impl<'a> Demand<'a> {
    /// What a function of Python demands of an argument.
    pub(super) fn of_builtin(name: &'a str) -> Option<Self> {
        STRICT.contains(&name).then_some(Self::Builtin(name))
    }

    /// What a binary operation demands of one side, the other being `other`.
    pub(super) fn of_operation(operator: Operator, other: &'a Expr) -> Option<Self> {
        let formats = operator == Operator::Mod && other.is_string_literal_expr();
        (!formats).then_some(Self::Arithmetic(Some(other)))
    }

    /// What a comparison demands of a side; `is_container`: it stands behind the operator.
    pub(super) fn of_comparison(operator: CmpOp, other: &'a Expr, is_container: bool) -> Option<Self> {
        match operator {
            CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE => Some(Self::Order(Some(other))),
            CmpOp::Eq | CmpOp::NotEq => Some(Self::Equality(other)),
            CmpOp::In | CmpOp::NotIn if is_container => Some(Self::Structure),
            _ => None,
        }
    }

    /// Whether it fails for `None`, whatever the types are.
    pub(super) fn needs_value(&self) -> bool {
        !matches!(self, Self::Equality(_) | Self::Taken | Self::Returned { .. } | Self::Declared { .. })
    }

    /// Whether a value of another shape than before does.
    pub(super) fn is_met_by(&self, shape: Shape) -> bool {
        match self {
            Self::Attribute | Self::Structure => false,
            Self::Arithmetic(Some(Expr::StringLiteral(_) | Expr::FString(_))) => shape == Shape::Text,
            Self::Arithmetic(other) | Self::Order(other) => {
                // Numbers of different types go together, but for the two that no number goes between.
                let is_float =
                    other.and_then(|other| number(other)).is_some_and(|number| matches!(number, Number::Float(_)));
                shape.is_number() && !(is_float && shape == Shape::Decimal)
            }
            Self::Equality(other) => match other {
                Expr::NoneLiteral(_) => true,
                Expr::StringLiteral(_) => matches!(shape, Shape::Text | Shape::Enumeration),
                Expr::NumberLiteral(_) => shape.is_number(),
                Expr::BooleanLiteral(_) => shape == Shape::Boolean,
                _ => false,
            },
            Self::Formatted => shape.is_number(),
            Self::Builtin(name) => match *name {
                "len" | "join" | "list" | "set" | "tuple" | "iter" => shape == Shape::Text,
                "int" | "float" | "min" | "max" | "sorted" => true,
                _ => shape.is_number(),
            },
            Self::Taken | Self::Returned { .. } | Self::Declared { .. } => true,
        }
    }
}

fn number(expr: &Expr) -> Option<&Number> {
    match expr {
        Expr::NumberLiteral(literal) => Some(&literal.value),
        Expr::UnaryOp(operation) => number(&operation.operand),
        _ => None,
    }
}
