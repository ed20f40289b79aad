//! `TypeDecorator`s and types of other packages: kept by name, with what they stand for in the database.

use architect_model::{ColumnType, Known, Symbol, TypeSize};
use ruff_python_ast::{CmpOp, Expr, Stmt};

use crate::resolve::{Arguments, Class, Index, Resolution, Scope};

use super::types::column_type;

/// A type class of the project.
pub(super) fn project_type<'a>(
    index: &Index<'a>,
    class: Class<'a>,
    arguments: &Arguments<'a>,
    text: String,
) -> Known<ColumnType> {
    Known::Known(made(index, class, class.symbol(), arguments, text))
}

/// A type of another package; looked into where the package is installed.
pub(super) fn library_type<'a>(
    index: &Index<'a>,
    path: &str,
    symbol: Symbol,
    arguments: &Arguments<'a>,
    text: String,
) -> Known<ColumnType> {
    Known::Known(match index.library_class(path) {
        Some(class) => made(index, class, symbol, arguments, text),
        None => ColumnType::other(symbol, text),
    })
}

fn made<'a>(
    index: &Index<'a>,
    class: Class<'a>,
    symbol: Symbol,
    arguments: &Arguments<'a>,
    text: String,
) -> ColumnType {
    let implementation = implementation(index, class, arguments, "postgresql").map(Box::new);
    let base = base(index, class, arguments).map(Box::new);
    let sqlite = self::implementation(index, class, arguments, "sqlite").map(Box::new);
    ColumnType::Other {
        symbol,
        arguments: text,
        postgresql: column_specification(index, class),
        size: TypeSize::default(),
        sqlite: sqlite.filter(|sqlite| Some(sqlite) != base.as_ref() && Some(sqlite) != implementation.as_ref()),
        base: base.filter(|base| Some(base) != implementation.as_ref()),
        implementation,
    }
}

/// `get_col_spec` of a `UserDefinedType`, where it returns a text.
fn column_specification<'a>(index: &Index<'a>, class: Class<'a>) -> Option<String> {
    let (_, Resolution::Function(specify)) = index.member(class, "get_col_spec")? else { return None };
    match specify.def.body.last()? {
        Stmt::Return(result) => index.fixed_string(specify.scope(), result.value.as_deref()?).known().cloned(),
        _ => None,
    }
}

/// What a `TypeDecorator` stands for on a database, where that is certain.
fn implementation<'a>(
    index: &Index<'a>,
    class: Class<'a>,
    arguments: &Arguments<'a>,
    dialect: &str,
) -> Option<ColumnType> {
    if !index.derives_from(class, "sqlalchemy.types.TypeDecorator") {
        return inherited(index, class, arguments);
    }
    if let Some((_, Resolution::Function(load))) = index.member(class, "load_dialect_impl") {
        let (scope, expr) = dialect_branch(load.scope(), &load.def.body, dialect)?;
        return column_type(index, scope, expr).known().cloned();
    }
    base(index, class, arguments)
}

/// `impl` of a `TypeDecorator`.
fn base<'a>(index: &Index<'a>, class: Class<'a>, arguments: &Arguments<'a>) -> Option<ColumnType> {
    if !index.derives_from(class, "sqlalchemy.types.TypeDecorator") {
        return None;
    }
    let (_, Resolution::Variable(variable)) = index.member(class, "impl")? else {
        let (_, found) = index.member(class, "impl")?;
        return bare(index, &found, passed_on(index, class, arguments).as_ref());
    };
    let (scope, value) = (variable.scope, variable.value?);
    column_type(index, scope, value).known().cloned()
}

/// `impl = String`: the arguments of the decorator go to it, unless its own `__init__` does something with them.
fn bare<'a>(index: &Index<'a>, found: &Resolution<'a>, arguments: Option<&Arguments<'a>>) -> Option<ColumnType> {
    super::types::named(index, found.library()?, arguments?)
}

