//! Indexes: what they are over, in which order, for which rows.

use architect_model::{Direction, Index as NewIndex, IndexKey, IndexPart, Known};
use ruff_python_ast::Expr;

use crate::resolve::{Arguments, Index, Placed, Scope, Value};

use super::draft::Draft;
use super::expression::Sql;
use super::types::flag;

/// Reads the indexes of one table.
pub(super) struct Indexes<'i, 'a> {
    pub(super) index: &'i Index<'a>,
    pub(super) columns: &'i [Draft<'a>],
}

impl<'a> Indexes<'_, 'a> {
    /// `Index("ix_user_email", "email", unique=True, postgresql_where=...)`.
    pub(super) fn read(&self, arguments: &Arguments<'a>) -> Known<NewIndex> {
        let name = match arguments.get("name", 0) {
            Some((_, expr)) if expr.is_none_literal_expr() => Known::Known(None),
            Some((scope, expr)) => self.index.fixed_string(scope, expr).map(Some),
            None => Known::Known(None),
        };
        let (name, unique) = match (name, flag(self.index, arguments, "unique")) {
            (Known::Known(name), Known::Known(unique)) => (name, unique.unwrap_or(false)),
            (Known::Unknown { unknown }, _) | (_, Known::Unknown { unknown }) => return Known::Unknown { unknown },
        };
        let named_positionally = arguments.keyword("name").is_none();
        let parts = arguments.positional.get(usize::from(named_positionally)..).unwrap_or_default();
        let (parts, labels): (Vec<_>, Vec<_>) = parts.iter().map(|part| self.part(*part)).unzip();
        let mut made = NewIndex { name, parts, unique, ..NewIndex::default() };
        for (key, placed) in &arguments.keywords {
            if !matches!(*key, "name" | "unique") && !placed.1.is_none_literal_expr() {
                self.option(&mut made, &labels, key, *placed);
            }
        }
        Known::Known(made)
    }

    fn option(&self, made: &mut NewIndex, labels: &[Option<String>], key: &str, (scope, expr): Placed<'a>) {
        let fixed = || self.index.fixed(scope, expr).known().cloned();
        let understood = match key {
            "postgresql_where" => {
                made.predicate = Some(self.sql().of((scope, expr)));
                true
            }
            "sqlite_where" => {
                made.sqlite_predicate = Some(self.sql().of((scope, expr)));
                true
            }
            "postgresql_using" => {
                made.method = fixed().and_then(|value| value.as_str().map(str::to_owned));
                made.method.is_some()
            }
            "postgresql_include" => match self.index.sequence_parts(scope, expr) {
                Some(parts) => {
                    made.include = parts.iter().map(|(scope, part)| self.name(*scope, part)).collect();
                    true
                }
                None => false,
            },
            "postgresql_with" => match fixed() {
                Some(Value::Dict(entries)) => {
                    let pairs =
                        entries.iter().filter_map(|(key, value)| Some((key.as_str()?.to_owned(), word(value)?)));
                    made.storage = pairs.collect();
                    made.storage.len() == entries.len()
                }
                _ => false,
            },
            "postgresql_ops" => match fixed() {
                Some(Value::Dict(entries)) => entries.iter().all(|(key, class)| {
                    let (Some(key), Some(class)) = (key.as_str(), class.as_str()) else { return false };
                    let place =
                        made.parts.iter().zip(labels).position(|(part, label)| {
                            label.as_deref() == Some(key) || part.key.as_column() == Some(key)
                        });
                    place.map(|place| made.parts[place].operator_class = Some(class.to_owned())).is_some()
                }),
                _ => false,
            },
            "postgresql_nulls_not_distinct" => fixed().and_then(|value| value.as_bool()).is_some_and(|flag| {
                made.nulls_not_distinct = flag;
                true
            }),
            "postgresql_concurrently" => fixed().and_then(|value| value.as_bool()).is_some_and(|flag| {
                made.concurrently = flag;
                true
            }),
            _ => false,
        };
        if !understood {
            made.options.push(format!("{key}={}", scope.text(expr)));
        }
    }

    fn sql(&self) -> Sql<'_, 'a> {
        Sql { index: self.index, columns: self.columns }
    }

    /// A part, and the label by which `postgresql_ops` refers to it.
    fn part(&self, (scope, expr): Placed<'a>) -> (IndexPart, Option<String>) {
        let mut part = IndexPart::of(IndexKey::Column { column: String::new() });
        let mut label = None;
        let mut inner = expr;
        while let Some((word, within)) = peeled(self.index, scope, inner) {
            match word {
                "desc" => part.direction = Some(Direction::Descending),
                "asc" => part.direction = Some(Direction::Ascending),
                "nulls_first" | "nullsfirst" => part.nulls_first = Some(true),
                "nulls_last" | "nullslast" => part.nulls_first = Some(false),
                _ => {
                    let argument = inner.as_call_expr().and_then(|call| call.arguments.args.first());
                    label = argument.and_then(|text| self.index.fixed_string(scope, text).known().cloned());
                }
            }
            inner = within;
        }
        part.key = self.key((scope, inner));
        (part, label)
    }

    /// A column, or an expression.
    pub(super) fn key(&self, (scope, expr): Placed<'a>) -> IndexKey {
        if let Some(column) = self.sql().column(scope, expr) {
            return IndexKey::Column { column };
        }
        match self.index.fixed_string(scope, expr) {
            Known::Known(column) => IndexKey::Column { column },
            Known::Unknown { .. } => {
                let expression = self.sql().expression((scope, expr));
                IndexKey::Expression { expression, source: scope.text(expr).to_owned() }
            }
        }
    }

    fn name(&self, scope: Scope<'a>, expr: &'a Expr) -> String {
        match self.key((scope, expr)) {
            IndexKey::Column { column } => column,
            IndexKey::Expression { source, .. } => source,
        }
    }
}

/// `column.desc()`, `desc(column)`, `expression.label("x")`: the word, and what it is about.
fn peeled<'a>(index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) -> Option<(&'a str, &'a Expr)> {
    const WORDS: [&str; 7] = ["desc", "asc", "nulls_first", "nullsfirst", "nulls_last", "nullslast", "label"];
    let call = expr.as_call_expr()?;
    match (&*call.func, call.arguments.args.first()) {
        (Expr::Attribute(method), None) if WORDS.contains(&method.attr.as_str()) => {
            Some((method.attr.as_str(), &method.value))
        }
        (Expr::Attribute(method), Some(_)) if method.attr.as_str() == "label" => Some(("label", &method.value)),
        (function, Some(inner)) => {
            let path = index.resolve(scope, function).library()?.to_owned();
            let word = path.strip_prefix("sqlalchemy.")?;
            WORDS.iter().find(|known| **known == word).map(|known| (*known, inner))
        }
        _ => None,
    }
}

fn word(value: &Value) -> Option<String> {
    Some(match value {
        Value::Str(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Float(number) => number.to_string(),
        _ => return None,
    })
}
