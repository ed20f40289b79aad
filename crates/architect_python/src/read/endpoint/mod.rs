//! Reads applications and endpoints: what a FastAPI program registers when it is imported.

mod access;
mod app;
mod denial;
mod dependency;
mod response;
mod route;

use std::thread;

use architect_model::{Endpoint, Location, Project, Unknown};

use crate::interpret::Machine;
use crate::resolve::Index;
use crate::syntax::File;

/// Stack for the machine: programs nest calls deeply.
const STACK: usize = 512 << 20;

/// A call of `include_router`, in the order in which they run.
#[derive(Debug, Clone)]
pub(crate) struct Registration {
    /// The whole call.
    pub(crate) at: Location,
    /// Where the router that it includes was made.
    pub(crate) router: Location,
}

/// Fills `apps` and `endpoints`, and says where routers are included.
pub(crate) fn read(index: &Index<'_>, project: &mut Project) -> Vec<Registration> {
    let Some(start) = index.files().project().first() else {
        return Vec::new();
    };
    let thread = thread::Builder::new().stack_size(STACK);
    let outcome = thread::scope(|scope| {
        let run = thread.spawn_scoped(scope, || run(index, project, start));
        run.ok().and_then(|handle| handle.join().ok())
    });
    outcome.unwrap_or_else(|| {
        let at = Location::line(start.path.clone(), 1);
        project.unknowns.push(Unknown::new(
            at,
            "the endpoints could not be read: no memory for it",
        ));
        Vec::new()
    })
}

fn run(index: &Index<'_>, project: &mut Project, start: &File) -> Vec<Registration> {
    let files = index.files();
    let mut machine = Machine::new(files, start);
    app::run_programs(&mut machine, files);
    let apps = app::applications(&machine);
    let mut reader = route::Reader::new(&mut machine, project);
    let mut endpoints: Vec<Endpoint> = Vec::new();
    for app in &apps {
        endpoints.extend(reader.endpoints_of(app));
    }
    endpoints.extend(reader.loose_endpoints());
    let unknown_routes = reader.unknown_routes();
    project.apps = apps
        .into_iter()
        .map(|app| app.described(&unknown_routes))
        .collect();
    project.endpoints = endpoints;
    let registration = |inclusion: &crate::interpret::Inclusion| Registration {
        at: inclusion.at.clone(),
        router: inclusion.router.clone(),
    };
    machine.inclusions.iter().map(registration).collect()
}
