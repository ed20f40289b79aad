//! Tests of unique constraints.

use architect_model::{ColumnDesign, ColumnRole, EntityDesign};

use super::Tests;
use super::body::value;
use crate::write::code::Code;
use crate::write::file::File;
use crate::write::text;

impl<'a> Tests<'a> {
    /// One test for each unique constraint: another owner may use the value, the same one may not.
    pub(super) fn uniques(&self, file: &mut File, entity: &'a EntityDesign) -> Vec<Code> {
        let alone =
            entity.columns.iter().filter(|column| column.unique.is_some()).map(|column| (column.name.clone(), false));
        let several = entity.uniques.iter().map(|unique| {
            let by_owner = unique
                .columns
                .iter()
                .any(|name| entity.column(name).is_some_and(|column| column.role == ColumnRole::Owner));
            (unique.subject.clone(), by_owner)
        });
        let all: Vec<_> = alone.chain(several).collect();
        all.into_iter().filter_map(|(name, by_owner)| self.unique(file, entity, &name, by_owner)).collect()
    }

    fn unique(&self, file: &mut File, entity: &'a EntityDesign, name: &str, by_owner: bool) -> Option<Code> {
        let column = entity.column(name).filter(|column| column.in_create && column.reference.is_none())?;
        if self.by_fixture() && column.required_in_create() && !self.by_key {
            return self.unique_beside_given(file, entity, column, by_owner);
        }
        let actor = self.creator(entity)?;
        let op = self.create(entity)?;
        let quoted = text::string(name);
        let mut body = self.made_before(entity, actor, "");
        // Where rows of other tests stay, each row has another value: a column that must be given gets it anyway.
        let own = |nth: usize| match (self.house.shares_rows_of_tests(), column.required_in_create()) {
            (true, true) => Some(None),
            (true, false) => self.fresh(entity, column).map(Some),
            (false, _) => value(column, nth).map(Some),
        };
        let given = |value: Option<String>| value.map(|value| format!("{name}={value}"));
        let first: Vec<_> = given(own(0)?).into_iter().collect();
        body.add(&self.made_alone(entity, actor, "taken", &first, ""));
        // Only what is asked for may be refused: what must differ beside it differs.
        let apart = self.apart(entity, name, 1);
        let is_other = |item: &String| {
            let key = item.split(':').next().unwrap_or_default();
            key != quoted && !apart.iter().any(|(name, _)| key == text::string(name))
        };
        let mut items: Vec<_> = self.required(entity).into_iter().filter(is_other).collect();
        items.extend(apart.iter().map(|(name, value)| format!("{}: {value}", text::string(name))));
        items.push(format!("{quoted}: taken[{quoted}]"));
        items.extend(self.keys_in_body(entity, op));
        let url = self.address(file, op, "");
        body.line(format!("body = {{{}}}", items.join(", ")));
        body.line(actor.refused(&op.method, &url, &["json=body".to_owned()], self.house.taken_status()));
        let mut actors = vec![actor];
        let update = self.allowed(self.update(entity), actor);
        if let Some((update, changer)) = update.filter(|_| column.in_update) {
            let apart = self.apart(entity, name, 2);
            let mut second: Vec<_> = apart.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
            second.extend(given(own(1)?));
            body.add(&self.made_alone(entity, actor, &entity.names.snake, &second, ""));
            let url = self.address(file, update, "");
            let change = format!("json={{{quoted}: taken[{quoted}]}}");
            body.line(changer.refused(&update.method, &url, &[change], self.house.taken_status()));
            actors.push(changer);
        }
        if by_owner && *actor == self.actors.first && entity.parent.is_none() {
            body.add(&self.made_alone(entity, &self.actors.second, "", &[format!("{name}=taken[{quoted}]")], ""));
            actors.push(&self.actors.second);
        }
        actors.extend(self.makers(entity));
        Some(self.test(file, &format!("{}_is_unique_by_{name}", entity.names.snake), &actors, &body))
    }

    /// Values of the other columns that must differ, where rows of tests would have the same: the `nth` of several.
    fn apart(&self, entity: &EntityDesign, name: &str, nth: usize) -> Vec<(String, String)> {
        let must = |column: &&ColumnDesign| {
            column.name != name
                && column.required_in_create()
                && column.reference.is_none()
                && self.is_unique(entity, &column.name)
        };
        let other = |column: &ColumnDesign| {
            let (first, other) = (value(column, 0)?, value(column, nth)?);
            let is_same = self.fresh(entity, column)? == first && other != first;
            is_same.then(|| (column.name.clone(), other))
        };
        entity.columns.iter().filter(must).filter_map(other).collect()
    }
}
