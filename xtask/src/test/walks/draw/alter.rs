//! Fields of another type, with other values, required or not, with another default.

use architect_model::{Field, FieldType, Literal};

use super::super::change::{Change, Expected};
use super::super::described::column_of;
use super::{Drawer, is_begun, is_column, spelling};

impl Drawer<'_> {
    pub(super) fn change_type(&mut self) -> Option<Change> {
        let (place, index) = self.field(|_, field| is_column(field))?;
        let entity = &self.design.entities[place];
        let field = &entity.fields[index];
        if self.is_used(entity, field) {
            return None;
        }
        let known = self.facts.column(&entity.name, &column_of(field))?;
        let longest = u32::try_from(known.longest).unwrap_or(u32::MAX);
        let is_known = self.by_hand && is_begun(self.begun, entity, field);
        let mut types = others(&field.ty, longest);
        // What tests send must still be taken.
        types.retain(|ty| !is_known || std::mem::discriminant(ty) == std::mem::discriminant(&field.ty));
        let ty = self.random.pick(&types)?.clone();
        let keeps_default = std::mem::discriminant(&ty) == std::mem::discriminant(&field.ty)
            || matches!((&ty, &field.default), (FieldType::Text | FieldType::String { .. }, Some(Literal::Text(_))));
        let default = field.default.clone().filter(|_| keeps_default);
        let new = Field { ty, default, ..field.clone() };
        let retyped = vec![self.facts.place(&entity.name, &column_of(field))];
        // What a document does not say of a type stays: it takes no bounds away.
        let can_be_document = std::mem::discriminant(&new.ty) != std::mem::discriminant(&field.ty)
            || !matches!(new.ty, FieldType::Integer { .. } | FieldType::BigInteger { .. } | FieldType::Decimal { .. });
        let mut change = self.altered("change a type", (place, index), new, can_be_document);
        change.expected = Expected { retyped, ..Expected::default() };
        Some(change)
    }

    pub(super) fn make_optional(&mut self) -> Option<Change> {
        let (place, index) = self.field(|_, field| field.required && is_column(field))?;
        let field = &self.design.entities[place].fields[index];
        let new = Field { required: false, default: None, ..field.clone() };
        Some(self.altered("make it optional", (place, index), new, true))
    }

    pub(super) fn make_required(&mut self) -> Option<Change> {
        let fits = |field: &Field| !field.required && is_column(field) && field.unique.is_none() && !field.read_only;
        let (place, index) = self.field(|_, field| fits(field))?;
        let entity = &self.design.entities[place];
        let field = &entity.fields[index];
        let is_emptied =
            matches!(&field.ty, FieldType::Reference { on_delete: Some(architect_model::OnDelete::SetNull), .. });
        if is_emptied || self.is_used(entity, field) || (field.default.is_none() && self.is_tested_by_hand(entity)) {
            return None;
        }
        let filled = vec![self.facts.place(&entity.name, &column_of(field))];
        let new = Field { required: true, ..field.clone() };
        let mut change = self.altered("make it required", (place, index), new, true);
        change.expected = Expected { filled, ..Expected::default() };
        Some(change)
    }

    pub(super) fn change_default(&mut self) -> Option<Change> {
        let (place, index) = self.field(|_, field| is_column(field) && field.unique.is_none())?;
        let entity = &self.design.entities[place];
        let field = &entity.fields[index];
        let mut wanted = defaults(&field.ty);
        if !field.read_only {
            wanted.push(String::new());
        }
        let wanted = self.random.pick(&wanted)?.clone();
        let bare = Field { default: None, ..field.clone() };
        let (ty, rules) = architect_design::words(&bare, entity);
        let ty = if wanted.is_empty() { ty } else { format!("{ty} = {wanted}") };
        let mut new = spelling::field(entity, &field.name, &ty, &rules)?;
        // What has a default is never empty.
        new.required |= new.default.is_some();
        if new.default == field.default {
            return None;
        }
        let filled = vec![self.facts.place(&entity.name, &column_of(field))];
        let mut change = self.altered("change a default", (place, index), new, true);
        change.expected = Expected { filled, ..Expected::default() };
        Some(change)
    }

    pub(super) fn add_value(&mut self) -> Option<Change> {
        let (place, index) = self.field(|_, field| matches!(field.ty, FieldType::Enum { .. }))?;
        let field = &self.design.entities[place].fields[index];
        let (name, mut values) = enumeration(field)?;
        let further = self.further(&values)?;
        let at = self.random.below(values.len() + 1);
        values.insert(at, further);
        let new = Field { ty: FieldType::Enum { name, values }, ..field.clone() };
        Some(self.altered("add a value", (place, index), new, true))
    }

    pub(super) fn remove_value(&mut self) -> Option<Change> {
        let (place, index) = self.field(|_, field| enumeration(field).is_some_and(|(_, values)| values.len() > 2))?;
        self.without_value("remove a value", (place, index), None)
    }

    pub(super) fn swap_value(&mut self) -> Option<Change> {
        let (place, index) = self.field(|_, field| enumeration(field).is_some())?;
        let (_, values) = enumeration(&self.design.entities[place].fields[index])?;
        let further = self.further(&values)?;
        self.without_value("put a value in the place of another", (place, index), Some(further))
    }

    fn without_value(&mut self, kind: &'static str, place: (usize, usize), further: Option<String>) -> Option<Change> {
        let entity = &self.design.entities[place.0];
        let field = &entity.fields[place.1];
        let (name, mut values) = enumeration(field)?;
        let gone = self.random.below(values.len());
        let is_default = field.default == Some(Literal::Text(values[gone].clone()));
        if is_default || self.is_used(entity, field) {
            return None;
        }
        let old = values[gone].clone();
        match &further {
            Some(further) => further.clone_into(&mut values[gone]),
            None => drop(values.remove(gone)),
        }
        let instead = further.unwrap_or_else(|| values[0].clone());
        let column = self.facts.place(&entity.name, &column_of(field));
        let fill = format!("{}.{}=\"{instead}\"", entity.name, column_of(field));
        let new = Field { ty: FieldType::Enum { name, values }, ..field.clone() };
        let mut change = self.altered(kind, place, new, false);
        if let super::Way::Command(words) = &mut change.way {
            words.extend(["--fill".to_owned(), fill]);
        }
        change.expected = Expected { outside: [(column, vec![old])].into(), ..Expected::default() };
        Some(change)
    }

    fn further(&mut self, values: &[String]) -> Option<String> {
        let words = ["shelved", "on hold", "sealed", "late", "spare", "worn out", "renewed", "draft"];
        let free: Vec<&&str> = words.iter().filter(|word| !values.iter().any(|value| value == **word)).collect();
        self.random.pick(&free).map(|word| (**word).to_owned())
    }
}

