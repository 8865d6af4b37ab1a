//! Mail to many: broadcasts (一斉配信) and campaigns (シナリオ).
//!
//! A [`Broadcast`] sends one template to everyone that a filter finds at the moment it starts.
//! Starting keeps the template as it is then and numbers its links; preparing writes one send for
//! each recipient in chunks that survive a restart; sending is the work of `delivery`. It may wait
//! for its time (予約配信), go to an uploaded list, and test two variants first ([`AbTest`],
//! A/Bテスト).
//!
//! A [`Campaign`] lets people in by a [`Trigger`] and leads each of them through a [`Flow`] of
//! steps. An activated version is kept as it is, so that editing strands nobody; an
//! [`Enrollment`] is one person's way, and always knows its next step and its time.
//!
//! Ports: [`BroadcastStore`], [`BroadcastWork`], [`AbTests`], [`RecipientLists`],
//! [`CampaignStore`], [`EnrollmentStore`], [`CampaignWork`].

mod ab_test;
mod activate;
mod advance;
mod broadcast;
mod campaign;
mod campaign_ports;
mod enroll;
mod enrollment;
mod field_change;
mod flow;
mod ports;
mod prepare;
mod recipient_list;
mod start;
mod trigger;
mod validate;
mod wait;

pub use ab_test::*;
pub use activate::{ActivatePorts, ActivateRefused, Activated, activate};
pub use advance::{Asked, Situation, advance};
pub use broadcast::{
    Broadcast, BroadcastDraft, BroadcastDraftFault, BroadcastStatus, BroadcastTotals,
    HOURLY_LIMIT_MAX, SendingBegan, time_at_limit,
};
pub use campaign::{Campaign, CampaignDefinition, CampaignStatus, ExitCondition, ReEntry};
pub use campaign_ports::*;
pub use enroll::{ENROLL_CHUNK, EnrollMany, EnrollPorts, EnrolledTotals, enroll, enroll_many};
pub use enrollment::{
    Advance, CampaignVersion, EnrollCause, EnrollRefused, Enrolled, Enrollment, EnrollmentStatus,
    Onward, StepEffect, StepExecution, StepOutcome, StepSkipped,
};
pub use field_change::field_change;
pub use flow::{
    Branch, Delay, DelayUnit, Flow, Placed, Step, StepAction, StepTest, WeekdayName, writable_field,
};
pub use ports::*;
pub use prepare::{PREPARE_CHUNK, PreparePorts, prepare_step};
pub use recipient_list::{Invalid, ListedAddresses, MOST_NAMED, read_list};
pub use start::{StartPorts, StartRefused, schedule_broadcast, start_broadcast, variant_b};
pub use trigger::Trigger;
pub use validate::{
    CampaignFault, CampaignProblem, DEEPEST, MOST_STEPS, Surroundings, SurroundingsPorts, validate,
};
pub use wait::{beginning, moment_on, next_moment};
