//! Values merged into values.

use serde_json::{Map, Value};

/// ```python
/// # fastapi.utils.deep_dict_update
/// if key in main_dict and isinstance(main_dict[key], dict) and isinstance(value, dict):
///     deep_dict_update(main_dict[key], value)
/// elif key in main_dict and isinstance(main_dict[key], list) and isinstance(update_dict[key], list):
///     main_dict[key] = main_dict[key] + update_dict[key]
/// else:
///     main_dict[key] = value
/// ```
pub(super) fn merge(into: &mut Map<String, Value>, from: &Map<String, Value>) {
    for (key, value) in from {
        match (into.get_mut(key), value) {
            (Some(Value::Object(into)), Value::Object(value)) => merge(into, value),
            (Some(Value::Array(into)), Value::Array(value)) => into.extend(value.iter().cloned()),
            _ => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}

/// The object under a key, made where there is none.
pub(super) fn object_at<'v>(value: &'v mut Map<String, Value>, key: &str) -> Option<&'v mut Map<String, Value>> {
    value.entry(key).or_insert_with(|| Value::Object(Map::new())).as_object_mut()
}
