//! Fields whose type a document does not give: what their names, their defaults and what is said of them tell.

use architect_model::FieldType;

use crate::hints::contains_word;
use crate::language::Language;
use crate::lexicon::Words;
use crate::names::{self, fold};
use crate::notes::Notes;
use crate::raw::{RawEntity, RawField, TypeSpec};
use crate::typewords::{self, Word};

static BOOLEAN_BEGINNINGS: Words = Words("name begins: boolean");
static BOOLEAN_ENDINGS: Words = Words("name ends: boolean");
static JSON_ENDINGS: Words = Words("name ends: json");
static DATETIME_ENDINGS: Words = Words("name ends: datetime");
static DATETIME_LETTERS: Words = Words("letters at the end: datetime");
static DATE_LETTERS: Words = Words("letters at the end: date");
static MONEY_LETTERS: Words = Words("letters at the end: money");
static DATE_ENDINGS: Words = Words("name ends: date");
static DATE_BEGINNINGS: Words = Words("name begins: date");
static TIME_ENDINGS: Words = Words("name ends: time");
static TEXT_ENDINGS: Words = Words("name ends: text");
static INTEGER_ENDINGS: Words = Words("name ends: integer");
static INTEGER_BEGINNINGS: Words = Words("name begins: integer");
static MEASURES: Words = Words("name ends: measure");
static FLOAT_ENDINGS: Words = Words("name ends: float");
static STRING_ENDINGS: Words = Words("name ends: string");
static NAMED_THINGS: Words = Words("name ends: place or name");
static NUMBERED: Words = Words("numbered in order");

/// Gives a field without a type one: an assumption where the document is silent, a question where it says something
/// that is no type. What not even the name tells is gathered for [`ask`].
pub(crate) fn settle(class: &str, field: &mut RawField, notes: &mut Notes) {
    let heads = heads(&field.label, notes.language);
    let by_head = |head: &String| by_name(&RawField { label: head.clone(), ..field.clone() });
    let known = told(field).or_else(|| by_name(field)).or_else(|| heads.iter().find_map(by_head));
    let unknown = known.is_none() && field.type_text.is_empty();
    let ty = known.unwrap_or(FieldType::String { min: None, max: Some(255) });
    let written = crate::write::type_text(&ty);
    if unknown && !is_plain_text(&field.label) && !heads.iter().any(|head| is_plain_text(head)) {
        notes.untyped.push((format!("{class}.{}", field.label), field.line));
    } else if field.type_text.is_empty() || matches!(ty, FieldType::Integer { min: Some(_), .. }) {
        notes.assume(field.line, format!("`{class}.{}` has no type and becomes `{written}`", field.label));
    } else {
        notes.ask(
            field.line,
            format!("What is `{}`, the type of `{class}.{}`?", field.type_text, field.label),
            format!("It is taken for `{written}`."),
        );
    }
    field.spec = Some(TypeSpec::Known(ty));
}

/// Asks once for the types of all fields of an entity that nothing tells.
pub(crate) fn ask(notes: &mut Notes) {
    let open = std::mem::take(&mut notes.untyped);
    let Some((_, line)) = open.first() else { return };
    let names: Vec<String> = open.iter().map(|(name, _)| format!("`{name}`")).collect();
    let question = match names.as_slice() {
        [only] => format!("Of which type is {only}?"),
        several => format!("Of which types are {}?", several.join(", ")),
    };
    notes.ask(*line, question, "The document gives none, and `string(255)` is taken.");
}

/// Whether hardly anything but a short text bears a name.
fn is_plain_text(label: &str) -> bool {
    ends(&headed(&names::snake(label)), STRING_ENDINGS)
}

/// Gives times of day their type where a date stands beside them: `work_date`, `start_time`.
pub(crate) fn times(entity: &mut RawEntity) {
    let dated = entity.fields.iter().any(|field| {
        let date = field.spec.is_none() || field.spec == Some(TypeSpec::Known(FieldType::Date));
        date && ends(&names::snake(&field.label), DATE_ENDINGS)
    });
    let silent = |field: &&mut RawField| field.spec.is_none() && field.type_text.is_empty() && !field.foreign_key;
    for field in entity.fields.iter_mut().filter(silent).filter(|_| dated) {
        if ends(&names::snake(&field.label), TIME_ENDINGS) {
            field.spec = Some(TypeSpec::Known(FieldType::Time));
        }
    }
}

