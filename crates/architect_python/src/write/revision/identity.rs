//! Identifier, date and file name of a revision, as Alembic and the project's configuration make them.

use architect_model::MigrationStyle;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::alembic::Body;
use crate::style::Ini;

/// A point in time as Alembic's `Create Date` shows it.
pub(super) fn date(now: DateTime) -> String {
    now.strftime("%Y-%m-%d %H:%M:%S.%6f").to_string()
}

/// Identifier of a revision: the next number, or a digest of what it does, so that the same plan gives the same one.
pub(super) fn revision(style: &MigrationStyle, head: Option<&str>, message: &str, body: &Body) -> String {
    let next = head.filter(|_| style.sequential.value).and_then(|head| {
        let number: u64 = head.parse().ok()?;
        Some(format!("{:0width$}", number + 1, width = head.len()))
    });
    next.unwrap_or_else(|| {
        let parts = [head.unwrap_or_default(), message, &body.upgrade, &body.downgrade];
        let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
        // FNV-1a of 64 bits, of which Alembic's twelve digits show 48.
        let digest =
            bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        format!("{:012x}", digest >> 16)
    })
}

/// Name of the file without `.py`, by `file_template`.
pub(super) fn file_name(
    template: Option<&str>,
    config: Option<&str>,
    revision: &str,
    message: &str,
    now: DateTime,
) -> String {
    let configured = config.map(Ini::read);
    let length = configured.as_ref().and_then(|ini| ini.get("alembic", "truncate_slug_length")?.parse().ok());
    let slug = slug(message, length.unwrap_or(40));
    let mut name = String::new();
    let mut rest = template.unwrap_or("%(rev)s_%(slug)s");
    while let Some((before, after)) = rest.split_once("%(") {
        name.push_str(before);
        let Some((token, after)) = after.split_once(')') else { break };
        let end = after.find(|c: char| c.is_ascii_alphabetic()).map_or(after.len(), |at| at + 1);
        let (format, after) = after.split_at(end);
        name.push_str(&value(token, format, revision, &slug, now));
        rest = after;
    }
    name.push_str(rest);
    name.replace(['/', '\\'], "_")
}

fn value(token: &str, format: &str, revision: &str, slug: &str, now: DateTime) -> String {
    let number = match token {
        "rev" => return revision.to_owned(),
        "slug" => return slug.to_owned(),
        "epoch" => TimeZone::UTC.to_timestamp(now).map_or(0, |at| at.as_second()),
        "year" => now.year().into(),
        "month" => now.month().into(),
        "day" => now.day().into(),
        "hour" => now.hour().into(),
        "minute" => now.minute().into(),
        "second" => now.second().into(),
        _ => return String::new(),
    };
    // `.2d` and `02d` are two digits.
    let width: usize = format.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or_default();
    format!("{number:0width$}")
}

/// The words of a message, as Alembic cuts them.
fn slug(message: &str, length: usize) -> String {
    let words: Vec<&str> =
        message.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    let slug = words.join("_").to_lowercase();
    if slug.chars().count() <= length {
        return slug;
    }
    let cut: String = slug.chars().take(length).collect();
    let kept = cut.rsplit_once('_').map_or(cut.as_str(), |(kept, _)| kept);
    format!("{kept}_")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime = jiff::civil::datetime(2026, 11, 3, 6, 5, 9, 1_234_000);

    #[test]
    fn file_names() {
        let name = |template, message| file_name(template, None, "abc", message, NOW);
        assert_eq!(name(None, "Create project, task"), "abc_create_project_task");
        let dated = "%(year)d%(month).2d%(day).2d_%(hour).2d%(minute).2d_%(slug)s";
        assert_eq!(name(Some(dated), "x"), "20261103_0605_x");
        assert_eq!(name(Some("%(year)d/%(epoch)s-%(rev)s"), "x"), "2026_1793685909-abc");
        let long = "a message that goes on and on until nobody reads it";
        assert_eq!(name(Some("%(slug)s"), long), "a_message_that_goes_on_and_on_until_");
        let config = "[alembic]\ntruncate_slug_length = 60\n";
        assert_eq!(file_name(Some("%(slug)s"), Some(config), "", long, NOW).len(), long.len());
        assert_eq!(name(Some("%(slug)s"), "../../x"), "x");
    }

    #[test]
    fn dates() {
        assert_eq!(date(NOW), "2026-11-03 06:05:09.001234");
    }
}
