//! Enumerations and their members.

use architect_model::{Enumeration, Known, Project};
use rayon::prelude::*;

use crate::resolve::{Class, Index, Value};

use super::table::member_values;

/// Reads all enumeration classes of the project.
pub(super) fn read(index: &Index<'_>, project: &mut Project) {
    let of_file = |file| -> Vec<Enumeration> {
        let classes = index.classes(file).filter(|class| index.derives_from(*class, "enum.Enum"));
        classes.map(|class| enumeration(index, class)).collect()
    };
    let files = index.files().project().par_iter().filter(|file| file.may_declare.enumerations);
    project.enums = files.flat_map_iter(of_file).collect();
}

fn enumeration<'a>(index: &Index<'a>, class: Class<'a>) -> Enumeration {
    let file = class.file();
    let members = member_values(index, class).into_iter().map(|(name, value, at)| {
        let text = match &value {
            Known::Known(constant) => written(&constant.value),
            Known::Unknown { .. } => None,
        };
        let source = || file.source().get(at.start as usize..at.end as usize).unwrap_or_default().to_owned();
        (name.to_owned(), text.unwrap_or_else(source))
    });
    Enumeration { class: class.symbol(), members: members.collect(), at: class.at() }
}

/// A string as it is, another simple value as Python source text.
fn written(value: &Value) -> Option<String> {
    match value {
        Value::Member { value, .. } => written(value),
        Value::Str(text) => Some(text.clone()),
        Value::Int(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(if *flag { "True" } else { "False" }.to_owned()),
        Value::None => Some("None".to_owned()),
        Value::Float(number) => Some(number.to_string()),
        _ => None,
    }
}
