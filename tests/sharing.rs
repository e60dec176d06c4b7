//! `Shared` values: passed by descriptor, mapped once in each process, never copied, and freed with
//! the last handle.
#![allow(missing_docs, missing_debug_implementations)]

#[path = "sharing/crowded.rs"]
mod crowded;
#[path = "sharing/holder.rs"]
mod holder;
#[path = "sharing/limits.rs"]
mod limits;
#[path = "sharing/random.rs"]
mod random;
#[path = "sharing/sockets.rs"]
mod sockets;

use std::borrow::Cow;
use std::ops::Bound;

use concurrent_object::Shared;
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::fate::send;
use concurrent_object_tests::gate::Gate;
use concurrent_object_tests::mapped::Mapped;
use concurrent_object_tests::processes::{is_asleep, is_stopped, own_thread_id};
use holder::{Batch, HolderOutput, HolderProxy, counted, mappings};

concurrent_object::init_before_main!();

fn started() -> HolderProxy {
    HolderProxy::builder("holder").max_input_size("64 KB").max_output_size("64 KB").start().expect("a child starts")
}

fn sum_of(first: u64, len: usize) -> u64 {
    (first..).take(len).sum()
}

#[test]
fn shared_is_a_slice_and_its_parts_are_the_same_memory() {
    let shared = counted(5, 1000);
    assert_eq!((shared.len(), shared[0], shared[999]), (1000, 5, 1004));
    let part = shared.part(10..=20).part(1..);
    assert_eq!((part.len(), part[0], part.as_ptr()), (10, 16, shared[11..].as_ptr()));
    assert_eq!(part, Shared::new(&part).expect("there is room"));
    assert!(shared.part(1000..).is_empty() && Shared::<[u64]>::new(&[]).expect("nothing").is_empty());
    assert_eq!(Shared::new(&[1_u8, 2]).expect("there is room").part(..1)[..], [1]);
    assert!(std::panic::catch_unwind(|| counted(0, 10).part(5..11)).is_err());
    let after = (Bound::Excluded(989), Bound::Unbounded);
    assert_eq!(shared.part(after).into_iter().sum::<u64>(), sum_of(995, 10));
    assert_eq!(AsRef::<[u64]>::as_ref(&part)[0], 16);
    assert_eq!(format!("{part:?}"), "Shared { len: 10, .. }");
}

#[test]
fn shared_is_passed_as_itself_and_as_a_slice_and_mapped_once() {
    let holder = started();
    let shared = counted(0, 100_000); // more than a call may carry
    let sum = sum_of(0, 100_000);
    let (by_value, address) = holder.sum_shared(shared.clone()).wait().expect("a result");
    assert_eq!(by_value, sum);
    assert_eq!(holder.sum(&shared).wait().expect("a result"), (sum, address));
    assert_eq!(holder.sum(&shared[10..]).wait().expect("a result"), (sum - sum_of(0, 10), address + 80));
    assert_eq!(holder.sum_borrowed(&shared.part(..50_000)).wait().expect("a result"), (sum_of(0, 50_000), address));
    assert_eq!(holder.sum_optional(Some(&shared)).wait().expect("a result"), Some((sum, address)));
    holder.push_sum(&shared).expect("a slot is free");
    assert!(matches!(holder.wait_pull(), Ok(Some(HolderOutput::Sum(found))) if found == (sum, address)));
    assert_eq!(mappings(holder.handle().pid()).len(), 1);
    let small = holder.sum(&shared[..100]).wait().expect("a result");
    assert_eq!(small.0, sum_of(0, 100));
    assert_ne!(small.1, address, "a small part is copied");
}

#[test]
fn shared_may_be_nested_and_several_may_be_passed() {
    let holder = started();
    let (a, b) = (counted(0, 20_000), counted(7, 20_000));
    let batch = Batch {
        name: "b".into(),
        parts: vec![a.part(..10_000), b.clone(), a.clone()],
        slice: Cow::Borrowed(&b[10_000..]),
        small: Shared::new(&[1, 2, 3]).expect("there is room"),
    };
    let sums = [sum_of(0, 10_000), sum_of(7, 20_000), sum_of(0, 20_000), sum_of(10_007, 10_000), 6];
    assert_eq!(holder.batch(&batch, &[&a[..], &b]).wait().expect("a result"), (sums.to_vec(), sums[2] + sums[1]));
    assert_eq!(mappings(holder.handle().pid()).len(), 2);
}

