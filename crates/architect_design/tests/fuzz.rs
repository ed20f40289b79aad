//! Random models, written in each form that documents have and then damaged: whole ones are read completely, damaged
//! ones never panic, and what is written of them reads back without a problem.
//!
//! `ARCHITECT_FUZZ=100000` tries that many documents, `ARCHITECT_SEED=17` one of them.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that fails is told so")]

use std::fmt::Write as _;
use std::panic::catch_unwind;

use architect_model::Design;

/// A small generator of random numbers, the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit.max(1)
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// An entity with its fields: name, and number of its type in [`TYPES`].
type Model = Vec<(&'static str, Vec<(&'static str, usize)>)>;

const ENTITIES: &[&str] = &["Project", "Invoice", "Customer", "Vehicle", "Lesson", "Ticket", "Warehouse", "Recipe"];

const FIELDS: &[(&str, usize)] = &[
    ("title", 0),
    ("summary", 1),
    ("quantity", 2),
    ("price", 3),
    ("is_open", 4),
    ("due_on", 5),
    ("starts_at", 6),
    ("colour", 0),
    ("weight", 2),
    ("remark", 1),
];

/// A type in the words of SQL, of diagrams, of TypeScript, of Python and of plain speech.
const TYPES: &[[&str; 5]] = &[
    ["varchar(80)", "string", "string", "str", "Texto(80)"],
    ["text", "text", "string", "str", "text"],
    ["integer", "int", "number", "int", "Entero"],
    ["numeric(10,2)", "decimal", "number", "Decimal", "Decimal(10,2)"],
    ["boolean", "boolean", "boolean", "bool", "Booleano"],
    ["date", "date", "Date", "date", "Fecha"],
    ["timestamptz", "timestamp", "Date", "datetime", "Timestamp"],
];

fn model(random: &mut Random) -> Model {
    let first = random.below(ENTITIES.len());
    let entities = 1 + random.below(3);
    (0..entities)
        .map(|at| {
            let from = random.below(FIELDS.len());
            let count = 3 + random.below(4);
            let fields = (0..count).map(|more| FIELDS[(from + more) % FIELDS.len()]).collect();
            (ENTITIES[(first + at) % ENTITIES.len()], fields)
        })
        .collect()
}

/// A way to write a model.
type Form = fn(&Model, &mut Random) -> String;

const FORMS: &[(&str, Form)] = &[
    ("tables", tables),
    ("grouped table", grouped),
    ("folded table", folded),
    ("bullets", bullets),
    ("sql", sql),
    ("unfenced sql", |model, random| sql(model, random).replace("```sql\n", "").replace("```\n", "\n")),
    ("dbml", dbml),
    ("unfenced dbml", |model, random| dbml(model, random).replace("```dbml\n", "").replace("```\n", "\n")),
    ("mermaid", mermaid),
    ("plantuml", plantuml),
    ("prisma", prisma),
    ("typescript", typescript),
    ("python", python),
    ("schema in words", words),
    ("boxes", boxes),
    ("tabs", tabs),
];

fn each(model: &Model, mut entity: impl FnMut(&mut String, &str, &[(&str, usize)])) -> String {
    let mut text = String::new();
    for (name, fields) in model {
        entity(&mut text, name, fields);
        text.push('\n');
    }
    text
}

fn tables(model: &Model, random: &mut Random) -> String {
    let header = random.pick(&[
        "| Field | Type | Required |",
        "| Campo | Tipo | Obligatorio |",
        "| Coluna | Tipo | Obrigatório |",
        "| Champ | Type | Obligatoire |",
        "| Feld | Typ | Pflicht |",
        "| 字段名 | 类型 | 必填 |",
        "| カラム名 | 型 | 必須 |",
        "| 필드 | 타입 | 필수 |",
        "| Alan | Tip | Zorunlu |",
        "| Tên trường | Kiểu dữ liệu | Bắt buộc |",
    ]);
    let opening = random.pick(&["### ", "#### 3.1 ", "### Table: ", "### Tabla "]);
    each(model, |text, name, fields| {
        let _ = writeln!(text, "{opening}{name}\n\n{header}\n|---|---|---|\n| id | uuid | |");
        for (field, ty) in fields {
            let _ = writeln!(text, "| {field} | {} | |", TYPES[*ty][0]);
        }
    })
}

