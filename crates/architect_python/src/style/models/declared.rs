//! What the bodies of table classes say again and again: names of constraints, keywords of foreign keys and
//! relationships, times with their zone.

use architect_model::{ModelStyle, Observed, Project, Relationship, Table};
use rayon::prelude::*;
use ruff_python_ast::{Expr, ExprCall, Stmt};
use rustc_hash::{FxHashMap, FxHashSet};

use super::super::facts::{Facts, address, assigned};
use super::super::vote::Votes;
use super::super::walk::{each_expr, each_expr_in, keyword};
use crate::read::versions::Versions;
use crate::resolve::{BindingKind, Class, Scope};
use crate::syntax::File;

/// Fills in what table classes say.
pub(in crate::style) fn read(facts: &Facts<'_>, project: &Project, versions: &Versions, style: &mut ModelStyle) {
    let said = Said::collect(facts);
    style.named_constraints = said.named;
    style.constraints_from_sqlmodel = constraints_from_sqlmodel(facts);
    // `Field(ondelete=…)` came with SQLModel 0.0.21; without a known version, what the house's own code shows.
    style.field_has_ondelete = versions.at_least("sqlmodel", &[0, 0, 21]).unwrap_or(said.field_has_ondelete);
    // From 0.0.50 on SQLModel stores times with their zone; who gives the type himself goes on doing so.
    style.zoned_by_library = !said.types_times && versions.at_least("sqlmodel", &[0, 0, 50]) == Some(true);
    style.digits_inside = versions.at_least("pydantic", &[2, 8]) == Some(false);
    style.relation_keywords = relation_keywords(facts, project);
    style.timezone_utc = timezone_utc(facts);
}

/// What the bodies of table classes and of what they extend show.
struct Said {
    /// Whether unique constraints are given names.
    named: Observed<bool>,
    /// Whether `Field` is given `ondelete`.
    field_has_ondelete: bool,
    /// Whether columns are given `DateTime(timezone=True)`.
    types_times: bool,
}

/// What one class shows.
#[derive(Default)]
struct Body<'a> {
    named: Vec<(bool, &'a ExprCall)>,
    field_has_ondelete: bool,
    types_times: bool,
}

impl Said {
    fn collect<'a>(facts: &Facts<'a>) -> Self {
        let mut seen = FxHashSet::default();
        let ancestors = facts.tables.iter().flat_map(|table| facts.index.mro(*table).classes());
        let classes: Vec<Class<'a>> =
            ancestors.filter(|class| !class.file().installed && seen.insert(address(class.def))).collect();
        let bodies: Vec<Body<'a>> = classes.par_iter().map(|class| Body::read(facts, *class)).collect();
        let mut named = Votes::default();
        for (class, body) in classes.iter().zip(&bodies) {
            for (is_named, call) in &body.named {
                named.add(*is_named, facts.weight_of(&class.file().path), &class.file().at(*call));
            }
        }
        Self {
            named: named.or_assumed(true),
            field_has_ondelete: bodies.iter().any(|body| body.field_has_ondelete),
            types_times: bodies.iter().any(|body| body.types_times),
        }
    }
}

impl<'a> Body<'a> {
    fn read(facts: &Facts<'a>, class: Class<'a>) -> Self {
        let mut body = Self::default();
        each_expr(&class.def.body, &mut |expr| {
            let Expr::Call(call) = expr else { return };
            // A function that is not imported is none of these.
            match facts.index.resolve(class.scope(), &call.func).library() {
                Some("sqlalchemy.UniqueConstraint") => body.named.push((keyword(call, "name").is_some(), call)),
                Some("sqlmodel.Field") => {
                    body.field_has_ondelete |=
                        ["foreign_key", "ondelete"].iter().all(|name| keyword(call, name).is_some());
                }
                Some("sqlalchemy.DateTime") => {
                    let zoned = keyword(call, "timezone");
                    body.types_times |= matches!(zoned, Some(Expr::BooleanLiteral(literal)) if literal.value);
                }
                _ => {}
            }
        });
        body
    }
}

/// Whether files of tables import their constraints from `sqlmodel`, which exports SQLAlchemy's.
fn constraints_from_sqlmodel(facts: &Facts<'_>) -> Observed<bool> {
    let mut votes = Votes::default();
    let mut seen = FxHashSet::default();
    for file in facts.tables.iter().map(Class::file).filter(|file| seen.insert(&*file.path)) {
        let names = facts.index.module_names(file);
        for binding in ["UniqueConstraint", "Index"].iter().filter_map(|name| names.by_name.get(name)).flatten() {
            if let BindingKind::From(import, _) = binding.kind {
                let module = import.module.as_ref().map(|module| module.as_str());
                votes.add(module == Some("sqlmodel"), facts.weight_of(&file.path), &file.at_range(binding.range));
            }
        }
    }
    votes.or_assumed(false)
}

