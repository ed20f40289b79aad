//! The kinds of changes, for what each project calls its entities and fields.

use super::Subject;
use super::documents;

/// One change: its kind, how it is asked for, and what of the data it takes away on purpose.
pub struct Case {
    /// What kind of change it is.
    pub kind: &'static str,
    /// Arguments of `architect`, or what follows the document in `apply`.
    pub arguments: Vec<String>,
    /// The document that says it, where no command does.
    pub document: Option<String>,
    /// `table.column` that goes, `table.old:new` that is renamed, `table.column=value` that gets another value.
    pub gone: Vec<String>,
    /// Words of which lines that change have one.
    pub words: Vec<String>,
    /// Whether the project must have teams with members first.
    pub with_teams: bool,
}

impl Case {
    /// Whether everything that stands in the code stays there.
    pub fn only_adds(&self) -> bool {
        self.kind.starts_with("add ")
    }
}

impl Subject {
    /// Every kind of change.
    pub fn cases(&self) -> Vec<Case> {
        let mut cases = self.additions();
        cases.extend(self.alterations());
        cases.extend(self.values());
        cases.extend(self.rules());
        cases.extend(self.endpoints());
        cases.extend(self.owners());
        cases.extend(self.documents());
        cases
    }

    fn field(&self, name: &str) -> String {
        format!("{}.{name}", self.entity)
    }

    fn add(&self, kind: &'static str, name: &str, ty: &str, rules: &str) -> Case {
        let field = self.field(name);
        if rules.is_empty() {
            return case(kind, &["add", "field", &field, ty]);
        }
        case(kind, &["add", "field", &field, ty, "--rules", rules])
    }

    fn additions(&self) -> Vec<Case> {
        let (entity, other) = (self.entity, self.other.0);
        let mut required = self.add("add a text that must be given", "code", "string(1..20)", "");
        required.arguments.extend(["--fill".to_owned(), format!("{entity}.code=\"none\"")]);
        vec![
            self.add("add a text", "memo", "string(1..80)?", ""),
            required,
            self.add("add a number with a default", "rank", "integer(0..10) = 3", ""),
            self.add("add an enumeration that is filtered", "priority", "enum(low, high) = low", "filter"),
            self.add("add a reference to a user", "reviewer", "User?", "on delete set null"),
            self.add("add a reference", "origin", &format!("{other}?"), ""),
            self.add("add a reference to itself", "parent", &format!("{entity}?"), ""),
            self.add("add a date", "seen_on", "date?", ""),
            self.add("add a truth value", "pinned", "boolean = false", "filter"),
            self.add("add a decimal", "weight", "decimal(8,2)?", ""),
            self.add("add what is unique per owner", "reference_code", "string(1..40)?", "unique per owner")
                .about(&[entity]),
            self.add("add a many-to-many relation", "companions", &format!("list of {other}"), "")
                .about(&[entity, other]),
        ]
    }

    fn change(&self, kind: &'static str, name: &str, ty: &str) -> Case {
        case(kind, &["change", "field", &self.field(name), ty]).about(&[name])
    }

    fn alterations(&self) -> Vec<Case> {
        let Self { table, text, optional, .. } = self;
        let typed = self.typed.0.rsplit('.').next().unwrap_or_default();
        vec![
            self.change("change a length", text.0, "string(1..250)"),
            case("change a type", &["change", "field", self.typed.0, self.typed.1]).about(&[typed]),
            self.change("make it optional", text.0, &format!("{}?", text.1)),
            self.change("make it required", optional.0, &format!("{} = \"none\"", optional.1)),
            case("rename a field", &["rename", "field", &self.field(optional.0), "remark"])
                .about(&[optional.0])
                .takes(format!("{table}.{}:remark", optional.0)),
            case("remove a field", &["remove", "field", &self.field(optional.0)])
                .about(&[optional.0])
                .takes(format!("{table}.{}", optional.0)),
        ]
    }

    fn values(&self) -> Vec<Case> {
        let ((name, values, default), spare) = (self.choice, &self.spare);
        let fewer = |kind, values: &str, instead: &str| {
            let ty = format!("enum({values}) = {}", spare.default);
            let filled = format!("{}=\"{instead}\"", spare.field);
            case(kind, &["change", "field", spare.field, &ty, "--fill", &filled])
                .takes(format!("{}={instead}", spare.column))
                .about(&[spare.last()])
        };
        vec![
            self.change("add a value", name, &format!("enum({values}, shelved) = {default}")),
            fewer("remove a value", spare.others(), spare.default),
            fewer("rename a value", &format!("{}, retired", spare.others()), "retired"),
            self.change("change a default", name, &format!("enum({values}) = {}", self.last())),
        ]
    }

    fn ruled(&self, kind: &'static str, name: &str, rules: &str) -> Case {
        case(kind, &["change", "field", &self.field(name), "--rules", rules]).about(&[name])
    }