#[test]
fn constructors_take_shared() {
    let shared = counted(3, 30_000);
    let holder = HolderProxy::builder("holder").start_with(shared.clone(), &shared[10_000..]).expect("a child starts");
    let (kept, borrowed) = holder.kept().wait().expect("a result");
    assert_eq!((kept, borrowed), (sum_of(3, 30_000), sum_of(10_003, 20_000)));
    assert_eq!(mappings(holder.handle().pid()).len(), 1);
    let address = holder.sum(&shared).wait().expect("a result").1;
    drop(shared);
    assert_eq!(holder.kept().wait().expect("a result").0, kept);
    assert_ne!(address, 0);
}

#[test]
fn memory_that_one_child_creates_another_reads_without_a_copy() {
    let (maker, reader) = (started(), started());
    let made = maker.make(9, 500_000).wait().expect("a result");
    let Mapped { resident, .. } =
        mappings(std::process::id()).into_iter().find(|one| one.holds(made.as_ptr())).expect("mapped");
    assert_eq!(resident, 0, "no page of it was touched here");
    drop(maker);
    assert_eq!(reader.sum(&made).wait().expect("a result").0, sum_of(9, 500_000));
    assert_eq!((made.len(), made[499_999]), (500_000, 500_008));
}

#[test]
fn result_of_a_child_that_died_with_unread_control_messages_is_kept() {
    within(SOON, || {
        let (holder, gate, shared) = (started(), Gate::new(), counted(0, 20_000));
        let pid = holder.handle().pid();
        holder.sum(&shared).wait().expect("a result");
        let (made, standing) = (holder.make(9, 20_000), holder.stand(gate.path()));
        gate.wait_until_reached(); // so the result is sent, and no thread of the parent has polled
        send(pid, libc::SIGSTOP);
        wait_for("it is stopped", || is_stopped(pid));
        drop(shared); // sends a control message that the child will not read

        send(pid, libc::SIGKILL);

        assert!(standing.wait().expect_err("killed").object_gone());
        assert_eq!(made.wait().expect("it was answered"), counted(9, 20_000));
    });
}

#[test]
fn shared_memory_that_returns_is_the_same_memory() {
    let holder = started();
    let shared = counted(1, 10_000);
    let back = holder.part_of(shared.clone(), 100).wait().expect("a result");
    assert_eq!(back.as_ptr(), shared[100..].as_ptr());
    let several = holder.twice(shared.clone()).wait().expect("a result");
    assert!(several.iter().flatten().all(|one| one.as_ptr() == shared.as_ptr()));
    holder.push_part_of(shared.clone(), 0).expect("a slot is free");
    let Ok(Some(HolderOutput::PartOf(pulled))) = holder.wait_pull() else { panic!("a part") };
    assert_eq!(pulled.as_ptr(), shared.as_ptr());
}

#[test]
fn eight_children_with_one_table_use_the_memory_of_one() {
    const SIZE: usize = 32 << 20;
    let table = counted(0, SIZE / 8);
    let holders: Vec<_> = (0..8).map(|_| started()).collect();
    let calls: Vec<_> = holders.iter().map(|holder| holder.sum(&table)).collect();
    assert!(calls.into_iter().all(|call| call.wait().expect("a result").0 == sum_of(0, SIZE / 8)));
    assert_eq!(table.iter().sum::<u64>(), sum_of(0, SIZE / 8));
    let pids = holders.iter().map(|holder| holder.handle().pid()).chain([std::process::id()]);
    let parts = pids.flat_map(mappings).filter(|mapped| mapped.size >= SIZE).collect::<Vec<_>>();
    assert_eq!(parts.iter().filter(|mapped| mapped.resident == SIZE).count(), 9, "each has all of it in front of it");
    let proportional: usize = parts.iter().map(|mapped| mapped.proportional).sum();
    assert!(proportional <= SIZE + (1 << 20), "{proportional} bytes in all of them together");
}

#[test]
fn an_idle_child_unmaps_memory_without_handles() {
    let holder = started();
    let pid = holder.handle().pid();
    let shared = counted(0, 10_000);
    let clone = shared.part(5000..);
    holder.sum(&shared).wait().expect("a result");
    drop(shared);
    assert_eq!(mappings(pid).len(), 1, "a part of it is still held");
    drop(clone);
    wait_for("the child lets go", || mappings(pid).is_empty());
    holder.keep(counted(0, 10_000)).wait().expect("a result");
    assert_eq!(mappings(pid).len(), 1, "the object keeps it");
    assert_eq!(holder.kept().wait().expect("a result").0, sum_of(0, 10_000));
    holder.keep(Shared::new(&[]).expect("nothing")).wait().expect("a result");
    wait_for("the object let go", || mappings(pid).is_empty());
}

