use chrono::{DateTime, Utc};
use domain::content::{KEPT_VERSIONS, Template, TemplateDraft, TemplateStore, TemplateVersion};
use domain::ids::{TemplateId, TenantId};
use domain::store::{StoreError, StoreResult};

use super::{InMemoryMail, State};

impl State {
    fn name_is_taken(&self, tenant: TenantId, name: &str, but: TemplateId) -> bool {
        self.templates
            .iter()
            .any(|((owner, id), template)| *owner == tenant && *id != but && template.name == name)
    }

    fn append_version(&mut self, tenant: TenantId, template: &Template) {
        let versions = self.versions.entry((tenant, template.id)).or_default();
        let number = versions.first().map_or(1, |newest| newest.number + 1);
        let version = TemplateVersion {
            number,
            manuscript: template.manuscript.clone(),
            source: template.source.clone(),
            created_at: template.updated_at,
            created_by: template.updated_by,
        };
        versions.insert(0, version);
        versions.truncate(KEPT_VERSIONS as usize);
    }
}

fn duplicate() -> StoreError {
    StoreError::Duplicate("templates_tenant_id_name_key".to_owned())
}

impl TemplateStore for InMemoryMail {
    fn create(&self, tenant: TenantId, template: &Template) -> StoreResult<()> {
        let mut state = self.state();
        if state.name_is_taken(tenant, &template.name, template.id) {
            return Err(duplicate());
        }
        state
            .templates
            .insert((tenant, template.id), template.clone());
        state.append_version(tenant, template);
        Ok(())
    }

    fn update(
        &self,
        tenant: TenantId,
        id: TemplateId,
        draft: &TemplateDraft,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        let Some(before) = state.templates.get(&(tenant, id)).cloned() else {
            return Ok(false);
        };
        let after = Template {
            created_at: before.created_at,
            ..draft.clone().into_template(id, now)
        };
        if state.name_is_taken(tenant, &after.name, id) {
            return Err(duplicate());
        }
        state.append_version(tenant, &after);
        state.templates.insert((tenant, id), after);
        Ok(true)
    }

    fn remove(&self, tenant: TenantId, id: TemplateId) -> StoreResult<bool> {
        let mut state = self.state();
        let in_use = state
            .broadcasts
            .iter()
            .any(|((owner, _), stored)| *owner == tenant && stored.template == id);
        if in_use {
            return Err(StoreError::InUse(
                "broadcasts_tenant_id_template_id_fkey".to_owned(),
            ));
        }
        state.versions.remove(&(tenant, id));
        Ok(state.templates.remove(&(tenant, id)).is_some())
    }

    fn find(&self, tenant: TenantId, id: TemplateId) -> StoreResult<Option<Template>> {
        Ok(self.state().templates.get(&(tenant, id)).cloned())
    }

    fn list(&self, tenant: TenantId) -> StoreResult<Vec<Template>> {
        let state = self.state();
        let mut templates: Vec<_> = state
            .templates
            .iter()
            .filter(|((owner, _), _)| *owner == tenant)
            .map(|(_, template)| template.clone())
            .collect();
        templates.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(templates)
    }

    fn versions(&self, tenant: TenantId, id: TemplateId) -> StoreResult<Vec<TemplateVersion>> {
        let state = self.state();
        Ok(state
            .versions
            .get(&(tenant, id))
            .cloned()
            .unwrap_or_default())
    }
}
