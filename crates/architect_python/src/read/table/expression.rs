//! Expressions of SQLAlchemy as the SQL that PostgreSQL gets: `func.now()`, `Item.price > 0`, `text("lower(name)")`.

use architect_model::{Known, identifier, literal as quoted};
use ruff_python_ast::{BoolOp, CmpOp, Expr, ExprCall, Operator, UnaryOp};

use crate::resolve::{Index, Placed, Scope, Value};

use super::draft::Draft;
use super::types::column_type;

/// How strongly the last operator of a term binds: SQLAlchemy's `_PRECEDENCE`.
const WHOLE: u8 = 16;
const PRODUCT: u8 = 8;
const SUM: u8 = 7;
const JOINED: u8 = 6;
const COMPARED: u8 = 5;
const AND: u8 = 3;
const OR: u8 = 2;
const LEAST: u8 = 0;

/// SQL, and how strongly its last operator binds.
struct Term {
    sql: String,
    binds: u8,
}

impl Term {
    fn whole(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), binds: WHOLE }
    }

    /// In parentheses where an operator that binds as strongly as `binds` would take it apart.
    fn within(self, binds: u8) -> String {
        if self.binds < binds { format!("({})", self.sql) } else { self.sql }
    }
}

/// Turns expressions over the columns of one table into SQL.
pub(super) struct Sql<'i, 'a> {
    pub(super) index: &'i Index<'a>,
    pub(super) columns: &'i [Draft<'a>],
}

