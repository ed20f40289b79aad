//! Endpoints as documents list them: tables, bullets, headings, lines of text, decorators.

use architect_model::{Access, Action, EndpointDesign, Entity};

use crate::actions;
use crate::blocks::{Block, Line, Table};
use crate::endpoints::{METHODS, check_path, default_access};
use crate::lexicon::Words;
use crate::names::{self, fold};
use crate::notes::Notes;
use crate::raw::RawEndpoint;
use crate::requirements;
use crate::sections::Section;
use crate::tables::Columns;
use crate::words::Column;

/// The endpoints that a section lists.
pub(crate) fn read(section: &Section) -> Vec<RawEndpoint> {
    let mut found = Vec::new();
    found.extend(each(route(&section.heading, section.line)));
    for block in &section.blocks {
        match block {
            Block::Table(table) => found.extend(rows(table)),
            Block::Item { lines, .. } | Block::Paragraph { lines } => {
                found.extend(lines.iter().flat_map(|line| of_line(&line.text, line.line)));
                found.extend(cells(lines));
            }
            Block::Code { lang, text, line } if ["", "text", "http", "python", "py"].contains(&lang.as_str()) => {
                found.extend(code(text, *line));
            }
            _ => {}
        }
    }
    if let Some(prefix) = prefix(section) {
        found.iter_mut().filter(|raw| !raw.strict).for_each(|raw| raw.path = prefixed(&prefix, &raw.path));
    }
    found
}

/// The path that the headings of a section name and nothing else does: ``## `/auth` ``, `### Accounts (/accounts)`.
fn prefix(section: &Section) -> Option<String> {
    let path = |word: &str| {
        let word = word.trim_matches(|c: char| "()[]`*:,.".contains(c)).trim_end_matches('/');
        let plain = |c: char| c.is_ascii_alphanumeric() || "/-_".contains(c);
        (word.len() > 2 && word.starts_with('/') && word.chars().all(plain)).then(|| word.to_owned())
    };
    section.above.iter().chain([&section.heading]).rev().find_map(|heading| {
        let mut paths = heading.split_whitespace().filter_map(path);
        let only = paths.next().filter(|_| paths.next().is_none());
        only.filter(|_| route(heading, section.line).is_none() && heading.split_whitespace().count() < 5)
    })
}

/// A path below another one, unless it says that itself.
fn prefixed(prefix: &str, path: &str) -> String {
    let last = prefix.rsplit('/').next().unwrap_or_default();
    let said = path.split(['/', '?']).any(|segment| segment == last) || !path.starts_with('/');
    if said { path.to_owned() } else { format!("{prefix}{}", path.trim_end_matches('/')) }
}

/// The rows of a table whose cells a word processor left in lines of their own: a method, a path, what it does.
fn cells(lines: &[Line]) -> Vec<RawEndpoint> {
    let mut found = Vec::new();
    for (at, pair) in lines.windows(2).enumerate() {
        let [method, path] = pair else { continue };
        let (method, path) = (method.text.trim(), path.text.trim());
        if METHODS.contains(&method) && path.starts_with('/') && !path.contains(char::is_whitespace) {
            let description = lines.get(at + 2).map(|line| line.text.trim().to_owned()).unwrap_or_default();
            let (method, path, line) = (method.to_owned(), path.to_owned(), lines[at].line);
            found.push(RawEndpoint { method, path, description, line, ..RawEndpoint::default() });
        }
    }
    found
}

/// The endpoints of a line: one with what is said of it, or several in code spans with signs between them.
fn of_line(text: &str, line: u32) -> Vec<RawEndpoint> {
    let apart = |between: &str| !between.chars().any(char::is_alphanumeric);
    let pieces: Vec<&str> = text.trim().split('`').collect();
    let spans: Vec<RawEndpoint> = pieces.iter().skip(1).step_by(2).filter_map(|span| route(span, line)).collect();
    let listed = spans.len() > 1 && spans.len() == pieces.len() / 2 && pieces.iter().step_by(2).all(|part| apart(part));
    if listed { spans.into_iter().flat_map(|span| each(Some(span))).collect() } else { each(route(text, line)) }
}

