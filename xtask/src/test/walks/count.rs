//! How many changes of a walk went which way, and why.

use std::collections::{BTreeMap, BTreeSet};

use architect_model::Plan;

/// What is done until somebody says whether a place has to change with the rest.
const STAYS: &str = "It stays as it is.";

/// How many changes went which way.
#[derive(Default)]
pub struct Count {
    /// Applied, by kind.
    pub applied: BTreeMap<&'static str, usize>,
    /// Left to a person, by reason.
    pub asked: BTreeMap<String, usize>,
    /// How many of them were tried all the same, the first of each reason.
    pub tried_in_vain: usize,
    /// Those of these that would have been right.
    pub vain: Vec<String>,
    /// Refused, by reason.
    pub refused: BTreeMap<String, usize>,
    /// What must not be.
    pub wrong: Vec<String>,
}

impl Count {
    fn sums(&self) -> (usize, usize, usize) {
        (self.applied.values().sum(), self.asked.values().sum(), self.refused.values().sum())
    }

    /// How many of a hundred changes are applied.
    pub fn share(&self) -> usize {
        let (applied, asked, refused) = self.sums();
        applied * 100 / (applied + asked + refused + self.wrong.len()).max(1)
    }

    /// In words, with every reason.
    pub fn shown(&self) -> String {
        let (applied, asked, refused) = self.sums();
        let mut said = format!(
            "{applied} applied, {asked} asked, {refused} refused, {} wrong ({} of 100 applied)\n",
            self.wrong.len(),
            self.share()
        );
        let mut list = |title: &str, entries: Vec<(&str, usize)>| {
            for (what, times) in entries {
                said.push_str(&format!("  {title} {times}: {what}\n"));
            }
        };
        list("applied", self.applied.iter().map(|(kind, times)| (*kind, *times)).collect());
        list("asked", self.asked.iter().map(|(why, times)| (why.as_str(), *times)).collect());
        list("asked in vain", self.vain.iter().map(|said| (said.as_str(), 1)).collect());
        list("refused", self.refused.iter().map(|(why, times)| (why.as_str(), *times)).collect());
        said
    }
}

/// What a plan leaves to a person, in words without names.
pub fn left(plan: &Plan) -> String {
    let edits = plan.open_edits.iter().map(|edit| &edit.text);
    let places = plan.questions.iter().filter(|question| question.default == STAYS).map(|question| &question.text);
    let reasons: BTreeSet<String> = edits.chain(places).map(|text| unnamed(text)).collect();
    reasons.into_iter().collect::<Vec<_>>().join("; ")
}

/// The first error, without the names in it.
pub fn reason(said: &str) -> String {
    let line = said.lines().find_map(|line| line.strip_prefix("error: ")).unwrap_or_default();
    unnamed(line)
}

fn unnamed(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let kept: Vec<&str> =
        parts.iter().enumerate().map(|(index, part)| if index % 2 == 1 { "…" } else { part }).collect();
    kept.join("`")
}
