//! How many edits went which way, and why.

use std::collections::BTreeMap;

/// How many edits went which way.
#[derive(Default)]
pub struct Count {
    /// Edits drawn.
    pub edits: usize,
    /// Values asked for and given.
    pub asked: usize,
    /// Cases that ask for a value which nobody can give.
    pub unanswered: usize,
    kinds: BTreeMap<&'static str, usize>,
    revisions: usize,
    nothing: usize,
    refused: BTreeMap<String, Vec<String>>,
}

impl Count {
    /// Notes a case whose revision was written, or that needs none.
    pub fn written(&mut self, kinds: &[&'static str], is_revision: bool) {
        *(if is_revision { &mut self.revisions } else { &mut self.nothing }) += 1;
        for kind in kinds {
            *self.kinds.entry(kind).or_default() += 1;
        }
    }

    /// Notes a case whose revision is refused.
    pub fn refused(&mut self, name: &str, why: &str) {
        let words: Vec<&str> =
            why.split('`').enumerate().map(|(index, part)| if index % 2 == 1 { "…" } else { part }).collect();
        self.refused.entry(words.join("`")).or_default().push(name.to_owned());
    }

    /// The cases that are refused for another reason than one of these.
    pub fn faults(&self, limits: &[&str]) -> Vec<String> {
        let is_limit = |why: &str| limits.iter().any(|limit| why.contains(limit));
        self.refused.iter().filter(|(why, _)| !is_limit(why)).flat_map(|(_, names)| names.clone()).collect()
    }

    /// In words, with every reason.
    pub fn shown(&self) -> String {
        let refused: usize = self.refused.values().map(Vec::len).sum();
        let written: usize = self.kinds.values().sum();
        let mut said = format!(
            "{} edits: {written} written in {} revisions, {} cases change nothing, {} values asked and given, {} cases without an answer, {refused} cases refused\n",
            self.edits, self.revisions, self.nothing, self.asked, self.unanswered
        );
        let kinds: Vec<String> = self.kinds.iter().map(|(kind, times)| format!("{kind} {times}")).collect();
        said.push_str(&format!("  {}\n", kinds.join(", ")));
        for (why, names) in &self.refused {
            let first = names.join("; ");
            said.push_str(&format!("  refused {}: {why} ({first})\n", names.len()));
        }
        said
    }
}
