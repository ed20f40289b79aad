//! Exceptions that modules of the house derive for themselves, and what is made of a broken constraint.

use architect_model::{EntityNames, HouseStyle, Project, Table, TableConstraint};
use heck::{ToPascalCase, ToSnakeCase};
use ruff_python_ast::visitor::{Visitor, walk_except_handler};
use ruff_python_ast::{ExceptHandler, Stmt};
use ruff_text_size::Ranged;

use super::{ErrorClass, Habits};
use crate::Sources;

/// Fills in the exceptions.
pub(super) fn find(habits: &mut Habits, project: &Project, style: &HouseStyle, sources: &Sources) {
    habits.not_found_class = not_found_class(project, style, sources);
    habits.conflict_class = conflict_class(project, style, sources);
    habits.takes_any_violation = takes_any_violation(sources);
}

/// The exception that some module derives for its missing row, as text to follow.
fn not_found_class(project: &Project, style: &HouseStyle, sources: &Sources) -> Option<ErrorClass> {
    let error = style.errors.not_found.as_ref().filter(|error| error.derived_per_module)?;
    let opening = format!("({}):", error.class.name);
    for table in &project.tables {
        let Some(class) = &table.class else { continue };
        for file in &sources.python {
            let Some(found) = class_text(&file.text, &class.name, &opening) else { continue };
            let names = names_of(&class.name);
            let takes_id = found.contains("_id:") || found.contains("(self, id");
            let name = found
                .split('(')
                .next()
                .unwrap_or_default()
                .trim_start_matches("class ")
                .replace(&class.name, "{Entity}");
            let capital = super::super::names::capital(&names.label);
            let id = found.split("(self, ").nth(1).and_then(|rest| rest.split(':').next()).unwrap_or("id").to_owned();
            let text = found
                .replace(&class.name, "\u{1}")
                .replace(&capital, "\u{2}")
                .replace(&id, "\u{3}_id")
                .replace(&names.label, "\u{4}")
                .replace(&names.snake, "{entity}");
            let text = if names.class == capital {
                text.replace("f\"\u{1} {", "f\"\u{2} {").replace("\"\u{1} ", "\"\u{2} ")
            } else {
                text
            };
            let text = text
                .replace('\u{1}', "{Entity}")
                .replace('\u{2}', "{Label}")
                .replace('\u{3}', "{entity}")
                .replace('\u{4}', "{label}");
            return Some(ErrorClass { text, name, takes_id, names });
        }
    }
    None
}

/// The source of the class of `text` that is named after `entity` and opens with these bases.
fn class_text(text: &str, entity: &str, opening: &str) -> Option<String> {
    let mut lines = text.lines();
    let first = lines.find(|line| {
        line.starts_with(&format!("class {entity}")) && line.contains("NotFound") && line.ends_with(opening)
    })?;
    let body: Vec<&str> = lines.take_while(|line| line.is_empty() || line.starts_with(' ')).collect();
    Some(format!("{first}\n{}", body.join("\n")).trim_end().to_owned())
}

fn names_of(class: &str) -> EntityNames {
    let snake = class.to_snake_case();
    let label = snake.replace('_', " ");
    EntityNames {
        class: class.to_owned(),
        classes: String::new(),
        snakes: String::new(),
        labels: String::new(),
        snake,
        label,
    }
}

/// How modules name the exception for a value that is taken: `{Entity}{Field}TakenError`, after the columns that their
/// unique constraints are about.
fn conflict_class(project: &Project, style: &HouseStyle, sources: &Sources) -> Option<String> {
    let error = style.errors.conflict.as_ref().filter(|error| error.derived_per_module)?;
    let closing = format!("({}):", error.class.name);
    let lines = sources.python.iter().flat_map(|file| file.text.lines());
    let classes = lines.filter_map(|line| line.strip_prefix("class ")?.strip_suffix(closing.as_str()));
    let classes: Vec<&str> = classes.collect();
    let mut patterns: Vec<String> = project.tables.iter().flat_map(|table| patterns(table, &classes)).collect();
    patterns.sort_by_key(|pattern| !pattern.starts_with("{Entity}"));
    patterns.into_iter().next()
}

/// The patterns that name those of `classes` which are about `table`.
fn patterns(table: &Table, classes: &[&str]) -> Vec<String> {
    let Some(entity) = table.class.as_ref().map(|class| class.name.as_str()) else { return Vec::new() };
    let unique = table.constraints.iter().filter_map(|constraint| match constraint {
        TableConstraint::Unique { columns, .. } | TableConstraint::Index { columns, unique: true, .. } => {
            columns.last()
        }
        _ => None,
    });
    let subjects: Vec<String> = unique.map(|column| column.to_pascal_case()).collect();
    let mut found = Vec::new();
    for class in classes {
        let (opening, rest) = match class.strip_prefix(entity) {
            Some(rest) => ("{Entity}", rest),
            None => ("", *class),
        };
        let subject = subjects.iter().find_map(|subject| rest.strip_prefix(subject.as_str()));
        match subject {
            Some(ending) => found.push(format!("{opening}{{Field}}{ending}")),
            None if !opening.is_empty() => found.push(format!("{opening}{rest}")),
            None => {}
        }
    }
    found
}

/// Whether the house takes every broken constraint for the one that it expects: no `except IntegrityError` asks which.
fn takes_any_violation(sources: &Sources) -> bool {
    let mut seen = Handlers::default();
    for file in sources.python.iter().filter(|file| file.text.contains("except IntegrityError")) {
        let parsed = file.parsed();
        let mut handlers = Handlers { text: &file.text, ..Handlers::default() };
        handlers.visit_body(&parsed.syntax().body);
        seen.asking += handlers.asking;
        seen.plain += handlers.plain;
    }
    seen.plain > 0 && seen.asking == 0
}

/// Handlers of `IntegrityError`: those that look at it, and those that do not.
#[derive(Default)]
struct Handlers<'a> {
    text: &'a str,
    asking: usize,
    plain: usize,
}

impl<'a> Visitor<'a> for Handlers<'_> {
    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(inner) = handler;
        let range = inner.type_.as_ref().map(|class| class.range());
        let class = range.and_then(|range| self.text.get(range.start().to_usize()..range.end().to_usize()));
        if class.is_some_and(|class| class.ends_with("IntegrityError")) {
            let raises = matches!(inner.body.last(), Some(Stmt::Raise(raise)) if raise.exc.is_some());
            let branches = inner.body.iter().any(|statement| matches!(statement, Stmt::If(_) | Stmt::Match(_)));
            if branches {
                self.asking += 1;
            } else if raises {
                self.plain += 1;
            }
        }
        walk_except_handler(self, handler);
    }
}
