//! The house style: what most of the code does, aspect by aspect, with the evidence.

mod accounts;
pub(crate) mod aliases;
#[cfg(test)]
mod cases;
pub(crate) mod deletion;
pub(crate) mod endpoints;
pub(crate) mod entity;
pub(crate) mod errors;
pub(crate) mod facts;
mod format;
pub(crate) mod handlers;
mod held;
mod idioms;
mod ini;
mod inputs;
mod instances;
mod layout;
mod migrations;
mod model_imports;
mod models;
mod offered;
pub(crate) mod operations;
mod order;
mod orders;
mod pages;
pub(crate) mod path;
pub(crate) mod places;
mod reach;
mod registration;
mod repository;
mod schemas;
mod sequence;
mod service;
pub(crate) mod session;
mod statements;
#[cfg(test)]
mod testing;
pub(crate) mod tests;
pub(crate) mod trace;
mod user;
mod vote;
pub(crate) mod walk;
pub(crate) mod words;
pub(crate) mod written;

use architect_model::{FormatStyle, HouseStyle, Project};
use rayon::prelude::*;

pub(crate) use crate::syntax::File;
pub(crate) use ini::Ini;

use crate::Sources;
use crate::api::{Reach, Rows, Sought};
use crate::read::layer::Found;
use crate::read::versions::Versions;
use crate::read::{module, schema};
use crate::resolve::{Class, Function, Index};
use facts::Facts;
use places::ModuleFolders;
use trace::Layers;

/// Reads the modules, the layers and the house style of a project whose tables are read.
pub(crate) fn read<'a>(sources: &Sources, index: &'a Index<'a>, versions: &Versions, project: &mut Project) {
    let mut facts = Facts::collect(index);
    let functions = application_functions(&facts);
    let user = user::find(&facts, &functions);
    facts.weigh(user.class);
    let facts = facts;
    schema::add(index, versions, &facts.open_schemas, project);
    let layers = Layers::collect(&facts);
    let held = held::collect(&facts, &layers.repositories, &layers.services);
    let folders = ModuleFolders::find(&facts, &held);
    let placed: Vec<places::Placed> = held.into_par_iter().map(|held| folders.place(&facts, held)).collect();
    let aliases = aliases::collect(&facts);
    let known = Known {
        facts: &facts,
        layers: &layers,
        folders: &folders,
        placed: &placed,
        user: &user,
        functions: &functions,
        aliases: &aliases,
    };
    let layered = |found: &Found<'a>| found.layers(&facts, &aliases);
    let rows = Rows::new(&facts, &layers, &project.tables, user.class.and_then(|class| table_name(project, class)));
    let described = |reach: &mut Reach<'a>, handler| handlers::described(&rows, reach, handler);
    let ((style, handlers), (modules, (repositories, services))) = rayon::join(
        || {
            rayon::join(
                || style(sources, &known, versions, project),
                || facts.handlers.par_iter().map_init(|| Reach::new(Sought::Sets), described).collect(),
            )
        },
        || {
            rayon::join(
                || module::read(&placed),
                || rayon::join(|| layered(&layers.repositories), || layered(&layers.services)),
            )
        },
    );
    project.handlers = handlers;
    project.modules = modules;
    project.repositories = repositories;
    project.services = services;
    project.style = style;
    index.part_with((layers, functions, facts));
}

pub(crate) use migrations::runs_migrations;

/// How the migrations of a project are kept: those nearest to the source root below which most tables may be.
pub(crate) fn migrations(sources: &Sources, index: &Index<'_>) -> architect_model::MigrationStyle {
    let files = index.files();
    let roots = files.roots();
    let mut votes = vec![0_usize; roots.len()];
    for file in files.project().iter().filter(|file| file.may_declare.tables) {
        let root = roots.iter().position(|root| path::is_below(&file.path, root));
        votes.iter_mut().enumerate().filter(|(at, _)| Some(*at) == root).for_each(|(_, count)| *count += 1);
    }
    let root = roots.iter().zip(votes).rev().max_by_key(|(_, count)| *count).map(|(root, _)| root);
    migrations::read(sources, root.map_or("", String::as_str), files.project())
}

