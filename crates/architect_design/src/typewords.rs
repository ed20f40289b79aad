//! The words that stand for types, in the languages that documents are written in.

use architect_model::FieldType;

use crate::lexicon::Words;
use crate::names::{self, fold};

/// What a type word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    String,
    Text,
    Email,
    Url,
    Integer,
    BigInteger,
    Decimal,
    Float,
    /// Any number: what it is hangs on the field.
    Number,
    Boolean,
    Date,
    DateTime,
    Time,
    Uuid,
    Json,
    Array,
    Enum,
}

const WORDS: &[(Word, Words)] = &[
    (Word::String, Words("type: string")),
    (Word::Text, Words("type: text")),
    (Word::Email, Words("type: email")),
    (Word::Url, Words("type: url")),
    (Word::Integer, Words("type: integer")),
    (Word::BigInteger, Words("type: biginteger")),
    (Word::Decimal, Words("type: decimal")),
    (Word::Float, Words("type: float")),
    (Word::Number, Words("type: number")),
    (Word::Boolean, Words("type: boolean")),
    (Word::Date, Words("type: date")),
    (Word::DateTime, Words("type: datetime")),
    (Word::Time, Words("type: time")),
    (Word::Uuid, Words("type: uuid")),
    (Word::Json, Words("type: json")),
    (Word::Array, Words("type: array")),
    (Word::Enum, Words("type: enum")),
];

/// What a word means, any case, with or without accents.
pub(crate) fn find(text: &str) -> Option<Word> {
    let folded = fold(text);
    let word = folded.trim().trim_end_matches(['.', ',', ';', ':']);
    let known = |word: &str| WORDS.iter().find(|(_, words)| words.contains(&word)).map(|(found, _)| *found);
    // `date_time`, `small_integer`
    let joined = || known(&word.replace('_', " ")).or_else(|| known(&word.replace('_', "")));
    // `uuid.UUID`, `sa.String`, and not `pages/start.html`
    let qualified = || word.rsplit_once('.').filter(|(module, _)| !module.contains(['/', ' '])).map(|(_, word)| word);
    known(word).or_else(|| word.contains('_').then(joined).flatten()).or_else(|| known(qualified()?))
}

/// What a single capital letter means where it stands for a type, as in older data dictionaries; those that mean
/// different things in different ones are left to the reader.
pub(crate) fn letter(text: &str) -> Option<Word> {
    Some(match text.trim() {
        "A" | "C" | "S" | "V" | "X" => Word::String,
        "N" => Word::Number,
        "I" => Word::Integer,
        "F" => Word::Float,
        "D" => Word::Date,
        _ => return None,
    })
}

static MONEY: Words = Words("money");

/// Last words of names that tell of money and hold none: `payment_method`.
static NO_MONEY: Words = Words("no money");

/// First words of names that say how something is paid.
static HOW: Words = Words("way of paying");

static DIGITS: Words = Words("digits");

static FRACTIONS: Words = Words("fractions");

fn says(label: &str, words: &[&str]) -> bool {
    let folded = fold(label);
    let snake = names::snake(label);
    words.iter().any(|word| snake.split('_').any(|part| part == *word) || (!word.is_ascii() && folded.contains(word)))
}

/// Whether a field holds an amount of money, by its name.
pub(crate) fn is_money(label: &str) -> bool {
    let snake = names::snake(label);
    let last = snake.rsplit('_').next().unwrap_or_default();
    let first = snake.split('_').next().unwrap_or_default();
    if is_cents(label) || NO_MONEY.contains(&last) || first != last && HOW.contains(&first) {
        return false;
    }
    if ["hourly_rate", "daily_rate", "day_rate", "unit_rate", "stundensatz"].iter().any(|rate| snake.ends_with(rate)) {
        return true;
    }
    // `total_price` is money, `total_calories` is not.
    let vague = ["total", "subtotal", "valor", "balance", "saldo", "tax", "fee", "discount", "budget"];
    let telling: Vec<&str> = MONEY.iter().copied().filter(|word| !vague.contains(word)).collect();
    says(label, &telling) || vague.contains(&last)
}

/// Whether a field counts the smallest unit of money: `price_cents` is a whole number.
pub(crate) fn is_cents(label: &str) -> bool {
    let snake = names::snake(label);
    let last = snake.rsplit('_').next().unwrap_or_default();
    ["cent", "cents", "centavos", "centimos", "centimes", "pence", "fen"].contains(&last)
}

/// What a bare "number" is, by the name of its field.
pub(crate) fn number(label: &str) -> FieldType {
    if says(label, &DIGITS) {
        FieldType::String { min: None, max: Some(50) }
    } else if is_money(label) {
        FieldType::Decimal { precision: 12, scale: 2, min: None, max: None }
    } else if says(label, &FRACTIONS) {
        FieldType::Float
    } else {
        FieldType::Integer { min: None, max: None }
    }
}