/// Whether a section lists no endpoints: there is a table for them, and nothing in it.
pub(crate) fn lists_none(section: &Section) -> bool {
    let is_empty = |block: &Block| matches!(block, Block::Table(table) if table.rows.is_empty() && Columns::of(table).has(Column::Path));
    section.blocks.iter().any(is_empty)
}

/// The line of a table of endpoints of which no row can be read.
pub(crate) fn unread(section: &Section) -> Option<u32> {
    let is_of_endpoints = |table: &&Table| Columns::of(table).has(Column::Path) && rows(table).is_empty();
    let mut tables = section.blocks.iter().filter_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    });
    tables.find(is_of_endpoints).and_then(|table| table.rows.first()).map(|row| row.line)
}

fn rows(table: &Table) -> Vec<RawEndpoint> {
    let columns = Columns::of(table);
    if !columns.has(Column::Path) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let explicit = table.header.iter().any(|cell| fold(cell) == "does");
    for row in &table.rows {
        let mut path_cell = columns.cell(row, Column::Path).replace('`', "");
        // `api/tasks/{id}`, in a column of paths
        let bare = |c: char| c.is_ascii_alphanumeric() || "/{}:_-.[]<>".contains(c);
        if !explicit && path_cell.starts_with(|c: char| c.is_ascii_lowercase()) && path_cell.chars().all(bare) {
            path_cell.insert(0, '/');
        }
        let mut raw = RawEndpoint {
            method: columns.cell(row, Column::Method).replace('`', "").to_uppercase(),
            path: path_cell,
            does: columns.cell(row, Column::Does).replace('`', ""),
            who: columns.cell(row, Column::Who).replace('`', ""),
            satisfies: satisfies(columns.cell(row, Column::Satisfies)),
            description: columns.cell(row, Column::Description).to_owned(),
            line: row.line,
            strict: explicit && columns.has(Column::Method),
        };
        if !columns.has(Column::Method) {
            let Some(route) = route(&raw.path, row.line) else {
                continue;
            };
            (raw.method, raw.path) = (route.method, route.path);
        }
        if !raw.strict && !raw.path.starts_with('/') {
            continue;
        }
        if raw.strict {
            found.push(raw);
        } else {
            found.extend(each(Some(raw)));
        }
    }
    found
}

/// `GET|POST /x` is an endpoint for each of its methods.
fn each(raw: Option<RawEndpoint>) -> Vec<RawEndpoint> {
    let Some(raw) = raw else { return Vec::new() };
    match methods(&raw.method) {
        Some(methods) if methods.len() > 1 => {
            methods.into_iter().map(|method| RawEndpoint { method, ..raw.clone() }).collect()
        }
        _ => vec![raw],
    }
}

/// The methods of `GET`, `GET|POST` and `GET, POST`, if nothing else stands between them.
fn methods(text: &str) -> Option<Vec<String>> {
    let mut methods: Vec<String> = Vec::new();
    for method in text.split(['/', ',', ' ', '|', '\\']).filter(|method| !method.is_empty()) {
        if !METHODS.contains(&method) || method == "CRUD" {
            return None;
        }
        if !methods.iter().any(|known| known == method) {
            methods.push(method.to_owned());
        }
    }
    (!methods.is_empty()).then_some(methods)
}

fn satisfies(cell: &str) -> Vec<String> {
    let ids = cell.split([',', ';', ' ']).map(str::trim);
    ids.filter(|id| requirements::is_requirement_id(id)).map(str::to_owned).collect()
}

/// What may stand before an endpoint on its line.
static LABELS: Words = Words("before an endpoint");

