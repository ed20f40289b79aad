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
