//! What a replayed database answers to those who ask it, as SQLAlchemy's inspector reflects it.

mod query;
mod relations;
mod table;
#[cfg(test)]
mod tests;
mod types;

use architect_model::{Answer, Inquiry, Location, QualifiedName, Touched, Unknown};

use crate::Replay;
use crate::sql::Dialect;

/// The table in which Alembic keeps what was run. It is made before the first revision runs.
const VERSIONS: &str = "alembic_version";

/// What the database answers. What its replay leaves in doubt is not known, or there perhaps.
///
/// ```python
/// inspector = sa.inspect(op.get_bind())
/// inspector.get_table_names()
/// ```
pub fn answer(replay: &Replay, inquiry: &Inquiry, at: &Location) -> Answer {
    let asked = Asked { replay, at };
    match inquiry {
        Inquiry::Inspector { method, table: None, schema, .. } => asked.database(method, schema.as_deref()),
        Inquiry::Inspector { method, table: Some(table), index, schema } => {
            let name = QualifiedName::new(schema.clone(), table.as_str());
            match (method.as_str(), index) {
                ("has_table", _) => asked.has_table(&name),
                ("has_index", Some(index)) => asked.has_index(&name, index),
                _ => asked.table(method, &name),
            }
        }
        Inquiry::Query { sql, parameters } => asked.query(sql, parameters),
    }
}

/// A database that is asked at a place.
struct Asked<'r> {
    replay: &'r Replay,
    at: &'r Location,
}

impl Asked<'_> {
    fn unknown(&self, reason: impl Into<String>) -> Answer {
        Answer::Unknown(Unknown::new(self.at.clone(), reason))
    }

    /// What is asked of no table.
    fn database(&self, method: &str, schema: Option<&str>) -> Answer {
        if let Some(unknown) = self.replay.why(&Touched::Everything) {
            return Answer::Unknown(unknown.clone());
        }
        match method {
            "get_table_names" => self.table_names(schema),
            "get_enums" if self.replay.dialect() == Dialect::Postgresql => self.enums(schema),
            _ => self.unknown(format!("what `{method}` finds is not replayed")),
        }
    }

    fn table_names(&self, schema: Option<&str>) -> Answer {
        let wanted = self.replay.key(&QualifiedName::new(schema.map(str::to_owned), "")).schema;
        let keys = self.replay.tables().filter_map(|table| {
            let name = QualifiedName::new(table.schema.clone(), table.name.known()?.as_str());
            Some(self.replay.key(&name))
        });
        let mut names: Vec<QualifiedName> = keys.filter(|key| key.schema == wanted).collect();
        if wanted.is_none() {
            names.push(QualifiedName::new(None, VERSIONS));
        }
        let doubted = self.replay.doubts().iter().filter_map(|doubt| match &doubt.touches {
            Touched::Table { table } => Some(self.replay.key(table)),
            _ => None,
        });
        names.extend(doubted.filter(|key| key.schema == wanted));
        names.sort();
        names.dedup();
        let answer = |name: QualifiedName| {
            let text = Answer::text(name.name.as_str());
            self.perhaps(&Touched::Table { table: name }, text)
        };
        Answer::List(names.into_iter().map(answer).collect())
    }

    /// Something that is there, unless it is in doubt.
    fn perhaps(&self, object: &Touched, answer: Answer) -> Answer {
        match self.replay.why(object) {
            Some(unknown) => Answer::Perhaps(Box::new(answer), unknown.clone()),
            None => answer,
        }
    }

    fn enums(&self, schema: Option<&str>) -> Answer {
        let shown = |name: &QualifiedName| self.replay.key(name).schema.unwrap_or_else(|| "public".to_owned());
        let mut found: Vec<_> = self.replay.enumerations().collect();
        found.retain(|ty| shown(&ty.name) == schema.unwrap_or("public") || schema == Some("*"));
        found.sort_by(|a, b| a.name.cmp(&b.name));
        let answer = |ty: &&architect_model::EnumType| {
            let record = Answer::Record(vec![
                ("name".to_owned(), Answer::text(ty.name.name.as_str())),
                ("schema".to_owned(), Answer::Text(shown(&ty.name))),
                ("visible".to_owned(), Answer::Flag(self.replay.key(&ty.name).schema.is_none())),
                ("labels".to_owned(), Answer::texts(ty.values.iter().map(String::as_str))),
            ]);
            self.perhaps(&Touched::Type { name: ty.name.clone() }, record)
        };
        Answer::List(found.iter().map(answer).collect())
    }

    fn has_table(&self, name: &QualifiedName) -> Answer {
        match self.replay.why(&Touched::Table { table: name.clone() }) {
            Some(unknown) => Answer::Unknown(unknown.clone()),
            None => {
                let key = self.replay.key(name);
                let is_there = key.schema.is_none() && key.name == VERSIONS || self.replay.table(name).is_some();
                match self.replay.has_beside(&["view", "temporary table"]) {
                    true if !is_there => self.unknown("views and temporary tables are not replayed"),
                    _ => Answer::Flag(is_there),
                }
            }
        }
    }

    /// `Inspector.has_index`: where there is no such table, there is no such index.
    fn has_index(&self, name: &QualifiedName, index: &str) -> Answer {
        match self.table("get_indexes", name) {
            Answer::List(found) => {
                let is_it = |one: &Answer| one.part("name") == Some(&Answer::text(index));
                match found.iter().find(|one| matches!(one, Answer::Perhaps(inner, _) if is_it(inner))) {
                    Some(Answer::Perhaps(_, unknown)) => Answer::Unknown(unknown.clone()),
                    _ => Answer::Flag(found.iter().any(is_it)),
                }
            }
            _ if self.replay.table(name).is_none() && self.has_table(name) == Answer::Flag(false) => {
                Answer::Flag(false)
            }
            other => other,
        }
    }
}