/// `POST /x — text`, with or without code spans around it.
fn route(text: &str, line: u32) -> Option<RawEndpoint> {
    let plain = text.replace(['`', '*'], "");
    let plain = plain.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ')' | ' ' | '[' | ']'));
    // `**Endpoint:** POST /x`
    let plain = match plain.split_once(':') {
        Some((label, rest)) if LABELS.contains(&fold(label).as_str()) => rest.trim_start(),
        _ => plain,
    };
    // `GET /x`, `GET|POST /x`, `GET, POST /x`
    let start =
        plain.match_indices('/').map(|(at, _)| at).find(|at| *at > 0 && !plain[..*at].ends_with(char::is_alphabetic));
    let from = start.or_else(|| plain.find("http"))?;
    let from = plain.find("http").map_or(from, |at| at.min(from));
    let (method, rest) = plain.split_at(from);
    let method = method.trim_end().trim_end_matches(':');
    methods(method)?;
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let path = rest[..end].trim_end_matches([':', ',', '.', ';']);
    let described = rest[end..].trim_start_matches(|c: char| c.is_whitespace() || "—–-:→|".contains(c)).trim_end();
    let described = described.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(described);
    let satisfies: Vec<String> = described
        .split([',', ';', ' ', '(', ')'])
        .map(|word| word.trim_matches(['.', ':']))
        .filter(|word| requirements::is_requirement_id(word))
        .map(str::to_owned)
        .collect();
    let bare =
        described.split([',', ' ', '(', ')']).all(|word| word.is_empty() || satisfies.iter().any(|id| id == word));
    (path.starts_with('/') || path.starts_with("http")).then(|| RawEndpoint {
        method: method.to_owned(),
        path: path.to_owned(),
        who: described.split(APART).map(str::trim).find(|part| is_public(part)).unwrap_or_default().to_owned(),
        satisfies,
        description: if bare { String::new() } else { described.trim().to_owned() },
        line,
        ..RawEndpoint::default()
    })
}

/// What stands between the remarks on an endpoint.
const APART: &[char] = &[',', ';', '(', ')', '—', '–', '·', '|'];

/// Whether a remark says that everybody may call it, and nothing else.
fn is_public(remark: &str) -> bool {
    ["public", "publico", "publica", "publique", "offentlich", "公开", "公開"].contains(&fold(remark).as_str())
}

/// Lines `GET /x`, and decorators with the prefix of their router.
fn code(text: &str, first_line: u32) -> Vec<RawEndpoint> {
    let quoted = |text: &str| text.split(['"', '\'']).nth(1).unwrap_or_default().to_owned();
    let prefix = text
        .split_once("APIRouter(")
        .and_then(|(_, rest)| rest.split_once("prefix="))
        .map(|(_, rest)| quoted(rest))
        .unwrap_or_default();
    let mut found = Vec::new();
    for (line, at) in text.lines().zip(first_line..) {
        let line = line.trim();
        if let Some((_, call)) = line.strip_prefix('@').and_then(|rest| rest.split_once('.')) {
            let method = call.split('(').next().unwrap_or_default().to_uppercase();
            if METHODS.contains(&method.as_str()) {
                let path = format!("{prefix}{}", quoted(call));
                found.push(RawEndpoint { method, path, line: at, ..RawEndpoint::default() });
            }
        } else {
            found.extend(each(route(line, at)));
        }
    }
    found
}

/// Settles an endpoint that a document lists without saying what it does in the format's words.
pub(crate) fn settle(raw: &RawEndpoint, entities: &[Entity], notes: &mut Notes) -> Option<EndpointDesign> {
    let mut subject = None;
    let path = normal(&raw.path, entities, &mut subject);
    let methods: Vec<&str> = raw.method.split(['/', ',', ' ', '|']).filter(|method| !method.is_empty()).collect();
    let method = methods.first().filter(|method| METHODS.contains(method))?;
    if check_path(&path).is_err() {
        notes.ask(raw.line, format!("What is the path of `{} {}`?", raw.method, raw.path), "It is left out.");
        return None;
    }
    let known = subject.filter(|entity: &&Entity| !entity.account);
    let action = known.and_then(|entity| action(method, &path, entity)).unwrap_or_else(|| {
        let said = if raw.description.is_empty() { &raw.does } else { &raw.description };
        actions::unclear(method, &path, raw.line, notes);
        Action::Other { text: said.clone() }
    });
    let words = Some(raw.description.clone()).filter(|text| !text.is_empty());
    let description = words.filter(|_| actions::entity(&action).is_some());
    let about = known.map(|entity| entity.name.as_str());
    let who = access(&raw.who, about, entities);
    Some(EndpointDesign {
        method: (*method).to_owned(),
        path,
        action,
        who,
        satisfies: raw.satisfies.clone(),
        description,
        at: notes.at(raw.line),
    })
}

