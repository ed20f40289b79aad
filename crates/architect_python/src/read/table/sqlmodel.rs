//! Columns of SQLModel tables: fields, every `Field` argument included.

use architect_model::Known;
use ruff_python_ast::Expr;

use crate::read::fields::{Field, fields};
use crate::resolve::{Annotation, Arguments, Class, Index, Placed, Resolution};

use super::draft::{Draft, Reference, reference, target_of};
use super::python_types::{Libraries, Limits, enumeration, sqlmodel_type};
use super::relationships::{self, Link};
use super::types::{flag, number};

/// The columns and relationships of a SQLModel table class.
pub(super) fn read<'a>(index: &Index<'a>, class: Class<'a>, libraries: Libraries) -> (Vec<Draft<'a>>, Vec<Link>) {
    let mut drafts = Vec::new();
    let mut found = Vec::new();
    for field in fields(index, class) {
        match relationship_call(index, &field) {
            Some(arguments) if field.owner == class => found.push(relationships::sqlmodel(index, &field, &arguments)),
            Some(_) => {}
            None => drafts.push(column(index, &field, libraries)),
        }
    }
    if libraries.by_creation {
        drafts.sort_by_key(|draft| !draft.written);
        return (drafts, found);
    }
    let drafts = in_table_order(index, class, drafts, &found);
    (drafts, found)
}

/// SQLAlchemy merges the order of the class attributes (all fields, then the relationships) with that of its own
/// annotations (the relationships, then the fields).
fn in_table_order<'a>(
    index: &Index<'a>,
    class: Class<'a>,
    mut drafts: Vec<Draft<'a>>,
    relationships: &[Link],
) -> Vec<Draft<'a>> {
    let related: Vec<String> = relationships.iter().map(|link| link.relationship.name.clone()).collect();
    let mut all: Vec<String> = drafts.iter().map(|draft| draft.attribute.clone()).collect();
    all.extend(related.iter().cloned());
    let annotated = super::columns::annotated_names(index, class).into_iter().map(str::to_owned);
    let mut own = related;
    for name in annotated {
        if !own.contains(&name) {
            own.push(name);
        }
    }
    let order = super::columns::merged(&all, &own);
    drafts.sort_by_key(|draft| order.iter().position(|name| *name == draft.attribute).unwrap_or(usize::MAX));
    drafts
}

/// The arguments of `Relationship(...)`, where a field is one.
fn relationship_call<'a>(index: &Index<'a>, field: &Field<'a>) -> Option<Arguments<'a>> {
    let scope = field.owner.scope();
    match field.value? {
        Expr::Call(call) if index.resolve(scope, &call.func).is("sqlmodel.Relationship") => {
            Some(index.arguments(scope, call))
        }
        _ => None,
    }
}

/// The `Field(...)` calls that speak of a field: the one assigned, then those in `Annotated`, the outermost first.
struct Settings<'a> {
    calls: Vec<Arguments<'a>>,
}

impl<'a> Settings<'a> {
    fn get(&self, name: &str) -> Option<Placed<'a>> {
        self.calls
            .iter()
            .find_map(|arguments| arguments.keyword(name))
            .filter(|(scope, expr)| !is_undefined(*scope, expr))
    }
}

/// Whether an argument is spelled `Undefined`, the same as leaving it out.
fn is_undefined(scope: crate::resolve::Scope<'_>, expr: &Expr) -> bool {
    matches!(scope.text(expr), "Undefined" | "PydanticUndefined")
}

fn column<'a>(index: &Index<'a>, field: &Field<'a>, libraries: Libraries) -> Draft<'a> {
    let scope = field.owner.scope();
    let mut draft = Draft::new(field.name, scope.file.at_range(field.range));
    let annotation = index.annotation(scope, field.annotation);
    let mut settings = Settings { calls: Vec::new() };
    let mut default = None;
    if let Some(value) = field.value {
        match assigned(index, scope, value) {
            Assigned::Field(arguments) => settings.calls.push(arguments),
            Assigned::Default => default = Some((scope, value)),
            Assigned::Unknown(reason) => return unknown_column(draft, scope.at(value), reason),
        }
    }
    settings.calls.extend(annotation.metadata.iter().rev().filter_map(|(scope, extra)| match extra {
        Expr::Call(call) if is_field(index, *scope, &call.func) => Some(index.arguments(*scope, call)),
        _ => None,
    }));
    if let Some(spread) = settings.calls.iter().find_map(|arguments| arguments.unknown.clone()) {
        return unknown_column(draft, spread.at, "a field with arguments that are not written out");
    }
    if let Some((scope, expr)) = settings.get("sa_column")
        && !expr.is_none_literal_expr()
    {
        return sa_column(index, draft, scope, expr);
    }
    default = default.or_else(|| default_of(&settings));
    describe(index, &mut draft, &settings, &annotation, default, libraries);
    draft
}

