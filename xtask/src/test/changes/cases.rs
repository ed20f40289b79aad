//! The kinds of changes, for what each project calls its entities and fields.

/// What the changes of a project are about.
pub struct Subject {
    /// An entity that a user owns, with children.
    pub entity: &'static str,
    /// Its table.
    pub table: &'static str,
    /// A text of it that must be given, and its type.
    pub text: (&'static str, &'static str),
    /// A text of it that may be left out, and its type without `?`.
    pub optional: (&'static str, &'static str),
    /// A field that is an enumeration: name, values and default.
    pub choice: (&'static str, &'static str, &'static str),
    /// Another entity that a user owns.
    pub other: &'static str,
    /// Path of its rows.
    pub path: &'static str,
    /// Name of the path parameter of one row.
    pub parameter: &'static str,
    /// Folders and files of the code that people edit by hand: what the variants change.
    pub code: &'static [&'static str],
}

/// One change: its kind, the command, and what of the data it takes away on purpose.
pub struct Case {
    /// What kind of change it is.
    pub kind: &'static str,
    /// Arguments of `architect`.
    pub arguments: Vec<String>,
    /// `table.column` that goes, `table.old:new` that is renamed.
    pub gone: Vec<String>,
}

impl Subject {
    /// Every kind of change.
    pub fn cases(&self) -> Vec<Case> {
        let Self { entity, table, text, optional, choice, other, path, parameter, .. } = self;
        let field = |name: &str| format!("{entity}.{name}");
        let (values, default) = (choice.1, choice.2);
        let row = format!("{path}/{{{parameter}}}");
        let last = values.rsplit(", ").next().unwrap_or_default();
        let mut cases = vec![
            case("add a text", &["add", "field", &field("memo"), "string(1..80)?"]),
            case("add a number with a default", &["add", "field", &field("rank"), "integer(0..10) = 3"]),
            case(
                "add an enumeration that is filtered",
                &["add", "field", &field("priority"), "enum(low, high) = low", "--rules", "filter"],
            ),
            case(
                "add a reference to a user",
                &["add", "field", &field("reviewer"), "User?", "--rules", "on delete set null"],
            ),
            case("add a reference", &["add", "field", &field("origin"), &format!("{other}?")]),
            case("add a date", &["add", "field", &field("seen_on"), "date?"]),
            case("add a truth value", &["add", "field", &field("pinned"), "boolean = false", "--rules", "filter"]),
            case("add a decimal", &["add", "field", &field("weight"), "decimal(8,2)?"]),
            case(
                "add what is unique per owner",
                &["add", "field", &field("reference_code"), "string(1..40)?", "--rules", "unique per owner"],
            ),
            case("add a many-to-many relation", &["add", "field", &field("companions"), &format!("list of {other}")]),
            case("change a length", &["change", "field", &field(text.0), "string(1..250)"]),
            case("make it optional", &["change", "field", &field(text.0), &format!("{}?", text.1)]),
            case("make it required", &["change", "field", &field(optional.0), &format!("{} = \"none\"", optional.1)]),
            case(
                "add a value",
                &["change", "field", &field(choice.0), &format!("enum({values}, shelved) = {default}")],
            ),
            case(
                "remove a value",
                &[
                    "change",
                    "field",
                    &field(choice.0),
                    &format!("enum({}) = {default}", values.trim_end_matches(last).trim_end_matches(", ")),
                ],
            ),
            case("change a default", &["change", "field", &field(choice.0), &format!("enum({values}) = {last}")]),
            case("add an index", &["change", "field", &field(optional.0), "--rules", "index"]),
            case("add a filter", &["change", "field", &field(text.0), "--rules", "filter"]),
            case("make it unique", &["change", "field", &field(text.0), "--rules", "unique"]),
            case(
                "add an action",
                &[
                    "add",
                    "endpoint",
                    "POST",
                    &format!("{row}/shelve"),
                    &format!("set {} = {last}", choice.0),
                    "--who",
                    "owner",
                ],
            ),
            case("open to everybody", &["change", "access", "GET", &row, "public"]),
            case("remove an endpoint", &["remove", "endpoint", "DELETE", &row]),
        ];
        let mut renamed = case("rename a field", &["rename", "field", &field(optional.0), "remark"]);
        renamed.gone = vec![format!("{table}.{}:remark", optional.0)];
        let mut removed = case("remove a field", &["remove", "field", &field(optional.0)]);
        removed.gone = vec![format!("{table}.{}", optional.0)];
        cases.extend([renamed, removed]);
        cases
    }
}

fn case(kind: &'static str, arguments: &[&str]) -> Case {
    Case { kind, arguments: arguments.iter().map(|one| (*one).to_owned()).collect(), gone: Vec::new() }
}
