//! Table names: literal, inherited, or computed from the class name.

use architect_model::Known;
use ruff_python_ast::{Expr, Stmt};

use crate::resolve::{Class, Frame, Function, Index, Resolution};

/// The `__tablename__` that a class has from itself or from one of `sources`, its ancestors that are no tables.
pub(super) fn table_name<'a>(index: &Index<'a>, class: Class<'a>, sources: &[Class<'a>]) -> Option<Known<String>> {
    let mut owners = std::iter::once(class).chain(sources.iter().copied());
    let owner =
        owners.find(|owner| index.frame_names(Frame::Class(owner.def)).by_name.contains_key("__tablename__"))?;
    let name = match index.name(owner.scope(), "__tablename__")? {
        Resolution::Variable(variable) => index.fixed_string(variable.scope, variable.value?),
        Resolution::Function(function) => text_for(index, class, function),
        Resolution::Unknown(unknown) => Known::Unknown { unknown },
        _ => Known::unknown(owner.at(), "a table name that is not understood"),
    };
    match changed_by_base(index, class) {
        Some(base) => {
            Some(Known::unknown(class.at(), format!("`{}.__init_subclass__` changes the table name", base.name())))
        }
        None => Some(name),
    }
}

/// The text that a `declared_attr` returns for a class.
fn text_for<'a>(index: &Index<'a>, class: Class<'a>, function: Function<'a>) -> Known<String> {
    match index.result_for(function, class) {
        Some((scope, value)) => index.fixed_string(scope, value),
        None => Known::unknown(function.at(), "a table name that a function computes"),
    }
}

/// The ancestor whose `__init_subclass__` assigns `__tablename__`.
fn changed_by_base<'a>(index: &Index<'a>, class: Class<'a>) -> Option<Class<'a>> {
    index.mro(class).classes().skip(1).find(|ancestor| {
        let methods = index.methods(*ancestor);
        let hook = methods.iter().find(|method| method.name() == "__init_subclass__");
        hook.is_some_and(|hook| hook.def.body.iter().any(assigns_table_name))
    })
}

fn assigns_table_name(statement: &Stmt) -> bool {
    match statement {
        Stmt::Assign(assign) => assign
            .targets
            .iter()
            .any(|target| matches!(target, Expr::Attribute(attribute) if attribute.attr.as_str() == "__tablename__")),
        Stmt::If(test) => test.body.iter().any(assigns_table_name),
        _ => false,
    }
}
