//! Tasks.

use std::collections::BTreeSet;

use domain::ids::{CampaignId, LeadId, TaskId};
use domain::store::StoreError;
use domain::tasks::{
    Assignee, Task, TaskDraft, TaskFault, TaskFilter, TaskKind, TaskPriority, TaskStatus,
};

use super::StaffPorts;
use crate::builders::tenancy::at;

fn titles(ports: &StaffPorts<'_>, filter: &TaskFilter) -> Vec<String> {
    let found = ports.tasks.tasks(ports.tenant, filter, 0, 100).unwrap();
    let counted = ports.tasks.count_tasks(ports.tenant, filter).unwrap();
    assert_eq!(counted, found.len() as u64);
    found.into_iter().map(|row| row.task.title).collect()
}

/// B65
pub fn a_task_comes_back_as_it_was_opened(ports: &StaffPorts<'_>) {
    let lead = ports.lead("sato");
    let draft = TaskDraft {
        lead: Some(lead),
        title: "架電".to_owned(),
        description: "診断の結果を\n話す".to_owned(),
        assigned_to: Some(ports.users[0]),
        priority: TaskPriority::Urgent,
        status: TaskStatus::Completed,
        kind: TaskKind::Proposal,
        due_at: Some(at(86_400)),
    };
    let campaign = Some(CampaignId::new());
    let task = draft.into_task(TaskId::new(), campaign, at(5)).unwrap();
    assert!(ports.tasks.add_task(ports.tenant, &task).unwrap());
    let found = ports.tasks.task(ports.tenant, task.id).unwrap().unwrap();
    assert_eq!(found.task, task);
    let about = found.lead.unwrap();
    assert_eq!((about.id, about.name.as_deref()), (lead, Some("sato")));
    assert_eq!(about.phone.as_deref(), Some("03-1234-5678"));
    assert_eq!(about.email.as_str(), "sato@example.com");
}

/// See its name.
pub fn a_task_is_opened_once(ports: &StaffPorts<'_>) {
    let task = ports.open("架電", 0, |_| {});
    let again = Task {
        title: "もう一度".to_owned(),
        ..task.clone()
    };
    assert!(!ports.tasks.add_task(ports.tenant, &again).unwrap());
    assert_eq!(titles(ports, &TaskFilter::default()), ["架電"]);
}

/// See its name.
pub fn a_task_about_nobody_known_is_refused(ports: &StaffPorts<'_>) {
    let draft = TaskDraft {
        lead: Some(LeadId::new()),
        title: "架電".to_owned(),
        ..TaskDraft::default()
    };
    let task = draft.into_task(TaskId::new(), None, at(0)).unwrap();
    let refused = ports.tasks.add_task(ports.tenant, &task);
    assert!(matches!(refused, Err(StoreError::InUse(_))), "{refused:?}");
}

/// B47
pub fn tasks_come_in_the_order_in_which_they_are_done(ports: &StaffPorts<'_>) {
    let due = |seconds| Some(at(seconds));
    ports.open("done", 0, |it| {
        it.priority = TaskPriority::Urgent;
        it.status = TaskStatus::Completed;
    });
    ports.open("whenever", 0, |_| {});
    ports.open("later", 0, |it| it.due_at = due(200));
    ports.open("soon", 0, |it| it.due_at = due(100));
    ports.open("urgent", 0, |it| it.priority = TaskPriority::Urgent);
    ports.open("low", 0, |it| {
        it.priority = TaskPriority::Low;
        it.due_at = due(1);
    });
    ports.open("begun", 0, |it| {
        it.status = TaskStatus::InProgress;
        it.due_at = due(150);
    });
    let all = TaskFilter::default();
    let expected = [
        "urgent", "soon", "begun", "later", "whenever", "low", "done",
    ];
    assert_eq!(titles(ports, &all), expected);
    let part = ports.tasks.tasks(ports.tenant, &all, 2, 2).unwrap();
    let part: Vec<_> = part.into_iter().map(|row| row.task.title).collect();
    assert_eq!(part, ["begun", "later"]);
}

