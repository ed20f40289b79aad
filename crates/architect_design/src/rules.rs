//! The rules column of the explicit format: `unique per owner`, `index`, `on delete set null`; bounds are read
//! by [`crate::bounds`].

use architect_model::OnDelete;

use crate::names::fold;
use crate::raw::{RawField, Scope};

/// The rules, for messages.
pub(crate) const RULES: &str = "`unique`, `unique per owner`, `unique per project`, `index`, `filter`, `read only`, \
     `may circle`, `on delete cascade`, `on delete set null`, `on delete restrict`, `min 0`, `max 100`, `positive`";

/// Applies one rule to a field; `false` if the rule is unknown.
pub(crate) fn apply(field: &mut RawField, rule: &str) -> bool {
    let folded = fold(rule);
    let words: Vec<&str> = folded.split_whitespace().collect();
    match words.as_slice() {
        [] | ["required"] => {}
        ["unique"] => field.unique = Some(Scope::Table),
        ["unique", "per", ..] => {
            let name = rule.split_whitespace().skip(2).collect::<Vec<_>>().join(" ");
            field.unique = Some(Scope::Per(name.trim_matches('`').to_owned()));
        }
        ["index"] | ["indexed"] => field.index = true,
        ["filter"] | ["filterable"] => field.filter = true,
        ["read", "only"] | ["readonly"] | ["read-only"] => field.read_only = true,
        ["may", "circle"] => field.circular = true,
        ["optional"] => field.required = Some(false),
        ["on", "delete", action @ ..] => match on_delete(&action.join(" ")) {
            Some(action) => field.on_delete = Some(action),
            None => return false,
        },
        _ => return false,
    }
    true
}

/// `cascade`, `set null`, `restrict`, `no action`.
pub(crate) fn on_delete(words: &str) -> Option<OnDelete> {
    match words.trim().to_lowercase().as_str() {
        "cascade" => Some(OnDelete::Cascade),
        "set null" => Some(OnDelete::SetNull),
        "restrict" | "no action" => Some(OnDelete::Restrict),
        _ => None,
    }
}
