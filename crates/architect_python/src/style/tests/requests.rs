//! The requests that a test makes, and the statuses that it expects.

use ruff_python_ast::{Expr, ExprCall, Number, Stmt};

use super::super::walk::{each_expr, each_stmt, last_name};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// What a test asks, and what it expects.
#[derive(Default)]
pub(super) struct Asked {
    /// Methods, in the order of the code.
    pub(super) methods: Vec<String>,
    /// Statuses that it compares with.
    pub(super) statuses: Vec<u16>,
}

impl Asked {
    /// Reads the requests of some statements.
    pub(super) fn read(body: &[Stmt]) -> Self {
        let mut asked = Self::default();
        each_expr(body, &mut |expr| match expr {
            Expr::Call(call) => asked.methods.extend(method(call)),
            Expr::Compare(compare) if last_name(&compare.left) == Some("status_code") => {
                asked.statuses.extend(compare.comparators.iter().filter_map(status));
            }
            _ => {}
        });
        asked
    }

    /// Whether it makes a request with one of these methods.
    pub(super) fn makes(&self, methods: &[&str]) -> bool {
        self.methods.iter().any(|method| methods.contains(&method.as_str()))
    }

    /// Whether it expects a status that `is` describes.
    pub(super) fn expects(&self, is: impl Fn(u16) -> bool) -> bool {
        self.statuses.iter().any(|status| is(*status))
    }
}

/// The method of a request: `client.get(url)`; a mapping's `get` is none, for what it is called on is no plain name.
pub(crate) fn method(call: &ExprCall) -> Option<String> {
    let attribute = call.func.as_attribute_expr()?;
    let is_url = |first: &Expr| {
        first.is_f_string_expr()
            || first.is_name_expr()
            || first.is_bin_op_expr()
            || first
                .as_string_literal_expr()
                .is_some_and(|text| text.value.to_str().contains('/') || call.arguments.len() > 1)
    };
    let named = attribute.value.is_name_expr() && METHODS.contains(&attribute.attr.as_str());
    (named && call.arguments.args.first().is_some_and(is_url)).then(|| attribute.attr.to_string())
}

/// `404`, `status.HTTP_404_NOT_FOUND`.
fn status(expr: &Expr) -> Option<u16> {
    match expr {
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(number) => number.as_u16(),
            _ => None,
        },
        expr => last_name(expr)?.strip_prefix("HTTP_")?.split('_').next()?.parse().ok(),
    }
}

/// Names that are bound to what requests answer, and to the JSON of lists.
pub(super) fn bound(body: &[Stmt]) -> (Vec<&str>, Vec<&str>) {
    let (mut responses, mut pages) = (Vec::new(), Vec::new());
    each_stmt(body, &mut |stmt| {
        let Stmt::Assign(assign) = stmt else { return };
        let Some(Expr::Name(name)) = assign.targets.first() else { return };
        let value = awaited(&assign.value);
        let Expr::Call(call) = value else { return };
        if method(call).is_some() {
            responses.push(name.id.as_str());
        } else if last_name(&call.func) == Some("json") {
            pages.push(name.id.as_str());
        }
    });
    (responses, pages)
}

fn awaited(expr: &Expr) -> &Expr {
    match expr {
        Expr::Await(inner) => &inner.value,
        expr => expr,
    }
}
