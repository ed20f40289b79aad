//! Repositories: the class of each entity with the queries that its rules need, or the functions in their place.

mod base;
mod found;
mod lookups;
mod methods;
mod statements;

use architect_model::{EntityDesign, ListScope, OperationDesign, RepositoryKind, Symbol};

pub(crate) use base::{base_method, create_name, is_schema, pager, pager_returns as base_page};
pub(crate) use found::{FOUND, founded, founding};
pub(crate) use methods::session_class;
pub(crate) use statements::{
    assignment, insert_lines, linked_page, linked_statement, list_lines, many_statement, owned_statement, row,
};

use super::code::{Class, Code};
use super::errors;
use super::file::File;
use super::hidden;
use super::house::{House, Need};
use super::names::{filled, with_article};
use super::select::Listing;
use super::store::scoped;
use super::text;

/// The import path of the repository of an entity of this design.
pub(crate) fn module(house: &House<'_>, entity: &EntityDesign) -> String {
    let pattern = house.style.layout.repository.value.clone().unwrap_or_default();
    let name =
        house.designed(&entity.names.class).map_or(house.module.name.as_str(), |(module, _)| module.name.as_str());
    house.dotted(&house.path(&pattern, name, &entity.names))
}

/// The repository class of an entity of this design.
pub(crate) fn class(house: &House<'_>, entity: &EntityDesign) -> Symbol {
    let pattern = &house.style.repository.class_name.value;
    let pattern = if pattern.is_empty() { "{Entity}Repository" } else { pattern };
    Symbol::new(module(house, entity), filled(pattern, &entity.names))
}

/// The repository class as source, with the queries that were asked for.
pub(crate) fn class_code(house: &House<'_>, file: &mut File, entity: &EntityDesign) -> Code {
    let name = class(house, entity).name;
    let mut members = Vec::new();
    let mut settings = Code::new();
    let base = house.style.repository.base.as_ref();
    if let Some(attribute) = base.and_then(|base| base.model_attribute.as_ref()) {
        settings.line(format!("{attribute} = {}", file.symbol(&house.model(entity))));
    }
    if let Some(attribute) = house.conflicts_attribute() {
        let items: Vec<_> = conflicts(house, entity)
            .into_iter()
            .map(|Conflict { constraint: name, message, .. }| {
                // Two levels of indentation, quotes, a colon and a comma; no formatter breaks a string.
                let width = 2 * usize::from(house.style.format.indent) + name.len() + message.chars().count() + 7;
                let fits = width <= usize::from(house.style.format.line_length);
                let message = if fits { message } else { format!("This {} exists already", entity.names.label) };
                format!("{}: {}", text::string(&name), text::string(&message))
            })
            .collect();
        if !items.is_empty() {
            settings.line(format!("{attribute} = {{{}}}", items.join(", ")));
        }
    }
    members.push(settings);
    if base.is_none() && !house.session_in_calls() {
        members.push(methods::constructor(house, file));
    }
    if let Some(base) = base.filter(|_| !house.session_in_calls()) {
        members.extend(base::constructor(house, file, entity, base));
    }
    for need in house.needs_of(entity) {
        members.extend(methods::own(house, file, entity, need));
    }
    let bases = base.map(|base| base::written(house, file, entity, base)).into_iter().collect();
    hidden::class(file, &Class { name, bases, doc: None, members })
}

/// The module-level instance of a repository, where the house has one.
pub(crate) fn instance_code(house: &House<'_>, file: &mut File, entity: &EntityDesign) -> Option<Code> {
    let pattern = house.style.repository.instance.value.as_ref()?;
    let class = class(house, entity).name;
    let takes_model =
        house.style.repository.base.as_ref().is_some_and(|base| {
            base.constructor.as_ref().is_some_and(|constructor| !constructor.parameters.is_empty())
        });
    let model = if takes_model { file.symbol(&house.model(entity)) } else { String::new() };
    Some(Code::of(format!("{} = {class}({model})", filled(pattern, &entity.names))))
}

/// Query functions that were asked for, in a house without repository classes.
pub(crate) fn functions(house: &House<'_>, file: &mut File, entity: &EntityDesign) -> Vec<Code> {
    if house.style.repository.kind.value != RepositoryKind::Functions {
        return Vec::new();
    }
    let needs = house.needs_of(entity).into_iter().filter(|need| *need == Need::Create);
    needs.map(|_| methods::create_function(house, file, entity)).collect()
}

/// A unique constraint, and what is said when a value is taken.
#[derive(Debug)]
pub(crate) struct Conflict {
    /// Name of the constraint.
    pub(crate) constraint: String,
    /// The column that it is about.
    pub(crate) subject: String,
    /// What a client is told.
    pub(crate) message: String,
}

