//! `TypeDecorator`s and types of other packages: kept by name, with what they stand for in the database.

use architect_model::{ColumnType, Known, Symbol};
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
    let implementation = implementation(index, class, arguments).map(Box::new);
    Known::Known(ColumnType::Other { symbol: class.symbol(), arguments: text, implementation })
}

/// A type of another package; looked into where the package is installed.
pub(super) fn library_type<'a>(
    index: &Index<'a>,
    path: &str,
    symbol: Symbol,
    arguments: &Arguments<'a>,
    text: String,
) -> Known<ColumnType> {
    let class = index.library_class(path);
    let implementation = class.and_then(|class| implementation(index, class, arguments)).map(Box::new);
    Known::Known(ColumnType::Other { symbol, arguments: text, implementation })
}

/// What a `TypeDecorator` stands for on PostgreSQL, where that is certain.
fn implementation<'a>(index: &Index<'a>, class: Class<'a>, arguments: &Arguments<'a>) -> Option<ColumnType> {
    if !index.derives_from(class, "sqlalchemy.types.TypeDecorator") {
        return inherited(index, class, arguments);
    }
    if let Some((_, Resolution::Function(load))) = index.member(class, "load_dialect_impl") {
        let (scope, expr) = postgres_branch(load.scope(), &load.def.body)?;
        return column_type(index, scope, expr).known().cloned();
    }
    let (_, Resolution::Variable(variable)) = index.member(class, "impl")? else {
        let (_, found) = index.member(class, "impl")?;
        return bare(index, &found, arguments, index.member(class, "__init__").is_none());
    };
    let (scope, value) = (variable.scope, variable.value?);
    column_type(index, scope, value).known().cloned()
}

/// `impl = String`: the arguments of the decorator go to it, unless its own `__init__` does something with them.
fn bare<'a>(index: &Index<'a>, found: &Resolution<'a>, arguments: &Arguments<'a>, passed: bool) -> Option<ColumnType> {
    let nothing = arguments.positional.is_empty() && arguments.keywords.is_empty();
    let path = found.library()?;
    if !passed && !nothing {
        return None;
    }
    super::types::named(index, path, arguments)
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

/// The type descriptor that `load_dialect_impl` returns for PostgreSQL.
fn postgres_branch<'a>(scope: Scope<'a>, body: &'a [Stmt]) -> Option<(Scope<'a>, &'a Expr)> {
    for statement in body {
        match statement {
            Stmt::If(test) => match is_postgres(&test.test) {
                Some(true) => return postgres_branch(scope, &test.body),
                Some(false) => {
                    let rest = test
                        .elif_else_clauses
                        .iter()
                        .find(|clause| clause.test.as_ref().is_none_or(|test| is_postgres(test) == Some(true)));
                    if let Some(clause) = rest {
                        return postgres_branch(scope, &clause.body);
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

/// Whether a condition is `dialect.name == "postgresql"`; `Some(false)` for another dialect.
fn is_postgres(test: &Expr) -> Option<bool> {
    let Expr::Compare(compare) = test else {
        return None;
    };
    let (Expr::Attribute(left), [operator], [Expr::StringLiteral(name)]) =
        (&*compare.left, &*compare.ops, &*compare.comparators)
    else {
        return None;
    };
    let same = name.value.to_str() == "postgresql";
    match (left.attr.as_str(), operator) {
        ("name", CmpOp::Eq) => Some(same),
        ("name", CmpOp::NotEq) => Some(!same),
        _ => None,
    }
}
