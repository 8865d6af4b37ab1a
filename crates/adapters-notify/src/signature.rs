//! That a call is ours: `t=<seconds since 1970>,v1=<hex HMAC-SHA256 of "t.body">`, one `v1` for
//! each secret that signs.

use chrono::{DateTime, Utc};
use domain::notifications::WebhookSecret;
use ring::hmac;

/// The header that carries it.
pub(crate) const HEADER: &str = "X-Ondo-Signature";

/// The value of [`HEADER`] for this body.
pub(crate) fn signature(secrets: &[WebhookSecret], at: DateTime<Utc>, body: &[u8]) -> String {
    let seconds = at.timestamp();
    let mut header = format!("t={seconds}");
    for secret in secrets {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.text().as_bytes());
        let mut signing = hmac::Context::with_key(&key);
        signing.update(format!("{seconds}.").as_bytes());
        signing.update(body);
        let tag = signing.sign();
        let hex: String = tag
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        header.push_str(",v1=");
        header.push_str(&hex);
    }
    header
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const EXPECTED: &str =
        "t=1795221000,v1=3fdf368378ebce1a6c3976cc8e8731ced7d52cf08a5f57afa70df34039a6e439";

    #[test]
    fn the_signature_is_what_the_documentation_says() {
        // printf '1795221000.{"event":"campaign.step"}' | openssl dgst -sha256 -hmac \
        //     whsec_AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM
        let secret = WebhookSecret::new([3; 32]);
        let at = DateTime::UNIX_EPOCH + TimeDelta::seconds(1_795_221_000);
        let body = br#"{"event":"campaign.step"}"#;
        let header = signature(std::slice::from_ref(&secret), at, body);
        assert_eq!(header, EXPECTED);
        let both = signature(&[secret, WebhookSecret::new([4; 32])], at, body);
        assert!(both.starts_with(EXPECTED));
        assert_eq!(both.matches(",v1=").count(), 2);
    }
}
