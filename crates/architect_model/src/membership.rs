//! Memberships in a design: entities whose rows say which users are members of which group.

use crate::{Entity, EntityConstraint, Field, FieldType, Unique};

impl Entity {
    /// The field by which a membership names the member: the only required reference to a user; `is_user` says which
    /// classes are users.
    pub fn member_field(&self, is_user: impl Fn(&str) -> bool) -> Option<&Field> {
        let mut found = self.fields.iter().filter(|field| refers(field, &is_user));
        found.next().filter(|_| found.next().is_none())
    }

    /// The field by which rows refer to a group that they do not belong to.
    pub fn group_field(&self, group: &str) -> Option<&Field> {
        self.fields.iter().find(|field| refers(field, |class| class == group))
    }

    /// The field with the role of a member: the enumeration called `role`, or the only one.
    pub fn role_field(&self) -> Option<&Field> {
        let enums = || self.fields.iter().filter(|field| matches!(field.ty, FieldType::Enum { .. }));
        let mut all = enums();
        let only = all.next().filter(|_| all.next().is_none());
        enums().find(|field| field.name == "role").or(only)
    }

    /// What members may be, where the entity tells that apart.
    pub fn roles(&self) -> &[String] {
        match self.role_field().map(|field| &field.ty) {
            Some(FieldType::Enum { values, .. }) => values,
            _ => &[],
        }
    }

    /// Whether rows refer to a group and to a user.
    fn is_membership(&self, group: &str, is_user: impl Fn(&str) -> bool) -> bool {
        let of_group = self.owner.parent() == Some(group) || self.group_field(group).is_some();
        self.name != group && !self.account && of_group && self.member_field(is_user).is_some()
    }

    /// Whether the entity says that a user is a member of a group only once.
    fn is_once(&self, group: &str, is_user: impl Fn(&str) -> bool) -> bool {
        let Some(user) = self.member_field(is_user) else { return false };
        let is_group = |field: &String| {
            let own = self.group_field(group).is_some_and(|known| known.name == *field);
            own || field == "parent" || field.replace('_', "").eq_ignore_ascii_case(group)
        };
        let names_both =
            |fields: &[String]| fields.len() == 2 && fields.contains(&user.name) && fields.iter().any(is_group);
        let several = self.constraints.iter().any(|constraint| match constraint {
            EntityConstraint::Unique { fields } => names_both(fields),
            EntityConstraint::Index { .. } => false,
        });
        several || user.unique == Some(Unique::PerParent) && self.owner.parent() == Some(group)
    }
}

/// The entities that may say who the members of `group` are: the one that its rows are owned `through`; else all that
/// refer to it and to a user, or the only one of them that does so once for each pair.
pub fn memberships<'a>(
    group: &str,
    through: Option<&str>,
    entities: impl Iterator<Item = &'a Entity>,
    is_user: impl Fn(&str) -> bool,
) -> Vec<&'a Entity> {
    let is_meant = |entity: &&Entity| through.is_none_or(|name| entity.name == name);
    let found: Vec<&Entity> =
        entities.filter(|entity| entity.is_membership(group, &is_user)).filter(is_meant).collect();
    let once: Vec<&Entity> = found.iter().copied().filter(|entity| entity.is_once(group, &is_user)).collect();
    if once.len() == 1 { once } else { found }
}

fn refers(field: &Field, is_target: impl Fn(&str) -> bool) -> bool {
    field.required && matches!(&field.ty, FieldType::Reference { entity, .. } if is_target(entity))
}
