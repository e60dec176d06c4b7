//! Handles to objects that methods return: they stay in the child, and the parent calls them there.

use std::time::Duration;

use concurrent_object::{CallError, HandleProblem, RestartPolicy};
use concurrent_object_tests::deadline::{SOON, wait_for, within};

concurrent_object::init_before_main!();

#[path = "handles/after_panic.rs"]
mod after_panic;
#[path = "handles/house.rs"]
mod house;
#[path = "handles/library.rs"]
mod library;
#[path = "handles/own_type.rs"]
mod own_type;
#[path = "handles/random.rs"]
mod random;
#[path = "handles/random_views.rs"]
mod random_views;
#[path = "handles/shared_views.rs"]
mod shared_views;
#[path = "handles/tree.rs"]
mod tree;
#[path = "handles/views.rs"]
mod views;

use house::{HouseOutput, HouseProxy};

fn house() -> HouseProxy {
    HouseProxy::builder("house").start().expect("it starts")
}

fn problem(error: &CallError) -> Option<HandleProblem> {
    match error {
        CallError::Handle { problem, .. } => Some(problem.clone()),
        _ => None,
    }
}

#[test]
fn a_method_returns_a_handle_whose_methods_run_in_the_child() {
    within(SOON, || {
        let house = house();
        let hall = house.room("hall").wait().expect("it answers");
        assert_eq!(hall.name().wait().expect("it answers"), "hall");
        assert_eq!(hall.enter("Ada").wait().expect("it answers"), 1);
        assert_eq!(hall.enter("Eve").wait().expect("it answers"), 2);
        let mut guests = vec!["first".to_owned()];
        hall.fill(&mut guests).wait().expect("it answers");
        assert_eq!(guests, ["first", "Ada", "Eve"]);
        assert_eq!(hall.key().wait().expect("it answers").text().wait().expect("it answers"), "key of hall (1)");
        assert_eq!(hall.fail().wait().expect("it answers").expect_err("closed").to_string(), "the room is closed");
    });
}