fn grouped(model: &Model, _: &mut Random) -> String {
    let mut text = "| Table | Column | Type | Notes |\n|---|---|---|---|\n".to_owned();
    for (name, fields) in model {
        let _ = writeln!(text, "| {name} | id | uuid | PK |");
        for (field, ty) in fields {
            let _ = writeln!(text, "| | {field} | {} | |", TYPES[*ty][0]);
        }
    }
    text
}

fn folded(model: &Model, _: &mut Random) -> String {
    let mut text = "| Entity | Fields |\n|---|---|\n".to_owned();
    for (name, fields) in model {
        let fields: Vec<&str> = fields.iter().map(|(field, _)| *field).collect();
        let _ = writeln!(text, "| {name} | id, {} |", fields.join(", "));
    }
    text
}

fn bullets(model: &Model, random: &mut Random) -> String {
    let style = random.below(4);
    each(model, |text, name, fields| {
        let _ = writeln!(text, "### {name}\n\n- `id`: uuid");
        for (field, ty) in fields {
            let ty = TYPES[*ty][1];
            let _ = match style {
                0 => writeln!(text, "- `{field}`: {ty}"),
                1 => writeln!(text, "- **{field}** ({ty}) — what it says"),
                2 => writeln!(text, "- [ ] {field}: {ty}, required"),
                _ => writeln!(text, "* `{field}` ({ty}, optional): said"),
            };
        }
    })
}

fn sql(model: &Model, _: &mut Random) -> String {
    each(model, |text, name, fields| {
        let _ = writeln!(text, "```sql\nCREATE TABLE {} (\n    id uuid PRIMARY KEY,", name.to_lowercase());
        let lines: Vec<String> =
            fields.iter().map(|(field, ty)| format!("    {field} {} NOT NULL", TYPES[*ty][0])).collect();
        let _ = writeln!(text, "{}\n);\n```", lines.join(",\n"));
    })
}

fn dbml(model: &Model, _: &mut Random) -> String {
    each(model, |text, name, fields| {
        let _ = writeln!(text, "```dbml\nTable {} {{\n  id uuid [pk]", name.to_lowercase());
        for (field, ty) in fields {
            let _ = writeln!(text, "  {field} {} [not null]", TYPES[*ty][0]);
        }
        text.push_str("}\n```\n");
    })
}

fn mermaid(model: &Model, random: &mut Random) -> String {
    let mut text = if random.below(2) == 0 { "```mermaid\nerDiagram\n" } else { "erDiagram\n" }.to_owned();
    let fenced = text.starts_with('`');
    for (name, fields) in model {
        let _ = writeln!(text, "    {} {{\n        uuid id PK", name.to_uppercase());
        for (field, ty) in fields {
            let _ = writeln!(text, "        {} {field}", TYPES[*ty][1]);
        }
        text.push_str("    }\n");
    }
    text.push_str(if fenced { "```\n" } else { "\n" });
    text
}

fn plantuml(model: &Model, random: &mut Random) -> String {
    let mut text = "@startuml\n".to_owned();
    for (name, fields) in model {
        let _ = writeln!(text, "entity {name} {{\n  * id : uuid <<PK>>\n  --");
        for (field, ty) in fields {
            let _ = writeln!(text, "  {field} : {}", TYPES[*ty][1]);
        }
        text.push_str("}\n");
    }
    text.push_str("@enduml\n");
    if random.below(2) == 0 { format!("```plantuml\n{text}```\n") } else { text }
}

