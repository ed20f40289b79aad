//! SQL: `CREATE TABLE`, `CREATE TYPE … AS ENUM`, `ALTER TABLE … ADD`, `CREATE INDEX`.

use crate::constraints;
use crate::hints;
use crate::loose::{self, Dialect};
use crate::names;
use crate::raw::{Found, RawConstraint, RawEntity, RawField, Scope};
use crate::typewords;
use crate::untyped;

const DIALECT: Dialect = Dialect { date_is_time: false, nullable: true, lists: 0 };

/// Reads statements.
pub(crate) fn read(text: &str, first_line: u32, found: &mut Found) {
    for (statement, line) in statements(text, first_line) {
        let words: Vec<String> = statement.split_whitespace().take(4).map(str::to_lowercase).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["create", "table", ..] | ["create", _, "table", ..] => create_table(&statement, line, found),
            ["create", "type", ..] => create_type(&statement, found),
            ["alter", "table", ..] => alter_table(&statement, line, found),
            ["create", "index", ..] | ["create", "unique", "index", ..] => create_index(&statement, line, found),
            _ if is_bare_table(&statement) => create_table(&statement, line, found),
            _ => {}
        }
    }
}

/// Statements with the line of their first word; comments stay in them.
fn statements(text: &str, first_line: u32) -> Vec<(String, u32)> {
    let mut statements = Vec::new();
    let mut current = String::new();
    let mut start = first_line;
    for (raw, line) in text.lines().zip(first_line..) {
        let code = raw.split("--").next().unwrap_or_default();
        if current.trim().is_empty() {
            if code.trim().is_empty() {
                continue;
            }
            start = line;
            current.clear();
        }
        current.push_str(raw);
        current.push('\n');
        if code.trim_end().ends_with(';') {
            statements.push((std::mem::take(&mut current), start));
        }
    }
    if !current.trim().is_empty() {
        statements.push((current, start));
    }
    statements
}

/// A name without quotes and schema.
fn clean(name: &str) -> String {
    let name = name.trim().trim_end_matches(['(', ';', ',']);
    name.rsplit('.').next().unwrap_or_default().trim_matches(['"', '`', '[', ']', '\'']).to_owned()
}

fn create_table(statement: &str, line: u32, found: &mut Found) {
    let Some(open) = statement.find('(') else {
        return;
    };
    let head = &statement[..open];
    let Some(name) = head.split_whitespace().last() else {
        return;
    };
    let mut entity = RawEntity { label: clean(name), line, ..RawEntity::default() };
    let body_line = line + u32::try_from(head.matches('\n').count()).unwrap_or(0);
    let end = without_comments_end(&statement[open..]);
    for piece in pieces(&statement[open + 1..open + end], body_line) {
        column(&piece, &mut entity, true);
    }
    if !entity.fields.is_empty() {
        found.entities.push(entity);
    }
}

/// Whether a statement is the definition of a table without the words for it: `USERS ( id INTEGER PRIMARY KEY, … )`.
fn is_bare_table(statement: &str) -> bool {
    let Some((head, body)) = statement.split_once('(') else { return false };
    let first = body.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let mut words = first.split_whitespace();
    let named = words.next().is_some_and(|name| names::is_label(name.trim_matches(['"', '`'])));
    let typed = words
        .next()
        .is_some_and(|ty| typewords::find(ty.split('(').next().unwrap_or(ty).trim_end_matches(',')).is_some());
    names::is_label(head.trim().trim_matches(['"', '`'])) && body.contains('\n') && named && typed
}

