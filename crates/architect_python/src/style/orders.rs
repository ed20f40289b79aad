//! In which order parts stand: which above which, by most places that have both.

use architect_model::{Location, Observed};

/// What places hold, part by part.
pub(crate) struct Orders<T> {
    /// All parts, in the brief's order.
    all: Vec<T>,
    seen: Vec<(Vec<T>, u32, Location)>,
}

impl<T: Copy + PartialEq> Orders<T> {
    /// No places yet, for these parts in the brief's order.
    pub(crate) fn of(all: &[T]) -> Self {
        Self { all: all.to_vec(), seen: Vec::new() }
    }

    /// Counts the parts that one place holds, from top to bottom.
    pub(crate) fn add(&mut self, parts: Vec<T>, weight: u32, at: &Location) {
        if parts.first().is_some_and(|first| parts.iter().any(|part| part != first)) {
            self.seen.push((parts, weight, at.clone()));
        }
    }

    /// The order that contradicts the fewest places; where none speaks of two parts, the brief's.
    pub(crate) fn read(&self) -> Observed<Vec<T>> {
        let mut left: Vec<T> = self.all.clone();
        let mut order = Vec::new();
        while !left.is_empty() {
            let is_first = |part: &&T| !left.iter().any(|other| self.above(*other, **part));
            // Places may disagree in a circle: then the brief's order decides.
            let next = left.iter().find(is_first).or(left.first()).copied();
            let Some(next) = next else { break };
            left.retain(|part| *part != next);
            order.push(next);
        }
        let place = |part: &T| order.iter().position(|known| known == part);
        let agrees = |parts: &[T]| parts.windows(2).all(|pair| place(&pair[0]) <= place(&pair[1]));
        let agreeing: Vec<&Location> =
            self.seen.iter().filter(|(parts, _, _)| agrees(parts)).map(|(_, _, at)| at).collect();
        let (count, example) = (agreeing.len(), agreeing.first().map(|at| (*at).clone()));
        Observed { value: order, count, of: self.seen.len(), example }
    }

    /// Whether most places that have both hold all of `first` above all of `second`.
    fn above(&self, first: T, second: T) -> bool {
        let (mut above, mut below) = (0, 0);
        for (parts, weight, _) in &self.seen {
            let of = |part: T| parts.iter().enumerate().filter(move |(_, known)| **known == part).map(|(at, _)| at);
            let bounds = |part| Some((of(part).min()?, of(part).max()?));
            let (Some((top, bottom)), Some((other_top, other_bottom))) = (bounds(first), bounds(second)) else {
                continue;
            };
            if bottom < other_top {
                above += weight;
            } else if other_bottom < top {
                below += weight;
            }
        }
        above > below
    }
}

#[cfg(test)]
mod tests {
    use architect_model::ColumnPart::{self, Key, Owner, Reference, Time, Value};
    use architect_model::Location;

    use super::Orders;

    fn order(classes: &[&[ColumnPart]]) -> (Vec<ColumnPart>, usize) {
        let mut orders = Orders::of(&ColumnPart::ALL);
        for parts in classes {
            orders.add(parts.to_vec(), 2, &Location::line("a.py", 1));
        }
        let read = orders.read();
        (read.value, read.count)
    }

    #[test]
    fn what_classes_show_goes_before_the_briefs_order() {
        assert_eq!(order(&[]), (ColumnPart::ALL.to_vec(), 0));
        assert_eq!(
            order(&[&[Key, Time, Owner], &[Key, Time, Reference]]),
            (vec![Key, Value, Time, Owner, Reference], 2)
        );
        assert_eq!(
            order(&[&[Owner, Reference, Value, Value], &[Reference, Value]]).0,
            [Key, Owner, Reference, Value, Time]
        );
        assert_eq!(order(&[&[Owner, Value], &[Value, Owner], &[Value, Owner, Value]]), (ColumnPart::ALL.to_vec(), 1));
    }
}
