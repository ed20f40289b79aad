//! What a dependency gives to a handler: a row, something that carries one, an object, a mapping, or a key.

use ruff_python_ast::Expr;

use super::super::facts::{Facts, assigned};
use super::super::handlers::Param;
use super::super::session::self_attribute;
use super::super::walk::{each_expr, each_stmt};
use crate::resolve::{Annotation, Class, Function, Resolution, Scope};

/// What a dependency gives.
#[derive(Clone, PartialEq)]
pub(super) enum Given<'a> {
    /// A row of a table.
    Row(Class<'a>),
    /// An object with a row in an attribute: `subject` of `Subject[User]`.
    Carrier {
        /// The attribute.
        attribute: String,
        /// The table of the row.
        table: Class<'a>,
    },
    /// An object of another class: a schema, the claims of a token.
    Object(Class<'a>),
    /// A dictionary.
    Mapping,
    /// A plain value.
    Plain,
}

/// What the dependency of a parameter gives, by its annotation, else by what it returns.
pub(super) fn of<'a>(facts: &Facts<'a>, parameter: &Param<'a>) -> Option<Given<'a>> {
    let depends = parameter.depends.as_ref()?;
    if let Some(found) = parameter.annotation.as_ref().and_then(|annotation| of_annotation(facts, annotation)) {
        return Some(found);
    }
    let function = depends.target.function()?;
    match function.def.returns.as_deref() {
        Some(returns) => of_annotation(facts, &facts.index.annotation(function.outer, returns)),
        None => worked_on(facts, function, 2).map(Given::Row),
    }
}

/// The one table that a function without annotations works on, itself or through the class it calls.
fn worked_on<'a>(facts: &Facts<'a>, function: Function<'a>, depth: u8) -> Option<Class<'a>> {
    let mut found: Vec<Class<'a>> = Vec::new();
    each_expr(&function.def.body, &mut |expr| {
        if let Expr::Name(_) = expr
            && let Resolution::Class(class) = facts.index.resolve(function.scope(), expr)
        {
            let about = if facts.is_table(class) {
                Some(class)
            } else {
                facts.entity_of_name(class.name()).map(|entity| entity.class)
            };
            found.extend(about.filter(|table| !found.contains(table)));
        }
    });
    if found.is_empty() && depth > 0 {
        let callees = super::super::trace::callees(facts, function);
        found.extend(callees.into_iter().find_map(|callee| worked_on(facts, callee, depth - 1)));
    }
    found.first().copied().filter(|_| found.len() == 1)
}

fn of_annotation<'a>(facts: &Facts<'a>, annotation: &Annotation<'a>) -> Option<Given<'a>> {
    if !annotation.alternatives.is_empty() {
        return None;
    }
    match &annotation.resolution {
        Resolution::Class(class) if facts.is_table(*class) => Some(Given::Row(*class)),
        Resolution::Class(class) => Some(carried(facts, *class, annotation).unwrap_or(Given::Object(*class))),
        Resolution::Builtin("dict") => Some(Given::Mapping),
        Resolution::Builtin("int" | "str") => Some(Given::Plain),
        Resolution::Library(path) => match path.as_str() {
            "uuid.UUID" => Some(Given::Plain),
            "typing.Dict" | "typing.Mapping" | "collections.abc.Mapping" => Some(Given::Mapping),
            _ => None,
        },
        _ => None,
    }
}

/// The attribute of a class that holds a row, its type parameters replaced by what the annotation gives.
fn carried<'a>(facts: &Facts<'a>, class: Class<'a>, annotation: &Annotation<'a>) -> Option<Given<'a>> {
    let parameters = facts.index.type_parameters(class);
    attributes(facts, class).into_iter().find_map(|(name, scope, expr)| {
        let written = facts.index.annotation(scope, expr);
        let replaced = || {
            let variable = expr.as_name_expr()?.id.as_str();
            let position = parameters.iter().position(|known| *known == variable)?;
            Some(facts.index.annotation(annotation.scope, annotation.arguments.get(position)?))
        };
        let inner = replaced().unwrap_or(written);
        let table = inner.resolution.class().filter(|class| facts.is_table(*class))?;
        inner.alternatives.is_empty().then(|| Given::Carrier { attribute: name.to_owned(), table })
    })
}

/// Whether a class does something and holds nothing that tells who somebody is: a service, a repository.
pub(super) fn works<'a>(facts: &Facts<'a>, class: Class<'a>) -> bool {
    if facts.index.derives_from(class, "pydantic.BaseModel") {
        return false;
    }
    let owners = || facts.index.mro(class).classes().filter(|owner| !owner.file().installed);
    let is_property = |method: &Function<'a>| {
        let mut decorators = method.def.decorator_list.iter();
        decorators
            .any(|one| super::super::walk::last_name(&one.expression).is_some_and(|name| name.contains("property")))
    };
    let public = |method: &Function<'a>| !method.name().starts_with('_') && !is_property(method);
    let does = owners().flat_map(|owner| facts.index.methods(owner)).any(|method| public(&method));
    let tells = |name: &str| ["id", "user_id", "uid", "sub", "email", "username"].contains(&name);
    does && !attributes(facts, class).iter().any(|(name, _, _)| tells(name))
}

/// The annotated attributes of a class and its bases, and those its constructor sets: name, scope and annotation.
pub(super) fn attributes<'a>(facts: &Facts<'a>, class: Class<'a>) -> Vec<(&'a str, Scope<'a>, &'a Expr)> {
    let owners = facts.index.mro(class).classes();
    let found = owners.flat_map(|owner| {
        owner.def.body.iter().filter_map(move |stmt| {
            let assign = stmt.as_ann_assign_stmt()?;
            Some((assigned(stmt)?, owner.scope(), &*assign.annotation))
        })
    });
    let mut found: Vec<(&'a str, Scope<'a>, &'a Expr)> = found.collect();
    // `self.id = id`, of a parameter with an annotation.
    if let Some(made) = facts.index.member(class, "__init__").and_then(|(_, member)| member.function()) {
        each_stmt(&made.def.body, &mut |stmt| {
            let Some((name, value)) = self_attribute(stmt) else { return };
            let Some(given) = value.as_name_expr() else { return };
            let parameter = made.def.parameters.find(&given.id);
            if let Some(annotation) = parameter.and_then(|parameter| parameter.annotation()) {
                found.push((name, made.outer, annotation));
            }
        });
    }
    found
}
