//! Types as people write them: words of SQL, TypeScript, Python, document databases and plain speech.

use architect_model::FieldType;

use crate::constraints;
use crate::enumerations;
use crate::lexicon::Words;
use crate::names::{self, fold};
use crate::raw::{RawField, TypeSpec};
use crate::types::MAX_LENGTH;
use crate::typewords::{self, Word};

/// How the surroundings read an ambiguous word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Dialect {
    /// `Date` holds a time: document databases, TypeScript.
    pub date_is_time: bool,
    /// A field without `NOT NULL` may be empty.
    pub nullable: bool,
    /// Lists that the type stands in.
    pub lists: u8,
}

/// Reads a type cell into a field: type, flags, default, reference.
pub(crate) fn read(field: &mut RawField, text: &str, dialect: Dialect) {
    if text.len() > MAX_LENGTH {
        return;
    }
    let written = text.replace('`', "");
    // `?string`, `\DateTimeImmutable`
    let written = match written
        .trim()
        .strip_prefix('?')
        .filter(|rest| rest.starts_with(|c: char| c.is_alphabetic() || c == '\\'))
    {
        Some(rest) => {
            field.required = Some(false);
            rest.to_owned()
        }
        None => written,
    };
    let written = written.trim_start_matches('\\').to_owned();
    field.type_text = written.trim().to_owned();
    let rest = constraints::take(field, &written);
    let (rest, many) = linked(&written).map_or_else(|| many(rest.trim()), |target| (target, true));
    let rest = optional(field, &rest);
    if rest.is_empty() {
        field.type_text.clear();
        return;
    }
    if let Some(values) = union(&rest).or_else(|| listed(field, &rest)) {
        enumeration(field, values);
        return;
    }
    // `string, max 80`
    let clauses = rest.split([',', ';', '，', '；']).skip(1).map(str::trim);
    field.bounds.extend(clauses.filter_map(crate::bounds::read));
    let checked = matches!(&field.spec, Some(TypeSpec::Enum(values)) if !values.is_empty());
    let spec = spec(field, &rest, dialect);
    if let Some(spec) = spec.filter(|_| !checked) {
        field.spec = Some(spec);
    }
    if let (Some(TypeSpec::Named { many: several, .. }), true) = (&mut field.spec, many) {
        *several = true;
    }
}

/// The values that words list; those behind the name of a number say something else.
fn listed(field: &RawField, text: &str) -> Option<Vec<String>> {
    enumerations::word_list(text).filter(|_| !crate::untyped::is_number(&field.label))
}

/// Words for a relation in which both sides have several.
static MANY: Words = Words("many to many");

/// What a type names that begins by saying that there are several on both sides: ``M2M join table with `Genre` ``.
fn linked(text: &str) -> Option<String> {
    let folded = fold(text);
    let word = MANY.iter().filter(|word| folded.starts_with(**word)).max_by_key(|word| word.len())?;
    let behind = folded[word.len()..].starts_with(|c: char| !c.is_alphanumeric());
    let name = |c: char| c.is_alphanumeric() || c == '_';
    let target = text.split(|c: char| !name(c)).rfind(|part| part.len() > 2 && names::is_label(part))?;
    let capital = target.starts_with(char::is_uppercase);
    (behind && capital && folded.split_whitespace().count() < 8).then(|| target.to_owned())
}

/// Takes the remark off that a type is linked from both sides: `Tag[] (M2M)`, `Tag, many-to-many`.
fn many(text: &str) -> (String, bool) {
    let folded = fold(text);
    let told = MANY.iter().find_map(|word| {
        let before = folded.trim_end_matches([')', ' ', '.', '）']).strip_suffix(*word)?;
        let kept = before.trim_end_matches([' ', '(', '（', ',', ';', '-', '—', '–', ':']);
        (kept.len() < before.len() && !kept.is_empty()).then(|| kept.chars().count())
    });
    match told {
        Some(length) => (text.chars().take(length).collect(), true),
        None => (text.to_owned(), false),
    }
}

/// Gives a field the values of an enumeration; `null` among them means that it is optional.
pub(crate) fn enumeration(field: &mut RawField, mut values: Vec<String>) {
    let before = values.len();
    values.retain(|value| !value.eq_ignore_ascii_case("null"));
    if values.len() < before {
        field.required = Some(false);
    }
    if !values.is_empty() {
        field.spec = Some(TypeSpec::Enum(values));
    }
}

/// Takes the length of a column of its own: `50` for a text, `10,2` for a decimal.
pub(crate) fn length(field: &mut RawField, cell: &str) {
    let numbers: Vec<u32> = cell.split([',', '.', ' ', '(', ')']).filter_map(|part| part.parse().ok()).collect();
    let Some(first) = numbers.first().copied().filter(|number| *number > 0) else { return };
    match &mut field.spec {
        Some(TypeSpec::Known(FieldType::String { max, .. })) if max.is_none() => *max = Some(first),
        Some(TypeSpec::Known(FieldType::Decimal { precision, scale, .. })) if !field.type_text.contains('(') => {
            *precision = first.min(1000);
            *scale = numbers.get(1).copied().unwrap_or(0).min(*precision);
        }
        _ => {}
    }
}

