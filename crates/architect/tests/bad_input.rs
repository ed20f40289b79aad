//! Bad input: a clear message that names the place, exit code 2, nothing written.

#![allow(clippy::unwrap_used, reason = "a test that fails is told so")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A new project in a folder of its own.
struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = architect(folder.path(), &["new", "shop"]);
        assert!(made.status.success(), "{}", said(&made));
        Self { folder }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("shop")
    }

    /// Plans a document and expects a refusal that says all of `expected` and writes nothing.
    fn refuses(&self, document: &[u8], expected: &[&str]) {
        let path = self.folder.path().join("prd.md");
        fs::write(&path, document).unwrap();
        let plan = self.folder.path().join("plan.json");
        let before = tree(&self.root());
        let output = architect(&self.root(), &["plan", path.to_str().unwrap(), "-o", plan.to_str().unwrap()]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        for text in expected {
            assert!(said.contains(text), "`{text}` is missing in:\n{said}");
        }
        assert!(!plan.exists(), "a plan was saved");
        assert_eq!(tree(&self.root()), before, "something was written");
    }

    fn plans(&self, document: &str) -> serde_json::Value {
        let path = self.folder.path().join("prd.md");
        fs::write(&path, document).unwrap();
        let output = architect(&self.root(), &["plan", path.to_str().unwrap(), "--format", "json"]);
        assert!(output.status.success(), "{}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn architect(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_architect"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn tree(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for path in fs::read_dir(root).unwrap().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            files.extend(tree(&path));
        } else {
            files.insert(path.clone(), fs::read(&path).unwrap_or_default());
        }
    }
    files
}

/// A document whose one entity has these rows.
fn entity(rows: &str) -> String {
    format!(
        "# Notes\n\n## Data model\n\n### Note\nOwned by User.\n\n| Field | Type | Rules | Description |\n|---|---|---|---|\n{rows}\n"
    )
}

#[test]
fn a_folder_without_a_project() {
    let folder = tempfile::tempdir().unwrap();
    for command in [&["survey"][..], &["plan", "x.md"]] {
        let output = architect(folder.path(), command);
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains("no FastAPI project"), "{}", said(&output));
        assert!(said(&output).contains("architect new"), "{}", said(&output));
    }
}

