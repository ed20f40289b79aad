//! Conditions as PostgreSQL keeps them: it writes `IN`, `BETWEEN` and `LIKE` in other words, and drops parentheses.

use std::mem;
use std::ops::ControlFlow;

use sqlparser::ast::{
    BinaryOperator, DataType, Expr, Ident, ObjectName, ObjectNamePart, TrimWhereField, UnaryOperator, Value,
    visit_expressions_mut,
};

/// An expression without the parentheses, casts and quotation marks that change nothing, in the words that PostgreSQL
/// shows it in.
///
/// ```sql
/// -- pg_get_constraintdef, for CHECK (kind IN ('a', 'b') AND price BETWEEN 0 AND 9)
/// (((kind)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))
///  AND ((price >= (0)::numeric) AND (price <= (9)::numeric)))
/// ```
pub(super) fn simplified(mut expr: Expr) -> Expr {
    let _: ControlFlow<()> = visit_expressions_mut(&mut expr, |inner| {
        bare(inner);
        reworded(inner);
        ControlFlow::Continue(())
    });
    let _: ControlFlow<()> = visit_expressions_mut(&mut expr, |inner| {
        in_parentheses(inner);
        ControlFlow::Continue(())
    });
    expr
}

fn take(expr: &mut Expr) -> Expr {
    mem::replace(expr, Expr::value(Value::Null))
}

/// Takes what means nothing off an expression whose parts are bare.
fn bare(expr: &mut Expr) {
    match expr {
        Expr::Nested(inner) => *expr = take(inner),
        Expr::Cast { expr: inner, data_type, .. } => {
            let number = text(inner).filter(|text| is_number(data_type) && text.parse::<f64>().is_ok());
            *expr = number.map_or_else(|| take(inner), |number| Expr::value(Value::Number(number, false)));
        }
        Expr::Interval(interval) if interval.leading_field.is_none() => *expr = take(&mut interval.value),
        Expr::TypedString(typed) => *expr = Expr::Value(typed.value.clone()),
        Expr::CompoundIdentifier(parts) => {
            if let Some(mut last) = parts.pop() {
                fold(&mut last);
                *expr = Expr::Identifier(last);
            }
        }
        Expr::Identifier(name) => fold(name),
        Expr::Function(function) => lower(&mut function.name),
        Expr::Trim { trim_where, .. } if *trim_where == Some(TrimWhereField::Both) => *trim_where = None,
        _ => {}
    }
}

