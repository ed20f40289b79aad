//! Counts what the places of a project do, and names what most of them do.

use architect_model::{Location, Observed};

/// How much a place says about the house: half for modules of users and login, which every project writes in its own way.
pub(crate) const USUAL: u32 = 2;
/// See [`USUAL`].
pub(crate) const USERS: u32 = 1;

/// Votes for the values of one choice.
pub(crate) struct Votes<T> {
    found: Vec<Candidate<T>>,
}

struct Candidate<T> {
    value: T,
    weight: u32,
    /// The greatest weight of one place: that of the example.
    best: u32,
    count: usize,
    example: Location,
}

impl<T> Default for Votes<T> {
    fn default() -> Self {
        Self { found: Vec::new() }
    }
}

impl<T: Clone + PartialEq> Votes<T> {
    /// Counts one place. Places are given in the order of their files, so that ties go to the first seen.
    pub(crate) fn add(&mut self, value: T, weight: u32, at: &Location) {
        match self.found.iter_mut().find(|candidate| candidate.value == value) {
            Some(candidate) => {
                candidate.weight += weight;
                candidate.count += 1;
                // A feature is the better example.
                if weight > candidate.best {
                    candidate.best = weight;
                    candidate.example = at.clone();
                }
            }
            None => self.found.push(Candidate { value, weight, best: weight, count: 1, example: at.clone() }),
        }
    }

    /// Counts one place that shows something, and none that does not.
    pub(crate) fn extend_with(&mut self, value: Option<T>, weight: u32, at: &Location) {
        if let Some(value) = value {
            self.add(value, weight, at);
        }
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

    /// The value with the most weight among those that fit.
    pub(crate) fn most(&self, fits: impl Fn(&T) -> bool) -> Option<T> {
        let fitting = || self.found.iter().filter(|candidate| fits(&candidate.value));
        let most = fitting().map(|candidate| candidate.weight).max()?;
        fitting().find(|candidate| candidate.weight == most).map(|candidate| candidate.value.clone())
    }

    /// One value with its own evidence.
    pub(crate) fn with(&self, value: T) -> Observed<T> {
        let found = self.found.iter().find(|candidate| candidate.value == value);
        let count = found.map_or(0, |candidate| candidate.count);
        Observed { value, count, of: self.len(), example: found.map(|candidate| candidate.example.clone()) }
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
