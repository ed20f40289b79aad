//! The order in which Alembic runs revisions.

use architect_model::Revision;
use rustc_hash::FxHashSet;

use super::Graph;

/// An end of what is left to order, and all that it rests on.
struct End {
    place: usize,
    below: FxHashSet<usize>,
}

impl<'h> Graph<'h> {
    /// The order in which an empty database is upgraded to these revisions.
    pub fn upgrade_order(&self, targets: &[&Revision]) -> Vec<&'h Revision> {
        let places: Vec<usize> = targets.iter().filter_map(|one| self.places.get(one.id.as_str()).copied()).collect();
        self.ordered(&places).into_iter().map(|place| self.revisions[place]).collect()
    }

    /// The order in which an empty database is upgraded to all heads.
    pub fn order(&self) -> Vec<&'h Revision> {
        self.upgrade_order(&self.targets())
    }

    /// Alembic walks down from the ends of the branches. It stays on a branch as long as it can: what another end rests
    /// on has to wait for that one, and where a branch meets another it goes on with the one before
    /// (`alembic.script.revision.RevisionMap._topological_sort`).
    pub(super) fn ordered(&self, targets: &[usize]) -> Vec<usize> {
        let mut left = self.lineage(targets, |place| self.parents(place));
        let mut places = targets.to_vec();
        places.sort_unstable();
        places.dedup();
        let mut ends: Vec<End> = places.into_iter().map(|place| self.end(place)).collect();
        let mut order = Vec::with_capacity(left.len());
        let mut current = 0;
        while !ends.is_empty() {
            let place = ends[current].place;
            let waits = ends.iter().enumerate().position(|(other, end)| other != current && end.below.contains(&place));
            if let Some(other) = waits {
                current = other;
                continue;
            }
            if left.remove(&place) {
                order.push(place);
            }
            let further: Vec<usize> = self
                .needed(place)
                .into_iter()
                .filter(|parent| left.contains(parent) && ends.iter().all(|end| end.place != *parent))
                .collect();
            let Some((&first, others)) = further.split_first() else {
                ends.remove(current);
                current = current.saturating_sub(1);
                continue;
            };
            if self.down[place].len() == 1 && self.resting_on(place).is_empty() {
                ends[current].place = first;
                ends[current].below.remove(&place);
            } else {
                ends[current] = self.end(first);
                ends.extend(others.iter().map(|&other| self.end(other)));
            }
        }
        order.reverse();
        order
    }

    fn end(&self, place: usize) -> End {
        End { place, below: self.lineage(&[place], |place| self.needed(place)) }
    }

    /// What a revision follows, and what it depends on of its own.
    fn needed(&self, place: usize) -> Vec<usize> {
        let mut found = self.down[place].clone();
        for dependency in self.resting_on(place) {
            if !found.contains(&dependency) {
                found.push(dependency);
            }
        }
        found
    }

    /// What a revision depends on, without what a revision that it follows depends on already.
    fn resting_on(&self, place: usize) -> Vec<usize> {
        if self.depends_on[place].is_empty() {
            return Vec::new();
        }
        let followed = self.lineage(&self.down[place], |place| self.down[place].clone());
        let already = |dependency: &usize| followed.iter().any(|&other| self.depends_on[other].contains(dependency));
        self.depends_on[place].iter().copied().filter(|dependency| !already(dependency)).collect()
    }
}
