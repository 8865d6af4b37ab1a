//! Which form of a file a client gets (RFC 9110 §12.5.3).

use web_assets::Asset;

/// A form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Brotli,
    Gzip,
    Identity,
}

impl Coding {
    /// Its name in `Content-Encoding`.
    pub(super) const fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    /// The validator of this form: each is another representation.
    pub(super) fn etag(self, plain: &str) -> String {
        match (self.name(), plain.strip_suffix('"')) {
            (Some(name), Some(open)) => format!("{open}-{name}\""),
            _ => plain.to_owned(),
        }
    }
}

/// The smallest form that the client takes and that we have.
pub(super) fn coding_for(accepted: Option<&str>, asset: &Asset) -> Coding {
    let takes = |name| accepted.is_some_and(|list| accepts(list, name));
    if asset.brotli.is_some() && takes("br") {
        Coding::Brotli
    } else if asset.gzip.is_some() && takes("gzip") {
        Coding::Gzip
    } else {
        Coding::Identity
    }
}

fn accepts(list: &str, name: &str) -> bool {
    list.split(',').any(|item| {
        let (coding, weight) = item.split_once(';').unwrap_or((item, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(is_zero);
        coding.trim().eq_ignore_ascii_case(name) && !refused
    })
}

fn is_zero(weight: &str) -> bool {
    weight
        .trim()
        .parse::<f32>()
        .is_ok_and(|weight| weight == 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script() -> Asset {
        Asset {
            body: b"plain".as_slice().into(),
            brotli: Some(b"br".as_slice().into()),
            gzip: Some(b"gz".as_slice().into()),
            content_type: "text/javascript; charset=utf-8",
            etag: "\"abc\"".to_owned(),
            immutable: true,
        }
    }

    #[test]
    fn the_smallest_form_that_is_accepted_wins() {
        let cases = [
            (None, Coding::Identity),
            (Some("gzip, deflate, br, zstd"), Coding::Brotli),
            (Some("gzip;q=1.0, br;q=0"), Coding::Gzip),
            (Some("GZIP"), Coding::Gzip),
            (Some("identity"), Coding::Identity),
            (Some("gzip;q=0.000"), Coding::Identity),
        ];
        for (accepted, coding) in cases {
            assert_eq!(coding_for(accepted, &script()), coding, "{accepted:?}");
        }
    }

    #[test]
    fn a_file_without_a_smaller_form_is_sent_as_it_is() {
        let picture = Asset {
            brotli: None,
            gzip: None,
            ..script()
        };
        assert_eq!(coding_for(Some("br, gzip"), &picture), Coding::Identity);
    }

    #[test]
    fn each_form_has_its_own_validator() {
        assert_eq!(Coding::Brotli.etag("\"abc\""), "\"abc-br\"");
        assert_eq!(Coding::Identity.etag("\"abc\""), "\"abc\"");
    }
}
