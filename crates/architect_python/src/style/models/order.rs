//! In which order classes declare columns: which parts stand above which, by most classes that have both.

use architect_model::{ColumnPart, Location, Observed};

/// What classes declare, part by part.
#[derive(Default)]
pub(crate) struct Orders {
    seen: Vec<(Vec<ColumnPart>, u32, Location)>,
}

impl Orders {
    /// Counts the parts that one class declares, from top to bottom.
    pub(crate) fn add(&mut self, parts: Vec<ColumnPart>, weight: u32, at: &Location) {
        if parts.first().is_some_and(|first| parts.iter().any(|part| part != first)) {
            self.seen.push((parts, weight, at.clone()));
        }
    }

    /// The order that contradicts the fewest classes; where none speaks of two parts, the brief's.
    pub(crate) fn read(&self) -> Observed<Vec<ColumnPart>> {
        let mut left: Vec<ColumnPart> = ColumnPart::ALL.to_vec();
        let mut order = Vec::new();
        while !left.is_empty() {
            let is_first = |part: &&ColumnPart| !left.iter().any(|other| self.above(*other, **part));
            // Classes may disagree in a circle: then the brief's order decides.
            let next = left.iter().find(is_first).or(left.first()).copied();
            let Some(next) = next else { break };
            left.retain(|part| *part != next);
            order.push(next);
        }
        let agrees =
            |parts: &[ColumnPart]| parts.windows(2).all(|pair| pair[0].place_in(&order) <= pair[1].place_in(&order));
        let agreeing: Vec<&Location> =
            self.seen.iter().filter(|(parts, _, _)| agrees(parts)).map(|(_, _, at)| at).collect();
        let (count, example) = (agreeing.len(), agreeing.first().map(|at| (*at).clone()));
        Observed { value: order, count, of: self.seen.len(), example }
    }

    /// Whether most classes that have both declare all of `first` above all of `second`.
    fn above(&self, first: ColumnPart, second: ColumnPart) -> bool {
        let (mut above, mut below) = (0, 0);
        for (parts, weight, _) in &self.seen {
            let of =
                |part: ColumnPart| parts.iter().enumerate().filter(move |(_, known)| **known == part).map(|(at, _)| at);
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
        let mut orders = Orders::default();
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
