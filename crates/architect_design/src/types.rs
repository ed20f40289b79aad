//! Types as the explicit format writes them: `string(1..120)`, `enum(a, b) = a`, `User?`, `list of Tag`.

use std::collections::HashSet;

use architect_model::FieldType;

use crate::names;
use crate::raw::TypeSpec;

/// A type cell: the type, whether a value may be missing, and the default as written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TypeCell {
    pub spec: TypeSpec,
    pub optional: bool,
    pub default: Option<String>,
}

/// The type words of the explicit format, for messages.
pub(crate) const WORDS: &str = "`string(1..120)`, `text`, `email`, `url`, `integer(0..100)`, `bigint`, `decimal(12,2)`, \
     `float`, `boolean`, `date`, `datetime`, `time`, `uuid`, `json`, `enum(a, b)`, `array(string)`, `list of Tag`, \
     or the name of an entity";

/// Longer type cells hold no type; reading them could take long.
pub(crate) const MAX_LENGTH: usize = 10_000;

/// Reads a type cell; the error is one sentence.
pub(crate) fn parse(text: &str) -> Result<TypeCell, String> {
    if text.len() > MAX_LENGTH {
        return Err(format!("the type has {} bytes, more than {MAX_LENGTH}", text.len()));
    }
    parse_in(text, 0)
}

/// Reads a type that stands in `lists` lists.
fn parse_in(text: &str, lists: u8) -> Result<TypeCell, String> {
    let mut cursor = Cursor { rest: text.trim(), lists };
    let spec = cursor.spec()?;
    let mut optional = cursor.eat("?");
    cursor.skip_spaces();
    let mut default = None;
    if cursor.eat("=") {
        default = Some(cursor.rest.trim().to_owned());
        cursor.rest = "";
    }
    if default.as_deref() == Some("null") {
        optional = true;
    }
    if !cursor.rest.is_empty() {
        return Err(format!("`{}` after the type `{text}` is not understood", cursor.rest));
    }
    Ok(TypeCell { spec, optional, default })
}

struct Cursor<'a> {
    rest: &'a str,
    /// Lists that the text stands in.
    lists: u8,
}

impl<'a> Cursor<'a> {
    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> &'a str {
        let end = self.rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn spec(&mut self) -> Result<TypeSpec, String> {
        let word = self.word();
        if word.is_empty() {
            return Err("the type is missing".to_owned());
        }
        if self.lists > 1 {
            return Err(NOT_IN_LISTS.to_owned());
        }
        if word == "list" && self.eat(" of ") {
            self.skip_spaces();
            self.lists += 1;
            return list_of(self.spec()?);
        }
        let arguments = self.arguments()?;
        let spec = match word {
            "array" => list_of(parse_in(arguments.unwrap_or("string"), self.lists + 1)?.spec)?,
            _ => spec(word, arguments)?,
        };
        if self.eat("[]") { list_of(spec) } else { Ok(spec) }
    }

    /// The text between brackets, brackets and quotes inside it respected.
    fn arguments(&mut self) -> Result<Option<&'a str>, String> {
        if !self.rest.starts_with('(') {
            return Ok(None);
        }
        let mut depth = 0_u32;
        let mut quoted = false;
        for (at, c) in self.rest.char_indices() {
            match c {
                '"' => quoted = !quoted,
                '(' if !quoted => depth += 1,
                ')' if !quoted => {
                    depth -= 1;
                    if depth == 0 {
                        let inside = &self.rest[1..at];
                        self.rest = &self.rest[at + 1..];
                        return Ok(Some(inside));
                    }
                }
                _ => {}
            }
        }
        Err(format!("a bracket is not closed in `{}`", self.rest))
    }
}

fn list_of(spec: TypeSpec) -> Result<TypeSpec, String> {
    match spec {
        TypeSpec::Known(ty) => Ok(TypeSpec::Known(FieldType::Array { items: Box::new(ty) })),
        TypeSpec::Named { name, many: false } => Ok(TypeSpec::Named { name, many: true }),
        _ => Err(NOT_IN_LISTS.to_owned()),
    }
}

const NOT_IN_LISTS: &str = "a list holds plain values or entities, not enumerations or lists";

fn spec(word: &str, arguments: Option<&str>) -> Result<TypeSpec, String> {
    let known = match word {
        "string" => {
            let (min, max) = lengths(arguments)?;
            FieldType::String { min, max }
        }
        "integer" => {
            let (min, max) = range(arguments, |text| text.parse::<i64>().ok())?;
            if [min, max].into_iter().flatten().any(|bound| i32::try_from(bound).is_err()) {
                return Err(format!("`integer({})` is beyond 32 bits; write `bigint`", arguments.unwrap_or_default()));
            }
            FieldType::Integer { min, max }
        }
        "bigint" => {
            let (min, max) = range(arguments, |text| text.parse::<i64>().ok())?;
            FieldType::BigInteger { min, max }
        }
        "decimal" => decimal(arguments)?,
        "enum" => return values(arguments).map(TypeSpec::Enum),
        _ if arguments.is_some() => return Err(format!("`{word}` takes nothing in brackets")),
        "text" => FieldType::Text,
        "email" => FieldType::Email,
        "url" => FieldType::Url,
        "float" => FieldType::Float,
        "boolean" => FieldType::Boolean,
        "date" => FieldType::Date,
        "datetime" => FieldType::DateTime,
        "time" => FieldType::Time,
        "uuid" => FieldType::Uuid,
        "json" => FieldType::Json,
        _ if names::is_identifier(word) && word.starts_with(|c: char| c.is_ascii_uppercase()) => {
            return Ok(TypeSpec::Named { name: word.to_owned(), many: false });
        }
        _ if !word.is_ascii() && word.starts_with(char::is_uppercase) => {
            return Ok(TypeSpec::Named { name: word.to_owned(), many: false });
        }
        _ => return Err(format!("the type `{word}` is unknown")),
    };
    Ok(TypeSpec::Known(known))
}

