//! Counts what the places of a project do, and names what most of them do.

use std::hash::Hash;

use architect_model::{Location, Observed};
use rustc_hash::FxHashMap;

/// How much a place says about the house: half for modules of users and login, which every project writes in its own way.
pub(crate) const USUAL: u32 = 2;
/// See [`USUAL`].
pub(crate) const USERS: u32 = 1;

/// Votes for the values of one choice.
pub(crate) struct Votes<T> {
    found: Vec<Candidate<T>>,
    index: FxHashMap<T, usize>,
}

struct Candidate<T> {
    value: T,
    weight: u32,
    count: usize,
    example: Location,
}

impl<T> Default for Votes<T> {
    fn default() -> Self {
        Self { found: Vec::new(), index: FxHashMap::default() }
    }
}

impl<T: Clone + Eq + Hash> Votes<T> {
    /// Counts one place. Places are given in the order of their files, so that ties go to the first seen.
    pub(crate) fn add(&mut self, value: T, weight: u32, at: &Location) {
        match self.index.get(&value).and_then(|index| self.found.get_mut(*index)) {
            Some(candidate) => {
                candidate.weight += weight;
                candidate.count += 1;
            }
            None => {
                self.index.insert(value.clone(), self.found.len());
                self.found.push(Candidate { value, weight, count: 1, example: at.clone() });
            }
        }
    }

    /// Whether nobody voted.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// How many places voted.
    pub(crate) fn len(&self) -> usize {
        self.found.iter().map(|candidate| candidate.count).sum()
    }

    /// What has the most weight; the first seen among equals.
    pub(crate) fn winner(&self) -> Option<Observed<T>> {
        let most = self.found.iter().map(|candidate| candidate.weight).max()?;
        let best = self.found.iter().find(|candidate| candidate.weight == most)?;
        Some(Observed {
            value: best.value.clone(),
            count: best.count,
            of: self.len(),
            example: Some(best.example.clone()),
        })
    }

    /// The winner, or the brief's own choice where no code shows one.
    pub(crate) fn or_assumed(&self, brief: T) -> Observed<T> {
        self.winner().unwrap_or_else(|| Observed::assumed(brief))
    }
}

#[cfg(test)]
mod tests {
    use architect_model::Location;

    use super::{USERS, USUAL, Votes};

    #[test]
    fn users_count_half_and_ties_go_to_the_first() {
        let at = |line| Location::line("a.py", line);
        let mut votes = Votes::default();
        votes.add("a", USERS, &at(1));
        votes.add("b", USUAL, &at(2));
        votes.add("a", USERS, &at(3));
        let won = votes.winner().unwrap();
        assert_eq!((won.value, won.count, won.of, won.example.unwrap().line), ("a", 2, 3, 1));
        votes.add("b", USERS, &at(4));
        assert_eq!(votes.winner().unwrap().value, "b");
        assert_eq!(Votes::<u8>::default().or_assumed(7).count, 0);
    }
}
