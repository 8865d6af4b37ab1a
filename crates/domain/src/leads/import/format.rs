//! How a table of leads is written in a file.

use serde::{Deserialize, Serialize};

/// An encoding that tables of leads come in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileEncoding {
    /// UTF-8 with or without a byte order mark.
    #[default]
    Utf8,
    /// What Excel on a Japanese Windows calls CSV: Shift_JIS with ① and ㈱.
    Cp932,
    /// EUC-JP.
    EucJp,
    /// UTF-16, small end first.
    Utf16Le,
    /// UTF-16, great end first.
    Utf16Be,
    /// The escape sequences of Japanese mail ("JIS").
    Iso2022Jp,
}

/// What stands between two cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Separator {
    /// `,`
    #[default]
    Comma,
    /// `;`
    Semicolon,
    /// Tabulator.
    Tab,
    /// `|`
    Pipe,
}

/// How to read one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FileFormat {
    /// From bytes to characters.
    pub encoding: FileEncoding,
    /// From characters to cells.
    pub separator: Separator,
}

impl FileEncoding {
    /// Every encoding.
    pub const ALL: [Self; 6] = [
        Self::Utf8,
        Self::Cp932,
        Self::EucJp,
        Self::Utf16Le,
        Self::Utf16Be,
        Self::Iso2022Jp,
    ];

    /// The name in storage and in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Cp932 => "cp932",
            Self::EucJp => "euc-jp",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Iso2022Jp => "iso-2022-jp",
        }
    }

    /// The encoding with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }
}

impl Separator {
    /// Every separator, the likeliest first.
    pub const ALL: [Self; 4] = [Self::Comma, Self::Tab, Self::Semicolon, Self::Pipe];

    /// The name in storage and in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Comma => "comma",
            Self::Semicolon => "semicolon",
            Self::Tab => "tab",
            Self::Pipe => "pipe",
        }
    }

    /// The separator with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    /// The character itself, one byte in UTF-8.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Pipe => b'|',
        }
    }
}
