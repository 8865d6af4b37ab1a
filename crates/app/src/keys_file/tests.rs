use domain::keys::{Purpose, TagCheck};

use super::*;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn keys_are_made_once_and_read_from_then_on() {
    let folder = folder();
    let path = folder.path().join("deeper/keys.toml");
    let first = load_or_create(&path).unwrap();
    let second = load_or_create(&path).unwrap();
    let tag = first.tag(Purpose::Click, b"x");
    assert_eq!(second.tag(Purpose::Click, b"x"), tag);
    assert_eq!(second.lookup_hash(b"x"), first.lookup_hash(b"x"));
}

#[test]
fn only_the_owner_can_read_the_keys() {
    let folder = folder();
    let path = folder.path().join("keys.toml");
    load_or_create(&path).unwrap();
    rotate(&path, Utc::now()).unwrap();
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(is_private(&path).unwrap());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(!is_private(&path).unwrap());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn links_of_a_replaced_key_work_until_they_would_have_expired() {
    // A21
    let folder = folder();
    let path = folder.path().join("keys.toml");
    let tag = load_or_create(&path).unwrap().tag(Purpose::Click, b"x");
    let now = Utc::now();
    let rotation = rotate(&path, now).unwrap();
    assert_eq!(
        (rotation.replaced.as_str(), rotation.signing.as_str()),
        ("k1", "k2")
    );
    let ring = load_or_create(&path).unwrap();
    assert_eq!(ring.signing_id(), "k2");
    let check = |at| ring.check(Purpose::Click, "k1", b"x", &tag, at);
    assert_eq!(check(now + LINK_LIFETIME * 9 / 10), TagCheck::Valid);
    assert_eq!(check(rotation.retired_at), TagCheck::Retired);
}

#[test]
fn a_second_rotation_keeps_the_first_keys_end() {
    let folder = folder();
    let path = folder.path().join("keys.toml");
    load_or_create(&path).unwrap();
    let now = Utc::now();
    let first = rotate(&path, now).unwrap();
    rotate(&path, now + LINK_LIFETIME).unwrap();
    let content = read(&path).unwrap();
    let ids: Vec<&str> = content.keys.iter().map(|key| key.id.as_str()).collect();
    assert_eq!(ids, ["k3", "k2", "k1"]);
    let end = content.keys[2].retired_at.unwrap();
    assert_eq!(end.timestamp(), first.retired_at.timestamp());
}

#[test]
fn a_broken_file_is_never_replaced_and_its_keys_never_shown() {
    let folder = folder();
    let path = folder.path().join("keys.toml");
    let text = "lookup = \"geheim\"\nkeys = [{ id = \"k1\", secret = \"geheim\" }]";
    fs::write(&path, text).unwrap();
    let error = load_or_create(&path).unwrap_err().to_string();
    assert!(
        error.contains("lookup") && !error.contains("geheim"),
        "{error}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}
