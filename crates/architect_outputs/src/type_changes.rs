//! Which types differ between two files that openapi-typescript writes.

use std::collections::HashMap;

use similar::TextDiff;

/// A type that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeChange {
    /// What it is: `schema`, `operation`, `path`, `response`, and so on.
    pub kind: String,
    /// Its name, as the document has it.
    pub name: String,
    /// What became of it.
    pub what: Became,
    /// The lines that differ, each after `-` or `+`, and those beside them after a space.
    pub lines: Vec<String>,
}

/// What became of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// Only the new file has it.
    Added,
    /// Only the old file has it.
    Removed,
    /// Both have it, in different words.
    Changed,
}

/// What differs between two files, in the order of the new one; removed types stand last.
///
/// Types are found by how far they stand in, so that a file which a formatter went over is read as well.
pub fn type_changes(old: &str, new: &str) -> Vec<TypeChange> {
    let (old, new) = (types(old), types(new));
    let before: HashMap<(&str, &str), &str> = old.iter().map(|one| ((one.kind, one.name), one.text)).collect();
    let mut after: HashMap<(&str, &str), ()> = HashMap::new();
    let mut changes = Vec::new();
    for one in &new {
        after.insert((one.kind, one.name), ());
        match before.get(&(one.kind, one.name)) {
            Some(text) if *text == one.text => {}
            Some(text) => changes.push(one.change(Became::Changed, text, one.text)),
            None => changes.push(one.change(Became::Added, "", one.text)),
        }
    }
    let gone = old.iter().filter(|one| !after.contains_key(&(one.kind, one.name)));
    changes.extend(gone.map(|one| one.change(Became::Removed, one.text, "")));
    changes
}

/// A member of one of the interfaces.
struct Type<'t> {
    kind: &'t str,
    name: &'t str,
    text: &'t str,
}

impl Type<'_> {
    fn change(&self, what: Became, old: &str, new: &str) -> TypeChange {
        let diff = TextDiff::from_lines(old, new);
        let margin = |text: &str| text.len() - text.trim_start().len();
        let margin = margin(old).max(margin(new));
        let mut lines = Vec::new();
        for group in diff.grouped_ops(1) {
            for change in group.iter().flat_map(|part| diff.iter_changes(part)) {
                let line = change.value().trim_end();
                lines.push(format!("{}{}", change.tag(), line.get(margin..).unwrap_or(line.trim_start())));
            }
        }
        TypeChange { kind: self.kind.to_owned(), name: self.name.to_owned(), what, lines }
    }
}

/// The members of `paths`, `webhooks`, `operations` and of each kind of `components`.
fn types(text: &str) -> Vec<Type<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("export interface ") {
        let (head, body) = rest[start..].split_once('\n').unwrap_or((&rest[start..], ""));
        let name = head.trim_start_matches("export interface ").trim_end_matches(['{', ' ']);
        let end = body.find("\n}").map_or(body.len(), |end| end + 1);
        let inside = &body[..end];
        if name == "components" {
            for (kind, members) in self::members(inside) {
                let members = members.split_once('\n').map_or("", |(_, inside)| inside);
                found.extend(of_kind(singular(kind), members));
            }
        } else {
            found.extend(of_kind(singular(name), inside));
        }
        rest = &body[end..];
    }
    found
}

fn of_kind<'t>(kind: &'t str, members: &'t str) -> impl Iterator<Item = Type<'t>> {
    self::members(members).into_iter().map(move |(name, text)| Type { kind, name, text })
}

fn singular(name: &str) -> &str {
    match name {
        "requestBodies" => "body",
        "pathItems" => "path item",
        _ => name.strip_suffix('s').unwrap_or(name),
    }
}

/// The members of a block by their names, each with its comment; all stand in as far as the first line does.
fn members(block: &str) -> Vec<(&str, &str)> {
    let margin = block.len() - block.trim_start_matches([' ', '\t']).len();
    let mut found = Vec::new();
    let (mut start, mut at, mut name) = (0, 0, "");
    for line in block.split_inclusive('\n') {
        let inner = line.trim_end();
        let depth = inner.len() - inner.trim_start_matches([' ', '\t']).len();
        at += line.len();
        if depth != margin || inner.is_empty() {
            continue;
        }
        let inner = &inner[depth..];
        let closes = inner.starts_with('}');
        if !closes && !inner.starts_with("/*") {
            name = member_name(inner);
        }
        if inner.ends_with(';') {
            found.push((name, &block[start..at]));
            start = at;
        }
        // The braces around the block.
        if inner == "}" {
            start = at;
        }
    }
    found
}

fn member_name(line: &str) -> &str {
    let line = line.strip_prefix("readonly ").unwrap_or(line);
    match line.chars().next() {
        Some(quote @ ('"' | '\'')) => line[1..].split_once(quote).map_or(line, |(name, _)| name),
        _ => line.split(['?', ':']).next().unwrap_or(line),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::typescript;

    fn document(schemas: &serde_json::Value, path: &str) -> String {
        let operation = json!({"operationId": "read", "responses": {}});
        typescript(
            &json!({"openapi": "3.1.0", "paths": {path: {"get": operation}}, "components": {"schemas": schemas}}),
        )
        .unwrap()
    }

    #[test]
    fn types_are_compared_by_name() {
        let old = document(&json!({"A": {"type": "object", "properties": {"a": {"type": "string"}}}, "B": {}}), "/a");
        let new = document(
            &json!({"A": {"type": "object", "description": "New.", "properties": {"a": {"type": "integer"}}}, "C": {}}),
            "/a-b",
        );
        let changes = type_changes(&old, &new);
        let shown: Vec<String> =
            changes.iter().map(|change| format!("{:?} {} {}", change.what, change.kind, change.name)).collect();
        assert_eq!(
            shown,
            ["Added path /a-b", "Changed schema A", "Added schema C", "Removed path /a", "Removed schema B"]
        );
        assert_eq!(
            changes[1].lines,
            ["+/** @description New. */", " A: {", "-    a?: string;", "+    a?: number;", " };"]
        );
    }

    #[test]
    fn the_same_file_has_no_changes() {
        let text =
            document(&json!({"A": {"anyOf": [{"type": "object", "properties": {"a": {}}}, {"type": "null"}]}}), "/");
        assert_eq!(type_changes(&text, &text), []);
    }
}
