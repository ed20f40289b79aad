//! Columns of declarative SQLAlchemy classes: own attributes, mixins, `declared_attr`, in SQLAlchemy's order.

use architect_model::{ColumnType, Known, Unknown};
use ruff_python_ast::Expr;
use ruff_text_size::TextRange;

use crate::resolve::{Annotation, BindingKind, Class, Frame, Function, Index, Resolution, Scope};

use super::base::Base;
use super::draft::Draft;
use super::python_types::{enumeration, mapped_type};
use super::relationships::{self, Link};

/// What a declarative class declares.
#[derive(Default)]
pub(super) struct Declared<'a> {
    /// Columns in order.
    pub(super) columns: Vec<Draft<'a>>,
    /// Relationships in order.
    pub(super) relationships: Vec<Link>,
    /// Attributes that could not be followed.
    pub(super) unknowns: Vec<Unknown>,
}

/// An attribute of a class body.
#[derive(Clone, Copy)]
struct Attribute<'a> {
    name: &'a str,
    scope: Scope<'a>,
    annotation: Option<&'a Expr>,
    value: Option<&'a Expr>,
    range: TextRange,
    from_function: bool,
}

/// Reads the attributes of `class` and of those ancestors that are no tables themselves (`mixins`).
pub(super) fn read<'a>(index: &Index<'a>, class: Class<'a>, mixins: &[Class<'a>], base: &Base<'a>) -> Declared<'a> {
    let mut attributes = attributes(index, class, class);
    for mixin in mixins {
        let (plain, made): (Vec<_>, Vec<_>) =
            self::attributes(index, *mixin, class).into_iter().partition(|a| !a.from_function);
        attributes.extend(plain);
        attributes.extend(made);
    }
    let mut seen: Vec<&str> = Vec::new();
    let mut declared = Declared::default();
    for attribute in attributes {
        if seen.contains(&attribute.name) {
            continue;
        }
        seen.push(attribute.name);
        match part(index, &attribute, base) {
            Part::Column(draft) => declared.columns.push(*draft),
            Part::Relationship(relationship) => declared.relationships.push(*relationship),
            Part::Unknown(unknown) => declared.unknowns.push(unknown),
            Part::Other => {}
        }
    }
    declared.columns.sort_by_key(|column| column.sort_order);
    declared
}

/// The annotated names of a class body, in order.
pub(super) fn annotated_names<'a>(index: &Index<'a>, class: Class<'a>) -> Vec<&'a str> {
    let names = index.frame_names(Frame::Class(class.def));
    let annotated = |kind: &BindingKind<'_>| matches!(kind, BindingKind::Value { annotation: Some(_), .. });
    names
        .by_name
        .iter()
        .filter(|(_, bindings)| bindings.iter().any(|b| annotated(&b.kind)))
        .map(|(name, _)| *name)
        .collect()
}

/// The attributes of one class body, in the order in which SQLAlchemy looks at them.
fn attributes<'a>(index: &Index<'a>, class: Class<'a>, target: Class<'a>) -> Vec<Attribute<'a>> {
    let names = index.frame_names(Frame::Class(class.def));
    let mut found: Vec<Attribute<'a>> = Vec::new();
    for (name, bindings) in &names.by_name {
        let Some(binding) = bindings.last() else {
            continue;
        };
        if name.starts_with("__") {
            continue;
        }
        match binding.kind {
            BindingKind::Value { annotation, value, element: None } => {
                let range = binding.range;
                found.push(Attribute { name, scope: class.scope(), annotation, value, range, from_function: false });
            }
            BindingKind::Function(def) => {
                let outer = class.scope();
                found.extend(made_by_function(index, Function { outer, def }, target));
            }
            _ => {}
        }
    }
    let variables: Vec<&str> = found.iter().filter(|a| a.value.is_some()).map(|a| a.name).collect();
    let annotations: Vec<&str> =
        found.iter().filter(|a| a.annotation.is_some() && !a.from_function).map(|a| a.name).collect();
    let order = merged(&variables, &annotations);
    found.sort_by_key(|attribute| order.iter().position(|name| *name == attribute.name));
    found
}

/// `@declared_attr def owner_id(cls): return Column(...)`, for the class that `cls` will be.
fn made_by_function<'a>(index: &Index<'a>, function: Function<'a>, target: Class<'a>) -> Option<Attribute<'a>> {
    let declared = function
        .def
        .decorator_list
        .iter()
        .any(|decorator| is_declared_attr(index, function.outer, &decorator.expression));
    let result = index.result_for(function, target);
    declared.then(|| Attribute {
        name: function.name(),
        scope: result.map_or(function.outer, |(scope, _)| scope),
        annotation: function.def.returns.as_deref(),
        value: result.map(|(_, value)| value),
        range: function.def.name.range,
        from_function: true,
    })
}