/// `a..b`, `..b`, `a..` or `b`.
fn range<T: PartialOrd>(
    arguments: Option<&str>,
    read: impl Fn(&str) -> Option<T>,
) -> Result<(Option<T>, Option<T>), String> {
    let Some(text) = arguments else {
        return Ok((None, None));
    };
    let wrong = || format!("`{text}` is not a range like `0..100`");
    let (min, max) = text.split_once("..").unwrap_or(("", text));
    let bound = |part: &str| match part.trim() {
        "" => Ok(None),
        part => read(part).map(Some).ok_or_else(wrong),
    };
    let (min, max) = (bound(min)?, bound(max)?);
    match (&min, &max) {
        (None, None) => Err(wrong()),
        (Some(least), Some(most)) if least > most => Err(format!("the range `{text}` is empty")),
        _ => Ok((min, max)),
    }
}

fn lengths(arguments: Option<&str>) -> Result<(Option<u32>, Option<u32>), String> {
    let (min, max) = range(arguments, |text| text.parse::<u32>().ok())?;
    if max == Some(0) {
        return Err("a string of no characters holds nothing".to_owned());
    }
    Ok((min, max))
}

/// `decimal(12,2)`, `decimal(12,2, 0..)`; `decimal` alone is `decimal(12,2)`.
fn decimal(arguments: Option<&str>) -> Result<FieldType, String> {
    let text = arguments.unwrap_or("12,2");
    let wrong = || format!("`decimal({text})` is not like `decimal(12,2)` or `decimal(12,2, 0..)`");
    let mut parts = text.splitn(3, ',').map(str::trim);
    let precision = parts.next().and_then(|part| part.parse::<u32>().ok()).ok_or_else(wrong)?;
    let scale = parts.next().map_or(Some(0), |part| part.parse::<u32>().ok()).ok_or_else(wrong)?;
    if precision == 0 || precision > 1000 || scale > precision {
        return Err(wrong());
    }
    let bounds = parts.next();
    let (min, max) = range(bounds, |text| is_number(text).then(|| text.parse::<f64>().ok()).flatten())?;
    let (least, most) = bounds.and_then(|text| text.split_once("..")).unwrap_or_default();
    if let Some(limit) =
        [least, most].into_iter().find(|limit| !limit.trim().is_empty() && !fits(limit.trim(), precision, scale))
    {
        return Err(format!("the bound `{}` has more digits than `decimal({precision},{scale})`", limit.trim()));
    }
    Ok(FieldType::Decimal {
        precision,
        scale,
        min: min.map(|_| least.trim().to_owned()),
        max: max.map(|_| most.trim().to_owned()),
    })
}

/// Whether a number has no more digits than a decimal, before and behind its point.
pub(crate) fn fits(number: &str, precision: u32, scale: u32) -> bool {
    let digits = number.trim_start_matches('-').trim_start_matches('0');
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.trim_end_matches('0');
    u32::try_from(whole.len()).is_ok_and(|count| count <= precision.saturating_sub(scale))
        && u32::try_from(part.len()).is_ok_and(|count| count <= scale)
}

/// Whether a text is a plain number: digits, a sign, a point.
pub(crate) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    all(whole) && all(part)
}

/// The values of an enumeration: words, or texts in quotes.
fn values(arguments: Option<&str>) -> Result<Vec<String>, String> {
    let mut values: Vec<String> = Vec::new();
    let mut seen = HashSet::new();
    for part in split(arguments.unwrap_or_default(), ',') {
        let value = unquote(part.trim())?;
        if value.is_empty() {
            return Err("an enumeration has an empty value".to_owned());
        }
        if !seen.insert(value.clone()) {
            return Err(format!("the enumeration has the value `{value}` twice"));
        }
        values.push(value);
    }
    if values.is_empty() {
        return Err("an enumeration needs values: `enum(draft, active)`".to_owned());
    }
    Ok(values)
}

/// Splits at a separator outside of quotes and brackets.
pub(crate) fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut from, mut depth, mut quoted) = (0, 0_i32, false);
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            c if c == separator && !quoted && depth <= 0 => {
                parts.push(&text[from..at]);
                from = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    if parts.len() == 1 && parts[0].trim().is_empty() {
        parts.clear();
    }
    parts
}

/// Takes the quotes off a text, where `""` stands for a quote; other text stays as it is.
pub(crate) fn unquote(text: &str) -> Result<String, String> {
    let text = text.trim();
    let text = text.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')).unwrap_or(text);
    let Some(inside) = text.strip_prefix('"') else {
        return Ok(text.to_owned());
    };
    let mut value = String::new();
    let mut rest = inside;
    loop {
        let Some((part, after)) = rest.split_once('"') else {
            return Err(format!("a quote is not closed in `{text}`"));
        };
        value.push_str(part);
        match after.strip_prefix('"') {
            Some(_) => value.push('"'),
            None if after.trim().is_empty() => return Ok(value),
            None => {
                return Err(format!("`{}` after a quoted text is not understood", after.trim()));
            }
        }
        rest = after.strip_prefix('"').unwrap_or(after);
    }
}

/// A value as the format writes it: quoted unless it is one plain word.
pub(crate) fn quote(value: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '+' | '@');
    if !value.is_empty() && value.chars().all(plain) && value != "null" && value != "now" {
        return value.to_owned();
    }
    format!("\"{}\"", value.replace('"', "\"\""))
}
