//! What fills columns in: defaults of Python and of the database, computed columns, identities.

use architect_model::{
    ColumnDefault, Computed, DefaultForm, DefaultValue, Identity, Known, ServerDefault, literal as quoted,
};
use ruff_python_ast::Expr;
use serde_json::json;

use crate::resolve::{Arguments, Index, Placed, Resolution, Scope, Value};

use super::expression::Sql;

/// A default that Python fills in.
pub(super) fn column_default<'a>(index: &Index<'a>, (scope, expr): Placed<'a>) -> ColumnDefault {
    ColumnDefault {
        source: scope.text(expr).to_owned(),
        value: default_value(index, scope, expr),
        is_now: index.gives_now(scope, expr),
    }
}

fn default_value<'a>(index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) -> Known<DefaultValue> {
    let unknown = || Known::unknown(scope.at(expr), format!("the default `{}` is not followed", scope.text(expr)));
    if let Known::Known(value) = index.fixed(scope, expr) {
        return value_of(&value).map_or_else(unknown, Known::Known);
    }
    if let Resolution::Variable(variable) = index.resolve(scope, expr)
        && let Some(class) = index.class_around(variable.scope)
        && index.derives_from(class, "enum.Enum")
    {
        return Known::Known(DefaultValue::Enum(format!("{}.{}", class.name(), variable.name)));
    }
    let (inner, value) = index.followed(scope, expr);
    match value {
        Expr::Lambda(_) => {
            let module = inner.file.module.clone();
            return Known::Known(DefaultValue::Callable(format!("{module}.{}", inner.qualified("<lambda>"))));
        }
        Expr::Call(call) => {
            let resolved = index.resolve(inner, &call.func);
            let arguments = index.arguments(inner, call);
            return match resolved.library() {
                Some("sqlalchemy.ColumnDefault") => match arguments.get("arg", 0) {
                    Some((scope, expr)) => default_value(index, scope, expr),
                    None => unknown(),
                },
                Some("sqlalchemy.Sequence") => sequence(index, &arguments).map_or_else(unknown, Known::Known),
                Some("decimal.Decimal") => {
                    let argument = arguments.positional.first().map(|(scope, expr)| index.fixed(*scope, expr));
                    match argument.as_ref().and_then(Known::known).and_then(decimal) {
                        Some(shown) => Known::Known(DefaultValue::Scalar(json!(format!("Decimal('{shown}')")))),
                        None => unknown(),
                    }
                }
                _ => sql_default(index, (inner, value)).map_or_else(unknown, Known::Known),
            };
        }
        _ => {}
    }
    match index.resolve(scope, expr) {
        Resolution::Library(path) if !is_certain(index, &path) => {
            Known::unknown(scope.at(expr), format!("what `{path}` is cannot be seen: its package is not installed"))
        }
        resolved => callable(&resolved).map_or_else(unknown, |name| Known::Known(DefaultValue::Callable(name))),
    }
}

/// Whether a library symbol is a function or class that is defined where it is imported from.
fn is_certain(index: &Index<'_>, path: &str) -> bool {
    const STANDARD: [&str; 8] = ["datetime", "decimal", "enum", "secrets", "time", "uuid", "collections", "typing"];
    let top = path.split('.').next().unwrap_or(path);
    STANDARD.contains(&top) || index.library_class(path).is_some()
}

fn sql_default<'a>(index: &Index<'a>, placed: Placed<'a>) -> Option<DefaultValue> {
    let sql = Sql { index, columns: &[] }.expression(placed);
    sql.known().cloned().map(DefaultValue::Sql)
}

fn sequence<'a>(index: &Index<'a>, arguments: &Arguments<'a>) -> Option<DefaultValue> {
    let (scope, name) = arguments.get("name", 0)?;
    Some(DefaultValue::Sequence(index.fixed_string(scope, name).known()?.clone()))
}

/// Module and qualified name of a function or class.
fn callable(resolved: &Resolution<'_>) -> Option<String> {
    let symbol = match resolved {
        Resolution::Function(function) => function.symbol(),
        Resolution::Class(class) => class.symbol(),
        Resolution::Builtin(name) => return Some(format!("builtins.{name}")),
        // Methods of C have no module of their own.
        Resolution::Library(path) if is_bound(path) => return Some(path.strip_prefix("datetime.")?.to_owned()),
        Resolution::Library(path) => return Some(path.clone()),
        _ => return None,
    };
    Some(format!("{}.{}", symbol.module, symbol.name))
}

fn is_bound(path: &str) -> bool {
    path.starts_with("datetime.datetime.") || path.starts_with("datetime.date.")
}

/// A value as the default of a column.
fn value_of(value: &Value) -> Option<DefaultValue> {
    if let Value::Member { class, name, .. } = value {
        let class = class.name.rsplit('.').next().unwrap_or(&class.name);
        return Some(DefaultValue::Enum(format!("{class}.{name}")));
    }
    json_of(value).map(DefaultValue::Scalar)
}