/// The arguments that reach `impl`: all of them, or what `__init__` leaves to `super().__init__(*args, **kwargs)`.
fn passed_on<'a>(index: &Index<'a>, class: Class<'a>, arguments: &Arguments<'a>) -> Option<Arguments<'a>> {
    let Some((_, found)) = index.member(class, "__init__") else { return Some(arguments.clone()) };
    let Resolution::Function(made) = found else { return None };
    let mut calls = made.def.body.iter().filter_map(|statement| match statement {
        Stmt::Expr(expression) => super_init(&expression.value),
        _ => None,
    });
    let (Some(call), None) = (calls.next(), calls.next()) else { return None };
    let parameters = &made.def.parameters;
    let is_named =
        |expr: &Expr, name: Option<&str>| matches!(expr, Expr::Name(found) if Some(found.id.as_str()) == name);
    let spread = parameters.vararg.as_ref().map(|one| one.name.as_str());
    let keywords = parameters.kwarg.as_ref().map(|one| one.name.as_str());
    let passes_spread = match &*call.arguments.args {
        [] => false,
        [Expr::Starred(starred)] if is_named(&starred.value, spread) => true,
        _ => return None,
    };
    let passes_keywords = match &*call.arguments.keywords {
        [] => false,
        [only] if only.arg.is_none() && is_named(&only.value, keywords) => true,
        _ => return None,
    };
    let own: Vec<&str> = parameters.iter_non_variadic_params().skip(1).map(|one| one.name().as_str()).collect();
    let positional = parameters.args.len().saturating_sub(1);
    let mut left = arguments.clone();
    left.positional = if passes_spread { left.positional.into_iter().skip(positional).collect() } else { Vec::new() };
    left.keywords.retain(|(name, _)| passes_keywords && !own.contains(name));
    Some(left)
}

/// `super().__init__(...)`.
fn super_init(expr: &Expr) -> Option<&ruff_python_ast::ExprCall> {
    let call = expr.as_call_expr()?;
    let method = call.func.as_attribute_expr().filter(|method| method.attr.as_str() == "__init__")?;
    let of = method.value.as_call_expr()?;
    matches!(&*of.func, Expr::Name(name) if name.id.as_str() == "super").then_some(call)
}

/// A subclass of a plain type: `class Slug(String)`.
fn inherited<'a>(index: &Index<'a>, class: Class<'a>, arguments: &Arguments<'a>) -> Option<ColumnType> {
    let mro = index.mro(class);
    let own_rendering =
        index.member(class, "get_col_spec").is_some() || index.member(class, "__visit_name__").is_some();
    if own_rendering || index.member(class, "__init__").is_some() {
        return None;
    }
    mro.ancestors.iter().find_map(|ancestor| match ancestor {
        crate::resolve::Ancestor::Library(path) => super::types::named(index, path, arguments),
        _ => None,
    })
}

/// The type descriptor that `load_dialect_impl` returns for a database.
fn dialect_branch<'a>(scope: Scope<'a>, body: &'a [Stmt], dialect: &str) -> Option<(Scope<'a>, &'a Expr)> {
    for statement in body {
        match statement {
            Stmt::If(test) => match is_dialect(&test.test, dialect) {
                Some(true) => return dialect_branch(scope, &test.body, dialect),
                Some(false) => {
                    let rest = test
                        .elif_else_clauses
                        .iter()
                        .find(|clause| clause.test.as_ref().is_none_or(|test| is_dialect(test, dialect) == Some(true)));
                    if let Some(clause) = rest {
                        return dialect_branch(scope, &clause.body, dialect);
                    }
                }
                None => return None,
            },
            Stmt::Return(result) => {
                let Expr::Call(call) = result.value.as_deref()? else {
                    return None;
                };
                let described =
                    matches!(&*call.func, Expr::Attribute(method) if method.attr.as_str() == "type_descriptor");
                return if described { Some((scope, call.arguments.args.first()?)) } else { None };
            }
            Stmt::Expr(_) | Stmt::Import(_) | Stmt::ImportFrom(_) => {}
            _ => return None,
        }
    }
    None
}

/// Whether a condition is `dialect.name == "postgresql"`, for that dialect; `Some(false)` for another one.
fn is_dialect(test: &Expr, dialect: &str) -> Option<bool> {
    let Expr::Compare(compare) = test else {
        return None;
    };
    let (Expr::Attribute(left), [operator], [Expr::StringLiteral(name)]) =
        (&*compare.left, &*compare.ops, &*compare.comparators)
    else {
        return None;
    };
    let same = name.value.to_str() == dialect;
    match (left.attr.as_str(), operator) {
        ("name", CmpOp::Eq) => Some(same),
        ("name", CmpOp::NotEq) => Some(!same),
        _ => None,
    }
}
