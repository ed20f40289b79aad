//! Refusals of whoever is no member of a group, or has not the role in it.

use architect_model::OwnerChain;

use super::Rules;
use crate::write::code::Code;
use crate::write::errors::{self, Refusal};
use crate::write::file::File;
use crate::write::names::with_article;

impl Rules<'_> {
    /// Refuses whoever has not the role in the group; `found` is the row as a query for that role finds it.
    pub(super) fn refuse_role(
        &self,
        file: &mut File,
        chain: &OwnerChain,
        role: usize,
        sent: &str,
        found: &str,
    ) -> Code {
        let mut body = Code::new();
        let Some(members) = &chain.members else { return body };
        let value = members.role.as_ref().and_then(|roles| roles.values.get(role)).cloned().unwrap_or_default();
        let group = heck::ToSnakeCase::to_snake_case(members.group.as_str()).replace('_', " ");
        let message = format!("Only {} of the {group} may do this", with_article(&value.replace('_', " ")));
        let sent = if sent.is_empty() { String::new() } else { format!("{sent} and ") };
        self.refuse_unless(file, &format!("{sent}{found}"), Refusal::Forbidden(&message), "", &mut body);
        body
    }

    /// Refuses where the query `found` finds nothing; not to administrators, where these see all.
    pub(super) fn refuse_unless(&self, file: &mut File, found: &str, refusal: Refusal<'_>, id: &str, body: &mut Code) {
        let user = &self.house.style.user;
        let condition = match (&user.superuser_attribute, user.superuser_sees_all.value) {
            (Some(attribute), true) => {
                format!("not {}.{attribute} and {found} is None", self.house.user_name(self.place))
            }
            _ => format!("{found} is None"),
        };
        let raise = errors::raise(self.house, file, refusal, id, None);
        body.block(format!("if {condition}:"), &Code::of(raise));
    }
}
