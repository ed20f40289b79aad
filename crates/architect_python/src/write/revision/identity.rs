//! Identifier, date and file name of a revision, as Alembic and the project's configuration make them.

use std::fmt;

use architect_model::MigrationStyle;

use super::operations::Body;
use crate::style::Ini;

/// A point in time, without a zone, as Alembic's `Create Date`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Year.
    pub year: i32,
    /// Month, from 1.
    pub month: u8,
    /// Day of the month, from 1.
    pub day: u8,
    /// Hour.
    pub hour: u8,
    /// Minute.
    pub minute: u8,
    /// Second.
    pub second: u8,
    /// Microsecond.
    pub microsecond: u32,
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day, hour, minute, second, microsecond } = self;
        write!(f, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{microsecond:06}")
    }
}

impl Moment {
    /// The moment `seconds` and `microsecond` after the beginning of 1970, in UTC.
    pub fn from_unix(seconds: i64, microsecond: u32) -> Self {
        let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        // Days since 1 March of the year 0, in eras of 400 years.
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let byte = |value: i64| u8::try_from(value).unwrap_or_default();
        Self {
            year: i32::try_from(year).unwrap_or_default(),
            month: byte(month),
            day: byte(day),
            hour: byte(rest / 3_600),
            minute: byte(rest / 60 % 60),
            second: byte(rest % 60),
            microsecond,
        }
    }

    /// Seconds since the beginning of 1970, taking the moment as UTC.
    fn unix(&self) -> i64 {
        let (month, day) = (i64::from(self.month), i64::from(self.day));
        let year = i64::from(self.year) - i64::from(month <= 2);
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let shifted_month = if month > 2 { month - 3 } else { month + 9 };
        let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
        let days = era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468;
        days * 86_400 + i64::from(self.hour) * 3_600 + i64::from(self.minute) * 60 + i64::from(self.second)
    }
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
    now: Moment,
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

fn value(token: &str, format: &str, revision: &str, slug: &str, now: Moment) -> String {
    let number = match token {
        "rev" => return revision.to_owned(),
        "slug" => return slug.to_owned(),
        "epoch" => now.unix(),
        "year" => i64::from(now.year),
        "month" => i64::from(now.month),
        "day" => i64::from(now.day),
        "hour" => i64::from(now.hour),
        "minute" => i64::from(now.minute),
        "second" => i64::from(now.second),
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

    const NOW: Moment = Moment { year: 2026, month: 11, day: 3, hour: 6, minute: 5, second: 9, microsecond: 1234 };

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
    fn moments() {
        assert_eq!(NOW.to_string(), "2026-11-03 06:05:09.001234");
        for seconds in [0, 951_782_400, 1_793_685_909, 4_102_444_799, -1] {
            assert_eq!(Moment::from_unix(seconds, 0).unix(), seconds);
        }
        assert_eq!(Moment::from_unix(951_782_400, 0).to_string(), "2000-02-29 00:00:00.000000");
    }
}
