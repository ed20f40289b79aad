//! Reads applications and endpoints: what a FastAPI program registers when it is imported.

mod access;
pub(crate) mod app;
mod denial;
pub(crate) mod dependency;
mod part;
pub(crate) mod response;
mod route;
#[cfg(test)]
mod tests;
pub(crate) mod walk;

use std::sync::mpsc;
use std::thread;

use architect_model::{App, Endpoint, Location, Project, Unknown};

use crate::interpret::Machine;
use crate::resolve::Index;
use crate::syntax::File;

/// Stack for the machine: programs nest calls deeply.
pub(crate) const STACK: usize = 512 << 20;

/// Fills `apps` and `endpoints`, in a thread of their own. `context` reads what endpoints depend on (tables, versions)
/// while the programs run, `rest` what does not depend on endpoints.
pub(super) fn read(
    index: &Index<'_>,
    project: &mut Project,
    context: impl FnOnce(&mut Project),
    rest: impl FnOnce(&mut Project),
) {
    let Some(start) = index.files().project().first() else {
        context(project);
        return rest(project);
    };
    let thread = thread::Builder::new().stack_size(STACK);
    let found = thread::scope(|scope| {
        // Made in here, so that the thread hears of it if this one panics.
        let (send, known) = mpsc::channel();
        let run = thread.spawn_scoped(scope, move || run(index, start, known));
        context(project);
        // It fails only where the other end is gone: then there is nothing to join either.
        let _ = send.send(route::Context::of(project));
        rest(project);
        run.ok()?.join().ok()?
    });
    match found {
        Some((apps, endpoints)) => (project.apps, project.endpoints) = (apps, endpoints),
        None => {
            let at = Location::line(start.path.clone(), 1);
            project.unknowns.push(Unknown::new(at, "the endpoints of the project could not be read"));
        }
    }
}

fn run(index: &Index<'_>, start: &File, known: mpsc::Receiver<route::Context>) -> Option<(Vec<App>, Vec<Endpoint>)> {
    let files = index.files();
    let mut machine = Machine::new(files, start);
    app::run_programs(&mut machine, files);
    let apps = app::applications(&machine);
    let mut reader = route::Reader::new(&mut machine, known.recv().ok()?);
    let mut endpoints: Vec<Endpoint> = Vec::new();
    for app in &apps {
        endpoints.extend(reader.endpoints_of(app));
    }
    endpoints.extend(reader.loose_endpoints());
    let unknown_routes = reader.unknown_routes();
    Some((apps.into_iter().map(|app| app.described(&unknown_routes)).collect(), endpoints))
}