/// See its name.
pub fn a_filter_finds_its_tasks(ports: &StaffPorts<'_>) {
    let lead = ports.lead("sato");
    let [mine, _] = ports.users;
    ports.open("mine", 0, |it| it.assigned_to = Some(mine));
    ports.open("nobody's", 0, |it| it.due_at = Some(at(1)));
    ports.open("about", 0, |it| {
        it.lead = Some(lead);
        it.assigned_to = Some(ports.users[1]);
    });
    ports.open("high", 0, |it| {
        it.priority = TaskPriority::High;
        it.assigned_to = Some(mine);
        it.status = TaskStatus::Cancelled;
    });
    let found = |change: fn(&mut TaskFilter)| {
        let mut filter = TaskFilter::default();
        change(&mut filter);
        filter
    };
    let of_mine = TaskFilter {
        assignee: Assignee::User(mine),
        ..TaskFilter::default()
    };
    assert_eq!(titles(ports, &of_mine), ["mine", "high"]);
    let open = TaskFilter {
        statuses: BTreeSet::from([TaskStatus::Open, TaskStatus::InProgress]),
        ..of_mine
    };
    assert_eq!(titles(ports, &open), ["mine"]);
    let nobodys = found(|it| it.assignee = Assignee::Nobody);
    assert_eq!(titles(ports, &nobodys), ["nobody's"]);
    let high = found(|it| it.priority = Some(TaskPriority::High));
    assert_eq!(titles(ports, &high), ["high"]);
    let about = TaskFilter {
        lead: Some(lead),
        ..TaskFilter::default()
    };
    assert_eq!(titles(ports, &about), ["about"]);
}

/// See its name.
pub fn a_change_is_decided_on_the_task_as_it_is(ports: &StaffPorts<'_>) {
    let task = ports.open("架電", 0, |_| {});
    let done = ports.tasks.change_task(ports.tenant, task.id, &|task| {
        let mut task = task.clone();
        task.bring_to(TaskStatus::Completed, at(9));
        Ok(task)
    });
    let done = done.unwrap().unwrap().unwrap();
    assert_eq!(done.completed_at, Some(at(9)));
    let stored = || {
        ports
            .tasks
            .task(ports.tenant, task.id)
            .unwrap()
            .unwrap()
            .task
    };
    assert_eq!(stored(), done);
    let refuse = |_: &Task| Err(TaskFault::TitleMissing);
    let refused = ports.tasks.change_task(ports.tenant, task.id, &refuse);
    assert_eq!(refused.unwrap(), Some(Err(TaskFault::TitleMissing)));
    assert_eq!(stored(), done);
    let nobody = ports
        .tasks
        .change_task(ports.tenant, TaskId::new(), &refuse);
    assert_eq!(nobody.unwrap(), None);
}

/// See its name.
pub fn changes_at_once_lose_nothing(ports: &StaffPorts<'_>) {
    let task = ports.open("架電", 0, |_| {});
    let add = |letter: char| {
        for _ in 0..10 {
            let decide = |task: &Task| {
                let mut draft = task.draft();
                draft.description.push(letter);
                task.changed(draft, at(1))
            };
            let changed = ports.tasks.change_task(ports.tenant, task.id, &decide);
            changed.unwrap().unwrap().unwrap();
        }
    };
    std::thread::scope(|threads| {
        threads.spawn(|| add('a'));
        threads.spawn(|| add('b'));
    });
    let stored = ports.tasks.task(ports.tenant, task.id).unwrap().unwrap();
    assert_eq!(stored.task.description.len(), 20);
}

/// See its name.
pub fn a_program_sees_every_task_once(ports: &StaffPorts<'_>) {
    for number in 0..7 {
        // Some of the same moment.
        ports.open(&number.to_string(), number / 2, |_| {});
    }
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let all = TaskFilter::default();
        let page = ports.tasks.newest_tasks(ports.tenant, &all, before, 2);
        let page = page.unwrap();
        let Some(last) = page.last() else { break };
        before = Some((last.created_at, last.id));
        seen.extend(page);
    }
    assert!(seen.is_sorted_by_key(|task| std::cmp::Reverse((task.created_at, task.id))));
    let ids: BTreeSet<TaskId> = seen.iter().map(|task| task.id).collect();
    assert_eq!((ids.len(), seen.len()), (7, 7));
}

/// V-25
pub fn another_tenant_sees_no_task(ports: &StaffPorts<'_>) {
    let task = ports.open("架電", 0, |_| {});
    let (other, all) = (ports.other_tenant, TaskFilter::default());
    assert_eq!(ports.tasks.task(other, task.id).unwrap(), None);
    assert_eq!(ports.tasks.count_tasks(other, &all).unwrap(), 0);
    assert_eq!(ports.tasks.tasks(other, &all, 0, 9).unwrap(), []);
    assert_eq!(ports.tasks.newest_tasks(other, &all, None, 9).unwrap(), []);
    let keep = |task: &Task| Ok(task.clone());
    let changed = ports.tasks.change_task(other, task.id, &keep);
    assert_eq!(changed.unwrap(), None);
}