#[test]
fn memory_of_an_untaken_result_is_freed() {
    let holder = started();
    let before = mappings(std::process::id()).len();
    for _ in 0..1000 {
        drop(holder.make(0, 1000));
    }
    let last = holder.make(0, 1000).wait().expect("a result");
    assert_eq!(last.len(), 1000);
    drop(last);
    // Other tests of this process have mappings too, but fewer than a thousand.
    wait_for("they are gone", || mappings(std::process::id()).len() < before + 100);
    wait_for("they are gone in the child", || mappings(holder.handle().pid()).is_empty());
}

#[test]
fn files_beyond_the_socket_buffer_wait_and_block_no_thread() {
    let holder = started();
    let pid = holder.handle().pid();
    holder.wait_until_ready().expect("ready");
    send(pid, libc::SIGSTOP);
    // The files of a call are sent before it. These are more than the socket buffer holds.
    let parts = (0..400).map(|first| counted(first, 600)).collect();
    let batch = Batch { name: "b".into(), parts, slice: Cow::Borrowed(&[]), small: counted(7, 1) };
    let first = holder.batch(&batch, &[]);
    drop(batch);
    let calls: Vec<_> = (0..400).map(|first| (first, holder.sum_shared(counted(first, 600)))).collect();
    // The last handles are dropped already. The calls keep the files that they refer to.
    assert!(!holder.status().can_push);
    let (sender, receiver) = std::sync::mpsc::channel();
    let waiter = std::thread::spawn(move || {
        sender.send(own_thread_id()).expect("the receiver exists");
        first.wait()
    });
    let thread = receiver.recv().expect("its number");
    wait_for("the waiter sleeps", || is_asleep(std::process::id(), thread));
    // The child has no request that it could answer, so only the socket can wake the waiting
    // thread.
    send(pid, libc::SIGCONT);
    let holder = within(SOON, move || {
        let sums: Vec<_> = (0..400).map(|first| sum_of(first, 600)).chain([0, 7]).collect();
        assert_eq!(waiter.join().expect("no panic").expect("a result"), (sums, 0));
        for (first, call) in calls {
            assert_eq!(call.wait().expect("a result").0, sum_of(first, 600));
        }
        holder
    });
    wait_for("all are let go", || mappings(pid).is_empty());
    assert_eq!(holder.sum(&[1]).wait().expect("a result").0, 1);
}

#[test]
fn a_killed_child_leaves_shared_memory_intact() {
    let (holder, gate, shared) = (started(), Gate::new(), counted(0, 10_000));
    let call = holder.sum_at(shared.clone(), gate.path());
    gate.wait_until_reached();
    assert_eq!(mappings(holder.handle().pid()).len(), 1);
    holder.kill().expect("killed");
    assert!(call.wait().is_err());
    assert!(holder.sum_shared(shared.clone()).wait().is_err());
    let other = started();
    assert_eq!(other.sum(&shared).wait().expect("a result").0, sum_of(0, 10_000));
}

#[test]
fn other_serializers_write_the_elements() {
    let shared = counted(1, 100);
    let text = serde_json::to_string(&shared).expect("text");
    let back: Shared<[u64]> = serde_json::from_str(&text).expect("numbers");
    assert_eq!(back, shared);
    assert!(serde_json::from_str::<Shared<[u64]>>("[1, -1]").is_err());
}

#[test]
fn an_unknown_type_sees_a_list() {
    let holder = started();
    let shared = counted(0, 1000);
    assert_eq!(holder.untagged(holder::Either::Shared(shared.clone())).wait().expect("a result"), sum_of(0, 1000));
    let back = holder.any(shared).wait().expect("a result");
    assert_eq!(back.as_array().expect("a list").len(), 1000);
}

#[test]
fn shared_is_read_in_nested_objects() {
    let outer = HolderProxy::builder("outer").start().expect("a child starts");
    let shared = counted(2, 100_000);
    assert_eq!(outer.ask_another(shared.clone()).wait().expect("a result"), Ok(sum_of(2, 100_000)));
}
