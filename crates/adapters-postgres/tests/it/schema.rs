//! What must hold for every table, also for those that nobody has thought of yet.

use adapters_postgres::{PgConfig, PgStore};
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use test_support::builders::delivery::{LINK, template_draft};

use crate::database::{Database, lines};
use crate::mail::sending;

/// The tables outside the tenants, each with the reason.
pub(crate) const OPEN_TABLES: [(&str, &str); 6] = [
    ("tenants", "the list of the tenants themselves"),
    (
        "login_addresses",
        "leads from a keyed hash to the tenant, before any tenant is known",
    ),
    (
        "sign_in_failures",
        "counts by keyed hashes, before any tenant is known",
    ),
    (
        "installation",
        "says which installation the database is of, whoever its tenants are",
    ),
    (
        "site_origins",
        "leads from a web site to its tenant, before any tenant is known",
    ),
    (
        "__diesel_schema_migrations",
        "what the migrations note down; closed to the application",
    ),
];

/// The tables of the tenants: all others but partitions, which nobody reaches but through their
/// table.
pub(crate) fn tenant_tables(owner: &mut PgConnection) -> Vec<String> {
    let query = "SELECT relname::text AS line FROM pg_class
                 WHERE relnamespace = 'public'::regnamespace
                   AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname";
    let mut tables = lines(owner, query);
    tables.retain(|table| OPEN_TABLES.iter().all(|(open, _)| open != table));
    tables
}

fn violations(owner: &mut PgConnection) -> Vec<String> {
    let of_tenants = tenant_tables(owner).join("','");
    let query = include_str!("tenant_table_violations.sql").replace("{tenant_tables}", &of_tenants);
    lines(owner, &query)
}

#[test]
fn every_table_of_tenants_keeps_the_rules() {
    let database = Database::new();
    let mut owner = database.owner();
    assert!(tenant_tables(&mut owner).len() >= 30);
    assert_eq!(violations(&mut owner), Vec::<String>::new());
}

#[test]
fn a_table_that_breaks_the_rules_is_found() {
    let database = Database::new();
    let mut owner = database.owner();
    let careless = "CREATE TABLE careless (
            id bigserial PRIMARY KEY,
            tenant_id uuid,
            lead_id uuid,
            FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE SET NULL
        );
        CREATE INDEX careless_leads ON careless (lead_id)";
    owner.batch_execute(careless).unwrap();
    let expected = [
        "careless has a default that calls a function",
        "careless has no policy for its tenant",
        "careless has no tenant_id NOT NULL",
        "careless is not under forced row-level security",
        "careless_id_seq is a sequence",
        "careless_leads does not begin with tenant_id",
        "careless_pkey does not begin with tenant_id",
        "careless_tenant_id_lead_id_fkey changes rows by itself",
    ];
    assert_eq!(violations(&mut owner), expected);
}

#[test]
fn every_open_table_is_still_there() {
    let database = Database::new();
    let mut owner = database.owner();
    for (table, _) in OPEN_TABLES {
        let query = format!("SELECT to_regclass('public.{table}')::text AS line");
        assert_eq!(lines(&mut owner, &query), [table]);
    }
}

#[test]
fn the_application_reaches_no_partition_and_no_table_of_the_migrations() {
    let database = Database::new();
    let mut owner = database.owner();
    let query = "SELECT relname || ' ' || privilege AS line
                 FROM pg_class, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) privilege
                 WHERE (relispartition AND relkind = 'r' OR relname = '__diesel_schema_migrations')
                   AND has_table_privilege('ondo_app', oid, privilege)";
    assert_eq!(lines(&mut owner, query), Vec::<String>::new());
    let query = "SELECT relname::text AS line FROM pg_class WHERE relispartition AND relkind = 'r'";
    assert!(lines(&mut owner, query).contains(&"engagement_events_default".to_owned()));
}

// V-15
#[test]
fn the_role_of_the_application_has_no_power() {
    let database = Database::new();
    let mut application = database.application();
    let query = "SELECT concat_ws(' ', rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
                        rolreplication, rolcanlogin,
                        (SELECT count(*) FROM pg_auth_members WHERE member = pg_roles.oid),
                        (SELECT count(*) FROM pg_class WHERE relowner = pg_roles.oid)) AS line
                 FROM pg_roles WHERE rolname = current_user";
    assert_eq!(lines(&mut application, query), ["ondo_app f f f f f f 0 0"]);

    for forbidden in [
        "COPY tenants TO PROGRAM 'cat'",
        "COPY tenants FROM '/etc/passwd'",
        "SELECT pg_read_file('/etc/passwd')",
        "CREATE TABLE mine (id uuid)",
        "ALTER TABLE users DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant_isolation ON users",
        "TRUNCATE users",
        "DELETE FROM tenants",
        "CALL isolate_tenant_table('tenants')",
        "SET session_replication_role = replica",
    ] {
        let refused = application
            .batch_execute(forbidden)
            .unwrap_err()
            .to_string();
        let says_no = ["permission denied", "must be owner", "must be superuser"]
            .iter()
            .any(|no| refused.contains(no));
        assert!(says_no, "{forbidden}: {refused}");
    }
}