fn prisma(model: &Model, _: &mut Random) -> String {
    each(model, |text, name, fields| {
        let _ = writeln!(text, "```prisma\nmodel {name} {{\n  id String @id @default(uuid())");
        for (field, ty) in fields {
            let ty = ["String", "String", "Int", "Decimal", "Boolean", "DateTime", "DateTime"][*ty];
            let _ = writeln!(text, "  {field} {ty}");
        }
        text.push_str("}\n```\n");
    })
}

fn typescript(model: &Model, _: &mut Random) -> String {
    each(model, |text, name, fields| {
        let _ = writeln!(text, "```ts\nexport interface {name} {{\n  id: string;");
        for (field, ty) in fields {
            let _ = writeln!(text, "  {field}: {};", TYPES[*ty][2]);
        }
        text.push_str("}\n```\n");
    })
}

fn python(model: &Model, _: &mut Random) -> String {
    each(model, |text, name, fields| {
        let _ = writeln!(
            text,
            "```python\nclass {name}(SQLModel, table=True):\n    id: uuid.UUID = Field(primary_key=True)"
        );
        for (field, ty) in fields {
            let _ = writeln!(text, "    {field}: {}", TYPES[*ty][3]);
        }
        text.push_str("```\n");
    })
}

fn words(model: &Model, random: &mut Random) -> String {
    let fenced = random.below(2) == 0;
    let mut text = if fenced { "```\n" } else { "" }.to_owned();
    for (name, fields) in model {
        let fields: Vec<&str> = fields.iter().map(|(field, _)| *field).collect();
        let key = if fenced { "__id__" } else { "#id" };
        let _ = writeln!(text, "{} ({key}, {})", name.to_uppercase(), fields.join(", "));
    }
    text.push_str(if fenced { "```\n" } else { "\n" });
    text
}

fn boxes(model: &Model, _: &mut Random) -> String {
    let mut text = "```\n".to_owned();
    let rule = "─".repeat(28);
    for (name, fields) in model {
        let _ = writeln!(text, "┌{rule}┐\n│ {name:<26} │\n├{rule}┤\n│ {:<26} │", "id (PK)");
        for (field, ty) in fields {
            let _ = writeln!(text, "│ {:<26} │", format!("{field}: {}", TYPES[*ty][1]));
        }
        let _ = writeln!(text, "└{rule}┘");
    }
    text.push_str("```\n");
    text
}

fn tabs(model: &Model, _: &mut Random) -> String {
    each(model, |text, name, fields| {
        let _ = writeln!(text, "Entidad: {name}\n\nCampo\tTipo\tDescripción\nid\tUUID\tClave");
        for (field, ty) in fields {
            let _ = writeln!(text, "{field}\t{}\tAlgo", TYPES[*ty][4]);
        }
    })
}

/// What stands around a data model.
const AROUND: &[&str] = &[
    "A sentence about things.\n",
    "- **FR-001**: The system does something (Must)\n",
    "| Field | Value |\n|---|---|\n| Author | Somebody |\n",
    "## Glossary\n\n| Term | Meaning |\n|---|---|\n| Thing | A thing |\n",
    "### Request body\n\n| Field | Type |\n|---|---|\n| name | string |\n",
    "- `POST /projects/{id}` — does something\n",
    "> A quote with `code`.\n",
    "\n---\n\n",
];

fn document(model: &Model, form: Form, random: &mut Random) -> String {
    let mut text = "# Something\n\n".to_owned();
    for _ in 0..random.below(3) {
        text.push_str(random.pick(AROUND));
        text.push('\n');
    }
    let _ =
        writeln!(text, "## {}\n\n{}", random.pick(&["Data model", "Modelo de datos", "数据模型"]), form(model, random));
    text
}

