//! What has to be so before a stage runs.

use architect_model::StageKind;

use super::locked::Locked;
use crate::compare::Renames;

/// What stages do to code that runs.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Tables and columns that code may use no more.
    pub(super) unused: Vec<String>,
    /// Columns that code has to give a value.
    pub(super) given: Vec<String>,
    /// Columns whose default goes.
    pub(super) undefaulted: Vec<String>,
    /// Constraints that rows which come have to meet.
    pub(super) met: Vec<String>,
    /// What is locked while tables are written anew.
    pub(super) locked: Locked,
}

impl Notes {
    pub(super) fn extend(&mut self, other: Self) {
        self.unused.extend(other.unused);
        self.given.extend(other.given);
        self.undefaulted.extend(other.undefaulted);
        self.met.extend(other.met);
    }

    /// The note of a stage.
    pub(super) fn of(&self, kind: StageKind) -> Option<String> {
        let mut sentences: Vec<String> = Vec::new();
        match kind {
            StageKind::Rewrite => sentences.extend(rewritten(&self.locked)),
            StageKind::Constrain => {
                if !self.given.is_empty() {
                    sentences.push(format!("First deploy code that always gives {} a value.", listed(&self.given)));
                }
                if !self.met.is_empty() {
                    sentences.push(format!("First deploy code whose rows meet {}.", listed(&self.met)));
                }
            }
            StageKind::Contract => {
                if !self.unused.is_empty() {
                    sentences.push(format!(
                        "First deploy code that does not use {}, and see that no old process is left.",
                        listed(&self.unused)
                    ));
                }
                if !self.undefaulted.is_empty() {
                    sentences
                        .push(format!("First deploy code that gives {} a value itself.", listed(&self.undefaulted)));
                }
            }
            _ => {}
        }
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }
}

/// What a rename does, and what one can do instead.
pub(super) fn renamed(renames: &Renames) -> Option<String> {
    let tables = renames.tables.iter().map(|(from, _)| format!("`{from}`"));
    let columns = renames.columns.iter().map(|(table, from, _)| format!("`{table}.{from}`"));
    let names: Vec<String> = tables.chain(columns).collect();
    Some(format!("Code that asks for {} fails from here on: deploy the new code together with it.", joined(&names)))
}

/// Who has to wait for a rewrite.
fn rewritten(locked: &Locked) -> Option<String> {
    let (pronoun, verb) = if locked.changed.len() == 1 { ("it", "is") } else { ("they", "are") };
    let beside = match locked.beside.as_slice() {
        [] => String::new(),
        names => format!(", nor {}, whose foreign keys are made again", listed(names)),
    };
    let anew = (!locked.changed.is_empty()).then(|| listed(&locked.changed))?;
    Some(format!(
        "Nobody can read or write {anew} while {pronoun} {verb} written anew{beside}: run this when nobody needs {}.",
        if locked.changed.len() + locked.beside.len() == 1 { "it" } else { "them" }
    ))
}

fn listed(names: &[String]) -> String {
    joined(&names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>())
}

fn joined(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
