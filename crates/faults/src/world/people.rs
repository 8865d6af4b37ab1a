//! Who is in the database, and what their browsers send.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use domain::ids::{BroadcastId, LeadId, SendId, TenantId};
use domain::keys::{KeyRing, MasterKey};
use domain::tracking::token::{ClickToken, LINK_LIFETIME, OpenToken};
use domain::tracking::{MailRef, MailSource, PageUrl, VisitorId};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};

/// The site that the people visit.
pub(crate) const ORIGIN: &str = "https://school.example";
/// The start of a SubjectPublicKeyInfo of a P-256 key (RFC 5480), as `openssl ec -pubout` writes
/// it; its last byte is the first of the point.
const SPKI_START: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE";

/// One lead with a browser and one mail.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) lead: LeadId,
    pub(crate) tid: VisitorId,
    pub(crate) send: SendId,
    /// Where its requests come from, as a proxy writes it.
    pub(crate) address: String,
    /// The path of the link in its mail.
    pub(crate) click: String,
    /// The path of the pixel in its mail.
    pub(crate) open: String,
}

/// A school and its leads.
#[derive(Debug)]
pub(crate) struct People {
    pub(crate) tenant: TenantId,
    pub(crate) broadcast: BroadcastId,
    /// Names the school in the address of its webhook.
    pub(crate) webhook_key: String,
    /// When the mails were queued and handed over: long before anyone could click.
    pub(crate) mailed_at: DateTime<Utc>,
    pub(crate) all: Vec<Person>,
    secret: [u8; 32],
    signing: EcdsaKeyPair,
}

impl People {
    pub(crate) fn new(count: u32, mut chance: fastrand::Rng) -> anyhow::Result<Self> {
        let mut secret = [0; 32];
        chance.fill(&mut secret);
        let keys = KeyRing::new(secret, vec![MasterKey::new("k1", secret, None)?])?;
        let (tenant, broadcast) = (TenantId::new(), BroadcastId::new());
        let mailed_at = Utc::now().trunc_subsecs(0) - TimeDelta::hours(2);
        let of_number = |number| {
            let mut bits = [0; 16];
            chance.fill(&mut bits);
            let tid = VisitorId::from_random_bytes(bits);
            person(number, tid, tenant, broadcast, mailed_at, &keys)
        };
        let all = (0..count).map(of_number).collect::<Result<_, _>>()?;
        Ok(Self {
            tenant,
            broadcast,
            webhook_key: format!("faults{}", chance.u64(..)),
            mailed_at,
            all,
            secret,
            signing: signing_key()?,
        })
    }

    /// Writes the keys file that makes the server believe the links.
    pub(crate) fn write_keys(&self, path: &Path) -> anyhow::Result<()> {
        let secret = URL_SAFE_NO_PAD.encode(self.secret);
        let text =
            format!("lookup = \"{secret}\"\n\n[[keys]]\nid = \"k1\"\nsecret = \"{secret}\"\n");
        fs::write(path, text)?;
        Ok(())
    }

    /// The keys of the installation.
    pub(crate) fn keys(&self) -> anyhow::Result<KeyRing> {
        let key = MasterKey::new("k1", self.secret, None)?;
        Ok(KeyRing::new(self.secret, vec![key])?)
    }

    /// The key by which the school's webhook is checked, as SendGrid shows it.
    pub(crate) fn webhook_public_key(&self) -> anyhow::Result<String> {
        let mut der = STANDARD.decode(SPKI_START)?;
        der.extend(&self.signing.public_key().as_ref()[1..]);
        Ok(STANDARD.encode(der))
    }

    /// Signature and timestamp of a post of events.
    pub(crate) fn sign(&self, body: &[u8]) -> anyhow::Result<(String, String)> {
        let timestamp = Utc::now().timestamp().to_string();
        let signed = [timestamp.as_bytes(), body].concat();
        let signature = self.signing.sign(&SystemRandom::new(), &signed);
        let signature = signature.map_err(|_unspecified| anyhow::anyhow!("cannot sign"))?;
        Ok((STANDARD.encode(signature.as_ref()), timestamp))
    }
}

fn person(
    number: u32,
    tid: VisitorId,
    tenant: TenantId,
    broadcast: BroadcastId,
    mailed_at: DateTime<Utc>,
    keys: &KeyRing,
) -> anyhow::Result<Person> {
    let (lead, send) = (LeadId::new(), SendId::new());
    let mail = MailRef {
        send,
        lead,
        queued_at: mailed_at,
        source: Some(MailSource::Broadcast(broadcast)),
        event: None,
    };
    let expires_at = mailed_at + LINK_LIFETIME;
    let important = if number.is_multiple_of(4) {
        "apply"
    } else {
        "guide"
    };
    let click = ClickToken {
        tenant,
        mail: mail.clone(),
        link_index: 0,
        target: PageUrl::parse(&format!("{ORIGIN}/{important}/{number}"))?,
        expires_at,
    };
    let open = OpenToken {
        tenant,
        mail,
        expires_at,
    };
    Ok(Person {
        lead,
        tid,
        send,
        // A provider of homes in Japan: nothing that looks like a machine.
        address: format!("126.{}.{}.7", number / 250 % 250 + 1, number % 250 + 1),
        click: format!("/t/c/{}", click.sign(keys)),
        open: format!("/t/o/{}.gif", open.sign(keys)),
    })
}

fn signing_key() -> anyhow::Result<EcdsaKeyPair> {
    let (algorithm, random) = (&ECDSA_P256_SHA256_ASN1_SIGNING, SystemRandom::new());
    let pair = EcdsaKeyPair::generate_pkcs8(algorithm, &random).and_then(|document| {
        EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random)
            .map_err(|_rejected| ring::error::Unspecified)
    });
    pair.map_err(|_unspecified| anyhow::anyhow!("cannot make a signing key"))
}
