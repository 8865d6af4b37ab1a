//! Templates and settings.

use domain::content::{
    Image, ImageInfo, ImageKey, ImageKind, KEPT_VERSIONS, Manuscript, TemplateDraft, TemplateMode,
    TemplateStore,
};
use domain::delivery::{
    DkimSettings, Encryption, MailProvider, OpenSource, ProviderSettings, Sealed, SendGridSettings,
    SenderProfile, SmtpSettings,
};
use domain::ids::{TemplateId, UserId};
use domain::store::StoreError;

use super::MailPorts;
use crate::builders::delivery::{address, sender_profile, template_draft};
use crate::builders::tenancy::at;

/// See its name.
pub fn a_template_comes_back_as_it_was_stored(ports: &MailPorts<'_>) {
    let (templates, tenant): (&dyn TemplateStore, _) = (ports.templates, ports.tenant);
    let mut template = ports.template("春");
    assert_eq!(
        templates.find(tenant, template.id).unwrap(),
        Some(template.clone())
    );
    let mut draft = template_draft("夏");
    draft.source.text = Some("本文".to_owned());
    assert!(
        templates
            .update(tenant, template.id, &draft, at(9))
            .unwrap()
    );
    template.name = "夏".to_owned();
    template.manuscript = draft.manuscript;
    template.source = draft.source;
    template.updated_at = at(9);
    assert_eq!(templates.list(tenant).unwrap(), [template.clone()]);
    assert!(templates.remove(tenant, template.id).unwrap());
    assert!(!templates.remove(tenant, template.id).unwrap());
    assert!(
        !templates
            .update(tenant, template.id, &template_draft("夏"), at(9))
            .unwrap()
    );
    assert_eq!(templates.find(tenant, template.id).unwrap(), None);
}

/// See its name.
pub fn a_name_makes_one_template(ports: &MailPorts<'_>) {
    ports.template("春");
    let summer = ports.template("夏");
    let spring = || template_draft("春");
    let again = spring().into_template(TemplateId::new(), at(1));
    let created = ports.templates.create(ports.tenant, &again);
    assert!(
        matches!(created, Err(StoreError::Duplicate(_))),
        "{created:?}"
    );
    let renamed = ports
        .templates
        .update(ports.tenant, summer.id, &spring(), at(1));
    assert!(
        matches!(renamed, Err(StoreError::Duplicate(_))),
        "{renamed:?}"
    );
    let same = TemplateDraft {
        name: "夏".to_owned(),
        ..spring()
    };
    assert!(
        ports
            .templates
            .update(ports.tenant, summer.id, &same, at(1))
            .unwrap()
    );
    ports.templates.create(ports.other_tenant, &again).unwrap();
}

/// See its name.
pub fn a_template_in_use_stays(ports: &MailPorts<'_>) {
    let broadcast = ports.draft();
    let removed = ports.templates.remove(ports.tenant, broadcast.template);
    assert!(matches!(removed, Err(StoreError::InUse(_))), "{removed:?}");
    assert!(
        ports
            .broadcasts
            .remove_draft(ports.tenant, broadcast.id)
            .unwrap()
    );
    assert!(
        ports
            .templates
            .remove(ports.tenant, broadcast.template)
            .unwrap()
    );
}

/// See its name.
pub fn every_save_makes_a_version(ports: &MailPorts<'_>) {
    let (templates, tenant): (&dyn TemplateStore, _) = (ports.templates, ports.tenant);
    let template = ports.template("春");
    let author = UserId::new();
    let manuscript = |body: &str| Manuscript {
        mode: TemplateMode::Visual,
        body: body.to_owned(),
    };
    for number in 2..=KEPT_VERSIONS + 3 {
        let draft = TemplateDraft {
            manuscript: manuscript(&format!("<mjml>{number}</mjml>")),
            by: Some(author),
            ..template_draft("春")
        };
        let now = at(i64::from(number));
        assert!(templates.update(tenant, template.id, &draft, now).unwrap());
    }
    let newest = KEPT_VERSIONS + 3;
    let versions = templates.versions(tenant, template.id).unwrap();
    let numbers: Vec<u32> = versions.iter().map(|version| version.number).collect();
    assert_eq!(numbers, (4..=newest).rev().collect::<Vec<_>>());
    assert_eq!(
        versions[0].manuscript,
        manuscript(&format!("<mjml>{newest}</mjml>"))
    );
    assert_eq!(versions[0].source, template.source);
    assert_eq!(versions[0].created_at, at(i64::from(newest)));
    assert_eq!(versions[0].created_by, Some(author));
    let found = templates.find(tenant, template.id).unwrap().unwrap();
    assert_eq!(found.manuscript, versions[0].manuscript);
    assert_eq!(found.updated_by, Some(author));
    let elsewhere = templates.versions(ports.other_tenant, template.id);
    assert_eq!(elsewhere.unwrap(), []);
    assert!(templates.remove(tenant, template.id).unwrap());
    assert_eq!(templates.versions(tenant, template.id).unwrap(), []);
}

