//! Pictures of mails.

use chrono::{DateTime, Utc};
use diesel::dsl::sum;
use diesel::prelude::*;
use domain::content::{Image, ImageInfo, ImageKey, ImageStore, UnknownKind};
use domain::ids::TenantId;
use domain::store::{StoreError, StoreResult};

use crate::PgStore;
use crate::schema::template_images as images;

#[derive(Queryable, Selectable)]
#[diesel(table_name = images, check_for_backend(diesel::pg::Pg))]
struct InfoRow {
    sha256: Vec<u8>,
    file_name: String,
    kind: String,
    width: i32,
    height: i32,
    size_bytes: i32,
    created_at: DateTime<Utc>,
}

impl TryFrom<InfoRow> for ImageInfo {
    type Error = StoreError;

    fn try_from(row: InfoRow) -> Result<Self, StoreError> {
        let odd = |what: &str| StoreError::unexpected(std::io::Error::other(what.to_owned()));
        Ok(Self {
            key: ImageKey::from_bytes(&row.sha256).ok_or_else(|| odd("no SHA-256"))?,
            kind: row.kind.parse().map_err(|UnknownKind| odd(&row.kind))?,
            file_name: row.file_name,
            width: row.width.unsigned_abs(),
            height: row.height.unsigned_abs(),
            size: row.size_bytes.unsigned_abs(),
            created_at: row.created_at,
        })
    }
}

/// The storage's numbers have a sign; pictures are far smaller than its limit.
fn number(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

impl ImageStore for PgStore {
    fn keep(&self, tenant: TenantId, image: &Image) -> StoreResult<()> {
        let info = &image.info;
        self.in_tenant(tenant, |connection| {
            diesel::insert_into(images::table)
                .values((
                    images::tenant_id.eq(tenant.uuid()),
                    images::sha256.eq(&info.key.as_bytes()[..]),
                    images::file_name.eq(&info.file_name),
                    images::kind.eq(info.kind.as_str()),
                    images::width.eq(number(info.width)),
                    images::height.eq(number(info.height)),
                    images::size_bytes.eq(number(info.size)),
                    images::content.eq(&image.bytes),
                    images::created_at.eq(info.created_at),
                ))
                .on_conflict_do_nothing()
                .execute(connection)?;
            Ok(())
        })
    }

    fn find(&self, tenant: TenantId, key: ImageKey) -> StoreResult<Option<Image>> {
        self.in_tenant(tenant, |connection| {
            let found: Option<(InfoRow, Vec<u8>)> = images::table
                .find((tenant.uuid(), &key.as_bytes()[..]))
                .select((InfoRow::as_select(), images::content))
                .first(connection)
                .optional()?;
            let Some((row, bytes)) = found else {
                return Ok(None);
            };
            let info = ImageInfo::try_from(row)?;
            Ok(Some(Image { info, bytes }))
        })
    }

    fn newest(&self, tenant: TenantId, limit: u32) -> StoreResult<Vec<ImageInfo>> {
        self.in_tenant(tenant, |connection| {
            let rows: Vec<InfoRow> = images::table
                .filter(images::tenant_id.eq(tenant.uuid()))
                .order((images::created_at.desc(), images::sha256))
                .limit(i64::from(limit))
                .select(InfoRow::as_select())
                .load(connection)?;
            let infos: Result<_, StoreError> = rows.into_iter().map(ImageInfo::try_from).collect();
            Ok(infos?)
        })
    }

    fn total_bytes(&self, tenant: TenantId) -> StoreResult<u64> {
        self.in_tenant(tenant, |connection| {
            let total: Option<i64> = images::table
                .filter(images::tenant_id.eq(tenant.uuid()))
                .select(sum(images::size_bytes))
                .first(connection)?;
            Ok(total.unwrap_or_default().unsigned_abs())
        })
    }
}
