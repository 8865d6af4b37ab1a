use domain::content::{Image, ImageInfo, ImageKey, ImageStore};
use domain::ids::TenantId;
use domain::store::StoreResult;

use super::InMemoryMail;

impl ImageStore for InMemoryMail {
    fn keep(&self, tenant: TenantId, image: &Image) -> StoreResult<()> {
        let mut state = self.state();
        let kept = state.images.entry((tenant, image.info.key));
        kept.or_insert_with(|| image.clone());
        Ok(())
    }

    fn find(&self, tenant: TenantId, key: ImageKey) -> StoreResult<Option<Image>> {
        Ok(self.state().images.get(&(tenant, key)).cloned())
    }

    fn newest(&self, tenant: TenantId, limit: u32) -> StoreResult<Vec<ImageInfo>> {
        let state = self.state();
        let of_tenant = state
            .images
            .iter()
            .filter(|((owner, _), _)| *owner == tenant);
        let mut infos: Vec<_> = of_tenant.map(|(_, image)| image.info.clone()).collect();
        infos.sort_by_key(|info| (std::cmp::Reverse(info.created_at), info.key));
        infos.truncate(limit as usize);
        Ok(infos)
    }

    fn total_bytes(&self, tenant: TenantId) -> StoreResult<u64> {
        let state = self.state();
        let of_tenant = state
            .images
            .iter()
            .filter(|((owner, _), _)| *owner == tenant);
        Ok(of_tenant.map(|(_, image)| u64::from(image.info.size)).sum())
    }
}