/// See its name.
pub fn a_picture_is_kept_once_and_for_its_tenant_only(ports: &MailPorts<'_>) {
    let (images, tenant) = (ports.images, ports.tenant);
    let first = image("春.png", 0, b"png");
    let second = image("夏.png", 1, b"another");
    images.keep(tenant, &first).unwrap();
    images.keep(tenant, &second).unwrap();
    images.keep(tenant, &image("秋.png", 2, b"png")).unwrap();
    let key = first.info.key;
    assert_eq!(images.find(tenant, key).unwrap(), Some(first.clone()));
    assert_eq!(images.total_bytes(tenant).unwrap(), 10);
    let newest = images.newest(tenant, 10).unwrap();
    assert_eq!(newest, [second.info.clone(), first.info]);
    assert_eq!(images.newest(tenant, 1).unwrap(), [second.info]);
    assert_eq!(images.find(ports.other_tenant, key).unwrap(), None);
    assert_eq!(images.newest(ports.other_tenant, 10).unwrap(), []);
    assert_eq!(images.total_bytes(ports.other_tenant).unwrap(), 0);
}

fn image(file_name: &str, seconds: i64, bytes: &[u8]) -> Image {
    Image {
        info: ImageInfo {
            key: ImageKey::of(bytes),
            file_name: file_name.to_owned(),
            kind: ImageKind::Png,
            width: 600,
            height: 200,
            size: bytes.len() as u32,
            created_at: at(seconds),
        },
        bytes: bytes.to_vec(),
    }
}

/// See its name.
pub fn settings_come_back_as_they_were_stored(ports: &MailPorts<'_>) {
    let (settings, tenant) = (ports.settings, ports.tenant);
    assert_eq!(
        settings.sender_profile(tenant).unwrap(),
        SenderProfile::default()
    );
    assert_eq!(
        settings.provider(tenant).unwrap(),
        ProviderSettings::default()
    );
    let half = SenderProfile {
        from_name: "入試課".to_owned(),
        updated_at: at(0),
        ..SenderProfile::default()
    };
    let whole = SenderProfile {
        reply_to: Some(address("toiawase@kasuga.example.jp")),
        ..sender_profile()
    };
    for profile in [half, whole] {
        settings.save_sender_profile(tenant, &profile).unwrap();
        assert_eq!(settings.sender_profile(tenant).unwrap(), profile);
    }
    for (number, (provider, hourly_limit)) in [
        (MailProvider::Smtp(smtp(true)), Some(1_000)),
        (MailProvider::Smtp(smtp(false)), None),
        (MailProvider::SendGrid(SendGridSettings::default()), None),
        (MailProvider::SendGrid(sendgrid()), Some(1)),
        (MailProvider::Outbox, None),
    ]
    .into_iter()
    .enumerate()
    {
        let given = ProviderSettings {
            provider,
            hourly_limit,
            honeypot: number % 2 == 0,
        };
        settings.save_provider(tenant, &given, at(1)).unwrap();
        assert_eq!(settings.provider(tenant).unwrap(), given);
    }
    assert_eq!(
        settings.sender_profile(ports.other_tenant).unwrap(),
        SenderProfile::default()
    );
}

fn smtp(secured: bool) -> SmtpSettings {
    let sealed = |text: &str| Sealed(text.as_bytes().to_vec());
    SmtpSettings {
        host: "smtp.kasuga.example.jp".to_owned(),
        port: 587,
        encryption: if secured {
            Encryption::StartTls
        } else {
            Encryption::None
        },
        user: secured.then(|| "ondo".to_owned()),
        password: secured.then(|| sealed("password")),
        dkim: secured.then(|| DkimSettings {
            domain: "kasuga.example.jp".to_owned(),
            selector: "ondo".to_owned(),
            private_key: sealed("key"),
        }),
    }
}

fn sendgrid() -> SendGridSettings {
    SendGridSettings {
        api_key: Some(Sealed(vec![0, 255, 7])),
        webhook_public_key: Some("MFkw".to_owned()),
        webhook_secret: Some(Sealed(vec![1])),
        opens: OpenSource::Provider,
    }
}
