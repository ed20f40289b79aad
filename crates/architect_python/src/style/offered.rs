//! Functions that the house's own code offers to new code, found by what they do and not by what they are called.

use architect_model::{EnumFunction, Symbol};
use ruff_python_ast::{Expr, ParameterWithDefault, Stmt};

use super::facts::Facts;
use super::walk::{each_expr, each_stmt};
use crate::resolve::{Annotation, Function, Index, Resolution};

/// Functions that the house offers.
#[derive(Default)]
pub(crate) struct Offered {
    /// Gives the current time.
    pub(crate) now: Option<Symbol>,
    /// Makes the column type of an enumeration.
    pub(crate) enum_type: Option<EnumFunction>,
    /// Gives the `responses` of a route for the exceptions that it may raise.
    pub(crate) responses: Option<Symbol>,
}

/// Finds them; the first of each kind counts.
pub(super) fn find<'a>(facts: &Facts<'a>, functions: &[Function<'a>]) -> Offered {
    let mut offered = Offered::default();
    // What starts with `_` is its file's own, and a method is its class's.
    let public = functions.iter().filter(|function| function.class().is_none() && !function.name().starts_with('_'));
    for function in public {
        let Some(returns) = function.def.returns.as_deref() else { continue };
        let returns = || facts.index.annotation(function.outer, returns);
        if offered.now.is_none() && gives_now(facts.index, *function, &returns) {
            offered.now = Some(function.symbol());
        } else if offered.enum_type.is_none() && makes_enum_type(facts.index, *function) {
            let named = required(*function).any(|parameter| parameter.name().as_str() == "name");
            offered.enum_type = Some(EnumFunction { symbol: function.symbol(), named });
        } else if offered.responses.is_none() && documents_errors(facts.index, *function, &returns) {
            offered.responses = Some(function.symbol());
        }
    }
    offered
}

/// `def utc_now() -> datetime: return datetime.now(UTC)`.
fn gives_now<'a>(index: &Index<'a>, function: Function<'a>, returns: &dyn Fn() -> Annotation<'a>) -> bool {
    if !function.def.parameters.is_empty() || !returns().resolution.is("datetime.datetime") {
        return false;
    }
    let mut found = false;
    each_stmt(&function.def.body, &mut |stmt| {
        if let Stmt::Return(given) = stmt {
            let mut value = given.value.as_deref();
            // `datetime.now(UTC).replace(microsecond=0)` is the time too.
            while let Some(Expr::Call(call)) = value {
                found |= index.resolve(function.scope(), &call.func).is("datetime.datetime.now");
                value = call.func.as_attribute_expr().map(|attribute| &*attribute.value);
            }
        }
    });
    found
}

/// The parameters that a call must give.
fn required<'a>(function: Function<'a>) -> impl Iterator<Item = &'a ParameterWithDefault> {
    function.def.parameters.iter_non_variadic_params().filter(|parameter| parameter.default.is_none())
}

/// `def enum_column(kind: type[Enum]) -> Enum: return SAEnum(kind, native_enum=False)`, maybe with the name of the type.
fn makes_enum_type<'a>(index: &Index<'a>, function: Function<'a>) -> bool {
    let Some(first) = function.def.parameters.args.first() else { return false };
    let others_are_known = required(function).skip(1).all(|parameter| parameter.name().as_str() == "name");
    let is_kind = first.annotation().is_some_and(|annotation| is_type(index, function, annotation));
    if !is_kind || first.default.is_some() || !others_are_known {
        return false;
    }
    let mut found = false;
    each_expr(&function.def.body, &mut |expr| {
        if let Expr::Call(call) = expr {
            found |= index.resolve(function.scope(), &call.func).is("sqlalchemy.Enum");
        }
    });
    found
}

/// `def errors(*kinds: type[DomainError]) -> dict[int | str, Any]`.
fn documents_errors<'a>(index: &Index<'a>, function: Function<'a>, returns: &dyn Fn() -> Annotation<'a>) -> bool {
    let kinds = function.def.parameters.vararg.as_ref().and_then(|kinds| kinds.annotation.as_deref());
    if !kinds.is_some_and(|annotation| is_type(index, function, annotation)) {
        return false;
    }
    let returns = returns();
    let by_status = returns.arguments.first().map(|key| index.annotation(returns.scope, key).resolution);
    matches!(returns.resolution, Resolution::Builtin("dict"))
        && by_status.is_some_and(|status| status.is_builtin("int"))
}

fn is_type<'a>(index: &Index<'a>, function: Function<'a>, annotation: &'a Expr) -> bool {
    let ty = index.annotation(function.outer, annotation).resolution;
    ty.is_builtin("type") || ty.is("typing.Type")
}