#[test]
fn documents_that_say_nothing_usable() {
    let project = Project::new();
    project.refuses(b"# Notes\n\nSome prose about notes.\n", &["prd.md", "data model"]);
    project.refuses(&[b'#', b' ', 0xff, b'\n'], &["prd.md:1", "UTF-8"]);
    project.refuses(&vec![b'a'; 50_000_000], &["bytes"]);
    let missing = architect(&project.root(), &["plan", "absent.md"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(said(&missing).contains("absent.md"));
}

#[test]
fn fields_that_cannot_be() {
    let project = Project::new();
    project.refuses(entity("| title | strnig(1..20) | | |").as_bytes(), &["prd.md:10", "strnig"]);
    project.refuses(entity("| title | text | | |\n| title | text | | |").as_bytes(), &["prd.md:11", "title"]);
    project.refuses(entity("| class | text | | |").as_bytes(), &["prd.md:10", "class"]);
    project.refuses(entity("| metadata | text | | |").as_bytes(), &["prd.md:10", "metadata"]);
    project.refuses(entity("| state | enum(a, a) | | |").as_bytes(), &["prd.md:10", "a"]);
    project.refuses(entity("| state | enum(a, b) = c | | |").as_bytes(), &["prd.md:10", "c"]);
    project.refuses(entity("| other | Missing | | |").as_bytes(), &["prd.md:10", "Missing"]);
}

#[test]
fn names_that_exist_already() {
    let project = Project::new();
    let path = project.folder.path().join("prd.md");
    fs::write(&path, entity("| title | text | | |")).unwrap();
    let applied = architect(&project.root(), &["apply", path.to_str().unwrap(), "--yes"]);
    assert!(applied.status.success(), "{}", said(&applied));
    project.refuses(entity("| headline | text | | |").as_bytes(), &["Note.headline", "--fill"]);
    let taken = entity("| title | text | | |").replace("### Note", "### Memo")
        + "\n## Endpoints\n\n| Method | Path | Does | Who |\n|---|---|---|---|\n| CRUD | /notes | Memo | owner |\n";
    project.refuses(taken.as_bytes(), &["prd.md:16", "/notes"]);
}

/// The users' table of a project is often described in a PRD, too: that is no clash, but it is said.
#[test]
fn the_users_of_the_project_are_not_planned_again() {
    let project = Project::new();
    let document = entity("| title | text | | |")
        .replace("### Note", "### User\n\n| Field | Type |\n|---|---|\n| email | email |\n\n### Note");
    let plan = project.plans(&document);
    assert!(plan["assumptions"].to_string().contains("User"), "{}", plan["assumptions"]);
    assert!(!plan["changes"].to_string().contains("\"class\":\"User\""), "{}", plan["changes"]);
}

#[test]
fn entities_that_need_each_other() {
    let project = Project::new();
    let table = "| Field | Type | Rules | Description |\n|---|---|---|---|\n";
    let document = format!(
        "# A\n\n## Data model\n\n### Hen\nOwned by User.\n\n{table}| egg | Egg | | |\n\n### Egg\nOwned by User.\n\n{table}| hen | Hen | | |\n"
    );
    project.refuses(document.as_bytes(), &["Hen", "Egg", "prd.md:"]);
}

#[test]
fn modules_and_paths_that_leave_the_project() {
    let project = Project::new();
    let module = entity("| title | text | | |").replacen("# Notes\n", "---\nmodule: ../../x\n---\n# Notes\n", 1);
    project.refuses(module.as_bytes(), &["../../x"]);
    let path = entity("| title | text | | |")
        + "\n## Endpoints\n\n| Method | Path | Does | Who |\n|---|---|---|---|\n| CRUD | /../../x | Note | owner |\n";
    project.refuses(path.as_bytes(), &["prd.md:", "/../../x"]);
}

#[test]
fn a_syntax_error_in_one_file_leaves_the_rest_readable() {
    let project = Project::new();
    fs::write(project.root().join("backend/app/broken.py"), "def f(:\n    pass\n").unwrap();
    let output = architect(&project.root(), &["survey", "--format", "json"]);
    assert!(output.status.success(), "{}", said(&output));
    let survey: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(survey["tables"].as_array().is_some_and(|tables| !tables.is_empty()));
    let unknowns = survey["unknowns"].as_array().unwrap();
    assert!(
        unknowns.iter().any(|it| it["at"]["file"] == "backend/app/broken.py" && it["at"]["line"] == 1),
        "{unknowns:?}"
    );
}

#[test]
fn unreadable_files_are_listed_and_the_rest_is_read() {
    let project = Project::new();
    fs::write(project.root().join("backend/app/latin.py"), [b'x', b' ', b'=', b' ', b'"', 0xe9, b'"', b'\n']).unwrap();
    fs::write(project.root().join("backend/app/huge.py"), vec![b'#'; 50_000_000]).unwrap();
    let output = architect(&project.root(), &["survey", "--format", "json"]);
    let survey: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let unknowns = survey["unknowns"].to_string();
    assert!(unknowns.contains("latin.py") && unknowns.contains("UTF-8"), "{unknowns}");
    assert!(unknowns.contains("huge.py"), "{unknowns}");
}

#[cfg(unix)]
#[test]
fn links_that_leave_the_project_are_not_written_through() {
    let project = Project::new();
    let outside = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(outside.path(), project.root().join("backend/app/modules/notes")).unwrap();
    let path = project.folder.path().join("prd.md");
    fs::write(&path, entity("| title | text | | |")).unwrap();
    let output = architect(&project.root(), &["apply", path.to_str().unwrap(), "--yes"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("link"), "{}", said(&output));
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

/// Text from a document stays text: the planned Python means the same with any description in it.
#[test]
fn hostile_text_stays_text() {
    let hostile = [
        "\"\"\" ; import os; os.system('x') #",
        "''' + __import__('os').system('x') + '''",
        "\\\"\"\"\\",
        "{__import__('os')} {{ 7*7 }} <% x %> %(y)s",
        "a\u{202e}b\u{0}c\u{7f}",
        "</script><!-- -->",
    ];
    for text in hostile {
        let project = Project::new();
        let cell = text.replace('|', "\\|");
        let rows = format!("| title | string(1..20) = \"x\" | | {cell} |\n| state | enum(a, b) = a | | {cell} |");
        let plan = project.plans(&entity(&rows).replace("Owned by User.", &format!("Owned by User. {text}")));
        for file in plan["files"].as_array().unwrap() {
            let after = file["after"].as_str().unwrap();
            assert_harmless(after, file["path"].as_str().unwrap());
        }
    }
}

/// Outside of strings and comments, nothing of the hostile texts occurs.
fn assert_harmless(source: &str, path: &str) {
    if !path.ends_with(".py") {
        return;
    }
    let check = "import ast,sys\ntree=ast.parse(sys.stdin.read())\nnames={n.id for n in ast.walk(tree) if isinstance(n,ast.Name)}|{n.attr for n in ast.walk(tree) if isinstance(n,ast.Attribute)}\nsys.exit(bool(names&{'__import__','system'}))";
    let mut child = Command::new("python3").args(["-c", check]).stdin(std::process::Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), source.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "{path}:\n{source}");
}

/// A document may lie anywhere; only one in the project is a file that the plan rests on.
#[test]
fn documents_outside_of_the_project_are_applied() {
    let project = Project::new();
    fs::write(project.folder.path().join("prd.md"), entity("| title | text | | |")).unwrap();
    let elsewhere = project.root().join("backend/app");
    let applied = architect(&elsewhere, &["apply", "../../../prd.md", "--yes"]);
    assert!(applied.status.success(), "{}", said(&applied));
    assert!(project.root().join("backend/app/modules/notes/models.py").is_file());
    let inside = project.root().join("prd.md");
    fs::write(&inside, entity("| title | text | | |").replace("### Note", "### Memo")).unwrap();
    let plan = project.folder.path().join("plan.json");
    let planned = architect(project.folder.path(), &["plan", "shop/prd.md", "--project", "shop", "-o", "plan.json"]);
    assert!(planned.status.success(), "{}", said(&planned));
    fs::write(&inside, "# Something else\n").unwrap();
    let stale = architect(&project.root(), &["apply", plan.to_str().unwrap()]);
    assert_eq!(stale.status.code(), Some(2));
    assert!(said(&stale).contains("`prd.md` changed"), "{}", said(&stale));
}
