//! Secrets of a form: written, never shown; what is left blank stays as it is.

use domain::delivery::Sealed;
use domain::keys::KeyRing;
use domain::tenancy::random_256;

/// The secret after the form: a typed one, sealed under a nonce of its own, else the stored one.
pub(super) fn typed_or_stored(
    keys: &KeyRing,
    typed: &str,
    stored: Option<Sealed>,
) -> Option<Sealed> {
    let typed = typed.trim();
    if typed.is_empty() {
        return stored;
    }
    let random = random_256();
    let (nonce, _) = random.split_first_chunk().expect("12 bytes are within 32");
    Some(Sealed(keys.seal(*nonce, typed.as_bytes())))
}

#[cfg(test)]
mod tests {
    use domain::keys::MasterKey;

    use super::*;

    fn keys() -> KeyRing {
        let key = MasterKey::new("k1", [1; 32], None).unwrap();
        KeyRing::new([9; 32], vec![key]).unwrap()
    }

    #[test]
    fn a_blank_field_keeps_the_secret_that_is_stored() {
        let stored = Some(Sealed(vec![1, 2, 3]));
        assert_eq!(typed_or_stored(&keys(), "  ", stored.clone()), stored);
        assert_eq!(typed_or_stored(&keys(), "", None), None);
    }

    #[test]
    fn the_same_secret_is_sealed_differently_each_time_and_opens() {
        let seal = || typed_or_stored(&keys(), "SG.secret", None).unwrap();
        let (one, other) = (seal(), seal());
        assert_ne!(one, other);
        assert_eq!(keys().open(&one.0).unwrap(), b"SG.secret");
    }
}
