//! Carries changes of lists over: elements between commas, links of a chain, operands, decorators.

use ruff_python_ast::token::TokenKind;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::align::{Pair, pair, seek};
use super::merge::Merge;
use super::names::Names;
use super::node::{Kind, Node};
use super::nullable::of_null;
use crate::edit::document::Document;
use crate::edit::listing::Listing;

/// What becomes of the elements that the code has.
pub(super) struct Outcome {
    /// Which are removed.
    pub(super) removed: Vec<bool>,
    /// New elements, each with the number of the element before which it goes.
    pub(super) added: Vec<(usize, Node)>,
}

impl Merge<'_, '_> {
    /// Compares elements, carries changes within them over, and says which come and go.
    pub(super) fn outcome(&mut self, before: &Node, after: &Node, code: &Node, names: &mut Names) -> Outcome {
        let pairs = pair(&before.parts, &after.parts);
        let found = seek(&pairs, &before.parts, &after.parts, &code.parts, names);
        let mut outcome = Outcome { removed: vec![false; code.parts.len()], added: Vec::new() };
        for (at, Pair { before: one, after: two }) in pairs.iter().enumerate() {
            let (one, two) = (one.map(|one| &before.parts[one]), two.map(|two| &after.parts[two]));
            let known = found[at].map(|known| &code.parts[known]);
            match (one, two, known) {
                (Some(one), Some(two), Some(known)) if is_display(code) => self.whole_or_not(one, two, known, names),
                (Some(one), Some(two), Some(known)) => self.node(one, two, known, names),
                (Some(one), Some(two), None) if !one.says(two) => self.kept(one, Some(two), code),
                (Some(one), None, Some(known)) if names.same(one, known) => {
                    if let Some(removed) = found[at].and_then(|known| outcome.removed.get_mut(known)) {
                        *removed = true;
                    }
                }
                (Some(one), None, Some(known)) => self.kept(one, None, known),
                (None, Some(two), Some(known)) if !names.same(two, known) => match of_null(two, known) {
                    Some((place, literal)) => self.code.document.replace(place, literal),
                    None => self.kept_new(two, known),
                },
                (None, Some(two), None) => {
                    if self.refuses(two, code, names) {
                        continue;
                    }
                    let behind = found[..at].iter().rev().flatten().next().map(|known| known + 1);
                    let ahead = found[at + 1..].iter().flatten().next().copied();
                    let place = behind.or(ahead).unwrap_or(code.parts.len());
                    outcome.added.push((place, two.clone()));
                }
                _ => {}
            }
        }
        outcome
    }

    /// Elements between commas.
    pub(super) fn commas(&mut self, before: &Node, after: &Node, code: &Node, names: &mut Names) {
        let planned = self.code.document.count();
        let is_any = is_choice(before, code, names);
        let mut outcome = self.outcome(before, after, code, names);
        let only_fewer = outcome.added.is_empty();
        let mut texts: Vec<(usize, String)> = Vec::new();
        for (place, new) in std::mem::take(&mut outcome.added) {
            let Some(place) = fitting(place, &new, after, code, &outcome.removed, is_any) else {
                self.open(Some(&new), code, "the arguments here are passed in another way");
                return self.code.document.forget_since(planned);
            };
            texts.push((place, self.written(&new, false, code.range.start(), names)));
        }
        let document = &mut self.code.document;
        let bracketed = code.inner != code.range;
        let nodes: Vec<TextRange> = code.parts.iter().map(|part| part.range).collect();
        let listing = Listing::new(document, code.inner, bracketed, &nodes);
        let unit = " ".repeat(usize::from(self.style.indent));
        for run in runs(&outcome.removed) {
            let place = texts.iter().position(|(place, _)| (run.0..=run.1 + 1).contains(place));
            if let Some(place) = place {
                let mut new = vec![texts.remove(place).1];
                while let Some(next) = texts.get(place).filter(|(at, _)| (run.0..=run.1 + 1).contains(at)).cloned() {
                    texts.remove(place);
                    new.push(next.1);
                }
                document.replace(code.parts[run.0].outer, new.join(", "));
                if run.0 < run.1 {
                    remove_run(document, code, (run.0 + 1, run.1));
                }
            } else {
                remove_run(document, code, run);
            }
        }
        if only_fewer {
            keep_tuple(document, code, &outcome.removed);
        }
        let mut at = 0;
        while let Some((place, _)) = texts.get(at) {
            let group = texts[at..].iter().take_while(|(other, _)| other == place);
            let group: Vec<&str> = group.map(|(_, text)| text.as_str()).collect();
            listing.insert(document, *place, &group.join(", "), &unit);
            at += group.len();
        }
    }

