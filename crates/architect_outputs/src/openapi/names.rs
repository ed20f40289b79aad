//! Names of definitions: as short as they can be, longer where classes share one.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use architect_model::contract::{ClassId, ClassKind, ClassType, SchemaMode};
use serde_json::Value;

use super::rules::Rules;
use super::schema::{DEFINITIONS, Keywords};

/// How often names are made shorter before giving up.
///
/// ```python
/// for _iter in range(100):
/// ```
const ROUNDS: usize = 100;

/// The names that definitions may have.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The longest name of each definition, which it has while schemas are made.
    longest: HashMap<(ClassId, SchemaMode), String>,
    /// From the longest name to all, the shortest first.
    choices: HashMap<String, Vec<String>>,
    occurrences: HashMap<String, HashMap<ClassId, usize>>,
}

impl Names {
    /// The longest name of a definition.
    ///
    /// ```python
    /// # GenerateJsonSchema.get_defs_ref
    /// self._prioritized_defsref_choices[module_qualname_occurrence_mode] = [
    ///     name, name_mode, module_qualname, module_qualname_mode,
    ///     module_qualname_occurrence, module_qualname_occurrence_mode,
    /// ]
    /// ```
    pub(super) fn of(&mut self, id: ClassId, class: &ClassType, mode: SchemaMode, rules: &Rules) -> String {
        if let Some(name) = self.longest.get(&(id, mode)) {
            return name.clone();
        }
        let (short, long) = stems(class);
        let suffix = match mode {
            SchemaMode::Taken => "Input",
            SchemaMode::Answered => "Output",
        };
        let suffix = format!("{}{suffix}", rules.mode_separator());
        let known = self.occurrences.entry(long.clone()).or_default();
        let next = known.len() + 1;
        let occurrence = *known.entry(id).or_insert(next);
        let last = format!("{long}{suffix}__{occurrence}");
        let choices = vec![
            short.clone(),
            format!("{short}{suffix}"),
            long.clone(),
            format!("{long}{suffix}"),
            format!("{long}__{occurrence}"),
            last.clone(),
        ];
        self.choices.insert(last.clone(), choices);
        self.longest.insert((id, mode), last.clone());
        last
    }

    /// The longest name of a definition that has one.
    pub(super) fn longest(&self, id: ClassId, mode: SchemaMode) -> Option<&str> {
        self.longest.get(&(id, mode)).map(String::as_str)
    }

    /// What each of the longest names becomes.
    ///
    /// A name is good where all definitions that may have it are equal, once their own references are short.
    ///
    /// ```python
    /// # _DefinitionsRemapping.from_prioritized_choices
    /// remapped_defs_ref = next(x for x in alternatives if len(schemas_for_alternatives[x]) == 1)
    /// ```
    pub(super) fn shorten(&self, definitions: &[(String, Value)], rules: &Rules) -> HashMap<String, String> {
        let mut definitions = definitions.to_vec();
        let mut chosen: HashMap<String, String> =
            definitions.iter().map(|(name, _)| (name.clone(), name.clone())).collect();
        let mut targets = HashMap::new();
        for _ in 0..ROUNDS {
            let next = self.choose(&definitions);
            targets = self.targets(&next, rules);
            definitions.iter_mut().for_each(|(_, definition)| remap(definition, &targets));
            if next == chosen {
                break;
            }
            chosen = next;
        }
        targets
    }

    fn choose(&self, definitions: &[(String, Value)]) -> HashMap<String, String> {
        let mut meanings: HashMap<&str, HashSet<u64>> = HashMap::new();
        for (name, definition) in definitions {
            let hash = hash_of(definition);
            for choice in self.choices.get(name).into_iter().flatten() {
                meanings.entry(choice).or_default().insert(hash);
            }
        }
        let is_good = |choice: &&String| meanings.get(choice.as_str()).is_some_and(|meanings| meanings.len() == 1);
        let choose = |name: &String| self.choices.get(name).and_then(|choices| choices.iter().find(is_good));
        definitions.iter().map(|(name, _)| (name.clone(), choose(name).unwrap_or(name).clone())).collect()
    }

