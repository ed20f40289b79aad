//! A value of a column: as Python source in the models, in a revision, and in SQL.

use architect_model::{ColumnType, DefaultForm, Enumeration, Known, ServerDefault};
use ruff_python_ast::{Expr, ExprCall, Number, UnaryOp};
use ruff_python_parser::parse_expression;
use ruff_text_size::Ranged;

use crate::write::text::string;

/// A value of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// A text: `'open'`.
    Text(String),
    /// A number, as written.
    Number(String),
    Bool(bool),
    Null,
    /// A function of SQL without arguments: `now`.
    Function(String),
    /// An expression of SQL.
    Sql(String),
}

impl Value {
    /// The value of a column of type `ty` that Python source gives; `None` where it is no literal.
    pub(super) fn read(source: &str, ty: Option<&ColumnType>, enums: &[Enumeration]) -> Option<Self> {
        let parsed = parse_expression(source).ok()?;
        Reader { source, ty: ty.map(ColumnType::stored), enums }.value(&parsed.syntax().body)
    }

    /// What the database fills in.
    pub(super) fn of(default: &ServerDefault) -> Option<Self> {
        let sql = default.sql.known()?;
        Some(match (default.form, sql.as_str()) {
            (DefaultForm::Literal, text) => {
                let inner = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).unwrap_or(text);
                Self::Text(inner.replace("''", "'"))
            }
            (DefaultForm::Expression, "true") => Self::Bool(true),
            (DefaultForm::Expression, "false") => Self::Bool(false),
            (DefaultForm::Expression, "NULL") => Self::Null,
            (DefaultForm::Expression, "CURRENT_TIMESTAMP" | "CURRENT_DATE" | "CURRENT_TIME" | "LOCALTIMESTAMP") => {
                Self::Function(sql.to_lowercase())
            }
            (DefaultForm::Expression, sql) => match sql.strip_suffix("()").filter(|name| is_name(name)) {
                Some(name) => Self::Function(name.to_owned()),
                None => Self::Sql(sql.to_owned()),
            },
            (DefaultForm::Text, sql) => Self::Sql(sql.to_owned()),
        })
    }

    /// As `server_default=` of a revision.
    pub(super) fn server_default(&self) -> String {
        match self {
            Self::Text(text) | Self::Number(text) => string(text),
            Self::Bool(true) => "sa.true()".to_owned(),
            Self::Bool(false) => "sa.false()".to_owned(),
            Self::Null => "sa.null()".to_owned(),
            Self::Function(name) => format!("sa.func.{name}()"),
            Self::Sql(sql) => format!("sa.text({})", string(sql)),
        }
    }

    /// As SQL that PostgreSQL and SQLite understand.
    pub(super) fn sql(&self) -> String {
        match self {
            Self::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Self::Number(number) => number.clone(),
            Self::Bool(true) => "true".to_owned(),
            Self::Bool(false) => "false".to_owned(),
            Self::Null => "NULL".to_owned(),
            Self::Function(name) if name == "now" => "CURRENT_TIMESTAMP".to_owned(),
            Self::Function(name) if name.starts_with("current_") => name.to_uppercase(),
            Self::Function(name) => format!("{name}()"),
            Self::Sql(sql) => sql.clone(),
        }
    }

    /// As a default of the database, where it is the same for all rows.
    pub(super) fn constant(&self) -> Option<ServerDefault> {
        let (source, sql, form) = match self {
            Self::Text(text) | Self::Number(text) => {
                (string(text), format!("'{}'", text.replace('\'', "''")), DefaultForm::Literal)
            }
            Self::Bool(value) => (format!("{value}()"), value.to_string(), DefaultForm::Expression),
            Self::Function(name) => {
                let sql = match name.as_str() {
                    "current_timestamp" | "current_date" | "current_time" | "localtimestamp" => name.to_uppercase(),
                    name => format!("{name}()"),
                };
                (format!("func.{name}()"), sql, DefaultForm::Expression)
            }
            Self::Null | Self::Sql(_) => return None,
        };
        Some(ServerDefault { source, sql: Known::Known(sql), form })
    }

    /// Whether a new column may have it as its default: an expression over the row it cannot.
    pub(super) fn is_default(&self) -> bool {
        !matches!(self, Self::Sql(_) | Self::Null)
    }

    /// A value that says nothing, for rows whose own is lost.
    pub(super) fn neutral(ty: &ColumnType) -> Option<Self> {
        Some(match ty.stored() {
            ColumnType::String { .. } | ColumnType::Text => Self::Text(String::new()),
            ColumnType::Integer
            | ColumnType::SmallInteger
            | ColumnType::BigInteger
            | ColumnType::Float
            | ColumnType::Double
            | ColumnType::Numeric { .. } => Self::Number("0".to_owned()),
            ColumnType::Boolean => Self::Bool(false),
            ColumnType::Date | ColumnType::DateTime { .. } => Self::Text(match ty.stored() {
                ColumnType::Date => "1970-01-01".to_owned(),
                _ => "1970-01-01 00:00:00".to_owned(),
            }),
            ColumnType::Enum { values, .. } => Self::Text(values.known()?.first()?.clone()),
            ColumnType::Json => Self::Text("{}".to_owned()),
            _ => return None,
        })
    }
}

