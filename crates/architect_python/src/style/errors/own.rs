//! Exceptions that modules of the house derive for themselves: `ProjectNotFoundError`, `ProjectNameTakenError`.

use architect_model::{ErrorClass, Project, Symbol, Table, TableConstraint};
use heck::ToPascalCase;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_parameter, walk_stmt};
use ruff_python_ast::{Expr, Identifier, InterpolatedStringElement, Parameter, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::super::entity::Entity;
use super::super::facts::Facts;
use super::super::walk::each_expr;
use super::super::words;
use super::super::written::{self, Origins};
use crate::resolve::{Class, Resolution};

/// The classes that extend an exception of the house directly and alone, in the order of their files.
pub(super) fn derived<'a>(facts: &Facts<'a>, class: Class<'a>) -> Vec<Class<'a>> {
    let extends = |found: &Class<'a>| {
        let [base] = found.base_expressions() else { return false };
        matches!(facts.index.resolve(found.outer, base), Resolution::Class(base) if base == class)
    };
    facts.files.iter().flat_map(|file| facts.index.classes(file)).filter(extends).collect()
}

/// The table that an exception is named after: `Item` for `ItemNotFoundError`.
pub(super) fn entity_of<'a>(facts: &Facts<'a>, class: Class<'a>) -> Option<Entity<'a>> {
    let entity = facts.entity_of_name(class.name())?;
    let rest = class.name().strip_prefix(entity.name())?;
    rest.starts_with(char::is_uppercase).then_some(entity)
}

/// The exceptions that are named after tables, those of users last.
pub(super) fn of_entities<'a>(facts: &Facts<'a>) -> Vec<Class<'a>> {
    let classes = facts.files.iter().flat_map(|file| facts.index.classes(file));
    let is_exception = |class: &Class<'a>| {
        let mro = facts.index.mro(*class);
        mro.ancestors.iter().any(super::domain::is_exception)
    };
    let mut found: Vec<Class<'a>> =
        classes.filter(|class| entity_of(facts, *class).is_some()).filter(is_exception).collect();
    found.sort_by_key(|class| std::cmp::Reverse(facts.weight_of(&class.file().path)));
    found
}

/// The class of the project that is all that a class extends.
pub(super) fn only_base<'a>(facts: &Facts<'a>, class: Class<'a>) -> Option<Class<'a>> {
    let [base] = class.base_expressions() else { return None };
    facts.index.resolve(class.outer, base).class().filter(|base| !base.file().installed)
}

/// The file in which all of these classes stand, where there are several.
pub(super) fn shared_file(classes: &[Class<'_>]) -> Option<String> {
    let first = &*classes.first()?.file().path;
    (classes.len() > 1 && classes.iter().all(|class| *class.file().path == *first)).then(|| first.to_owned())
}

/// The exception that some module derives for one of its rows, as source to follow.
pub(super) fn of_row<'a>(facts: &Facts<'a>, project: &Project, classes: &[Class<'a>]) -> Option<ErrorClass> {
    let entities = project.tables().filter_map(|table| table.class.as_ref());
    entities.into_iter().find_map(|entity| {
        let named = |class: &&Class<'a>| {
            let rest = class.name().strip_prefix(entity.name.as_str());
            rest.is_some_and(|rest| rest.starts_with(char::is_uppercase))
                && facts.entity_of_name(class.name()).is_some()
        };
        let class = classes.iter().find(named)?;
        Some(template(facts, *class, &entity.name))
    })
}

/// A class with placeholders in the place of the words of its entity.
fn template<'a>(facts: &Facts<'a>, class: Class<'a>, entity: &str) -> ErrorClass {
    let inits = class.def.body.iter().filter_map(Stmt::as_function_def_stmt);
    let init = inits.into_iter().find(|method| method.name.as_str() == "__init__");
    let key = init.and_then(|init| init.parameters.iter_non_variadic_params().nth(1));
    let key = key.map(|key| key.name().as_str()).filter(|name| *name == "id" || name.ends_with("_id"));
    let mut words = Words { entity, key, found: Vec::new() };
    words.identifier(&class.def.name);
    words.visit_body(&class.def.body);
    words.found.sort_by_key(|(range, _)| range.start());
    let start = class.def.range.start();
    let text = class.file().text(class.def);
    let mut source = String::new();
    let mut done = 0;
    for (range, replacement) in words.found {
        let (from, to) = ((range.start() - start).to_usize(), (range.end() - start).to_usize());
        source.push_str(text.get(done..from).unwrap_or_default());
        source.push_str(&replacement);
        done = to;
    }
    source.push_str(text.get(done..).unwrap_or_default());
    let mut names = Origins::new();
    each_expr(&class.def.body, &mut |expr| written::add(facts.index, class.file(), expr, &mut names));
    ErrorClass { source, name: class.name().replacen(entity, "{Entity}", 1), takes_key: key.is_some(), names }
}

