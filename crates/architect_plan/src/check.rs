//! A design document beside the code: differences, and requirements with what meets them.

use architect_model::{
    Design, DocumentCheck, EndpointState, Finding, Met, OperationDesign, Project, RequirementState, TestCall,
    TestRequest,
};

use crate::compare::{DifferenceKind, compare};
use crate::notes::Notes;
use crate::paths::{parameter, shape};
use crate::resolve::modules;
use crate::world::World;

/// Compares a document with the code. `requests` are those that the project's tests make.
pub fn check(design: &Design, project: &Project, requests: &[TestRequest]) -> DocumentCheck {
    let world = World::new(design, project);
    let mut notes = Notes::default();
    let all = modules(&world, &mut notes);
    let differences = compare(design, &all, project)
        .into_iter()
        // A document need not say all that the code has.
        .filter(|difference| !matches!(difference.kind, DifferenceKind::FurtherColumn { .. }))
        .map(|difference| Finding {
            text: difference.text(),
            at: difference.designed_at,
            found_at: difference.found_at,
        })
        .collect();
    let operations: Vec<&OperationDesign> =
        all.iter().flat_map(|module| &module.routers).flat_map(|router| &router.operations).collect();
    let requirements = design
        .requirements
        .iter()
        .map(|requirement| {
            let own: Vec<&&OperationDesign> =
                operations.iter().filter(|operation| operation.satisfies.contains(&requirement.id)).collect();
            let mut entities: Vec<String> = Vec::new();
            for operation in &own {
                if !entities.contains(&operation.entity) {
                    entities.push(operation.entity.clone());
                }
            }
            let endpoints: Vec<EndpointState> =
                own.iter().map(|operation| endpoint(operation, project, requests)).collect();
            RequirementState {
                id: requirement.id.clone(),
                text: requirement.text.clone(),
                priority: requirement.priority,
                state: state(&endpoints),
                entities,
                endpoints,
                at: requirement.at.clone(),
            }
        })
        .collect();
    DocumentCheck { document: String::new(), differences, requirements }
}

fn state(endpoints: &[EndpointState]) -> Met {
    if endpoints.is_empty() {
        Met::Untraced
    } else if endpoints.iter().any(|endpoint| endpoint.found_at.is_none()) {
        Met::Unmet
    } else if endpoints.iter().any(|endpoint| endpoint.tests.is_empty()) {
        Met::Untested
    } else {
        Met::Tested
    }
}

fn endpoint(operation: &OperationDesign, project: &Project, requests: &[TestRequest]) -> EndpointState {
    let mounted = project.style.layout.registration.as_ref().map_or("", |registration| &registration.mounted_at);
    let path = format!("{mounted}{}", operation.path);
    let wanted = shape(&path);
    let found = project.endpoints.iter().find(|known| {
        known.methods.contains(&operation.method) && known.path.known().is_some_and(|path| shape(path) == wanted)
    });
    let mut tests: Vec<TestCall> = requests
        .iter()
        .filter(|request| request.method == operation.method && leads_to(project, &request.url, &path))
        .map(|request| request.test.clone())
        .collect();
    tests.sort();
    tests.dedup();
    EndpointState { method: operation.method.clone(), path, found_at: found.map(|found| found.at.clone()), tests }
}

/// Whether a URL of a test leads to the endpoint at `path`: segment by segment, the last first, where what stands for a
/// value may be any value. What tests put before all paths (`{settings.API_V1_STR}`) stands for the path's beginning.
fn leads_to(project: &Project, url: &str, path: &str) -> bool {
    let url = url.split('?').next().unwrap_or_default().trim_end_matches('/');
    let given: Vec<&str> = segments(url);
    let wanted: Vec<&str> = segments(path);
    let is_value = |segment: &str| segment.contains('{');
    for (from_end, (one, segment)) in given.iter().rev().zip(wanted.iter().rev()).enumerate() {
        let is_first = from_end + 1 == given.len();
        let fits = match parameter(segment) {
            Some(_) => is_value(one) || !is_fixed(project, &wanted, one),
            None => one == segment,
        };
        // `{PREFIX}/x`: one expression for all that comes before.
        if !fits && is_value(one) && is_first {
            return true;
        }
        if !fits {
            return false;
        }
    }
    match given.len().checked_sub(wanted.len()) {
        Some(further) => given.iter().take(further).all(|one| is_value(one) || one.contains(':')),
        None => !given.is_empty() && is_prefix(project, &wanted, given.len()),
    }
}

fn segments(path: &str) -> Vec<&str> {
    path.split('/').filter(|segment| !segment.is_empty()).collect()
}

/// Whether what a URL leaves out before its own `length` segments is where the API is mounted.
fn is_prefix(project: &Project, wanted: &[&str], length: usize) -> bool {
    let mounted = project.style.layout.registration.as_ref().map_or("", |registration| &registration.mounted_at);
    wanted.len() - length <= segments(mounted).len()
}

/// Whether another endpoint has this very segment where `wanted` has a parameter: then a URL with it leads there.
fn is_fixed(project: &Project, wanted: &[&str], one: &str) -> bool {
    project.endpoints.iter().filter_map(|endpoint| endpoint.path.known()).any(|path| {
        let known = segments(path);
        known.len() == wanted.len() && known.last() == Some(&one)
    })
}
