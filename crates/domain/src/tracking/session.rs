//! Web sessions (訪問): page views of one visitor without a long silence.

use chrono::{DateTime, Duration, Utc};

/// A silence longer than this ends a session.
pub const SESSION_SILENCE: Duration = Duration::minutes(30);

/// Whether a page view at `at` belongs to the session that was last seen at `last_seen`. Page views
/// arrive out of order; one from a little earlier belongs to the same visit.
#[must_use]
pub fn continues_session(last_seen: DateTime<Utc>, at: DateTime<Utc>) -> bool {
    (at - last_seen).abs() <= SESSION_SILENCE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_minutes_of_silence_end_a_session() {
        // A13
        let last_seen = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        assert!(continues_session(last_seen, last_seen + SESSION_SILENCE));
        let later = last_seen + SESSION_SILENCE + Duration::seconds(1);
        assert!(!continues_session(last_seen, later));
        assert!(continues_session(
            last_seen,
            last_seen - Duration::minutes(1)
        ));
    }
}
