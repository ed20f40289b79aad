//! Reads applications and endpoints: what a FastAPI program registers when it is imported.

mod access;
mod app;
mod denial;
mod dependency;
mod part;
mod response;
mod route;
#[cfg(test)]
mod tests;

use std::thread;

use architect_model::{Endpoint, Location, Project, Unknown};

use crate::interpret::Machine;
use crate::resolve::Index;
use crate::syntax::File;

/// Stack for the machine: programs nest calls deeply.
const STACK: usize = 512 << 20;

/// Fills `apps` and `endpoints`.
pub(super) fn read(index: &Index<'_>, project: &mut Project) {
    let Some(start) = index.files().project().first() else {
        return;
    };
    let thread = thread::Builder::new().stack_size(STACK);
    let done = thread::scope(|scope| {
        let run = thread.spawn_scoped(scope, || run(index, project, start));
        run.is_ok_and(|handle| handle.join().is_ok())
    });
    if !done {
        let at = Location::line(start.path.clone(), 1);
        project.unknowns.push(Unknown::new(at, "the endpoints of the project could not be read"));
    }
}

fn run(index: &Index<'_>, project: &mut Project, start: &File) {
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
    project.apps = apps.into_iter().map(|app| app.described(&unknown_routes)).collect();
    project.endpoints = endpoints;
}
