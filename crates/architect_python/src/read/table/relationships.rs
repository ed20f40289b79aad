//! Relationships of mapped classes.

use architect_model::{Known, Location, Relationship};
use ruff_python_ast::Expr;

use crate::read::fields::Field;
use crate::resolve::{Annotation, Arguments, Index, Resolution};

/// `items: list["Item"] = Relationship(back_populates="owner")`.
pub(super) fn sqlmodel<'a>(index: &Index<'a>, field: &Field<'a>, arguments: &Arguments<'a>) -> Relationship {
    let scope = field.owner.scope();
    let annotation = index.annotation(scope, field.annotation);
    let at = scope.file.at_range(field.range);
    let mut relationship = declarative(index, field.name, Some(&annotation), arguments, at);
    if let Some((scope, link)) = arguments.keyword("link_model") {
        relationship.secondary = Some(scope.text(link).to_owned());
    }
    if let Some((scope, expr)) = arguments.keyword("sa_relationship_kwargs")
        && let Some(entries) = index.dictionary_entries(scope, expr)
    {
        let further = Arguments { positional: Vec::new(), keywords: entries, unknown: None };
        apply(index, &mut relationship, &further);
    }
    relationship
}

/// `items: Mapped[list["Item"]] = relationship(back_populates="owner")`, `items = relationship("Item")`.
pub(super) fn declarative<'a>(
    index: &Index<'a>,
    name: &str,
    annotation: Option<&Annotation<'a>>,
    arguments: &Arguments<'a>,
    at: Location,
) -> Relationship {
    let (annotated, many) = match annotation {
        Some(annotation) => annotated_target(index, annotation),
        None => (None, None),
    };
    let target = match arguments.get("argument", 0) {
        Some((scope, expr)) => match expr {
            Expr::StringLiteral(text) => Known::Known(text.value.to_str().to_owned()),
            Expr::Lambda(lambda) => Known::Known(scope.text(&*lambda.body).to_owned()),
            expr => Known::Known(scope.text(expr).to_owned()),
        },
        None => match annotated {
            Some(target) => Known::Known(target),
            None => Known::unknown(at, "a relationship without a class"),
        },
    };
    let many = many.unwrap_or(annotation.is_none());
    let mut relationship = Relationship { name: name.to_owned(), target, many, back_populates: None, secondary: None };
    apply(index, &mut relationship, arguments);
    relationship
}

fn apply<'a>(index: &Index<'a>, relationship: &mut Relationship, arguments: &Arguments<'a>) {
    let text = |name: &str| {
        let (scope, expr) = arguments.keyword(name).filter(|(_, expr)| !expr.is_none_literal_expr())?;
        Some(index.string(scope, expr).known().cloned().unwrap_or_else(|| scope.text(expr).to_owned()))
    };
    relationship.back_populates = text("back_populates").or(relationship.back_populates.take());
    relationship.secondary = text("secondary").or(relationship.secondary.take());
    if let Some((scope, expr)) = arguments.keyword("uselist")
        && let Some(uselist) = index.constant(scope, expr).known().and_then(|constant| constant.value.as_bool())
    {
        relationship.many = uselist;
    }
}

/// The class that an annotation names, and whether it is a collection of it.
fn annotated_target<'a>(index: &Index<'a>, annotation: &Annotation<'a>) -> (Option<String>, Option<bool>) {
    let collection = match &annotation.resolution {
        Resolution::Builtin("list" | "set" | "dict") => true,
        Resolution::Library(path) => matches!(
            path.as_str(),
            "typing.List"
                | "typing.Set"
                | "typing.Sequence"
                | "typing.Collection"
                | "collections.abc.Sequence"
                | "typing.Dict"
        ),
        _ => false,
    } || annotation
        .wrappers
        .iter()
        .any(|wrapper| wrapper.ends_with("WriteOnlyMapped") || wrapper.ends_with("DynamicMapped"));
    let named = match (collection, annotation.arguments.last()) {
        (true, Some(item)) => index.annotation(annotation.scope, item),
        _ => annotation.clone(),
    };
    let target = match (&named.resolution, named.expr) {
        (Resolution::Class(class), _) => class.name().to_owned(),
        (_, Expr::StringLiteral(text)) => text.value.to_str().to_owned(),
        (_, expr) => named.scope.text(expr).to_owned(),
    };
    (Some(target), Some(collection))
}
