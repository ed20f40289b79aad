//! Code blocks: which language they are in, whatever their fence says.

use crate::forms::{boxes, dbml, example, mermaid, mocodo, prisma, python, relational, sql, typescript};
use crate::raw::Found;

/// Reads a code block into what it states; code that states no entities gives nothing.
pub(crate) fn read(lang: &str, text: &str, line: u32, opener: Option<&str>, found: &mut Found) {
    let lower = text.to_lowercase();
    let says = |word: &str| lower.lines().any(|line| line.trim_start().starts_with(word));
    match lang {
        "mermaid" => mermaid::read(text, line, found),
        "mocodo" => mocodo::read(text, line, found),
        "dbml" => dbml::read(text, line, found),
        "prisma" => prisma::read(text, line, found),
        "sql" | "postgresql" | "postgres" | "mysql" | "sqlite" | "plpgsql" | "psql" | "tsql" | "ddl" => {
            sql::read(text, line, found)
        }
        "python" | "py" | "python3" => python::read(text, line, found),
        "typescript" | "ts" | "tsx" => typescript::read(text, line, found),
        "plantuml" | "puml" | "uml" => prisma::plantuml(text, line, found),
        "json" | "json5" | "jsonc" => {
            let example = opener.and_then(|label| example::read(text, label, line));
            found.entities.extend(example);
        }
        "yaml" | "http" | "bash" | "sh" | "shell" | "gherkin" | "javascript" | "js" | "jsx" | "toml" | "xml"
        | "html" | "css" | "diff" => {}
        _ if says("erdiagram") => mermaid::read(text, line, found),
        _ if says("create table") || says("create type") || says("alter table") => sql::read(text, line, found),
        _ if says("@startuml") || says("entity ") && lower.contains('{') => prisma::plantuml(text, line, found),
        _ if says("table ") && lower.contains('{') => dbml::read(text, line, found),
        _ if says("model ") && lower.contains('{') => prisma::read(text, line, found),
        _ if says("class ") && lower.contains("):") => python::read(text, line, found),
        _ if says("interface ") || says("export interface ") => typescript::read(text, line, found),
        "" | "text" | "txt" | "plaintext" if text.contains(['┌', '╔', '╭']) => {
            found.entities.extend(boxes::read(text, line));
        }
        "" | "text" | "txt" | "plaintext" if mocodo::is_model(text) => mocodo::read(text, line, found),
        "" | "text" | "txt" | "plaintext" => found.entities.extend(relational::read(text, line)),
        _ => {}
    }
}

/// A block `name … { body }` of a language with braces.
#[derive(Debug)]
pub(crate) struct Braced<'a> {
    /// What stands before the opening brace, on its line.
    pub head: &'a str,
    /// Lines of the body with their numbers; nested blocks are joined to the line that opens them.
    pub body: Vec<(u32, &'a str)>,
    /// Line of the head.
    pub line: u32,
}

/// The blocks of a text; lines outside of blocks are given with an empty body.
pub(crate) fn braced(text: &str, first_line: u32) -> Vec<Braced<'_>> {
    let mut blocks: Vec<Braced<'_>> = Vec::new();
    let mut depth = 0_i32;
    for (raw, line) in text.lines().zip(first_line..) {
        let trimmed = raw.trim();
        let (opens, closes) = (trimmed.matches('{').count(), trimmed.matches('}').count());
        let change = i32::try_from(opens).unwrap_or(0) - i32::try_from(closes).unwrap_or(0);
        if depth == 0 {
            match trimmed.split_once('{') {
                Some((head, rest)) if !head.trim().is_empty() => {
                    let inline = rest.trim().trim_end_matches([';']).trim_end_matches('}').trim();
                    let body = if inline.is_empty() { Vec::new() } else { split_inline(inline, line) };
                    blocks.push(Braced { head: head.trim(), body, line });
                }
                Some(_) => {}
                None if trimmed.is_empty() => {}
                None => blocks.push(Braced { head: trimmed, body: Vec::new(), line }),
            }
        } else if let Some(block) = blocks.last_mut() {
            let closing = depth + change <= 0;
            let content =
                if closing { trimmed.trim_end_matches([';', ',']).trim_end_matches('}').trim() } else { trimmed };
            if !content.is_empty() {
                block.body.push((line, content));
            }
        } else if opens == 0 && closes == 0 {
            continue;
        }
        depth = (depth + change).max(0);
    }
    blocks
}

fn split_inline(text: &str, line: u32) -> Vec<(u32, &str)> {
    text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(|part| (line, part)).collect()
}