/// Damages a document: characters, lines, slices.
fn damage(text: &mut String, random: &mut Random) {
    let marks = [
        "|",
        "`",
        "\n",
        "\0",
        "\u{202e}",
        "*",
        "\\",
        "<!--",
        "```",
        "\r\n",
        "\t",
        "é",
        "(",
        "）",
        "→",
        "→ x.y",
        "{",
        "•\t",
        "İ",
        "ŉ",
        "ıé",
        ")",
        " ADD ŉ",
        "note: 'İİİİİİİİ'",
        "CREATE TYPE a) AS ENUM ('b'",
        "\nNote: '''",
        "\n2.1 A\nb\tc\nd\te\nf\tg\n",
        "\n```text\nA\n- b: int = 1\n- `c` (int), `d`\n```\n",
        "\n|---|---|\n",
        "`GET|POST /",
        "\nEnum é {",
        "\n### ~~a~~ —",
        "pas une FK : é",
        "\n1. **é** — id, `b` - ",
    ];
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let (one, other) = (random.below(places.len()), random.below(places.len()));
    let (Some(one), Some(other)) = (places.get(one.min(other)), places.get(one.max(other))) else { return };
    match random.below(6) {
        0 => text.replace_range(one..one, random.pick(&marks)),
        1 => text.truncate(*other),
        2 => text.replace_range(one..other, ""),
        3 => {
            let part = text[*one..*other].to_owned();
            text.insert_str(*one, &part);
        }
        4 => {
            let mut lines: Vec<&str> = text.lines().collect();
            let (from, to) = (random.below(lines.len()), random.below(lines.len()));
            lines.swap(from, to);
            *text = lines.join("\n");
        }
        _ => {
            text.remove(*one);
        }
    }
}

fn seeds() -> std::ops::Range<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    match number("ARCHITECT_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("ARCHITECT_FUZZ").unwrap_or(480),
    }
}

#[test]
fn whole_documents_are_read_completely() {
    for seed in seeds() {
        let mut random = Random(seed.wrapping_mul(9_176_263) + 11);
        let model = model(&mut random);
        let (name, form) = FORMS[usize::try_from(seed).unwrap_or(0) % FORMS.len()];
        let text = document(&model, form, &mut random);
        let (design, problems) = architect_design::read("prd.md", &text);
        assert_eq!(problems, [], "seed {seed}, {name}\n{text}");
        complete(&design, &model, &format!("seed {seed}, {name}\n{text}"));
    }
}

fn complete(design: &Design, model: &Model, place: &str) {
    let known: Vec<&str> = design.entities.iter().map(|entity| entity.name.as_str()).collect();
    assert_eq!(known.len(), model.len(), "{place}\n{known:?}");
    for (name, fields) in model {
        let entity = design.entities.iter().find(|entity| entity.name == *name);
        let entity = entity.unwrap_or_else(|| panic!("{place}\nno {name} in {known:?}"));
        let read: Vec<&str> = entity.fields.iter().map(|field| field.name.as_str()).collect();
        let wanted: Vec<&str> = fields.iter().map(|(field, _)| *field).collect();
        assert_eq!(read, wanted, "{place}");
    }
}

#[test]
fn damaged_documents_never_panic() {
    for seed in seeds() {
        let mut random = Random(seed.wrapping_mul(15_485_863) + 5);
        let mut text = String::new();
        for _ in 0..1 + random.below(3) {
            let (_, form) = FORMS[random.below(FORMS.len())];
            let model = model(&mut random);
            text.push_str(&document(&model, form, &mut random));
        }
        for _ in 0..random.below(20) {
            damage(&mut text, &mut random);
        }
        let read = catch_unwind(|| {
            let (design, problems) = architect_design::read("prd.md", &text);
            let written = architect_design::write(&design, &text);
            (problems.is_empty(), architect_design::read("prd.md", &written).1)
        });
        let (usable, again) = read.unwrap_or_else(|_| panic!("seed {seed}\n{text}"));
        assert!(!usable || again.is_empty(), "seed {seed}: {again:?}\n{text}");
    }
}

