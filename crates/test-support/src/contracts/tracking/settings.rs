use domain::ids::{ImportantPageId, SiteId};
use domain::scoring::preset::{Preset, TEMPERATURE};
use domain::scoring::{Bounds, ScoringPolicy};
use domain::store::StoreError;
use domain::tracking::{ImportantPages, PageUrl};

use super::TrackingPorts;
use crate::builders::tenancy::at;
use crate::builders::tracking::{HOME, click, important_page, mail, page_view, site, visitor};

/// A tenant registers a site once and removes it once.
// A35
pub fn sites_are_registered_and_removed(ports: &TrackingPorts<'_>) {
    let (tenant, other) = (ports.leads.tenant(), ports.leads.tenant());
    let (main, exam) = (
        site("https://school.example/about", 0),
        site("https://exam.school.example", 1),
    );
    ports.sites.register_site(tenant, &exam).unwrap();
    ports.sites.register_site(tenant, &main).unwrap();
    let refused = ports.sites.register_site(tenant, &site(HOME, 2));
    assert!(matches!(refused, Err(StoreError::Duplicate(_))));
    let listed = ports.sites.sites(tenant).unwrap();
    assert_eq!(listed, [main.clone(), exam.clone()]);
    assert!(ports.sites.sites(other).unwrap().is_empty());

    assert!(!ports.sites.remove_site(other, main.id).unwrap());
    assert!(!ports.sites.remove_site(tenant, SiteId::new()).unwrap());
    assert!(ports.sites.remove_site(tenant, main.id).unwrap());
    assert!(!ports.sites.remove_site(tenant, main.id).unwrap());
    assert_eq!(ports.sites.sites(tenant).unwrap(), [exam]);
    assert!(
        ports
            .sites
            .sites_of_origin(&main.origin)
            .unwrap()
            .is_empty()
    );
    ports.sites.register_site(tenant, &site(HOME, 3)).unwrap();
}

/// Before any tenant is known, an origin leads to the sites of all of them.
// A35
pub fn a_site_is_found_by_its_origin_in_every_tenant(ports: &TrackingPorts<'_>) {
    let tenants = [ports.leads.tenant(), ports.leads.tenant()];
    let sites = tenants.map(|tenant| {
        let site = site(HOME, 0);
        ports.sites.register_site(tenant, &site).unwrap();
        (tenant, site)
    });
    ports
        .sites
        .register_site(tenants[0], &site("http://school.example", 0))
        .unwrap();
    let mut found = ports.sites.sites_of_origin(&sites[0].1.origin).unwrap();
    found.sort_unstable_by_key(|site| site.tenant);
    let mut expected: Vec<_> = sites
        .iter()
        .map(|(tenant, site)| (*tenant, site.id, site.key.clone()))
        .collect();
    expected.sort_unstable_by_key(|site| site.0);
    let found: Vec<_> = found.into_iter().map(|s| (s.tenant, s.id, s.key)).collect();
    assert_eq!(found, expected);
    let mut all = ports.sites.all_sites().unwrap();
    all.retain(|(origin, _)| *origin == sites[0].1.origin);
    all.sort_unstable_by_key(|(_, site)| site.tenant);
    let all: Vec<_> = all
        .into_iter()
        .map(|(_, s)| (s.tenant, s.id, s.key))
        .collect();
    assert_eq!(all, expected);
}

/// A page view marks its site as alive, once a minute; nothing else does.
// A31
pub fn a_site_knows_when_its_last_page_view_came(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let (other_tenant, _) = ports.tenant_and_lead();
    for owner in [tenant, other_tenant] {
        ports.sites.register_site(owner, &site(HOME, 0)).unwrap();
    }
    let elsewhere = site("https://exam.school.example", 1);
    ports.sites.register_site(tenant, &elsewhere).unwrap();
    let received = || {
        let [main, elsewhere] = ports.sites.sites(tenant).unwrap().try_into().unwrap();
        assert_eq!(elsewhere.last_received_at, None);
        main.last_received_at
    };
    ports.append_one(&click(tenant, &mail(lead, 1), 0, HOME, 0));
    ports.append_one(&page_view(tenant, visitor(), "https://nobody.example/", 0));
    assert_eq!(received(), None);

    let first = page_view(tenant, visitor(), "https://school.example/a", 0);
    for (view, expected) in [
        (first.clone(), 0),
        (page_view(tenant, visitor(), HOME, 60), 0),
        (page_view(tenant, visitor(), HOME, 61), 61),
        (page_view(tenant, visitor(), HOME, 10), 61),
        (first, 61),
    ] {
        ports.append_one(&view);
        assert_eq!(received(), Some(at(expected)));
    }
    let of_other = ports.sites.sites(other_tenant).unwrap();
    assert_eq!(of_other[0].last_received_at, None);
}