/// Whether a decorator is `declared_attr`, `declared_attr.directive` or `declared_attr.cascading`.
pub(super) fn is_declared_attr<'a>(index: &Index<'a>, scope: Scope<'a>, decorator: &'a Expr) -> bool {
    index.resolve(scope, decorator).library().is_some_and(|path| path.starts_with("sqlalchemy.orm.declared_attr"))
}

/// SQLAlchemy's merge of the order of attributes with the order of annotations.
pub(super) fn merged<T: AsRef<str> + Clone>(variables: &[T], annotations: &[T]) -> Vec<String> {
    let text = |items: &[T]| items.iter().map(|item| item.as_ref().to_owned()).collect::<Vec<String>>();
    let (first, second) = (text(variables), text(annotations));
    let mut overlap: Vec<&String> = first.iter().filter(|name| second.contains(name)).collect();
    let mut result = Vec::new();
    let (mut current, mut other) = (first.iter(), second.iter());
    loop {
        match current.next() {
            Some(name) => match overlap.iter().position(|shared| *shared == name) {
                Some(position) => {
                    overlap.swap_remove(position);
                    std::mem::swap(&mut current, &mut other);
                }
                None => result.push(name.clone()),
            },
            None => {
                result.extend(other.cloned());
                return result;
            }
        }
    }
}

/// What an attribute is to SQLAlchemy.
enum Part<'a> {
    Column(Box<Draft<'a>>),
    Relationship(Box<Link>),
    Unknown(Unknown),
    Other,
}

fn part<'a>(index: &Index<'a>, attribute: &Attribute<'a>, base: &Base<'a>) -> Part<'a> {
    let annotation = attribute.annotation.map(|annotation| index.annotation(attribute.scope, annotation));
    let mapped = annotation.as_ref().is_some_and(|annotation| is_mapped(annotation));
    let Some(value) = attribute.value else {
        if attribute.from_function {
            let at = attribute.scope.file.at_range(attribute.range);
            let reason = format!("`{}`: a `declared_attr` that is not followed", attribute.name);
            return Part::Unknown(Unknown::new(at, reason));
        }
        return match annotation {
            Some(annotation) if mapped => annotated_column(index, attribute, &annotation, base),
            _ => Part::Other,
        };
    };
    let (scope, value) = index.followed(attribute.scope, value);
    let Expr::Call(call) = value else {
        return Part::Other;
    };
    let callee = index.resolve(scope, &call.func);
    match callee.library() {
        Some("sqlalchemy.Column" | "sqlalchemy.orm.mapped_column") => {
            let declarative = callee.is("sqlalchemy.orm.mapped_column");
            let draft = written_column(index, attribute, scope, call, annotation.filter(|_| declarative), base);
            Part::Column(Box::new(draft))
        }
        Some("sqlalchemy.orm.relationship" | "sqlmodel.Relationship") => {
            let arguments = index.arguments(scope, call);
            let at = scope.at(&*call.func);
            Part::Relationship(Box::new(relationships::declarative(
                index,
                attribute.name,
                annotation.as_ref(),
                &arguments,
                at,
            )))
        }
        Some("sqlalchemy.orm.deferred" | "sqlalchemy.orm.column_property") => match call.arguments.args.first() {
            Some(Expr::Call(inner)) if index.resolve(scope, &inner.func).is("sqlalchemy.Column") => {
                Part::Column(Box::new(written_column(index, attribute, scope, inner, None, base)))
            }
            _ => Part::Other,
        },
        Some(_) => Part::Other,
        None => made_elsewhere(index, attribute, &callee, mapped),
    }
}

/// A value that a function of the project makes: a column only if the annotation says so.
fn made_elsewhere<'a>(index: &Index<'a>, attribute: &Attribute<'a>, callee: &Resolution<'a>, mapped: bool) -> Part<'a> {
    let returns_column = match callee {
        Resolution::Function(function) => function.def.returns.as_deref().is_some_and(|returns| {
            let returned = index.annotation(function.outer, returns);
            matches!(returned.resolution.library(), Some("sqlalchemy.Column" | "sqlalchemy.orm.MappedColumn"))
        }),
        _ => false,
    };
    if !returns_column && !mapped {
        return Part::Other;
    }
    let at = attribute.scope.file.at_range(attribute.range);
    let reason = "a column that is made by a function";
    let mut draft = Draft::new(attribute.name, at.clone());
    draft.ty = Some(Known::unknown(at.clone(), reason));
    draft.nullable = Some(Known::unknown(at.clone(), reason));
    draft.unknowns.push(Unknown::new(at, format!("`{}`: {reason}", attribute.name)));
    Part::Column(Box::new(draft))
}

