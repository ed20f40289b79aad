//! Comments: titles, descriptions, defaults, examples.

use serde_json::Value;

use super::fields::{Fields, list};
use super::javascript::{held, is_space, text};
use super::literal::json;
use super::writer::Writer;

/// The lines of a comment on their way.
#[derive(Default)]
struct Entries {
    count: usize,
    /// Whether one of them has several lines.
    tall: bool,
}

impl Writer<'_> {
    /// `lib/ts`, `addJSDocComment`: what an object says of itself, before the member that it describes.
    pub(super) fn write_comment(&mut self, fields: &Fields<'_>) {
        let mut comment = std::mem::take(&mut self.comment);
        comment.clear();
        let entries = collect(&mut comment, fields);
        if entries.count > 0 {
            finish(&mut comment, &entries);
            self.emit(&comment);
        }
        self.comment = comment;
    }

    /// `emitter`, `writeCommentRange`: each line is trimmed, and moved to where the member stands.
    fn emit(&mut self, comment: &str) {
        let mut rest = comment;
        let mut first = true;
        loop {
            let end = rest.find(['\n', '\r', '\u{2028}', '\u{2029}']);
            let line = &rest[..end.unwrap_or(rest.len())];
            self.margin();
            if !first {
                let spaces = leading(line);
                self.out.extend(std::iter::repeat_n(' ', spaces));
            }
            self.out.push_str(line.trim_matches(is_space));
            self.out.push('\n');
            let Some(end) = end else { break };
            let after = &rest[end..];
            let width = if after.starts_with("\r\n") { 2 } else { after.chars().next().map_or(1, char::len_utf8) };
            rest = &after[width..];
            first = false;
        }
    }
}

/// `emitter`, `calculateIndent`: how far a line stands in, with tabs to every fourth column.
fn leading(line: &str) -> usize {
    let mut width = 0;
    for character in line.chars() {
        match character {
            '\t' => width += 4 - width % 4,
            '\u{85}' | '\u{200b}' => width += 1,
            _ if is_space(character) => width += 1,
            _ => break,
        }
    }
    width
}

/// All that is said, each entry after a line break and ` * `.
fn collect(out: &mut String, fields: &Fields<'_>) -> Entries {
    let mut entries = Entries::default();
    for value in [fields.title, fields.summary].into_iter().filter_map(held) {
        entries.start(out, "");
        entries.block(out, value);
    }
    if let Some(format) = held(fields.format) {
        entries.start(out, "Format: ");
        let start = out.len();
        text(out, format);
        entries.tall |= out[start..].contains('\n');
    }
    if held(fields.deprecated).is_some() {
        entries.start(out, "@deprecated");
    }
    if let Some(description) = fields.description.filter(|value| value.as_str() != Some("")) {
        entries.tag(out, "@description ", description);
    }
    if let Some(default) = fields.default {
        entries.tag(out, "@default ", default);
    }
    if let Some(example) = fields.example {
        entries.tag(out, "@example ", example);
    }
    for example in list(fields.examples) {
        entries.tag(out, "@example ", example);
    }
    if fields.constant.is_some() {
        entries.start(out, "@constant");
    }
    if held(fields.enumeration).is_some() {
        entries.start(out, "@enum {");
        enumerated(out, fields);
    }
    entries
}

/// The types of an enumeration and the brace after them.
fn enumerated(out: &mut String, fields: &Fields<'_>) {
    match fields.kind {
        Some(Value::Array(types)) => {
            for (place, kind) in types.iter().enumerate() {
                out.push_str(if place > 0 { "|" } else { "" });
                if !kind.is_null() {
                    text(out, kind);
                }
            }
        }
        Some(Value::String(kind)) => out.push_str(kind),
        _ => out.push_str("unknown"),
    }
    out.push_str(if held(fields.nullable).is_some() { "|null}" } else { "}" });
}

impl Entries {
    fn start(&mut self, out: &mut String, tag: &str) {
        self.count += 1;
        out.push_str("\n * ");
        out.push_str(tag);
    }

    fn tag(&mut self, out: &mut String, tag: &str, value: &Value) {
        self.start(out, tag);
        self.block(out, value);
    }

    /// A value, its lines after the first standing in.
    fn block(&mut self, out: &mut String, value: &Value) {
        let start = out.len();
        match value {
            Value::String(text) => self.lines(out, text),
            Value::Array(values) if !values.is_empty() => json(out, value, 0),
            Value::Object(map) if !map.is_empty() => json(out, value, 0),
            Value::Array(_) => out.push_str("[]"),
            Value::Object(_) => out.push_str("{}"),
            _ => text(out, value),
        }
        if matches!(value, Value::Array(_) | Value::Object(_)) && out[start..].contains('\n') {
            let written = out.split_off(start);
            self.lines(out, &written);
        }
    }

    fn lines(&mut self, out: &mut String, text: &str) {
        for (place, line) in text.trim_matches(is_space).split('\n').enumerate() {
            if place > 0 {
                self.tall = true;
                if out.ends_with('\r') {
                    out.pop();
                }
                out.push_str("\n *     ");
            }
            out.push_str(line);
        }
    }
}

/// Puts the entries between the marks of a comment, on one line where there is one entry with one line.
fn finish(comment: &mut String, entries: &Entries) {
    if comment.contains("*/") {
        *comment = comment.replace("*/", "*\\/");
    }
    if entries.count == 1 && !entries.tall {
        comment.replace_range(.."\n * ".len(), "/** ");
        comment.push_str(" */");
    } else {
        comment.insert_str(0, "/**");
        comment.push_str("\n */");
    }
}