#[test]
fn handles_are_nested_in_options_results_lists_and_tuples() {
    within(SOON, || {
        let house = house();
        let found = house.find("attic").wait().expect("it answers").expect("open").expect("there");
        assert_eq!(found.name().wait().expect("it answers"), "attic");
        assert!(house.find("none").wait().expect("it answers").expect("open").is_none());
        assert_eq!(
            house.find("closed").wait().expect("it answers").expect_err("it is").to_string(),
            "the room is closed"
        );
        let (count, rooms, key) = house.suite(&["a", "b"]).wait().expect("it answers");
        let names: Vec<_> = rooms.iter().map(|room| room.name().wait().expect("it answers")).collect();
        assert_eq!((count, names), (2, vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(key.text().wait().expect("it answers"), "of the suite");
    });
}

#[test]
fn pushed_calls_return_handles() {
    within(SOON, || {
        let house = house();
        house.push_room("cellar").expect("a slot is free");
        let Some(HouseOutput::Room(cellar)) = house.wait_pull().expect("it answers") else { panic!("a room") };
        assert_eq!(cellar.name().wait().expect("it answers"), "cellar");
    });
}

#[test]
fn handles_are_arguments_shared_changed_and_taken() {
    within(SOON, || {
        let house = house();
        let (hall, yard) = (house.room("hall").wait().expect("a room"), house.room("yard").wait().expect("a room"));
        let key = hall.key().wait().expect("a key");
        assert_eq!(house.describe(&hall, &key).wait().expect("it answers"), "hall key of hall (1)");
        house.rename(&hall, "lobby".to_owned()).wait().expect("it answers");
        assert_eq!(hall.name().wait().expect("it answers"), "lobby");
        yard.enter("Ada").wait().expect("it answers");
        house.merge(&hall, &yard).wait().expect("it answers");
        hall.swap(&yard).wait().expect("it answers");
        let again = yard.clone();
        assert_eq!(house.demolish(yard, "old").wait().expect("it answers"), 1);
        assert_eq!(house.count().wait().expect("it answers"), 1);
        assert_eq!(problem(&again.name().wait().expect_err("it was taken")), Some(HandleProblem::Stale));
    });
}

#[test]
fn one_handle_twice_in_a_call_that_changes_it_is_refused() {
    within(SOON, || {
        let house = house();
        let hall = house.room("hall").wait().expect("a room");
        let error = house.merge(&hall, &hall).wait().expect_err("it is used twice");
        assert_eq!(problem(&error), Some(HandleProblem::InUse), "{error}");
        let error = hall.swap(&hall).wait().expect_err("it is used twice");
        assert_eq!(problem(&error), Some(HandleProblem::InUse), "{error}");
        let error = house.replace(hall.clone(), &hall).wait().expect_err("it is used twice");
        assert_eq!(problem(&error), Some(HandleProblem::InUse), "{error}");
        let error = hall.clone().vacate(&hall).wait().expect_err("it is used twice");
        assert_eq!(problem(&error), Some(HandleProblem::InUse), "{error}");
        assert_eq!(hall.name().wait().expect("it is not lost"), "hall");
    });
}

#[test]
fn a_refused_call_takes_no_object() {
    within(SOON, || {
        let house = house();
        let (hall, gone) = (house.room("hall").wait().expect("a room"), house.room("gone").wait().expect("a room"));
        let stale = gone.clone();
        gone.close().wait().expect("it answers");
        let error = house.replace(hall.clone(), &stale).wait().expect_err("the other one is stale");
        assert_eq!(problem(&error), Some(HandleProblem::Stale), "{error}");
        let error = hall.clone().vacate(&stale).wait().expect_err("the other one is stale");
        assert_eq!(problem(&error), Some(HandleProblem::Stale), "{error}");
        assert_eq!(hall.name().wait().expect("it is not lost"), "hall");
        let yard = house.room("yard").wait().expect("a room");
        assert_eq!(house.replace(yard, &hall).wait().expect("it answers"), "yard by hall");
        hall.enter("Ada").wait().expect("it answers");
        let attic = house.room("attic").wait().expect("a room");
        assert_eq!(hall.vacate(&attic).wait().expect("it answers"), 1);
        assert_eq!(house.count().wait().expect("it answers"), 1);
    });
}

#[test]
fn a_handle_of_another_object_is_refused_by_name() {
    within(SOON, || {
        let other = HouseProxy::builder("other").start().expect("it starts");
        let theirs = other.room("theirs").wait().expect("a room");
        let error = house().rename(&theirs, "ours".to_owned()).wait().expect_err("it is not ours").to_string();
        assert!(error.contains("`room`") && error.contains("another object, `other`"), "{error}");
        assert_eq!(theirs.name().wait().expect("it is unchanged"), "theirs");
    });
}

#[test]
fn a_dropped_handle_drops_its_object_with_the_next_call() {
    within(SOON, || {
        let house = house();
        let rooms: Vec<_> = (0..1000).map(|_| house.room("r").wait().expect("a room")).collect();
        assert_eq!(house.count().wait().expect("it answers"), 1000);
        assert_eq!(house.handle().statistics().handles, 1000);
        let kept = rooms[0].clone();
        drop(rooms);
        assert_eq!(house.count().wait().expect("it answers"), 1);
        assert_eq!(house.handle().statistics().handles, 1);
        assert_eq!(kept.close().wait().expect("it answers"), [""; 0]);
        assert_eq!(house.count().wait().expect("it answers"), 0);
        assert_eq!(house.handle().statistics().accepted, 1004, "calls of the library itself are not counted");
    });
}

#[test]
fn calls_that_fail_keep_no_objects() {
    within(SOON, || {
        let house = HouseProxy::builder("house").max_output_size("1 KiB").start().expect("it starts");
        let error = house.furnished(4096).wait().expect_err("the result is too large");
        assert!(matches!(error, CallError::TooLarge { .. }), "{error}");
        assert_eq!(house.count().wait().expect("it answers"), 0);
        let error = house.late().wait().expect_err("it takes too long");
        assert!(matches!(error, CallError::TimedOut { .. }), "{error}");
        assert_eq!(house.count().wait().expect("it answers"), 0);
        assert_eq!(house.furnished(8).wait().expect("it answers").1, [0; 8]);
    });
}

#[test]
fn dropped_handles_cost_one_message() {
    within(SOON, || {
        let house = house();
        let rooms: Vec<_> = (0..10).map(|_| house.room("r").wait().expect("a room")).collect();
        drop(rooms);
        let ids: Vec<_> = (0..5)
            .map(|_| {
                let call = house.count();
                let id = call.id().expect("it was accepted").get();
                assert_eq!(call.wait().expect("it answers"), 0);
                id
            })
            .collect();
        assert_eq!(ids, [12, 13, 14, 15, 16], "ten rooms, one release, and no other call of the library");
    });
}

#[test]
fn a_time_limit_of_calls_does_not_keep_dropped_objects() {
    within(SOON, || {
        let house = HouseProxy::builder("house").queue_timeout("50ms").start().expect("it starts");
        let room = house.room("dropped while the object is busy").wait().expect("a room");
        let pause = house.pause(Duration::from_millis(400));
        drop(room);
        let error = house.count().wait().expect_err("it waits for longer than it may");
        assert!(matches!(error, CallError::TimedOut { .. }), "{error}");
        pause.wait().expect("it answers");
        assert_eq!(house.count().wait().expect("it answers"), 0);
    });
}

#[test]
fn unread_results_keep_no_objects() {
    within(SOON, || {
        let house = house();
        drop(house.room("dropped before its answer"));
        let answered = house.room("dropped after its answer");
        house.count().wait().expect("it answers");
        drop(answered);
        house.push_room("pulled and dropped").expect("a slot is free");
        drop(house.wait_pull().expect("it answers"));
        wait_for("no room is left", || house.count().wait().expect("it answers") == 0);
    });
}

#[test]
fn handles_are_stale_after_a_restart_and_dead_after_the_end() {
    within(SOON, || {
        let house = HouseProxy::builder("house").restart(RestartPolicy::on_death()).start().expect("it starts");
        let old = house.room("old").wait().expect("a room");
        house.crash().wait().expect_err("it crashes");
        let error = old.name().wait().expect_err("it was in the process that died");
        assert_eq!(problem(&error), Some(HandleProblem::Stale), "{error}");
        let error = house.rename(&old, "new".to_owned()).wait().expect_err("it is stale");
        assert_eq!(problem(&error), Some(HandleProblem::Stale), "{error}");
        let new = house.room("new").wait().expect("a room");
        drop(old);
        assert_eq!(new.name().wait().expect("dropping the stale one does not harm it"), "new");
        house.terminate().expect("it ends");
        let error = new.name().wait().expect_err("it has ended");
        assert!(error.object_gone() && error.to_string().contains("Room::name"), "{error}");
    });
}

#[test]
fn a_panic_in_a_handles_method_leaves_the_handle_usable() {
    within(SOON, || {
        let house = house();
        let hall = house.room("hall").wait().expect("a room");
        let error = hall.panic().wait().expect_err("it panics").to_string();
        assert!(error.contains("Room::panic") && error.contains("the roof fell in"), "{error}");
        assert_eq!(hall.name().wait().expect("it answers"), "hall");
    });
}