fn is_mapped(annotation: &Annotation<'_>) -> bool {
    annotation.wrappers.iter().any(|wrapper| wrapper.ends_with("Mapped"))
        || annotation.resolution.is("sqlalchemy.orm.MappedColumn")
}

/// `name: Mapped[str]`.
fn annotated_column<'a>(
    index: &Index<'a>,
    attribute: &Attribute<'a>,
    annotation: &Annotation<'a>,
    base: &Base<'a>,
) -> Part<'a> {
    let mut draft = Draft::new(attribute.name, attribute.scope.file.at_range(attribute.range));
    from_annotation(index, &mut draft, annotation);
    complete(index, &mut draft, annotation, base);
    Part::Column(Box::new(draft))
}

/// `name: Mapped[str] = mapped_column(...)`, `name = Column(...)`.
fn written_column<'a>(
    index: &Index<'a>,
    attribute: &Attribute<'a>,
    scope: Scope<'a>,
    call: &'a ruff_python_ast::ExprCall,
    annotation: Option<Annotation<'a>>,
    base: &Base<'a>,
) -> Draft<'a> {
    let mut draft = Draft::new(attribute.name, attribute.scope.file.at_range(attribute.range));
    let annotation = annotation.filter(is_mapped);
    if let Some(annotation) = &annotation {
        from_annotation(index, &mut draft, annotation);
    }
    let inherited = draft.ty.take();
    draft.apply(index, &index.arguments(scope, call));
    draft.ty = draft.ty.take().or(inherited);
    match &annotation {
        Some(annotation) => complete(index, &mut draft, annotation, base),
        None if draft.ty.is_none() && draft.foreign_keys.is_empty() => {
            draft.ty = Some(Known::unknown(scope.at(call), "a column without a type"));
        }
        None => {}
    }
    draft
}

/// `mapped_column(...)` inside `Annotated` says the same as if it were assigned.
fn from_annotation<'a>(index: &Index<'a>, draft: &mut Draft<'a>, annotation: &Annotation<'a>) {
    for (scope, extra) in annotation.metadata.iter().chain(&annotation.nested) {
        match index.followed(*scope, extra) {
            (scope, Expr::If(choice)) => {
                let mut other = draft.clone();
                apply_mapped_column(index, draft, scope, &choice.body);
                apply_mapped_column(index, &mut other, scope, &choice.orelse);
                draft.keep_agreed(other, &scope.at(choice));
            }
            (scope, extra) => apply_mapped_column(index, draft, scope, extra),
        }
    }
}

fn apply_mapped_column<'a>(index: &Index<'a>, draft: &mut Draft<'a>, scope: Scope<'a>, expr: &'a Expr) {
    if let Expr::Call(call) = expr
        && index.resolve(scope, &call.func).is("sqlalchemy.orm.mapped_column")
    {
        draft.apply(index, &index.arguments(scope, call));
    }
}

/// Type and nullability that follow from `Mapped[...]`.
fn complete<'a>(index: &Index<'a>, draft: &mut Draft<'a>, annotation: &Annotation<'a>, base: &Base<'a>) {
    if draft.nullable.is_none() && draft.primary_key.known() != Some(&true) {
        draft.nullable = Some(match &annotation.resolution {
            Resolution::Unknown(unknown)
                if !annotation.optional && annotation.alternatives.is_empty() && hides_type(annotation) =>
            {
                Known::Unknown { unknown: unknown.clone() }
            }
            _ => Known::Known(annotation.optional),
        });
    }
    if draft.ty.is_none() && draft.foreign_keys.is_empty() {
        draft.enum_class = enumeration(index, annotation).map(|class| class.symbol());
        draft.ty = Some(match base.mapped_types.find(index, annotation) {
            Some(found) => found,
            None => match mapped_type(index, annotation) {
                Known::Known(ColumnType::Float) if base.double_floats => Known::Known(ColumnType::Double),
                found => found,
            },
        });
    }
}

/// Whether an unresolved annotation is a bare name, behind which a union with `None` may hide.
fn hides_type(annotation: &Annotation<'_>) -> bool {
    matches!(annotation.expr, Expr::Name(_) | Expr::Attribute(_))
}
