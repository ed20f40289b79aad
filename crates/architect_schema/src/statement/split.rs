//! A text of SQL → its statements.

use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer, TokenizerError};

/// A statement as tokens.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    /// Its tokens, without white space and comments.
    pub tokens: Vec<TokenWithSpan>,
    /// Its text.
    pub text: String,
}

impl Piece {
    /// The word at a place, in lower case; empty where there is none, or one in quotes.
    pub fn word(&self, index: usize) -> String {
        match self.tokens.get(index).map(|token| &token.token) {
            Some(Token::Word(word)) if word.quote_style.is_none() => word.value.to_ascii_lowercase(),
            _ => String::new(),
        }
    }

    /// Whether these are its first words.
    pub fn begins_with(&self, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(index, word)| self.word(index) == *word)
    }

    /// The part of it from a token on.
    pub fn from(&self, start: usize) -> &[TokenWithSpan] {
        self.tokens.get(start..).unwrap_or_default()
    }
}

/// The statements of a text: what `;` parts, outside of texts and dollar quotes, and of `BEGIN ATOMIC … END`.
pub(super) fn pieces(sql: &str) -> Result<Vec<Piece>, TokenizerError> {
    let tokens = Tokenizer::new(&PostgreSqlDialect {}, sql).tokenize_with_location()?;
    let lines = Lines::of(sql);
    let mut found = Vec::new();
    let mut tokens_of_piece = Vec::new();
    let mut depth = 0_u32;
    for token in tokens {
        match &token.token {
            Token::SemiColon if depth == 0 => {
                push(&mut found, std::mem::take(&mut tokens_of_piece), sql, &lines);
                continue;
            }
            Token::Whitespace(_) => continue,
            Token::Word(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("atomic") => depth += 1,
            Token::Word(word) if depth > 0 && word.keyword == Keyword::CASE => depth += 1,
            Token::Word(word) if depth > 0 && word.keyword == Keyword::END => depth -= 1,
            _ => {}
        }
        tokens_of_piece.push(token);
    }
    push(&mut found, tokens_of_piece, sql, &lines);
    Ok(found)
}

/// The names in a text that have more bytes than PostgreSQL keeps.
pub fn long_names(sql: &str, bytes: usize) -> Vec<String> {
    let tokens = Tokenizer::new(&PostgreSqlDialect {}, sql).tokenize().unwrap_or_default();
    let mut found: Vec<String> = Vec::new();
    for token in tokens {
        if let Token::Word(word) = token
            && word.value.len() > bytes
            && !found.contains(&word.value)
        {
            found.push(word.value);
        }
    }
    found
}

fn push(found: &mut Vec<Piece>, tokens: Vec<TokenWithSpan>, sql: &str, lines: &Lines) {
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return };
    let text = lines.slice(sql, first.span.start, last.span.end).unwrap_or_default().to_owned();
    found.push(Piece { tokens, text });
}

/// Where the lines of a text begin.
pub(super) struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    /// The lines of a text.
    pub fn of(sql: &str) -> Self {
        let ends = sql.char_indices().filter(|(_, c)| *c == '\n').map(|(index, _)| index + 1);
        Self { starts: std::iter::once(0).chain(ends).collect() }
    }

    /// The text between two places.
    pub fn slice<'s>(&self, sql: &'s str, from: Location, to: Location) -> Option<&'s str> {
        sql.get(self.offset(sql, from)?..self.offset(sql, to)?)
    }

    /// Lines and columns count from 1, columns in characters.
    fn offset(&self, sql: &str, at: Location) -> Option<usize> {
        let start = *self.starts.get(usize::try_from(at.line).ok()?.checked_sub(1)?)?;
        let before = usize::try_from(at.column).ok()?.checked_sub(1)?;
        let rest = sql.get(start..)?;
        Some(start + rest.char_indices().nth(before).map_or(rest.len(), |(index, _)| index))
    }
}
