//! Statements of SQLite in PostgreSQL's words.

use sqlparser::dialect::SQLiteDialect;
use sqlparser::tokenizer::{Token, Tokenizer};

/// A statement that SQLite keeps, with the types that PostgreSQL names otherwise under its names: SQLite takes any word
/// for a type, and SQLAlchemy writes `DATETIME` and `BLOB` there. Text that is no SQL stays as it is.
pub fn from_sqlite(sql: &str) -> String {
    let Ok(mut tokens) = Tokenizer::new(&SQLiteDialect {}, sql).tokenize() else { return sql.to_owned() };
    let is_call: Vec<bool> = (1..=tokens.len()).map(|next| matches!(tokens.get(next), Some(Token::LParen))).collect();
    for (token, is_call) in tokens.iter_mut().zip(is_call) {
        if let Token::Word(word) = token
            && word.quote_style.is_none()
            && !is_call
        {
            match word.value.to_uppercase().as_str() {
                "DATETIME" => word.value = "TIMESTAMP".to_owned(),
                "BLOB" => word.value = "BYTEA".to_owned(),
                _ => {}
            }
        }
    }
    tokens.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::from_sqlite;

    #[test]
    fn types_and_nothing_else() {
        let sql = "CREATE TABLE \"a\" (\n\tat DATETIME DEFAULT (datetime('now')) NOT NULL, \"blob\" BLOB, t VARCHAR(9) DEFAULT 'DATETIME'\n)";
        let read = "CREATE TABLE \"a\" (\n\tat TIMESTAMP DEFAULT (datetime('now')) NOT NULL, \"blob\" BYTEA, t VARCHAR(9) DEFAULT 'DATETIME'\n)";
        assert_eq!(from_sqlite(sql), read);
    }
}