#[test]
fn schema_rs_says_what_the_migrations_make() {
    let database = Database::new();
    let mut owner = database.owner();
    let made = lines(&mut owner, include_str!("schema_rs.sql"));
    let source = include_str!("../../src/schema.rs");
    let told: Vec<_> = source
        .lines()
        .map(str::trim)
        .filter(|line| line.ends_with(") {") || line.contains(" -> "))
        .collect();
    assert_eq!(told, made);
}

// A6–A10, A12–A14, A62
#[test]
fn the_columns_and_indexes_of_the_specification_are_there() {
    let database = Database::new();
    let mut owner = database.owner();
    let columns = lines(
        &mut owner,
        "SELECT table_name || '.' || column_name AS line FROM information_schema.columns
         WHERE table_schema = 'public'",
    );
    let asked = [
        "leads.engagement_score",
        "leads.last_engaged_at",
        "leads.score_band",
        "leads.tracking_id",
        "engagement_events.lead_id",
        "engagement_events.send_id",
        "engagement_events.campaign_id",
        "engagement_events.event_id",
        "engagement_events.event_type",
        "engagement_events.url",
        "engagement_events.referrer",
        "engagement_events.user_agent",
        "engagement_events.network",
        "engagement_events.occurred_at",
        "web_sessions.visitor_id",
        "web_sessions.lead_id",
        "web_sessions.started_at",
        "web_sessions.last_seen_at",
        "web_sessions.page_views",
        "send_logs.provider_message_id",
    ];
    for column in asked {
        assert!(columns.iter().any(|there| there == column), "{column}");
    }
    let indexes = lines(
        &mut owner,
        "SELECT indexdef AS line FROM pg_indexes WHERE tablename = 'engagement_events'",
    );
    for index in [
        "lead_id, occurred_at)",
        "event_type, occurred_at)",
        "visitor_id, occurred_at)",
    ] {
        assert!(indexes.iter().any(|there| there.contains(index)), "{index}");
    }
}

#[test]
fn every_migration_goes_down_and_up_again() {
    let database = Database::new();
    let mut owner = database.owner();
    let before = lines(&mut owner, include_str!("schema_rs.sql"));
    let migrations = || FileBasedMigrations::from_path("../../migrations").unwrap();

    let reverted = owner.revert_all_migrations(migrations()).unwrap().len();
    let left = "SELECT relname::text AS line FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')
                UNION ALL
                SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace";
    assert_eq!(lines(&mut owner, left), ["__diesel_schema_migrations"]);

    assert_eq!(
        owner.run_pending_migrations(migrations()).unwrap().len(),
        reverted
    );
    assert_eq!(lines(&mut owner, include_str!("schema_rs.sql")), before);
    assert_eq!(violations(&mut owner), Vec::<String>::new());
}

#[test]
fn what_a_broadcast_sends_survives_the_way_down_and_up() {
    use domain::delivery::MailContents;
    use domain::ids::ContentId;
    use domain::tracking::MailSource;
    let database = Database::new();
    let (tenant, mut owner) = (database.tenant(), database.owner());
    let broadcast = sending(&database, tenant, &[]);
    let kept = || {
        let (store, source) = (&database.store, MailSource::Broadcast(broadcast));
        let id = ContentId::from_uuid(broadcast.uuid());
        let content = MailContents::content(store, tenant, id).unwrap();
        (content, store.links_of(tenant, source).unwrap())
    };
    let before = kept();
    assert!(before.0.is_some() && before.1.len() == 1);

    let migrations = || FileBasedMigrations::from_path("../../migrations").unwrap();
    loop {
        let reverted = owner.revert_last_migration(migrations()).unwrap();
        if reverted.to_string().ends_with("000008") {
            break;
        }
    }
    let in_the_broadcast = "SELECT concat(subject, ' ', url) AS line
                            FROM broadcasts JOIN links ON broadcast_id = id";
    assert_eq!(
        lines(&mut owner, in_the_broadcast),
        [format!("{} {LINK}", template_draft("").source.subject)]
    );
    owner.run_pending_migrations(migrations()).unwrap();
    assert_eq!(kept(), before);
}

#[test]
fn a_database_that_is_away_is_told_as_unavailable() {
    use domain::store::StoreError;
    use domain::tenancy::TenantStore;
    let nobody_there = "postgres://nobody@127.0.0.1:1/nothing";
    let mut config = PgConfig::new(nobody_there);
    config.checkout_timeout = std::time::Duration::from_millis(50);
    let store = PgStore::new(&config).unwrap();
    assert!(matches!(store.is_set_up(), Err(StoreError::Unavailable(_))));
}