/// Whether a name alone tells what type its values have.
pub(crate) fn is_told(label: &str) -> bool {
    let told = |label: &str| {
        by_name(&RawField { label: label.to_owned(), ..RawField::default() }).is_some() || is_plain_text(label)
    };
    told(label) || heads(label, Language::English).iter().any(|head| told(head))
}

static OF: Words = Words("between a part and a name");

/// The nouns of a name, where they stand first: `preco` of `preco_de_venda`, in Romance languages also `descricao` of
/// `descricao comercial`.
fn heads(label: &str, language: Language) -> Vec<String> {
    let snake = names::snake(label);
    let words: Vec<&str> = snake.split('_').collect();
    let end = words.iter().position(|word| OF.contains(word) || *word == "d").filter(|at| *at > 0);
    let noun = &words[..end.unwrap_or(words.len())];
    let first = if language.has_nouns_first() && label.trim().contains(' ') { 1 } else { noun.len() };
    let lengths = (first..=noun.len()).rev().filter(|length| *length < words.len());
    lengths.map(|length| noun[..length].join("_")).collect()
}

/// Whether a name is that of a number: what lists values behind it says something else.
pub(crate) fn is_number(label: &str) -> bool {
    ends(&names::snake(label), INTEGER_ENDINGS)
}

/// Takes a `tinyint` for the number that it is where its description counts beyond one, and a number for the boolean
/// that its description begins with: `Boolean (0/1)`.
pub(crate) fn small_numbers(field: &mut RawField) {
    let small = fold(&field.type_text).starts_with("tinyint");
    if small && (field.description.contains(['2', '3', '4', '5']) || is_number(&field.label)) {
        field.spec = Some(TypeSpec::Known(FieldType::Integer { min: None, max: None }));
    }
    let first = fold(&field.description);
    let first = first.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let whole = matches!(field.spec, Some(TypeSpec::Known(FieldType::Integer { .. })));
    if whole && typewords::find(first) == Some(Word::Boolean) {
        field.spec = Some(TypeSpec::Known(FieldType::Boolean));
    }
}

/// What a default, a range or a word of the description tells.
fn told(field: &RawField) -> Option<FieldType> {
    let range = field.type_text.replace(['–', '—', '~', '～'], "-").replace("..", "-").replace(' ', "");
    let bounds: Vec<Option<i64>> = range.split('-').map(|part| part.parse().ok()).collect();
    if let [Some(min), Some(max)] = bounds.as_slice() {
        return Some(FieldType::Integer { min: Some(*min), max: Some(*max) });
    }
    if !field.type_text.is_empty() {
        return None;
    }
    let description = fold(&field.description);
    let first = description.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let set_apart = description[first.len()..].trim_start().starts_with([',', '，', ';', '(', '（', '、']);
    let word = typewords::find(first).filter(|_| set_apart || description.len() == first.len());
    let stored = !ends(&names::snake(&field.label), NAMED_THINGS);
    match word {
        Some(Word::Json) => return Some(FieldType::Json),
        Some(Word::Text) => return Some(FieldType::Text),
        Some(Word::Boolean) => return Some(FieldType::Boolean),
        _ if stored && description.len() < 120 && contains_word(&description, "json") => return Some(FieldType::Json),
        _ => {}
    }
    let default = field.default.as_deref().map(str::trim)?;
    if default.parse::<i64>().is_ok() && !is_said_boolean(&names::snake(&field.label)) {
        return Some(FieldType::Integer { min: None, max: None });
    }
    ["true", "false"].contains(&fold(default).as_str()).then_some(FieldType::Boolean)
}

fn is_said_boolean(snake: &str) -> bool {
    begins(snake, BOOLEAN_BEGINNINGS) || ends(snake, BOOLEAN_ENDINGS)
}

