//! Reads the INI dialect of `alembic.ini`, `setup.cfg`, `tox.ini`, `.editorconfig`: sections, keys, continued values.

/// A file of sections.
pub(crate) struct Ini {
    sections: Vec<(String, Vec<(String, String)>)>,
}

impl Ini {
    /// Reads what has the form of a section or a value, and passes over the rest.
    pub(crate) fn read(text: &str) -> Self {
        let mut sections = vec![(String::new(), Vec::new())];
        for line in text.lines() {
            read_line(line.trim_start_matches('\u{feff}'), &mut sections);
        }
        Self { sections }
    }

    /// The value of `key` in the first section called `section`.
    pub(crate) fn get(&self, section: &str, key: &str) -> Option<&str> {
        let (_, values) = self.sections.iter().find(|(name, _)| name == section)?;
        values.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Whether there is a section of that name.
    pub(crate) fn has(&self, section: &str) -> bool {
        self.sections.iter().any(|(name, _)| name == section)
    }
}

fn read_line(line: &str, sections: &mut Vec<(String, Vec<(String, String)>)>) {
    let trimmed = line.trim();
    if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
        return;
    }
    if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        sections.push((name.trim().to_owned(), Vec::new()));
        return;
    }
    let Some((_, values)) = sections.last_mut() else { return };
    match (line.starts_with([' ', '\t']), values.last_mut()) {
        (true, Some((_, value))) => {
            value.push('\n');
            value.push_str(trimmed);
        }
        _ => {
            if let Some((key, value)) = trimmed.split_once(['=', ':']) {
                values.push((key.trim().to_ascii_lowercase(), without_comment(value).trim().to_owned()));
            }
        }
    }
}

/// Drops a comment that stands behind a value.
fn without_comment(value: &str) -> &str {
    value.find(" #").or_else(|| value.find(" ;")).map_or(value, |end| &value[..end])
}

#[cfg(test)]
mod tests {
    use super::Ini;

    #[test]
    fn values_of_sections() {
        let ini = Ini::read(
            "[alembic]\n# note\nscript_location = %(here)s/migrations  # where\nhooks =\n  one\n  two\n[b]\nx: 1\n",
        );
        assert_eq!(ini.get("alembic", "script_location"), Some("%(here)s/migrations"));
        assert_eq!(ini.get("alembic", "hooks"), Some("\none\ntwo"));
        assert_eq!(ini.get("b", "x"), Some("1"));
        assert_eq!(ini.get("b", "y"), None);
        assert!(ini.has("b") && !ini.has("c"));
    }
}
