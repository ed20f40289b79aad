//! Tests that expect to be refused by an endpoint that refuses nobody of them from then on, or ask one that goes.

use architect_model::{Project, Subject};
use ruff_text_size::TextRange;

use super::{Conflict, Why, expects};
use crate::resolve::{Function, Index};
use crate::source::Sources;
use crate::syntax::Files;
use crate::uses::carriers::Carriers;
use crate::uses::layer::LayerMap;
use crate::uses::search::Search;
use crate::uses::world::World;
use crate::uses::{in_threads, inside, line};

/// An endpoint that lets more people in, or goes.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Its method: `GET`.
    pub method: String,
    /// Its full path, as the code has it.
    pub path: String,
    /// The status codes with which it refuses nobody any more; none where it goes.
    pub statuses: Vec<String>,
}

/// Every request of a test to an endpoint that works on the rows of `subject` behind which the test expects one of the
/// status codes, or all of them.
pub fn refusals(sources: &Sources, project: &Project, subject: &Subject, opened: &Opened) -> Vec<Conflict> {
    in_threads(|| {
        let files = Files::parse(sources);
        let index = Index::new(&files);
        let world = World::new(&index, project, subject, Carriers::find(&index, project, subject));
        let Search { findings, .. } = Search::run(&world, &LayerMap::of(project));
        let is_there = |number: usize| {
            let path = project.endpoints.get(number).and_then(|endpoint| endpoint.path.known());
            path.is_some_and(|path| *path == opened.path)
        };
        let mut found: Vec<Conflict> = Vec::new();
        for (function, number, range) in findings.requests {
            let file = function.file();
            if !is_there(number) || !asks(function, range, &opened.method) {
                continue;
            }
            let is_any = opened.statuses.is_empty();
            let place = if is_any { Some(range) } else { expects(file, range, &opened.statuses) };
            let Some(place) = place else { continue };
            let at = file.at_range(place);
            let text = line(file.source(), &at);
            found.push(Conflict { inside: inside(function.scope()), text, at, why: Why::Refused });
        }
        found.sort_by(|a, b| a.at.cmp(&b.at));
        found.dedup();
        found
    })
}

/// Whether a request is made with a method: by its name, `client.get(…)`, or by one of those that the test names.
fn asks(function: Function<'_>, range: TextRange, method: &str) -> bool {
    let text = function.file().text(range);
    let called = text.split('(').next().unwrap_or_default().rsplit('.').next().unwrap_or_default().trim();
    if called != "request" {
        return called.eq_ignore_ascii_case(method);
    }
    let test = function.file().text(function.def.range).to_lowercase();
    let method = method.to_lowercase();
    test.contains(&format!("\"{method}\"")) || test.contains(&format!("'{method}'"))
}
