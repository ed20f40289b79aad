//! Enumerations: one class for each, with members that Python accepts.

use architect_model::{Entity, EnumDesign, FieldType};
use heck::{ToShoutySnakeCase, ToSnakeCase};

use crate::names::is_keyword;
use crate::notes::Notes;
use crate::world::World;

/// Attributes of `str` and `Enum` that a member of the same name would hide.
const HIDDEN: &[&str] = &[
    "capitalize",
    "casefold",
    "center",
    "count",
    "encode",
    "endswith",
    "expandtabs",
    "find",
    "format",
    "format_map",
    "index",
    "isalnum",
    "isalpha",
    "isascii",
    "isdecimal",
    "isdigit",
    "isidentifier",
    "islower",
    "isnumeric",
    "isprintable",
    "isspace",
    "istitle",
    "isupper",
    "join",
    "ljust",
    "lower",
    "lstrip",
    "maketrans",
    "mro",
    "name",
    "partition",
    "removeprefix",
    "removesuffix",
    "replace",
    "rfind",
    "rindex",
    "rjust",
    "rpartition",
    "rsplit",
    "rstrip",
    "split",
    "splitlines",
    "startswith",
    "strip",
    "swapcase",
    "title",
    "translate",
    "upper",
    "value",
    "zfill",
];

/// Enumerations that `entities` use, each once, in order of first use.
pub(crate) fn enums(world: &World<'_>, entities: &[&Entity], notes: &mut Notes) -> Vec<EnumDesign> {
    let mut found: Vec<EnumDesign> = Vec::new();
    for field in entities.iter().flat_map(|entity| &entity.fields) {
        let Some((class, values)) = enumeration(&field.ty) else { continue };
        let known = found.iter().find(|known| known.class == class);
        let is_same = known.is_some_and(|known| known.members.iter().map(|(_, value)| value).eq(values));
        if known.is_some() && !is_same {
            let text = format!("the enumeration `{class}` is given twice with different values");
            notes.problem(&field.at, text, "Give both fields the same values, or rename one of them.");
        }
        if known.is_none() {
            let members =
                members(values, world.style.models.upper_members.value || !world.style.models.upper_members.is_seen());
            let members = as_there(world, class, members);
            let (class, type_name) = (class.to_owned(), class.to_lowercase());
            found.push(EnumDesign { class, type_name, members, at: field.at.clone() });
        }
    }
    found
}

/// Members that the code has already are called as they are there.
fn as_there(world: &World<'_>, class: &str, mut members: Vec<(String, String)>) -> Vec<(String, String)> {
    let known = world.project.enums.iter().find(|known| known.class.name == class);
    for (name, value) in &mut members {
        let there = known.and_then(|known| known.members.iter().find(|(_, known)| known == value));
        if let Some((written, _)) = there {
            name.clone_from(written);
        }
    }
    members
}

fn enumeration(ty: &FieldType) -> Option<(&str, &[String])> {
    match ty {
        FieldType::Enum { name, values } => Some((name, values)),
        FieldType::Array { items } => enumeration(items),
        _ => None,
    }
}

/// Member names for values: valid, distinct, and hiding nothing.
fn members(values: &[String], upper: bool) -> Vec<(String, String)> {
    let mut members: Vec<(String, String)> = Vec::new();
    for value in values {
        let mut name = member(value, upper);
        while members.iter().any(|(known, _)| *known == name) {
            name = match name.rsplit_once('_').and_then(|(head, number)| Some((head, number.parse::<u32>().ok()?))) {
                Some((head, number)) => format!("{head}_{}", number + 1),
                None => format!("{name}_2"),
            };
        }
        members.push((name, value.clone()));
    }
    members
}

fn member(value: &str, upper: bool) -> String {
    let spoken = value.replace('+', " plus ").replace('%', " percent ").replace('-', " ");
    let plain = deunicode::deunicode(&spoken).replace(|c: char| !c.is_ascii_alphanumeric(), " ");
    let name = if upper { plain.to_shouty_snake_case() } else { plain.to_snake_case() };
    let starts_well = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
    let name = match (starts_well, upper) {
        (true, _) => name,
        (false, true) => format!("VALUE_{name}").trim_end_matches('_').to_owned(),
        (false, false) => format!("value_{name}").trim_end_matches('_').to_owned(),
    };
    if is_keyword(&name) || HIDDEN.contains(&&*name) { name + "_" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_valid_and_distinct() {
        let values: Vec<String> =
            ["table spoon", "1st", "class", "title", "A+", "A-", "Émis", "a b", "a-b", "\"\n", "日本"]
                .map(String::from)
                .into();
        let lower: Vec<String> = members(&values, false).into_iter().map(|(name, _)| name).collect();
        assert_eq!(
            lower,
            ["table_spoon", "value_1st", "class_", "title_", "a_plus", "a", "emis", "a_b", "a_b_2", "value_", "ri_ben"]
        );
        let upper = members(&values, true);
        assert_eq!(upper[2], ("CLASS".to_owned(), "class".to_owned()));
    }
}
