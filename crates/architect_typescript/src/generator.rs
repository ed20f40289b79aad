//! Configurations of generators of API clients: which document they read.

use crate::token::{Kind, Token, tokens};

/// The document that a configuration of `@hey-api/openapi-ts` or orval names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GeneratorInput {
    /// A text without parts that are worked out: a path or a URL.
    Literal(String),
    /// Something else, in this line, counted from 1.
    Unknown(usize),
}

/// What `input` says wherever a configuration has it: `input: "./openapi.json"`, or the `path` or `target` of an object.
pub fn generator_inputs(source: &str) -> Vec<GeneratorInput> {
    let tokens = tokens(source);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if names(*token, source, &["input"]) && tokens.get(at + 1).is_some_and(|next| next.is(b':')) {
            found.push(value(source, &tokens, at + 2));
        }
    }
    found
}

fn names(token: Token, source: &str, names: &[&str]) -> bool {
    matches!(token.kind, Kind::Word | Kind::Text) && names.contains(&token.text(source))
}

fn value(source: &str, tokens: &[Token], at: usize) -> GeneratorInput {
    let unknown = || {
        let start = tokens.get(at).map_or(source.len(), |token| token.start);
        GeneratorInput::Unknown(source.get(..start).unwrap_or_default().matches('\n').count() + 1)
    };
    if let Some(text) = literal(source, tokens, at) {
        return GeneratorInput::Literal(text);
    }
    if !tokens.get(at).is_some_and(|token| token.is(b'{')) {
        return unknown();
    }
    let mut depth = 0_usize;
    for (place, token) in tokens.iter().enumerate().skip(at) {
        match token.kind {
            Kind::Mark(b'{' | b'[' | b'(') => depth += 1,
            Kind::Mark(b'}' | b']' | b')') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if depth == 1
            && names(*token, source, &["path", "target"])
            && tokens.get(place + 1).is_some_and(|next| next.is(b':'))
        {
            return literal(source, tokens, place + 2).map_or_else(unknown, GeneratorInput::Literal);
        }
    }
    unknown()
}

/// The text at `at`, where the value ends after it.
fn literal(source: &str, tokens: &[Token], at: usize) -> Option<String> {
    let token = tokens.get(at)?;
    let text = token.text(source);
    let template = token.kind == Kind::Other && source.as_bytes().get(token.start.checked_sub(1)?) == Some(&b'`');
    let is_text = token.kind == Kind::Text || (template && !text.contains("${"));
    let ends = tokens.get(at + 1).is_none_or(|next| next.is(b',') || next.is(b'}'));
    (is_text && ends && !text.contains('\\')).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(text: &str) -> Vec<GeneratorInput> {
        vec![GeneratorInput::Literal(text.to_owned())]
    }

    #[test]
    fn a_text_is_the_document() {
        let source = "import { defineConfig } from '@hey-api/openapi-ts';\nexport default defineConfig({\n  // input: 'old.json',\n  input: './openapi.json',\n  output: 'src/client',\n});\n";
        assert_eq!(generator_inputs(source), literal("./openapi.json"));
        assert_eq!(generator_inputs("export default { input: `../a.json` }"), literal("../a.json"));
    }

    #[test]
    fn an_object_names_it_as_path_or_target() {
        assert_eq!(generator_inputs("x({ input: { path: \"a.json\", watch: true } })"), literal("a.json"));
        let orval = "module.exports = { shop: { output: 'src/shop.ts', input: { filters: { target: 'no' }, target: './shop.json' } } };";
        assert_eq!(generator_inputs(orval), literal("./shop.json"));
    }

    #[test]
    fn what_is_worked_out_is_unknown_with_its_line() {
        assert_eq!(
            generator_inputs("x({\n  input: process.env.API + '/openapi.json',\n})"),
            [GeneratorInput::Unknown(2)]
        );
        assert_eq!(generator_inputs("x({\n\n  input: `${base}/openapi.json` })"), [GeneratorInput::Unknown(3)]);
        assert_eq!(generator_inputs("x({ input: './a' + b })"), [GeneratorInput::Unknown(1)]);
    }
}