/// Texts that repeat what makes a careless reader slow.
const REPEATED: &[&str] = &[
    "(",
    "┌",
    "│ a (PK) │ ┌─┐\n",
    "x\ty\tz\n",
    "CREATE TABLE a (\n",
    "@startuml\n",
    "A (\n",
    "**a** ",
    "→ a.b (",
    "- `a` (b): c, d / e | f\n",
    "- a\n  - `b`: uuid\n  - `c`: text\n",
    "| a | enum(b, c) |\n",
    "## Data model\n\n### A\n\n| Field | Type |\n|---|---|\n| a_id | uuid FK |\n\n",
    "A ||--o{ B : c\n",
    "`a`, ",
    "FR-1 a\n",
    "Table a {\n",
    "enum: a / b / c, ",
    "a has many b\n",
    "•\ta: b\n",
    "{\"a\": ",
    "\\|",
    "FK → references default check in (",
];

#[test]
fn large_documents_are_read_in_linear_time() {
    for piece in REPEATED {
        let text = |bytes: usize| format!("# Data model\n\n{}", piece.repeat(bytes / piece.len()));
        let (small, large) = (text(10_000), text(80_000));
        // Eight times the text takes eight times as long, and sixty-four times where the reader is careless. What other
        // programs do meanwhile costs no time of this thread, but memory that they push out does: so, several tries.
        let ratio = |_| seconds(&large) / seconds(&small).max(0.002);
        let best = (0..5).map(ratio).find(|ratio| *ratio < 24.0);
        assert!(best.is_some(), "`{piece}`: eight times the text takes more than 24 times as long");
    }
}

/// What reading a text takes of the processor, in seconds.
fn seconds(text: &str) -> f64 {
    let now = || rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let start = now();
    let _ = architect_design::read("prd.md", text);
    let end = now();
    (end.tv_sec - start.tv_sec) as f64 + (end.tv_nsec - start.tv_nsec) as f64 / 1e9
}

/// Types that hold themselves, in the explicit format, in a plain table and in code: they end, and no stack overflows.
#[test]
fn deep_types_are_read() {
    let headers = ["| Field | Type | Rules |\n|---|---|---|", "| Column | Type | Notes |\n|---|---|---|"];
    for piece in ["array(", "list of ", "Optional[", "list[", "Array<", "enum(", "[", "(", "nullable<"] {
        for header in headers {
            for count in [20, 900, 5_000] {
                let ty = piece.repeat(count);
                let table = format!("## Data model\n\n### A\n\n{header}\n| a | string | |\n| b | {ty} | |\n");
                let _ = architect_design::read("prd.md", &table);
                let class = format!("```python\nclass A(SQLModel, table=True):\n    a: str\n    b: {ty}int\n```\n");
                let _ = architect_design::read("prd.md", &class);
            }
        }
    }
}

/// What no module is as large as is refused, with its line.
#[test]
fn what_is_too_large_is_refused() {
    let head = "## Data model\n\n### A\n\n| Field | Type | Rules |\n|---|---|---|\n";
    let fields: String = (0..1700).map(|at| format!("| f{at} | string | |\n")).collect();
    let endpoints: String = (0..2100).map(|at| format!("| GET | /x{at} | list A | owner |\n")).collect();
    let endpoints = format!(
        "{head}| a | string | |\n\n## Endpoints\n\n| Method | Path | Does | Who |\n|---|---|---|---|\n{endpoints}"
    );
    let lists = format!("Some text.\n\n{}a\n", "- ".repeat(200));
    for (text, line, said) in [
        (format!("{head}{fields}"), 3, "`A` has 1700 fields; a table holds at most 1600"),
        (endpoints, 1, "the document describes 2100 endpoints, more than 2000"),
        (lists, 3, "quotes or lists are nested deeper than 100"),
        (format!("{head}| a | {} | |\n", "array(".repeat(4000)), 7, "`a`: the type has 24000 bytes, more than 10000"),
        (
            format!("{head}| a | {} | |\n", "array(".repeat(9) + "string" + &")".repeat(9)),
            7,
            "a list holds plain values",
        ),
    ] {
        let (_, problems) = architect_design::read("prd.md", &text);
        let problem = &problems[0];
        assert!(problem.text.contains(said), "{}", problem.text);
        assert_eq!(problem.at.line, line, "{}", problem.text);
    }
}
