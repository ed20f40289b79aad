//! Withdraws changes that would leave a name without meaning.

use ruff_text_size::{TextRange, TextSize};

use super::code::Code;
use super::file::{Target, Work};
use super::node::{Node, Role};
use crate::edit::document::line_of;
use crate::write::scope::faults;

/// A name that nothing binds, and the definitions in which it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) name: String,
    outer: Option<String>,
    inner: Option<String>,
}

impl Work<'_> {
    /// Withdraws what makes names faulty that are not so in the code as it is; whether there was any.
    pub(super) fn withdrawn(&mut self, target: &mut Target<'_>, edited: &str) -> bool {
        let Ok(new) = Code::read(edited) else { return false };
        let (old, faults) = (faulty(&target.code), faulty(&new));
        let count = |all: &[Fault], name: &str| all.iter().filter(|fault| fault.name == name).count();
        let versions = target.needed.keys().filter_map(|number| self.written.get(*number));
        let planned: Vec<String> = versions.flat_map(|written| written.faulty.iter().cloned()).collect();
        let is_new = |fault: &&Fault| {
            let more = count(&old, &fault.name) < count(&faults, &fault.name);
            more && !old.contains(fault) && !planned.contains(&fault.name)
        };
        let mut any = false;
        for fault in faults.iter().filter(is_new) {
            any |= self.withdraw(target, &new.root, fault);
        }
        for (class, method) in orphans(&target.root, &new.root) {
            any |= withdraw_range(target, target.code.whole(&method));
            let text = format!("Is `{}` still needed? `{class}` uses it", method.key.as_deref().unwrap_or_default());
            self.ask_at(target, &method, text);
        }
        any
    }

    /// Withdraws what makes one name faulty: the removal of what it means, or else the change of what uses it.
    fn withdraw(&mut self, target: &mut Target<'_>, new: &Node, fault: &Fault) -> bool {
        let is_gone = member(new, &fault.name).is_none();
        if let Some(removed) = member(&target.root, &fault.name).filter(|_| is_gone).cloned() {
            let text = format!("Is `{}` still needed? The code uses it", fault.name);
            self.ask_at(target, &removed, text);
            return withdraw_range(target, target.code.whole(&removed));
        }
        let Some(outer) = &fault.outer else { return false };
        let place = member(&target.root, outer).cloned();
        let place = match (&place, &fault.inner) {
            (Some(class), Some(inner)) => class.suite().and_then(|suite| member(suite, inner)).cloned(),
            _ => place,
        };
        let name = fault.inner.as_ref().unwrap_or(outer);
        match place {
            Some(place) => {
                let text = format!("How does `{name}` change? `{}` would mean nothing in it", fault.name);
                self.ask_at(target, &place, text);
                withdraw_range(target, target.code.whole(&place))
            }
            None => {
                let text = format!("How does `{name}` get here? `{}` would mean nothing in it", fault.name);
                self.findings.ask(target.path, 1, text);
                let starts = [format!("def {name}("), format!("class {name}("), format!("class {name}:")];
                let count = target.code.document.count();
                target.code.document.forget(|_, text| starts.iter().any(|start| text.contains(start)));
                target.code.document.count() < count
            }
        }
    }

    fn ask_at(&mut self, target: &Target<'_>, node: &Node, text: String) {
        let line = line_of(target.code.document.text, node.range.start());
        self.findings.ask(target.path, line, text);
    }
}

/// Takes back what is planned within a range; whether there was anything.
fn withdraw_range(target: &mut Target<'_>, range: TextRange) -> bool {
    let count = target.code.document.count();
    let text = target.code.document.text;
    let first = text.get(range.start().to_usize()..).and_then(|rest| rest.lines().find(|line| !line.trim().is_empty()));
    let margin = first.map_or(0, |line| line.len() - line.trim_start().len());
    // What is added behind the last line belongs to what it is indented like.
    let is_inner = |text: &str| {
        let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        line.len() - line.trim_start().len() > margin
    };
    target.code.document.forget(|place, text| {
        let shared = range.intersect(place).filter(|shared| !shared.is_empty());
        let is_within = place.start() > range.start() && place.end() < range.end();
        shared.is_some() || is_within || place.is_empty() && place.start() == range.end() && is_inner(text)
    });
    target.code.document.count() < count
}

fn member<'n>(suite: &'n Node, name: &str) -> Option<&'n Node> {
    suite.parts.iter().find(|part| part.key.as_deref() == Some(name))
}

/// The names of a file that nothing binds where they are used.
pub(super) fn faulty(code: &Code<'_>) -> Vec<Fault> {
    let at = |suite: &Node, at: TextSize| suite.parts.iter().find(|part| part.range.contains(at)).cloned();
    let key = |node: &Node| node.key.as_deref().map(str::to_owned);
    let found = faults(code.document.body()).into_iter().map(|fault| {
        let outer = at(&code.root, fault.at);
        let inner = outer.as_ref().filter(|outer| &*outer.tag == "class").and_then(Node::suite);
        let inner = inner.and_then(|suite| at(suite, fault.at)).filter(Node::is_definition);
        Fault { name: fault.name.to_owned(), outer: outer.as_ref().and_then(key), inner: inner.as_ref().and_then(key) }
    });
    found.collect()
}

/// Methods that are removed though their class still uses them: the class, and the method.
fn orphans(old: &Node, new: &Node) -> Vec<(String, Node)> {
    let mut orphans = Vec::new();
    for class in old.parts.iter().filter(|part| &*part.tag == "class") {
        let Some(name) = class.key.as_deref() else { continue };
        let (Some(before), Some(after)) = (class.suite(), member(new, name).and_then(Node::suite)) else { continue };
        let removed = before.parts.iter().filter(|part| part.is_definition());
        let removed = removed.filter(|part| part.key.as_deref().is_some_and(|key| member(after, key).is_none()));
        let is_used = |method: &&Node| {
            let key = method.key.as_deref().unwrap_or_default();
            after.words.iter().any(|word| word.role == Role::Own && &*word.text == key)
        };
        orphans.extend(removed.filter(is_used).map(|method| (name.to_owned(), method.clone())));
    }
    orphans
}
