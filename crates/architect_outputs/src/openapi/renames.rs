//! Names that FastAPI 0.119 to 0.128.3 gives to definitions of models once more.

use std::collections::{BTreeMap, HashMap, HashSet};

use architect_model::contract::{ClassId, ClassType, SchemaMode};

use super::names::Names;

/// Changes what names become to what FastAPI makes of them.
///
/// ```python
/// # _remap_definitions_and_field_mappings
/// new_name = model_name_map[model]
/// old_name = schema["$ref"].split("/")[-1]
/// if old_name in {f"{new_name}-Input", f"{new_name}-Output"}:
///     continue
/// old_name_to_new_name_map[old_name] = new_name
/// ```
pub(super) fn renamed(
    mut names: HashMap<String, String>,
    asked: &[(ClassId, SchemaMode)],
    known: &Names,
    classes: &[ClassType],
) -> HashMap<String, String> {
    let given = given(asked, classes);
    let mut renames: HashMap<String, String> = HashMap::new();
    for (id, mode) in asked {
        let old = known.longest(*id, *mode).and_then(|longest| names.get(longest));
        if let (Some(old), Some(new)) = (old, given.get(id))
            && *old != format!("{new}-Input")
            && *old != format!("{new}-Output")
        {
            renames.insert(old.clone(), new.clone());
        }
    }
    for name in names.values_mut() {
        if let Some(new) = renames.get(name) {
            name.clone_from(new);
        }
    }
    names
}

/// Models by name; with their modules where several share one.
fn given(asked: &[(ClassId, SchemaMode)], classes: &[ClassType]) -> BTreeMap<ClassId, String> {
    let (mut given, mut seen, mut shared) = (BTreeMap::new(), HashSet::new(), HashSet::new());
    let ids: std::collections::BTreeSet<ClassId> = asked.iter().map(|(id, _)| *id).collect();
    for id in ids {
        if let Some(class) = classes.get(id.0) {
            let name = normalized(&class.name);
            if !seen.insert(name.clone()) {
                shared.insert(name.clone());
            }
            given.insert(id, name);
        }
    }
    for (id, name) in &mut given {
        if shared.contains(name)
            && let Some(class) = classes.get(id.0)
        {
            let arguments = class.name.find('[').map_or("", |start| &class.name[start..]);
            *name = format!("{}__{}{arguments}", class.symbol.module, class.symbol.name).replace('.', "__");
        }
    }
    given
}

/// ```python
/// re.sub(r"[^a-zA-Z0-9.\-_]", "_", name)
/// ```
fn normalized(name: &str) -> String {
    let keep = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    name.chars().map(|letter| if keep(letter) { letter } else { '_' }).collect()
}