/// A path without host, API prefix and query; parameters as `{project_id}`, named after what they follow.
fn normal<'a>(path: &str, entities: &'a [Entity], subject: &mut Option<&'a Entity>) -> String {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let path = path.split_once("://").map_or(path, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
    let mut segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    while segments.first().is_some_and(|segment| {
        *segment == "api"
            || segment
                .strip_prefix('v')
                .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
    }) {
        segments.remove(0);
    }
    let mut normal = String::new();
    let mut before: Option<&Entity> = None;
    for segment in segments {
        let parameter = segment
            .strip_prefix(':')
            .or_else(|| segment.strip_prefix('{').map(|rest| rest.trim_end_matches('}')))
            .or_else(|| segment.strip_prefix('[').map(|rest| rest.trim_end_matches(']')))
            .or_else(|| segment.strip_prefix('<').map(|rest| rest.trim_end_matches('>')));
        match parameter {
            Some(name) => {
                let name = name.rsplit(':').next().unwrap_or(name);
                let snake = names::snake(name);
                let generic = ["id", "uuid", "pk"].contains(&snake.as_str());
                let name = match before {
                    Some(entity) if generic || snake.ends_with("_id") || snake.ends_with("_uuid") => {
                        format!("{}_id", names::snake(&entity.name))
                    }
                    _ => snake,
                };
                normal.push_str(&format!("/{{{name}}}"));
            }
            None => {
                if let Some(entity) = actions::by_name(segment, entities) {
                    before = Some(entity);
                    *subject = before;
                }
                normal.push_str(&format!("/{}", segment.to_lowercase()));
            }
        }
    }
    if normal.is_empty() { "/".to_owned() } else { normal }
}

/// The usual meaning of a method on a collection or an item.
fn action(method: &str, path: &str, entity: &Entity) -> Option<Action> {
    let last = path.rsplit('/').next().unwrap_or_default();
    let name = entity.name.clone();
    let item = last == format!("{{{}_id}}", names::snake(&entity.name));
    let collection = !last.starts_with('{') && actions::by_name(last, std::slice::from_ref(entity)).is_some();
    Some(match method {
        "GET" if item => Action::Read { entity: name },
        "GET" if collection => Action::List { entity: name, order: Vec::new(), only: Vec::new() },
        "POST" if collection => Action::Create { entity: name },
        "PUT" | "PATCH" if item => Action::Update { entity: name },
        "DELETE" if item => Action::Delete { entity: name },
        _ => return None,
    })
}

/// Who may call it; what is not clear is never more open than the usual.
fn access(text: &str, entity: Option<&str>, entities: &[Entity]) -> Access {
    let folded = fold(text);
    let says = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    if says(&["admin", "administrador", "administrateur", "管理员", "管理者"])
        && folded.split([' ', ',', '/']).count() <= 2
    {
        return Access::Role { role: "admin".to_owned() };
    }
    if entity.is_none() && says(&["public", "publico", "oeffentlich", "offentlich", "anonym", "none", "ninguna"]) {
        return Access::Public;
    }
    if says(&["public", "publico", "offentlich"]) && !says(&["no public", "not public", "nao publico"]) {
        return Access::Public;
    }
    default_access(entity, entities)
}
