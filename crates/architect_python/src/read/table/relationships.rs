//! Relationships of mapped classes.

use std::sync::Arc;

use architect_model::{Known, Location, Relationship, Table, TableConstraint};
use ruff_python_ast::Expr;
use rustc_hash::FxHashMap;

use crate::read::fields::Field;
use crate::resolve::{Annotation, Arguments, Index, Resolution, Scope};

/// A relationship as declared: whether it holds several may depend on the foreign keys between the tables.
#[derive(Debug, Clone)]
pub(super) struct Link {
    /// What is declared; `many` counts only if `decided`.
    pub(super) relationship: Relationship,
    /// Whether annotation or `uselist` say if it holds several.
    pub(super) decided: bool,
    /// `backref`: the attribute of the target class, and whether that holds several where it is said.
    pub(super) backref: Option<(String, Option<bool>)>,
    /// `foreign_keys`, as written.
    pub(super) foreign_keys: Option<String>,
    /// Whether `remote_side` is given.
    pub(super) remote_side: bool,
}

/// `items: list["Item"] = Relationship(back_populates="owner")`.
pub(super) fn sqlmodel<'a>(index: &Index<'a>, field: &Field<'a>, arguments: &Arguments<'a>) -> Link {
    let scope = field.owner.scope();
    let annotation = index.annotation(scope, field.annotation);
    let at = scope.file.at_range(field.range);
    let mut link = declarative(index, field.name, Some(&annotation), arguments, at);
    if let Some((scope, model)) = arguments.keyword("link_model") {
        link.relationship.secondary = Some(scope.text(model).to_owned());
    }
    if let Some((scope, expr)) = arguments.keyword("sa_relationship_kwargs")
        && let Some(entries) = index.dictionary_entries(scope, expr)
    {
        let further = Arguments { positional: Vec::new(), keywords: entries, unknown: None };
        apply(index, &mut link, &further);
    }
    link
}

/// `items: Mapped[list["Item"]] = relationship(back_populates="owner")`, `items = relationship("Item")`.
pub(super) fn declarative<'a>(
    index: &Index<'a>,
    name: &str,
    annotation: Option<&Annotation<'a>>,
    arguments: &Arguments<'a>,
    at: Location,
) -> Link {
    let place = at.clone();
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
    let relationship = Relationship {
        name: name.to_owned(),
        target,
        many: many.unwrap_or(true),
        back_populates: None,
        secondary: None,
        joins_itself: false,
        at: place,
    };
    let mut link =
        Link { relationship, decided: many.is_some(), backref: None, foreign_keys: None, remote_side: false };
    apply(index, &mut link, arguments);
    link
}

fn apply<'a>(index: &Index<'a>, link: &mut Link, arguments: &Arguments<'a>) {
    let given = |name: &str| arguments.keyword(name).filter(|(_, expr)| !expr.is_none_literal_expr());
    let text = |name: &str| {
        let (scope, expr) = given(name)?;
        Some(index.string(scope, expr).known().cloned().unwrap_or_else(|| scope.text(expr).to_owned()))
    };
    let relationship = &mut link.relationship;
    relationship.back_populates = text("back_populates").or(relationship.back_populates.take());
    relationship.secondary = text("secondary").or(relationship.secondary.take());
    if let Some(uselist) = given("uselist").and_then(|(scope, expr)| boolean(index, scope, expr)) {
        relationship.many = uselist;
        link.decided = true;
    }
    relationship.joins_itself |= given("foreign_keys").is_some() || given("primaryjoin").is_some();
    link.remote_side |= given("remote_side").is_some();
    link.foreign_keys =
        given("foreign_keys").map(|(scope, expr)| scope.text(expr).to_owned()).or(link.foreign_keys.take());
    if let Some((scope, expr)) = given("backref") {
        let call = expr.as_call_expr().filter(|call| index.resolve(scope, &call.func).is("sqlalchemy.orm.backref"));
        link.backref = match call.map(|call| index.arguments(scope, call)) {
            Some(arguments) => arguments.get("name", 0).and_then(|(scope, name)| {
                let uselist = arguments.keyword("uselist").and_then(|(scope, expr)| boolean(index, scope, expr));
                Some((index.string(scope, name).known()?.clone(), uselist))
            }),
            None => index.string(scope, expr).known().map(|name| (name.clone(), None)),
        };
    }
}

