//! Tables, types and comments: what makes them and what takes them away.

use architect_model::{ColumnChange, EnumType, MigrationOperationKind, QualifiedName, Table, Touched, ValuePlace};
use sqlparser::ast::{
    AlterType, AlterTypeAddValuePosition, AlterTypeOperation, ColumnOption, ColumnOptionDef, CommentObject,
    CreateTable, ObjectName, ObjectType, Statement, TableConstraint, UserDefinedTypeRepresentation,
};
use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::alter::parted;
use super::column::mark_keys;
use super::constraint::{Added, key_columns};
use super::existing::is_same;
use super::name::{folded, parts, qualified};
use super::split::Piece;
use super::words::Words;
use super::{Reader, aside, parse, unknown};

impl Reader<'_> {
    pub(super) fn create_table(&mut self, create: &CreateTable) -> Vec<MigrationOperationKind> {
        if create.temporary {
            return vec![aside("temporary table")];
        }
        let name = qualified(&create.name);
        let table_touched = Touched::Table { table: name.clone() };
        if create.query.is_some() || create.like.is_some() || create.partition_of.is_some() || create.inherits.is_some()
        {
            return vec![unknown(table_touched, format!("the columns of `{name}` are taken from elsewhere"))];
        }
        let mut table = Table::new(name.name.clone(), self.at.clone());
        table.schema = name.schema.clone();
        let mut after = Vec::new();
        // A reference to the table itself may mean the key that stands in the same parentheses.
        self.keys.push((name.clone(), own_key(create)));
        for definition in &create.columns {
            let (column, constraints) = self.column(&name, definition);
            table.columns.push(column);
            table.constraints.extend(constraints);
        }
        for constraint in &create.constraints {
            match self.table_constraint(&name, constraint) {
                Added::Whole(constraint) => table.constraints.push(*constraint),
                _ => after.push(unknown(
                    Touched::Constraints { table: name.clone() },
                    format!("`{constraint}` of `{name}` is not understood"),
                )),
            }
        }
        drop_unresolved(&mut table, &mut after, &name);
        mark_keys(&mut table);
        let mut operations =
            vec![MigrationOperationKind::CreateTable { table: Box::new(table), if_not_exists: create.if_not_exists }];
        operations.append(&mut after);
        operations
    }

    /// A table of which `sqlparser` does not understand the whole: each part by itself, so that what is not understood
    /// makes nothing else unknown. None where the statement is no such table.
    pub(super) fn table_in_parts(&mut self, piece: &Piece) -> Option<Vec<MigrationOperationKind>> {
        let mut words = Words::of(piece, 1);
        words.skip(&["unlogged"]);
        words.skip(&["table"]).then_some(())?;
        words.skip(&["if", "not", "exists"]);
        let name = words.name()?;
        words.skip_token(&Token::LParen).then_some(())?;
        let start = words.index();
        let mut depth = 1;
        let end = start
            + piece.from(start).iter().position(|token| {
                depth += match token.token {
                    Token::LParen => 1,
                    Token::RParen => -1,
                    _ => 0,
                };
                depth == 0
            })?;
        let mut whole: Option<CreateTable> = None;
        let mut unread = Vec::new();
        for part in parted(&piece.tokens[start..end]) {
            let tokens = piece.tokens[..start].iter().chain(part).chain([&piece.tokens[end]]).cloned().collect();
            match parse(&Piece { tokens, text: String::new() }) {
                Some(Statement::CreateTable(create)) => match &mut whole {
                    Some(whole) => {
                        whole.columns.extend(create.columns);
                        whole.constraints.extend(create.constraints);
                    }
                    None => whole = Some(create),
                },
                _ => unread.push(part_not_understood(&name, part)),
            }
        }
        let mut operations = self.create_table(&whole?);
        operations.extend(unread);
        Some(operations)
    }

    pub(super) fn create_type(
        &self,
        name: &ObjectName,
        representation: Option<&UserDefinedTypeRepresentation>,
    ) -> Vec<MigrationOperationKind> {
        let Some(UserDefinedTypeRepresentation::Enum { labels }) = representation else {
            return vec![aside("type that is no enumeration")];
        };
        let values = labels.iter().map(|label| label.value.clone()).collect();
        let ty = EnumType { name: qualified(name), values };
        vec![MigrationOperationKind::CreateType { ty, if_not_exists: false }]
    }

    pub(super) fn alter_type(&self, alter: &AlterType) -> MigrationOperationKind {
        let name = qualified(&alter.name);
        match &alter.operation {
            AlterTypeOperation::Rename(rename) => {
                MigrationOperationKind::RenameType { name, to: folded(&rename.new_name) }
            }
            AlterTypeOperation::AddValue(add) => MigrationOperationKind::AddValue {
                name,
                value: add.value.value.clone(),
                place: add.position.as_ref().map(|position| match position {
                    AlterTypeAddValuePosition::Before(value) => ValuePlace::Before(value.value.clone()),
                    AlterTypeAddValuePosition::After(value) => ValuePlace::After(value.value.clone()),
                }),
                if_not_exists: add.if_not_exists,
            },
            AlterTypeOperation::RenameValue(rename) => MigrationOperationKind::RenameValue {
                name,
                from: rename.from.value.clone(),
                to: rename.to.value.clone(),
            },
        }
    }

    pub(super) fn drop(
        &self,
        object: ObjectType,
        (if_exists, cascade): (bool, bool),
        names: &[ObjectName],
        table: Option<&ObjectName>,
    ) -> Vec<MigrationOperationKind> {
        let each =
            |make: &dyn Fn(QualifiedName) -> MigrationOperationKind| names.iter().map(qualified).map(make).collect();
        match object {
            ObjectType::Table => {
                let tables = self.referring_first(names.iter().map(qualified).collect());
                let drop = |table| MigrationOperationKind::DropTable { table, if_exists, cascade };
                tables.into_iter().map(drop).collect()
            }
            ObjectType::Type => each(&|name| MigrationOperationKind::DropType { name, if_exists }),
            ObjectType::Index => each(&|name| MigrationOperationKind::DropIndex {
                table: table.map(qualified),
                name,
                concurrently: false,
                if_exists,
            }),
            ObjectType::Schema => vec![unknown(
                Touched::Everything,
                format!("dropping the schema `{}` takes its tables with it", listed(names)),
            )],
            object => vec![aside(object.to_string().to_ascii_lowercase())],
        }
    }

    /// Tables that go together, those first that refer to others.
    fn referring_first(&self, mut tables: Vec<QualifiedName>) -> Vec<QualifiedName> {
        let mut found = Vec::new();
        while !tables.is_empty() {
            let is_referred_to = |table: &QualifiedName| {
                self.before.references(table).iter().any(|(owner, _)| tables.iter().any(|other| is_same(other, owner)))
            };
            let place = tables.iter().position(|table| !is_referred_to(table)).unwrap_or(0);
            found.push(tables.remove(place));
        }
        found
    }

    pub(super) fn comment(
        &self,
        object: CommentObject,
        name: &ObjectName,
        comment: Option<&str>,
    ) -> MigrationOperationKind {
        let comment = comment.filter(|comment| !comment.is_empty()).map(str::to_owned);
        match object {
            CommentObject::Table => MigrationOperationKind::CommentTable { table: qualified(name), comment },
            CommentObject::Column => {
                let mut parts = parts(name);
                let column = parts.pop().unwrap_or_default();
                let table = parts.pop().unwrap_or_default();
                MigrationOperationKind::AlterColumn {
                    table: QualifiedName::new(parts.pop(), table),
                    column,
                    change: Box::new(ColumnChange { comment: Some(comment), ..ColumnChange::default() }),
                }
            }
            object => aside(format!("comment on {}", object.to_string().to_ascii_lowercase())),
        }
    }
}

