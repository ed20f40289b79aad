//! The changes of `spec/revision/changes.md`.

use architect_python::{Fill, NewRevision};
use serde_json::json;

/// The document.
pub const CASES: &str = "spec/revision/changes.md";

/// A change of models.
#[derive(Default)]
pub struct Case {
    /// Heading.
    pub name: String,
    /// Models before.
    pub before: String,
    /// Models after.
    pub after: String,
    /// Statements that make rows.
    pub rows: String,
    /// Whether the models before and those after have a naming convention, where the house does not say so.
    pub conventions: Option<(bool, bool)>,
    /// Lines with a dash: what is said, and of what.
    notes: Vec<(String, String)>,
}

/// What finds the rows at which a revision stops.
pub fn queries(revision: &NewRevision) -> Vec<&str> {
    let parts = revision.remarks.iter().flat_map(|remark| remark.split('`'));
    parts.filter(|part| part.starts_with("SELECT ")).collect()
}

/// The sections of the document.
pub fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut block = None;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            cases.push(Case { name: name.to_owned(), ..Case::default() });
        }
        let Some(case) = cases.last_mut() else { continue };
        match (block, line.strip_prefix("```")) {
            (None, Some(info)) => block = Some(info),
            (Some(_), Some(_)) => block = None,
            (Some("python before"), None) => case.before.push_str(&format!("{line}\n")),
            (Some("python after"), None) => case.after.push_str(&format!("{line}\n")),
            (Some(_), None) => case.rows.push_str(&format!("{line}\n")),
            (None, None) => {
                if let Some(note) = line.strip_prefix("- ") {
                    let (key, value) = note.split_once(": ").unwrap_or((note, ""));
                    case.notes.push((key.to_owned(), value.to_owned()));
                }
            }
        }
    }
    for case in &mut cases {
        let comes = case.noted("a naming convention comes").next().is_some();
        case.conventions = comes.then_some((false, true));
    }
    cases
}

impl Case {
    /// A case that stands in no document.
    pub fn new(name: String, before: String, after: String) -> Self {
        Self { name, before, after, ..Self::default() }
    }

    /// Adds a line.
    pub fn note(&mut self, key: &str, value: &str) {
        self.notes.push((key.to_owned(), value.to_owned()));
    }

    /// What lines with this word say.
    pub fn noted<'c>(&'c self, key: &'c str) -> impl Iterator<Item = &'c str> {
        self.notes.iter().filter(move |(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// Values for rows that exist.
    pub fn fills(&self) -> Vec<Fill> {
        let pairs = self.noted("fill").filter_map(|note| note.split_once(" = "));
        let fills = pairs.filter_map(|(place, value)| Some((place.rsplit_once('.')?, value)));
        let fill = |((table, column), value): ((&str, &str), &str)| Fill {
            table: table.to_owned(),
            column: column.to_owned(),
            value: value.to_owned(),
        };
        fills.map(fill).collect()
    }

    /// Tables that get another name.
    pub fn renamed_tables(&self) -> Vec<(String, String)> {
        let pairs = self.noted("rename table").filter_map(|note| note.split_once(" -> "));
        pairs.map(|(old, new)| (old.to_owned(), new.to_owned())).collect()
    }

    /// Columns that get another name.
    pub fn renamed_columns(&self) -> Vec<(String, String, String)> {
        let pairs = self.noted("rename column").filter_map(|note| note.split_once(" -> "));
        let pairs = pairs.filter_map(|(old, new)| Some((old.rsplit_once('.')?, new)));
        pairs.map(|((table, old), new)| (table.to_owned(), old.to_owned(), new.to_owned())).collect()
    }

    /// What the runner has to know.
    pub fn settings(&self, batch: bool, enforced: bool, second: Option<&NewRevision>) -> serde_json::Value {
        let sql = second.map(|second| second.sql.as_slice()).unwrap_or_default();
        let remarks = second.map(|second| second.remarks.as_slice()).unwrap_or_default();
        let is_unread = remarks.iter().any(|remark| remark.contains("the former models do not read them"));
        json!({
            "unread": is_unread,
            "finds": second.map(queries).unwrap_or_default(),
            "name": self.name,
            "rows": self.rows,
            "batch": batch,
            "enforced": enforced,
            "tables": self.renamed_tables(),
            "columns": self.renamed_columns(),
            "changes": self.noted("changes").collect::<Vec<_>>(),
            "gives": self.noted("gives").filter_map(|note| note.split_once(" -> ")).collect::<Vec<_>>(),
            "sql": sql,
            "text": self.noted("text").next().is_some(),
            "empty": self.noted("empty").next().is_some(),
            "nothing": self.noted("nothing").next().is_some(),
        })
    }

    /// The heading as the name of a folder.
    pub fn slug(&self) -> String {
        self.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
    }
}