fn boolean<'a>(index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) -> Option<bool> {
    index.constant(scope, expr).known()?.value.as_bool()
}

/// Decides which relationships hold several, by the foreign keys between the tables, and adds the back references.
/// `links` are those of each of the tables that are `read`; `known` are the others. All have all constraints.
pub(super) fn finish(links: &[Vec<Link>], read: &mut [Table], known: &[Arc<Table>]) {
    let mut found: Vec<(usize, Relationship)> = Vec::new();
    let tables: Vec<&Table> = read.iter().chain(known.iter().map(Arc::as_ref)).collect();
    let by_class: FxHashMap<&str, usize> = tables
        .iter()
        .enumerate()
        .filter_map(|(number, table)| Some((last(&table.class.as_ref()?.name), number)))
        .collect();
    let mut back: Vec<(usize, Relationship)> = Vec::new();
    for (number, links) in links.iter().enumerate() {
        for link in links {
            let target = link.relationship.target.known().and_then(|name| by_class.get(last(name)).copied());
            let mut relationship = link.relationship.clone();
            if let (false, Some(target)) = (link.decided, target) {
                relationship.many = link.relationship.secondary.is_some() || !points_at(link, &tables, number, target);
            }
            let class = tables.get(number).and_then(|table| table.class.as_ref()).map(|class| class.name.clone());
            if let (Some((name, uselist)), Some(target), Some(class)) = (&link.backref, target, class) {
                let both = link.relationship.secondary.is_some();
                let many = uselist.unwrap_or(both || points_at(link, &tables, number, target));
                let back_populates = Some(relationship.name.clone());
                relationship.back_populates = Some(name.clone());
                let secondary = relationship.secondary.clone();
                let target_class = Known::Known(class);
                back.push((
                    target,
                    Relationship {
                        name: name.clone(),
                        target: target_class,
                        many,
                        back_populates,
                        secondary,
                        ..relationship.clone()
                    },
                ));
            }
            found.push((number, relationship));
        }
    }
    for (number, relationship) in found.into_iter().chain(back) {
        if let Some(table) = read.get_mut(number) {
            table.relationships.push(relationship);
        }
    }
}

/// Whether the foreign key of a relationship is on this side: it leads to one row.
fn points_at(link: &Link, tables: &[&Table], own: usize, target: usize) -> bool {
    let refers = |from: usize, to: usize| {
        let (Some(from), Some(to)) = (tables.get(from), tables.get(to)) else { return false };
        let name = to.name.known().map(String::as_str).unwrap_or_default();
        let is_target = |found: &str| found == name || found.rsplit('.').next() == Some(name);
        from.constraints.iter().any(|constraint| match constraint {
            TableConstraint::ForeignKey { ref_table, .. } => is_target(ref_table),
            _ => false,
        })
    };
    if own == target {
        return link.remote_side;
    }
    match (refers(own, target), refers(target, own), &link.foreign_keys) {
        (true, true, Some(columns)) => names_own_column(columns, tables.get(own).copied()),
        (mine, _, _) => mine,
    }
}

/// Whether `foreign_keys=[owner_id]` or `"Item.owner_id"` names a column of this table.
fn names_own_column(columns: &str, own: Option<&Table>) -> bool {
    let first = columns.trim_matches(['[', ']', '(', ')', '"', '\'', ' ']).split(',').next().unwrap_or_default().trim();
    let class = own.and_then(|table| table.class.as_ref()).map(|class| last(&class.name));
    match first.rsplit_once('.') {
        Some((owner, _)) => Some(last(owner)) == class,
        None => own.is_some_and(|table| table.columns.iter().any(|column| column.name == first)),
    }
}

/// The last part of a dotted name.
fn last(dotted: &str) -> &str {
    dotted.rsplit('.').next().unwrap_or(dotted)
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
