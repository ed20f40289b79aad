//! SQL expressions in one form, so that two that say the same are equal.

use architect_model::ColumnType;
use sqlparser::ast::{Expr, Value};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

use super::simplify::simplified;

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
    // PostgreSQL shows `TRIM(BOTH FROM x)` for `trim(x)`, which the parser does not know.
    let sql = sql.replace("TRIM(BOTH FROM ", "TRIM(");
    let mut parser = Parser::new(&dialect).try_with_sql(&sql).ok()?;
    let expr = parser.parse_expr().ok()?;
    (parser.peek_token().token == sqlparser::tokenizer::Token::EOF).then_some(expr)
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
        assert_ne!(normal_expression("(a OR b) AND c"), normal_expression("a OR b AND c"));
        assert_ne!(normal_expression("NOT (a AND b)"), normal_expression("NOT a AND b"));
        assert_eq!(normal_expression("a AND (b AND c)"), normal_expression("(a AND b) AND c"));
    }

    /// Conditions of checks as they are written, and as PostgreSQL 15 shows them (`pg_get_constraintdef`).
    #[rustfmt::skip]
    const SHOWN: &[(&str, &str)] = &[
        ("kind IN ('a','b')", "((kind = ANY (ARRAY['a'::text, 'b'::text])))"),
        ("kind IN ('a')", "((kind = 'a'::text))"),
        ("kind NOT IN ('a','b')", "((kind <> ALL (ARRAY['a'::text, 'b'::text])))"),
        ("price BETWEEN 0 AND 10", "(((price >= (0)::numeric) AND (price <= (10)::numeric)))"),
        ("price NOT BETWEEN 0 AND 10", "(((price < (0)::numeric) OR (price > (10)::numeric)))"),
        ("kind LIKE 'a%'", "((kind ~~ 'a%'::text))"),
        ("kind NOT LIKE 'a%'", "((kind !~~ 'a%'::text))"),
        ("kind ILIKE 'a%'", "((kind ~~* 'a%'::text))"),
        ("kind NOT ILIKE 'a%'", "((kind !~~* 'a%'::text))"),
        ("n > -1", "((n > '-1'::integer))"),
        ("price > -1.5", "((price > '-1.5'::numeric))"),
        ("(n > 0 OR n < -5) AND price > 0", "((((n > 0) OR (n < '-5'::integer)) AND (price > (0)::numeric)))"),
        ("n > 0 OR n < -5 AND price > 0", "(((n > 0) OR ((n < '-5'::integer) AND (price > (0)::numeric))))"),
        ("n > 0 AND (price > 0 AND flag)", "(((n > 0) AND ((price > (0)::numeric) AND flag)))"),
        ("(n + 1) * 2 > n", "((((n + 1) * 2) > n))"),
        ("n + 1 * 2 > n", "(((n + (1 * 2)) > n))"),
        ("NOT flag", "((NOT flag))"),
        ("flag IS TRUE", "((flag IS TRUE))"),
        ("flag IS NOT TRUE", "((flag IS NOT TRUE))"),
        ("flag = true", "((flag = true))"),
        ("n IS NULL OR price IS NOT NULL", "(((n IS NULL) OR (price IS NOT NULL)))"),
        ("(n IS NULL) = (price IS NULL)", "(((n IS NULL) = (price IS NULL)))"),
        ("kind ~ '^[a-z]+$'", "((kind ~ '^[a-z]+$'::text))"),
        ("kind !~* 'x'", "((kind !~* 'x'::text))"),
        ("CASE WHEN flag THEN n > 0 ELSE true END", "( CASE WHEN flag THEN (n > 0) ELSE true END)"),
        ("CASE WHEN flag THEN n > 0 END", "( CASE WHEN flag THEN (n > 0) ELSE NULL::boolean END)"),
        ("CASE kind WHEN 'a' THEN n > 0 WHEN 'b' THEN n < 0 END", "( CASE kind WHEN 'a'::text THEN (n > 0) WHEN 'b'::text THEN (n < 0) ELSE NULL::boolean END)"),
        ("COALESCE(n, 0) > 0", "((COALESCE(n, 0) > 0))"),
        ("char_length(kind) > 3", "((char_length(kind) > 3))"),
        ("upper(kind) = kind", "((upper(kind) = kind))"),
        ("kind || 'x' <> 'ax'", "(((kind || 'x'::text) <> 'ax'::text))"),
        ("n % 2 = 0", "(((n % 2) = 0))"),
        ("n != 3", "((n <> 3))"),
        ("big = 5000000000", "((big = '5000000000'::bigint))"),
        ("price >= 0.50", "((price >= 0.50))"),
        ("ended > started", "((ended > started))"),
        ("ended > started + interval '1 day'", "((ended > (started + '1 day'::interval)))"),
        ("EXTRACT(year FROM started) > 2000", "((EXTRACT(year FROM started) > (2000)::numeric))"),
        ("date_part('year', started) > 2000", "((date_part('year'::text, started) > (2000)::double precision))"),
        ("length(trim(kind)) > 0", "((length(TRIM(BOTH FROM kind)) > 0))"),
        ("trim(both 'x' from kind) <> ''", "((TRIM(BOTH 'x'::text FROM kind) <> ''::text))"),
        ("substring(kind from 1 for 2) = 'ab'", "((SUBSTRING(kind FROM 1 FOR 2) = 'ab'::text))"),
        ("position('@' in kind) > 1", "((POSITION(('@'::text) IN (kind)) > 1))"),
        ("data ? 'a'", "((data ? 'a'::text))"),
        ("data->>'a' = 'b'", "(((data ->> 'a'::text) = 'b'::text))"),
        ("(data->'a'->>'b')::int > 0", "(((((data -> 'a'::text) ->> 'b'::text))::integer > 0))"),
        ("tags <> '{}'", "((tags <> '{}'::text[]))"),
        ("cardinality(tags) > 0", "((cardinality(tags) > 0))"),
        ("'a' = ANY(tags)", "(('a'::text = ANY (tags)))"),
        ("n = ANY(ARRAY[1,2,3])", "((n = ANY (ARRAY[1, 2, 3])))"),
        ("n IN (1,2,3)", "((n = ANY (ARRAY[1, 2, 3])))"),
        ("n IN (1,-2)", "((n = ANY (ARRAY[1, '-2'::integer])))"),
        ("state IN ('on','off')", "((state = ANY (ARRAY['on'::st, 'off'::st])))"),
        ("state <> 'on'", "((state <> 'on'::st))"),
        ("state = 'on' AND n > 0 OR state = 'off'", "((((state = 'on'::st) AND (n > 0)) OR (state = 'off'::st)))"),
        ("num_nonnulls(n, price) = 1", "((num_nonnulls(n, price) = 1))"),
        ("n IS DISTINCT FROM price::int", "((n IS DISTINCT FROM (price)::integer))"),
        (r#""Odd" > 0"#, r#"(("Odd" > 0))"#),
        ("started <= CURRENT_TIMESTAMP", "((started <= CURRENT_TIMESTAMP))"),
        ("started <= now()", "((started <= now()))"),
        ("day >= '2020-01-01'", "((day >= '2020-01-01'::date))"),
        (r#"kind COLLATE "C" > 'a'"#, r#"(((kind COLLATE "C") > 'a'::text))"#),
        ("jsonb_typeof(data) = 'object'", "((jsonb_typeof(data) = 'object'::text))"),
        ("NOT n > 0", "((NOT (n > 0)))"),
        ("NOT (n > 0 AND flag)", "((NOT ((n > 0) AND flag)))"),
        ("n::text = kind", "(((n)::text = kind))"),
        ("CAST(n AS text) = kind", "(((n)::text = kind))"),
        ("greatest(n, 1) > 0", "((GREATEST(n, 1) > 0))"),
        ("n BETWEEN 1 AND 5 OR n IS NULL", "((((n >= 1) AND (n <= 5)) OR (n IS NULL)))"),
        ("kind = '' OR kind IS NULL", "(((kind = ''::text) OR (kind IS NULL)))"),
        ("kind IS NOT DISTINCT FROM 'a'", "((NOT (kind IS DISTINCT FROM 'a'::text)))"),
        ("kind <> ALL (ARRAY['a','b'])", "((kind <> ALL (ARRAY['a'::text, 'b'::text])))"),
        ("nullif(n, 0) IS NOT NULL", "((NULLIF(n, 0) IS NOT NULL))"),
        ("-n > 0", "(((- n) > 0))"),
        ("- (n + 1) > 0", "(((- (n + 1)) > 0))"),
        ("flag AND NOT flag", "((flag AND (NOT flag)))"),
        ("lower(kind) IN ('a', 'b')", "((lower(kind) = ANY (ARRAY['a'::text, 'b'::text])))"),
        ("abs(n) IN (1,2)", "((abs(n) = ANY (ARRAY[1, 2])))"),
        ("price IN (1,2)", "((price = ANY (ARRAY[(1)::numeric, (2)::numeric])))"),
        ("price = 1", "((price = (1)::numeric))"),
        ("r8 > 0", "((r8 > (0)::double precision))"),
        ("r8 IN (1, 2.5)", "((r8 = ANY (ARRAY[(1)::double precision, (2.5)::double precision])))"),
        ("small IN (1,2)", "((small = ANY (ARRAY[1, 2])))"),
        ("small > 0", "((small > 0))"),
        ("vc = 'x'", "(((vc)::text = 'x'::text))"),
        ("vc IN ('x','y')", "(((vc)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[])))"),
        ("vc LIKE '%@%'", "(((vc)::text ~~ '%@%'::text))"),
        ("ch = 'a'", "((ch = 'a'::bpchar))"),
        ("ch IN ('a','b')", "((ch = ANY (ARRAY['a'::bpchar, 'b'::bpchar])))"),
        ("u = '00000000-0000-0000-0000-000000000000'", "((u = '00000000-0000-0000-0000-000000000000'::uuid))"),
        ("lower(vc) = vc", "((lower((vc)::text) = (vc)::text))"),
        ("length(vc) BETWEEN 1 AND 3", "(((length((vc)::text) >= 1) AND (length((vc)::text) <= 3)))"),
    ];

    #[test]
    fn conditions_as_postgresql_shows_them() {
        let differ: Vec<_> = SHOWN
            .iter()
            .map(|(written, shown)| (*written, normal_expression(written), normal_expression(shown)))
            .filter(|(_, written, shown)| written != shown)
            .collect();
        assert!(differ.is_empty(), "{differ:#?}");
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
