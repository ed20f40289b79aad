//! OpenAPI documents on disk.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use serde_json::Value;

use crate::{Failure, Result};

/// Reads a document from a file, `-` from standard input.
///
/// # Errors
/// It cannot be read, or is no JSON.
pub fn read_openapi(file: &Path) -> Result<Value> {
    let bytes = if file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(file)
    };
    let bytes = bytes.map_err(|error| Failure::io("read", file, &error))?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let text = format!("{}:{}: the document is no JSON: {error}", file.display(), error.line());
        Failure::new(text, "write the document as JSON, as `app.openapi()` gives it")
    })
}

/// The text of a file, none where there is no such file.
///
/// # Errors
/// The disk refuses.
pub fn written(file: &Path) -> Result<Option<String>> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::io("read", file, &error)),
    }
}

/// Writes a file and the folders around it.
///
/// # Errors
/// The disk refuses.
pub fn write_file(file: &Path, text: &str) -> Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(|error| Failure::io("create", folder, &error))?;
    }
    fs::write(file, text).map_err(|error| Failure::io("write", file, &error))
}