/// The places in a class that name its entity.
struct Words<'w> {
    entity: &'w str,
    /// The parameter with the key of the missing row.
    key: Option<&'w str>,
    found: Vec<(TextRange, String)>,
}

impl Words<'_> {
    fn identifier(&mut self, name: &Identifier) {
        if self.key == Some(name.as_str()) {
            self.found.push((name.range, "{entity}_id".to_owned()));
        } else if let Some(rest) = name.strip_prefix(self.entity) {
            self.found.push((name.range, format!("{{Entity}}{rest}")));
        }
    }

    /// The words of the entity in a text: as the class is called, or as people say it.
    fn text(&mut self, range: TextRange, text: &str, is_whole: bool) {
        let snake = words::snake(self.entity);
        let label = snake.replace('_', " ");
        let mut capital = label.clone();
        capital.get_mut(..1).map(str::make_ascii_uppercase);
        let pairs = [
            (capital.as_str(), "{Label}"),
            (self.entity, "{Entity}"),
            (label.as_str(), "{label}"),
            (&snake, "{entity}"),
        ];
        let found = pairs.into_iter().find_map(|(word, placeholder)| Some((text.find(word)?, word.len(), placeholder)));
        if found.is_none() && is_whole && (text.contains(' ') || !text.is_ascii()) {
            // What it says of its own entity is said in words that are not known.
            self.found.push((range, "{message}".to_owned()));
        }
        if let Some((at, length, placeholder)) = found
            && let (Ok(at), Ok(length)) = (u32::try_from(at), u32::try_from(length))
        {
            self.found.push((
                TextRange::at(range.start() + ruff_text_size::TextSize::new(at), length.into()),
                placeholder.to_owned(),
            ));
        }
    }
}

impl<'a> Visitor<'a> for Words<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        walk_stmt(self, stmt);
    }

    fn visit_parameter(&mut self, parameter: &'a Parameter) {
        self.identifier(&parameter.name);
        walk_parameter(self, parameter);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if self.key == Some(name.id.as_str()) => {
                self.found.push((name.range, "{entity}_id".to_owned()));
            }
            Expr::Attribute(attribute) => self.identifier(&attribute.attr),
            Expr::StringLiteral(literal) => {
                // Behind the quotes; a text of several parts is left as it is.
                if let Some(part) = literal.as_single_part_string() {
                    self.text(part.content_range(), part.as_str(), true);
                }
            }
            Expr::FString(text) => {
                for element in text.value.elements() {
                    if let InterpolatedStringElement::Literal(literal) = element {
                        self.text(literal.range(), &literal.value, false);
                    }
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// How modules name the exception for a value that is taken: `{Entity}{Field}TakenError`, after the columns that their
/// unique constraints are about.
pub(super) fn taken_value(project: &Project, classes: &[Class<'_>]) -> Option<String> {
    let mut patterns: Vec<String> = project.tables().flat_map(|table| patterns(table, classes)).collect();
    patterns.sort_by_key(|pattern| !pattern.starts_with("{Entity}"));
    patterns.into_iter().next()
}

/// The patterns that name those of `classes` which are about `table`.
fn patterns(table: &Table, classes: &[Class<'_>]) -> Vec<String> {
    let Some(entity) = table.class.as_ref().map(|class| class.name.as_str()) else { return Vec::new() };
    let unique = table
        .constraints
        .iter()
        .filter_map(TableConstraint::unique_columns)
        .filter_map(|columns| columns.last().copied());
    let subjects: Vec<String> = unique.map(|column| column.to_pascal_case()).collect();
    let mut found = Vec::new();
    for class in classes {
        let (opening, rest) = match class.name().strip_prefix(entity) {
            Some(rest) => ("{Entity}", rest),
            None => ("", class.name()),
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

/// Importable symbols of classes.
pub(super) fn symbols(classes: &[Class<'_>]) -> Vec<Symbol> {
    classes.iter().map(Class::symbol).collect()
}