/// What is assigned to a field.
enum Assigned<'a> {
    Field(Arguments<'a>),
    Default,
    Unknown(&'static str),
}

fn assigned<'a>(index: &Index<'a>, scope: crate::resolve::Scope<'a>, value: &'a Expr) -> Assigned<'a> {
    let (scope, value) = index.followed(scope, value);
    let Expr::Call(call) = value else {
        return Assigned::Default;
    };
    if is_field(index, scope, &call.func) {
        return Assigned::Field(index.arguments(scope, call));
    }
    match index.resolve(scope, &call.func) {
        Resolution::Function(_) => Assigned::Unknown("a field that is made by a function"),
        Resolution::Unknown(_) => Assigned::Unknown("a field that is made by something unknown"),
        _ => Assigned::Default,
    }
}

fn is_field<'a>(index: &Index<'a>, scope: crate::resolve::Scope<'a>, callee: &'a Expr) -> bool {
    matches!(index.resolve(scope, callee).library(), Some("sqlmodel.Field" | "pydantic.Field"))
}

fn unknown_column<'a>(mut draft: Draft<'a>, at: architect_model::Location, reason: &str) -> Draft<'a> {
    draft.ty = Some(Known::unknown(at.clone(), reason));
    draft.nullable = Some(Known::unknown(at.clone(), reason));
    draft.unknowns.push(architect_model::Unknown::new(at, format!("`{}`: {reason}", draft.attribute)));
    draft
}

/// `sa_column=Column(...)`: the column is taken as it is.
fn sa_column<'a>(
    index: &Index<'a>,
    mut draft: Draft<'a>,
    scope: crate::resolve::Scope<'a>,
    expr: &'a Expr,
) -> Draft<'a> {
    let (scope, expr) = index.followed(scope, expr);
    match expr {
        Expr::Call(call) if index.resolve(scope, &call.func).is("sqlalchemy.Column") => {
            draft.apply(index, &index.arguments(scope, call));
            draft.written = true;
            draft
        }
        _ => unknown_column(draft, scope.at(expr), "a column that is made by a function"),
    }
}

/// The default of a field; `...` and `Undefined` are none.
fn default_of<'a>(settings: &Settings<'a>) -> Option<Placed<'a>> {
    let first = settings.calls.first()?;
    let factory = first.keyword("default_factory").filter(|(_, expr)| !expr.is_none_literal_expr());
    let (scope, expr) = factory.or_else(|| first.get("default", 0))?;
    (!expr.is_ellipsis_literal_expr() && !is_undefined(scope, expr)).then_some((scope, expr))
}

fn describe<'a>(
    index: &Index<'a>,
    draft: &mut Draft<'a>,
    settings: &Settings<'a>,
    annotation: &Annotation<'a>,
    default: Option<Placed<'a>>,
    libraries: Libraries,
) {
    let limits = limits(index, settings, annotation);
    match settings.get("sa_type") {
        Some((scope, expr)) => draft.set_type(index, scope, expr),
        None => {
            draft.ty = Some(sqlmodel_type(index, annotation, &limits, libraries));
            draft.enum_class = enumeration(index, annotation).map(|class| class.symbol());
        }
    }
    let known = |name: &str| {
        let arguments = settings.calls.iter().find(|arguments| arguments.keyword(name).is_some())?;
        match flag(index, arguments, name) {
            Known::Known(flag) => flag.map(Known::Known),
            Known::Unknown { unknown } => Some(Known::Unknown { unknown }),
        }
    };
    draft.primary_key = known("primary_key").unwrap_or(Known::Known(false));
    draft.index = known("index").unwrap_or(Known::Known(false));
    draft.unique = known("unique").unwrap_or(Known::Known(false));
    draft.nullable =
        known("nullable").or_else(|| noneable(draft, annotation, default.map(|(_, expr)| expr), libraries));
    if let Some(default) = default.filter(|(_, expr)| !expr.is_none_literal_expr()) {
        draft.set_default(index, default);
    }
    foreign_key(index, draft, settings);
    if let Some((scope, expr)) = settings.get("sa_column_args") {
        match index.sequence_parts(scope, expr) {
            Some(parts) => parts.iter().for_each(|(scope, part)| draft.positional(index, *scope, part, false)),
            None => draft.unknowns.push(scope.file.unknown(expr, "column arguments that are not written out")),
        }
    }
    if let Some((scope, expr)) = settings.get("sa_column_kwargs") {
        match index.dictionary_entries(scope, expr) {
            Some(keywords) => {
                let arguments = Arguments { positional: Vec::new(), keywords, unknown: None };
                if let Some((scope, name)) = arguments.keyword("name") {
                    draft.name = Some(index.fixed_string(scope, name));
                }
                draft.apply_keywords(index, &arguments);
            }
            None => draft.unknowns.push(scope.file.unknown(expr, "column arguments that are not written out")),
        }
    }
}

