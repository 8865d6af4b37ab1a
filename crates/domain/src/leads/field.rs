//! The fields of a lead that a column of a file can be.

use serde::{Deserialize, Serialize};

use crate::tenancy::Locale;

/// A fixed field of a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields mean what they mean in Lead")]
pub enum LeadField {
    Email,
    Name,
    Kana,
    Company,
    Department,
    Title,
    Phone,
    GraduationYear,
    Grade,
    Industry,
    CompanySize,
    Region,
    /// 担当者, by their address
    Owner,
}

impl LeadField {
    /// Every field in the order of an export.
    pub const ALL: [Self; 13] = [
        Self::Email,
        Self::Name,
        Self::Kana,
        Self::Company,
        Self::Department,
        Self::Title,
        Self::Phone,
        Self::GraduationYear,
        Self::Grade,
        Self::Industry,
        Self::CompanySize,
        Self::Region,
        Self::Owner,
    ];

    /// The name in storage, in forms and in the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Name => "name",
            Self::Kana => "kana",
            Self::Company => "company",
            Self::Department => "department",
            Self::Title => "title",
            Self::Phone => "phone",
            Self::GraduationYear => "graduation_year",
            Self::Grade => "grade",
            Self::Industry => "industry",
            Self::CompanySize => "company_size",
            Self::Region => "region",
            Self::Owner => "owner",
        }
    }

    /// The field with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }

    /// The heading of its column in an exported file. Part of the file format, not of the
    /// interface's texts: the import recognises each of them.
    #[must_use]
    pub const fn heading(self, locale: Locale) -> &'static str {
        match locale {
            Locale::Ja => self.heading_ja(),
            Locale::En => self.heading_en(),
        }
    }

    const fn heading_ja(self) -> &'static str {
        match self {
            Self::Email => "メールアドレス",
            Self::Name => "氏名",
            Self::Kana => "フリガナ",
            Self::Company => "会社名・学校名",
            Self::Department => "部署",
            Self::Title => "役職",
            Self::Phone => "電話番号",
            Self::GraduationYear => "卒業年度",
            Self::Grade => "学年",
            Self::Industry => "業種",
            Self::CompanySize => "従業員数",
            Self::Region => "都道府県",
            Self::Owner => "担当者",
        }
    }

    const fn heading_en(self) -> &'static str {
        match self {
            Self::Email => "Email",
            Self::Name => "Name",
            Self::Kana => "Kana",
            Self::Company => "Company",
            Self::Department => "Department",
            Self::Title => "Title",
            Self::Phone => "Phone",
            Self::GraduationYear => "Graduation year",
            Self::Grade => "Grade",
            Self::Industry => "Industry",
            Self::CompanySize => "Company size",
            Self::Region => "Region",
            Self::Owner => "Owner",
        }
    }
}
