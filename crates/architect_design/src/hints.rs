//! What descriptions say about a field beside its type: values, defaults, whether it may be empty, whether it exists.

use crate::bounds;
use crate::constraints;
use crate::enumerations::{self, Likelihood};
use crate::lexicon::Words;
use crate::loose;
use crate::names::{self, fold};
use crate::raw::{RawField, Scope, TypeSpec};
use crate::untyped;

/// Takes up what a description says.
pub(crate) fn describe(field: &mut RawField, text: &str) {
    let text = text.trim_start_matches(['—', '–', ' ']);
    if !text.chars().any(char::is_alphanumeric) {
        return;
    }
    let folded = fold(text);
    let says = |words: &[&str]| words.iter().any(|word| contains_word(&folded, word));
    if says(&["fk", "foreign key", "references", "clave foranea", "外键"]) || points_by_arrow(&folded) {
        let mut probe = RawField { label: field.label.clone(), ..RawField::default() };
        constraints::take(&mut probe, &text.replace('`', ""));
        field.foreign_key |= probe.foreign_key;
        field.references = field.references.take().or(probe.references);
        field.on_delete = field.on_delete.or(probe.on_delete);
    }
    if field.references.is_none()
        && let Some(table) = pointed_at(&folded)
    {
        (field.foreign_key, field.references) = (true, Some(table));
    }
    let optional = OPTIONAL.iter().any(|word| stands_alone(&folded, word)) || starts_with_null(&folded);
    if field.required.is_none() && optional {
        field.required = Some(false);
    }
    if field.default.is_none() && DEFAULT.iter().any(|word| states_default(&folded, word)) {
        let mut probe = RawField { label: field.label.clone(), ..RawField::default() };
        constraints::take(&mut probe, text);
        field.default = probe.default;
    }
    let sentences = text.split(". ").flat_map(|sentence| sentence.split([',', ';', '，', '；', '、', '。']));
    for clause in sentences.map(|clause| clause.trim().trim_end_matches('.')) {
        field.bounds.extend(bounds::read(clause));
        let bracketed = clause.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or_default();
        if constraints::is_unique(clause) || constraints::is_unique(bracketed) {
            field.unique.get_or_insert(Scope::Table);
        } else {
            rule(field, clause);
        }
    }
    values(field, text);
    if field.description.is_empty() {
        field.description = text.to_owned();
    } else if !field.description.contains(text) {
        field.description = format!("{}; {text}", field.description);
    }
}

/// `→ users.id`, and not the states of `open → done. Never goes back`.
fn points_by_arrow(folded: &str) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '"');
    let full = |behind: &str| {
        let behind = behind.trim_start_matches(['→', ' ']);
        let target = &behind[..behind.find(|c: char| !name(c)).unwrap_or(behind.len())];
        target.trim_end_matches('.').contains('.')
    };
    folded.starts_with("→ ") || folded.match_indices('→').any(|(at, _)| full(&folded[at..]))
}

static POINTS: Words = Words("points at");

/// The table whose identifier a description points at by its full name: `references users.id`, `关联users.id`.
fn pointed_at(folded: &str) -> Option<String> {
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    POINTS.iter().find_map(|word| {
        let at = folded.find(word)? + word.len();
        let behind = folded[at..].trim_start_matches([' ', '`', ':', '：']);
        let full = &behind[..behind.find(|c: char| !name(c)).unwrap_or(behind.len())];
        let table = full.strip_suffix(".id").filter(|table| names::is_identifier(table))?;
        Some(table.to_owned())
    })
}

/// A part of a description that says a rule and nothing else: `índice`, `borrar en cascada`, `único por usuario`.
fn rule(field: &mut RawField, clause: &str) {
    if clause.split_whitespace().count() > 5 {
        return;
    }
    let mut probe = RawField { label: field.label.clone(), ..RawField::default() };
    if !constraints::take(&mut probe, clause).is_empty() {
        return;
    }
    field.unique = field.unique.take().or(probe.unique);
    field.on_delete = field.on_delete.or(probe.on_delete);
    field.required = field.required.or(probe.required);
    field.default = field.default.take().or(probe.default);
    field.index |= probe.index;
    field.primary_key |= probe.primary_key;
    field.read_only |= probe.read_only;
}

/// Whether a word is followed by a value: by a mark, or by the only words that are left.
fn states_default(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let bounded = !word.is_ascii() || !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let rest = &text[at + word.len()..];
        let marked = rest.trim_start().starts_with([':', '：', '=', '`', '\'', '"', '「', '（', '(']);
        let value = rest.strip_prefix(' ').unwrap_or(rest);
        let short = value.split([',', ';', '.', ')', '）', '，', '。', '（']).next().unwrap_or_default();
        let plain = rest.starts_with(' ') && word.is_ascii() || value.starts_with(|c: char| c.is_ascii_alphanumeric());
        // `Some library's default field` gives no value.
        let opens = text[..at].trim_end();
        let plain = plain && (opens.is_empty() || !opens.ends_with(|c: char| c.is_ascii_alphanumeric()));
        bounded && (marked || plain && !short.is_empty() && short.split_whitespace().count() == 1)
    })
}

/// `null`, `null until it is paid`
fn starts_with_null(text: &str) -> bool {
    text.strip_prefix("null").is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// Whether a word stands alone, also in scripts that write no spaces.
fn stands_alone(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !letter(text[..at].chars().next_back()) && !letter(text[at + word.len()..].chars().next())
    })
}

