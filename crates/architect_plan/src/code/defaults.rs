//! Defaults of columns as documents write them.

use architect_model::{Column, FieldType, Literal, Project};

/// The default that Python fills into a column; `None` where there is none, or the project's own code computes it.
pub(crate) fn of(project: &Project, ty: &FieldType, column: &Column) -> Option<Literal> {
    if column.default.as_ref().is_some_and(|default| default.is_now)
        && matches!(ty, FieldType::DateTime | FieldType::Date)
    {
        return Some(Literal::Now { now: true });
    }
    literal(project, ty, &column.default.as_ref()?.source)
}

/// The default that Python source text stands for.
fn literal(project: &Project, ty: &FieldType, source: &str) -> Option<Literal> {
    let source = source.trim();
    match (ty, source) {
        (_, "None") => return Some(Literal::Null),
        (FieldType::Boolean, "True") => return Some(Literal::Boolean(true)),
        (FieldType::Boolean, "False") => return Some(Literal::Boolean(false)),
        (FieldType::Array { .. } | FieldType::Json, "list" | "dict" | "[]" | "{}") => {
            return Some(Literal::Empty { empty: true });
        }
        _ => {}
    }
    if let FieldType::Enum { values, .. } = ty {
        return value(project, values, source).map(Literal::Text);
    }
    let text = string(source);
    match ty {
        FieldType::Integer { .. } | FieldType::BigInteger { .. } => source.parse().ok().map(Literal::Integer),
        FieldType::Decimal { .. } | FieldType::Float => number(source).map(|number| Literal::Number { number }),
        FieldType::String { .. } | FieldType::Text | FieldType::Email | FieldType::Url => text.map(Literal::Text),
        _ => None,
    }
}

/// The digits of `1.5` and `Decimal("1.5")`.
pub(crate) fn number(source: &str) -> Option<String> {
    let source = source.trim();
    let inner = source.strip_prefix("Decimal(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(source);
    let digits = string(inner).unwrap_or_else(|| inner.to_owned());
    (!digits.is_empty() && digits.parse::<f64>().is_ok_and(f64::is_finite)).then_some(digits)
}

/// The value that `ProjectStatus.DRAFT`, `ProjectStatus.DRAFT.value` or `"draft"` stands for.
fn value(project: &Project, values: &[String], source: &str) -> Option<String> {
    if let Some(text) = string(source) {
        return values.contains(&text).then_some(text);
    }
    let (class, member) = source.strip_suffix(".value").unwrap_or(source).rsplit_once('.')?;
    let class = class.rsplit('.').next().unwrap_or(class);
    let known = project.enums.iter().find(|known| known.class.name == class)?;
    known.members.iter().find(|(name, _)| name == member).map(|(_, value)| value.clone())
}

/// The text of a plain string literal without escapes.
fn string(source: &str) -> Option<String> {
    let inner = |quote: char| source.strip_prefix(quote)?.strip_suffix(quote);
    let text = inner('"').or_else(|| inner('\''))?;
    (!text.contains(['\\', '"', '\'', '\n'])).then(|| text.to_owned())
}