/// Name and values of a field that is an enumeration.
fn enumeration(field: &Field) -> Option<(String, Vec<String>)> {
    match &field.ty {
        FieldType::Enum { name, values } => Some((name.clone(), values.clone())),
        _ => None,
    }
}

/// Types that take the values of a type, where the longest of these has so many characters.
fn others(ty: &FieldType, longest: u32) -> Vec<FieldType> {
    let text = |max: u32| FieldType::String { min: None, max: Some(max) };
    match ty {
        FieldType::String { min, max } => vec![
            FieldType::String { min: *min, max: max.map(|max| max + 20) },
            FieldType::String { min: *min, max: Some(longest.max(30)) },
            FieldType::Text,
        ],
        FieldType::Text => vec![text(longest.max(200))],
        FieldType::Email | FieldType::Url => vec![text(longest.max(300)), FieldType::Text],
        FieldType::Integer { min, .. } => vec![
            FieldType::Integer { min: *min, max: None },
            FieldType::Integer { min: None, max: None },
            FieldType::BigInteger { min: *min, max: None },
            decimal(12, 2),
            FieldType::Float,
            text(longest.max(20)),
        ],
        FieldType::BigInteger { min, .. } => {
            vec![FieldType::BigInteger { min: min.map_or(Some(0), |_| None), max: None }, decimal(20, 0)]
        }
        FieldType::Decimal { precision, scale, .. } => {
            vec![decimal(precision + 2, *scale), decimal(precision + 2, scale + 1)]
        }
        FieldType::Float => vec![decimal(14, 4)],
        FieldType::Boolean => vec![FieldType::Integer { min: None, max: None }],
        FieldType::Date | FieldType::Time | FieldType::Enum { .. } => vec![text(longest.max(40))],
        _ => Vec::new(),
    }
    .into_iter()
    .filter(|other| other != ty)
    .collect()
}

fn decimal(precision: u32, scale: u32) -> FieldType {
    FieldType::Decimal { precision, scale, min: None, max: None }
}

/// Defaults of a type, as documents write them.
fn defaults(ty: &FieldType) -> Vec<String> {
    let words: &[&str] = match ty {
        FieldType::String { min, max } if min.unwrap_or(0) <= 3 && max.unwrap_or(10) >= 5 => &["\"some\"", "\"other\""],
        FieldType::Text => &["\"some\"", "\"two words\""],
        FieldType::Integer { min, max } | FieldType::BigInteger { min, max } => {
            if min.unwrap_or(0) <= 1 && max.unwrap_or(7) >= 7 { &["1", "7"] } else { &[] }
        }
        FieldType::Decimal { .. } => &["1.5", "2"],
        FieldType::Float => &["0.25", "2.5"],
        FieldType::Boolean => &["true", "false"],
        FieldType::Date | FieldType::DateTime => &["now"],
        FieldType::Json => &["{}"],
        FieldType::Array { .. } => &["[]"],
        FieldType::Enum { values, .. } => {
            let plain = values.iter().filter(|value| !value.contains(' '));
            return plain.cloned().collect();
        }
        _ => &[],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}
