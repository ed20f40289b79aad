//! The key by which rows refer to users, and the way to it from what a handler is given.

use std::cell::RefCell;

use architect_model::IdKind;
use rayon::prelude::*;
use ruff_python_ast::Expr;
use rustc_hash::FxHashMap;

use super::super::facts::Facts;
use super::super::models::columns::Column;
use super::super::models::naming::table_name;
use super::super::vote::{USUAL, Votes};
use super::super::walk::each_expr;
use super::find::Candidate;
use super::given::{self, Given};
use crate::resolve::{Class, Resolution, Scope};

/// The ways to the key of users.
pub(super) struct KeyPaths<'f, 'a> {
    facts: &'f Facts<'a>,
    key: Option<&'f Column<'a>>,
    /// By the name of the parameter that holds a mapping.
    mapped: RefCell<FxHashMap<String, Option<Vec<String>>>>,
}

impl<'f, 'a> KeyPaths<'f, 'a> {
    /// Those to the key of a table.
    pub(super) fn to(facts: &'f Facts<'a>, users: Class<'a>) -> Self {
        Self { facts, key: key(facts, users), mapped: RefCell::default() }
    }

    /// How the user's key is reached from what the handler is given.
    pub(super) fn from(&self, one: &Candidate<'a>) -> Option<Vec<String>> {
        let key = self.key.map_or("id", |key| key.name);
        match &one.given {
            Given::Row(_) => Some(vec![key.to_owned()]),
            Given::Carrier { attribute, .. } => Some(vec![attribute.clone(), key.to_owned()]),
            Given::Plain => Some(Vec::new()),
            Given::Object(class) => {
                let kind = self.key.and_then(Column::id_kind);
                let attributes = given::attributes(self.facts, *class);
                let holds_key = |name: &str| {
                    let found = attributes.iter().find(|(known, _, _)| *known == name);
                    found.is_some_and(|(_, scope, annotation)| kind_of(self.facts, *scope, annotation) == kind)
                };
                let usual = [key, "user_id", "id", "uid", "sub"];
                usual.into_iter().find(|name| kind.is_some() && holds_key(name)).map(|name| vec![name.to_owned()])
            }
            Given::Mapping => {
                let mut mapped = self.mapped.borrow_mut();
                let found = mapped.entry(one.declared.name.clone());
                found.or_insert_with_key(|name| mapped_key(self.facts, name)).clone()
            }
        }
    }
}

/// The kind of key that an annotation holds.
fn kind_of<'a>(facts: &Facts<'a>, scope: Scope<'a>, annotation: &'a Expr) -> Option<IdKind> {
    match facts.index.annotation(scope, annotation).resolution {
        Resolution::Builtin("int") => Some(IdKind::Integer),
        Resolution::Builtin("str") => Some(IdKind::String),
        // `uuid.UUID`, and Pydantic's `UUID1` to `UUID8`.
        Resolution::Library(path) if path == "uuid.UUID" || path.starts_with("pydantic.UUID") => Some(IdKind::Uuid),
        _ => None,
    }
}

/// The item that handlers, and what they hand it to under its name, take from a mapping most often: `user["id"]`,
/// `claims.get("sub")`.
fn mapped_key(facts: &Facts<'_>, name: &str) -> Option<Vec<String>> {
    let mut votes = Votes::default();
    let taking = facts.handlers.iter().filter(|handler| {
        handler.parameters.iter().any(|parameter| parameter.depends.is_some() && parameter.name == name)
    });
    let given = taking.flat_map(|handler| {
        let callees = super::super::trace::callees(facts, handler.function).into_iter();
        std::iter::once(handler.function).chain(callees.filter(|callee| callee.def.parameters.includes(name)))
    });
    for function in given {
        each_expr(&function.def.body, &mut |expr| {
            let (value, item) = match expr {
                Expr::Subscript(subscript) => (&*subscript.value, Some(&*subscript.slice)),
                Expr::Call(call) => match &*call.func {
                    Expr::Attribute(attribute) if attribute.attr.as_str() == "get" => {
                        (&*attribute.value, call.arguments.args.first())
                    }
                    _ => return,
                },
                _ => return,
            };
            let of_user = value.as_name_expr().is_some_and(|found| found.id.as_str() == name);
            if let Some(Expr::StringLiteral(text)) = item.filter(|_| of_user) {
                votes.add(text.value.to_str().to_owned(), USUAL, &function.at());
            }
        });
    }
    let usual = |name: &String| name.ends_with("id") || name == "sub";
    votes.most(usual).map(|name| vec![format!("[\"{name}\"]")])
}

/// The column by which other tables refer to a table: the one that foreign keys name most, else its primary key.
pub(super) fn key<'f, 'a>(facts: &'f Facts<'a>, table: Class<'a>) -> Option<&'f Column<'a>> {
    let name = table_name(facts.index, table);
    let mut votes = Votes::default();
    for class in &facts.tables {
        for column in facts.columns(*class) {
            let target = column.foreign_key.as_deref().and_then(|target| target.rsplit_once('.'));
            if let Some((_, referred)) = target.filter(|(table, _)| Some(*table) == name.as_deref()) {
                votes.add(referred.to_owned(), USUAL, &column.at);
            }
        }
    }
    let referred = votes.winner().map(|won| won.value);
    let all = facts.columns(table);
    let by_reference = all.iter().position(|column| Some(column.name) == referred.as_deref());
    let position = by_reference.or_else(|| all.iter().position(|column| column.primary_key))?;
    all.get(position)
}

/// The foreign keys of all tables: class and name of the table referred to.
pub(super) struct References<'f, 'a> {
    facts: &'f Facts<'a>,
    found: Vec<(Class<'a>, String)>,
}

impl<'f, 'a> References<'f, 'a> {
    /// The foreign keys of a project.
    pub(super) fn collect(facts: &'f Facts<'a>) -> Self {
        let of = |class: &Class<'a>| {
            let class = *class;
            let targets = facts.columns(class).iter().filter_map(|column| column.foreign_key.as_deref());
            targets.filter_map(move |target| Some((class, target.rsplit_once('.')?.0.to_owned())))
        };
        Self { facts, found: facts.tables.par_iter().flat_map_iter(of).collect() }
    }

    /// How many point at a table.
    pub(super) fn to(&self, table: Class<'a>) -> usize {
        let name = table_name(self.facts.index, table);
        self.found.iter().filter(|(_, target)| Some(target) == name.as_ref()).count()
    }

    /// Whether one table refers to another.
    pub(super) fn between(&self, from: Class<'a>, to: Class<'a>) -> bool {
        let name = table_name(self.facts.index, to);
        self.found.iter().any(|(class, target)| *class == from && Some(target) == name.as_ref())
    }
}
