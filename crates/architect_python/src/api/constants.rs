//! Python values as JSON.

use architect_model::{Known, Unknown};
use ruff_python_ast::{Expr, Operator, UnaryOp};

use crate::resolve::{Index, Scope, Value};

/// A fixed value as JSON text.
pub(crate) fn json(value: &Value) -> Option<String> {
    Some(match value {
        Value::None => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => serde_json::to_string(number).ok()?,
        Value::Str(text) => serde_json::to_string(text).ok()?,
        Value::List(items) | Value::Tuple(items) | Value::Set(items) => {
            let items: Vec<String> = items.iter().map(json).collect::<Option<_>>()?;
            format!("[{}]", items.join(", "))
        }
        Value::Dict(items) => {
            let item = |(key, value): &(Value, Value)| {
                Some(format!("{}: {}", serde_json::to_string(key.as_str()?).ok()?, json(value)?))
            };
            format!("{{{}}}", items.iter().map(item).collect::<Option<Vec<_>>>()?.join(", "))
        }
        Value::Member { value, .. } => json(value)?,
    })
}

/// A fixed value as bare text: `2147483647`, `^\d+$`.
pub(super) fn text_of<'a>(index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) -> Known<String> {
    if let Some(inner) = decimal(index, scope, expr) {
        return text_of(index, scope, inner);
    }
    if let Some(number) = whole(index, scope, expr) {
        return Known::Known(number.to_string());
    }
    match index.constant(scope, expr) {
        Known::Known(constant) => match constant.value.as_str() {
            Some(text) => Known::Known(text.to_owned()),
            None => {
                json(&constant.value).map_or_else(|| Known::Unknown { unknown: unclear(scope, expr) }, Known::Known)
            }
        },
        Known::Unknown { unknown } => Known::Unknown { unknown },
    }
}

/// A whole number that is written as a calculation: `2**63 - 1`.
fn whole<'a>(index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) -> Option<i128> {
    match expr {
        Expr::BinOp(operation) => {
            let (left, right) = (whole(index, scope, &operation.left)?, whole(index, scope, &operation.right)?);
            match operation.op {
                Operator::Add => left.checked_add(right),
                Operator::Sub => left.checked_sub(right),
                Operator::Mult => left.checked_mul(right),
                Operator::Pow => left.checked_pow(u32::try_from(right).ok()?),
                _ => None,
            }
        }
        Expr::UnaryOp(operation) if operation.op == UnaryOp::USub => {
            whole(index, scope, &operation.operand)?.checked_neg()
        }
        _ => match index.constant(scope, expr).known()?.value {
            Value::Int(number) => Some(i128::from(number)),
            _ => None,
        },
    }
}

/// A default as JSON text.
pub(super) fn default_of<'a>(index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) -> Known<String> {
    if let Some(inner) = decimal(index, scope, expr) {
        let text = text_of(index, scope, inner);
        return text.map(|text| serde_json::to_string(&text).unwrap_or_default());
    }
    match index.constant(scope, expr) {
        Known::Known(constant) => {
            json(&constant.value).map_or_else(|| Known::Unknown { unknown: unclear(scope, expr) }, Known::Known)
        }
        Known::Unknown { unknown } => Known::Unknown { unknown },
    }
}

/// The argument of `Decimal(…)`.
fn decimal<'a>(index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) -> Option<&'a Expr> {
    let call = expr.as_call_expr()?;
    index.resolve(scope, &call.func).is("decimal.Decimal").then(|| call.arguments.args.first())?
}

fn unclear(scope: Scope<'_>, expr: &Expr) -> Unknown {
    scope.file.unknown(expr, format!("the value of `{}`", scope.text(expr)))
}
