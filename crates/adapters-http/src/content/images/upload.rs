//! Taking in a picture.

use actix_multipart::{Field, Multipart};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use domain::content::{Image, MAX_IMAGE_BYTES, MAX_IMAGES_BYTES};
use domain::tenancy::{AuditEntry, AuditTarget, Locale};
use futures_util::StreamExt;

use super::Shown;
use super::recognise::{NoImage, picture};
use crate::blocking::blocking;
use crate::body;
use crate::content::IMAGE_UPLOADED;
use crate::error::{Complaint, Failure, PageResult};
use crate::security::SignedIn;
use crate::state::{AppState, State};
use crate::texts;

/// What a form takes around its file.
const WRAPPING: usize = 16 * 1024;

/// One file in the field `file`. Answers as the editors expect it: `{"data": [picture]}`, or
/// `{"error": "…"}` in the language of who uploads.
pub(in crate::content) async fn upload(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    mut form: Multipart,
) -> PageResult {
    let locale = me.locale();
    if body::check_declared(&request, MAX_IMAGE_BYTES + WRAPPING).is_err() {
        return Ok(refused(
            locale,
            NoImage::Size.key(),
            StatusCode::PAYLOAD_TOO_LARGE,
        ));
    }
    let Some((name, bytes)) = file_in(&mut form).await? else {
        return Ok(refused(
            locale,
            "content-image-missing",
            StatusCode::UNPROCESSABLE_ENTITY,
        ));
    };
    let image = match picture(&name, bytes, me.now()) {
        Ok(image) => image,
        Err(reason) => {
            return Ok(refused(
                locale,
                reason.key(),
                StatusCode::UNPROCESSABLE_ENTITY,
            ));
        }
    };
    let shown = Shown::of(&image.info, me.tenant_id(), &state.address.url);
    if blocking(move || keep(&state, &me, &image)).await? {
        let answer = serde_json::json!({ "data": [shown] });
        Ok(HttpResponse::Ok().json(answer))
    } else {
        Ok(refused(
            locale,
            "content-image-full",
            StatusCode::UNPROCESSABLE_ENTITY,
        ))
    }
}

fn refused(locale: Locale, key: &str, status: StatusCode) -> HttpResponse {
    let text = texts::text(locale, key, &texts::arguments([]));
    HttpResponse::build(status).json(serde_json::json!({ "error": text }))
}

/// The name and the bytes of the file; one byte more than a picture may have is enough to know.
async fn file_in(form: &mut Multipart) -> Result<Option<(String, Vec<u8>)>, Failure> {
    let Some(field) = form.next().await else {
        return Ok(None);
    };
    let mut field: Field = field.map_err(broken_off)?;
    if field.name() != Some("file") {
        let name = field.name().unwrap_or_default().to_owned();
        return Err(Failure::Invalid(Complaint::about(name, "unknown field")));
    }
    let name = field
        .content_disposition()
        .and_then(|disposition| disposition.get_filename())
        .unwrap_or_default()
        .to_owned();
    let mut bytes = Vec::new();
    while let Some(piece) = field.next().await {
        bytes.extend_from_slice(&piece.map_err(broken_off)?);
        if bytes.len() > MAX_IMAGE_BYTES {
            break;
        }
    }
    Ok(Some((name, bytes)))
}

fn broken_off(error: actix_multipart::MultipartError) -> Failure {
    Failure::Invalid(Complaint::about_all(error.to_string()))
}

/// `false` if there is no room left.
fn keep(state: &AppState, me: &SignedIn, image: &Image) -> Result<bool, Failure> {
    let (tenant, images) = (me.tenant_id(), &state.ports.images);
    if images.total_bytes(tenant)? + u64::from(image.info.size) > MAX_IMAGES_BYTES {
        return Ok(false);
    }
    images.keep(tenant, image)?;
    let target = AuditTarget::one("template_image", image.info.key);
    let audit = AuditEntry::new(me.actor(), IMAGE_UPLOADED, target, me.now());
    let detail = image.info.file_name.clone();
    state
        .ports
        .audit
        .append(tenant, &audit.with_detail(detail))?;
    Ok(true)
}
