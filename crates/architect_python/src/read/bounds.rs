//! What Pydantic demands of a field's value beyond its type: bounds, lengths, patterns.

use ruff_python_ast::Expr;

use crate::resolve::{Class, Function, Index, Scope};
use crate::style::walk::each_expr;

use super::fields::Field;

/// Arguments that bound a value, as `Field` and `StringConstraints` call them.
///
/// Pydantic: `pydantic.fields.FieldInfo.metadata_lookup`.
const BOUNDS: [&str; 10] =
    ["gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern", "max_digits", "decimal_places"];

/// Classes of `annotated_types` that Pydantic reads, with the bound that their argument is.
const CLASSES: [(&str, &str); 7] = [
    ("annotated_types.Gt", "gt"),
    ("annotated_types.Ge", "ge"),
    ("annotated_types.Lt", "lt"),
    ("annotated_types.Le", "le"),
    ("annotated_types.MinLen", "min_length"),
    ("annotated_types.MaxLen", "max_length"),
    ("annotated_types.MultipleOf", "multiple_of"),
];

/// The bounds of a field with their values as Python source text, in the order in which they are written: those of
/// `Annotated`, through aliases, before those of the value.
pub(super) fn bounds<'a>(index: &Index<'a>, field: &Field<'a>) -> Vec<(String, String)> {
    let scope = field.owner.scope();
    let mut found = Vec::new();
    if !is_plain(field.annotation) {
        let annotation = index.annotation(scope, field.annotation);
        for (scope, extra) in annotation.metadata.iter().chain(&annotation.nested) {
            add(index, *scope, extra, &mut found);
        }
    }
    if let Some(value) = field.value {
        add(index, scope, value, &mut found);
    }
    found
}

/// Whether an annotation is the name of a type that is built in: nothing stands behind it.
fn is_plain(annotation: &Expr) -> bool {
    matches!(annotation, Expr::Name(name) if ["str", "int", "float", "bool", "bytes", "dict"].contains(&name.id.as_str()))
}

fn add<'a>(index: &Index<'a>, scope: Scope<'a>, extra: &'a Expr, found: &mut Vec<(String, String)>) {
    let Expr::Call(call) = extra else { return };
    let callee = index.resolve(scope, &call.func);
    if let Some(class) = callee.class() {
        for keyword in &call.arguments.keywords {
            let handed = keyword.arg.as_ref().and_then(|name| handed_on(index, class, name));
            found.extend(handed.map(|bound| (bound, scope.text(&keyword.value).to_owned())));
        }
        return;
    }
    let Some(path) = callee.library() else { return };
    if let Some((_, bound)) = CLASSES.iter().find(|(class, _)| *class == path) {
        let value = call.arguments.args.first().or_else(|| call.arguments.keywords.first().map(|one| &one.value));
        found.extend(value.map(|value| ((*bound).to_owned(), scope.text(value).to_owned())));
    } else if ["pydantic.Field", "sqlmodel.Field", "pydantic.StringConstraints", "pydantic.types.StringConstraints"]
        .contains(&path)
    {
        for (name, (scope, value)) in &index.arguments(scope, call).keywords {
            let name = if *name == "regex" { "pattern" } else { name };
            if BOUNDS.contains(&name) && !value.is_none_literal_expr() {
                found.push((name.to_owned(), scope.text(*value).to_owned()));
            }
        }
    }
}

/// The bound of a core schema that an attribute of metadata of the project becomes: `ge` for `ge=self.least`.
///
/// ```python
/// def __get_pydantic_core_schema__(self, source, handler):
///     return core_schema.decimal_schema(max_digits=self.total, ge=self.least)
/// ```
fn handed_on<'a>(index: &Index<'a>, class: Class<'a>, attribute: &str) -> Option<String> {
    let makes_schema = |method: &Function<'a>| method.name() == "__get_pydantic_core_schema__";
    let method = index.methods(class).into_iter().find(makes_schema)?;
    let mut found = None;
    each_expr(&method.def.body, &mut |expr| {
        let Expr::Call(call) = expr else { return };
        let callee = index.resolve(method.scope(), &call.func);
        if !callee.library().is_some_and(|path| path.starts_with("pydantic_core.core_schema.")) {
            return;
        }
        let hands = |value: &Expr| {
            let Expr::Attribute(own) = value else { return false };
            own.attr.as_str() == attribute && own.value.as_name_expr().is_some_and(|name| name.id == "self")
        };
        let keyword = call.arguments.keywords.iter().find(|keyword| hands(&keyword.value));
        found = found.take().or_else(|| keyword?.arg.as_ref().map(|name| name.to_string()));
    });
    found.filter(|bound| BOUNDS.contains(&bound.as_str()))
}
