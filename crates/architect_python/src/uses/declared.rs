//! What declarations reach: classes that inherit a field or hold one of its classes, its enumeration, other tables.

use architect_model::{Certainty, UseKind};
use ruff_python_ast::{Expr, Stmt};
use rustc_hash::{FxHashMap, FxHashSet};

use super::carriers::{Carrier, Role, sharers};
use super::findings::{Findings, Found};
use super::world::{DEPTH, World};
use super::{KNOWN, UNTOUCHED};
use crate::resolve::{Class, Resolution};
use crate::style::facts::{address, is_application, is_table};
use crate::style::walk::each_expr_in;
use crate::syntax::File;

/// Adds them, and says which classes hold those of the family.
pub(super) fn add<'a>(world: &World<'_, 'a>, near: &FxHashSet<usize>, findings: &mut Findings<'a>) -> Holders {
    for carrier in world.carriers.all() {
        inherited(world, carrier, findings);
    }
    let holders = nested(world, near, findings);
    let Some(field) = world.field() else {
        entity(world, findings);
        return holders;
    };
    for (table, owner) in sharers(world.index, &world.carriers, field) {
        let why = format!("`{}` inherits the same declaration from `{}`", table.name(), owner.name());
        findings.add(at_class(table, UseKind::Inherited, why, KNOWN));
    }
    if let Some(enumeration) = world.enumeration_of_field() {
        let why = format!("`{}` lists its values", enumeration.name());
        findings.add(at_class(enumeration, UseKind::Declaration, why, KNOWN));
    }
    holders
}

fn entity<'a>(world: &World<'_, 'a>, findings: &mut Findings<'a>) {
    for carrier in world.carriers.all() {
        let what = if carrier.role == Role::Schema { "a class of its family" } else { "declares the table" };
        findings.add(at_class(carrier.class, UseKind::Declaration, what.to_owned(), carrier.certain.clone()));
    }
}

/// A class that has the field from a base.
fn inherited<'a>(world: &World<'_, 'a>, carrier: &Carrier<'a>, findings: &mut Findings<'a>) {
    let Some(owner) = carrier.owner.filter(|owner| *owner != carrier.class) else { return };
    if world.field().is_none() {
        return;
    }
    let why = format!("`{}` inherits it from `{}`", carrier.class.name(), owner.name());
    findings.add(at_class(carrier.class, UseKind::Inherited, why, carrier.certain.clone()));
}

/// Classes that hold classes of the family, by address: what they hold, and how certain that has the subject.
pub(super) type Holders = FxHashMap<usize, (String, Certainty)>;

/// Classes with a field that holds a class of the family, or one that does: pages, answers with rows in them.
fn nested<'a>(world: &World<'_, 'a>, near: &FxHashSet<usize>, findings: &mut Findings<'a>) -> Holders {
    let schemas = world.carriers.all().iter().filter(|carrier| carrier.role == Role::Schema);
    let mut holders = Holders::default();
    let mut open: FxHashMap<usize, (&'a str, Certainty)> =
        schemas.map(|one| (address(one.class.def), (one.class.name(), one.certain.clone()))).collect();
    let mut known: FxHashSet<usize> = open.keys().copied().collect();
    let files = || world.index.files().project().iter().filter(|file| near.contains(&address(*file)));
    while !open.is_empty() {
        let mut next = FxHashMap::default();
        let speaks = |file: &&File| open.values().any(|(name, _)| file.source().contains(name));
        for class in
            files().filter(speaks).filter(|file| is_application(file)).flat_map(|file| world.index.classes(file))
        {
            if known.contains(&address(class.def)) || is_table(world.index, class) {
                continue;
            }
            let mut fields = class.def.body.iter().filter_map(Stmt::as_ann_assign_stmt);
            let Some((field, (held, certain))) =
                fields.find_map(|field| Some((field, held_in(world, class, &field.annotation, &open)?)))
            else {
                continue;
            };
            known.insert(address(class.def));
            next.insert(address(class.def), (class.name(), certain.clone()));
            holders.insert(address(class.def), (held.to_owned(), certain.clone()));
            findings.add(Found {
                scope: class.scope(),
                range: ruff_text_size::Ranged::range(&*field.target),
                kind: UseKind::Nested,
                why: format!("`{}` holds `{held}`", class.name()),
                certain,
                renaming: UNTOUCHED,
            });
        }
        open = next;
    }
    holders
}

fn held_in<'a>(
    world: &World<'_, 'a>,
    class: Class<'a>,
    annotation: &'a Expr,
    open: &FxHashMap<usize, (&'a str, Certainty)>,
) -> Option<(&'a str, Certainty)> {
    let mut found = None;
    each_expr_in(annotation, &mut |part| {
        let named = match part {
            Expr::Name(_) | Expr::Attribute(_) | Expr::StringLiteral(_) => world.index.resolve(class.scope(), part),
            _ => return,
        };
        if let Resolution::Class(held) = named {
            found = found.take().or_else(|| open.get(&address(held.def)).cloned());
        }
    });
    found
}

fn at_class<'a>(class: Class<'a>, kind: UseKind, why: String, certain: Certainty) -> Found<'a> {
    Found { scope: class.scope(), range: class.def.name.range, kind, why, certain, renaming: UNTOUCHED }
}

impl<'w, 'a> World<'w, 'a> {
    /// The enumeration whose values the field holds.
    pub(super) fn enumeration_of_field(&self) -> Option<Class<'a>> {
        let types =
            self.member(&super::types::Type::object(self.carriers.entity()?), self.subject.field.as_deref()?, DEPTH);
        types.each().iter().find_map(|one| match one {
            super::types::Type::Object(class, _) if self.index.derives_from(*class, "enum.Enum") => Some(*class),
            _ => None,
        })
    }
}
