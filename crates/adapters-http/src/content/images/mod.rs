//! Pictures of mails: taken in from staff, served to whoever reads the mail.

mod recognise;
mod serve;
mod upload;

use actix_web::HttpResponse;
use domain::content::ImageInfo;
use domain::ids::TenantId;
use serde::Serialize;
use url::Url;

use crate::blocking::blocking;
use crate::error::PageResult;
use crate::security::SignedIn;
use crate::state::State;

pub(crate) use serve::ImageMemory;
pub(super) use serve::serve;
pub(super) use upload::upload;

/// How many pictures the editors offer.
const OFFERED: u32 = 200;

/// A picture as the editors know it.
#[derive(Serialize)]
struct Shown {
    /// Its address in mails.
    src: String,
    name: String,
    width: u32,
    height: u32,
}

impl Shown {
    fn of(info: &ImageInfo, tenant: TenantId, public: &Url) -> Self {
        let path = format!("/media/{tenant}/{}", info.key);
        Self {
            src: public.join(&path).map_or(path, String::from),
            name: info.file_name.clone(),
            width: info.width,
            height: info.height,
        }
    }
}

/// The newest pictures.
pub(super) async fn list(me: SignedIn, state: State) -> PageResult {
    let tenant = me.tenant_id();
    let public = state.address.url.clone();
    let infos = blocking(move || state.ports.images.newest(tenant, OFFERED)).await?;
    let shown: Vec<Shown> = infos
        .iter()
        .map(|info| Shown::of(info, tenant, &public))
        .collect();
    Ok(HttpResponse::Ok()
        .insert_header(("Cache-Control", "no-store"))
        .json(serde_json::json!({ "data": shown })))
}
