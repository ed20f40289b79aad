//! The house style: what most of the code does, aspect by aspect, with the evidence.

mod accounts;
mod aliases;
#[cfg(test)]
mod cases;
mod endpoints;
pub(crate) mod entity;
mod errors;
pub(crate) mod facts;
mod format;
mod handlers;
mod held;
mod ini;
mod layout;
mod migrations;
mod model_imports;
mod models;
mod operations;
mod order;
mod pages;
pub(crate) mod path;
pub(crate) mod places;
mod registration;
mod repository;
mod schemas;
mod service;
mod session;
#[cfg(test)]
mod testing;
mod tests;
mod trace;
mod user;
mod vote;
pub(crate) mod walk;
pub(crate) mod words;

use architect_model::{FormatStyle, HouseStyle, Project};
use rayon::prelude::*;

pub(crate) use crate::syntax::File;
pub(crate) use ini::Ini;

use crate::Sources;
use crate::read::module;
use crate::resolve::{Function, Index};
use facts::Facts;
use places::ModuleFolders;
use trace::Layers;

/// Reads the modules, the layers and the house style of a project whose tables are read.
pub(crate) fn read<'a>(sources: &Sources, index: &'a Index<'a>, project: &mut Project) {
    let mut facts = Facts::collect(index);
    let functions = application_functions(&facts);
    let user = user::find(&facts, &functions);
    facts.weigh(user.class);
    let facts = facts;
    let layers = Layers::collect(&facts);
    let held = held::collect(&facts, &layers.repositories, &layers.services);
    let folders = ModuleFolders::find(&facts, &held);
    let placed: Vec<places::Placed> = held.into_par_iter().map(|held| folders.place(&facts, held)).collect();
    let (style, (modules, (repositories, services))) = rayon::join(
        || style(sources, &facts, &layers, (&folders, &placed), (&user, &functions), project),
        || {
            rayon::join(
                || module::read(&placed),
                || rayon::join(|| layers.repositories.layers(&facts), || layers.services.layers(&facts)),
            )
        },
    );
    project.modules = modules;
    project.repositories = repositories;
    project.services = services;
    project.style = style;
    index.part_with((layers, functions, facts));
}

fn style<'a>(
    sources: &Sources,
    facts: &Facts<'a>,
    layers: &Layers<'a>,
    (folders, placed): (&ModuleFolders, &[places::Placed]),
    (user, functions): (&user::User<'a>, &[Function<'a>]),
    project: &Project,
) -> HouseStyle {
    let files = facts.index.files().project();
    let (user_style, ((migrations, layout), format)) = rayon::join(
        || user::read(facts, project, user, functions),
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
                    FormatStyle { docstrings, ..format::read(sources, &facts.root, files) }
                },
            )
        },
    );
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
    let aliases = aliases::collect(facts);
    let ((session, (repository, service)), ((models, schemas), ((endpoints, pages), (errors, tests)))) = rayon::join(
        || {
            rayon::join(
                || session::read(facts, layers, functions),
                || (repository::read(facts, layers), service::read(facts, layers, folders, user)),
            )
        },
        || {
            rayon::join(
                || (models::read(facts, project, user_style.table.as_deref()), schemas::read(facts, &owner_columns)),
                || {
                    rayon::join(
                        || (endpoints::read(facts), pages::read(facts, &aliases)),
                        || (errors::read(facts, layers, functions, &owner_columns), tests()),
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
    };
    style.repository.owned = repository::owned::read(facts, layers, &style.models.owner_column.value);
    order::read(facts, layers, user, &mut style);
    style
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
