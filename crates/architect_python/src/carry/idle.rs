//! Leaves out new constants that nothing of the code uses: what the writers have them for may be written otherwise there.

use super::align::Pair;
use super::code::Code;
use super::file::{Target, Work};
use super::node::Node;
use super::unused::uses;

/// The constants that are new in a file of the writers, and used in it.
pub(super) fn constants(pairs: &[Pair], after: &Node) -> Vec<String> {
    let new = pairs.iter().filter(|pair| pair.before.is_none()).filter_map(|pair| after.parts.get(pair.after?));
    let named = new.filter(|part| !part.is_definition()).filter_map(|part| Some((part, part.key.as_deref()?)));
    let is_used = |(part, key): &(&Node, &str)| {
        after.parts.iter().any(|other| other.range != part.range && uses(other, key)) && !key.starts_with("__")
    };
    named.filter(is_used).map(|(_, key)| key.to_owned()).collect()
}

impl Work<'_> {
    /// Takes new constants back that nothing in the edited text uses; whether there was any.
    pub(super) fn idle(&self, target: &mut Target<'_>, edited: &str) -> bool {
        let Ok(new) = Code::read(edited) else { return false };
        let has = |root: &Node, key: &str| root.parts.iter().any(|part| part.key.as_deref() == Some(key));
        let versions = target.needed.keys().filter_map(|number| self.written.get(*number));
        let constants: Vec<&String> = versions.flat_map(|written| &written.constants).collect();
        let is_idle = |key: &&String| {
            let used = |part: &Node| part.key.as_deref() != Some(key.as_str()) && uses(part, key);
            has(&new.root, key) && !has(&target.root, key) && !new.root.parts.iter().any(used)
        };
        let idle: Vec<&String> = constants.into_iter().filter(is_idle).collect();
        let count = target.code.document.count();
        let begins = |text: &str, key: &str| {
            let rest = text.trim_start().strip_prefix(key);
            rest.is_some_and(|rest| rest.starts_with([' ', ':', '=']))
        };
        target.code.document.forget(|_, text| idle.iter().any(|key| begins(text, key)));
        target.code.document.count() < count
    }
}
