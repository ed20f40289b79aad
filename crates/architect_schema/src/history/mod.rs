//! The graph of a migration history: order, heads, bases, branches, and the revisions that names mean.

mod name;
mod order;
mod problems;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use architect_model::{History, Problem, Revision};
use rustc_hash::{FxHashMap, FxHashSet};

pub use name::Unresolved;

/// Revisions with their edges; all that it is made of is there, and nothing goes round in circles.
#[derive(Debug)]
pub struct Graph<'h> {
    /// In the order in which Alembic reads the files.
    revisions: Vec<&'h Revision>,
    /// Places by identifier, and by label.
    places: FxHashMap<&'h str, usize>,
    labels: FxHashMap<&'h str, usize>,
    /// `down_revision` of each.
    down: Vec<Vec<usize>>,
    /// `depends_on` of each.
    depends_on: Vec<Vec<usize>>,
    /// The revisions that have each as `down_revision`.
    next: Vec<Vec<usize>>,
    /// The revisions that have each as `down_revision` or in `depends_on`.
    all_next: Vec<Vec<usize>>,
}

impl<'h> Graph<'h> {
    /// The graph of a history.
    ///
    /// # Errors
    /// Why the revisions have no order: files that cannot be read, missing parents, two files of one identifier, circles.
    pub fn new(history: &'h History) -> Result<Self, Vec<Problem>> {
        let mut revisions: Vec<&Revision> = history.revisions.iter().collect();
        revisions.sort_by(|a, b| in_order_of_files(&a.at.file, &b.at.file));
        let places = revisions.iter().enumerate().map(|(place, revision)| (revision.id.as_str(), place)).collect();
        let labelled = revisions.iter().enumerate();
        let labels =
            labelled.flat_map(|(place, one)| one.labels.iter().map(move |label| (label.as_str(), place))).collect();
        let count = revisions.len();
        let mut graph = Self {
            revisions,
            places,
            labels,
            down: vec![Vec::new(); count],
            depends_on: vec![Vec::new(); count],
            next: vec![Vec::new(); count],
            all_next: vec![Vec::new(); count],
        };
        let mut problems = graph.broken(history);
        graph.connect();
        problems.extend(graph.circles());
        if problems.is_empty() { Ok(graph) } else { Err(problems) }
    }

    fn connect(&mut self) {
        let dependency = |graph: &Self, name: &str| graph.labels.get(name).or_else(|| graph.places.get(name)).copied();
        for (place, revision) in self.revisions.clone().into_iter().enumerate() {
            self.down[place] = revision.down.iter().filter_map(|id| self.places.get(id.as_str()).copied()).collect();
            self.depends_on[place] = revision.depends_on.iter().filter_map(|name| dependency(self, name)).collect();
            for &parent in &self.down[place] {
                self.next[parent].push(place);
            }
            let mut seen = FxHashSet::default();
            for &parent in self.down[place].iter().chain(&self.depends_on[place]) {
                if seen.insert(parent) {
                    self.all_next[parent].push(place);
                }
            }
        }
    }

    /// All revisions, in the order in which Alembic reads the files.
    pub fn revisions(&self) -> &[&'h Revision] {
        &self.revisions
    }

    /// The revisions that no other one follows, as `alembic heads` shows them: what depends on one does not follow it.
    pub fn heads(&self) -> Vec<&'h Revision> {
        self.pick(|place| self.next[place].is_empty())
    }

    /// The revisions that `alembic upgrade heads` goes to.
    pub fn targets(&self) -> Vec<&'h Revision> {
        self.pick(|place| self.all_next[place].is_empty())
    }

    /// The revisions that follow no other one.
    pub fn bases(&self) -> Vec<&'h Revision> {
        self.pick(|place| self.down[place].is_empty())
    }

    /// The revisions that several others follow.
    pub fn branch_points(&self) -> Vec<&'h Revision> {
        self.pick(|place| self.next[place].len() > 1)
    }

    /// The revisions that follow several others.
    pub fn merges(&self) -> Vec<&'h Revision> {
        self.pick(|place| self.down[place].len() > 1)
    }

    /// The revisions that follow this one directly.
    pub fn following(&self, revision: &Revision) -> Vec<&'h Revision> {
        let places = self.places.get(revision.id.as_str()).map(|&place| self.next[place].as_slice());
        places.unwrap_or_default().iter().map(|&place| self.revisions[place]).collect()
    }

    /// The revisions that a head has and none of the others: what its branch does, in the order of upgrade.
    pub fn branch(&self, head: &Revision, others: &[&Revision]) -> Vec<&'h Revision> {
        let Some(&place) = self.places.get(head.id.as_str()) else { return Vec::new() };
        let others: Vec<usize> =
            others.iter().filter_map(|other| self.places.get(other.id.as_str()).copied()).collect();
        let elsewhere = self.lineage(&others, |place| self.parents(place));
        let mut found = self.ordered(&[place]);
        found.retain(|place| !elsewhere.contains(place));
        found.into_iter().map(|place| self.revisions[place]).collect()
    }

    /// What is wrong with the history although it has an order: several heads.
    pub fn problems(&self) -> Vec<Problem> {
        self.several_heads()
    }

    fn pick(&self, is_wanted: impl Fn(usize) -> bool) -> Vec<&'h Revision> {
        (0..self.revisions.len()).filter(|&place| is_wanted(place)).map(|place| self.revisions[place]).collect()
    }

    /// What a revision follows and depends on.
    fn parents(&self, place: usize) -> Vec<usize> {
        self.down[place].iter().chain(&self.depends_on[place]).copied().collect()
    }

    /// Revisions and all that is reached from them.
    fn lineage(&self, from: &[usize], step: impl Fn(usize) -> Vec<usize>) -> FxHashSet<usize> {
        let mut seen = FxHashSet::default();
        let mut todo = from.to_vec();
        while let Some(place) = todo.pop() {
            if seen.insert(place) {
                todo.extend(step(place));
            }
        }
        seen
    }
}

/// Alembic reads the files of a folder by name, then those of the folders in it.
///
/// ```python
/// # alembic.script.base.Script._list_py_dir
/// for filename in sorted(files):
///     paths.append(root / filename)
/// dirs.sort()
/// ```
fn in_order_of_files(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.split('/').peekable(), b.split('/').peekable());
    loop {
        let (Some(one), Some(other)) = (left.next(), right.next()) else { return a.cmp(b) };
        match (left.peek().is_some(), right.peek().is_some()) {
            (true, false) => return Ordering::Greater,
            (false, true) => return Ordering::Less,
            _ if one != other => return one.cmp(other),
            _ => {}
        }
    }
}
