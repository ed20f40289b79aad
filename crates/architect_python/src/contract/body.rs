//! The body of a request, of the parameters that are sent in it: `get_body_field`.

use architect_model::Known;
use architect_model::contract::{Body, BodyField, BodyPlace};

use super::parameters::BodyPart;

/// From this version on, a form may be one model whose fields are those of the form.
const HAS_FORM_MODELS: (u32, u32, u32) = (0, 113, 0);

/// The body that these parts make.
pub(super) fn of(parts: Vec<BodyPart>, fastapi: (u32, u32, u32)) -> Option<Body> {
    let first = parts.first()?.clone();
    let embedded = is_embedded(&parts, &first, fastapi);
    if !embedded {
        let media = first.media.clone().unwrap_or_else(|| media_of(first.field.place));
        return Some(Body { media, fields: vec![first.field], embedded });
    }
    let media = media_of_several(&parts);
    let mut fields: Vec<BodyField> = Vec::new();
    for part in parts {
        // A dictionary by names: the first place, the last value.
        match fields.iter_mut().find(|field| field.field.name == part.field.field.name) {
            Some(field) => *field = part.field,
            None => fields.push(part.field),
        }
    }
    Some(Body { media, fields, embedded })
}

/// `_should_embed_body_fields`.
///
/// ```python
/// body_param_names_set = {field.name for field in fields}
/// if len(body_param_names_set) > 1: return True
/// if getattr(first_field.field_info, "embed", None): return True
/// if isinstance(first_field.field_info, params.Form) and not lenient_issubclass(first_field.type_, BaseModel):
///     return True
/// ```
/// Before 0.113, `Form` had `embed` always.
fn is_embedded(parts: &[BodyPart], first: &BodyPart, fastapi: (u32, u32, u32)) -> bool {
    let several = parts.iter().any(|part| part.field.field.name != first.field.field.name);
    let is_form = first.field.place != BodyPlace::Json;
    several || first.embed || is_form && (fastapi < HAS_FORM_MODELS || !first.is_model)
}

fn media_of(place: BodyPlace) -> Known<String> {
    let media = match place {
        BodyPlace::Json => "application/json",
        BodyPlace::Form => "application/x-www-form-urlencoded",
        BodyPlace::File => "multipart/form-data",
    };
    Known::Known(media.to_owned())
}

fn media_of_several(parts: &[BodyPart]) -> Known<String> {
    let has = |place: BodyPlace| parts.iter().any(|part| part.field.place == place);
    for place in [BodyPlace::File, BodyPlace::Form] {
        if has(place) {
            return media_of(place);
        }
    }
    let all: Vec<Known<String>> =
        parts.iter().map(|part| part.media.clone().unwrap_or_else(|| media_of(BodyPlace::Json))).collect();
    match all.first() {
        Some(first) if all.iter().all(|other| other == first) => first.clone(),
        _ => media_of(BodyPlace::Json),
    }
}
