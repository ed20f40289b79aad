//! `DO $$ … $$`: blocks of PL/pgSQL, as far as what runs in them can be told.

use architect_model::{MigrationOperationKind, QualifiedName, RowVerb, Table, Touched};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::split::{Lines, Piece, pieces};
use super::{Reader, unknown};
use crate::touched::touched;

/// How a statement in a block stands to the conditions around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guard {
    /// It always runs.
    None,
    /// It runs where `IF NOT EXISTS (…)` finds nothing, or its failure because the object is there is passed over.
    Absent,
    /// It runs where `IF EXISTS (…)` finds something, or its failure because the object is missing is passed over.
    Present,
    /// It hangs on something else.
    Other,
}

impl Reader<'_> {
    /// What a block does: its statements, where what they hang on is only whether their objects are there.
    pub(super) fn block(&mut self, piece: &Piece) -> Vec<MigrationOperationKind> {
        let Some(body) = piece.tokens.iter().find_map(body) else {
            return vec![unknown(Touched::Everything, "the text of a `DO` is missing")];
        };
        let Ok(statements) = pieces(&body) else {
            return vec![unknown(Touched::Everything, "the text of a `DO` is not understood")];
        };
        let Some((statements, passed)) = without_handlers(&statements) else {
            return vec![unknown(Touched::Everything, "what a `DO` does after a failure is not followed")];
        };
        let lines = Lines::of(&body);
        let mut guards = Vec::new();
        let mut found = Vec::new();
        let mut declares = false;
        for statement in statements {
            declares = !statement.begins_with(&["begin"]) && (declares || statement.begins_with(&["declare"]));
            if declares {
                continue;
            }
            let mut rest = statement.clone();
            enter(&mut rest, &mut guards);
            let (Some(first), Some(last)) = (rest.tokens.first(), rest.tokens.last()) else { continue };
            rest.text = lines.slice(&body, first.span.start, last.span.end).unwrap_or_default().to_owned();
            let around: Vec<Guard> =
                guards.iter().copied().chain([passed]).filter(|guard| *guard != Guard::None).collect();
            for operation in self.inner(&rest) {
                found.extend(self.guarded(operation, &around));
            }
        }
        found
    }

    /// What one statement of a block does.
    fn inner(&mut self, statement: &Piece) -> Vec<MigrationOperationKind> {
        let nothing = ["null", "raise", "return", "get", "exit", "continue", "close", "open", "fetch", "assert"];
        let first = statement.word(0);
        if statement.tokens.is_empty() || nothing.contains(&first.as_str()) {
            return Vec::new();
        }
        if first == "execute" {
            return match statement.tokens.get(1).map(|token| &token.token) {
                Some(Token::SingleQuotedString(sql)) if statement.tokens.len() == 2 => self.text(sql),
                Some(Token::DollarQuotedString(sql)) if statement.tokens.len() == 2 => self.text(&sql.value),
                _ => vec![unknown(Touched::Everything, "a `DO` executes SQL that it puts together itself")],
            };
        }
        // `SELECT … INTO` fills a variable here.
        if first == "perform" || first == "select" {
            return vec![MigrationOperationKind::Rows {
                table: None,
                verb: RowVerb::Select,
                sql: Some(statement.text.clone()),
            }];
        }
        let assigns = statement.tokens.get(1).is_some_and(|token| matches!(token.token, Token::Assignment | Token::Eq));
        if assigns {
            return Vec::new();
        }
        self.text(&statement.text)
    }

    /// What a text in the block does.
    fn text(&mut self, sql: &str) -> Vec<MigrationOperationKind> {
        let (enums, keys) = (self.enums.clone(), self.keys.clone());
        Reader { sql, at: self.at, before: self.before, enums, keys, tokens: Vec::new() }.read()
    }
}

fn body(token: &TokenWithSpan) -> Option<String> {
    match &token.token {
        Token::DollarQuotedString(text) => Some(text.value.clone()),
        Token::SingleQuotedString(text) => Some(text.clone()),
        _ => None,
    }
}

/// The statements in front of a handler of failures, and which failures it passes over:
/// `EXCEPTION WHEN duplicate_object THEN NULL`. None where it does something else, or something follows it.
fn without_handlers(statements: &[Piece]) -> Option<(&[Piece], Guard)> {
    let Some(start) = statements.iter().position(|statement| statement.begins_with(&["exception"])) else {
        return Some((statements, Guard::None));
    };
    let handlers = &statements[start..];
    let idle = |statement: &Piece| {
        let then = position(statement, Keyword::THEN).map_or(0, |then| then + 1);
        ["null", "raise", "end", "return"].contains(&statement.word(then).as_str())
    };
    let text = handlers[0].text.to_ascii_lowercase();
    let passed = match () {
        () if text.contains("duplicate_") => Guard::Absent,
        () if text.contains("undefined_") => Guard::Present,
        () => Guard::Other,
    };
    handlers.iter().all(idle).then_some((&statements[..start], passed))
}

