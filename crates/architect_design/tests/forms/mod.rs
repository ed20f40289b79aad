//! Random models, and the forms in which documents write them.

use std::fmt::Write as _;

/// A small generator of random numbers, the same for the same seed.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit.max(1)
    }

    pub fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// An entity with its fields: name, and number of its type in [`TYPES`].
pub type Model = Vec<(&'static str, Vec<(&'static str, usize)>)>;

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

pub fn model(random: &mut Random) -> Model {
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
pub type Form = fn(&Model, &mut Random) -> String;

pub const FORMS: &[(&str, Form)] = &[
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
    ("outline", outline),
    ("tree", tree),
    ("conceptual model", conceptual),
    ("shapes", shapes),
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

/// Names alone, those of fields as items.
fn outline(model: &Model, _: &mut Random) -> String {
    each(model, |text, name, fields| {
        let _ = writeln!(text, "{name}\n- id");
        for (field, _) in fields {
            let _ = writeln!(text, "- {field}");
        }
    })
}

fn tree(model: &Model, _: &mut Random) -> String {
    let mut text = "```\nshop\n".to_owned();
    for (name, fields) in model {
        let _ = writeln!(text, "├── {name}\n│   ├── id");
        for (field, _) in fields {
            let _ = writeln!(text, "│   ├── {field}");
        }
    }
    text + "```\n"
}

/// The notation of Mocodo, which an association shows, here of what is not described.
fn conceptual(model: &Model, _: &mut Random) -> String {
    let mut text = each(model, |text, name, fields| {
        let names: Vec<&str> = fields.iter().map(|(field, _)| *field).collect();
        let _ = write!(text, "{name}: id, {}", names.join(", "));
    });
    text.push_str("\nLINK, 01 NOBODY, 0N NOTHING\n");
    text
}

fn shapes(model: &Model, _: &mut Random) -> String {
    each(model, |text, name, fields| {
        let _ = writeln!(text, "### {name} shape\n\n```json\n{{\n  \"id\": \"uuid\",");
        let fields: Vec<String> =
            fields.iter().map(|(field, ty)| format!("  \"{field}\": \"{}\"", TYPES[*ty][1])).collect();
        let _ = writeln!(text, "{}\n}}\n```", fields.join(",\n"));
    })
}