/// Takes the marks of an optional type off: `?`, `| null`, `Optional[…]`, `Maybe`.
fn optional(field: &mut RawField, text: &str) -> String {
    let mut text = text.trim().to_owned();
    loop {
        let folded = fold(&text);
        let inner = ["optional[", "nullable<", "maybe<", "option<"].iter().find_map(|opening| {
            let inner = text.get(opening.len()..).filter(|_| folded.starts_with(opening))?;
            Some(inner.trim_end_matches([']', '>']).to_owned())
        });
        let shorter = inner.or_else(|| text.strip_suffix('?').map(str::to_owned)).or_else(|| cut_alternative(&text));
        match shorter {
            Some(shorter) => {
                field.required = Some(false);
                text = shorter.trim().to_owned();
            }
            None => return text,
        }
    }
}

fn cut_alternative(text: &str) -> Option<String> {
    let (before, last) = text.rsplit_once('|')?;
    ["null", "none", "undefined", "nil"].contains(&fold(last).as_str()).then(|| before.to_owned())
}

/// `'a' | 'b'`
fn union(text: &str) -> Option<Vec<String>> {
    let parts: Vec<&str> = text.split('|').map(str::trim).collect();
    let quoted = |part: &&str| part.len() > 2 && part.starts_with(['\'', '"', '“']) && part.ends_with(['\'', '"', '”']);
    if parts.len() < 2 || !parts.iter().all(quoted) {
        return None;
    }
    Some(parts.iter().map(|part| part.trim_matches(['\'', '"', '“', '”']).to_owned()).collect())
}

fn spec(field: &mut RawField, text: &str, dialect: Dialect) -> Option<TypeSpec> {
    if let Some(inner) = list_item(text) {
        return Some(list(field, &inner, dialect));
    }
    let (word, arguments) = head(text);
    if let Some(target) = lookup(text) {
        field.foreign_key = true;
        field.references = Some(target).filter(|target| !target.is_empty()).or(field.references.take());
        return None;
    }
    let known = typewords::find(text)
        .map(|found| (found, String::new()))
        .or_else(|| typewords::letter(&word).map(|found| (found, arguments.clone())))
        .or_else(|| typewords::find(&word).map(|found| (found, arguments.clone())));
    if let Some((found, arguments)) = known {
        return plain(field, found, &arguments, dialect);
    }
    if names::is_label(&word) && word.starts_with(char::is_uppercase) && text.trim() == word {
        return Some(TypeSpec::Named { name: word, many: false });
    }
    // A sentence instead of a type: its first word may still be one.
    let first = text.split([' ', ',', ';', '(', '/', '<', '[', '，', '（']).next().unwrap_or_default();
    let found = typewords::find(first)?;
    plain(field, found, &arguments, dialect)
}

/// The first word of a type, and what stands in brackets behind it.
fn head(text: &str) -> (String, String) {
    let at = text.find(['(', '（', '<', '[', '{']).unwrap_or(text.len());
    let word = text[..at].trim().to_owned();
    let arguments = text[at..].trim_start_matches(['(', '（', '<', '[']);
    let end = arguments.rfind([')', '）', '>', ']']).unwrap_or(arguments.len());
    (word, arguments[..end].trim().to_owned())
}

/// `Array<T>`, `T[]`, `List[T]`, `array of T`.
fn list_item(text: &str) -> Option<String> {
    let folded = fold(text);
    if let Some(item) = folded.strip_suffix("[]") {
        return text.get(..item.len()).map(|item| item.trim_matches(['(', ')']).to_owned());
    }
    for word in ["array of ", "list of ", "lista de ", "array de ", "liste de ", "liste von ", "arreglo de ", "set of "]
    {
        if folded.starts_with(word) {
            return text.get(word.len()..).map(str::to_owned);
        }
    }
    let (word, arguments) = head(text);
    let word = fold(&word);
    let is_list = [
        "array",
        "list",
        "lista",
        "arreglo",
        "liste",
        "set",
        "sequence",
        "数组",
        "列表",
        "配列",
        "리스트",
        "배열",
        "dizi",
        "mang",
        "tableau",
        "collection",
        "icollection",
        "ienumerable",
        "iterable",
        "hashset",
    ];
    is_list.contains(&word.as_str()).then_some(arguments)
}

