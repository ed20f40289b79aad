//! Fills `script.py.mako`, as far as it is of the usual kind: text with `${…}` in it.

use ruff_python_ast::{Expr, InterpolatedStringElement};
use ruff_python_parser::parse_expression;

use super::alembic::Body;
use crate::write::text::string;

/// What a template may name.
pub(super) struct Values<'a> {
    pub(super) message: &'a str,
    /// What stands below the message, where that is in a docstring.
    pub(super) note: Option<&'a str>,
    pub(super) revision: &'a str,
    pub(super) follows: &'a [&'a str],
    pub(super) date: &'a str,
    pub(super) body: &'a Body,
    /// Whether the revision stays as the template makes it.
    pub(super) unformatted: bool,
}

/// Alembic's own template in the form of today.
const USUAL: &str = r#""""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = ${repr(up_revision)}
down_revision: str | Sequence[str] | None = ${repr(down_revision)}
branch_labels: str | Sequence[str] | None = ${repr(branch_labels)}
depends_on: str | Sequence[str] | None = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
"#;

/// Fills the project's template, or Alembic's where there is none or it is more than text with values in it.
pub(super) fn fill(template: Option<&str>, values: &Values<'_>) -> (String, Vec<String>) {
    let unusual = match template.map(|template| filled(template, values)) {
        Some(Ok(text)) => return (text, Vec::new()),
        Some(Err(why)) => {
            vec![format!("`script.py.mako` is not followed, because {why}: the revision has Alembic's usual form")]
        }
        None => Vec::new(),
    };
    (filled(USUAL, values).unwrap_or_default(), unusual)
}

fn filled(template: &str, values: &Values<'_>) -> Result<String, String> {
    let template = template.replace("\r\n", "\n");
    let is_control = |line: &str| {
        let line = line.trim_start();
        line.starts_with('%') && !line.starts_with("%%")
    };
    if template.contains("<%") || template.lines().any(is_control) {
        return Err("it holds control structures".to_owned());
    }
    let is_kept = |line: &&str| !line.trim_start().starts_with("##") && (values.unformatted || !is_imports(line));
    let kept: Vec<&str> = template.lines().filter(is_kept).collect();
    let template = kept.join("\n") + "\n";
    let mut text = String::new();
    let mut rest = template.as_str();
    while let Some((before, after)) = rest.split_once("${") {
        text.push_str(before);
        let end = closing(after).ok_or("a `${` is not closed")?;
        let (expression, filters) = split_filters(&after[..end]);
        let value = evaluated(expression, values).ok_or_else(|| format!("`{expression}` is not understood"))?;
        let is_docstring = expression == "message" && ["\"\"\"", "r\"\"\""].contains(&text.trim_start());
        text.push_str(&shown(&value, filters, &text));
        if let Some(note) = values.note.filter(|_| is_docstring) {
            text.push_str("\n\n");
            text.push_str(note);
        }
        rest = &after[end + 1..];
    }
    text.push_str(rest);
    Ok(text)
}

/// Sentences in lines of at most so many characters, for a docstring.
pub(super) fn wrapped(text: &str, length: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.replace('\\', "\\\\").replace('"', "\\\"").split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= length => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

/// Whether a line holds the place of Alembic's imports only; ours are sorted into the finished file.
fn is_imports(line: &str) -> bool {
    let inner = line.trim().strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    inner.is_some_and(|inner| inner.trim_start().starts_with("imports"))
}

/// Where the expression that begins `text` is closed, brackets and strings passed over.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut quote) = (0_u32, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '{') => depth += 1,
            (None, '}') if depth == 0 => return Some(at),
            (None, '}') => depth -= 1,
            _ => {}
        }
    }
    None
}

