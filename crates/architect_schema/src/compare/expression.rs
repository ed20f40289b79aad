//! SQL expressions in one form, so that two that say the same are equal.

use std::ops::ControlFlow;

use architect_model::ColumnType;
use sqlparser::ast::{Expr, Ident, ObjectName, ObjectNamePart, Value, visit_expressions_mut};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

/// A condition or expression in one form: without the parentheses, casts and quotation marks that change nothing, names
/// in lower case. PostgreSQL shows `(price > (0)::numeric)` for what was written as `price > 0`.
pub fn normal_expression(sql: &str) -> String {
    match parsed(sql) {
        Some(expr) => simplified(expr).to_string(),
        None => sql.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

/// A server default in one form. PostgreSQL evaluates a text as a value of the column's type, so that `'0'` and `0`, or
/// `'false'` and `false`, are one default; and Alembic compares what two defaults evaluate to, for which `now()` and
/// `CURRENT_TIMESTAMP` are one:
///
/// ```python
/// # alembic.ddl.postgresql.PostgresqlImpl.compare_server_default
/// return not conn.scalar(select(literal_column(conn_col_default) == literal_column(rendered_metadata_default)))
/// ```
pub fn normal_default(sql: &str, ty: Option<&ColumnType>) -> String {
    let Some(expr) = parsed(sql) else { return normal_expression(sql) };
    let expr = simplified(expr);
    let text = match &expr {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => Some(text.clone()),
            Value::Number(number, _) => Some(number.clone()),
            Value::Boolean(flag) => Some(flag.to_string()),
            Value::Null => return "null".to_owned(),
            _ => None,
        },
        _ => None,
    };
    let shown = expr.to_string();
    match (text, ty.map(ColumnType::stored)) {
        (Some(text), Some(ColumnType::Boolean)) => truth(&text).unwrap_or(text),
        (Some(text), Some(ty)) if is_number(ty) => number(&text),
        (Some(text), _) => format!("'{text}'"),
        (None, _) if ["current_timestamp", "transaction_timestamp()"].contains(&shown.to_lowercase().as_str()) => {
            "now()".to_owned()
        }
        (None, _) => shown,
    }
}

fn parsed(sql: &str) -> Option<Expr> {
    let dialect = PostgreSqlDialect {};
    let mut parser = Parser::new(&dialect).try_with_sql(sql).ok()?;
    let expr = parser.parse_expr().ok()?;
    (parser.peek_token().token == sqlparser::tokenizer::Token::EOF).then_some(expr)
}

fn simplified(mut expr: Expr) -> Expr {
    let _: ControlFlow<()> = visit_expressions_mut(&mut expr, |inner| {
        loop {
            match inner {
                Expr::Nested(nested) => *inner = (**nested).clone(),
                Expr::Cast { expr: cast, .. } => *inner = (**cast).clone(),
                Expr::TypedString(typed) => *inner = Expr::Value(typed.value.clone()),
                Expr::CompoundIdentifier(parts) => match parts.pop() {
                    Some(last) => *inner = Expr::Identifier(last),
                    None => break,
                },
                Expr::Identifier(name) => {
                    fold(name);
                    break;
                }
                Expr::Function(function) => {
                    lower(&mut function.name);
                    break;
                }
                _ => break,
            }
        }
        ControlFlow::Continue(())
    });
    expr
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

fn truth(text: &str) -> Option<String> {
    match text.to_lowercase().as_str() {
        "t" | "true" | "1" | "y" | "yes" | "on" => Some("true".to_owned()),
        "f" | "false" | "0" | "n" | "no" | "off" => Some("false".to_owned()),
        _ => None,
    }
}

fn is_number(ty: &ColumnType) -> bool {
    matches!(
        ty,
        ColumnType::Integer
            | ColumnType::SmallInteger
            | ColumnType::BigInteger
            | ColumnType::Float
            | ColumnType::Double
            | ColumnType::Numeric { .. }
    )
}

/// `1.50` as `1.5`, `0.0` as `0`.
fn number(text: &str) -> String {
    let text = text.trim();
    if !text.contains('.') || text.contains(['e', 'E']) {
        return text.to_owned();
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions() {
        for (one, other) in [
            ("price > 0", "(price > (0)::numeric)"),
            ("Price>0 AND \"name\" != ''", "((price > 0) AND ((name)::text <> ''::text))"),
            ("item.price > 0", "price > 0"),
            ("LENGTH(code) = 3", "(length((code)::text) = 3)"),
        ] {
            assert_eq!(normal_expression(one), normal_expression(other), "{one}");
        }
        assert_ne!(normal_expression("price > 0"), normal_expression("price >= 0"));
        assert_ne!(normal_expression("state = 'A'"), normal_expression("state = 'a'"));
    }

    #[test]
    fn defaults() {
        let text = ColumnType::Text;
        for (one, other, ty) in [
            ("'open'", "'open'::character varying", text.clone()),
            ("'0'", "0", ColumnType::Integer),
            ("'f'", "false", ColumnType::Boolean),
            ("CURRENT_TIMESTAMP", "now()", ColumnType::DateTime { timezone: true }),
            ("'1.50'", "1.5", ColumnType::Numeric { precision: None, scale: None }),
            ("'{}'", "'{}'::jsonb", ColumnType::Json),
        ] {
            assert_eq!(normal_default(one, Some(&ty)), normal_default(other, Some(&ty)), "{one}");
        }
        assert_ne!(normal_default("'0'", Some(&text)), normal_default("'1'", Some(&text)));
    }
}