/// What one-to-many relationships that both sides declare say of deletion: the keywords as written.
fn relation_keywords(facts: &Facts<'_>, project: &Project) -> Option<Vec<String>> {
    let classes: FxHashMap<String, &Class<'_>> = facts.tables.iter().map(|class| (class.path(), class)).collect();
    let mut votes = Votes::default();
    for (table, relationship) in project.tables().flat_map(to_many) {
        let class = table.class.as_ref().and_then(|class| classes.get(&format!("{}.{}", class.module, class.name)));
        let Some(class) = class else { continue };
        if let Some(call) = declaration(class, &relationship.name) {
            let others = call.arguments.keywords.iter().filter(|keyword| {
                // What names something is about that relationship: `order_by=desc("id")`.
                keyword.arg.as_ref().is_some_and(|name| !["back_populates", "backref"].contains(&name.as_str()))
                    && !names_something(&keyword.value)
            });
            let written: Vec<String> = others.map(|keyword| class.file().text(keyword).to_owned()).collect();
            // Where nothing is said, SQLAlchemy empties the foreign keys of the rows before it deletes theirs.
            let tells = says(call, &["cascade", "cascade_delete", "passive_deletes"]);
            votes.add((written, tells), facts.weight_of(&class.file().path), &class.file().at(call));
        }
    }
    votes.winner().filter(|won| won.value.1).map(|won| won.value.0)
}

fn names_something(value: &Expr) -> bool {
    let mut found = false;
    each_expr_in(value, &mut |expr| found |= expr.is_name_expr());
    found
}

/// The relationships of a table to rows that point at it, declared on both sides.
fn to_many(table: &Table) -> impl Iterator<Item = (&Table, &Relationship)> {
    let both = |relationship: &&Relationship| {
        relationship.many && relationship.secondary.is_none() && relationship.back_populates.is_some()
    };
    table.relationships.iter().filter(both).map(move |relationship| (table, relationship))
}

/// The call that declares an attribute of a class.
fn declaration<'a>(class: &Class<'a>, name: &str) -> Option<&'a ExprCall> {
    class.def.body.iter().filter(|stmt| assigned(stmt) == Some(name)).find_map(|stmt| match stmt {
        Stmt::AnnAssign(assign) => assign.value.as_deref()?.as_call_expr(),
        Stmt::Assign(assign) => assign.value.as_call_expr(),
        _ => None,
    })
}

/// Whether a call is given one of these keywords, in itself or in a dictionary of further keywords.
fn says(call: &ExprCall, names: &[&str]) -> bool {
    call.arguments.keywords.iter().any(|keyword| {
        let direct = keyword.arg.as_ref().is_some_and(|name| names.contains(&name.as_str()));
        let inside = keyword.value.as_dict_expr().is_some_and(|dict| {
            let keys = dict.items.iter().filter_map(|item| item.key.as_ref()?.as_string_literal_expr());
            keys.into_iter().any(|key| names.contains(&key.value.to_str()))
        });
        direct || inside
    })
}

/// Whether the house writes `timezone.utc`, which older releases of Python have too, and never `UTC`.
fn timezone_utc(facts: &Facts<'_>) -> bool {
    let seen: Vec<(bool, bool)> = facts.files.par_iter().map(|file| zones(facts, file)).collect();
    seen.iter().any(|(old, _)| *old) && !seen.iter().any(|(_, new)| *new)
}

/// Whether a file uses `timezone.utc`, and whether it uses `UTC`.
fn zones<'a>(facts: &Facts<'a>, file: &'a File) -> (bool, bool) {
    let names = &facts.index.module_names(file).by_name;
    let (mut old, mut new) = (false, names.contains_key("UTC"));
    if names.contains_key("timezone") || names.contains_key("datetime") || names.contains_key("dt") {
        each_expr(file.body(), &mut |expr| {
            if let Expr::Attribute(attribute) = expr
                && matches!(attribute.attr.as_str(), "utc" | "UTC")
            {
                let zone = facts.index.resolve(Scope::module(file), expr);
                old |= zone.is("datetime.timezone.utc");
                new |= zone.is("datetime.UTC");
            }
        });
    }
    (old, new)
}
