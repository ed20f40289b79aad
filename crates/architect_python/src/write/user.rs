//! The signed-in user in new code: its annotation, and its key.

use architect_model::IdKind;

use super::file::File;
use super::house::House;
use super::place::Place;
use super::values;

impl House<'_> {
    /// The annotation of what the house's dependency gives for the signed-in user: `User`, `Subject[User]`.
    pub(crate) fn user_annotation(&self, file: &mut File) -> String {
        let user = &self.style.user;
        let Some(class) = user.parameter.value.class.as_ref().or(user.class.as_ref()) else {
            return file.from("typing", "Any");
        };
        let written = if class.module == "builtins" { class.name.clone() } else { file.symbol(class) };
        let arguments: Vec<String> = user
            .arguments
            .iter()
            .map(|symbol| if symbol.module == "builtins" { symbol.name.clone() } else { file.symbol(symbol) })
            .collect();
        if arguments.is_empty() { written } else { format!("{written}[{}]", arguments.join(", ")) }
    }

    /// The user's key, where rules stand.
    pub(crate) fn user_key(&self, file: &mut File, place: Place) -> String {
        let name = self.user_name(place);
        if place == Place::Service && self.passes_user_key() {
            return name;
        }
        let path = self.style.user.key_path.as_deref().unwrap_or_default();
        let key = path
            .iter()
            .fold(name, |key, step| if step.starts_with('[') { key + step } else { format!("{key}.{step}") });
        // RFC 7519, 4.1.2: the subject of a token is a string, whatever key it stands for.
        let is_subject = path.last().is_some_and(|step| ["[\"sub\"]", "['sub']"].contains(&step.as_str()));
        match self.style.user.id {
            IdKind::Integer if is_subject => format!("int({key})"),
            IdKind::Uuid if is_subject => format!("{}({key})", values::key(file, IdKind::Uuid)),
            _ => key,
        }
    }
}