/// The unique constraints of an entity.
pub(crate) fn conflicts(house: &House<'_>, entity: &EntityDesign) -> Vec<Conflict> {
    let label = with_article(&entity.names.label);
    let spoken = |column: &str| entity.column(column).map_or_else(|| column.replace('_', " "), super::schemas::subject);
    let shown = house.style.errors.taken_text.as_ref().map(|text| text.value.as_str());
    let in_house = |column: &str| shown.map(|text| errors::about_field(text, &entity.names, &spoken(column)));
    let of = |column: &str| {
        let assumed = || format!("{} with this {} already exists", super::names::capital(&label), spoken(column));
        in_house(column).unwrap_or_else(assumed)
    };
    let single = entity.columns.iter().filter_map(|column| {
        let constraint = column.unique.clone()?;
        Some(Conflict { constraint, subject: column.name.clone(), message: of(&column.name) })
    });
    let several = entity.uniques.iter().map(|unique| {
        let scoped = unique.columns.first().is_some_and(|first| {
            entity.column(first).is_some_and(|column| column.role == architect_model::ColumnRole::Owner)
        });
        let message = if scoped && shown.is_none() {
            format!("You already have {label} with this {}", spoken(&unique.subject))
        } else {
            of(&unique.subject)
        };
        Conflict { constraint: unique.name.clone(), subject: unique.subject.clone(), message }
    });
    single.chain(several).collect()
}

/// The method that finds a row of one owner.
pub(crate) fn owned_name(house: &House<'_>) -> String {
    let owned = &house.style.repository.owned;
    owned.get.as_deref().unwrap_or("get_for_{scope}").replace("{scope}", &owned.owner)
}

/// The method that finds a row of one owner who has a role: `get_for_admin`.
pub(crate) fn role_name(house: &House<'_>, entity: &EntityDesign, role: usize) -> String {
    let word = house.role_word(&entity.owner, Some(role)).unwrap_or_default();
    house.style.repository.owned.get.as_deref().unwrap_or("get_for_{scope}").replace("{scope}", &word)
}

/// The method that finds a row of one parent.
pub(crate) fn in_parent_name(house: &House<'_>, entity: &EntityDesign) -> String {
    let pattern = house.style.repository.owned.get.as_deref().unwrap_or("get_for_{scope}");
    pattern.replace("{scope}", &parent_word(entity))
}

/// The word for the parent in names: `project`.
fn parent_word(entity: &EntityDesign) -> String {
    entity.parent.as_ref().map(|parent| parent.column.trim_end_matches("_id").to_owned()).unwrap_or_default()
}

/// The parameter for a row's key: `project_id`.
pub(crate) fn key_name(entity: &EntityDesign) -> String {
    format!("{}_id", entity.names.snake)
}

/// The parameter for the owner's key: `owner_id`.
pub(crate) fn owner_key(house: &House<'_>) -> String {
    format!("{}_id", house.style.repository.owned.owner)
}

/// The method of a list: `list_by_owner`.
pub(crate) fn list_name(house: &House<'_>, entity: &EntityDesign, op: &OperationDesign) -> String {
    named(house, entity, op, &house.style.repository.owned.list, "list")
}

/// Whether no other list has its rows by the same reference.
pub(crate) fn is_only_way(house: &House<'_>, op: &OperationDesign) -> bool {
    let routers = house.modules.iter().flat_map(|module| &module.routers);
    let same = |other: &&OperationDesign| {
        let columns = other.within().zip(op.within()).map(|(a, b)| a.column == b.column);
        other.entity == op.entity && columns == Some(true)
    };
    routers.flat_map(|router| &router.operations).filter(same).count() == 1
}

/// The method of its total: `count_by_owner`.
pub(crate) fn count_name(house: &House<'_>, entity: &EntityDesign, op: &OperationDesign) -> String {
    named(house, entity, op, &house.style.repository.owned.count, "count")
}

fn named(house: &House<'_>, entity: &EntityDesign, op: &OperationDesign, pattern: &str, verb: &str) -> String {
    if let Some(within) = op.within().filter(|_| is_only_way(house, op)) {
        return scoped(pattern, &within.reference, entity);
    }
    if let Some(name) = &op.name {
        let rest = name.trim_start_matches("list_").trim_start_matches("read_").trim_start_matches("get_");
        return format!("{verb}_{rest}");
    }
    match Listing::of(&op.kind).map_or(ListScope::All, |listing| listing.scope) {
        ListScope::Owner => {
            let role = house.role_word(&entity.owner, op.access.member_role());
            scoped(pattern, role.as_ref().unwrap_or(&house.style.repository.owned.owner), entity)
        }
        ListScope::Parent => scoped(pattern, &parent_word(entity), entity),
        ListScope::All => format!("{verb}_all"),
    }
}

/// The parameter for whose rows a list shows.
pub(crate) fn scope_argument(house: &House<'_>, entity: &EntityDesign, scope: ListScope) -> Option<String> {
    match scope {
        ListScope::Owner => Some(owner_key(house)),
        ListScope::Parent => entity.parent.as_ref().map(|parent| parent.column.clone()),
        ListScope::All => None,
    }
}

/// Names of the page's parameters, with the expressions by which callers have them.
pub(crate) fn page_names(house: &House<'_>) -> Vec<(String, String)> {
    if house.style.pages.object.is_some() {
        return vec![("params".to_owned(), "params".to_owned())];
    }
    let [first, second] = house.page_parameters();
    let both = [first, second].map(|name| (name.to_owned(), name.to_owned()));
    both.to_vec()
}

/// What functions of the layer call the body: `item_in`.
pub(crate) fn function_body(house: &House<'_>, entity: &EntityDesign) -> String {
    house.body_name(entity)
}
