//! Python classes in a document: SQLModel, SQLAlchemy, Pydantic, dataclasses, Django.

use crate::forms::typescript::is_view;
use crate::hints;
use crate::loose::{self, Dialect};
use crate::names;
use crate::raw::{Found, RawEntity, RawField, Scope};

/// A class: its name, what stands in its brackets, and its statements.
struct Class {
    name: String,
    bases: String,
    body: Vec<(u32, String)>,
    line: u32,
}

/// Reads the classes of a block.
pub(crate) fn read(text: &str, first_line: u32, found: &mut Found) {
    let classes = classes(text, first_line);
    let tables = classes.iter().any(is_table);
    for class in &classes {
        if ["Enum", "StrEnum", "IntEnum", "TextChoices", "Choices"].iter().any(|base| class.bases.contains(base)) {
            found
                .enums
                .push((class.name.clone(), class.body.iter().filter_map(|(_, text)| enum_value(text)).collect()));
            continue;
        }
        if tables && !is_table(class) || !tables && is_view(&class.name) {
            continue;
        }
        let mut entity = RawEntity { label: class.name.clone(), line: class.line, ..RawEntity::default() };
        for base in inherited(class, &classes, 0) {
            entity.fields.extend(base.body.iter().filter_map(|(line, text)| field(text, *line)));
        }
        for (line, text) in &class.body {
            let Some(field) = field(text, *line) else {
                continue;
            };
            entity.fields.retain(|known| known.label != field.label);
            entity.fields.push(field);
        }
        if !entity.fields.is_empty() {
            found.entities.push(entity);
        }
    }
}

fn is_table(class: &Class) -> bool {
    let stated =
        |text: &str| text.contains("mapped_column(") || text.contains("Column(") || text.starts_with("__tablename__");
    class.bases.contains("table=True")
        || class.bases.contains("models.Model")
        || class.body.iter().any(|(_, text)| stated(text))
}

/// Classes of the block that a class inherits from, farthest first.
fn inherited<'a>(class: &Class, classes: &'a [Class], depth: u8) -> Vec<&'a Class> {
    let mut all = Vec::new();
    if depth > 5 {
        return all;
    }
    for base in class.bases.split(',').map(str::trim) {
        if let Some(base) = classes.iter().find(|known| known.name == base && known.name != class.name) {
            all.extend(inherited(base, classes, depth + 1));
            all.push(base);
        }
    }
    all
}

fn classes(text: &str, first_line: u32) -> Vec<Class> {
    let mut classes: Vec<Class> = Vec::new();
    let mut pending = String::new();
    let mut pending_line = 0;
    for (raw, line) in text.lines().zip(first_line..) {
        let trimmed = raw.trim();
        if pending.is_empty() {
            if let Some(head) = trimmed.strip_prefix("class ") {
                let name: String = head.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let bases =
                    head.split_once('(').map_or("", |(_, rest)| rest.rsplit_once(')').map_or(rest, |(bases, _)| bases));
                classes.push(Class {
                    bases: bases.replace("table = True", "table=True"),
                    name,
                    body: Vec::new(),
                    line,
                });
                continue;
            }
            let indented = raw.starts_with([' ', '\t']);
            if trimmed.is_empty() || !indented || trimmed.starts_with(['#', '@', '"', '\'']) {
                continue;
            }
            pending_line = line;
        }
        if !pending.is_empty() {
            pending.push(' ');
        }
        pending.push_str(trimmed);
        let open = pending.matches(['(', '[', '{']).count() > pending.matches([')', ']', '}']).count();
        if !open || pending.len() > 4000 {
            let statement = std::mem::take(&mut pending);
            if let Some(class) = classes.last_mut() {
                class.body.push((pending_line, statement));
            }
        }
    }
    classes
}

/// `DRAFT = "draft"`
fn enum_value(text: &str) -> Option<String> {
    let (name, value) = text.split_once('=')?;
    if !names::is_identifier(name.trim()) {
        return None;
    }
    let value = value.split('#').next().unwrap_or_default().trim().trim_start_matches('(');
    let quoted = value.strip_prefix(['"', '\'']).and_then(|rest| rest.split(['"', '\'']).next());
    Some(quoted.map_or_else(|| name.trim().to_lowercase(), str::to_owned))
}

/// `name: str = Field(max_length=50)`, `name = Column(String(50))`.
fn field(text: &str, line: u32) -> Option<RawField> {
    let (code, comment) = text
        .split_once("  #")
        .or_else(|| text.split_once(" # "))
        .map_or((text, ""), |(code, comment)| (code, comment.trim()));
    let end = code.find([':', '=', ' ', '('])?;
    let name = &code[..end];
    let rest = code[end..].trim();
    if !names::is_identifier(name)
        || name.starts_with("model_config")
        || ["def", "class", "return", "pass", "if", "for", "async"].contains(&name)
    {
        return None;
    }
    if ["elationship(", "back_populates", "ManyToManyField"].iter().any(|word| rest.contains(word))
        && !rest.contains("ForeignKey(")
    {
        return None;
    }
    let (annotation, value) = match rest.strip_prefix(':') {
        Some(rest) => split_default(rest),
        None => ("", rest.strip_prefix('=')?.trim()),
    };
    let mut field = RawField { label: name.to_owned(), line, ..RawField::default() };
    if !annotation.is_empty() {
        self::annotation(&mut field, annotation);
    } else if !["Column(", "models.", "mapped_column("].iter().any(|call| value.contains(call)) {
        return None;
    }
    arguments(&mut field, value);
    hints::describe(&mut field, comment);
    Some(field)
}

