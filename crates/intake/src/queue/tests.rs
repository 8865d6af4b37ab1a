use super::*;
use crate::fixtures::{job, tenant};

const LONG: Duration = Duration::from_secs(600);

fn queue(rows: usize, batch_rows: usize, linger: Duration) -> Queue {
    let limit = |rows| Weight {
        rows,
        bytes: usize::MAX,
    };
    let rule = BatchRule {
        limit: limit(batch_rows),
        linger,
    };
    Queue::new(limit(rows), rule)
}

fn fill(queue: &Queue, requests: usize) -> usize {
    let offered = (0..requests).map(|_| queue.offer(job(tenant(), 1).0));
    offered.filter(Result::is_ok).count()
}

fn size(batch: &Batch) -> usize {
    batch.engagements().len()
}

#[test]
fn an_idle_writer_takes_at_once_what_is_there() {
    let queue = queue(100, 10, LONG);
    fill(&queue, 3);
    assert_eq!(size(&queue.gather().unwrap()), 3);
}

#[test]
fn a_complete_batch_does_not_wait_for_the_commit_in_progress() {
    let queue = queue(100, 10, LONG);
    fill(&queue, 1);
    let _in_progress = queue.gather().unwrap();
    fill(&queue, 12);
    assert_eq!(size(&queue.gather().unwrap()), 10);
}

#[test]
fn an_incomplete_batch_lingers_until_the_commit_in_progress_ends() {
    let queue = queue(100, 10, LONG);
    fill(&queue, 1);
    let _in_progress = queue.gather().unwrap();
    std::thread::scope(|scope| {
        let gathered = scope.spawn(|| queue.gather().map(|batch| size(&batch)));
        fill(&queue, 4);
        queue.written();
        assert_eq!(gathered.join().unwrap(), Some(4));
    });
}

#[test]
fn lingering_ends_with_the_time_given() {
    let queue = queue(100, 10, Duration::from_millis(1));
    fill(&queue, 1);
    let _in_progress = queue.gather().unwrap();
    fill(&queue, 1);
    assert_eq!(size(&queue.gather().unwrap()), 1);
}

#[test]
fn a_full_queue_gives_the_request_back_and_takes_twice_as_much_from_elsewhere() {
    let queue = queue(10, 10, LONG);
    assert_eq!(fill(&queue, 20), 10);
    let moved: Vec<_> = (0..20).map(|_| job(tenant(), 1).0).collect();
    assert_eq!(queue.hand_over(moved).len(), 10);
    assert_eq!(queue.weight().rows, 20);
    assert_eq!(queue.room().rows, 0);
}

#[test]
fn a_closed_queue_hands_out_what_it_has_and_takes_no_more() {
    let queue = queue(100, 10, LONG);
    fill(&queue, 2);
    queue.close();
    assert_eq!(fill(&queue, 1), 0);
    assert_eq!(size(&queue.gather().unwrap()), 2);
    assert!(queue.gather().is_none());
}
