//! Names, strings and values as TypeScript and as JSON.

use std::fmt::Write as _;

use serde_json::Value;

use super::javascript::{entries, float, number};
use super::join::Kind;
use super::writer::Writer;

/// Writes the name of a property (`lib/ts`, `tsPropertyIndex`): a number, an identifier, else a string.
pub(super) fn property_name(out: &mut String, name: &str) {
    if is_identifier(name) || is_number(name) {
        out.push_str(name);
    } else {
        string(out, name);
    }
}

/// `JS_PROPERTY_INDEX_RE`.
fn is_identifier(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.first().is_some_and(|first| first.is_ascii_alphabetic() || matches!(first, b'_' | b'$'))
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'))
}

/// Whether `String(Number(name)) === name` for a number without a sign.
fn is_number(name: &str) -> bool {
    if !name.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let Ok(value) = name.parse::<f64>() else { return false };
    let mut written = String::new();
    float(&mut written, value);
    value.is_finite() && written == name
}

/// Writes a string literal as TypeScript does (`emitter`, `escapeNonAsciiString`): all beyond ASCII is escaped.
pub(super) fn string(out: &mut String, text: &str) {
    out.push('"');
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'"' && byte != b'\\') {
        out.push_str(text);
    } else {
        escaped(out, text);
    }
    out.push('"');
}

fn escaped(out: &mut String, text: &str) {
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\u{8}' => out.push_str("\\b"),
            '\r' => out.push_str("\\r"),
            '\n' => out.push_str("\\n"),
            // `\0` before a digit would be an octal escape.
            '\0' if characters.peek().is_some_and(char::is_ascii_digit) => out.push_str("\\x00"),
            '\0' => out.push_str("\\0"),
            ' '..='\u{7f}' => out.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04X}");
                }
            }
        }
    }
}

/// Writes a string as `JSON.stringify` does.
pub(super) fn json_string(out: &mut String, text: &str) {
    out.push('"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[from..at]);
        from = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            8 => out.push_str("\\b"),
            12 => out.push_str("\\f"),
            _ => {
                let _ = write!(out, "\\u{byte:04x}");
            }
        }
    }
    out.push_str(&text[from..]);
    out.push('"');
}

/// Writes a value as `JSON.stringify(value, null, 2)` does, with `margin` spaces before each line but the first.
pub(super) fn json(out: &mut String, value: &Value, margin: usize) {
    let line = |out: &mut String, margin: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', margin));
    };
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(value) => number(out, value),
        Value::String(text) => json_string(out, text),
        Value::Array(values) if values.is_empty() => out.push_str("[]"),
        Value::Array(values) => {
            out.push('[');
            for (place, value) in values.iter().enumerate() {
                out.push_str(if place > 0 { "," } else { "" });
                line(out, margin + 2);
                json(out, value, margin + 2);
            }
            line(out, margin);
            out.push(']');
        }
        Value::Object(map) if map.is_empty() => out.push_str("{}"),
        Value::Object(map) => {
            out.push('{');
            for (place, (key, value)) in entries(map).enumerate() {
                out.push_str(if place > 0 { "," } else { "" });
                line(out, margin + 2);
                json_string(out, key);
                out.push_str(": ");
                json(out, value, margin + 2);
            }
            line(out, margin);
            out.push('}');
        }
    }
}

impl Writer<'_> {
    /// `lib/ts`, `tsLiteral`: a value as a type.
    pub(super) fn literal(&mut self, value: &Value) -> Kind {
        match value {
            Value::String(text) => json_string(&mut self.out, text),
            Value::Number(value) => number(&mut self.out, value),
            Value::Bool(value) => self.out.push_str(if *value { "true" } else { "false" }),
            Value::Null => return self.keyword(Kind::Null),
            Value::Array(values) if values.is_empty() => {
                self.out.push_str("never[]");
                return Kind::Array;
            }
            Value::Array(values) => {
                return self.tuple(values, |writer, value| {
                    writer.literal(value);
                });
            }
            Value::Object(map) if map.is_empty() => self.out.push_str("Record<string, never>"),
            Value::Object(map) => {
                self.open();
                for (key, value) in entries(map) {
                    self.property("", key, "");
                    self.literal(value);
                    self.end_property();
                }
                self.close();
                return Kind::Object;
            }
        }
        Kind::Other
    }

    /// `emitter`, `emitTupleType`: one element on a line.
    pub(super) fn tuple<'v>(&mut self, values: &'v [Value], mut element: impl FnMut(&mut Self, &'v Value)) -> Kind {
        self.out.push_str("[\n");
        self.indent += 1;
        for (place, value) in values.iter().enumerate() {
            if place > 0 {
                self.out.push_str(",\n");
            }
            self.margin();
            element(self, value);
        }
        if !values.is_empty() {
            self.out.push('\n');
        }
        self.indent -= 1;
        self.margin();
        self.out.push(']');
        Kind::Tuple
    }
}