    /// What names in references become.
    fn targets(&self, chosen: &HashMap<String, String>, rules: &Rules) -> HashMap<String, String> {
        let mut targets = HashMap::new();
        for (name, target) in chosen {
            if rules.remaps_all_names() {
                let choices = self.choices.get(name).into_iter().flatten();
                targets.extend(choices.skip_while(|choice| *choice != target).map(|c| (c.clone(), target.clone())));
            }
            targets.insert(name.clone(), target.clone());
        }
        targets
    }
}

/// Changes the names in references, wherever they stand.
pub(super) fn remap(value: &mut Value, names: &HashMap<String, String>) {
    match value {
        Value::Object(object) => object.values_mut().for_each(|value| remap(value, names)),
        Value::Array(items) => items.iter_mut().for_each(|item| remap(item, names)),
        Value::String(text) => {
            if let Some(target) = text.strip_prefix(DEFINITIONS).and_then(|name| names.get(name)) {
                *text = format!("{DEFINITIONS}{target}");
            }
        }
        _ => {}
    }
}

/// Changes the names in references of keywords.
pub(super) fn remap_keywords(schema: Keywords, names: &HashMap<String, String>) -> Keywords {
    let mut value = Value::Object(schema);
    remap(&mut value, names);
    match value {
        Value::Object(schema) => schema,
        _ => Keywords::new(),
    }
}

/// The name of a class without and with its module.
///
/// ```python
/// components = re.split(r'([\][,])', core_ref)
/// components = [x.rsplit(':', 1)[0] for x in components]
/// core_ref_no_id = ''.join(components)
/// components = [re.sub(r'(?:[^.[\]]+\.)+((?:[^.[\]]+))', r'\1', x) for x in components]
/// ```
fn stems(class: &ClassType) -> (String, String) {
    let own = match class.kind {
        ClassKind::Alias { .. } => class.symbol.name.rsplit('.').next().unwrap_or_default(),
        _ => &class.symbol.name,
    };
    let arguments = class.name.find('[').map(|start| packed(&class.name[start..])).unwrap_or_default();
    let long = format!("{}.{own}{arguments}", class.symbol.module);
    (normalized(&without_modules(&long)), normalized(&long))
}

/// Arguments as they stand in references of core schemas: no blank after the commas between them.
fn packed(arguments: &str) -> String {
    let mut packed = String::with_capacity(arguments.len());
    let (mut depth, mut after_comma) = (0usize, false);
    for letter in arguments.chars() {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            ' ' if after_comma && depth == 1 => continue,
            _ => {}
        }
        after_comma = letter == ',';
        packed.push(letter);
    }
    packed
}

/// `a.b.Page[c.Item]` as `Page[Item]`.
fn without_modules(name: &str) -> String {
    let mut short = String::with_capacity(name.len());
    let mut part = String::new();
    let last = |part: &str| match part.rsplit_once('.') {
        Some((_, last)) if !last.is_empty() => last.to_owned(),
        _ => part.to_owned(),
    };
    for letter in name.chars() {
        if matches!(letter, '[' | ']' | ',') {
            short.push_str(&last(&part));
            short.push(letter);
            part.clear();
        } else {
            part.push(letter);
        }
    }
    short + &last(&part)
}

/// ```python
/// re.sub(r'[^a-zA-Z0-9.\-_]', '_', name).replace('.', '__')
/// ```
fn normalized(name: &str) -> String {
    let keep = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    let plain: String = name.chars().map(|letter| if keep(letter) { letter } else { '_' }).collect();
    plain.replace('.', "__")
}

/// Equal for values that are equal whatever the order of their keys.
fn hash_of(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    match value {
        Value::Object(object) => {
            let sum = object.iter().fold(0u64, |sum, (key, value)| {
                let mut hasher = DefaultHasher::new();
                (key, hash_of(value)).hash(&mut hasher);
                sum.wrapping_add(hasher.finish())
            });
            ("object", sum).hash(&mut hasher);
        }
        Value::Array(items) => ("array", items.iter().map(hash_of).collect::<Vec<u64>>()).hash(&mut hasher),
        other => other.hash(&mut hasher),
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_modules_and_keep_arguments() {
        let long = format!("app.models.Outer.Page{}", packed("[Outer.Item, Union[int, str]]"));
        assert_eq!(normalized(&without_modules(&long)), "Page_Item_Union_int__str__");
        assert_eq!(normalized(&long), "app__models__Outer__Page_Outer__Item_Union_int__str__");
    }
}
