//! The project that `architect new` writes, rendered from `templates/project`.

use include_dir::{Dir, DirEntry, File, include_dir};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior, context};

static PROJECT: Dir = include_dir!("$CARGO_MANIFEST_DIR/templates/project");

/// What the template is rendered with; `templates/README.md` lists the variables that follow from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectTemplate {
    /// Name as given.
    pub name: String,
    /// Whether sessions are asynchronous.
    pub is_async: bool,
}

impl ProjectTemplate {
    /// Every file of the project: its path with `/` between the parts, and its text; sorted by path.
    ///
    /// # Errors
    /// A file of the template does not render or is not text; the message names it.
    pub fn render(&self) -> Result<Vec<(String, String)>, String> {
        let environment = environment()?;
        let mut files = Vec::new();
        self.render_folder(&environment, &PROJECT, &mut files)?;
        files.sort();
        Ok(files)
    }

    fn render_folder(
        &self,
        environment: &Environment<'_>,
        folder: &Dir<'_>,
        files: &mut Vec<(String, String)>,
    ) -> Result<(), String> {
        for entry in folder.entries() {
            match entry {
                DirEntry::Dir(inner) => self.render_folder(environment, inner, files)?,
                DirEntry::File(file) => files.push(self.render_file(environment, file)?),
            }
        }
        Ok(())
    }

    fn render_file(&self, environment: &Environment<'_>, file: &File<'_>) -> Result<(String, String), String> {
        let parts: Vec<_> = file.path().iter().map(|part| part.to_string_lossy()).collect();
        let path = parts.join("/");
        let text = file.contents_utf8().ok_or_else(|| format!("{path} is not UTF-8"))?;
        let Some(rendered_path) = path.strip_suffix(".j2") else { return Ok((path, text.to_owned())) };
        let variables = context! { name => &self.name, slug => self.slug(), is_async => self.is_async };
        let rendered = environment.render_str(text, variables).map_err(|error| format!("{path}: {error}"))?;
        Ok((rendered_path.to_owned(), rendered))
    }

    /// The name as packages and databases spell it: lower case, `-` between words.
    fn slug(&self) -> String {
        let words = self.name.split([' ', '_']).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
    }
}

/// Delimiters that neither Python nor JSON, shell or GitHub's expressions use.
fn environment() -> Result<Environment<'static>, String> {
    let syntax = SyntaxConfig::builder()
        .block_delimiters("<%", "%>")
        .variable_delimiters("<<", ">>")
        .comment_delimiters("<#", "#>")
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
        .map_err(|error| error.to_string())?;
    let mut environment = Environment::new();
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    Ok(environment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_renders_and_no_delimiter_is_left() {
        for is_async in [false, true] {
            let files = ProjectTemplate { name: "My_shop".into(), is_async }.render().unwrap();
            assert!(files.iter().any(|(path, _)| path == "backend/app/main.py"));
            for (path, text) in files {
                assert!(!path.ends_with(".j2"), "{path}");
                assert!(!text.contains("<%") && !text.contains("<<"), "{path}");
            }
        }
    }
}