fn json_of(value: &Value) -> Option<serde_json::Value> {
    Some(match value {
        Value::None => serde_json::Value::Null,
        Value::Bool(flag) => json!(flag),
        Value::Int(number) => json!(number),
        Value::Float(number) => json!(number),
        Value::Str(text) => json!(text),
        Value::List(items) | Value::Tuple(items) => {
            serde_json::Value::Array(items.iter().map(json_of).collect::<Option<_>>()?)
        }
        Value::Dict(entries) => {
            let pairs = entries.iter().map(|(key, value)| Some((key.as_str()?.to_owned(), json_of(value)?)));
            serde_json::Value::Object(pairs.collect::<Option<_>>()?)
        }
        Value::Set(_) | Value::Member { .. } => return None,
    })
}

/// The digits that `repr` shows of a `Decimal`.
fn decimal(value: &Value) -> Option<String> {
    match value {
        Value::Str(text) => text.parse::<f64>().ok().map(|_| text.clone()),
        Value::Int(number) => Some(number.to_string()),
        _ => None,
    }
}

/// What a server default turns out to be.
pub(super) enum ServerSide {
    Default(ServerDefault),
    Computed(Computed),
    Identity(Identity),
}

/// `server_default=…`: a text is a literal in the database, anything else an expression of SQL.
///
/// ```python
/// # sqlalchemy.sql.compiler.DDLCompiler.render_default_string
/// if isinstance(default, str):
///     return self.sql_compiler.render_literal_value(default, sqltypes.STRINGTYPE)
/// ```
pub(super) fn server_default<'a>(index: &Index<'a>, (scope, expr): Placed<'a>) -> ServerSide {
    let source = scope.text(expr).to_owned();
    let made = |sql: Known<String>, form: DefaultForm| {
        ServerSide::Default(ServerDefault { source: source.clone(), sql, form })
    };
    if let Known::Known(value) = index.fixed(scope, expr) {
        return match value.as_str() {
            Some(text) => made(Known::Known(quoted(text)), DefaultForm::Literal),
            None => made(Known::unknown(scope.at(expr), "a server default that is no text"), DefaultForm::Literal),
        };
    }
    let (inner, value) = index.followed(scope, expr);
    if let Expr::Call(call) = value {
        let resolved = index.resolve(inner, &call.func);
        let arguments = index.arguments(inner, call);
        match resolved.library().unwrap_or_default() {
            "sqlalchemy.DefaultClause" => {
                if let Some(argument) = arguments.get("arg", 0) {
                    return server_default(index, argument);
                }
            }
            "sqlalchemy.text" | "sqlalchemy.literal_column" => {
                let sql = Sql { index, columns: &[] }.expression((inner, value));
                return made(sql, DefaultForm::Text);
            }
            "sqlalchemy.Computed" => return ServerSide::Computed(computed(index, inner, value, &arguments)),
            "sqlalchemy.Identity" => return ServerSide::Identity(identity(index, &arguments)),
            _ => {}
        }
    }
    let callee = match value {
        Expr::Call(call) => index.resolve(inner, &call.func),
        other => index.resolve(inner, other),
    };
    if callee.is("sqlalchemy.FetchedValue") {
        let reason = "the database fills it in by itself, and the models do not say how";
        return made(Known::unknown(scope.at(expr), reason), DefaultForm::Expression);
    }
    made(next_value(index, inner, value).unwrap_or_else(|| sql(index, inner, value)), DefaultForm::Expression)
}

fn sql<'a>(index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) -> Known<String> {
    Sql { index, columns: &[] }.expression((scope, expr))
}

/// `sequence.next_value()`.
fn next_value<'a>(index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) -> Option<Known<String>> {
    let method = expr.as_call_expr()?.func.as_attribute_expr().filter(|method| method.attr.as_str() == "next_value")?;
    let (inner, made) = index.followed(scope, &method.value);
    let call = made.as_call_expr().filter(|call| index.resolve(inner, &call.func).is("sqlalchemy.Sequence"))?;
    let name = index.arguments(inner, call).get("name", 0)?;
    Some(index.fixed_string(name.0, name.1).map(|name| format!("nextval({})", quoted(&name))))
}

/// `Computed("price * amount", persisted=True)`.
pub(super) fn computed<'a>(index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr, arguments: &Arguments<'a>) -> Computed {
    let sql = match arguments.get("sqltext", 0) {
        Some(placed) => Sql { index, columns: &[] }.of(placed),
        None => Known::unknown(scope.at(expr), "a computed column without an expression"),
    };
    let given = arguments.get("persisted", 1).map(|(scope, expr)| index.fixed(scope, expr));
    let persisted = given.and_then(|flag| flag.known().and_then(Value::as_bool));
    Computed { sql, persisted }
}

/// `Identity(always=True, start=10)`.
pub(super) fn identity<'a>(index: &Index<'a>, arguments: &Arguments<'a>) -> Identity {
    let mut lost = None;
    let mut given =
        |name: &str, place: usize| match index.fixed(arguments.get(name, place)?.0, arguments.get(name, place)?.1) {
            Known::Known(value) => Some(value),
            Known::Unknown { unknown } => {
                lost.get_or_insert(unknown);
                None
            }
        };
    let always = given("always", 0).and_then(|flag| flag.as_bool());
    let mut number = |name: &str| given(name, usize::MAX).and_then(|number| number.as_int());
    let [start, increment, minimum, maximum, cache] =
        ["start", "increment", "minvalue", "maxvalue", "cache"].map(&mut number);
    let cycle = given("cycle", usize::MAX).and_then(|flag| flag.as_bool());
    Identity { always: always.unwrap_or(false), start, increment, minimum, maximum, cache, cycle, unknown: lost }
}
