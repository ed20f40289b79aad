//! The fields of Pydantic classes: own and inherited, in Pydantic's order.

use architect_model::Unknown;
use indexmap::IndexMap;
use ruff_python_ast::Expr;
use rustc_hash::FxBuildHasher;

use crate::resolve::{BindingKind, Class, Frame, Index};

/// A field as declared.
#[derive(Clone, Copy)]
pub(crate) struct Field<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// The class that declares it last, in override order.
    pub(crate) owner: Class<'a>,
    /// Its annotation, to be resolved in `owner.scope()`.
    pub(crate) annotation: &'a Expr,
    /// What is assigned to it.
    pub(crate) value: Option<&'a Expr>,
    /// Where its name stands.
    pub(crate) range: ruff_text_size::TextRange,
}

/// The fields of a class, base classes first; an override keeps the place of what it overrides.
pub(crate) fn fields<'a>(index: &Index<'a>, class: Class<'a>) -> Vec<Field<'a>> {
    let mut found: IndexMap<&'a str, Field<'a>, FxBuildHasher> = IndexMap::default();
    let classes: Vec<Class<'a>> = index.mro(class).classes().collect();
    for owner in classes.into_iter().rev() {
        for (name, bindings) in &index.frame_names(Frame::Class(owner.def)).by_name {
            let Some(field) = bindings.iter().rev().find_map(|binding| match binding.kind {
                BindingKind::Value { annotation: Some(annotation), value, .. } => {
                    Some(Field { name, owner, annotation, value, range: binding.range })
                }
                _ => None,
            }) else {
                continue;
            };
            if !name.starts_with('_') && *name != "model_config" && !is_class_variable(index, &field) {
                found.insert(name, field);
            }
        }
    }
    found.into_values().collect()
}

/// Whether the annotation is `ClassVar[...]`.
fn is_class_variable<'a>(index: &Index<'a>, field: &Field<'a>) -> bool {
    let mentions = match field.annotation {
        Expr::Subscript(subscript) => match &*subscript.value {
            Expr::Name(name) => name.id == "ClassVar",
            Expr::Attribute(attribute) => attribute.attr.as_str() == "ClassVar",
            _ => false,
        },
        Expr::Name(name) => name.id == "ClassVar",
        Expr::StringLiteral(text) => text.value.to_str().contains("ClassVar"),
        Expr::Attribute(attribute) => attribute.attr.as_str() == "ClassVar",
        _ => false,
    };
    mentions && {
        let annotation = index.annotation(field.owner.scope(), field.annotation);
        annotation.wrappers.iter().any(|wrapper| wrapper == "typing.ClassVar")
            || annotation.resolution.is("typing.ClassVar")
    }
}

/// What may be missing of a class, because some of its ancestors are not there to read.
pub(crate) fn unseen<'a>(index: &Index<'a>, class: Class<'a>) -> Vec<Unknown> {
    let mro = index.mro(class);
    let libraries = mro.unseen().map(|path| {
        Unknown::new(class.at(), format!("what `{path}` declares is not known: its package is not installed"))
    });
    mro.unknowns.iter().cloned().chain(libraries).collect()
}
