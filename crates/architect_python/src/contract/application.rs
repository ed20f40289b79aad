//! The application whose contract is asked for, and what it says of itself.

use std::thread;

use architect_model::contract::{ClassKind, Contract, ContractVersions, Route};
use architect_model::{Known, Location, ParameterPlace, Project, Unknown};

use super::routes::Routes;
use super::types::Types;
use crate::interpret::{Kind, Machine, Value};
use crate::read::endpoint::STACK;
use crate::read::endpoint::app::{Application, applications, run_programs};
use crate::read::endpoint::walk::KEEPS_ROUTERS;
use crate::read::versions;
use crate::source::Sources;
use crate::syntax::Files;

/// An application that a contract could be of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// `app.main:app`, `app.main:create_app()`.
    pub symbol: String,
    /// Where it is made.
    pub at: Location,
}

/// Why there is no contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoContract {
    /// There is no application, or none of the name that was asked for; these are there.
    NotFound(Vec<Candidate>),
    /// There are several, and none was asked for.
    Several(Vec<Candidate>),
    /// The reader itself failed.
    Failed,
}

/// From this version of FastAPI on, the fields of a model of headers are sent with hyphens.
const DASHES_FIELDS: (u32, u32, u32) = (0, 115, 12);
/// From this version of FastAPI on, models may be parameters.
const HAS_PARAMETER_MODELS: (u32, u32, u32) = (0, 115, 0);
/// From this version of FastAPI on, each of several models of parameters is taken apart, not only one that is alone.
const TAKES_ALL_APART: (u32, u32, u32) = (0, 157, 0);

/// The arguments of `FastAPI(…)` that stand in the document.
const ARGUMENTS: &[&str] = &[
    "title",
    "summary",
    "description",
    "version",
    "openapi_version",
    "terms_of_service",
    "contact",
    "license_info",
    "openapi_tags",
    "servers",
    "openapi_external_docs",
    "separate_input_output_schemas",
    "openapi_url",
    "root_path",
    "root_path_in_servers",
];

/// Reads the contract of an application: `app.main:app`, `app.main:create_app()`; of the only one where none is named.
///
/// # Errors
/// No such application, or several and none is named.
pub fn read_contract(sources: &Sources, app: Option<&str>) -> Result<Contract, NoContract> {
    let files = Files::parse(sources);
    let thread = thread::Builder::new().stack_size(STACK);
    thread::scope(|scope| {
        let run = thread.spawn_scoped(scope, || read(sources, &files, app));
        run.ok().and_then(|run| run.join().ok()).unwrap_or(Err(NoContract::Failed))
    })
}

fn read(sources: &Sources, files: &Files, asked: Option<&str>) -> Result<Contract, NoContract> {
    let Some(start) = files.project().first() else {
        return Err(NoContract::NotFound(Vec::new()));
    };
    let mut project = Project::default();
    versions::read(sources, &mut project);
    let versions = versions_of(&project);
    let mut machine = Machine::new(files, start);
    machine.lists_routes = Some((versions.fastapi.0, versions.fastapi.1) >= KEEPS_ROUTERS);
    run_programs(&mut machine, files);
    let apps = applications(&machine);
    let app = chosen(apps, asked)?;
    machine.refuel();
    let mut types = Types::new(&mut machine, versions);
    let arguments = arguments_of(&mut types, &app);
    let mut routes = Routes::new(&mut types);
    routes.read(&app.object);
    let (found, models, mut unknowns) = (routes.found, routes.models, routes.unknowns);
    let webhooks = webhooks(&mut types, &app, &mut unknowns);
    unknowns.extend(replaced(&app));
    let unlocked = unlocked(&project, &app);
    let imported = types.machine.imported();
    unknowns.extend(files.unknowns().into_iter().filter(|unknown| imported.contains(&&*unknown.at.file)));
    let symbol = asked.map_or_else(|| app.symbol.clone(), str::to_owned);
    let classes = types.into_classes();
    let mut contract =
        Contract { app: symbol, arguments, routes: found, webhooks, classes, versions, unlocked, unknowns };
    take_apart(&mut contract, &models);
    Ok(contract)
}

/// The application that is asked for.
fn chosen<'a>(mut apps: Vec<Application<'a>>, asked: Option<&str>) -> Result<Application<'a>, NoContract> {
    let candidate = |app: &Application<'a>| Candidate { symbol: app.symbol.clone(), at: app.object.at.clone() };
    let position = match asked {
        Some(name) => apps.iter().position(|app| is_called(app, name)),
        None => {
            let roots: Vec<usize> = (0..apps.len()).filter(|index| apps[*index].mounted_on.is_none()).collect();
            match roots[..] {
                [only] => Some(only),
                [] => None,
                _ => return Err(NoContract::Several(roots.iter().map(|index| candidate(&apps[*index])).collect())),
            }
        }
    };
    match position {
        Some(position) => Ok(apps.swap_remove(position)),
        None => Err(NoContract::NotFound(apps.iter().map(candidate).collect())),
    }
}

