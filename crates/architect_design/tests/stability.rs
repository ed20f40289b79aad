//! Random documents: nothing panics, what is written reads back the same, and writing it again changes nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails is told so")]

use architect_model::{Design, Location};

/// Documents that are tried; enough for a run of a few seconds.
const DOCUMENTS: u64 = 700;

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

const NAMES: &[&str] = &[
    "name",
    "título",
    "`status`",
    "user_id",
    "project_id",
    "created_at",
    "id",
    "class",
    "metadata",
    "précio total",
    "N° de serie",
    "字段",
    "a, b",
    "x / y",
    "due on",
    "is_active",
    "\"quoted\"",
    "../../x",
    "{{7*7}}",
    "a\\b",
    "",
    "createdAt",
    "_id",
    "sports[].sportId",
    "UNIQUE(a, b)",
    "*bold*",
    "<b>",
    "a|b",
    "parent_id",
    "tags",
    "amount",
    "~~gone~~",
    "\u{202e}evil",
];
const TYPES: &[&str] = &[
    "string(1..120)",
    "text?",
    "enum(draft, active) = draft",
    "UUID",
    "varchar(50)",
    "FK → users.id",
    "Project",
    "User?",
    "list of Tag",
    "Tag[]",
    "Array<string>",
    "'a' | 'b'",
    "decimal(12,2)",
    "Float",
    "Número",
    "Texto",
    "boolean = false",
    "datetime = now",
    "enum(\"a\",\"b\"",
    "strng",
    "json",
    "uuid (PK)",
    "ENUM('x','y')",
    "",
    "timestamp NOT NULL DEFAULT now()",
    "integer(0..10) = 99",
    "(Alerta, Info)",
    "`string`",
    "int REFERENCES projects(id) ON DELETE CASCADE",
    "array(string) = []",
    "Map<string, any>",
    "string = \"\\\"\"\"\\n\"",
    "enum(a, a)",
];
const NOTES: &[&str] = &[
    "",
    "Sí",
    "No",
    "unique",
    "unique per owner",
    "index, filter",
    "on delete set null",
    "`a`, `b` or `c`",
    "e.g. x, y",
    "default: 5",
    "Por defecto `draft`",
    "\"\"\"quoted\"\"\"",
    "text with `code` and *stars*",
    "a / b / c",
    "CHECK (x IN ('a', 'b'))",
    "nullable",
    "\\| pipe",
    "&amp; &lt;b&gt; [link](http://x)",
    "no existe",
    "unique per project",
    "read only",
    "1. first",
    "# no heading",
    "`unbalanced",
    "trailing \\",
];
const PIECES: &[&str] = &[
    "# Title\n",
    "## Data model\n",
    "Owned by User.\n",
    "Belongs to Project.\n",
    "Shared. Some words.\n",
    "- RF-001: algo (Must)\n",
    "**Prioridad:** Alta\n",
    "### RF-002 — Título\n",
    "```mermaid\nerDiagram\n  USER ||--o{ TASK : has\n  TASK {\n    uuid id PK\n    string title\n  }\n```\n",
    "```sql\nCREATE TABLE notes (id uuid PRIMARY KEY, body text NOT NULL, kind varchar(9) CHECK (kind IN ('a','b')));\n```\n",
    "```python\nclass Tag(SQLModel, table=True):\n    id: int\n    name: str = Field(max_length=9)\n```\n",
    "- `POST /projects` — create\n",
    "#### GET `/projects/{id}`\n",
    "Unique: name, status\n",
    "- Index: status\n",
    "---\n",
    "> quote\n",
    "1. item\n",
    "    indented\n",
    "Module: things\n",
    "<!-- comment -->\n",
    "```dbml\nTable a { id int [pk]\n name varchar [not null] }\n```\n",
    "User 1 --- N Project\n",
    "\\\n",
    "```\n",
    "## Requirements\n\n| ID | Requirement | Priority |\n|---|---|---|\n| FR-1 | Do *it* \\| now | must |\n",
    "## Endpoints\n\n| Method | Path | Does | Who |\n|---|---|---|---|\n| CRUD | /projects | Project | owner |\n",
    "- **User**\n  - `email`: string, unique\n  - `name`: string\n",
    "| Campo | Valor |\n|---|---|\n| Autor | X |\n",
    "A sentence about \"things\" & <tags>, with `code`.\n",
];

