//! How requests and responses are declared, decided by how handlers use the classes.

mod fields;
mod texts;

use architect_model::{Observed, SchemaStyle, Symbol};
use ruff_python_ast::{Expr, Stmt};
use rustc_hash::FxHashSet;

use super::entity::Entity;
use super::facts::{Facts, address, symbol_of};
use super::handlers::Action;
use super::vote::Votes;
use super::walk::{each_expr, last_name};
use crate::resolve::{Class, Resolution};

/// Reads how schemas are declared. `owner` is what the house calls the foreign key to the owning user.
pub(super) fn read(facts: &Facts<'_>, owner: &[String]) -> SchemaStyle {
    let brief = SchemaStyle::default();
    let used = Used::collect(facts);
    let schemas = super::held::schemas(facts);
    let suffix = |list: &[(Class<'_>, Entity<'_>)], words: &[&str]| {
        by_use(facts, list).or_else(|| by_name(facts, &schemas, words))
    };
    SchemaStyle {
        base: base(facts, &schemas).unwrap_or_else(|| brief.base.clone()),
        base_suffix: base_suffix(facts, &used).unwrap_or_else(|| brief.base_suffix.clone()),
        create_suffix: suffix(&used.create.list, &["Create", "CreateRequest", "In", "Request"])
            .unwrap_or_else(|| brief.create_suffix.clone()),
        update_suffix: suffix(&used.update.list, &["Update", "UpdateRequest", "Patch"])
            .unwrap_or_else(|| brief.update_suffix.clone()),
        output_suffix: suffix(&used.output.list, &["Public", "Read", "Response", "Out", "Schema"])
            .unwrap_or_else(|| brief.output_suffix.clone()),
        from_attributes: from_attributes(facts, &used),
        annotated: annotated(facts, &schemas),
        text_bound: texts::bound(facts, &used.create.list),
        references_shared: fields::references_shared(facts, &used.create.list, owner),
        request_order: fields::order(facts, used.create.list.iter().chain(&used.update.list), owner),
        response_order: fields::order(facts, used.output.list.iter(), owner),
        hidden: fields::hidden(facts, &used.output.list, owner),
        ..brief
    }
}

/// Schemas by what handlers use them for, each with the table class that it belongs to.
struct Used<'a> {
    create: Family<'a>,
    update: Family<'a>,
    output: Family<'a>,
}

/// Classes of one use, each with the table class that it belongs to. Each class counts once, however many handlers use it.
#[derive(Default)]
struct Family<'a> {
    list: Vec<(Class<'a>, Entity<'a>)>,
    known: FxHashSet<usize>,
}

impl<'a> Family<'a> {
    fn push(&mut self, class: Option<Class<'a>>, entity: Entity<'a>) {
        if let Some(class) = class.filter(|class| self.known.insert(address(class.def))) {
            self.list.push((class, entity));
        }
    }
}

impl<'a> Used<'a> {
    fn collect(facts: &Facts<'a>) -> Self {
        let mut used = Self { create: Family::default(), update: Family::default(), output: Family::default() };
        for handler in &facts.handlers {
            let Some(entity) = handler.entity else { continue };
            let output = handler.response.item.filter(|item| is_of(facts, *item, entity));
            used.output.push(output, entity);
            let mut bodies = handler.parameters.iter().filter(|parameter| parameter.depends.is_none());
            let body =
                bodies.find_map(|parameter| parameter.class()?.class().filter(|class| is_of(facts, *class, entity)));
            match handler.action {
                Some(Action::Create) => used.create.push(body, entity),
                Some(Action::Update) => used.update.push(body, entity),
                _ => {}
            }
        }
        used
    }
}

/// Whether a class is a schema of an entity, and not the table itself.
fn is_of<'a>(facts: &Facts<'a>, class: Class<'a>, entity: Entity<'a>) -> bool {
    facts.is_schema(class) && !facts.is_table(class) && facts.entity_of_name(class.name()) == Some(entity)
}

/// What follows the name of the table class in the names of classes.
fn by_use(facts: &Facts<'_>, list: &[(Class<'_>, Entity<'_>)]) -> Option<Observed<String>> {
    let mut votes = Votes::default();
    for (class, entity) in list {
        if let Some(suffix) = class.name().strip_prefix(entity.name()) {
            votes.add(suffix.to_owned(), facts.weight_of(&class.file().path), &class.at());
        }
    }
    votes.winner()
}

/// Where no handler shows one: the names of schemas.
fn by_name(facts: &Facts<'_>, schemas: &[Class<'_>], words: &[&str]) -> Option<Observed<String>> {
    let mut votes = Votes::default();
    for class in schemas {
        let suffix = facts.entity_of_name(class.name()).and_then(|entity| class.name().strip_prefix(entity.name()));
        if let Some(suffix) = suffix.filter(|suffix| words.contains(suffix)) {
            votes.add(suffix.to_owned(), facts.weight_of(&class.file().path), &class.at());
        }
    }
    votes.winner()
}