/// The offset of the bracket that closes the first one, comments respected.
fn without_comments_end(text: &str) -> usize {
    let (mut depth, mut quoted, mut comment, mut before) = (0_i32, false, false, ' ');
    for (at, c) in text.char_indices() {
        match c {
            '\n' => comment = false,
            _ if comment => {}
            '-' if before == '-' && !quoted => comment = true,
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
        before = c;
    }
    text.len()
}

/// One definition between commas, with its comment.
#[derive(Default)]
struct Piece {
    text: String,
    comment: String,
    line: u32,
}

/// Cuts a body at its commas.
fn pieces(body: &str, first_line: u32) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut current = Piece { line: first_line, ..Piece::default() };
    let (mut depth, mut quoted, mut line) = (0_i32, false, first_line);
    for raw in body.lines() {
        let (code, comment) = split_comment(raw);
        for c in code.chars() {
            match c {
                '\'' => quoted = !quoted,
                '(' if !quoted => depth += 1,
                ')' if !quoted => depth -= 1,
                ',' if !quoted && depth == 0 => {
                    pieces.push(std::mem::take(&mut current));
                    continue;
                }
                _ => {}
            }
            if current.text.trim().is_empty() && !c.is_whitespace() {
                current.line = line;
            }
            current.text.push(c);
        }
        current.text.push(' ');
        if !comment.is_empty() {
            let target = if current.text.trim().is_empty() { pieces.last_mut() } else { Some(&mut current) };
            if let Some(piece) = target.filter(|piece| piece.line == line) {
                piece.comment = comment.to_owned();
            }
        }
        line += 1;
    }
    pieces.push(current);
    pieces.retain(|piece| !piece.text.trim().is_empty());
    pieces
}

fn split_comment(line: &str) -> (&str, &str) {
    match line.split_once("--") {
        Some((code, comment)) if code.matches('\'').count() % 2 == 0 => (code, comment.trim()),
        _ => (line, ""),
    }
}

fn columns_in(text: &str) -> Vec<String> {
    let inside = text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(inside, _)| inside);
    inside
        .split(',')
        .map(|name| clean(name.split_whitespace().next().unwrap_or_default()))
        .filter(|name| names::is_identifier(name))
        .collect()
}

