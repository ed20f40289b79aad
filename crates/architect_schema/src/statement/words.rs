//! Statements that `sqlparser` does not understand, as far as their first words tell.

use architect_model::{MigrationOperationKind, QualifiedName, RowVerb, Touched};
use sqlparser::ast::Ident;
use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::name::folded;
use super::split::Piece;
use super::{Reader, aside, unknown};

/// What can be made, altered and dropped without a change to tables, indexes and enumerations.
const ASIDES: &[&str] = &[
    "access",
    "aggregate",
    "cast",
    "collation",
    "conversion",
    "database",
    "default",
    "event",
    "extension",
    "foreign",
    "function",
    "group",
    "language",
    "large",
    "materialized",
    "operator",
    "owned",
    "policy",
    "procedure",
    "publication",
    "role",
    "routine",
    "rule",
    "sequence",
    "server",
    "statistics",
    "subscription",
    "system",
    "tablespace",
    "text",
    "transform",
    "trigger",
    "user",
    "view",
    "domain",
    "constraint",
    "recursive",
];

/// Statements that leave the schema as it is.
const HARMLESS: &[&str] = &[
    "abort",
    "analyze",
    "begin",
    "call",
    "checkpoint",
    "close",
    "cluster",
    "commit",
    "deallocate",
    "discard",
    "end",
    "explain",
    "grant",
    "import",
    "listen",
    "load",
    "lock",
    "notify",
    "pragma",
    "reassign",
    "refresh",
    "reindex",
    "release",
    "reset",
    "revoke",
    "rollback",
    "savepoint",
    "security",
    "set",
    "show",
    "start",
    "unlisten",
    "vacuum",
    "comment",
    "attach",
    "detach",
];

/// The words of a statement, from one of them on.
#[derive(Clone)]
pub(super) struct Words<'p> {
    piece: &'p Piece,
    index: usize,
}

impl<'p> Words<'p> {
    /// The words of a statement from this one on.
    pub fn of(piece: &'p Piece, index: usize) -> Self {
        Self { piece, index }
    }

    /// The place of the next word.
    pub fn index(&self) -> usize {
        self.index
    }

    fn token(&self) -> Option<&'p Token> {
        self.piece.tokens.get(self.index).map(|token: &TokenWithSpan| &token.token)
    }

    /// Goes behind these words, if they are the next ones.
    pub fn skip(&mut self, words: &[&str]) -> bool {
        let next = words.iter().enumerate().all(|(offset, word)| self.piece.word(self.index + offset) == *word);
        if next {
            self.index += words.len();
        }
        next
    }

    /// Goes behind a token, if it is the next one.
    pub fn skip_token(&mut self, token: &Token) -> bool {
        let next = self.token() == Some(token);
        self.index += usize::from(next);
        next
    }

    /// The name that comes next, with its schema.
    pub fn name(&mut self) -> Option<QualifiedName> {
        let mut parts = vec![self.ident()?];
        while self.skip_token(&Token::Period) {
            parts.push(self.ident()?);
        }
        let name = parts.pop()?;
        Some(QualifiedName::new(parts.pop(), name))
    }

    fn ident(&mut self) -> Option<String> {
        let Some(Token::Word(word)) = self.token() else { return None };
        let ident = match word.quote_style {
            Some(quote) => Ident::with_quote(quote, word.value.clone()),
            None => Ident::new(word.value.clone()),
        };
        self.index += 1;
        Some(folded(&ident))
    }
}

impl Reader<'_> {
    /// What a statement does, by its first words.
    pub(super) fn words(&mut self, piece: &Piece) -> Vec<MigrationOperationKind> {
        let mut words = Words::of(piece, 1);
        let verb = piece.word(0);
        let rows = |table, verb| vec![MigrationOperationKind::Rows { table, verb, sql: Some(piece.text.clone()) }];
        match verb.as_str() {
            "do" => self.block(piece),
            "create" => created(words, piece),
            "alter" => altered(words, piece),
            "drop" => dropped(words, piece),
            "insert" if words.skip(&["into"]) => rows(words.name(), RowVerb::Insert),
            "update" => {
                words.skip(&["only"]);
                rows(words.name(), RowVerb::Update)
            }
            "delete" if words.skip(&["from"]) => {
                words.skip(&["only"]);
                rows(words.name(), RowVerb::Delete)
            }
            "select" | "table" | "values" => rows(None, RowVerb::Select),
            "copy" => rows(words.name(), RowVerb::Insert),
            verb if HARMLESS.contains(&verb) => vec![aside(format!("`{}`", verb.to_uppercase()))],
            _ => vec![not_understood(Touched::Everything, piece)],
        }
    }
}

