//! Templates and settings.

use domain::content::{TemplateDraft, TemplateStore};
use domain::delivery::{
    DkimSettings, Encryption, MailProvider, OpenSource, ProviderSettings, Sealed, SendGridSettings,
    SenderProfile, SmtpSettings,
};
use domain::ids::TemplateId;
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
