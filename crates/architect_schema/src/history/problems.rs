//! What is wrong with a history.

use architect_model::{History, Location, Problem, Revision};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Graph;

impl<'h> Graph<'h> {
    /// Files that cannot be read, identifiers that Alembic refuses or that two files have, and parents that are missing.
    pub(super) fn broken(&self, history: &'h History) -> Vec<Problem> {
        let mut found: Vec<Problem> = history
            .unread
            .iter()
            .map(|unread| Problem {
                text: format!("this revision cannot be read: {}", unread.reason),
                help: Some("Correct the file; until then the order of the revisions is not known.".to_owned()),
                at: unread.at.clone(),
            })
            .collect();
        found.extend(self.ambiguous());
        for revision in &self.revisions {
            if let Some(illegal) = revision.id.chars().find(|c| "@-+:".contains(*c)) {
                found.push(Problem {
                    text: format!("Alembic refuses `{illegal}` in the identifier `{}` of a revision", revision.id),
                    help: Some("Give it another identifier, here and wherever it is named.".to_owned()),
                    at: revision.at.clone(),
                });
            }
            found.extend(self.missing(revision));
        }
        found
    }

    /// Identifiers that two files have; Alembic warns and takes the last one.
    fn ambiguous(&self) -> Vec<Problem> {
        let mut first: FxHashMap<&str, &Location> = FxHashMap::default();
        let mut found = Vec::new();
        for revision in &self.revisions {
            match first.get(revision.id.as_str()) {
                Some(other) => found.push(Problem {
                    text: format!("the revision `{}` is in two files: here and in `{}`", revision.id, other.file),
                    help: Some(format!(
                        "Give one of them another `revision`, and let it follow the right one: Alembic would run only `{}`.",
                        revision.at.file
                    )),
                    at: revision.at.clone(),
                }),
                None => _ = first.insert(&revision.id, &revision.at),
            }
        }
        let mut labels: FxHashMap<&str, &Revision> = FxHashMap::default();
        for revision in &self.revisions {
            for label in &revision.labels {
                let taken = self.places.get(label.as_str()).map(|&place| self.revisions[place]);
                if let Some(other) = labels.insert(label, revision).or(taken).filter(|other| other.id != revision.id) {
                    found.push(Problem {
                        text: format!("the branch label `{label}` is already used by the revision `{}`", other.id),
                        help: Some("Give one of them another label.".to_owned()),
                        at: revision.at.clone(),
                    });
                }
            }
        }
        found
    }

    /// Parents of a revision that no file has.
    fn missing(&self, revision: &Revision) -> Vec<Problem> {
        let down =
            revision.down.iter().map(|id| (id, "follows", "down_revision", self.places.contains_key(id.as_str())));
        let depends = revision.depends_on.iter().map(|id| {
            let known = self.places.contains_key(id.as_str()) || self.labels.contains_key(id.as_str());
            (id, "depends on", "depends_on", known)
        });
        let missing = down.chain(depends).filter(|(_, _, _, known)| !known);
        missing
            .map(|(id, how, variable, _)| Problem {
                text: format!("the revision `{}` {how} `{id}`, which no file has", revision.id),
                help: Some(match self.meant(id) {
                    Some(meant) => {
                        format!("Write `{}` in `{variable}` if that is meant ({}).", meant.id, meant.at.file)
                    }
                    None => format!("Restore the file of `{id}`, or correct `{variable}`."),
                }),
                at: revision.at.clone(),
            })
            .collect()
    }

    /// The only revision whose identifier begins as one that is missing.
    fn meant(&self, id: &str) -> Option<&'h Revision> {
        let start: String = id.chars().take(4).collect();
        let mut close = self.revisions.iter().filter(|one| one.id.starts_with(&start) && start.chars().count() == 4);
        match (close.next(), close.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }

    /// Revisions that follow themselves by way of others.
    pub(super) fn circles(&self) -> Vec<Problem> {
        let mut done: FxHashSet<usize> = FxHashSet::default();
        let mut found = Vec::new();
        for start in 0..self.revisions.len() {
            let mut path: Vec<usize> = Vec::new();
            let mut todo = vec![(start, false)];
            while let Some((place, left)) = todo.pop() {
                if left {
                    path.pop();
                    done.insert(place);
                    continue;
                }
                if let Some(begin) = path.iter().position(|&other| other == place) {
                    found.push(self.circle(&path[begin..]));
                    continue;
                }
                if done.contains(&place) {
                    continue;
                }
                path.push(place);
                todo.push((place, true));
                todo.extend(self.parents(place).into_iter().map(|parent| (parent, false)));
            }
        }
        found
    }

    fn circle(&self, path: &[usize]) -> Problem {
        let named = |place: &usize| format!("`{}` ({})", self.revisions[*place].id, self.revisions[*place].at.file);
        let shown: Vec<String> = path.iter().chain(path.first()).map(named).collect();
        let text = match path {
            [only] => format!("the revision `{}` follows itself", self.revisions[*only].id),
            _ => format!("revisions follow each other in a circle: {}", shown.join(" follows ")),
        };
        let at = path.first().map_or_else(|| Location::line("", 1), |&place| self.revisions[place].at.clone());
        Problem { text, help: Some("Correct the `down_revision` or `depends_on` of one of them.".to_owned()), at }
    }

    pub(super) fn several_heads(&self) -> Vec<Problem> {
        let heads = self.heads();
        let Some(last) = heads.last().filter(|_| heads.len() > 1) else { return Vec::new() };
        let shown: Vec<String> = heads.iter().map(|head| format!("`{}` ({})", head.id, head.at.file)).collect();
        vec![Problem {
            text: format!("the revisions have {} heads: {}", heads.len(), shown.join(" and ")),
            help: Some(
                "`architect migrate heads --merge` joins them; `architect migrate rebase` puts your own behind the other."
                    .to_owned(),
            ),
            at: last.at.clone(),
        }]
    }
}
