//! Random sharing among several objects. The results must be the expected sums.

use concurrent_object::{Call, Shared};
use concurrent_object_tests::deadline::wait_for;
use concurrent_object_tests::random::Random;

use crate::holder::{HolderProxy, mappings};

/// A handle, and the sum of the numbers that it must show.
struct Known {
    shared: Shared<[u64]>,
    sum: u64,
}

fn known(shared: Shared<[u64]>) -> Known {
    let sum = shared.iter().sum();
    Known { shared, sum }
}

/// Calls whose results are not checked yet, each with its expected sum.
#[derive(Default)]
struct Open {
    sums: Vec<(Call<(u64, usize)>, u64)>,
    parts: Vec<(Call<Shared<[u64]>>, u64)>,
}

impl Open {
    fn check_all(&mut self) -> Vec<Known> {
        for (call, sum) in self.sums.drain(..) {
            assert_eq!(call.wait().expect("a result").0, sum);
        }
        let parts = self.parts.drain(..).map(|(call, sum)| {
            let known = known(call.wait().expect("a result"));
            assert_eq!(known.sum, sum);
            known
        });
        parts.collect()
    }
}

#[test]
fn random_sharing_yields_correct_sums() {
    let mut random = Random::new();
    let mut holders: Vec<HolderProxy> =
        (0..3).map(|_| HolderProxy::builder("holder").slots(3).start().expect("a child starts")).collect();
    let (mut kept, mut open): (Vec<Known>, Open) = (Vec::new(), Open::default());
    for _ in 0..2000 {
        let holder = &holders[random.below(3)];
        let some = (!kept.is_empty()).then(|| random.below(kept.len()));
        match (random.below(9), some) {
            (0, _) | (_, None) => {
                let len = random.below(2000);
                let made =
                    Shared::filled(len, |numbers| numbers.iter_mut().for_each(|number| *number = random.any() >> 20));
                kept.push(known(made.expect("there is room")));
            }
            (1, _) => {
                let (first, len) = (random.any() >> 32, random.below(2000));
                let call = holder.make(first, len);
                kept.push(known(call.wait().expect("a result")));
            }
            (2, Some(at)) => {
                let one = &kept[at].shared;
                let from = random.below(one.len() + 1);
                kept.push(known(one.part(from..)));
            }
            (3, Some(at)) => open.sums.push((holder.sum(&kept[at].shared), kept[at].sum)),
            (4, Some(at)) => open.sums.push((holder.sum_shared(kept[at].shared.clone()), kept[at].sum)),
            (5, Some(at)) => open.parts.push((holder.part_of(kept[at].shared.clone(), 0), kept[at].sum)),
            (6, Some(at)) => drop(kept.swap_remove(at)),
            (7, _) => kept.extend(open.check_all()),
            _ if random.below(50) == 0 => {
                let at = random.below(3);
                open.check_all();
                holders[at] = HolderProxy::builder("holder").slots(3).start().expect("a child starts");
            }
            _ => drop(holder.part_of(kept[some.unwrap_or(0)].shared.clone(), 0)),
        }
    }
    open.check_all();
    assert!(kept.iter().all(|known| known.shared.iter().sum::<u64>() == known.sum));
    drop(kept);
    wait_for("the children let go of all", || {
        // Calls without a waiting thread keep their files until the next operation on the object.
        holders.iter().for_each(|holder| _ = holder.status());
        holders.iter().all(|holder| mappings(holder.handle().pid()).is_empty())
    });
}
