//! What revisions ask the database while they run, and what it answers.

use crate::Unknown;

/// What a revision asks the database.
#[derive(Debug, Clone, PartialEq)]
pub enum Inquiry {
    /// A method of SQLAlchemy's inspector, with what it is given.
    Inspector {
        /// Its name: `get_columns`.
        method: String,
        /// The table, where it takes one.
        table: Option<String>,
        /// The index, where it takes one.
        index: Option<String>,
        /// The schema (namespace), where one is given.
        schema: Option<String>,
    },
    /// A query.
    Query {
        /// As SQL.
        sql: String,
        /// Its parameters, by name.
        parameters: Vec<(String, Answer)>,
    },
}

/// What a database answers, in the shape that Python gets it in.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// `None`.
    Nothing,
    /// A truth value.
    Flag(bool),
    /// A number.
    Number(i64),
    /// A text.
    Text(String),
    /// A list, or the rows of a query.
    List(Vec<Answer>),
    /// A dictionary, or a row of a query with the names of its columns.
    Record(Vec<(String, Answer)>),
    /// A column type, by the class of SQLAlchemy that it is reflected as, with its arguments.
    Type {
        /// Import path of the class.
        class: String,
        /// Its arguments.
        arguments: Vec<(String, Answer)>,
    },
    /// A part of a list of which it is not sure that it is there.
    Perhaps(Box<Answer>, Unknown),
    /// Not known.
    Unknown(Unknown),
}

impl Answer {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A text, or `None`.
    pub fn text_or_nothing(text: Option<&str>) -> Self {
        text.map_or(Self::Nothing, Self::text)
    }

    /// A list of texts.
    pub fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::List(texts.into_iter().map(Self::text).collect())
    }

    /// The part of a record that has a name.
    pub fn part(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Record(parts) => parts.iter().find(|(known, _)| known == name).map(|(_, part)| part),
            _ => None,
        }
    }
}