/// The class that schemas extend where they extend no other schema of their entity.
fn base<'a>(facts: &Facts<'a>, schemas: &[Class<'a>]) -> Option<Observed<Symbol>> {
    let tables: FxHashSet<usize> = facts
        .tables
        .iter()
        .flat_map(|table| facts.index.bases(*table))
        .filter_map(|base| base.resolution.class().map(|class| address(class.def)))
        .collect();
    let (mut votes, mut of_tables) = (Votes::default(), Votes::default());
    for class in schemas {
        // What a table extends has to be what tables are, whatever other schemas extend.
        let votes = if tables.contains(&address(class.def)) { &mut of_tables } else { &mut votes };
        for base in facts.index.bases(*class) {
            let is_shared = match &base.resolution {
                Resolution::Class(parent) => {
                    facts.entity_of_name(parent.name()).is_none() && facts.index.type_parameters(*parent).is_empty()
                }
                Resolution::Library(path) => path == "pydantic.BaseModel" || path == "sqlmodel.SQLModel",
                _ => false,
            };
            if let Some(symbol) = symbol_of(&base.resolution).filter(|_| is_shared) {
                votes.add(symbol, facts.weight_of(&class.file().path), &class.at());
                break;
            }
        }
    }
    votes.winner().or_else(|| of_tables.winner())
}

/// The suffix of the class with the fields that creation and response share.
fn base_suffix<'a>(facts: &Facts<'a>, used: &Used<'a>) -> Option<Observed<Option<String>>> {
    let mut votes = Votes::default();
    for (class, entity) in used.create.list.iter().chain(&used.output.list) {
        let shared = facts.index.bases(*class).into_iter().filter_map(|base| base.resolution.class());
        let shared = shared
            .into_iter()
            .find(|base| !facts.is_table(*base) && facts.entity_of_name(base.name()) == Some(*entity));
        let suffix = shared.and_then(|base| base.name().strip_prefix(entity.name())).map(str::to_owned);
        votes.add(suffix, facts.weight_of(&class.file().path), &class.at());
    }
    votes.winner()
}

/// Whether classes of responses say themselves that they are made from attributes.
fn from_attributes<'a>(facts: &Facts<'a>, used: &Used<'a>) -> Observed<bool> {
    let mut votes = Votes::default();
    for (class, _) in &used.output.list {
        let says = class.def.body.iter().any(says_from_attributes);
        // SQLModel's classes are made from attributes anyway: there it says nothing that it is not written.
        if says || !facts.index.derives_from(*class, "sqlmodel.SQLModel") {
            votes.add(says, facts.weight_of(&class.file().path), &class.at());
        }
    }
    votes.or_assumed(false)
}

fn says_from_attributes(stmt: &Stmt) -> bool {
    let body = match stmt {
        Stmt::ClassDef(config) if config.name.as_str() == "Config" => &*config.body,
        Stmt::Assign(_) | Stmt::AnnAssign(_) if super::facts::assigned(stmt) == Some("model_config") => {
            std::slice::from_ref(stmt)
        }
        _ => return false,
    };
    let mut found =
        body.iter().any(|stmt| matches!(super::facts::assigned(stmt), Some("from_attributes" | "orm_mode")));
    each_expr(body, &mut |expr| match expr {
        Expr::Call(call) => found |= call.arguments.find_keyword("from_attributes").is_some(),
        Expr::StringLiteral(text) => found |= text.value.to_str() == "from_attributes",
        _ => {}
    });
    found
}

/// Whether constraints stand in `Annotated`: counted over the fields that have some.
fn annotated(facts: &Facts<'_>, schemas: &[Class<'_>]) -> Observed<bool> {
    let mut votes = Votes::default();
    for class in schemas {
        for stmt in &class.def.body {
            let Stmt::AnnAssign(assign) = stmt else { continue };
            let is_annotated = last_name(&assign.annotation) == Some("Annotated");
            let is_field = assign.value.as_deref().and_then(Expr::as_call_expr).is_some_and(|call| {
                let constrains = |keyword: &ruff_python_ast::Keyword| {
                    keyword.arg.as_ref().is_some_and(|name| !["default", "default_factory"].contains(&name.as_str()))
                };
                last_name(&call.func) == Some("Field") && call.arguments.keywords.iter().any(constrains)
            });
            if is_annotated || is_field {
                votes.add(is_annotated, facts.weight_of(&class.file().path), &class.file().at(stmt));
            }
        }
    }
    votes.or_assumed(false)
}
