//! Names: identifiers from what people write, and which identifiers are taken.

use heck::{ToKebabCase, ToSnakeCase, ToUpperCamelCase};

/// PostgreSQL cuts identifiers behind this many bytes.
pub(crate) const MAX_NAME: usize = 63;

use crate::lexicon::Words;
const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// Attributes of SQLModel and Pydantic classes, which a field of that name would hide or break.
#[rustfmt::skip]
const ATTRIBUTES: &[&str] = &[
    "metadata", "registry", "json", "copy", "dict", "schema", "schema_json", "validate", "construct", "fields",
    "parse_obj", "parse_raw", "parse_file", "from_orm", "update_forward_refs", "query", "self", "cls", "model_config",
    "model_fields", "model_fields_set", "model_computed_fields", "model_extra", "model_construct", "model_copy",
    "model_json_schema", "model_parametrized_name", "model_post_init", "model_rebuild", "sqlmodel_update",
];

/// Namespaces that Pydantic protects: a field whose name begins so is warned of. Before Pydantic 2.10 it was all of
/// `model_`, which warns too and breaks nothing, and which documents on cars and machines are full of (`model_year`).
const PROTECTED: &[&str] = &["model_dump", "model_validate"];

/// Types and modules of types that the class of a field needs by these names. (`date` and the like are imported under
/// another name where a field is called so.)
const TYPES: &[&str] = &["bool", "bytes", "dict", "float", "int", "list", "set", "str", "tuple", "uuid"];

/// Class names that the generated code itself imports or defines.
#[rustfmt::skip]
const CLASSES: &[&str] = &[
    "SQLModel", "Field", "Relationship", "Session", "AsyncSession", "Enum", "StrEnum", "UUID", "Any", "Annotated",
    "Depends", "APIRouter", "HTTPException", "Base", "BaseModel", "BaseCRUD", "Literal", "Decimal", "Optional",
    "List", "Dict", "Column", "Index", "UniqueConstraint", "Exception", "Object", "Type",
];

/// Lower case without accents, for comparing words; scripts other than Latin stay as they are.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '`' | '*' => {}
            '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
                folded.push_str(&deunicode::deunicode_char(c).unwrap_or_default().to_lowercase());
            }
            '\u{300}'..='\u{36f}' => {}
            c => folded.extend(c.to_lowercase()),
        }
    }
    folded
}

/// The letters and digits of a name, folded: `Order_Items`, `order items` and `OrderItems` are one.
pub(crate) fn key(name: &str) -> String {
    fold(name).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// An identifier in `snake_case` for a label in any script, without what stands in brackets.
pub(crate) fn snake(label: &str) -> String {
    let name = plain(label).to_snake_case();
    match name.chars().next() {
        Some(first) if first.is_ascii_digit() => format!("n{name}"),
        _ => name,
    }
}

/// A class name in `PascalCase` for a label in any script.
pub(crate) fn pascal(label: &str) -> String {
    let name = plain(label).to_upper_camel_case();
    match name.chars().next() {
        Some(first) if first.is_ascii_digit() => format!("N{name}"),
        _ => name,
    }
}

/// ASCII text of a label: accents transliterated, brackets dropped unless nothing else is there.
fn plain(label: &str) -> String {
    let label = label.replace("N°", "Numero ").replace("Nº", "Numero ").replace("n°", "numero ");
    let mut depth = 0_u32;
    let mut outside = String::new();
    for c in label.chars() {
        match c {
            '(' | '（' | '[' => depth += 1,
            ')' | '）' | ']' => depth = depth.saturating_sub(1),
            c if depth == 0 => outside.push(c),
            _ => {}
        }
    }
    let text = if outside.chars().any(char::is_alphanumeric) { outside } else { label };
    let ascii: String = text
        .chars()
        .map(|c| match c {
            '\'' | '’' | '`' => String::new(),
            c if c.is_ascii() => c.to_string(),
            c => deunicode::deunicode_char(c).unwrap_or_default().to_owned(),
        })
        .collect();
    ascii.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect()
}

/// The path segment of an entity: plural, in `kebab-case`.
pub(crate) fn segment(class: &str) -> String {
    crate::plurals::plural(&class.to_kebab_case())
}

/// Whether a text is a plain identifier already.
pub(crate) fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Why a field cannot have this name, if it cannot.
pub(crate) fn field_clash(name: &str) -> Option<&'static str> {
    if KEYWORDS.contains(&name) {
        Some("is a keyword of Python")
    } else if ATTRIBUTES.contains(&name) || PROTECTED.iter().any(|namespace| name.starts_with(namespace)) {
        Some("is an attribute of every SQLModel or Pydantic class")
    } else {
        None
    }
}

/// Why a field that is no reference cannot have this name, if it cannot: the column of a reference ends in `_id`.
pub(crate) fn type_clash(name: &str) -> Option<&'static str> {
    TYPES.contains(&name).then_some("hides what other fields of its class need for their types")
}

/// Why an entity cannot have this name, if it cannot.
pub(crate) fn class_clash(name: &str) -> Option<&'static str> {
    if KEYWORDS.contains(&name) || KEYWORDS.contains(&name.to_lowercase().as_str()) {
        Some("is a keyword of Python")
    } else if CLASSES.contains(&name) {
        Some("is a name that generated code imports")
    } else {
        None
    }
}

/// Whether a name is that of an index or a constraint: `ix_orders_status`.
pub(crate) fn is_constraint(name: &str) -> bool {
    let folded = fold(name);
    ["ix_", "idx_", "uq_", "uk_", "ux_", "fk_", "pk_", "ck_", "chk_", "ex_"]
        .iter()
        .any(|prefix| folded.starts_with(prefix))
}

/// Words for the account of a user, folded, singular.
static ACCOUNTS: Words = Words("account");

/// Whether a name means the account of a user, which every project has.
pub(crate) fn is_account(name: &str) -> bool {
    ACCOUNTS.contains(&key(name).as_str())
}

/// Whether a text can be taken for a name: letters of any script, digits, underscores.
pub(crate) fn is_label(text: &str) -> bool {
    text.starts_with(char::is_alphabetic) && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// A text on one line, with single spaces.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