/// A text without the remarks that stand before a dash: `Required - A, B, C`.
pub(crate) fn without_remarks(text: &str) -> String {
    let mut rest = text;
    if enumerations::is_open_ended(text) {
        return rest.to_owned();
    }
    for dash in [" - ", " – ", " — ", ": "] {
        if let Some((before, after)) = rest.rsplit_once(dash) {
            let mut probe = RawField::default();
            let told = before.rsplit(['(', '（']).next().unwrap_or(before);
            if constraints::take(&mut probe, told).is_empty() {
                rest = after.trim_end_matches([')', '）']);
            }
        }
    }
    rest.to_owned()
}

/// The values of an enumeration in a description.
pub(crate) fn values(field: &mut RawField, text: &str) {
    let typed = matches!(&field.spec, Some(TypeSpec::Enum(values)) if values.is_empty());
    let open = typed || is_wordy(field.spec.as_ref()) && !(field.spec.is_none() && untyped::is_number(&field.label));
    if !open {
        return;
    }
    let path = text.trim().strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
    if !typed && path.is_some_and(|path| !path.contains(['`', ' ']) && path.contains('/')) {
        return;
    }
    let likely = if typed { Likelihood::Certain } else { enumerations::likelihood(&field.label) };
    let text = behind_flag(text);
    let Some(values) = enumerations::values(text, likely) else {
        return;
    };
    let marked = values.iter().filter(|value| value.split_whitespace().count() < 4).count();
    if marked < 2 && !typed || marked == 0 {
        return;
    }
    loose::enumeration(field, values);
}

/// A text without the sentences of a word or two that it begins with: `Optional. Low / medium / high`, `任意。低／高`,
/// ``Default `a`. `a` / `b` ``.
fn behind_flag(text: &str) -> &str {
    let mut text = text;
    while let Some((flag, rest)) = text.split_once(". ").or_else(|| text.split_once('。')) {
        let mut probe = RawField::default();
        let told = flag.split_whitespace().count() < 3 && constraints::take(&mut probe, flag).is_empty();
        if !told || rest.trim().is_empty() {
            break;
        }
        text = rest.trim();
    }
    text
}

/// Whether the type says no more than that there is some text.
fn is_wordy(spec: Option<&TypeSpec>) -> bool {
    use architect_model::FieldType;
    matches!(spec, None | Some(TypeSpec::Known(FieldType::String { .. } | FieldType::Text)))
}

static OPTIONAL: Words = Words("optional");

/// Words before a default.
static DEFAULT: Words = Words("default follows");

static REMARKS: Words = Words("remark");
static GONE: Words = Words("gone");

static COMPUTED: Words = Words("computed");

/// Words that turn round what is said behind them.
static NEVER: Words = Words("never");

/// The longest remark that says of a field that it is gone; what is longer speaks of something else.
const MAX_REMARK: usize = 5;

/// Whether a cell says of its field that it does not exist any more: `removed`, `no existe en la tabla`, and not
/// ``a dish is never removed``, `` `paid` does not exist here``.
pub(crate) fn is_gone(cell: &str) -> bool {
    let mut clauses = cell.split(['.', ',', ';', ':', '(', ')', '—', '–', '，', '。', '；', '：', '（', '）', '、']);
    clauses.any(|written| {
        let folded = fold(written);
        let clause = folded.trim_matches(|c: char| !c.is_alphanumeric());
        let Some(word) = GONE.iter().find(|word| contains_word(clause, word)) else { return false };
        let before = clause.split(word).next().unwrap_or_default();
        let short = clause.split_whitespace().count() <= MAX_REMARK && !written.contains('`');
        let turned = before.split_whitespace().any(|word| NEVER.contains(&word));
        clause.starts_with(word) || short && !turned
    })
}

/// Whether a word says something of a field and is no value of it: `optional`, `required`.
pub(crate) fn is_remark(text: &str) -> bool {
    let folded = fold(text);
    OPTIONAL.contains(&folded.as_str()) || REMARKS.contains(&folded.as_str())
}

/// Whether a type or required cell says that a value is computed and not stored.
pub(crate) fn is_computed(text: &str) -> bool {
    let folded = fold(text);
    COMPUTED.iter().any(|word| contains_word(&folded, word))
}

pub(crate) fn contains_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let part = |c: Option<char>| word.is_ascii() && c.is_some_and(|c| c.is_ascii_alphanumeric());
        !part(before) && !part(after)
    })
}

/// Words that mean yes, folded.
static YES: Words = Words("yes");

/// Words that mean no, folded.
static NO: Words = Words("no");

/// What a yes-or-no cell says; `crosses_mean_no` where a table also writes circles.
pub(crate) fn yes_or_no(text: &str, crosses_mean_no: bool) -> Option<bool> {
    let folded = fold(text);
    let first = folded.split([',', ' ', '(', ';', '.', '，', '（']).next().unwrap_or_default();
    let yes = YES;
    let no = NO;
    if first.is_empty() {
        return None;
    }
    if text.trim().starts_with('×') {
        return Some(false);
    }
    if first == "x" {
        return Some(!crosses_mean_no);
    }
    let conditional = first == "si" && folded.contains("si, si ");
    if yes.contains(&first) && !conditional {
        Some(true)
    } else if no.contains(&first) || conditional {
        Some(false)
    } else {
        None
    }
}
