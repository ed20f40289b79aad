//! How tests write URLs: what stands before the module's own path.

use architect_model::Observed;
use ruff_python_ast::{Expr, ExprFString, FStringPart, InterpolatedStringElement};

use super::super::File;
use super::super::walk::each_expr;
use super::super::vote::{USERS, USUAL, Votes};
use super::TestContext;

/// The expression that URLs start with, and all that stands before the module's own path.
pub(super) fn read(files: Vec<&File>, context: &TestContext) -> (Option<String>, Observed<String>) {
    let mut prefixes = Votes::default();
    for file in files {
        let weight = if super::is_about_users(&*file.path) { USERS } else { USUAL };
        each_expr(file.body(), &mut |expr| {
            let Some(url) = url(file, expr) else { return };
            if let Some(prefix) = context.resources.iter().find_map(|resource| prefix(&url, resource)) {
                prefixes.add(prefix, weight, &file.at(expr));
            }
        });
    }
    let prefix = prefixes.or_assumed("/".to_owned());
    let expression = prefix.value.strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned());
    (expression, prefix)
}

/// A text with `{expression}` in the places of values.
fn url(file: &File, expr: &Expr) -> Option<String> {
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
                            out.push('{');
                            out.push_str(file.text(&*value.expression));
                            out.push('}');
                        }
                    }
                }
            }
        }
    }
    out
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
    let prefix = url.get(..start)?;
    // A word alone is a path only where more of the path follows.
    let is_word = prefix.is_empty() && url.len() == resource.len();
    (!is_word || resource.len() > 3).then(|| prefix.to_owned())
}
