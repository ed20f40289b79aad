//! Pages as the house has them: names and defaults of their parameters, their fields.

use architect_model::{PageParameters, PageShape};

use super::house::House;

impl<'a> House<'a> {
    /// Names of the page's parameters.
    pub(crate) fn page_parameters(&self) -> [&'static str; 2] {
        match self.style.pages.parameters.value {
            PageParameters::SkipLimit => ["skip", "limit"],
            PageParameters::OffsetLimit => ["offset", "limit"],
            PageParameters::PageSize => ["page", "size"],
            PageParameters::PagePageSize => ["page", "page_size"],
            PageParameters::PageLimit => ["page", "limit"],
            PageParameters::PagePerPage => ["page", "per_page"],
        }
    }

    /// Whether pages are counted from 1.
    pub(crate) fn counts_pages(&self) -> bool {
        self.page_parameters()[0] == "page"
    }

    /// Defaults of the page's parameters.
    pub(crate) fn page_defaults(&self) -> [u32; 2] {
        [u32::from(self.counts_pages()), self.style.pages.default.unwrap_or(100)]
    }

    /// Expressions of the offset and the limit.
    pub(crate) fn offset_and_limit(&self) -> (String, String) {
        let [first, second] = self.page_parameters();
        let holder = if self.style.pages.object.is_some() { "params." } else { "" };
        let limit = format!("{holder}{second}");
        if self.counts_pages() {
            return (format!("({holder}{first} - 1) * {limit}"), limit);
        }
        (format!("{holder}{first}"), limit)
    }

    /// The field of the total, where pages have one.
    pub(crate) fn page_total(&self) -> Option<&'a str> {
        match &self.style.pages.shape.value {
            PageShape::PerEntity { total, .. } | PageShape::Generic { total, .. } => {
                total.as_deref().or_else(|| self.style.pages.nested.as_ref()?.total.as_deref())
            }
            PageShape::Bare => None,
        }
    }

    /// Whether a page says something that follows from the number of all rows.
    pub(crate) fn counts_rows(&self) -> bool {
        let (PageShape::PerEntity { others, .. } | PageShape::Generic { others, .. }) = &self.style.pages.shape.value
        else {
            return false;
        };
        let nested = self.style.pages.nested.iter().flat_map(|nested| &nested.others);
        let follows = |field: &String| self.page_field(field, "\0").contains('\0');
        self.page_total().is_some() || others.iter().chain(nested).any(follows)
    }

    /// A further field of a page: `page`, `size`, `pages`, …
    pub(crate) fn page_field(&self, field: &str, total: &str) -> String {
        let [first, second] = self.page_parameters();
        let holder = if self.style.pages.object.is_some() { "params." } else { "" };
        let (first, second) = (format!("{holder}{first}"), format!("{holder}{second}"));
        match field {
            "pages" | "total_pages" | "page_count" | "num_pages" => format!("-(-{total} // {second})"),
            "skip" | "offset" => self.offset_and_limit().0,
            "page" | "current_page" | "page_number" if self.counts_pages() => first,
            "page" | "current_page" | "page_number" => format!("{first} // {second} + 1"),
            "has_next" | "has_more" => format!("{} + {second} < {total}", self.offset_and_limit().0),
            "has_prev" | "has_previous" => format!("{} > 0", self.offset_and_limit().0),
            _ => second,
        }
    }
}