/// Cuts `str | None = None` at the `=` outside of brackets.
fn split_default(text: &str) -> (&str, &str) {
    let mut depth = 0_i32;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '=' if depth == 0 => return (text[..at].trim(), text[at + 1..].trim()),
            _ => {}
        }
    }
    (text.trim(), "")
}

fn annotation(field: &mut RawField, annotation: &str) {
    let mut text = annotation.trim();
    for wrapper in ["Mapped[", "Annotated["] {
        if let Some(inner) = text.strip_prefix(wrapper) {
            text = inner.strip_suffix(']').unwrap_or(inner);
            if wrapper == "Annotated[" {
                text = text.split(',').next().unwrap_or(text);
            }
        }
    }
    let text = text.trim_matches(['"', '\'']).replace("datetime.", "").replace("uuid.", "").replace("decimal.", "");
    field.required = Some(true);
    loose::read(field, &text, Dialect::default());
    if text.starts_with("Literal[") {
        let values: Vec<String> = text.split(['"', '\'']).skip(1).step_by(2).map(str::to_owned).collect();
        loose::enumeration(field, values);
    }
}

/// What a call says: lengths, keys, defaults, the SQL type.
fn arguments(field: &mut RawField, value: &str) {
    if value.is_empty() {
        return;
    }
    let called = value.find('(').filter(|_| value.ends_with(')'));
    let Some(open) = called else {
        plain_default(field, value);
        return;
    };
    let inside = &value[open + 1..value.len() - 1];
    if value.starts_with("models.") || field.spec.is_none() {
        sql_type(field, value, inside);
    }
    for argument in crate::types::split(inside, ',') {
        let argument = argument.trim();
        let (key, set) = argument.split_once('=').map_or((argument, ""), |(key, set)| (key.trim(), set.trim()));
        let yes = set == "True";
        match key {
            "max_length" => length(field, set),
            "primary_key" => field.primary_key = yes,
            "unique" if yes => field.unique = Some(Scope::Table),
            "index" | "db_index" => field.index = yes,
            "nullable" | "null" => field.required = Some(!yes),
            "foreign_key" => reference(field, set),
            "default" | "server_default" => plain_default(field, set),
            "ondelete" | "on_delete" => {
                field.on_delete =
                    crate::rules::on_delete(&set.trim_matches(['"', '\'']).replace("models.", "").replace('_', " "))
                        .or(field.on_delete);
            }
            _ if key.starts_with("ForeignKey(") => {
                reference(field, key.trim_start_matches("ForeignKey("));
                if let Some((_, action)) = argument.split_once("ondelete=") {
                    let action = action.trim_matches(['"', '\'', ')']);
                    field.on_delete = crate::rules::on_delete(action.split(['"', '\'']).next().unwrap_or_default());
                }
            }
            _ => sql_length(field, key),
        }
    }
}

fn plain_default(field: &mut RawField, value: &str) {
    let value = value.trim();
    match value {
        "None" => field.required = Some(false),
        "..." | "" => {}
        _ => {
            field.default = Some(
                value
                    .rsplit_once('.')
                    .filter(|(before, _)| names::is_identifier(before))
                    .map_or(value.to_owned(), |(_, member)| member.to_owned()),
            )
        }
    }
}

fn reference(field: &mut RawField, text: &str) {
    let inside = text.split(['"', '\'']).nth(1).unwrap_or(text);
    field.foreign_key = true;
    field.references =
        Some(inside.rsplit_once('.').map_or(inside, |(table, _)| table.rsplit('.').next().unwrap_or(table)).to_owned());
}

fn length(field: &mut RawField, text: &str) {
    use crate::raw::TypeSpec;
    use architect_model::FieldType;
    if let (Some(TypeSpec::Known(ty)), Ok(max)) = (&mut field.spec, text.parse::<u32>())
        && matches!(ty, FieldType::String { .. } | FieldType::Text)
    {
        *ty = FieldType::String { min: None, max: Some(max) };
    }
}

/// `String(50)` inside `mapped_column(…)`.
fn sql_length(field: &mut RawField, text: &str) {
    if let Some(inside) = text.strip_prefix("String(").or_else(|| text.strip_prefix("sa.String(")) {
        length(field, inside.trim_end_matches(')'));
    }
}

/// The type of `Column(String(50), …)` or `models.CharField(…)`.
fn sql_type(field: &mut RawField, value: &str, inside: &str) {
    let words: &[(&str, &str)] = &[
        ("CharField", "string"),
        ("TextField", "text"),
        ("EmailField", "email"),
        ("URLField", "url"),
        ("BigIntegerField", "bigint"),
        ("IntegerField", "int"),
        ("DecimalField", "decimal"),
        ("FloatField", "float"),
        ("BooleanField", "boolean"),
        ("DateTimeField", "datetime"),
        ("DateField", "date"),
        ("TimeField", "time"),
        ("UUIDField", "uuid"),
        ("JSONField", "json"),
        ("SlugField", "string"),
        ("FileField", "string"),
        ("ImageField", "string"),
    ];
    if let Some(call) = value.strip_prefix("models.") {
        if call.starts_with("ForeignKey") || call.starts_with("OneToOneField") {
            field.foreign_key = true;
            field.references =
                Some(inside.split(',').next().unwrap_or_default().trim().trim_matches(['"', '\'']).to_owned());
        } else if let Some((_, word)) = words.iter().find(|(name, _)| call.starts_with(name)) {
            loose::read(field, word, Dialect::default());
        }
        field.required = Some(true);
        return;
    }
    let first = crate::types::split(inside, ',').first().map_or("", |first| first.trim()).replace("sa.", "");
    loose::read(field, &first, Dialect::default());
    if field.required.is_none() {
        field.required = Some(false);
    }
}
