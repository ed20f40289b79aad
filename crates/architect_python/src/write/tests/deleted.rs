//! Rows that stay in their table when they are deleted: no list shows them, and what they had can be had again.

use architect_model::{EntityDesign, ListScope};

use super::Tests;
use crate::write::code::Code;
use crate::write::file::File;
use crate::write::select::Listing;

impl<'a> Tests<'a> {
    /// A deleted row is in no list, and its unique values are free.
    pub(super) fn deleted(&self, file: &mut File, entity: &'a EntityDesign) -> Option<Code> {
        self.house.mark(entity)?;
        let actor = self.creator(entity)?;
        let (delete, remover) = self.allowed(self.delete(entity), actor)?;
        let (list, reader) = self.allowed(self.list(entity), actor)?;
        let listing = Listing::of(&list.kind)?;
        let is_scoped = listing.scope == ListScope::Parent && list.parameters.len() < self.keys(entity).len();
        if is_scoped || !listing.only.is_empty() {
            return None;
        }
        let variable = &entity.names.snake;
        let mut body = self.made(entity, actor, variable, &[]);
        let url = self.address(file, delete, "");
        body.line(remover.refused("delete", &url, &[], self.deleted_status()));
        let url = self.address(file, list, "");
        body.line(format!("page = {}.json()", reader.requested("get", &url, &[])));
        let rows = self.rows();
        body.line(format!("assert {variable}[\"id\"] not in [row[\"id\"] for row in page{rows}]"));
        if let Some(total) = self.house.page_total() {
            body.line(format!("assert page[\"{total}\"] == len(page{rows})"));
        }
        let is_unique = !entity.uniques.is_empty() || entity.columns.iter().any(|column| column.unique.is_some());
        if is_unique && !self.once_per_reference(entity) && !self.house.shares_rows_of_tests() {
            body.add(&self.made_alone(entity, actor, "again", &[], ""));
            body.line(format!("assert again[\"id\"] != {variable}[\"id\"]"));
        }
        let mut actors = vec![actor, remover, reader];
        actors.extend(self.makers(entity));
        Some(self.test(file, &format!("deleted_{variable}_is_in_no_list"), &actors, &body))
    }
}
