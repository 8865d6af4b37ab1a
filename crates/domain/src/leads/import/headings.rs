//! Headings that Japanese and English tables use, by what they name.

use super::mapping::Target;
use crate::leads::field::LeadField as Field;

/// Words between spaces, compared without case, width, kana and punctuation. A heading must match
/// as a whole: 会社名カナ is not 会社名.
pub(super) const HEADINGS: [(Target, &str); 18] = [
    (
        Target::Field(Field::Email),
        "メールアドレス メール Eメール Eメールアドレス 電子メール 電子メールアドレス メアド アドレス \
         PCメール email mail emailaddress mailaddress address",
    ),
    (
        Target::Field(Field::Name),
        "氏名 お名前 名前 なまえ おなまえ 担当者名 生徒氏名 name fullname contactname",
    ),
    (
        Target::Field(Field::Kana),
        "ふりがな カナ よみ よみがな よみかた 氏名ふりがな 氏名カナ お名前カナ お名前ふりがな 名前カナ \
         名前ふりがな kana namekana furigana",
    ),
    (
        Target::FamilyName,
        "姓 苗字 名字 lastname familyname surname",
    ),
    (Target::GivenName, "名 firstname givenname"),
    (
        Target::FamilyKana,
        "セイ 姓カナ 姓ふりがな セイカナ カナ姓 ふりがな姓 lastnamekana familynamekana",
    ),
    (
        Target::GivenKana,
        "メイ 名カナ 名ふりがな メイカナ カナ名 ふりがな名 firstnamekana givennamekana",
    ),
    (
        Target::Field(Field::Company),
        "会社名 会社 企業名 企業 法人名 貴社名 御社名 勤務先 勤務先名 所属 学校名 学校 高校名 高校 出身校 \
         在籍校 大学名 団体名 組織名 会社名学校名 company companyname organization organisation school \
         schoolname account accountname",
    ),
    (
        Target::Field(Field::Department),
        "部署 部署名 所属部署 部門 部門名 学部 学部学科 department division",
    ),
    (
        Target::Field(Field::Title),
        "役職 役職名 肩書 肩書き 職位 title jobtitle position",
    ),
    (
        Target::Field(Field::Phone),
        "電話番号 電話 でんわばんごう でんわ TEL 携帯 携帯電話 携帯番号 携帯電話番号 連絡先 お電話番号 \
         phone phonenumber telephone mobile mobilephone",
    ),
    (
        Target::Field(Field::GraduationYear),
        "卒業年度 卒業年 卒業予定年 卒業予定年度 卒業見込年度 卒業見込み年度 卒年 卒年度 graduationyear \
         gradyear yearofgraduation classof",
    ),
    (
        Target::Field(Field::Grade),
        "学年 現在の学年 grade schoolyear",
    ),
    (
        Target::Field(Field::Industry),
        "業種 業界 業種名 industry sector",
    ),
    (
        Target::Field(Field::CompanySize),
        "従業員数 従業員規模 会社規模 企業規模 社員数 companysize employees numberofemployees \
         employeecount",
    ),
    (
        Target::Field(Field::Region),
        "都道府県 都道府県名 地域 地方 所在地 エリア region prefecture state area",
    ),
    (
        Target::Field(Field::Owner),
        "担当者 担当 営業担当 営業担当者 担当営業 owner leadowner assignee",
    ),
    (Target::Tags, "タグ ラベル tag tags label labels"),
];

/// Before the key of a custom attribute whose label would be taken for something else.
pub(super) const ATTRIBUTE_PREFIXES: [&str; 2] = ["属性:", "attribute:"];
