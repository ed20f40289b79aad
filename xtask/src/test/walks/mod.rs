//! Random sequences of changes: after each, the code says what the document says, the application boots, and the rows of
//! a database that is carried through all of it keep what the change does not take away.

mod change;
mod count;
mod described;
mod draw;
mod look;
mod program;
mod states;
mod walk;
mod whole;

use self::walk::Walk;
use super::places::places;
use super::{Runner, Scale};
use crate::tools::{Outcome, Tools};

/// Least share of the changes that are applied, in a hundred: where most are refused, a walk proves nothing.
const LEAST_APPLIED: usize = 60;

/// Walks through each project; where neither `full` nor `--only` asks for more, through the new project alone: in the
/// others, tests written by hand may contradict a change, which no plan notices yet.
///
/// # Errors
/// A project cannot be made.
pub fn check(runner: &mut Runner, tools: &Tools, scale: Scale, full: bool) -> Outcome {
    if !runner.wants("walks") {
        return Ok(());
    }
    let all = full || runner.only.is_some();
    let places = places();
    for (index, place) in places.iter().enumerate().take(if all { places.len() } else { 1 }) {
        runner.check(&format!("walks {}: {} changes one after the other", place.name, scale.steps), || {
            let seed = u64::from(scale.seed) * 100 + index as u64;
            let mut walk = Walk::begin(tools, place, seed)?;
            walk.run(scale.steps)?;
            let count = &walk.count;
            eprint!("{} ", count.shown());
            match count.wrong.as_slice() {
                [] if count.share() >= LEAST_APPLIED => Ok(()),
                [] => Err(format!("only {} of 100 changes are applied", count.share())),
                wrong => Err(format!("{} wrong:\n{}", wrong.len(), wrong.join("\n\n"))),
            }
        });
    }
    Ok(())
}
