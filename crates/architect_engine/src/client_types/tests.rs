//! Where types are found.

use super::*;

fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The kind and path of what is found, or what is said instead.
fn found(files: &[(&str, &str)]) -> String {
    let folder = project(files);
    match client_types(folder.path()) {
        Ok(None) => "nothing".to_owned(),
        Ok(Some(place)) => {
            let file = place.file().strip_prefix(folder.path()).unwrap().display().to_string();
            match place {
                ClientTypes::TypeScript { .. } => file,
                ClientTypes::Document { generator, .. } => format!("{file} for {}", generator.program),
            }
        }
        Err(failure) => failure.to_string().replace(&format!("{}/", folder.path().display()), ""),
    }
}

#[test]
fn a_script_says_where() {
    let script = |script: &str| found(&[("web/package.json", &format!(r#"{{"scripts": {{"types": "{script}"}}}}"#))]);
    assert_eq!(script("openapi-typescript ../openapi.json -o ./src/api.d.ts"), "web/src/api.d.ts");
    assert_eq!(
        script("npx openapi-typescript@7 http://x/openapi.json --output=src/api.ts && prettier -w ."),
        "web/src/api.ts"
    );
    assert_eq!(script("openapi-typescript 'a b.json' > 'src/a b.ts'"), "web/src/a b.ts");
    assert_eq!(script("openapi-ts -i ./openapi.json -o src/client"), "web/openapi.json for openapi-ts");
    assert_eq!(script("vite build"), "nothing");
    let said = script("openapi-typescript a.json --alphabetize -o a.ts");
    assert_eq!(said, "web/package.json: the script `types` runs openapi-typescript with `--alphabetize`");
}

#[test]
fn a_generator_says_which_document_it_reads() {
    let hey = "export default { input: './openapi.json', output: './src/client' }";
    assert_eq!(found(&[("frontend/openapi-ts.config.ts", hey)]), "frontend/openapi.json for openapi-ts");
    let orval = "module.exports = { shop: { input: { target: '../openapi.json' } } }";
    assert_eq!(found(&[("web/orval.config.js", orval)]), "web/../openapi.json for orval");
    let worked_out = "export default {\n  input: process.env.DOCUMENT,\n}";
    let said = found(&[("web/openapi-ts.config.ts", worked_out)]);
    assert_eq!(said, "web/openapi-ts.config.ts:2: which document `openapi-ts` reads is worked out there");
}

#[test]
fn a_banner_is_the_last_resort() {
    let written = format!("{TYPESCRIPT_BANNER}\nexport type paths = Record<string, never>;\n");
    let hidden = ("web/node_modules/a/b.ts", written.as_str());
    assert_eq!(found(&[("web/src/schema.ts", &written), ("web/src/other.ts", "// no"), hidden]), "web/src/schema.ts");
    let said = found(&[("a.d.ts", &written), ("b.d.ts", &written)]);
    assert_eq!(said, "the project keeps types of its API in 2 places: `a.d.ts`, `b.d.ts`");
    let settings = ("pyproject.toml", "[tool.architect]\ntypes = \"b.d.ts\"\n");
    assert_eq!(found(&[("a.d.ts", &written), ("b.d.ts", &written), settings]), "b.d.ts");
}
