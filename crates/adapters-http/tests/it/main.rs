//! The application as a browser or a program meets it, on ports in memory.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod app;
mod assets;
mod browser;
mod campaigns_api;
mod campaigns_broadcasts;
mod content_templates;
mod delivery_mailbox;
mod delivery_settings;
mod delivery_unsubscribe;
mod delivery_webhook;
mod errors;
mod intakes;
mod leads_api;
mod leads_detail;
mod leads_edit;
mod leads_export;
mod leads_hot;
mod leads_import;
mod leads_list;
mod leads_machines;
mod leads_world;
mod mail;
mod outage;
mod ports;
mod quiet;
mod rates;
mod routes;
mod school;
mod server;
mod tenancy_account;
mod tenancy_api_tokens;
mod tenancy_audit;
mod tenancy_organisation;
mod tenancy_set_up;
mod tenancy_sign_in;
mod tenancy_users;
mod tracking_custom_events;
mod tracking_custom_events_away;
mod tracking_intake;
mod tracking_mails;
mod tracking_page_views;
mod tracking_settings;
