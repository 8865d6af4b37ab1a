//! Records as the text that the port promises.

use domain::delivery::authentication::{DnsAnswer, DnsError, RecordKind};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::NetError;
use hickory_resolver::proto::rr::{Name, RData, RecordType};

/// Records of an answer that are handed on.
const RECORDS_MAX: usize = 20;
/// Bytes of one of them.
const RECORD_BYTES_MAX: usize = 4_096;

pub(super) fn record_type(kind: RecordKind) -> RecordType {
    match kind {
        RecordKind::Txt => RecordType::TXT,
        RecordKind::Cname => RecordType::CNAME,
        RecordKind::Mx => RecordType::MX,
    }
}

/// The records of this kind; an answer may carry others, such as the aliases on the way.
pub(super) fn answer(kind: RecordKind, found: Result<Lookup, NetError>) -> DnsAnswer {
    let lookup = match found {
        Ok(lookup) => lookup,
        Err(error) if error.is_no_records_found() => return Err(DnsError::NoSuchName),
        Err(error) => return Err(DnsError::Unavailable(error.to_string())),
    };
    let texts = lookup.answers().iter();
    let texts: Vec<String> = texts
        .filter_map(|record| text(kind, &record.data))
        .take(RECORDS_MAX)
        .collect();
    if texts.is_empty() {
        Err(DnsError::NoSuchName)
    } else {
        Ok(texts)
    }
}

fn text(kind: RecordKind, data: &RData) -> Option<String> {
    match (kind, data) {
        (RecordKind::Txt, RData::TXT(txt)) => {
            let bytes = txt.txt_data.iter().flat_map(|part| part.iter().copied());
            let bytes: Vec<u8> = bytes.take(RECORD_BYTES_MAX).collect();
            Some(String::from_utf8_lossy(&bytes).into_owned())
        }
        (RecordKind::Cname, RData::CNAME(target)) => Some(plain(&target.0)),
        (RecordKind::Mx, RData::MX(mx)) => {
            Some(format!("{} {}", mx.preference, plain(&mx.exchange)))
        }
        _ => None,
    }
}

/// Lower case, without the dot at the end; the root stays a dot.
fn plain(name: &Name) -> String {
    let name = name.to_ascii().to_ascii_lowercase();
    match name.strip_suffix('.') {
        Some("") | None => name,
        Some(name) => name.to_owned(),
    }
}