struct Reader<'s> {
    source: &'s str,
    ty: Option<&'s ColumnType>,
    enums: &'s [Enumeration],
}

impl Reader<'_> {
    fn value(&self, expr: &Expr) -> Option<Value> {
        Some(match expr {
            Expr::StringLiteral(text) => Value::Text(text.value.to_str().to_owned()),
            Expr::BooleanLiteral(literal) => Value::Bool(literal.value),
            Expr::NoneLiteral(_) => Value::Null,
            Expr::NumberLiteral(number) => Value::Number(self.number(number.range(), &number.value)?),
            Expr::UnaryOp(unary) if unary.op == UnaryOp::USub => match self.value(&unary.operand)? {
                Value::Number(number) => Value::Number(format!("-{number}")),
                _ => return None,
            },
            Expr::Dict(dict) if dict.is_empty() && self.is_json() => Value::Text("{}".to_owned()),
            Expr::List(list) if list.is_empty() && self.is_json() => Value::Text("[]".to_owned()),
            Expr::Name(name) if self.is_json() && name.id.as_str() == "dict" => Value::Text("{}".to_owned()),
            Expr::Name(name) if self.is_json() && name.id.as_str() == "list" => Value::Text("[]".to_owned()),
            Expr::Attribute(attribute) => return self.member(expr, attribute.attr.as_str()),
            Expr::Call(call) => return self.called(call),
            _ => return None,
        })
    }

    fn number(&self, range: ruff_text_size::TextRange, value: &Number) -> Option<String> {
        match value {
            Number::Int(int) => Some(int.to_string()),
            Number::Float(_) => Some(self.source[range].replace('_', "")),
            Number::Complex { .. } => None,
        }
    }

    fn is_json(&self) -> bool {
        match self.ty {
            Some(ColumnType::Json) => true,
            Some(ColumnType::Other { symbol, .. }) => symbol.name == "JSONB" || symbol.name == "JSON",
            _ => false,
        }
    }

    /// `State.OPEN`, `State.OPEN.value`: as the column stores it.
    fn member(&self, expr: &Expr, last: &str) -> Option<Value> {
        let member = match expr.as_attribute_expr()?.value.as_ref() {
            Expr::Attribute(inner) if last == "value" => self.enumerated(inner)?.1,
            _ if last == "value" => return None,
            _ => {
                let (name, value) = self.enumerated(expr.as_attribute_expr()?)?;
                match self.ty? {
                    ColumnType::Enum { values, .. } => {
                        let values = values.known()?;
                        [name, value].into_iter().find(|text| values.contains(text))?
                    }
                    _ => value,
                }
            }
        };
        Some(Value::Text(member))
    }

    /// Name and value of the member that `Class.MEMBER` is.
    fn enumerated(&self, attribute: &ruff_python_ast::ExprAttribute) -> Option<(String, String)> {
        let class = last_name(&attribute.value)?;
        let members = |item: &&Enumeration| item.class.name == class;
        let mut found = self
            .enums
            .iter()
            .filter(members)
            .filter_map(|item| item.members.iter().find(|(name, _)| *name == attribute.attr.as_str()).cloned());
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }

    fn called(&self, call: &ExprCall) -> Option<Value> {
        let name = last_name(&call.func)?;
        if call.arguments.is_empty() {
            return match name {
                "true" => Some(Value::Bool(true)),
                "false" => Some(Value::Bool(false)),
                "null" => Some(Value::Null),
                "dict" if self.is_json() => Some(Value::Text("{}".to_owned())),
                "list" if self.is_json() => Some(Value::Text("[]".to_owned())),
                _ if self.source[call.func.range()].contains("func.") || is_clock(&call.func) => {
                    Some(Value::Function(name.to_owned()))
                }
                _ => None,
            };
        }
        let [argument] = &*call.arguments.args else { return None };
        match (name, argument) {
            ("text", Expr::StringLiteral(sql)) => Some(Value::Sql(sql.value.to_str().to_owned())),
            ("Decimal", Expr::StringLiteral(number)) => {
                let number = number.value.to_str();
                number.parse::<f64>().ok().map(|_| Value::Number(number.to_owned()))
            }
            ("Decimal", number) => self.value(number).filter(|value| matches!(value, Value::Number(_))),
            // SQLite stores it without the strokes, and PostgreSQL reads it without them.
            ("UUID", Expr::StringLiteral(id)) => Some(Value::Text(id.value.to_str().replace('-', "").to_lowercase())),
            _ => None,
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.')
}

/// Whether a function without its `func.` is one of SQL's clocks.
fn is_clock(expr: &Expr) -> bool {
    let clocks = ["now", "current_timestamp", "current_date", "current_time"];
    matches!(expr, Expr::Name(name) if clocks.contains(&name.id.as_str()))
}

/// The last name of `a.b.c`.
pub(super) fn last_name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}