/// Whether the annotation, or a default of `None`, lets the column be NULL.
fn noneable<'a>(
    draft: &Draft<'a>,
    annotation: &Annotation<'a>,
    default: Option<&'a Expr>,
    libraries: Libraries,
) -> Option<Known<bool>> {
    if *draft.primary_key.known()? {
        return Some(Known::Known(false));
    }
    if annotation.optional {
        return Some(Known::Known(true));
    }
    if let Resolution::Unknown(unknown) = &annotation.resolution {
        return Some(Known::Unknown { unknown: unknown.clone() });
    }
    match (default, libraries.pydantic_1) {
        (Some(default), None) if default.is_none_literal_expr() => Some(Known::unknown(
            draft.at.clone(),
            "a default of `None` on a type without `None` means NULL in Pydantic 1 only, and its version is not pinned",
        )),
        (Some(default), Some(true)) if default.is_none_literal_expr() => Some(Known::Known(true)),
        _ => Some(Known::Known(false)),
    }
}

fn foreign_key<'a>(index: &Index<'a>, draft: &mut Draft<'a>, settings: &Settings<'a>) {
    let Some((scope, expr)) = settings.get("foreign_key") else {
        return;
    };
    if expr.is_none_literal_expr() {
        return;
    }
    let empty = Arguments { positional: Vec::new(), keywords: Vec::new(), unknown: None };
    let on_delete = settings.get("ondelete").and_then(|(scope, expr)| index.fixed_string(scope, expr).known().cloned());
    let base = reference(index, &empty, scope, expr);
    draft.foreign_keys.push(Reference {
        target: target_of(index, scope, expr),
        on_delete: on_delete.map(|action| action.to_uppercase()),
        ..base
    });
}

/// Limits on the values: the assigned `Field` counts before what `Annotated` says.
fn limits<'a>(index: &Index<'a>, settings: &Settings<'a>, annotation: &Annotation<'a>) -> Limits {
    let mut limits = Limits::default();
    let constraints = annotation.metadata.iter().rev().filter_map(|(scope, extra)| match extra {
        Expr::Call(call) => Some((*scope, call)),
        _ => None,
    });
    let called = match annotation.expr {
        Expr::Call(call) => Some((annotation.scope, call)),
        _ => None,
    };
    let further: Vec<Arguments<'a>> = constraints
        .chain(called)
        .filter(|(scope, call)| !is_field(index, *scope, &call.func))
        .map(|(scope, call)| {
            let mut arguments = index.arguments(scope, call);
            if index.resolve(scope, &call.func).is("annotated_types.MaxLen")
                && let Some(first) = arguments.positional.first().copied()
            {
                arguments.keywords.push(("max_length", first));
            }
            arguments
        })
        .collect();
    for arguments in settings.calls.iter().chain(&further) {
        for (name, limit) in [
            ("max_length", &mut limits.max_length),
            ("max_digits", &mut limits.max_digits),
            ("decimal_places", &mut limits.decimal_places),
        ] {
            match number(index, arguments, name, usize::MAX) {
                Known::Known(given) => *limit = limit.or(given),
                Known::Unknown { unknown } => limits.unknown = Some(unknown),
            }
        }
    }
    limits
}