fn not_understood(touches: Touched, piece: &Piece) -> MigrationOperationKind {
    let start: String = piece.text.split_whitespace().take(6).collect::<Vec<_>>().join(" ");
    unknown(touches, format!("`{start} …` is not understood"))
}

fn created(mut words: Words, piece: &Piece) -> Vec<MigrationOperationKind> {
    words.skip(&["or", "replace"]);
    if words.skip(&["temporary"]) || words.skip(&["temp"]) {
        return vec![aside("temporary table")];
    }
    words.skip(&["unlogged"]);
    words.skip(&["unique"]);
    if words.skip(&["table"]) {
        words.skip(&["if", "not", "exists"]);
        let touches = words.name().map_or(Touched::Everything, |table| Touched::Table { table });
        return vec![not_understood(touches, piece)];
    }
    if words.skip(&["index"]) {
        return vec![not_understood(index_touches(words), piece)];
    }
    if words.skip(&["schema"]) {
        return vec![aside("schema")];
    }
    if words.skip(&["type"]) {
        return vec![aside("type that is no enumeration")];
    }
    thing(words, piece)
}

/// The table of an index, behind `ON`.
fn index_touches(mut words: Words) -> Touched {
    while words.token().is_some() {
        if words.skip(&["on"]) {
            words.skip(&["only"]);
            return words.name().map_or(Touched::Everything, |table| Touched::Constraints { table });
        }
        words.index += 1;
    }
    Touched::Everything
}

fn altered(mut words: Words, piece: &Piece) -> Vec<MigrationOperationKind> {
    if words.skip(&["type"]) {
        let Some(name) = words.name() else { return vec![not_understood(Touched::Everything, piece)] };
        let harmless: &[&[&str]] =
            &[&["owner"], &["add", "attribute"], &["drop", "attribute"], &["alter", "attribute"]];
        if harmless.iter().any(|form| words.clone().skip(form)) {
            return vec![aside("type that is no enumeration")];
        }
        return vec![not_understood(Touched::Type { name }, piece)];
    }
    if words.skip(&["index"]) {
        let if_exists = words.skip(&["if", "exists"]);
        if let Some(name) = words.name()
            && words.skip(&["rename", "to"])
            && let Some(to) = words.name()
        {
            let _ = if_exists;
            return vec![MigrationOperationKind::RenameIndex { name, to: to.name }];
        }
        return vec![aside("storage of an index")];
    }
    if words.skip(&["schema"]) {
        return vec![not_understood(Touched::Everything, piece)];
    }
    thing(words, piece)
}

fn dropped(mut words: Words, piece: &Piece) -> Vec<MigrationOperationKind> {
    if words.skip(&["index"]) {
        let concurrently = words.skip(&["concurrently"]);
        let if_exists = words.skip(&["if", "exists"]);
        let mut found = Vec::new();
        while let Some(name) = words.name() {
            found.push(MigrationOperationKind::DropIndex { table: None, name, concurrently, if_exists });
            if !words.skip_token(&Token::Comma) {
                break;
            }
        }
        return found;
    }
    if words.skip(&["schema"]) || words.skip(&["table"]) || words.skip(&["type"]) {
        return vec![not_understood(Touched::Everything, piece)];
    }
    thing(words, piece)
}

/// Something else that is made, altered or dropped.
fn thing(words: Words, piece: &Piece) -> Vec<MigrationOperationKind> {
    let word = piece.word(words.index());
    if ASIDES.contains(&word.as_str()) {
        return vec![aside(if word == "materialized" { "materialized view".to_owned() } else { word })];
    }
    vec![not_understood(Touched::Everything, piece)]
}
