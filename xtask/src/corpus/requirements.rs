//! What a public project says that it needs: its lock where it has one, else its requirements, else its metadata.

use std::path::Path;
use std::process::Command;

use toml_edit::{DocumentMut, Item, Table};

use super::oracle::Listed;
use super::process;

/// Requirements of a project.
pub struct Requirements {
    /// One requirement a line, as `pip` reads them.
    pub lines: Vec<String>,
    /// Releases that win over what the lines say: those that the oracle was made with.
    pub overrides: Vec<String>,
    /// The file that they are from.
    pub source: String,
}

/// The requirements of a project: from the folder of its back end, or the nearest one above that has some.
///
/// # Errors
/// No file names any.
pub fn of(project: &Listed, sources: &Path, uv: &Path) -> Result<Requirements, String> {
    let overrides: Vec<String> = project.releases.iter().map(|(name, version)| format!("{name}=={version}")).collect();
    if let Some(package) = project.src.strip_prefix("pypi:") {
        let lines = vec![package.to_owned()];
        return Ok(Requirements { lines, overrides, source: "its package on PyPI".to_owned() });
    }
    let top = sources.join(&project.name);
    let mut folder = top.join(&project.subdir);
    loop {
        if let Some((lines, source)) = in_folder(&folder, uv)? {
            // A lock is complete: another release of one package would contradict it.
            let overrides = if source == "uv.lock" { Vec::new() } else { overrides };
            return Ok(Requirements { lines, overrides, source });
        }
        if folder == top || !folder.pop() {
            return Err("no lock, requirements or metadata".to_owned());
        }
    }
}

fn in_folder(folder: &Path, uv: &Path) -> Result<Option<(Vec<String>, String)>, String> {
    if folder.join("uv.lock").is_file()
        && let Some(lines) = exported(folder, uv)?
    {
        return Ok(Some((lines, "uv.lock".to_owned())));
    }
    let files = ["requirements.txt", "requirements-dev.txt", "requirements/base.txt", "requirements/dev.txt"];
    let listed: Vec<&str> = files.into_iter().filter(|file| folder.join(file).is_file()).collect();
    if !listed.is_empty() {
        let lines = listed.iter().flat_map(|file| listed_in(&folder.join(file))).collect();
        return Ok(Some((lines, listed.join(" and "))));
    }
    let Some(metadata) = toml(&folder.join("pyproject.toml")) else { return Ok(None) };
    let mut lines = standard(&metadata);
    let mut source = "pyproject.toml";
    let locked = toml(&folder.join("poetry.lock")).map(|lock| pinned(&lock)).unwrap_or_default();
    if let Some(poetry) = metadata.get("tool").and_then(|tool| tool.get("poetry")) {
        lines.extend(of_poetry(poetry, &locked));
        source = if locked.is_empty() { source } else { "poetry.lock" };
    }
    Ok((!lines.is_empty()).then(|| (lines, source.to_owned())))
}

/// The requirements in a file, and in those that it names.
fn listed_in(file: &Path) -> Vec<String> {
    let text = text_of(&std::fs::read(file).unwrap_or_default());
    let lines = text.lines().map(|line| line.split(" #").next().unwrap_or(line).trim());
    let mut found = Vec::new();
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix("-r ") {
            Some(other) => found.extend(listed_in(&file.with_file_name(other.trim()))),
            None if !line.starts_with('-') => found.push(line.to_owned()),
            None => {}
        }
    }
    found.dedup();
    found
}