    /// Links of a chain, or operands.
    pub(super) fn chain(&mut self, before: &Node, after: &Node, code: &Node, names: &mut Names) {
        let outcome = self.outcome(before, after, code, names);
        let operator = if let Kind::Operands(operator) = code.kind { operator } else { "" };
        let first = outcome.removed.iter().position(|removed| !removed).unwrap_or(code.parts.len());
        if first == code.parts.len() && !operator.is_empty() && !outcome.added.is_empty() {
            let at = code.range.start();
            let texts: Vec<String> = outcome.added.iter().map(|(_, new)| self.written(new, false, at, names)).collect();
            return self.code.document.replace(code.range, texts.join(operator));
        }
        for (at, part) in code.parts.iter().enumerate().filter(|(at, _)| outcome.removed[*at]) {
            let range = match at.checked_sub(1).and_then(|previous| code.parts.get(previous)) {
                Some(previous) if at > first => TextRange::new(previous.outer.end(), part.outer.end()),
                _ => match code.parts.get(at + 1) {
                    Some(next) => TextRange::new(part.outer.start(), next.outer.start()),
                    None => part.outer,
                },
            };
            self.code.document.replace(range, "");
        }
        for (place, new) in outcome.added {
            let text = self.written(&new, false, code.range.start(), names);
            let document = &mut self.code.document;
            match place.checked_sub(1).and_then(|previous| code.parts.get(previous)) {
                Some(previous) if place > first || operator.is_empty() => {
                    let line = document.indentation(previous.range.start()).filter(|_| place > 1);
                    let lead = line.map(|margin| format!("{}{margin}", document.newline)).unwrap_or_default();
                    let lead = if operator.is_empty() { lead } else { operator.to_owned() };
                    document.insert(previous.outer.end(), format!("{lead}{text}"));
                }
                _ => {
                    let at = code.parts.get(place).map_or(code.range.start(), |next| next.outer.start());
                    document.insert(at, format!("{text}{operator}"));
                }
            }
        }
    }

    /// One decorator a line.
    pub(super) fn decorators(&mut self, before: &Node, after: &Node, code: &Node, names: &mut Names) {
        let outcome = self.outcome(before, after, code, names);
        let document = &self.code.document;
        let start = code.range.start();
        let margin = document.indentation_of_line(start).to_owned();
        let after_all = document.tokens().after(code.range.end()).iter().find(|token| !token.kind().is_any_newline());
        let end = after_all.map_or(code.range.end(), Ranged::start);
        for (at, part) in code.parts.iter().enumerate().filter(|(at, _)| outcome.removed[*at]) {
            let next = code.parts.get(at + 1).map_or(end, |next| next.range.start());
            self.code.document.replace(TextRange::new(part.range.start(), next), "");
        }
        for (place, new) in outcome.added {
            let text = self.written(&new, false, start, names);
            let document = &mut self.code.document;
            match place.checked_sub(1).and_then(|previous| code.parts.get(previous)) {
                Some(previous) => document.insert(previous.range.end(), format!("{}{margin}{text}", document.newline)),
                None => {
                    let letter = TextRange::at(start, TextSize::new(1));
                    let rest = document.source(letter);
                    document.replace(letter, format!("{text}{}{margin}{rest}", document.newline));
                }
            }
        }
    }
}

/// Whether it is a list, set, tuple or dictionary as it is written, whose elements do not depend on each other.
pub(super) fn is_display(node: &Node) -> bool {
    node.kind == Kind::Commas && matches!(&*node.tag, "[]" | "{}" | "()" | "dict")
}

fn is_positional(node: &Node) -> bool {
    node.key.is_none() && &*node.tag != "**"
}

