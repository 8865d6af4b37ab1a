//! A picture for whoever reads a mail: no cookie is asked for and none is set.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use domain::content::{Image, ImageKey};
use domain::ids::TenantId;
use moka::sync::Cache;

use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::state::State;

/// The name is a digest of the bytes, so that an address is asked for once.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Whoever opens a picture as a page gets a page that can do nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
/// Bytes of pictures that are kept in memory.
const REMEMBERED: u64 = 64 * 1024 * 1024;

/// Pictures that mail programs fetched lately: one mail to ten thousand people is one read.
#[derive(Debug)]
pub(crate) struct ImageMemory(Cache<(TenantId, ImageKey), Arc<Image>>);

impl Default for ImageMemory {
    fn default() -> Self {
        let weight = |_: &_, image: &Arc<Image>| image.info.size.max(1);
        let cache = Cache::builder().weigher(weight);
        Self(cache.max_capacity(REMEMBERED).build())
    }
}

pub(in crate::content) async fn serve(
    state: State,
    path: web::Path<(String, String)>,
) -> PageResult {
    let (tenant, key) = path.into_inner();
    let tenant: Option<TenantId> = tenant.parse().ok();
    let named = tenant.zip(key.parse::<ImageKey>().ok());
    let name = named.ok_or(Failure::NotFound)?;
    let image = match state.images.0.get(&name) {
        Some(image) => image,
        None => blocking(move || read(&state, name)).await?,
    };
    Ok(HttpResponse::Ok()
        .content_type(image.info.kind.media_type())
        .insert_header((header::CACHE_CONTROL, FOR_EVER))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        // Web mail shows it in pages of other origins.
        .insert_header(("Cross-Origin-Resource-Policy", "cross-origin"))
        .body(image.bytes.clone()))
}

fn read(state: &State, (tenant, key): (TenantId, ImageKey)) -> Result<Arc<Image>, Failure> {
    let found = state.ports.images.find(tenant, key)?;
    let image = Arc::new(found.ok_or(Failure::NotFound)?);
    state.images.0.insert((tenant, key), Arc::clone(&image));
    Ok(image)
}
