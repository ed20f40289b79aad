//! Whether a field takes a value that a test gives.

use architect_model::FieldType;
use ruff_python_ast::{Expr, Number, Operator, UnaryOp};

/// What a field takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// Its type, with its bounds.
    pub ty: FieldType,
    /// Whether `null` is taken.
    pub null: bool,
}

/// A value that stands in the source.
enum Value {
    Null,
    /// A number, as it is written.
    Number(String),
    /// A text, or only its length.
    Text(Option<String>, usize),
}

impl Taken {
    /// Whether a value is taken, where that can be told.
    pub(super) fn takes(&self, expr: &Expr) -> Option<bool> {
        match (value(expr)?, &self.ty) {
            (Value::Null, _) => Some(self.null),
            (Value::Text(_, length), FieldType::String { min, max }) => {
                let length = u32::try_from(length).unwrap_or(u32::MAX);
                Some(min.is_none_or(|min| length >= min) && max.is_none_or(|max| length <= max))
            }
            (Value::Text(Some(text), _), FieldType::Enum { values, .. }) => Some(values.contains(&text)),
            (Value::Number(text) | Value::Text(Some(text), _), ty) => is_within(ty, &text),
            (Value::Text(None, _), _) => None,
        }
    }
}

/// Whether a number lies within the bounds of a type of numbers.
fn is_within(ty: &FieldType, text: &str) -> Option<bool> {
    match ty {
        FieldType::Integer { min, max } | FieldType::BigInteger { min, max } => Some(
            text.parse::<i64>().is_ok_and(|one| min.is_none_or(|min| one >= min) && max.is_none_or(|max| one <= max)),
        ),
        FieldType::Decimal { precision, scale, min, max } => {
            let Ok(number) = text.parse::<f64>() else { return Some(false) };
            let bound = |bound: &Option<String>| bound.as_deref().and_then(|bound| bound.parse::<f64>().ok());
            let (whole, part) = text.trim_start_matches('-').split_once('.').unwrap_or((text, ""));
            let digits = whole.trim_start_matches(['-', '0']).len();
            let fits = digits <= usize::try_from(precision.saturating_sub(*scale)).unwrap_or(usize::MAX)
                && part.len() <= usize::try_from(*scale).unwrap_or(usize::MAX);
            Some(fits && bound(min).is_none_or(|min| number >= min) && bound(max).is_none_or(|max| number <= max))
        }
        FieldType::Float => Some(text.parse::<f64>().is_ok()),
        _ => None,
    }
}

fn value(expr: &Expr) -> Option<Value> {
    Some(match expr {
        Expr::NoneLiteral(_) => Value::Null,
        Expr::StringLiteral(text) => {
            let text = text.value.to_str();
            Value::Text(Some(text.to_owned()), text.chars().count())
        }
        Expr::NumberLiteral(literal) => Value::Number(match &literal.value {
            Number::Int(number) => number.to_string(),
            Number::Float(number) => number.to_string(),
            Number::Complex { .. } => return None,
        }),
        Expr::UnaryOp(minus) if minus.op == UnaryOp::USub => match value(&minus.operand)? {
            Value::Number(text) => Value::Number(format!("-{text}")),
            _ => return None,
        },
        // `"x" * 256`
        Expr::BinOp(product) if product.op == Operator::Mult => match (value(&product.left)?, value(&product.right)?) {
            (Value::Text(_, length), Value::Number(times)) | (Value::Number(times), Value::Text(_, length)) => {
                Value::Text(None, length * times.parse::<usize>().ok()?)
            }
            _ => return None,
        },
        _ => return None,
    })
}

#[cfg(test)]
mod unit {
    use super::*;

    fn takes(ty: FieldType, source: &str) -> Option<bool> {
        let parsed = ruff_python_parser::parse_expression(source).unwrap();
        Taken { ty, null: false }.takes(parsed.expr())
    }

    #[test]
    fn values_are_compared_with_bounds() {
        let decimal =
            |min: Option<&str>| FieldType::Decimal { precision: 6, scale: 2, min: min.map(str::to_owned), max: None };
        let text = || FieldType::String { min: Some(1), max: Some(10) };
        assert_eq!(takes(decimal(Some("0")), "'-1'"), Some(false));
        assert_eq!(takes(decimal(None), "'-1'"), Some(true));
        assert_eq!(takes(decimal(None), "1.005"), Some(false));
        assert_eq!(takes(decimal(None), "10000"), Some(false));
        assert_eq!(takes(text(), "'x' * 11"), Some(false));
        assert_eq!(takes(text(), "''"), Some(false));
        assert_eq!(takes(text(), "None"), Some(false));
        assert_eq!(takes(text(), "name"), None);
        assert_eq!(takes(FieldType::Integer { min: Some(1), max: Some(9) }, "-3"), Some(false));
        assert_eq!(takes(FieldType::Text, "'any'"), None);
    }
}