/// Whether a call takes any number of arguments of one meaning: what the code gives is some of what the writers give, in
/// other places.
fn is_choice(before: &Node, code: &Node, names: &Names) -> bool {
    let written: Vec<&Node> = before.parts.iter().filter(|part| is_positional(part)).collect();
    let mut places = code.parts.iter().filter(|part| is_positional(part)).enumerate();
    let (mut next, mut moved) = (0, false);
    let all = places.all(|(at, part)| {
        let known = written[next..].iter().position(|one| names.same(one, part)).map(|known| next + known);
        moved |= known.is_some_and(|known| known != at);
        next = known.map_or(next, |known| known + 1);
        known.is_some()
    });
    all && moved
}

/// Where a new element can go: positional arguments before keywords, and in the place that they are meant for.
fn fitting(place: usize, new: &Node, after: &Node, code: &Node, removed: &[bool], is_any: bool) -> Option<usize> {
    match &*code.tag {
        "arguments" if is_positional(new) => {
            let keywords = code.parts.iter().position(|part| !is_positional(part)).unwrap_or(code.parts.len());
            let place = place.min(keywords);
            let wanted = after.parts.iter().filter(|part| is_positional(part)).position(|part| part.range == new.range);
            let left = removed[..place].iter().filter(|removed| !**removed).count();
            (is_any || wanted == Some(left) || new.tag.starts_with("ExprStarred")).then_some(place)
        }
        "arguments" => {
            let last = code.parts.iter().rposition(is_positional).map_or(0, |last| last + 1);
            Some(place.max(last))
        }
        "parameters" => {
            let has_default = |part: &Node| part.part(" = ").is_some();
            let end = code.parts.iter().position(|part| part.key.as_deref().is_some_and(|key| key.starts_with('*')));
            let end = end.unwrap_or(code.parts.len());
            if place > end {
                return Some(place);
            }
            let plain = |part: &Node| !has_default(part) && &*part.tag == "parameter";
            let first = code.parts[..end].iter().position(has_default).unwrap_or(end);
            let last = code.parts[..end].iter().rposition(plain).map_or(0, |last| last + 1);
            Some(if has_default(new) { place.max(last) } else { place.min(first) })
        }
        _ => Some(place),
    }
}

/// A tuple of which one element is left keeps a comma.
fn keep_tuple(document: &mut Document<'_>, code: &Node, removed: &[bool]) {
    let mut left = removed.iter().enumerate().filter(|(_, removed)| !**removed);
    let (Some((only, _)), None, Some(last)) = (left.next(), left.next(), code.parts.last()) else { return };
    if &*code.tag != "()" || removed.len() < 2 {
        return;
    }
    let behind = document.tokens().after(last.outer.end()).iter().find(|token| !token.kind().is_trivia());
    if behind.is_none_or(|token| token.kind() != TokenKind::Comma) {
        document.insert(code.parts[only].outer.end(), ",");
    }
}

/// Neighbours that are removed together.
fn runs(removed: &[bool]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, _) in removed.iter().enumerate().filter(|(_, removed)| **removed) {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == at => *end = at,
            _ => runs.push((at, at)),
        }
    }
    runs
}

/// Plans to remove the elements from `first` to `last`, with a comma each.
pub(super) fn remove_run(document: &mut Document<'_>, code: &Node, (first, last): (usize, usize)) {
    let (start, end) = (code.parts[first].outer.start(), code.parts[last].outer.end());
    let behind: Vec<_> =
        document.tokens().after(end).iter().take_while(|token| token.end() <= code.inner.end()).collect();
    let comma = behind.iter().find(|token| !token.kind().is_trivia()).map(|token| token.range().end());
    let line_end = behind.iter().find(|token| token.kind().is_any_newline()).map(|token| token.range().end());
    let next = code.parts.get(last + 1).map(|part| part.outer.start());
    let previous = first.checked_sub(1).map(|at| code.parts[at].outer.end());
    let is_alone = document.indentation(start).is_some();
    let range = match (line_end, next, previous) {
        (Some(line_end), _, _)
            if is_alone && comma.is_none_or(|comma| comma <= line_end) && next.is_none_or(|next| next >= line_end) =>
        {
            TextRange::new(document.line_start(start), line_end)
        }
        (_, Some(next), _) => TextRange::new(start, next),
        (_, None, Some(previous)) => TextRange::new(previous, end),
        (_, None, None) => TextRange::new(start, comma.unwrap_or(end)),
    };
    document.replace(range, "");
}