/// A text in UTF-8, or in the UTF-16 that PowerShell writes.
fn text_of(bytes: &[u8]) -> String {
    match bytes {
        [0xff, 0xfe, rest @ ..] => {
            let units: Vec<u16> = rest.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        _ => String::from_utf8_lossy(bytes).trim_start_matches('\u{feff}').to_owned(),
    }
}

/// What `uv.lock` names, groups and extras included; `None` where `uv` cannot say it.
fn exported(folder: &Path, uv: &Path) -> Result<Option<Vec<String>>, String> {
    let mut command = Command::new(uv);
    command.args([
        "export",
        "--quiet",
        "--frozen",
        "--no-hashes",
        "--no-emit-workspace",
        "--no-emit-local",
        "--all-groups",
        "--all-extras",
    ]);
    // From another folder: what stands in the project's own could switch the interpreter that `uv` itself runs on.
    command.arg("--project").arg(folder).current_dir("/").env("UV_PYTHON_DOWNLOADS", "never").env_remove("VIRTUAL_ENV");
    let ran = process::run(&mut command, 120)?;
    let lines = ran.out.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(ran.success.then(|| lines.map(str::to_owned).collect()))
}

fn toml(path: &Path) -> Option<DocumentMut> {
    std::fs::read_to_string(path).ok()?.parse().ok()
}

/// `[project]` and `[dependency-groups]`.
fn standard(metadata: &DocumentMut) -> Vec<String> {
    let strings = |item: &Item| -> Vec<String> {
        let values = item.as_array().into_iter().flatten();
        values.filter_map(|value| value.as_str().map(str::to_owned)).collect()
    };
    let tables = |item: Option<&Item>| -> Vec<String> {
        let groups = item.and_then(Item::as_table_like).into_iter().flat_map(|table| table.iter());
        groups.flat_map(|(_, group)| strings(group)).collect()
    };
    let project = metadata.get("project");
    let mut lines = project.and_then(|project| project.get("dependencies")).map(&strings).unwrap_or_default();
    lines.extend(tables(project.and_then(|project| project.get("optional-dependencies"))));
    lines.extend(tables(metadata.get("dependency-groups")));
    // `name[extra]` of the project itself says nothing new.
    let own = project.and_then(|project| project.get("name")).and_then(Item::as_str).unwrap_or_default();
    lines.retain(|line| own.is_empty() || !line.starts_with(&format!("{own}[")));
    lines
}

/// Name and version of each package of `poetry.lock`.
fn pinned(lock: &DocumentMut) -> Vec<(String, String)> {
    let packages = lock.get("package").and_then(Item::as_array_of_tables).into_iter().flatten();
    let text = |package: &Table, key: &str| package.get(key).and_then(Item::as_str).unwrap_or_default().to_owned();
    packages.map(|package| (text(package, "name").to_lowercase(), text(package, "version"))).collect()
}

/// Poetry's tables of requirements, at the releases of its lock.
fn of_poetry(poetry: &Item, locked: &[(String, String)]) -> Vec<String> {
    let groups = poetry.get("group").and_then(Item::as_table_like).into_iter().flat_map(|groups| groups.iter());
    let further = groups.filter_map(|(_, group)| group.get("dependencies"));
    let tables = [poetry.get("dependencies"), poetry.get("dev-dependencies")].into_iter().flatten().chain(further);
    let entries = tables.filter_map(Item::as_table_like).flat_map(|table| table.iter());
    entries.filter(|(name, _)| *name != "python").map(|(name, value)| requirement(name, value, locked)).collect()
}

fn requirement(name: &str, value: &Item, locked: &[(String, String)]) -> String {
    let extras = value.get("extras").and_then(Item::as_array).into_iter().flatten();
    let extras: Vec<&str> = extras.filter_map(|extra| extra.as_str()).collect();
    let name_with = if extras.is_empty() { name.to_owned() } else { format!("{name}[{}]", extras.join(",")) };
    if let Some((_, version)) = locked.iter().find(|(known, _)| *known == name.to_lowercase().replace('_', "-")) {
        return format!("{name_with}=={version}");
    }
    let given = value.as_str().or_else(|| value.get("version").and_then(Item::as_str)).unwrap_or("*");
    match given.strip_prefix(['^', '~']) {
        Some(version) => format!("{name_with}>={version}"),
        None if given == "*" => name_with,
        None if given.starts_with(|c: char| c.is_ascii_digit()) => format!("{name_with}=={given}"),
        None => format!("{name_with}{given}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poetry() {
        let metadata: DocumentMut = "[tool.poetry.dependencies]\npython = \"^3.11\"\nfastapi = \"^0.110\"\nhttpx = \"*\"\nuvicorn = { version = \"0.30\", extras = [\"standard\"] }\n[tool.poetry.group.dev.dependencies]\npytest = \">=8,<9\"\n"
            .parse()
            .unwrap();
        let lock: DocumentMut = "[[package]]\nname = \"fastapi\"\nversion = \"0.111.0\"\n".parse().unwrap();
        let poetry = metadata.get("tool").and_then(|tool| tool.get("poetry")).unwrap();
        let lines = of_poetry(poetry, &pinned(&lock));
        assert_eq!(lines, ["fastapi==0.111.0", "httpx", "uvicorn[standard]==0.30", "pytest>=8,<9"]);
    }

    #[test]
    fn project() {
        let metadata: DocumentMut =
            "[project]\nname = \"shop\"\ndependencies = [\"fastapi>=0.1\"]\n[project.optional-dependencies]\nall = [\"shop[db]\"]\ndb = [\"asyncpg\"]\n[dependency-groups]\ndev = [\"pytest\", {include-group = \"lint\"}]\n"
                .parse()
                .unwrap();
        assert_eq!(standard(&metadata), ["fastapi>=0.1", "asyncpg", "pytest"]);
    }
}
