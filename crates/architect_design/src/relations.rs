//! Relations in words and sketches: `User 1 --- N Task`, `a user has many tasks`, tables of relations.

use crate::blocks::{Line, Table};
use crate::lexicon::Words;
use crate::names::{self, fold};
use crate::raw::{RawRelation, RelationKind};

/// Words between the one and the many, the one first.
static HAS_MANY: Words = Words("has many");

/// Words between the many and the one, the many first.
static BELONGS_TO: Words = Words("belongs to");

static MANY_TO_MANY: Words = Words("many to many");

static ONE_TO_ONE: Words = Words("one to one");

/// The relation that a line states, if it is one.
pub(crate) fn sentence(text: &str, line: u32) -> Option<RawRelation> {
    if let Some(found) = arrowed(text, line) {
        return Some(found);
    }
    let folded = format!(" {} ", sketch(&fold(text)));
    for (marks, kind, many_first) in [
        (HAS_MANY, RelationKind::OneToMany, false),
        (BELONGS_TO, RelationKind::OneToMany, true),
        (MANY_TO_MANY, RelationKind::ManyToMany, false),
        (ONE_TO_ONE, RelationKind::OneToOne, false),
    ] {
        for mark in marks.iter() {
            let Some((before, after)) = folded.split_once(&format!(" {mark} ")) else {
                continue;
            };
            let (Some(left), Some(right)) = (last_name(before), first_name(after)) else {
                continue;
            };
            let (one, many) = if many_first { (right, left) } else { (left, right) };
            return Some(RawRelation { one, many, kind, label: String::new(), drawn: false, line });
        }
    }
    None
}

/// `Match → Claim — One-to-many (a match can lead to claims)`
fn arrowed(text: &str, line: u32) -> Option<RawRelation> {
    let plain = text.replace(['*', '`'], "");
    let (left, rest) = ["→", "->", "↔"].iter().find_map(|arrow| plain.split_once(arrow))?;
    let end = [" — ", " – ", " - ", ": ", " ("].iter().filter_map(|mark| rest.find(mark)).min()?;
    let (left, right) = (left.trim().trim_start_matches(['-', ' ']), rest[..end].trim());
    let how = fold(rest[end..].trim_start_matches([' ', '—', '–', '-', ':', '(']));
    let opens = |words: Words| {
        words.iter().any(|mark| how.strip_prefix(mark).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))
    };
    let (kind, turned) = [
        (MANY_TO_MANY, RelationKind::ManyToMany, false),
        (ONE_TO_ONE, RelationKind::OneToOne, false),
        (BELONGS_TO, RelationKind::OneToMany, true),
        (HAS_MANY, RelationKind::OneToMany, false),
    ]
    .into_iter()
    .find_map(|(words, kind, turned)| opens(words).then_some((kind, turned)))?;
    let (one, many) = if turned { (right, left) } else { (left, right) };
    let named = names::is_label(one) && names::is_label(many);
    let (one, many) = (one.to_owned(), many.to_owned());
    named.then_some(RawRelation { one, many, kind, label: String::new(), drawn: false, line })
}

/// The relation that an item names and whose cardinality a line below says: `Author writes Book`, `Cardinality: 1:N`.
pub(crate) fn of_item(lines: &[Line]) -> Option<RawRelation> {
    let (first, rest) = lines.split_first()?;
    let words: Vec<&str> = first.lead.split_whitespace().collect();
    let (Some(left), Some(right), true) = (words.first(), words.last(), (3..=5).contains(&words.len())) else {
        return None;
    };
    let how = |line: &Line| {
        let (_, how) = line.text.split_once([':', '：'])?;
        sentence(&format!("x {} y", fold(how).split_whitespace().next()?), line.line)
    };
    let said = rest.iter().find_map(how)?;
    let (one, many) = if said.one == "y" { (right, left) } else { (left, right) };
    Some(RawRelation { one: (*one).to_owned(), many: (*many).to_owned(), line: first.line, ..said })
}

/// The relation that a line states of the entity it stands under: `Belongs to a seller (N:1)`, `→ Project (n..1)`.
pub(crate) fn of_subject(text: &str, subject: &str, line: u32) -> Option<RawRelation> {
    let folded = format!(" {} ", sketch(&fold(text)));
    let marks = [
        (ONE_TO_ONE, RelationKind::OneToOne, false),
        (MANY_TO_MANY, RelationKind::ManyToMany, false),
        (HAS_MANY, RelationKind::OneToMany, false),
        (BELONGS_TO, RelationKind::OneToMany, true),
    ];
    // What stands last says how many: `Can have several reviews (1:N)`.
    let last = |words: Words| {
        let found = words.iter().filter_map(|mark| Some((folded.rfind(&format!(" {mark} "))?, mark.len())));
        found.max()
    };
    let found = marks.into_iter().filter_map(|(words, kind, is_many)| Some((last(words)?, kind, is_many)));
    let ((at, length), kind, is_many) = found.max_by_key(|(place, ..)| *place)?;
    let (before, after) = (folded[..at].trim(), folded[at + length + 2..].trim());
    let phrase = if before.is_empty() { after } else { before };
    let phrase = phrase.split([',', ';', '.', ':']).next().unwrap_or(phrase).trim();
    if phrase.is_empty() || phrase.split_whitespace().count() > 6 {
        return None;
    }
    let (subject, phrase) = (subject.to_owned(), phrase.to_owned());
    let (one, many) = if is_many { (phrase, subject) } else { (subject, phrase) };
    Some(RawRelation { one, many, kind, label: String::new(), drawn: false, line })
}