/// Goes into and out of the conditions and loops that a statement begins or ends, and takes them from it.
fn enter(rest: &mut Piece, guards: &mut Vec<Guard>) {
    loop {
        match rest.word(0).as_str() {
            "begin" => rest.tokens.drain(..1).for_each(drop),
            word @ ("if" | "elsif" | "elseif") => {
                if word != "if" {
                    guards.pop();
                }
                let end = position(rest, Keyword::THEN);
                let asked = end.map_or(Guard::Other, |end| condition(&rest.tokens[1..end]));
                // What comes after the first condition also hangs on that one.
                guards.push(if word == "if" { asked } else { Guard::Other });
                rest.tokens.drain(..end.map_or(1, |end| end + 1));
            }
            "else" => {
                guards.pop();
                guards.push(Guard::Other);
                rest.tokens.drain(..1);
            }
            "for" | "foreach" | "while" | "loop" => {
                guards.push(Guard::Other);
                let end = rest.tokens.iter().position(|token| is_word(token, "loop"));
                rest.tokens.drain(..end.map_or(1, |end| end + 1));
            }
            "end" => {
                if matches!(rest.word(1).as_str(), "if" | "loop") {
                    guards.pop();
                }
                rest.tokens.clear();
            }
            _ => return,
        }
    }
}

fn position(piece: &Piece, keyword: Keyword) -> Option<usize> {
    let mut depth = 0_i32;
    piece.tokens.iter().position(|token| {
        match &token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            _ => {}
        }
        depth == 0 && matches!(&token.token, Token::Word(word) if word.keyword == keyword)
    })
}

fn is_word(token: &TokenWithSpan, expected: &str) -> bool {
    matches!(&token.token, Token::Word(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(expected))
}

/// What an `IF` asks: whether something is in the catalogue, or something else.
fn condition(tokens: &[TokenWithSpan]) -> Guard {
    let text = tokens.iter().map(|token| token.token.to_string()).collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    let catalogue = ["pg_type", "pg_class", "pg_constraint", "pg_indexes", "pg_enum", "pg_tables", "pg_attribute"];
    let asks_catalogue = text.contains("information_schema") || catalogue.iter().any(|name| text.contains(name));
    let alone = !text.contains(" or ") || text.starts_with("not exists (") || text.starts_with("exists (");
    match (asks_catalogue && alone, text.starts_with("not exists"), text.starts_with("exists")) {
        (true, true, _) => Guard::Absent,
        (true, _, true) => Guard::Present,
        _ => Guard::Other,
    }
}

impl Reader<'_> {
    /// An operation that runs only where its guards let it.
    fn guarded(&self, mut operation: MigrationOperationKind, guards: &[Guard]) -> Vec<MigrationOperationKind> {
        use MigrationOperationKind as K;
        let all = |guard: Guard| guards.iter().all(|other| *other == guard);
        let runs = match &mut operation {
            K::Rows { .. } | K::Aside { .. } | K::Unknown { .. } | K::SetTimeout { .. } => true,
            _ if guards.is_empty() => true,
            K::AddConstraint { .. } => all(Guard::Absent),
            K::CreateTable { if_not_exists: flag, .. }
            | K::AddColumn { if_not_exists: flag, .. }
            | K::CreateIndex { if_not_exists: flag, .. }
            | K::CreateType { if_not_exists: flag, .. }
            | K::AddValue { if_not_exists: flag, .. } => {
                *flag = true;
                all(Guard::Absent)
            }
            K::DropTable { if_exists: flag, .. }
            | K::DropColumn { if_exists: flag, .. }
            | K::DropConstraint { if_exists: flag, .. }
            | K::DropIndex { if_exists: flag, .. }
            | K::DropType { if_exists: flag, .. } => {
                *flag = true;
                all(Guard::Present)
            }
            K::RenameTable { table, .. } if all(Guard::Present) => {
                return self.where_present(table.clone(), None, operation);
            }
            K::AlterColumn { table, column, .. } if all(Guard::Present) => {
                let (table, column) = (table.clone(), column.clone());
                return self.where_present(table, Some(&column), operation);
            }
            K::RenameValue { name, from, .. } if all(Guard::Present) => {
                match self.before.enumeration(name).filter(|_| self.before.is_sure()) {
                    Some(known) if known.values.contains(from) => true,
                    Some(_) => return Vec::new(),
                    None => false,
                }
            }
            _ => false,
        };
        if runs { vec![operation] } else { hanging(&operation) }
    }

    /// An operation that runs where its table, or column of it, is there.
    fn where_present(
        &self,
        table: QualifiedName,
        column: Option<&str>,
        operation: MigrationOperationKind,
    ) -> Vec<MigrationOperationKind> {
        if !self.before.is_sure() {
            return hanging(&operation);
        }
        let found = self.before.table(&table);
        let has = |known: &Table| column.is_none_or(|name| known.columns.iter().any(|column| column.name == name));
        if found.is_some_and(has) { vec![operation] } else { Vec::new() }
    }
}

fn hanging(operation: &MigrationOperationKind) -> Vec<MigrationOperationKind> {
    let reason = "whether this runs hangs on a condition in a `DO`";
    touched(operation).into_iter().map(|touches| unknown(touches, reason)).collect()
}
