//! What a change to an entity, a field or a value of an enumeration reaches.

mod answers;
mod carriers;
mod conflicts;
mod declared;
mod findings;
mod flow;
mod importers;
mod layer;
mod migrations;
mod reach;
mod routes;
mod search;
mod types;
mod world;

use architect_model::{Certainty, Location, Project, Renaming, Subject, Symbol, Use, UseKind, UseLayer};

use crate::resolve::{Frame, Index, Scope};
use crate::source::Sources;
use crate::syntax::Files;
use carriers::Carriers;
use findings::Found;
use layer::LayerMap;
pub(crate) use layer::is_test;
use search::Search;
use world::World;

pub use conflicts::{Becomes, Conflict, Opened, Taken, Why, conflicts, refusals};

/// Every place in the Python code of a project that a change to `subject` reaches, by layer and place.
///
/// `project` is what the same sources were read as. Uses whose type cannot be told are among them as
/// [`Certainty::Possible`]; what is known to be something else is not.
pub fn uses(sources: &Sources, project: &Project, subject: &Subject) -> Vec<Use> {
    in_threads(|| find(sources, project, subject))
}

/// Runs something in threads of its own.
fn in_threads<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    // Code is followed as deeply as it nests, and into what it calls.
    match rayon::ThreadPoolBuilder::new().stack_size(STACK).build() {
        Ok(threads) => threads.install(run),
        Err(_) => run(),
    }
}

/// Stack of each thread, in bytes; only what is used takes memory.
const STACK: usize = 64 << 20;

fn find(sources: &Sources, project: &Project, subject: &Subject) -> Vec<Use> {
    let files = Files::parse(sources);
    let index = Index::new(&files);
    let carriers = Carriers::find(&index, project, subject);
    let world = World::new(&index, project, subject, carriers);
    let layers = LayerMap::of(project);
    let Search { mut findings, near, .. } = Search::run(&world, &layers);
    reach::settle(&world, &mut findings);
    let holders = declared::add(&world, &near, &mut findings);
    let reached = reach::reached(&world, &near, &holders, &findings);
    findings.uses.extend(reached);
    if subject.member.is_some() {
        findings.uses.retain(of_value);
    }
    let mut uses: Vec<Use> = findings.uses.into_iter().map(|found| described(&world, &layers, found)).collect();
    uses.extend(migrations::uses(&world, &layers));
    uses.sort_by(|a, b| (a.layer, &a.at, &a.why).cmp(&(b.layer, &b.at, &b.why)));
    uses.dedup();
    uses
}

/// What counts where one value of a field is the subject.
fn of_value(found: &Found<'_>) -> bool {
    matches!(
        found.kind,
        UseKind::Value | UseKind::Declaration | UseKind::Inherited | UseKind::Endpoint { .. } | UseKind::Test { .. }
    )
}

fn described<'a>(world: &World<'_, 'a>, layers: &LayerMap<'_>, found: Found<'a>) -> Use {
    let layer = match found.kind {
        UseKind::Endpoint { .. } => UseLayer::Endpoints,
        UseKind::Test { .. } => UseLayer::Tests,
        _ => layers.at(world.index, &world.carriers, found.scope),
    };
    let at = found.scope.at(found.range);
    Use {
        length: length(found.scope.text(found.range)),
        layer,
        inside: inside(found.scope),
        text: line(found.scope.file.source(), &at),
        at,
        kind: found.kind,
        why: found.why,
        certain: found.certain,
        renaming: found.renaming,
    }
}

fn length(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// The function or class around a place.
fn inside(scope: Scope<'_>) -> Option<Symbol> {
    let mut names: Vec<&str> = Vec::new();
    for frame in scope.frames() {
        match frame {
            Frame::Class(def) => names.push(&def.name),
            Frame::Function(def) | Frame::Call(def, _) => names.push(&def.name),
        }
    }
    (!names.is_empty()).then(|| Symbol::new(scope.file.module.clone(), names.join(".")))
}

/// The line of source at a place, without its indentation.
fn line(source: &str, at: &Location) -> String {
    let start = usize::try_from(at.start).unwrap_or_default();
    let begin = source.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |found| found + 1);
    source.get(begin..).and_then(|rest| rest.lines().next()).unwrap_or_default().trim().to_owned()
}

/// The certainty of what the code says.
const KNOWN: Certainty = Certainty::Known;

/// The renaming of what does not hold the name.
const UNTOUCHED: Renaming = Renaming::Untouched;