    fn rules(&self) -> Vec<Case> {
        let (text, optional) = (self.text.0, self.optional.0);
        let filtered = [self.text_rules, "filter"].join(", ");
        let filtered = filtered.trim_start_matches(", ");
        let mut cases = vec![
            self.ruled("add an index", optional, "index"),
            self.ruled("add a filter", text, filtered),
            self.ruled("make it unique", text, "unique"),
            self.ruled("make it unique per owner", optional, "unique per owner"),
        ];
        cases.extend(self.ruled.map(|field| {
            let name = field.rsplit('.').next().unwrap_or_default();
            case("take its rules away", &["change", "field", field, "--rules", ""]).about(&[
                name,
                "unique",
                "integrity",
            ])
        }));
        cases
    }

    fn endpoints(&self) -> Vec<Case> {
        let Self { path, parameter, choice, .. } = self;
        let row = format!("{path}/{{{parameter}}}");
        let (set, only) = (format!("set {} = {}", choice.0, self.last()), format!("{} = {}", choice.0, self.last()));
        let list = format!("list {}, where {only}", self.entity);
        let access = |kind, method, who| {
            case(kind, &["change", "access", method, &row, who]).about(&["owner", "user", "current", "own"])
        };
        vec![
            case("add an action", &["add", "endpoint", "POST", &format!("{row}/shelve"), &set, "--who", "owner"]),
            case("add a list", &["add", "endpoint", "GET", &format!("{path}/shelved"), &list, "--who", "owner"]),
            access("open to everybody", "GET", "public"),
            access("leave to administrators", "DELETE", "admin"),
            case("remove an endpoint", &["remove", "endpoint", "DELETE", &row]).about(&["delete", "remove", "gone"]),
        ]
    }

    fn owners(&self) -> Vec<Case> {
        let Self { entity, table, owner, other, child, memberships, .. } = self;
        let moved = |kind, what: &str, to: &str| {
            case(kind, &["change", "owner", what, to]).about(&["owner", "user", "own", &to.to_lowercase()])
        };
        let filled = |case: Case, what: &str, column: &str, rows: &str| {
            case.and(&["--fill", &format!("{what}.{column}=text(\"({rows})\")")])
        };
        let key = format!("{}_id", snake(other.0));
        let below = format!("SELECT {0}.id FROM {0} WHERE {0}.{owner} = {table}.{owner} LIMIT 1", other.1);
        let team = format!("SELECT {0}.team_id FROM {0} WHERE {0}.user_id = {table}.{owner} LIMIT 1", memberships);
        let above = format!("SELECT {table}.{owner} FROM {table} WHERE {table}.id = {}.{}", child.1, child.2);
        let gone = format!("{table}.{owner}");
        let mut cases = vec![
            moved("move rows to nobody", entity, "nobody").takes(gone.clone()),
            filled(moved("move rows from their parent to a user", child.0, "User"), child.0, owner, &above)
                .takes(format!("{}.{}", child.1, child.2))
                .about(&[&entity.to_lowercase()]),
        ];
        if !self.other_is_child {
            cases.push(
                filled(moved("move rows to the owner of others", entity, other.0), entity, &key, &below)
                    .takes(gone.clone()),
            );
        }
        let mut members = filled(moved("move rows to a group", entity, "members of Team"), entity, "team_id", &team)
            .takes(gone)
            .about(&["team", "member"]);
        members.with_teams = true;
        cases.push(members);
        cases
    }

    fn documents(&self) -> Vec<Case> {
        let said = |kind, text: String| Case { document: Some(text), ..case(kind, &[]) };
        let (entity, optional) = (self.entity, self.optional.0);
        let rename = format!("{entity}.{optional}:remark");
        let several = said("several at once, with a renaming", documents::several(self, true))
            .and(&["--rename", &rename])
            .takes(format!("{}.{optional}:remark", self.table))
            .about(&[optional, self.text.0, self.choice.0]);
        vec![
            said("add an entity", documents::entity(self)),
            said("add an entity below another", documents::below(self)),
            said("add entities that refer to others", documents::relations(self)),
            said("several at once", documents::several(self, false)).about(&[self.text.0, self.choice.0]),
            several,
        ]
    }
}

/// `WorkOrder` as columns have it: `work_order`.
fn snake(class: &str) -> String {
    let mut words = String::new();
    for (index, letter) in class.chars().enumerate() {
        if letter.is_uppercase() && index > 0 {
            words.push('_');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

impl Case {
    fn about(mut self, words: &[&str]) -> Self {
        self.words.extend(words.iter().map(|word| word.to_lowercase()));
        self
    }

    fn and(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|one| (*one).to_owned()));
        self
    }

    fn takes(mut self, gone: String) -> Self {
        self.gone.push(gone);
        self
    }
}

fn case(kind: &'static str, arguments: &[&str]) -> Case {
    Case {
        kind,
        arguments: arguments.iter().map(|one| (*one).to_owned()).collect(),
        document: None,
        gone: Vec::new(),
        words: Vec::new(),
        with_teams: false,
    }
}
