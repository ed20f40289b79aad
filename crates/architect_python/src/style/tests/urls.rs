//! How tests write URLs: what stands before the module's own path.

use architect_model::Observed;
use ruff_python_ast::{Expr, ExprFString, FStringPart, InterpolatedStringElement};

use super::super::File;
use super::super::vote::{USERS, USUAL, Votes};
use super::super::walk::each_expr;
use super::TestContext;

const METHODS: [&str; 6] = ["get", "post", "put", "patch", "delete", "request"];

/// The expression that URLs start with, and all that stands before the module's own path.
pub(super) fn read(files: &[&File], context: &TestContext) -> (Option<String>, Observed<String>) {
    let mut prefixes = Votes::default();
    for file in files {
        let weight = if super::is_about_users(&file.path) { USERS } else { USUAL };
        let mut requested: Vec<usize> = Vec::new();
        each_expr(file.body(), &mut |expr| {
            // What a client's method is called with is a URL, even without a slash.
            if let Expr::Call(call) = expr
                && let Expr::Attribute(method) = &*call.func
                && METHODS.contains(&method.attr.as_str())
            {
                requested.extend(call.arguments.args.iter().take(2).map(|given| std::ptr::from_ref(given).addr()));
            }
            let Some(url) = url(file, expr) else { return };
            if !url.contains('/') && !requested.contains(&std::ptr::from_ref(expr).addr()) {
                return;
            }
            if let Some(prefix) = context.resources.iter().find_map(|resource| prefix(&url, resource)) {
                prefixes.add(prefix, weight, &file.at(expr));
            }
        });
    }
    let prefix = prefixes.or_assumed("/".to_owned());
    let expression =
        prefix.value.strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned());
    (expression, prefix)
}

/// A text with `{expression}` in the places of values.
pub(crate) fn url(file: &File, expr: &Expr) -> Option<String> {
    match expr {
        Expr::StringLiteral(literal) => Some(literal.value.to_str().to_owned()),
        Expr::FString(text) => Some(template(file, text)),
        _ => None,
    }
}

fn template(file: &File, text: &ExprFString) -> String {
    let mut out = String::new();
    for part in &text.value {
        match part {
            FStringPart::Literal(literal) => out.push_str(&literal.value),
            FStringPart::FString(inner) => {
                for element in &inner.elements {
                    match element {
                        InterpolatedStringElement::Literal(literal) => out.push_str(&literal.value),
                        InterpolatedStringElement::Interpolation(value) => {
                            out.push_str(&inserted(file, &value.expression))
                        }
                    }
                }
            }
        }
    }
    out
}

/// A value inside a text: the file's own constants (`URL = "/api/v1/items"`) as their text, all else as `{expression}`.
fn inserted(file: &File, expr: &Expr) -> String {
    let constant = expr.as_name_expr().and_then(|name| {
        file.body().iter().find_map(|stmt| {
            let assign = stmt.as_assign_stmt()?;
            let is_it = assign.targets.first()?.as_name_expr()?.id == name.id;
            if is_it {
                url(file, &assign.value).filter(|text| !text.contains(&format!("{{{}}}", name.id)))
            } else {
                None
            }
        })
    });
    constant.unwrap_or_else(|| format!("{{{}}}", file.text(expr)))
}

/// What stands before `resource` where that is a part of a path.
fn prefix(url: &str, resource: &str) -> Option<String> {
    if url.contains([' ', '\n']) {
        return None;
    }
    let (start, _) = url.match_indices(resource).find(|(start, _)| {
        let before = url.get(..*start).unwrap_or_default();
        let after = url.get(start + resource.len()..).unwrap_or_default();
        (before.is_empty() || before.ends_with('/')) && (after.is_empty() || after.starts_with(['/', '?']))
    })?;
    url.get(..start).map(str::to_owned)
}