/// What a name shows, by its ending or its beginning.
fn by_name(field: &RawField) -> Option<FieldType> {
    let snake = headed(&names::snake(&field.label));
    let silent = field.type_text.is_empty();
    if let Some(ty) = by_script(&field.label) {
        return Some(ty);
    }
    let now = field.default.as_deref().is_some_and(|default| fold(default).contains("timestamp"))
        || fold(&field.type_text).contains("timestamp");
    Some(if typewords::is_cents(&field.label) {
        FieldType::Integer { min: None, max: None }
    } else if is_said_boolean(&snake) {
        FieldType::Boolean
    } else if ends(&snake, JSON_ENDINGS) {
        FieldType::Json
    } else if now || ends(&snake, DATETIME_ENDINGS) || closes(&snake, DATETIME_LETTERS) {
        FieldType::DateTime
    } else if ends(&snake, DATE_ENDINGS)
        || closes(&snake, DATE_LETTERS)
        || begins(&snake, DATE_BEGINNINGS)
        || snake == "data"
    {
        FieldType::Date
    } else if ends(&snake, TEXT_ENDINGS) {
        FieldType::Text
    } else if is_counted(&snake) {
        FieldType::Integer { min: None, max: None }
    } else if typewords::is_money(&snake) || closes(&snake, MONEY_LETTERS) {
        FieldType::Decimal { precision: 12, scale: 2, min: None, max: None }
    } else if silent && ends(&snake, FLOAT_ENDINGS) {
        FieldType::Float
    } else if silent && (ends(&snake, MEASURES) || counts(&snake) || is_sum_of_things(&snake)) {
        FieldType::Integer { min: None, max: None }
    } else {
        return None;
    })
}

/// Whether a name begins with a number of things: `max_length`, `number_of_rooms`; `numero_de_telefono` is none.
fn counts(snake: &str) -> bool {
    let vague = ["nombre_de_", "numero_de_"].iter().any(|beginning| snake.starts_with(beginning));
    begins(snake, INTEGER_BEGINNINGS) && (!vague || snake.ends_with('s'))
}

/// Whether a name is the sum of several things: `total_trips`.
fn is_sum_of_things(snake: &str) -> bool {
    let things = snake.strip_prefix("total_").or_else(|| snake.strip_prefix("totale_"));
    things.is_some_and(|things| things.ends_with('s') && !things.ends_with("ss"))
}

/// A name without what stands behind its noun: `price_at_order` is a price, `cost_per_day` a cost.
fn headed(snake: &str) -> String {
    let end = ["_at_", "_per_", "_por_", "_par_", "_pro_", "_je_"].iter().filter_map(|mark| snake.find(mark)).min();
    // `stopped_at_utc` is a time.
    let end = end.filter(|_| !ends(snake, DATETIME_ENDINGS));
    snake[..end.unwrap_or(snake.len())].to_owned()
}

/// What a name tells in a script without Latin letters, where words end it without a space or stand apart.
fn by_script(label: &str) -> Option<FieldType> {
    let folded = names::fold(label);
    if folded.is_ascii() {
        return None;
    }
    let glued = |word: &str| !word.contains(|c: char| ('\u{400}'..='\u{4ff}').contains(&c));
    let says = |words: Words| {
        words.iter().any(|word| {
            folded == *word
                || folded.strip_prefix(word).is_some_and(|rest| rest.starts_with(' '))
                || folded.strip_suffix(word).is_some_and(|before| glued(word) || before.ends_with(' '))
        })
    };
    let whole = FieldType::Integer { min: None, max: None };
    let money = FieldType::Decimal { precision: 12, scale: 2, min: None, max: None };
    let kinds = [
        (Words("script: boolean"), FieldType::Boolean),
        (Words("script: datetime"), FieldType::DateTime),
        (Words("script: date"), FieldType::Date),
        (Words("script: money"), money),
        (Words("script: integer"), whole),
        (Words("script: float"), FieldType::Float),
        (Words("script: text"), FieldType::Text),
    ];
    let asked = BOOLEAN_OPENINGS.iter().any(|word| folded.starts_with(word) && folded.len() > word.len());
    if asked {
        return Some(FieldType::Boolean);
    }
    kinds.into_iter().find(|(words, _)| says(*words)).map(|(_, ty)| ty)
}

static BOOLEAN_OPENINGS: Words = Words("script: opens a boolean");

/// Whether a name counts something, or is a number that tells an order: `room_number`, and not `account_number`.
fn is_counted(snake: &str) -> bool {
    ends(snake, INTEGER_ENDINGS) && snake.strip_suffix("_number").is_none_or(|what| ends(what, NUMBERED))
}

/// Whether a name ends in letters that need not be a word of their own, as in `Startdatum`.
fn closes(snake: &str, letters: Words) -> bool {
    letters.iter().any(|end| snake.ends_with(end))
}

fn ends(snake: &str, words: Words) -> bool {
    words.iter().any(|word| snake == *word || snake.strip_suffix(word).is_some_and(|before| before.ends_with('_')))
}

fn begins(snake: &str, words: Words) -> bool {
    words.iter().any(|word| snake.strip_prefix(word).is_some_and(|after| after.starts_with('_')))
}