/// A column or a table constraint.
fn column(piece: &Piece, entity: &mut RawEntity, nullable: bool) {
    let text = piece.text.trim();
    let mut upper = text.to_ascii_uppercase();
    let mut text = text;
    if upper.starts_with("CONSTRAINT ") {
        let skip = text.split_whitespace().take(2).map(str::len).sum::<usize>() + 2;
        text = text.get(skip.min(text.len())..).unwrap_or_default().trim_start();
        upper = text.to_ascii_uppercase();
    }
    let starts = |word: &str| {
        upper.starts_with(word) && !upper[word.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
    };
    if starts("PRIMARY KEY") || starts("UNIQUE") {
        let fields = columns_in(text);
        if let ([only], true) = (fields.as_slice(), starts("UNIQUE")) {
            if let Some(field) = entity.fields.iter_mut().find(|field| field.label == *only) {
                field.unique = Some(Scope::Table);
            }
        } else if fields.len() > 1 {
            entity.constraints.push(RawConstraint { unique: true, fields, line: piece.line });
        }
        return;
    }
    if starts("FOREIGN KEY") {
        let from = columns_in(text);
        let mut probe = RawField::default();
        constraints::take(&mut probe, &text[text.to_ascii_uppercase().find("REFERENCES").unwrap_or(0)..]);
        if let Some(field) = entity.fields.iter_mut().find(|field| from.first() == Some(&field.label)) {
            field.foreign_key = true;
            field.references = probe.references;
            field.on_delete = probe.on_delete;
        }
        return;
    }
    if ["CHECK", "INDEX", "KEY", "EXCLUDE", "LIKE", "FULLTEXT"].iter().any(|word| starts(word)) {
        return;
    }
    if ["NOT", "NULL", "DEFAULT"].iter().any(|word| starts(word)) {
        return;
    }
    let Some((name, rest)) = text.split_once(char::is_whitespace) else {
        return;
    };
    let mut field = RawField { label: clean(name), line: piece.line, ..RawField::default() };
    let (rest, said) = commented(rest);
    loose::read(&mut field, rest, DIALECT);
    if nullable && field.required.is_none() && !field.primary_key {
        field.required = Some(false);
    }
    hints::describe(&mut field, &piece.comment);
    hints::describe(&mut field, said);
    untyped::small_numbers(&mut field);
    entity.fields.push(field);
}

/// A column without the comment of MySQL at its end, and that comment: `COMMENT 'what it is'`.
fn commented(text: &str) -> (&str, &str) {
    let at = text.to_ascii_uppercase().rfind(" COMMENT '");
    let (before, said) = at.map_or((text, ""), |at| (&text[..at], &text[at + " COMMENT '".len()..]));
    (before, said.rsplit_once('\'').map_or(said, |(said, _)| said))
}

fn create_type(statement: &str, found: &mut Found) {
    let upper = statement.to_ascii_uppercase();
    let (Some(at), Some(open)) = (upper.find(" ENUM"), statement.find('(')) else {
        return;
    };
    let name = statement[..at].split_whitespace().nth(2).map(clean).unwrap_or_default();
    let inside = &statement[open + 1..];
    let inside = inside.rfind(')').map_or(inside, |end| &inside[..end]);
    let values: Vec<String> = inside.split('\'').skip(1).step_by(2).map(str::to_owned).collect();
    if !name.is_empty() && !values.is_empty() {
        found.enums.push((name, values));
    }
}

/// `ALTER TABLE x ADD COLUMN y type`, `ALTER TABLE x ADD CONSTRAINT …`.
fn alter_table(statement: &str, line: u32, found: &mut Found) {
    let words: Vec<&str> = statement.split_whitespace().collect();
    let skip = if words.get(2).is_some_and(|word| word.eq_ignore_ascii_case("if")) { 4 } else { 2 };
    let skip = if words.get(skip).is_some_and(|word| word.eq_ignore_ascii_case("only")) { skip + 1 } else { skip };
    let Some(table) = words.get(skip).map(|name| clean(name)) else {
        return;
    };
    let Some(at) = statement.to_ascii_uppercase().find(" ADD ") else {
        return;
    };
    let known = found.entities.iter().position(|entity| entity.label == table);
    let at_entity = known.unwrap_or_else(|| {
        found.entities.push(RawEntity { label: table, line, ..RawEntity::default() });
        found.entities.len() - 1
    });
    let entity = &mut found.entities[at_entity];
    for piece in pieces(statement[at + 1..].trim().trim_end_matches(';'), line) {
        let upper = piece.text.trim().to_ascii_uppercase();
        let Some(rest) = upper.strip_prefix("ADD ") else {
            continue;
        };
        let mut rest = piece.text.trim()[4..4 + rest.len()].trim().to_owned();
        for word in ["COLUMN ", "IF NOT EXISTS "] {
            if rest.to_ascii_uppercase().starts_with(word) {
                rest = rest[word.len()..].trim().to_owned();
            }
        }
        column(&Piece { text: rest, comment: piece.comment, line: piece.line }, entity, true);
    }
}

fn create_index(statement: &str, line: u32, found: &mut Found) {
    let upper = statement.to_ascii_uppercase();
    let Some(on) = upper.find(" ON ") else { return };
    let after = &statement[on + 4..];
    let table = clean(after.split([' ', '(', '\n']).find(|word| !word.is_empty()).unwrap_or_default());
    let fields = columns_in(after);
    let Some(entity) = found.entities.iter_mut().find(|entity| entity.label == table) else {
        return;
    };
    let unique = upper.starts_with("CREATE UNIQUE");
    if upper.contains(" WHERE ") {
        return;
    }
    if let [only] = fields.as_slice() {
        if let Some(field) = entity.fields.iter_mut().find(|field| field.label == *only) {
            field.index |= !unique;
            if unique {
                field.unique = Some(Scope::Table);
            }
        }
    } else if !fields.is_empty() {
        entity.constraints.push(RawConstraint { unique, fields, line });
    }
}