/// The name of the table that a class declares, as foreign keys have it.
fn table_name(project: &Project, class: Class<'_>) -> Option<String> {
    let symbol = class.symbol();
    let table = project.tables().find(|table| table.class.as_ref() == Some(&symbol))?;
    let name = table.name.known()?;
    Some(table.schema.as_ref().map_or_else(|| name.clone(), |schema| format!("{schema}.{name}")))
}

/// What the readers of the parts of the style start from.
struct Known<'k, 'a> {
    facts: &'k Facts<'a>,
    layers: &'k Layers<'a>,
    folders: &'k ModuleFolders,
    placed: &'k [places::Placed],
    user: &'k user::User<'a>,
    functions: &'k [Function<'a>],
    aliases: &'k [aliases::Alias<'a>],
}

fn style(sources: &Sources, known: &Known<'_, '_>, versions: &Versions, project: &Project) -> HouseStyle {
    let Known { facts, layers, folders, placed, user, functions, aliases } = *known;
    let files = facts.index.files().project();
    let ((user_style, mark), ((migrations, layout), format)) = rayon::join(
        || rayon::join(|| user::read(facts, project, user, functions), || deletion::find(facts, layers, functions)),
        || {
            rayon::join(
                || {
                    let migrations = migrations::read(sources, &facts.root, files);
                    let mut layout = layout::read(facts, folders, placed);
                    layout.registration = registration::read(facts, placed);
                    layout.model_imports = model_imports::read(facts, &migrations, placed);
                    (migrations, layout)
                },
                || {
                    let docstrings = docstrings(facts, functions, layers);
                    FormatStyle {
                        docstrings,
                        open_docstrings: open_docstrings(facts),
                        ..format::read(sources, &facts.root, files)
                    }
                },
            )
        },
    );
    let mark = mark.as_ref();
    let owner_columns = user.class.map(|user| user::owner_columns(facts, user)).unwrap_or_default();
    let mounted = layout.registration.as_ref().map_or("", |registration| registration.mounted_at.as_str());
    let tests = || {
        let context = tests::TestContext {
            resources: resources(facts, placed, mounted),
            user_class: user.class.map(|class| class.name().to_owned()),
            entities: facts.entities.iter().map(|entity| entity.name().to_owned()).collect(),
        };
        tests::read(files, &context)
    };
    let (
        ((session, (reach, idioms)), (repository, service)),
        ((models, schemas), ((endpoints, pages), (errors, tests))),
    ) = rayon::join(
        || {
            rayon::join(
                || {
                    rayon::join(
                        || session::read(facts, layers, functions),
                        || (reach::read(facts, layers), idioms::read(facts, functions, layers)),
                    )
                },
                || (repository::read(facts, layers, mark), service::read(facts, layers, folders, user)),
            )
        },
        || {
            rayon::join(
                || {
                    (
                        models::read(facts, project, user_style.table.as_deref(), mark),
                        schemas::read(facts, &owner_columns),
                    )
                },
                || {
                    rayon::join(
                        || (endpoints::read(facts), pages::read(facts, aliases)),
                        || (errors::read(facts, layers, functions, &owner_columns, project), tests()),
                    )
                },
            )
        },
    );
    let mut style = HouseStyle {
        models,
        schemas,
        session,
        repository,
        service,
        endpoints,
        errors,
        pages,
        tests,
        user: user_style,
        layout,
        migrations,
        format,
        reach,
        idioms,
    };
    style.endpoints.shared = endpoints::shared(facts, &style.layout.endpoints.value);
    offer(known, &mut style);
    models::declared::read(facts, project, versions, &mut style.models);
    for_older_python(&mut style);
    style.endpoints.none_is_a_body = versions.at_least("fastapi", &[0, 119]) != Some(true);
    order::read(facts, layers, user, &mut style);
    style
}

