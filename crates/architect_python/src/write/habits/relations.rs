//! How the house relates a row to those that hang on it.

use architect_model::{Project, Relationship, Table};
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use super::Habits;
use crate::Sources;

/// Fills in what the house says of deletion in its one-to-many relationships.
pub(super) fn find(habits: &mut Habits, project: &Project, sources: &Sources) {
    let mut seen: Vec<(Vec<String>, usize)> = Vec::new();
    for (table, relationship) in project.tables.iter().flat_map(to_many) {
        let Some(found) = keywords(table, relationship, sources) else { continue };
        match seen.iter_mut().find(|(known, _)| *known == found) {
            Some((_, count)) => *count += 1,
            None => seen.push((found, 1)),
        }
    }
    seen.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let most = seen.into_iter().next().map(|(keywords, _)| keywords);
    // Where nothing is said, SQLAlchemy empties the foreign keys of the rows before it deletes theirs.
    let leaves_it_to_the_database =
        |keyword: &String| keyword.contains("cascade") || keyword.contains("passive_deletes");
    habits.relation_keywords = most.filter(|keywords| keywords.iter().any(leaves_it_to_the_database));
}

/// The relationships of a table to rows that point at it, declared on both sides.
fn to_many(table: &Table) -> impl Iterator<Item = (&Table, &Relationship)> {
    let both = |relationship: &&Relationship| {
        relationship.many && relationship.secondary.is_none() && relationship.back_populates.is_some()
    };
    table.relationships.iter().filter(both).map(move |relationship| (table, relationship))
}

/// The keywords of a relationship as written, without the name of the other side.
fn keywords(table: &Table, relationship: &Relationship, sources: &Sources) -> Option<Vec<String>> {
    let file = sources.python.iter().find(|file| *file.path == *table.at.file)?;
    let class = &table.class.as_ref()?.name;
    let parsed = file.parsed();
    let def = parsed.syntax().body.iter().filter_map(Stmt::as_class_def_stmt).find(|def| def.name.as_str() == class)?;
    let value = def.body.iter().find_map(|statement| match statement {
        Stmt::AnnAssign(assign) if named(&assign.target, &relationship.name) => assign.value.as_deref(),
        Stmt::Assign(assign) if named(assign.targets.first()?, &relationship.name) => Some(&*assign.value),
        _ => None,
    })?;
    let others = value.as_call_expr()?.arguments.keywords.iter().filter(|keyword| {
        keyword.arg.as_ref().is_some_and(|name| !["back_populates", "backref"].contains(&name.as_str()))
    });
    others
        .map(|keyword| {
            let range = keyword.range();
            file.text.get(range.start().to_usize()..range.end().to_usize()).map(str::to_owned)
        })
        .collect()
}

fn named(target: &Expr, name: &str) -> bool {
    target.as_name_expr().is_some_and(|target| target.id.as_str() == name)
}
