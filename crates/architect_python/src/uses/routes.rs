//! The endpoints by method and path, to find which one a test calls.

use architect_model::Project;
use rustc_hash::FxHashMap;

/// The endpoints of a project.
#[derive(Default)]
pub(super) struct Routes {
    /// By the last fixed part of their paths.
    by_word: FxHashMap<String, Vec<usize>>,
    routes: Vec<Route>,
}

struct Route {
    methods: Vec<String>,
    parts: Vec<String>,
}

impl Routes {
    /// The endpoints whose paths are known, by their numbers in the project.
    pub(super) fn of(project: &Project) -> Self {
        let mut found = Self::default();
        for (number, endpoint) in project.endpoints.iter().enumerate() {
            let parts: Vec<String> = match endpoint.path.known() {
                Some(path) => split(path).map(str::to_owned).collect(),
                None => Vec::new(),
            };
            if endpoint.path.known().is_some() {
                let word = parts.iter().rev().find(|part| !is_parameter(part)).cloned().unwrap_or_default();
                found.by_word.entry(word).or_default().push(number);
            }
            found.routes.push(Route { methods: endpoint.methods.clone(), parts });
        }
        found
    }

    /// The endpoint that a request goes to. In `url`, `\0` stands for what is not known.
    pub(super) fn find(&self, method: &str, url: &str) -> Option<usize> {
        let url = url.split(['?', '#']).next().unwrap_or(url);
        let url = url.split_once("://").map_or(url, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
        let parts: Vec<&str> = split(url).collect();
        let fixed = |part: &&&str| !part.contains('\0');
        let word = parts.iter().rev().find(fixed).copied().unwrap_or_default();
        let named = self.by_word.get(word).into_iter().flatten().copied();
        // A fixed part of the URL may stand where the path has a parameter: `/users/me` and `/users/{id}`.
        let before = parts.iter().rev().filter(fixed).nth(1).and_then(|word| self.by_word.get(*word));
        let candidates = named.chain(before.into_iter().flatten().copied());
        let fitting = candidates.filter_map(|number| Some((self.score(number, method, &parts)?, number)));
        fitting.max_by_key(|(score, number)| (*score, usize::MAX - number)).map(|(_, number)| number)
    }

    /// How many fixed parts agree; none where the URL cannot be one of the endpoint's.
    fn score(&self, number: usize, method: &str, parts: &[&str]) -> Option<usize> {
        let route = self.routes.get(number)?;
        if !route.methods.iter().any(|known| known == method || method == "*") {
            return None;
        }
        let (mut agreed, mut path) = (0, route.parts.iter().rev());
        for (left, part) in parts.iter().rev().enumerate().map(|(done, part)| (parts.len() - done, part)) {
            match path.next() {
                Some(known) if is_parameter(known) => {}
                Some(known) if known == part => agreed += 2,
                // What stands first may be a prefix of several parts.
                Some(_) | None if left == 1 && part.contains('\0') => return (agreed > 0).then_some(agreed),
                Some(known) if part.contains('\0') && !known.is_empty() && left > 1 => {}
                _ => return None,
            }
        }
        // The client may add what stands before.
        let rest = path.filter(|part| is_parameter(part)).count();
        (agreed > 0 && rest == 0).then_some(agreed + usize::from(parts.len() == route.parts.len()))
    }
}

fn split(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}

fn is_parameter(part: &str) -> bool {
    part.starts_with('{')
}