/// `a 1 ------ n b` as `a 1:n b`, arrows and brackets simplified.
fn sketch(text: &str) -> String {
    let mut plain: String = text
        .chars()
        .map(|c| {
            if matches!(c, '(' | ')' | '"' | '*' | '→' | '←' | '`' | '—' | '–' | '─' | '<' | '>') {
                ' '
            } else {
                c
            }
        })
        .collect();
    while plain.contains("--") {
        plain = plain.replace("--", " ");
    }
    let words: Vec<&str> = plain.split_whitespace().filter(|word| *word != "-").collect();
    let mut out: Vec<String> = Vec::new();
    let side = |word: &str| match word {
        "1" | "0..1" | "1,1" | "0,1" | "one" | "uno" | "un" if word != "un" => Some("1"),
        "n" | "m" | "*" | "0..n" | "1..n" | "0,n" | "1,n" | "0..*" | "1..*" | "many" | "muchos" => Some("n"),
        _ => None,
    };
    let mut at = 0;
    while at < words.len() {
        if let (Some(left), Some(right)) = (side(words[at]), words.get(at + 1).and_then(|word| side(word))) {
            out.push(format!("{left}:{right}"));
            at += 2;
            continue;
        }
        out.push(words[at].to_owned());
        at += 1;
    }
    out.join(" ")
}

static ARTICLES: Words = Words("article");

fn last_name(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split([' ', ':', '.', ',']).filter(|word| !word.is_empty()).collect();
    let word = words.iter().rev().find(|word| !ARTICLES.contains(word))?;
    (words.len() <= 4 && names::is_label(word)).then(|| (*word).to_owned())
}

fn first_name(text: &str) -> Option<String> {
    let word = text.split([' ', ':', '.', ',', ';']).find(|word| !word.is_empty() && !ARTICLES.contains(word))?;
    names::is_label(word).then(|| word.to_owned())
}

/// A table `From | To | Cardinality`, or `Relation | Type` with an arrow in its first cell.
pub(crate) fn table(table: &Table) -> Option<Vec<RawRelation>> {
    from_to(table).or_else(|| arrows(table))
}

/// `User → Task | One-to-Many`
fn arrows(table: &Table) -> Option<Vec<RawRelation>> {
    let first = fold(table.header.first()?);
    if !["relation", "relations", "relationship", "relacion", "relacao", "beziehung", "关系", "関係", "관계"]
        .contains(&first.as_str())
    {
        return None;
    }
    let mut relations = Vec::new();
    for row in &table.rows {
        let cell = row.cells.first().map_or("", String::as_str).replace('`', "");
        let Some((left, right)) = ["→", "->", "—", " - "].iter().find_map(|arrow| cell.split_once(arrow)) else {
            continue;
        };
        let (left, right) = (left.trim(), right.trim_start_matches('>').trim());
        let kind = row.cells.iter().skip(1).find_map(|how| sentence(&format!("x {how} y"), row.line));
        let Some(kind) = kind.filter(|_| names::is_label(left) && names::is_label(right)) else { continue };
        let turned = kind.one == "y";
        let (one, many) = if turned { (right, left) } else { (left, right) };
        relations.push(RawRelation {
            one: one.to_owned(),
            many: many.to_owned(),
            kind: kind.kind,
            label: String::new(),
            drawn: false,
            line: row.line,
        });
    }
    Some(relations)
}

/// Headers of the first entity of a relation.
static FROM: Words = Words("from");

/// Headers of the second entity of a relation.
static TO: Words = Words("to");

/// Headers of how many rows stand on each side.
static HOW: Words = Words("how");

fn from_to(table: &Table) -> Option<Vec<RawRelation>> {
    let find = |words: &[&str]| table.header.iter().position(|cell| words.contains(&fold(cell).as_str()));
    let from = find(&FROM)?;
    let to = find(&TO)?;
    let how = find(&HOW);
    let mut relations = Vec::new();
    for row in &table.rows {
        let cell = |at: usize| row.cells.get(at).map_or("", String::as_str).replace('`', "");
        let said = how.map(|at| fold(&cell(at))).unwrap_or_default();
        let (left, right) = (cell(from), cell(to));
        let stated = sentence(&format!("x {} y", said.split_whitespace().next().unwrap_or("1:n")), row.line);
        let Some(kind) = stated.as_ref().map(|relation| relation.kind) else {
            continue;
        };
        let turned = stated.is_some_and(|relation| relation.one == "y");
        let (one, many) = if turned { (right, left) } else { (left, right) };
        relations.push(RawRelation { one, many, kind, label: String::new(), drawn: false, line: row.line });
    }
    Some(relations)
}
