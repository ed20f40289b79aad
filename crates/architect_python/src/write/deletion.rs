//! Rows that stay when they are deleted: the conditions that leave them out, and how one is marked.

use architect_model::{ColumnRole, DeletionMark, EntityDesign, EntityRef, Literal, MarkKind, Symbol};

use super::file::File;
use super::house::House;
use super::{borrowed, select, values};

impl<'a> House<'a> {
    /// The mark of deleted rows of an entity of the design.
    pub(crate) fn mark(&self, entity: &EntityDesign) -> Option<&'a DeletionMark> {
        let mark = &self.style.models.deletion.as_ref()?.value;
        entity.columns.iter().any(|column| column.role == ColumnRole::Deleted).then_some(mark)
    }

    /// The mark of deleted rows of what a reference points at, new or existing.
    pub(crate) fn mark_of(&self, target: &EntityRef) -> Option<&'a DeletionMark> {
        self.mark_at(&target.class, target.existing.as_ref())
    }

    /// The mark of deleted rows of a class, existing at `existing` or new.
    pub(crate) fn mark_at(&self, class: &str, existing: Option<&Symbol>) -> Option<&'a DeletionMark> {
        let Some(symbol) = existing else {
            return self.designed(class).and_then(|(_, entity)| self.mark(entity));
        };
        let mark = &self.style.models.deletion.as_ref()?.value;
        let table = self.project.tables().find(|table| table.class.as_ref() == Some(symbol))?;
        table.columns.iter().any(|column| column.name == mark.column).then_some(mark)
    }
}

/// The condition of a query that leaves deleted rows of `model` out: `Task.deleted_at.is_(None)`.
pub(crate) fn alive(house: &House<'_>, file: &mut File, model: &str, mark: &DeletionMark) -> String {
    let column = select::column(house, file, model, &mark.column);
    match mark.kind {
        MarkKind::Time => format!("{column}.is_(None)"),
        MarkKind::Deleted => format!("{column}.is_(False)"),
        MarkKind::Alive => format!("{column}.is_(True)"),
    }
}

/// `.where(Task.deleted_at.is_(None))` for the rows of an entity; nothing where they are deleted for good.
pub(crate) fn kept(house: &House<'_>, file: &mut File, entity: &EntityDesign) -> String {
    let Some(mark) = house.mark(entity) else { return String::new() };
    let model = file.symbol(&house.model(entity));
    format!(".where({})", alive(house, file, &model, mark))
}

/// The condition under which a row in a variable is deleted: `task.deleted_at is not None`.
pub(crate) fn is_dead(mark: &DeletionMark, variable: &str) -> String {
    let column = &mark.column;
    match mark.kind {
        MarkKind::Time => format!("{variable}.{column} is not None"),
        MarkKind::Deleted => format!("{variable}.{column}"),
        MarkKind::Alive => format!("not {variable}.{column}"),
    }
}

/// What a deletion sets the mark to: the house's own expression, or the time by the house's clock.
pub(crate) fn value(house: &House<'_>, file: &mut File, entity: &EntityDesign, mark: &DeletionMark) -> String {
    let written = Some(&mark.value).filter(|value| !value.is_empty());
    if let Some(value) =
        written.filter(|value| borrowed::import(&mark.names, file, &format!("mark = {value}")).is_some())
    {
        return value.clone();
    }
    let literal = match mark.kind {
        MarkKind::Time => Literal::Now { now: true },
        MarkKind::Deleted => Literal::Boolean(true),
        MarkKind::Alive => Literal::Boolean(false),
    };
    let column = entity.column(&mark.column);
    column.and_then(|column| values::literal_value(house, file, &column.ty, &literal)).unwrap_or_default()
}

/// The condition of an index over the rows that are not deleted, in SQL.
pub(crate) fn in_index(mark: &DeletionMark) -> String {
    let column = &mark.column;
    match mark.kind {
        MarkKind::Time => format!("{column} IS NULL"),
        MarkKind::Deleted => format!("{column} IS false"),
        MarkKind::Alive => format!("{column} IS true"),
    }
}