/// Whether an application is of this name, or made by the function of this name.
fn is_called(app: &Application<'_>, name: &str) -> bool {
    let router = app.object.router.borrow();
    let Some(router) = router.as_ref() else { return false };
    let bare = name.strip_suffix("()").unwrap_or(name);
    let mut names = router.names.iter().chain(&router.wrappers).chain(&router.factory);
    app.symbol == name || names.any(|known| known == name || known == bare)
}

fn versions_of(project: &Project) -> ContractVersions {
    let newest = ContractVersions::default();
    let of = |name: &str| {
        let found = project.versions.iter().find(|package| package.name == name)?;
        let mut numbers = found.version.split('.').map(|part| {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().unwrap_or_default()
        });
        let mut next = || numbers.next().unwrap_or_default();
        Some((next(), next(), next()))
    };
    ContractVersions {
        fastapi: of("fastapi").unwrap_or(newest.fastapi),
        pydantic: of("pydantic").unwrap_or(newest.pydantic),
    }
}

/// What it was made with, and set to later: `app.title = …`.
fn arguments_of<'a>(types: &mut Types<'_, 'a>, app: &Application<'a>) -> Vec<(String, Known<serde_json::Value>)> {
    let at = &app.object.at;
    let mut all = Vec::new();
    for name in ARGUMENTS {
        let set = app.object.attributes.borrow().get(*name).cloned();
        let router = app.object.router.borrow();
        let given = set.or_else(|| router.as_ref()?.arguments.keyword(name).cloned());
        if let Some(value) = given.filter(|value| !matches!(value.kind, Kind::None) || *name == "openapi_url") {
            all.push(((*name).to_owned(), types.json(&value, at)));
        }
    }
    all
}

/// The routes of `app.webhooks`, or of the router that is given for it.
fn webhooks<'a>(types: &mut Types<'_, 'a>, app: &Application<'a>, unknowns: &mut Vec<Unknown>) -> Vec<Route> {
    let given = app.object.router.borrow().as_ref().and_then(|router| router.arguments.keyword("webhooks").cloned());
    let set = app.object.attributes.borrow().get("webhooks").cloned();
    let Some(router) = given.or(set).as_ref().and_then(Value::as_router).cloned() else {
        return Vec::new();
    };
    let mut routes = Routes::new(types);
    routes.read(&router);
    unknowns.extend(routes.unknowns);
    routes.found
}

/// That no lock names a release, so that the newest is taken.
fn unlocked(project: &Project, app: &Application<'_>) -> Option<Unknown> {
    let is_open = |name: &&&str| !project.versions.iter().any(|package| package.name == **name);
    let open: Vec<&str> = ["fastapi", "pydantic"].iter().filter(is_open).copied().collect();
    let newest = ContractVersions::default();
    let (major, minor, _) = if open.first() == Some(&"fastapi") { newest.fastapi } else { newest.pydantic };
    let first = open.first()?;
    let reason = format!(
        "which release of {} is installed: no lock file names one, so {first} {major}.{minor} is taken",
        open.join(" and ")
    );
    Some(Unknown::new(app.object.at.clone(), reason))
}

/// That the document is made by code of the project: `app.openapi = …`.
fn replaced(app: &Application<'_>) -> Option<Unknown> {
    let attributes = app.object.attributes.borrow();
    let value = attributes.get("openapi")?;
    let at = crate::read::endpoint::dependency::defined_at(value).unwrap_or_else(|| app.object.at.clone());
    Some(Unknown::new(at, "the document is made by code of the project (`app.openapi`)"))
}

/// Puts the fields of models that are parameters in their place.
///
/// ```python
/// if len(fields) == 1 and lenient_issubclass(first_field.type_, BaseModel):  # _get_flat_fields_from_params
///     return get_cached_model_fields(first_field.type_)
/// ```
fn take_apart(contract: &mut Contract, models: &[(usize, usize)]) {
    let fastapi = contract.versions.fastapi;
    if fastapi < HAS_PARAMETER_MODELS {
        return;
    }
    for (route, index) in models.iter().rev() {
        let classes = &contract.classes;
        let Some(route) = contract.routes.get_mut(*route) else { continue };
        let Some(model) = route.parameters.get(*index).cloned() else { continue };
        let alone = route.parameters.iter().filter(|other| other.place == model.place).count() == 1;
        if !alone && fastapi < TAKES_ALL_APART {
            continue;
        }
        let architect_model::contract::TypeKind::Class { class } = &model.field.ty.kind else { continue };
        let Some(ClassKind::Object { fields, .. }) = classes.get(class.0).map(|class| &class.kind) else { continue };
        let parts = fields.iter().filter(|field| !field.computed).map(|field| {
            let mut one = model.clone();
            one.field = field.clone();
            if one.place == ParameterPlace::Header && one.field.alias.is_none() && fastapi >= DASHES_FIELDS {
                one.sent_as = Some(Known::Known(field.name.replace('_', "-")));
            }
            one
        });
        let parts: Vec<_> = parts.collect();
        route.parameters.splice(*index..=*index, parts);
    }
}
