//! In which order files define the handlers of the usual five.

use architect_model::{Location, Observed};

use super::facts::Facts;
use super::handlers::Action;
use super::orders::Orders;

/// The brief's order.
const BRIEF: [Action; 5] = [Action::List, Action::Create, Action::Read, Action::Update, Action::Delete];

/// Reads the order of most files.
pub(super) fn read(facts: &Facts<'_>) -> Observed<Vec<String>> {
    let mut orders = Orders::of(&BRIEF);
    let mut files: Vec<(&str, Vec<Action>)> = Vec::new();
    // Handlers come in the order of their files, and of the lines in them.
    for handler in &facts.handlers {
        let Some(action) = handler.action else { continue };
        let path = &*handler.function.file().path;
        match files.last_mut().filter(|(known, _)| *known == path) {
            Some((_, actions)) => actions.push(action),
            None => files.push((path, vec![action])),
        }
    }
    for (path, actions) in files {
        orders.add(actions, facts.weight_of(path), &Location::line(path, 1));
    }
    let Observed { value, count, of, example } = orders.read();
    Observed { value: value.iter().map(|action| action.name().to_owned()).collect(), count, of, example }
}
