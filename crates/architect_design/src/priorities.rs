//! Priorities in the words and scales of several languages, as MoSCoW.

use architect_model::Priority;

use crate::lexicon::Words;
use crate::names::fold;
use crate::requirements::block_texts;
use crate::sections::Section;

/// Where a document's own scale begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Scale {
    /// `P0` is used, so that `P1` is the second step.
    from_zero: bool,
    /// "Critical" is used, so that "high" is the second step.
    from_critical: bool,
    /// Letters of the document's own: `I = Indispensable`.
    legend: [Option<(char, Priority)>; 6],
}

/// Words for "priority".
pub(crate) static SAID: Words = Words("priority");

static CRITICAL: Words = Words("critical");
static HIGH: Words = Words("high");
static MEDIUM: Words = Words("medium");
static LOW: Words = Words("low");

static MUST: Words = Words("must");
static SHOULD: Words = Words("should");
static COULD: Words = Words("could");
static WONT: Words = Words("wont");

impl Scale {
    /// Looks which words a document uses.
    pub fn of(sections: &[Section]) -> Self {
        let mut scale = Self::default();
        for section in sections {
            let texts = section.blocks.iter().flat_map(block_texts).chain([section.heading.clone()]);
            for text in texts {
                scale.from_zero |= text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "P0");
                let folded = fold(&text);
                scale.explain(&folded);
                scale.from_critical |= CRITICAL.contains(&folded.trim()) || folded.starts_with("kritik ");
            }
        }
        scale
    }
}

impl Scale {
    /// Takes up a legend: `Priorities: M = must, S = should`.
    fn explain(&mut self, folded: &str) {
        if folded.len() > 400 || !SAID.iter().any(|word| folded.contains(word)) && !folded.contains("moscow") {
            return;
        }
        for (before, after) in folded.match_indices(['=', ':']).map(|(at, _)| (&folded[..at], &folded[at + 1..])) {
            let letter: String =
                before.trim_end().rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().into();
            let word = after.split([',', ';', '·', '.', '|', '/']).next().unwrap_or_default().trim();
            let mut letters = letter.chars();
            if let (Some(letter), None, Some(meant)) = (letters.next(), letters.next(), exact(word, Self::default()))
                && word.chars().count() > 1
                && let Some(free) = self.legend.iter_mut().find(|known| known.is_none_or(|(known, _)| known == letter))
            {
                free.get_or_insert((letter, meant));
            }
        }
    }

    fn meant(&self, word: &str) -> Option<Priority> {
        let mut letters = word.chars();
        let (letter, None) = (letters.next()?, letters.next()) else { return None };
        self.legend.iter().flatten().find(|(known, _)| *known == letter).map(|(_, meant)| *meant)
    }
}

/// The priority that a cell, a heading or a remark names.
pub(crate) fn priority(text: &str, scale: Scale) -> Option<Priority> {
    let folded = fold(text);
    let clean = folded.trim_matches(|c: char| !c.is_alphanumeric());
    // A heading may begin with a number and end with an explanation: `2.1 Must have (P1)`.
    let clean = clean.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ' ' | ')')).trim();
    let head = clean.split([':', '(', '（', ',']).next().unwrap_or(clean).trim();
    let inside = clean.rsplit(['(', '（']).next().filter(|_| clean.contains(['(', '（']));
    let inside = inside.map_or("", |rest| rest.trim_end_matches([')', '）'])).trim();
    let first = head.split([' ', '-', '—', '/']).next().unwrap_or(head);
    // `System features (MVP)` says of what they are.
    let inside = if inside == "mvp" { "" } else { inside };
    let words = [head, inside];
    if let Some(found) = words.iter().find_map(|word| exact(word, scale)) {
        return Some(found);
    }
    let opened =
        ["must", "should", "could", "wont", "won't", "won’t"].contains(&first) && head.split_whitespace().count() <= 4;
    if opened {
        return exact(first, scale);
    }
    let numbered = first.starts_with('p') && first.len() == 2 && head.split_whitespace().count() <= 4;
    if numbered {
        return exact(first, scale);
    }
    let last = head.rsplit(' ').next().unwrap_or(head);
    let said = head.starts_with("priori")
        || head.ends_with("priority")
        || head.starts_with("requisitos ")
        || head.starts_with("priorit");
    if said { exact(last, scale).or_else(|| exact(first, scale)) } else { None }
}

fn exact(word: &str, scale: Scale) -> Option<Priority> {
    if let Some(meant) = scale.meant(word) {
        return Some(meant);
    }
    let steps = [Priority::Must, Priority::Should, Priority::Could, Priority::Wont];
    if let Some(number) = word.strip_prefix('p').and_then(|digits| digits.parse::<usize>().ok()) {
        let at = if scale.from_zero { number } else { number.checked_sub(1)? };
        return Some(steps[at.min(3)]);
    }
    let shift = usize::from(scale.from_critical);
    let says = |words: &[&str]| words.contains(&word);
    if word.is_empty() {
        None
    } else if says(&MUST) || says(&CRITICAL) {
        Some(Priority::Must)
    } else if says(&SHOULD) {
        Some(Priority::Should)
    } else if says(&COULD) {
        Some(Priority::Could)
    } else if says(&WONT) {
        Some(Priority::Wont)
    } else if says(&HIGH) {
        Some(steps[shift])
    } else if says(&MEDIUM) {
        Some(steps[1 + shift])
    } else if says(&LOW) {
        Some(Priority::Could)
    } else {
        None
    }
}
