//! Lists below a row that the listed rows refer to: those rows and no others, for whoever may see them.

use architect_model::{ColumnDesign, EntityDesign, OperationDesign, WithinDesign};

use super::Tests;
use super::request::{Actor, Key};
use crate::write::code::Code;
use crate::write::file::File;
use crate::write::schemas::ids_of;
use crate::write::select::Listing;
use crate::write::text;

impl<'a> Tests<'a> {
    /// One test for each such list.
    pub(super) fn within(&self, file: &mut File, entity: &'a EntityDesign) -> Vec<Code> {
        let own = self.router.operations.iter().filter(|op| op.entity == entity.names.class);
        own.filter_map(|op| self.list_within(file, entity, op, op.within()?)).collect()
    }

    fn list_within(
        &self,
        file: &mut File,
        entity: &'a EntityDesign,
        op: &'a OperationDesign,
        within: &WithinDesign,
    ) -> Option<Code> {
        let target = self.entity(&within.target.class)?;
        let (actor, maker) = (self.creator(entity)?, self.creator(target)?);
        let (_, reader) = self.allowed(Some(op), actor)?;
        if !Listing::of(&op.kind)?.only.is_empty() || !self.can_create(target) || self.once_per_reference(entity) {
            return None;
        }
        let item = self.reference_item(entity, within)?;
        let is_tree = target.names.class == entity.names.class;
        let holder = if is_tree { &within.reference } else { &target.names.snake };
        let (variable, [one, two]) = (&entity.names.snake, self.two_values(entity));
        let mut body = self.made(target, maker, holder, if is_tree { &one } else { &[] });
        body.add(&self.made_beside(entity, actor, target));
        let is_key = self.keys(entity).iter().any(|(name, _)| *name == within.column);
        let given = (!is_key).then(|| item.replace("{}", &format!("{holder}[\"id\"]")));
        let values: Vec<String> = two.into_iter().chain(given).collect();
        body.add(&self.made_alone(entity, actor, variable, &values, ""));
        if is_key && self.keys(entity).iter().all(|(_, other)| other.uniques.is_empty()) {
            body.add(&self.made_before(entity, actor, "_of_another"));
            body.add(&self.made_alone(entity, actor, "", &one, "_of_another"));
        } else if !is_key && !is_tree {
            body.add(&self.made_alone(entity, actor, "", &one, ""));
        }
        let url = self.url(file, op, |_| Key::Row(holder));
        body.line(format!("url = {url}"));
        body.line(format!("page = {}.json()", reader.requested("get", "url", &[])));
        body.line(self.same_rows(&format!("page{}", self.rows()), &[variable]));
        if let Some(total) = self.house.page_total() {
            body.line(format!("assert page[\"{total}\"] == 1"));
        }
        let mut actors = vec![actor, maker, reader];
        if *reader == self.actors.first {
            actors.extend(self.strange(entity, op, within, &mut body));
        }
        actors.extend(self.makers(entity));
        actors.extend(self.makers(target));
        let name = format!("{}_by_{}", entity.names.snakes, within.reference);
        Some(self.test(file, &name, &actors, &body))
    }

    /// One test for each reference that makes a tree: no row becomes its own ancestor.
    pub(super) fn circles(&self, file: &mut File, entity: &'a EntityDesign) -> Vec<Code> {
        let is_acyclic = |column: &&ColumnDesign| column.reference.as_ref().is_some_and(|reference| reference.acyclic);
        let columns = entity.columns.iter().filter(is_acyclic).filter(|column| column.in_create && column.in_update);
        columns.filter_map(|column| self.circle(file, entity, column)).collect()
    }

    fn circle(&self, file: &mut File, entity: &'a EntityDesign, column: &ColumnDesign) -> Option<Code> {
        let actor = self.creator(entity)?;
        let (update, changer) = self.allowed(self.update(entity), actor)?;
        let (variable, name) = (&entity.names.snake, &column.name);
        let [one, mut two] = self.two_values(entity);
        two.push(format!("{name}={variable}[\"id\"]"));
        let mut body = self.made(entity, actor, variable, &one);
        body.add(&self.made_alone(entity, actor, "below", &two, ""));
        let url = self.address(file, update, "");
        body.line(format!("url = {url}"));
        // Where fixtures give keys, nothing more is asked for.
        let (each, key, rows) = if self.by_key {
            (name.as_str(), name.clone(), format!("{variable}[\"id\"], below[\"id\"]"))
        } else {
            ("row", "row[\"id\"]".to_owned(), format!("{variable}, below"))
        };
        let change = format!("json={{{}: {key}}}", text::string(name));
        let refused = Code::of(changer.refused(&update.method, "url", &[change], 409));
        body.block(format!("for {each} in ({rows}):"), &refused);
        let mut actors = vec![actor, changer];
        actors.extend(self.makers(entity));
        Some(self.test(
            file,
            &format!("{variable}_cannot_be_its_own_{}", column.reference.as_ref()?.name),
            &actors,
            &body,
        ))
    }

    /// What another user is told: that there is no such row, or that there is nothing of theirs.
    fn strange<'t>(
        &'t self,
        entity: &EntityDesign,
        op: &OperationDesign,
        within: &WithinDesign,
        body: &mut Code,
    ) -> Option<&'t Actor> {
        let by_owner = op.access.is_owner();
        let second = &self.actors.second;
        if within.owned {
            body.line(second.refused("get", "url", &[], self.denied()));
        } else if by_owner && entity.owner.is_owned() {
            let rows = self.rows();
            body.line(format!("assert {}.json(){rows} == []", second.requested("get", "url", &[])));
        } else {
            return None;
        }
        Some(second)
    }

    /// The argument by which a row refers to another, `{}` for the key of that.
    fn reference_item(&self, entity: &EntityDesign, within: &WithinDesign) -> Option<String> {
        let Some(class) = &within.link else {
            let column = entity.column(&within.column)?;
            return column.in_create.then(|| format!("{}={{}}", within.column));
        };
        let link = self.house.link(class)?;
        (link.left.names.class == entity.names.class).then(|| format!("{}=[{{}}]", ids_of(link)))
    }

    /// What a row needs before it, apart from the row of `target`, which is there already.
    fn made_beside(&self, entity: &'a EntityDesign, actor: &Actor, target: &EntityDesign) -> Code {
        let keys = self.keys(entity);
        let classes = keys.iter().map(|(_, other)| other.names.class.as_str());
        let others: Vec<&str> = classes.filter(|class| *class != target.names.class).collect();
        self.made_of(entity, &others, actor, "")
    }
}
