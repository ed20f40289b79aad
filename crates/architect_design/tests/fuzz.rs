//! Random models, written in each form that documents have and then damaged: whole ones are read completely, damaged
//! ones never panic, and what is written of them reads back without a problem.
//!
//! `ARCHITECT_FUZZ=100000` tries that many documents, `ARCHITECT_SEED=17` one of them.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that fails is told so")]

use std::fmt::Write as _;
use std::panic::catch_unwind;

use architect_model::Design;
use forms::{FORMS, Form, Model, Random, model};

mod forms;
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
        "\nÉ: a, é\nX, 0N É, 11 É: ŉ\n",
        "\n```json\n{\"id\": \"a' | 'é\", \"b\": \"İ | null\"}\n```\n",
        "\n```\né\n├── a\n│   ├── id\n```\n",
        "\n/LF1/ é\n/é/\n",
        "\n`é/{i}/ŉ/{j}` (x)\n",
        "\n| project | string |\n| project_id | uuid FK → projects.id |\n",
        "\n| int | bigint FK |\n",
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
    "A: b, c\n",
    "x, 11 A, 0N B\n",
    "A: b, c\nx, 11 A, 0N A\n",
    "A\n- id\n- b_id\n\n",
    "- **a**\n  - b (c, d)\n  - e\n",
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