fn document(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..random.below(9) + 1 {
        match random.below(3) {
            0 => text.push_str(&table(random)),
            _ => text.push_str(random.pick(PIECES)),
        }
        if random.below(3) > 0 {
            text.push('\n');
        }
    }
    for _ in 0..random.below(3) {
        mutate(&mut text, random);
    }
    text
}

fn table(random: &mut Random) -> String {
    let header = random.pick(&[
        "| Field | Type | Rules | Description |\n|---|---|---|---|\n",
        "| Campo | Tipo | Obligatorio | Descripción |\n|---|---|---|---|\n",
        "| Column | Type | Nullable | Default |\n|---|---|---|---|\n",
        "| Entity | Field | Type | Notes |\n|---|---|---|---|\n",
    ]);
    let mut text = format!(
        "### {}\n\n",
        random.pick(&[
            "Project",
            "Task",
            "users",
            "Séance de sport",
            "3.1 Tabla: `order_items`",
            "Tag",
            "(1) 订单（orders）",
            "class",
            "Session"
        ])
    );
    text.push_str(random.pick(&["Owned by User.\n\n", "Belongs to Project. A thing.\n\n", "", "Prose about it.\n\n"]));
    text.push_str(header);
    for _ in 0..random.below(6) + 1 {
        let cells = [random.pick(NAMES), random.pick(TYPES), random.pick(NOTES), random.pick(NOTES)];
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text
}

/// Removes, doubles or inserts characters.
fn mutate(text: &mut String, random: &mut Random) {
    let at = random.below(text.chars().count().max(1));
    let byte = text.char_indices().nth(at).map_or(0, |(byte, _)| byte);
    match random.below(3) {
        0 if byte < text.len() => {
            text.remove(byte);
        }
        1 => text.insert_str(
            byte,
            random.pick(&["|", "`", "\n", "\0", "\u{202e}", "*", "\\", "<!--", "```", "\r\n", "\t", "é"]),
        ),
        _ => text.truncate(byte.max(1).min(text.len())),
    }
}

/// A design without what a written document cannot keep: places, the labels of implied columns, plain labels.
fn essence(design: &Design) -> Design {
    let mut design = design.clone();
    let nowhere = Location::line("", 1);
    for entity in &mut design.entities {
        entity.at = nowhere.clone();
        entity.implied.clear();
        for field in &mut entity.fields {
            field.at = nowhere.clone();
            field.label.clear();
        }
    }
    for requirement in &mut design.requirements {
        requirement.at = nowhere.clone();
    }
    for endpoint in &mut design.endpoints {
        endpoint.at = nowhere.clone();
    }
    design
}

#[test]
fn written_documents_are_stable() {
    for seed in 0..DOCUMENTS {
        let text = document(&mut Random(seed.wrapping_mul(7919) + 17));
        let (design, problems) = architect_design::read("prd.md", &text);
        if !problems.is_empty() {
            continue;
        }
        let written = architect_design::write(&design, &text);
        let (again, problems) = architect_design::read("prd.md", &written);
        assert_eq!(problems, [], "seed {seed}\n{text}\n=== written\n{written}");
        let twice = architect_design::write(&again, &written);
        let changed = written.lines().zip(twice.lines()).find(|(once, twice)| once != twice);
        assert_eq!(changed, None, "seed {seed}: written twice\n{text}");
        assert_eq!(twice.len(), written.len(), "seed {seed}: written twice\n{text}");
        let (before, after) = (format!("{:#?}", essence(&design)), format!("{:#?}", essence(&again)));
        let changed = before.lines().zip(after.lines()).find(|(before, after)| before != after);
        assert_eq!(changed, None, "seed {seed}: read again\n{text}\n=== written\n{written}");
    }
}

#[test]
fn arbitrary_text_never_panics() {
    let pieces: Vec<&str> = [NAMES, TYPES, NOTES, PIECES].concat();
    for seed in 0..DOCUMENTS {
        let mut random = Random(seed * 104_729 + 3);
        let mut text = String::new();
        for _ in 0..random.below(60) {
            text.push_str(random.pick(&pieces));
            text.push_str(random.pick(&["", " ", "\n", "\n\n", " | ", ": ", "\n- ", "\n### "]));
        }
        let (design, _) = architect_design::read("prd.md", &text);
        let _ = architect_design::write(&design, &text);
    }
}

#[test]
fn oversized_documents_are_refused() {
    let text = "a".repeat(50 << 20);
    let (design, problems) = architect_design::read("prd.md", &text);
    assert!(design.entities.is_empty());
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].at.line, 1);
    assert!(problems[0].text.contains("51200 KB"), "{}", problems[0].text);
}