impl<'a> Sql<'_, 'a> {
    /// The SQL of an expression; a text stands for itself.
    pub(super) fn of(&self, (scope, expr): Placed<'a>) -> Known<String> {
        if let Known::Known(Value::Str(text)) = self.index.fixed(scope, expr) {
            return Known::Known(text);
        }
        self.expression((scope, expr))
    }

    /// The SQL of an expression; a text is a literal.
    pub(super) fn expression(&self, (scope, expr): Placed<'a>) -> Known<String> {
        match self.term(scope, expr) {
            Some(term) => Known::Known(term.sql),
            None => Known::unknown(scope.at(expr), format!("the SQL of `{}` is not known", scope.text(expr))),
        }
    }

    /// The column of the table that an expression is.
    pub(super) fn column(&self, scope: Scope<'a>, expr: &'a Expr) -> Option<String> {
        let named = |attribute: &str| {
            let draft = self.columns.iter().find(|draft| draft.attribute == attribute)?;
            Some(super::build::column_name(draft))
        };
        match expr {
            Expr::Name(name) => named(name.id.as_str()),
            Expr::Attribute(attribute) => named(attribute.attr.as_str()),
            Expr::Call(call) => {
                let path = self.index.resolve(scope, &call.func).library()?.to_owned();
                let only = call.arguments.args.first()?;
                match path.as_str() {
                    "sqlalchemy.column" | "sqlalchemy.Column" => self.index.fixed_string(scope, only).known().cloned(),
                    "sqlmodel.col" => self.column(scope, only),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn term(&self, scope: Scope<'a>, expr: &'a Expr) -> Option<Term> {
        if let Some(column) = self.column(scope, expr) {
            return Some(Term::whole(identifier(&column)));
        }
        if let Some(literal) = self.literal(scope, expr) {
            return Some(Term::whole(literal));
        }
        match expr {
            Expr::BinOp(operation) => {
                let (operator, binds) = arithmetic(operation.op)?;
                let left = self.term(scope, &operation.left)?;
                let right = self.term(scope, &operation.right)?;
                if matches!(operation.op, Operator::BitAnd | Operator::BitOr) {
                    return Some(joined(operator, binds, vec![left, right]));
                }
                Some(binary(left, operator, right, binds))
            }
            Expr::UnaryOp(operation) => match operation.op {
                UnaryOp::Invert => self.negated(scope, &operation.operand),
                UnaryOp::USub => Some(Term {
                    sql: format!("-{}", self.term(scope, &operation.operand)?.within(PRODUCT)),
                    binds: PRODUCT,
                }),
                _ => None,
            },
            Expr::Compare(compare) => {
                let ([operator], [right]) = (&*compare.ops, &*compare.comparators) else { return None };
                self.compared(scope, &compare.left, *operator, right)
            }
            Expr::BoolOp(operation) if operation.op == BoolOp::And => None,
            Expr::Subscript(subscript) => {
                let key = self.literal(scope, &subscript.slice)?;
                Some(binary(self.term(scope, &subscript.value)?, "->", Term::whole(key), LEAST))
            }
            Expr::Attribute(attribute) if attribute.attr.as_str() == "astext" => {
                let subscript = attribute.value.as_subscript_expr()?;
                let key = self.literal(scope, &subscript.slice)?;
                Some(binary(self.term(scope, &subscript.value)?, "->>", Term::whole(key), LEAST))
            }
            Expr::Call(call) => self.call(scope, expr, call),
            Expr::Name(_) | Expr::Attribute(_) => match self.index.followed(scope, expr) {
                (inner, value) if !std::ptr::eq(value, expr) => self.term(inner, value),
                _ => None,
            },
            _ => None,
        }
    }

    /// A value of Python as SQL.
    fn literal(&self, scope: Scope<'a>, expr: &'a Expr) -> Option<String> {
        fn sql(value: &Value) -> Option<String> {
            Some(match value {
                Value::None => "NULL".to_owned(),
                Value::Bool(flag) => flag.to_string(),
                Value::Int(number) => number.to_string(),
                Value::Float(number) => format!("{number:?}"),
                Value::Str(text) => quoted(text),
                Value::Member { value, .. } => sql(value)?,
                _ => return None,
            })
        }
        sql(self.index.fixed(scope, expr).known()?)
    }

    fn compared(&self, scope: Scope<'a>, left: &'a Expr, operator: CmpOp, right: &'a Expr) -> Option<Term> {
        let (left, right) = (self.term(scope, left)?, self.term(scope, right)?);
        let is_null = right.sql == "NULL";
        let operator = match operator {
            CmpOp::Eq if is_null => "IS",
            CmpOp::NotEq if is_null => "IS NOT",
            CmpOp::Eq => "=",
            CmpOp::NotEq => "!=",
            CmpOp::Lt => "<",
            CmpOp::LtE => "<=",
            CmpOp::Gt => ">",
            CmpOp::GtE => ">=",
            _ => return None,
        };
        Some(binary(left, operator, right, COMPARED))
    }

    /// `~condition`, `not_(condition)`.
    fn negated(&self, scope: Scope<'a>, expr: &'a Expr) -> Option<Term> {
        if let Expr::Compare(compare) = expr
            && let ([operator], [right]) = (&*compare.ops, &*compare.comparators)
        {
            return self.compared(scope, &compare.left, operator.negate(), right);
        }
        let inner = self.term(scope, expr)?;
        Some(Term { sql: format!("NOT {}", inner.within(COMPARED)), binds: COMPARED })
    }

    fn call(&self, scope: Scope<'a>, expr: &'a Expr, call: &'a ExprCall) -> Option<Term> {
        let resolved = self.index.resolve(scope, &call.func);
        let Some(path) = resolved.library() else {
            if let (inner, value) = self.index.followed(scope, expr)
                && !std::ptr::eq(value, expr)
            {
                return self.term(inner, value);
            }
            return self.method(scope, call);
        };
        let name = path.strip_prefix("sqlalchemy.").or_else(|| path.strip_prefix("sqlmodel."));
        let Some(name) = name.map(|name| {
            let name = name.strip_prefix("dialects.postgresql.").unwrap_or(name);
            name.strip_prefix("sql.").unwrap_or(name)
        }) else {
            return self.method(scope, call);
        };
        if let Some(function) = name.strip_prefix("functions.") {
            return self.function(scope, call, function);
        }
        if let Some(function) = name.strip_prefix("func.") {
            return self.function(scope, call, function);
        }
        let first = call.arguments.args.first();
        match (name, first) {
            ("text" | "literal_column", Some(sql)) => {
                let sql = self.index.fixed_string(scope, sql).known()?.replace("\\:", ":");
                Some(Term::whole(sql))
            }
            ("literal", Some(value)) => self.literal(scope, value).map(Term::whole),
            ("true" | "false", None) => Some(Term::whole(name)),
            ("null", None) => Some(Term::whole("NULL")),
            ("and_" | "or_", Some(_)) => {
                let terms = self.terms(scope, call)?;
                let (word, binds) = if name == "and_" { ("AND", AND) } else { ("OR", OR) };
                Some(joined(word, binds, terms))
            }
            ("not_", Some(condition)) => self.negated(scope, condition),
            ("desc" | "asc" | "nulls_first" | "nulls_last" | "nullsfirst" | "nullslast", Some(inner)) => {
                Some(Term { sql: format!("{} {}", self.term(scope, inner)?.within(AND), ordering(name)?), binds: AND })
            }
            ("case", Some(_)) => self.case(scope, call),
            ("cast", Some(inner)) => self.cast(scope, inner, call.arguments.args.get(1)?),
            // A method of a column: `sqlalchemy.Column.is_`.
            _ => self.method(scope, call),
        }
    }

    fn cast(&self, scope: Scope<'a>, inner: &'a Expr, ty: &'a Expr) -> Option<Term> {
        let ty = column_type(self.index, scope, ty);
        let word = ty.known()?.postgresql()?;
        Some(Term::whole(format!("CAST({} AS {word})", self.term(scope, inner)?.sql)))
    }

    /// `case((condition, value), else_=value)`.
    fn case(&self, scope: Scope<'a>, call: &'a ExprCall) -> Option<Term> {
        let arguments = self.index.arguments(scope, call);
        let mut sql = "CASE".to_owned();
        for (scope, pair) in &arguments.positional {
            let parts = self.index.sequence_parts(*scope, pair)?;
            let [(at, condition), (then_at, value)] = parts.as_slice() else { return None };
            let (condition, value) = (self.term(*at, condition)?, self.term(*then_at, value)?);
            sql.push_str(&format!(" WHEN {} THEN {}", condition.within(COMPARED + 1), value.sql));
        }
        if let Some((scope, value)) = arguments.keyword("else_") {
            sql.push_str(&format!(" ELSE {}", self.term(scope, value)?.sql));
        }
        Some(Term::whole(format!("{sql} END")))
    }

    fn terms(&self, scope: Scope<'a>, call: &'a ExprCall) -> Option<Vec<Term>> {
        if !call.arguments.keywords.is_empty() {
            return None;
        }
        call.arguments.args.iter().map(|argument| self.term(scope, argument)).collect()
    }

    /// `func.name(…)`. Some functions of the standard have no parentheses:
    ///
    /// ```python
    /// class current_timestamp(AnsiFunction[datetime.datetime]): ...   # sqlalchemy.sql.functions
    /// ```
    fn function(&self, scope: Scope<'a>, call: &'a ExprCall, name: &str) -> Option<Term> {
        const BARE: [&str; 9] = [
            "current_date",
            "current_time",
            "current_timestamp",
            "current_user",
            "localtime",
            "localtimestamp",
            "session_user",
            "sysdate",
            "user",
        ];
        let lower = name.to_lowercase();
        if BARE.contains(&lower.as_str()) && call.arguments.is_empty() {
            return Some(Term::whole(lower.to_uppercase()));
        }
        let terms = self.terms(scope, call)?;
        let arguments: Vec<String> = terms.into_iter().map(|term| term.sql).collect();
        let name = if lower == "now" { "now" } else { name };
        Some(Term::whole(format!("{name}({})", arguments.join(", "))))
    }

    /// A method of an expression: `column.is_(None)`, `column.in_([…])`, `column.desc()`.
    fn method(&self, scope: Scope<'a>, call: &'a ExprCall) -> Option<Term> {
        if let Expr::Call(operator) = &*call.func
            && let Some(op) = operator.func.as_attribute_expr().filter(|method| method.attr.as_str() == "op")
        {
            let word = self.index.fixed_string(scope, operator.arguments.args.first()?).known()?.clone();
            let right = self.term(scope, call.arguments.args.first()?)?;
            return Some(binary(self.term(scope, &op.value)?, &word, right, LEAST));
        }
        let attribute = call.func.as_attribute_expr()?;
        let method = attribute.attr.as_str();
        let value = &*attribute.value;
        let left = self.term(scope, value)?;
        if call.arguments.is_empty() {
            return Some(Term { sql: format!("{} {}", left.within(AND), ordering(method)?), binds: AND });
        }
        let argument = call.arguments.args.first()?;
        let word = match method {
            "is_" => "IS",
            "is_not" | "isnot" => "IS NOT",
            "like" => "LIKE",
            "ilike" => "ILIKE",
            "not_like" | "notlike" => "NOT LIKE",
            "concat" => "||",
            "in_" | "not_in" | "notin_" => {
                let parts = self.index.sequence_parts(scope, argument)?;
                let parts: Option<Vec<String>> = parts.iter().map(|(scope, part)| self.literal(*scope, part)).collect();
                let word = if method == "in_" { "IN" } else { "NOT IN" };
                let sql = format!("{} {word} ({})", left.within(COMPARED), parts?.join(", "));
                return Some(if method == "in_" {
                    Term { sql, binds: COMPARED }
                } else {
                    Term::whole(format!("({sql})"))
                });
            }
            "between" => {
                let upper = self.term(scope, call.arguments.args.get(1)?)?;
                let lower = self.term(scope, argument)?;
                let sql = format!("{} BETWEEN {} AND {}", left.within(COMPARED), lower.sql, upper.sql);
                return Some(Term { sql, binds: COMPARED });
            }
            _ => return None,
        };
        let binds = if word == "||" { JOINED } else { COMPARED };
        Some(binary(left, word, self.term(scope, argument)?, binds))
    }
}

/// `DESC` and the like, as method or function of SQLAlchemy name it.
fn ordering(name: &str) -> Option<&'static str> {
    Some(match name {
        "desc" => "DESC",
        "asc" => "ASC",
        "nulls_first" | "nullsfirst" => "NULLS FIRST",
        "nulls_last" | "nullslast" => "NULLS LAST",
        _ => return None,
    })
}

fn arithmetic(operator: Operator) -> Option<(&'static str, u8)> {
    Some(match operator {
        Operator::Add => ("+", SUM),
        Operator::Sub => ("-", SUM),
        Operator::Mult => ("*", PRODUCT),
        Operator::Div => ("/", PRODUCT),
        Operator::Mod => ("%", PRODUCT),
        Operator::BitAnd => ("AND", AND),
        Operator::BitOr => ("OR", OR),
        _ => return None,
    })
}

fn binary(left: Term, operator: &str, right: Term, binds: u8) -> Term {
    // The right operand of an operator that binds as strongly stays apart: `a - (b - c)`.
    let (left, right) = (left.within(binds.max(1)), right.within(binds.saturating_add(1)));
    Term { sql: format!("{left} {operator} {right}"), binds }
}

fn joined(word: &str, binds: u8, terms: Vec<Term>) -> Term {
    let parts: Vec<String> = terms.into_iter().map(|term| term.within(binds)).collect();
    Term { sql: parts.join(&format!(" {word} ")), binds }
}
