//! Edits of the values of enumerations.

use super::super::draw::Drawer;
use super::super::models::Models;
use super::Edited;

impl Drawer<'_> {
    pub(super) fn values(&mut self, kind: &str, models: &mut Models, edited: &mut Edited) -> Option<()> {
        let index = self.random.below(models.enums.len());
        let one = models.enums.get(index)?.clone();
        let new = self.member(&one);
        let place = self.random.below(one.members.len());
        let known = models.enums.get_mut(index)?;
        match kind {
            "enum value" => known.members.insert(place, new?),
            "enum order" => known.members.rotate_left(1),
            "enum value renamed" => {
                known.members[place] = new?;
                edited.lost.push(one.id);
            }
            _ if one.members.len() < 2 => return None,
            _ => {
                known.members.remove(place);
                edited.lost.push(one.id);
            }
        }
        // A default of a value that goes would be a broken model.
        let members = known.members.clone();
        for column in models.tables.iter_mut().flat_map(|table| &mut table.columns) {
            if column.ty.enumeration() != Some(one.id) {
                continue;
            }
            let is_gone = |text: &String| {
                one.members.iter().any(|member| !members.contains(member) && text.contains(member.as_str()))
            };
            column.default = column.default.take().filter(|text| !is_gone(text));
            column.server_default = column.server_default.take().filter(|text| !is_gone(text));
        }
        Some(())
    }

    /// An enumeration gets another name, and with it its type in PostgreSQL.
    pub(super) fn enum_name(&mut self, models: &mut Models) -> Option<()> {
        let index = self.random.below(models.enums.len());
        let new = self.class_name(models)?;
        let known = models.enums.get_mut(index)?;
        let (id, old) = (known.id, format!("{}.", known.name));
        known.name.clone_from(&new);
        for column in models.tables.iter_mut().flat_map(|table| &mut table.columns) {
            if column.ty.enumeration() == Some(id) {
                for text in [&mut column.default, &mut column.server_default].into_iter().flatten() {
                    *text = text.replace(&old, &format!("{new}."));
                }
            }
        }
        Some(())
    }
}