fn text(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

fn is_number(ty: &DataType) -> bool {
    matches!(
        ty,
        DataType::Integer(_)
            | DataType::Int(_)
            | DataType::BigInt(_)
            | DataType::SmallInt(_)
            | DataType::Numeric(_)
            | DataType::Decimal(_)
            | DataType::Real
            | DataType::DoublePrecision
    )
}

/// PostgreSQL folds names without quotation marks to lower case; with them they stay.
fn fold(name: &mut Ident) {
    if name.quote_style.take().is_none() {
        name.value = name.value.to_lowercase();
    }
}

fn lower(name: &mut ObjectName) {
    name.0.iter_mut().for_each(|part| {
        if let ObjectNamePart::Identifier(name) = part {
            fold(name);
        }
    });
}

fn binary(left: Expr, op: BinaryOperator, right: Expr) -> Expr {
    Expr::BinaryOp { left: Box::new(left), op, right: Box::new(right) }
}

fn not(expr: Expr) -> Expr {
    Expr::UnaryOp { op: UnaryOperator::Not, expr: Box::new(expr) }
}

/// Says in PostgreSQL's words, or in the shorter ones, what it may show in others.
fn reworded(expr: &mut Expr) {
    match expr {
        Expr::UnaryOp { op: UnaryOperator::Minus, expr: inner } => {
            if let Expr::Value(value) = &**inner
                && let Value::Number(number, long) = &value.value
            {
                *expr = Expr::value(Value::Number(format!("-{number}"), *long));
            }
        }
        Expr::AnyOp { left, compare_op: BinaryOperator::Eq, right, .. } => {
            if let Some(list) = items(right) {
                *expr = among(take(left), list, false);
            }
        }
        Expr::AllOp { left, compare_op: BinaryOperator::NotEq, right } => {
            if let Some(list) = items(right) {
                *expr = among(take(left), list, true);
            }
        }
        Expr::InList { expr: of, list, negated } => *expr = among(take(of), mem::take(list), *negated),
        Expr::Between { expr: of, negated, low, high } => {
            let (of, low, high) = (take(of), take(low), take(high));
            *expr = match negated {
                false => binary(
                    binary(of.clone(), BinaryOperator::GtEq, low),
                    BinaryOperator::And,
                    binary(of, BinaryOperator::LtEq, high),
                ),
                true => binary(
                    binary(of.clone(), BinaryOperator::Lt, low),
                    BinaryOperator::Or,
                    binary(of, BinaryOperator::Gt, high),
                ),
            };
        }
        Expr::Like { negated, any: false, expr: of, pattern, escape_char: None } => {
            let op = if *negated { BinaryOperator::PGNotLikeMatch } else { BinaryOperator::PGLikeMatch };
            *expr = binary(take(of), op, take(pattern));
        }
        Expr::ILike { negated, any: false, expr: of, pattern, escape_char: None } => {
            let op = if *negated { BinaryOperator::PGNotILikeMatch } else { BinaryOperator::PGILikeMatch };
            *expr = binary(take(of), op, take(pattern));
        }
        Expr::IsNotDistinctFrom(left, right) => {
            *expr = not(Expr::IsDistinctFrom(Box::new(take(left)), Box::new(take(right))));
        }
        Expr::Case { else_result, .. } => {
            let is_null = |other: &Expr| matches!(other, Expr::Value(value) if value.value == Value::Null);
            *else_result = else_result.take().filter(|other| !is_null(other.as_ref()));
        }
        _ => {}
    }
    from_the_left(expr);
}

/// The elements of an array that is written out.
fn items(expr: &mut Expr) -> Option<Vec<Expr>> {
    match expr {
        Expr::Array(array) => Some(mem::take(&mut array.elem)),
        _ => None,
    }
}

/// `x IN (...)`; of one value it is `x = value`.
fn among(of: Expr, mut list: Vec<Expr>, negated: bool) -> Expr {
    match list.pop() {
        Some(only) if list.is_empty() => {
            binary(of, if negated { BinaryOperator::NotEq } else { BinaryOperator::Eq }, only)
        }
        last => {
            list.extend(last);
            Expr::InList { expr: Box::new(of), list, negated }
        }
    }
}

/// `a AND (b AND c)` as `(a AND b) AND c`.
fn from_the_left(expr: &mut Expr) {
    while let Expr::BinaryOp { left, op: op @ (BinaryOperator::And | BinaryOperator::Or), right } = expr
        && let Expr::BinaryOp { left: second, op: inner, right: third } = &mut **right
        && inner == op
    {
        let mut first = binary(take(left), op.clone(), take(second));
        from_the_left(&mut first);
        *expr = binary(first, op.clone(), take(third));
    }
}

/// Puts parentheses around the parts of an expression that are made of parts themselves: the text then says how it is
/// built. Chains of `AND`, and of `OR`, need none.
fn in_parentheses(expr: &mut Expr) {
    match expr {
        Expr::BinaryOp { left, op, right } => {
            let is_chain = |inner: &Expr| {
                matches!(op, BinaryOperator::And | BinaryOperator::Or)
                    && matches!(inner, Expr::BinaryOp { op: of_inner, .. } if of_inner == op)
            };
            if !is_chain(left) {
                nest(left);
            }
            nest(right);
        }
        Expr::UnaryOp { expr: inner, .. }
        | Expr::IsNull(inner)
        | Expr::IsNotNull(inner)
        | Expr::IsTrue(inner)
        | Expr::IsNotTrue(inner)
        | Expr::IsFalse(inner)
        | Expr::IsNotFalse(inner)
        | Expr::Collate { expr: inner, .. }
        | Expr::InList { expr: inner, .. } => nest(inner),
        Expr::IsDistinctFrom(left, right) => {
            nest(left);
            nest(right);
        }
        _ => {}
    }
}

fn nest(expr: &mut Expr) {
    let is_simple = matches!(
        expr,
        Expr::Identifier(_) | Expr::Value(_) | Expr::Function(_) | Expr::Nested(_) | Expr::Array(_) | Expr::Tuple(_)
    );
    if !is_simple {
        *expr = Expr::Nested(Box::new(take(expr)));
    }
}
