//! The layout that Alembic gives to operations before any formatter: `op.create_table('item',` and a line for each
//! part; strings as `repr` writes them.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::parse_unchecked_source;
use ruff_text_size::Ranged;

/// Operations, a line each, as Alembic lays them out.
pub(super) fn as_alembic(operations: &str) -> String {
    let mut text = String::new();
    for line in operations.lines() {
        let line = requoted(line);
        match line.strip_prefix("op.create_table(").and_then(|rest| rest.strip_suffix(",)")) {
            Some(inner) => {
                text.push_str("op.create_table(");
                text.push_str(&parts(inner).join(",\n"));
                text.push_str("\n)\n");
            }
            None => {
                text.push_str(&altered(&line).unwrap_or(line));
                text.push('\n');
            }
        }
    }
    text
}

/// `op.alter_column('item', 'name',` and a line for each further part.
fn altered(line: &str) -> Option<String> {
    let margin = &line[..line.len() - line.trim_start().len()];
    let (head, rest) = line.split_once(".alter_column(")?;
    let parts = parts(rest.strip_suffix(')')?);
    let named = parts.iter().take_while(|part| part.starts_with(['\'', '"'])).count();
    let mut text = format!("{head}.alter_column({}", parts[..named].join(", "));
    for part in &parts[named..] {
        text.push_str(&format!(",\n{margin}           {part}"));
    }
    text.push(')');
    Some(text)
}

/// A line with each string as `repr` gives it: in single quotes, unless it holds one.
fn requoted(line: &str) -> String {
    let parsed = parse_unchecked_source(line.trim_start(), ruff_python_ast::PySourceType::Python);
    let margin = line.len() - line.trim_start().len();
    let mut text = line.to_owned();
    for token in parsed.tokens().iter().rev().filter(|token| token.kind() == TokenKind::String) {
        let range = token.range();
        let (start, end) = (range.start().to_usize() + margin, range.end().to_usize() + margin);
        let inner = text.get(start..end).and_then(|token| token.strip_prefix('"')?.strip_suffix('"'));
        if let Some(inner) = inner.filter(|inner| !inner.contains(['\'', '"', '\\'])) {
            let single = format!("'{inner}'");
            text.replace_range(start..end, &single);
        }
    }
    text
}

/// The arguments of a call: split at commas outside of brackets and strings.
fn parts(arguments: &str) -> Vec<String> {
    let parsed = parse_unchecked_source(arguments, ruff_python_ast::PySourceType::Python);
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_u32, 0);
    for token in parsed.tokens() {
        match token.kind() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => depth += 1,
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => depth = depth.saturating_sub(1),
            TokenKind::Comma if depth == 0 => {
                let end = token.range().start().to_usize();
                parts.extend(arguments.get(start..end).map(|part| part.trim().to_owned()));
                start = end + 1;
            }
            _ => {}
        }
    }
    parts.extend(arguments.get(start..).map(|part| part.trim().to_owned()));
    parts
}

#[cfg(test)]
mod tests {
    use super::as_alembic;

    #[test]
    fn a_line_for_each_part_and_single_quotes() {
        let written = "op.create_table(\"a\", sa.Column(\"b\", sa.String(length=2), nullable=False), sa.CheckConstraint(\"x = 'y'\"),)\nwith op.batch_alter_table(\"a\") as batch_op:\n    batch_op.drop_index(\"i\")\n\n";
        let expected = "op.create_table('a',\nsa.Column('b', sa.String(length=2), nullable=False),\nsa.CheckConstraint(\"x = 'y'\")\n)\nwith op.batch_alter_table('a') as batch_op:\n    batch_op.drop_index('i')\n\n";
        assert_eq!(as_alembic(written), expected);
        let written = "op.alter_column(\"a\", \"b\", existing_type=sa.String(length=2), nullable=False)\n";
        let expected =
            "op.alter_column('a', 'b',\n           existing_type=sa.String(length=2),\n           nullable=False)\n";
        assert_eq!(as_alembic(written), expected);
    }
}
