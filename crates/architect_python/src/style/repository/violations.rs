//! Which rules of the database the base class of repositories answers when they are broken.

use ruff_python_ast::Expr;

use super::super::facts::Facts;
use super::super::trace::callees;
use super::super::walk::{each_expr, last_name};
use crate::resolve::{Class, Function, Resolution, Scope};

/// How deep calls are followed.
const DEPTH: u8 = 3;

/// Whether the methods of a class, or what they call, tell a broken foreign key from other errors: by PostgreSQL's code
/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>, or by the driver's exception.
pub(super) fn answers_foreign_keys<'a>(facts: &Facts<'a>, base: Class<'a>) -> bool {
    facts.index.methods(base).into_iter().any(|method| names_foreign_key(facts, method, DEPTH))
}

fn names_foreign_key<'a>(facts: &Facts<'a>, function: Function<'a>, depth: u8) -> bool {
    let mut found = false;
    each_expr(&function.def.body, &mut |expr| found = found || is_foreign_key(facts, function.scope(), expr, true));
    found || depth > 0 && callees(facts, function).into_iter().any(|callee| names_foreign_key(facts, callee, depth - 1))
}

fn is_foreign_key<'a>(facts: &Facts<'a>, scope: Scope<'a>, expr: &'a Expr, follow: bool) -> bool {
    match expr {
        Expr::StringLiteral(code) => code.value.to_str() == "23503",
        Expr::Attribute(_) | Expr::Name(_)
            if last_name(expr).is_some_and(|name| name.contains("ForeignKeyViolation")) =>
        {
            true
        }
        // `FOREIGN_KEY_CODES = {"23503", …}`
        Expr::Name(_) if follow => match facts.index.resolve(scope, expr) {
            Resolution::Variable(variable) if !variable.scope.is_local() => variable.value.is_some_and(|value| {
                let parts = crate::resolve::elements(value).iter().chain([value]);
                parts.into_iter().any(|part| is_foreign_key(facts, variable.scope, part, false))
            }),
            _ => false,
        },
        _ => false,
    }
}