fn split_filters(expression: &str) -> (&str, &str) {
    match expression.rsplit_once('|') {
        Some((expression, filters)) if !filters.contains(['"', '\'', ')']) => (expression.trim(), filters.trim()),
        _ => (expression.trim(), ""),
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    None,
    Text(String),
    /// Several texts: a tuple.
    Several(Vec<String>),
    /// Python source of several lines.
    Code(String),
}

impl Value {
    fn is_true(&self) -> bool {
        match self {
            Self::None => false,
            Self::Text(text) | Self::Code(text) => !text.is_empty(),
            Self::Several(texts) => !texts.is_empty(),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::None => "None".to_owned(),
            Self::Text(text) | Self::Code(text) => text.clone(),
            Self::Several(texts) => format!("({})", texts.iter().map(|text| repr(text)).collect::<Vec<_>>().join(", ")),
        }
    }
}

/// A value as it is printed; code is indented as deep as the line it stands on.
fn shown(value: &Value, filters: &str, before: &str) -> String {
    match value {
        // Alembic's `comma` prints nothing for None.
        Value::None if filters.contains("comma") => String::new(),
        Value::Several(texts) if filters.contains("comma") => texts.join(", "),
        Value::Code(code) => {
            let line = before.rsplit('\n').next().unwrap_or_default();
            let margin: String = line.chars().take_while(|c| c.is_whitespace()).collect();
            let lines: Vec<String> = code
                .trim_end()
                .lines()
                .enumerate()
                .map(
                    |(index, line)| {
                        if index == 0 || line.is_empty() { line.to_owned() } else { format!("{margin}{line}") }
                    },
                )
                .collect();
            lines.join("\n")
        }
        value => value.text(),
    }
}

fn evaluated(expression: &str, values: &Values<'_>) -> Option<Value> {
    let parsed = parse_expression(expression).ok()?;
    value(&parsed.syntax().body, values)
}

fn value(expr: &Expr, values: &Values<'_>) -> Option<Value> {
    match expr {
        Expr::Name(name) => named(&name.id, values),
        Expr::NoneLiteral(_) => Some(Value::None),
        Expr::StringLiteral(literal) => Some(Value::Text(literal.value.to_str().to_owned())),
        Expr::If(choice) => {
            let branch = if value(&choice.test, values)?.is_true() { &choice.body } else { &choice.orelse };
            value(branch, values)
        }
        Expr::BoolOp(operation) => {
            let is_or = operation.op == ruff_python_ast::BoolOp::Or;
            let mut last = Value::None;
            for operand in &operation.values {
                last = value(operand, values)?;
                if last.is_true() == is_or {
                    break;
                }
            }
            Some(last)
        }
        Expr::Call(call) => called(call, values),
        Expr::FString(text) => {
            let mut shown = String::new();
            for element in text.value.elements() {
                match element {
                    InterpolatedStringElement::Literal(literal) => shown.push_str(literal),
                    InterpolatedStringElement::Interpolation(inner) => {
                        shown.push_str(&value(&inner.expression, values)?.text())
                    }
                }
            }
            Some(Value::Text(shown))
        }
        _ => None,
    }
}

/// `repr(…)`, `str(…)`, `comma(…)`.
fn called(call: &ruff_python_ast::ExprCall, values: &Values<'_>) -> Option<Value> {
    let [argument] = &*call.arguments.args else { return None };
    let argument = value(argument, values)?;
    match call.func.as_name_expr()?.id.as_str() {
        "repr" => Some(Value::Text(match &argument {
            Value::None => "None".to_owned(),
            several @ Value::Several(_) => several.text(),
            value => repr(&value.text()),
        })),
        "str" => Some(Value::Text(argument.text())),
        "comma" => Some(Value::Text(match &argument {
            Value::None => String::new(),
            Value::Several(texts) => texts.join(", "),
            argument => argument.text(),
        })),
        _ => None,
    }
}

/// Python's own spelling of a short text.
fn repr(text: &str) -> String {
    if text.contains(['\'', '\\', '\n']) { string(text) } else { format!("'{text}'") }
}

fn named(name: &str, values: &Values<'_>) -> Option<Value> {
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    match name {
        // It stands in a docstring.
        "message" => text(&values.message.replace('\\', "\\\\").replace('"', "\\\"")),
        "up_revision" | "revision" => text(values.revision),
        "down_revision" => match values.follows {
            [] => Some(Value::None),
            [only] => text(only),
            several => Some(Value::Several(several.iter().map(|id| (*id).to_owned()).collect())),
        },
        "branch_labels" | "depends_on" => Some(Value::None),
        "create_date" => text(values.date),
        "imports" => text(""),
        "upgrades" => Some(Value::Code(values.body.upgrade.clone())),
        "downgrades" => Some(Value::Code(values.body.downgrade.clone())),
        _ => None,
    }
}

/// Puts Alembic's comments around the commands of both functions.
pub(super) fn with_comments(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 256);
    let mut inside = false;
    for line in text.lines() {
        let is_head = line.starts_with("def upgrade(") || line.starts_with("def downgrade(");
        let ends = inside && (!line.is_empty() && !line.starts_with([' ', '\t', ')']));
        if ends {
            close_comments(&mut result);
            inside = false;
        }
        result.push_str(line);
        result.push('\n');
        if is_head {
            result.push_str("    # ### commands auto generated by Alembic - please adjust! ###\n");
            inside = true;
        }
    }
    if inside {
        close_comments(&mut result);
    }
    result
}

fn close_comments(text: &mut String) {
    let end = text.trim_end().len();
    let gap = text.split_off(end);
    text.push_str("\n    # ### end Alembic commands ###\n");
    text.push_str(gap.strip_prefix('\n').unwrap_or(&gap));
}
