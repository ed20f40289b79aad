//! SQL that a revision executes as text → operations.
//!
//! `sqlparser` reads the statements, in PostgreSQL's dialect; what it does not know is read by its words. What neither
//! can tell is [`MigrationOperationKind::Unknown`], which touches the objects that the statement names.

mod alter;
mod block;
mod column;
mod constraint;
mod create;
mod existing;
mod index;
mod name;
mod rows;
mod settings;
mod split;
mod sqlite;
mod types;
mod words;

use architect_model::{EnumType, Location, MigrationOperationKind, QualifiedName, TableConstraint, Touched};
use sqlparser::ast::Statement;
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::TokenWithSpan;

pub use existing::Existing;
pub(crate) use existing::is_same;
use split::Piece;
pub(crate) use split::long_names;
pub use sqlite::from_sqlite;

/// What the statements of a text do, in order. `before` is the schema in which they run: it says which types are
/// enumerations, and which key a reference without columns means.
pub fn read_sql(sql: &str, at: &Location, before: &dyn Existing) -> Vec<MigrationOperationKind> {
    // `text()` of SQLAlchemy takes `:name` for a parameter unless the colon is escaped.
    let sql = sql.replace("\\:", ":");
    let mut reader = Reader { sql: &sql, at, before, enums: Vec::new(), keys: Vec::new(), tokens: Vec::new() };
    reader.read()
}

/// Reads one text.
struct Reader<'a> {
    sql: &'a str,
    at: &'a Location,
    before: &'a dyn Existing,
    /// Enumerations that the text itself has made so far.
    enums: Vec<EnumType>,
    /// Primary keys of tables that the text itself has made so far.
    keys: Vec<(QualifiedName, Vec<String>)>,
    /// The statement that is being read.
    tokens: Vec<TokenWithSpan>,
}

impl Reader<'_> {
    fn read(&mut self) -> Vec<MigrationOperationKind> {
        match split::pieces(self.sql) {
            Ok(pieces) => pieces.iter().flat_map(|piece| self.piece(piece)).collect(),
            Err(error) => vec![unknown(Touched::Everything, format!("this is no SQL of PostgreSQL: {error}"))],
        }
    }

    /// What one statement does.
    fn piece(&mut self, piece: &Piece) -> Vec<MigrationOperationKind> {
        self.tokens.clone_from(&piece.tokens);
        let read = match parse(piece) {
            _ if piece.begins_with(&["alter", "table"]) => self.alter_table(piece),
            Some(statement) => self.statement(&statement, piece),
            None => self.table_in_parts(piece).unwrap_or_else(|| self.words(piece)),
        };
        for operation in &read {
            self.remember(operation);
        }
        read
    }

    /// Keeps what later statements of the same text may refer to.
    fn remember(&mut self, operation: &MigrationOperationKind) {
        match operation {
            MigrationOperationKind::CreateType { ty, .. } => self.enums.push(ty.clone()),
            MigrationOperationKind::CreateTable { table, .. } => {
                let Some(name) = table.name.known() else { return };
                let key = table.constraints.iter().find_map(|constraint| match constraint {
                    TableConstraint::PrimaryKey { columns, .. } => Some(columns.clone()),
                    _ => None,
                });
                self.keys.push((QualifiedName::new(table.schema.clone(), name), key.unwrap_or_default()));
            }
            _ => {}
        }
    }

    fn statement(&mut self, statement: &Statement, piece: &Piece) -> Vec<MigrationOperationKind> {
        match statement {
            Statement::CreateTable(create) => self.create_table(create),
            Statement::CreateIndex(create) => vec![self.create_index(create)],
            Statement::CreateType { name, representation } => self.create_type(name, representation.as_ref()),
            Statement::AlterType(alter) => vec![self.alter_type(alter)],
            Statement::AlterIndex { name, operation } => vec![self.alter_index(name, operation)],
            Statement::Drop { object_type, if_exists, cascade, names, table, .. } => {
                self.drop(*object_type, (*if_exists, *cascade), names, table.as_ref())
            }
            Statement::Comment { object_type, object_name, comment, .. } => {
                vec![self.comment(*object_type, object_name, comment.as_deref())]
            }
            Statement::Set(set) => settings::set(set),
            statement => self.rows(statement, piece).unwrap_or_else(|| self.words(piece)),
        }
    }
}

/// A statement, where `sqlparser` understands the whole of it.
fn parse(piece: &Piece) -> Option<Statement> {
    let mut parser = Parser::new(&PostgreSqlDialect {}).with_tokens_with_locations(piece.tokens.clone());
    let statement = parser.parse_statement().ok()?;
    (parser.peek_token().token == sqlparser::tokenizer::Token::EOF).then_some(statement)
}

fn unknown(touches: Touched, reason: impl Into<String>) -> MigrationOperationKind {
    MigrationOperationKind::Unknown { touches, reason: reason.into() }
}

fn aside(what: impl Into<String>) -> MigrationOperationKind {
    MigrationOperationKind::Aside { what: what.into() }
}