/// A fragment is on the list once, and taken off once.
// A45
pub fn important_pages_are_listed_once(ports: &TrackingPorts<'_>) {
    let (tenant, other) = (ports.leads.tenant(), ports.leads.tenant());
    let pages = ["/apply", "出願"].map(important_page);
    let store = ports.important_pages;
    for (page, n) in pages.iter().zip(0..) {
        store.add_important_page(tenant, page, at(n)).unwrap();
    }
    let again = store.add_important_page(tenant, &important_page("出願"), at(9));
    assert!(matches!(again, Err(StoreError::Duplicate(_))));
    assert_eq!(store.important_pages(tenant).unwrap(), pages);
    assert!(store.important_pages(other).unwrap().is_empty());
    let policy = ports.rules.policy(tenant).unwrap();
    assert_eq!(
        policy.important_pages,
        ImportantPages::new(["/apply", "出願"])
    );

    assert!(!store.remove_important_page(other, pages[0].id).unwrap());
    assert!(store.remove_important_page(tenant, pages[0].id).unwrap());
    let unknown = ImportantPageId::new();
    assert!(!store.remove_important_page(tenant, unknown).unwrap());
    assert_eq!(store.important_pages(tenant).unwrap(), pages[1..]);
}

fn rules(policy: &ScoringPolicy) -> Vec<(&str, i32, bool)> {
    let mut rules: Vec<_> = policy
        .rules
        .iter()
        .map(|rule| (rule.name.as_str(), rule.points, rule.is_active))
        .collect();
    rules.sort_unstable();
    rules
}

fn rules_of(preset: &Preset) -> Vec<(&str, i32, bool)> {
    let mut rules: Vec<_> = preset
        .rules
        .iter()
        .map(|rule| (rule.name, rule.points, true))
        .collect();
    rules.sort_unstable();
    rules
}

/// Rules and bounds of the preset, the same ids each time, and the tenant's zone.
// A39–A43, A46, D3
pub fn a_tenant_that_never_chose_has_the_temperature_preset(ports: &TrackingPorts<'_>) {
    let tenant = ports.leads.tenant();
    let policy = ports.rules.policy(tenant).unwrap();
    assert_eq!(rules(&policy), rules_of(&TEMPERATURE));
    assert_eq!(policy.bounds, TEMPERATURE.bounds);
    assert_eq!(policy.time_zone, chrono_tz::Asia::Tokyo);
    assert_eq!(ports.rules.policy(tenant).unwrap(), policy);
}

/// A preset replaces everything that another left, for this tenant only.
// D3
pub fn a_preset_replaces_rules_bounds_and_important_pages(ports: &TrackingPorts<'_>) {
    let (tenant, other) = (ports.leads.tenant(), ports.leads.tenant());
    let narrow = Preset {
        name: "narrow",
        rules: &TEMPERATURE.rules[..2],
        bounds: Bounds {
            min: 0,
            max: Some(100),
            warm_from: 40,
            hot_from: 80,
        },
        important_pages: &["/demo"],
    };
    for preset in [&TEMPERATURE, &narrow, &TEMPERATURE, &narrow] {
        ports.rules.apply_preset(tenant, preset, at(0)).unwrap();
        let policy = ports.rules.policy(tenant).unwrap();
        assert_eq!(rules(&policy), rules_of(preset));
        assert_eq!(policy.bounds, preset.bounds);
        let pages = ImportantPages::new(preset.important_pages);
        let contains = |path: &str| {
            let page = PageUrl::parse(&format!("https://school.example{path}")).unwrap();
            (policy.important_pages.contain(&page), pages.contain(&page))
        };
        for path in ["/demo", "/apply", "/"] {
            let (told, expected) = contains(path);
            assert_eq!(told, expected, "{path}");
        }
    }
    let untouched = ports.rules.policy(other).unwrap();
    assert_eq!(rules(&untouched), rules_of(&TEMPERATURE));
}
