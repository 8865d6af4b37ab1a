//! Pages of a list for programs.

use serde::Serialize;

/// The most on one page.
const LIMIT_MAX: u32 = 200;
const LIMIT_USUAL: u32 = 50;

/// The page that was asked for.
#[derive(Clone, Copy, Debug)]
pub(in crate::campaigns) struct Asked {
    offset: u32,
    limit: u32,
}

/// A page of anything.
#[derive(Serialize)]
pub(in crate::campaigns) struct PageShape<T> {
    data: Vec<T>,
    next_cursor: Option<String>,
}

impl Asked {
    /// The page after the one whose `next_cursor` was `cursor`, or the first.
    pub(in crate::campaigns) fn of(cursor: Option<u32>, limit: Option<u32>) -> Self {
        Self {
            offset: cursor.unwrap_or_default(),
            limit: limit.unwrap_or(LIMIT_USUAL).clamp(1, LIMIT_MAX),
        }
    }

    /// Rows before the page.
    pub(in crate::campaigns) const fn offset(self) -> u32 {
        self.offset
    }

    /// Rows to look for: one more than fits, to see whether there is another page.
    pub(in crate::campaigns) const fn rows(self) -> u32 {
        self.limit + 1
    }

    /// The page, from the rows that were found.
    pub(in crate::campaigns) fn page<T>(self, mut found: Vec<T>) -> PageShape<T> {
        let has_more = found.len() > self.limit as usize;
        found.truncate(self.limit as usize);
        PageShape {
            data: found,
            next_cursor: has_more.then(|| self.offset.saturating_add(self.limit).to_string()),
        }
    }
}