/// Where the house shows no way of its own, new code does without what came with Python 3.11: `enum.StrEnum` and
/// [`datetime.UTC`](https://docs.python.org/3/library/datetime.html#datetime.UTC).
fn for_older_python(style: &mut HouseStyle) {
    if style.format.python >= (3, 11) {
        return;
    }
    let models = &mut style.models;
    models.timezone_utc = true;
    if !models.enum_bases.is_seen() {
        models.enum_bases.value = vec!["str".to_owned(), "Enum".to_owned()];
    }
}

/// Fills in what the house's own code offers to new code: types, functions, queries.
fn offer(known: &Known<'_, '_>, style: &mut HouseStyle) {
    let Known { facts, layers, functions, aliases, .. } = *known;
    inputs::read(facts, aliases, &mut style.schemas);
    let (offered, statement) =
        rayon::join(|| offered::find(facts, functions), || statements::statement(facts, functions));
    style.repository.statement = statement;
    style.models.now = offered.now;
    style.models.enum_type = offered.enum_type;
    style.endpoints.responses = offered.responses;
    style.repository.functions = statements::verbs(layers);
    style.repository.by_module = statements::by_module(facts, layers);
    style.repository.package = instances::package(facts, layers);
    style.repository.owned = repository::owned::read(facts, layers, &style.models.owner_column.value);
}

/// All functions and methods of the application.
fn application_functions<'a>(facts: &Facts<'a>) -> Vec<Function<'a>> {
    let of_file = |file: &&'a File| -> Vec<Function<'a>> {
        let methods = facts.index.classes(file).flat_map(|class| facts.index.methods(class));
        facts.index.functions(file).into_iter().chain(methods).collect()
    };
    facts.files.par_iter().flat_map_iter(of_file).collect()
}

/// The first parts of the modules' own paths, as tests write them: `items`.
fn resources(facts: &Facts<'_>, placed: &[places::Placed], mounted: &str) -> Vec<String> {
    let prefixes = registration::prefixes(facts);
    let paths = prefixes.into_iter().chain(facts.handlers.iter().filter_map(|handler| handler.path.clone()));
    let mut found: Vec<String> = paths
        .filter_map(|path| {
            let own = path.strip_prefix(mounted).unwrap_or(&path);
            own.split('/').find(|part| !part.is_empty()).filter(|part| !part.starts_with('{')).map(str::to_owned)
        })
        .collect();
    found.extend(placed.iter().filter_map(|one| one.module.clone()));
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether most functions of the layers carry a docstring.
fn docstrings<'a>(facts: &Facts<'a>, functions: &[Function<'a>], layers: &Layers<'a>) -> bool {
    let mut votes = vote::Votes::default();
    for function in functions.iter().filter(|function| !function.name().starts_with('_')) {
        if layers.layer_of(*function).is_some() {
            let first = function.def.body.first().and_then(|stmt| stmt.as_expr_stmt());
            let has = first.is_some_and(|stmt| stmt.value.is_string_literal_expr());
            votes.add(has, facts.weight_of(&function.file().path), &function.at());
        }
    }
    votes.winner().is_some_and(|won| won.value)
}

/// Whether most docstrings of handlers open on a line of their own.
fn open_docstrings(facts: &Facts<'_>) -> bool {
    let texts = facts.handlers.iter().filter_map(|handler| {
        let first = handler.function.def.body.first()?.as_expr_stmt()?;
        Some(first.value.as_string_literal_expr()?.value.to_str())
    });
    let (open, closed): (Vec<&str>, Vec<&str>) = texts.partition(|text| text.starts_with(['\n', '\r']));
    // One that is longer than a line says nothing of short ones.
    open.len() > closed.iter().filter(|text| !text.contains('\n')).count() * 2
}
