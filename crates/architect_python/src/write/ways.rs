//! The way upwards from a row of a tree, by one query: whether a row is another one, or stands below it.

use architect_model::{ColumnDesign, EntityDesign};

use super::code::Code;
use super::file::File;
use super::house::{House, Need};
use super::repository;
use super::select;
use super::store::Store;

/// The word for what may stand above a row.
pub(crate) const ANCESTOR: &str = "ancestor";

/// The method that follows a reference upwards: `is_within`, told apart where there are several.
pub(crate) fn name(entity: &EntityDesign, column: &ColumnDesign) -> String {
    let is_acyclic = |column: &&ColumnDesign| column.reference.as_ref().is_some_and(|reference| reference.acyclic);
    match (entity.columns.iter().filter(is_acyclic).count(), &column.reference) {
        (2.., Some(reference)) => format!("is_within_{}", reference.name),
        _ => "is_within".to_owned(),
    }
}

/// Statements that give the keys of a row and of all rows above it as `way`; `UNION` ends even where they form a circle.
///
/// ```sql
/// WITH RECURSIVE way(id) AS (
///     SELECT node.id FROM node WHERE node.id = ?
///     UNION SELECT node.parent_id FROM node JOIN way ON node.id = way.id
/// )
/// ```
pub(crate) fn lines(
    house: &House<'_>,
    file: &mut File,
    entity: &EntityDesign,
    reference: &ColumnDesign,
    start: &str,
) -> Code {
    let model = file.symbol(&house.model(entity));
    let key = entity.id().map_or("id", |id| id.name.as_str());
    let first = select::select(house, file, &format!("{model}.{key}"));
    let next = select::select(house, file, &format!("{model}.{}", reference.name));
    let column = select::column(house, file, &model, key);
    let mut code = Code::of(format!("way = {first}.where({model}.{key} == {start}).cte(\"way\", recursive=True)"));
    code.line(format!("way = way.union({next}.join(way, {column} == way.c.{key}))"));
    code
}

/// The statement that finds a row on the way upwards.
pub(crate) fn found(house: &House<'_>, file: &mut File, entity: &EntityDesign, end: &str) -> String {
    let key = entity.id().map_or("id", |id| id.name.as_str());
    format!("{}.where(way.c.{key} == {end})", select::select(house, file, &format!("way.c.{key}")))
}

impl Store<'_> {
    /// Statements, and the condition under which the row with `start` is the one with `end` or stands below it.
    pub(crate) fn leads_to(&self, file: &mut File, index: usize, start: &str, end: &str) -> (Code, String) {
        let Some(column) = self.entity.columns.get(index) else { return (Code::new(), "False".to_owned()) };
        if !self.has_class() {
            let way = lines(self.house, file, self.entity, column, start);
            let end = found(self.house, file, self.entity, end);
            return (way, format!("{} is not None", select::first(self.house, &self.session(), &end)));
        }
        self.house.need(self.entity, Need::LeadsTo(index));
        let method = name(self.entity, column);
        let keys = [repository::key_name(self.entity), format!("{}_id", ANCESTOR)];
        let arguments = [(keys[0].as_str(), start.to_owned()), (keys[1].as_str(), end.to_owned())];
        (Code::new(), self.own_call(file, &method, &arguments, false))
    }
}