fn list(field: &mut RawField, inner: &str, dialect: Dialect) -> TypeSpec {
    let mut item = RawField::default();
    if dialect.lists > 1 {
        return TypeSpec::Known(FieldType::Json);
    }
    if !inner.is_empty() {
        read(&mut item, inner, Dialect { lists: dialect.lists + 1, ..dialect });
    }
    field.foreign_key |= item.foreign_key;
    match item.spec {
        Some(TypeSpec::Named { name, .. }) => TypeSpec::Named { name, many: true },
        Some(TypeSpec::Known(FieldType::Json)) => TypeSpec::Known(FieldType::Json),
        Some(TypeSpec::Known(items)) if !matches!(items, FieldType::Array { .. }) => {
            TypeSpec::Known(FieldType::Array { items: Box::new(items) })
        }
        Some(TypeSpec::Known(_)) => TypeSpec::Known(FieldType::Json),
        _ => TypeSpec::Known(FieldType::Array { items: Box::new(FieldType::Text) }),
    }
}

/// Words between "reference" and what it names.
static POINTED: Words = Words("before a target");

/// `FK Tank`, `Lookup tabla x`, `ref User`: the target, empty if it is not named.
fn lookup(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let first = fold(words.first()?);
    let first = first.trim_matches(|c: char| !c.is_alphanumeric());
    if ![
        "fk",
        "entity",
        "entite",
        "entidad",
        "entidade",
        "entitat",
        "lookup",
        "ref",
        "reference",
        "referencia",
        "foreignkey",
        "relation",
        "relacion",
        "relacao",
        "外键",
        "外部キー",
        "외래키",
    ]
    .contains(&first)
    {
        return None;
    }
    let skip = |word: &&&str| POINTED.contains(&fold(word).as_str()) || ["→", "->", ":"].contains(word);
    let target = words[1..].iter().find(|word| !skip(word)).map_or("", |word| *word);
    let target = if typewords::find(target).is_some() { "" } else { target };
    Some(
        target
            .trim_matches(|c: char| !c.is_alphanumeric() && c != '_')
            .split('.')
            .next()
            .unwrap_or_default()
            .to_owned(),
    )
}

/// `string(1..80)`, `int(0..100)`: the range that the explicit format writes, behind any word.
fn ranged(word: Word, arguments: &str) -> Option<TypeSpec> {
    let explicit = match word {
        Word::String | Word::Text => "string",
        Word::Integer => "integer",
        Word::BigInteger => "bigint",
        _ => return None,
    };
    let cell = arguments.contains("..").then(|| crate::types::parse(&format!("{explicit}({arguments})")))?;
    cell.ok().map(|cell| cell.spec)
}

/// The type that a known word stands for.
fn plain(field: &mut RawField, word: Word, arguments: &str, dialect: Dialect) -> Option<TypeSpec> {
    if let Some(spec) = ranged(word, arguments) {
        return Some(spec);
    }
    let numbers: Vec<u32> = arguments.split([',', ' ']).filter_map(|part| part.trim().parse().ok()).collect();
    let first = numbers.first().copied().filter(|number| *number > 0);
    Some(TypeSpec::Known(match word {
        Word::String => FieldType::String { min: None, max: first },
        Word::Text => match first {
            Some(max) if max < 10_000 => FieldType::String { min: None, max: Some(max) },
            _ => FieldType::Text,
        },
        Word::Email => FieldType::Email,
        Word::Url => FieldType::Url,
        Word::Integer if arguments == "1" && fold(&field.type_text).starts_with("tinyint") => FieldType::Boolean,
        Word::Integer => FieldType::Integer { min: None, max: None },
        Word::BigInteger => FieldType::BigInteger { min: None, max: None },
        Word::Decimal => {
            let precision = first.unwrap_or(12).min(1000);
            let scale = numbers.get(1).copied().unwrap_or(if first.is_some() { 0 } else { 2 }).min(precision);
            FieldType::Decimal { precision, scale, min: None, max: None }
        }
        Word::Float => FieldType::Float,
        Word::Number if numbers.get(1).is_some_and(|scale| *scale > 0) => {
            let precision = first.unwrap_or(12).min(1000);
            FieldType::Decimal { precision, scale: numbers[1].min(precision), min: None, max: None }
        }
        Word::Number => return Some(TypeSpec::Known(typewords::number(&field.label))),
        Word::Boolean => FieldType::Boolean,
        Word::Date if dialect.date_is_time => FieldType::DateTime,
        Word::Date => FieldType::Date,
        Word::DateTime => FieldType::DateTime,
        Word::Time => FieldType::Time,
        Word::Uuid => FieldType::Uuid,
        Word::Json => FieldType::Json,
        Word::Array => FieldType::Array { items: Box::new(FieldType::Text) },
        Word::Enum => {
            let values = enumerations::values(arguments, enumerations::Likelihood::Certain).unwrap_or_default();
            if values.is_empty() && names::is_label(arguments) {
                return Some(TypeSpec::Named { name: arguments.to_owned(), many: false });
            }
            return Some(TypeSpec::Enum(values));
        }
    }))
}