/// The primary key that the parentheses of a table say.
fn own_key(create: &CreateTable) -> Vec<String> {
    let is_key = |option: &ColumnOptionDef| matches!(option.option, ColumnOption::PrimaryKey(_));
    if let Some(column) = create.columns.iter().find(|column| column.options.iter().any(is_key)) {
        return vec![folded(&column.name)];
    }
    let key = create.constraints.iter().find_map(|constraint| match constraint {
        TableConstraint::PrimaryKey(key) => key_columns(&key.columns),
        _ => None,
    });
    key.unwrap_or_default()
}

fn part_not_understood(table: &QualifiedName, part: &[TokenWithSpan]) -> MigrationOperationKind {
    let constraints = ["constraint", "primary", "unique", "foreign", "check", "exclude"];
    let table = table.clone();
    match part.first().map(|token| &token.token) {
        Some(Token::Word(word))
            if word.quote_style.is_some() || !constraints.contains(&&*word.value.to_lowercase()) =>
        {
            let column = if word.quote_style.is_some() { word.value.clone() } else { word.value.to_ascii_lowercase() };
            let reason = format!("what the column `{table}.{column}` is is not understood");
            unknown(Touched::Column { table, column }, reason)
        }
        Some(Token::Word(_)) => {
            let reason = format!("a constraint of `{table}` is not understood");
            unknown(Touched::Constraints { table }, reason)
        }
        _ => {
            let reason = format!("a part of `{table}` is not understood");
            unknown(Touched::Table { table }, reason)
        }
    }
}

/// Takes out references whose columns are not known, and says so.
fn drop_unresolved(table: &mut Table, after: &mut Vec<MigrationOperationKind>, name: &QualifiedName) {
    use architect_model::TableConstraint::ForeignKey;
    let before = table.constraints.len();
    table
        .constraints
        .retain(|constraint| !matches!(constraint, ForeignKey { ref_columns, .. } if ref_columns.is_empty()));
    if table.constraints.len() < before {
        after.push(unknown(
            Touched::Constraints { table: name.clone() },
            format!("a reference of `{name}` means the primary key of a table that is not known"),
        ));
    }
}

fn listed(names: &[ObjectName]) -> String {
    names.iter().map(|name| qualified(name).to_string()).collect::<Vec<_>>().join("`, `")
}
