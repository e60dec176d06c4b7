//! Which host an object goes to: the less loaded of two that are drawn at random.
//!
//! The known name is "power of two choices": with the least loaded of all, each site of a realm would
//! choose the same host until that host's next report. Knows numbers only.
//! Invariant: a host that is full, or has no capacity, is never chosen.

/// A host as placement sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// The objects that it holds.
    pub objects: u32,
    /// The objects that it may hold.
    pub capacity: u32,
}

impl Load {
    fn has_room(self) -> bool {
        self.objects < self.capacity
    }

    /// Compares `objects / capacity` without dividing.
    fn is_below(self, other: Self) -> bool {
        u64::from(self.objects) * u64::from(other.capacity) < u64::from(other.objects) * u64::from(self.capacity)
    }
}

/// The position of the chosen host. `None` if none has room.
pub fn choose(loads: &[Load], mut draw: impl FnMut(usize) -> usize) -> Option<usize> {
    let open = (0..loads.len()).filter(|at| loads[*at].has_room()).collect::<Vec<_>>();
    if open.len() < 2 {
        return open.first().copied();
    }
    let first = draw(open.len());
    // Draws from the others, so that the two differ.
    let second = (first + 1 + draw(open.len() - 1)) % open.len();
    let (first, second) = (open[first], open[second]);
    Some(if loads[second].is_below(loads[first]) { second } else { first })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loads(pairs: &[(u32, u32)]) -> Vec<Load> {
        pairs.iter().map(|(objects, capacity)| Load { objects: *objects, capacity: *capacity }).collect()
    }

    #[test]
    fn full_hosts_are_never_chosen() {
        let hosts = loads(&[(8, 8), (3, 4), (0, 0), (9, 8)]);
        for _ in 0..100 {
            assert_eq!(choose(&hosts, |n| fastrand::usize(..n)), Some(1));
        }
        assert_eq!(choose(&loads(&[(1, 1)]), |_| 0), None);
        assert_eq!(choose(&[], |_| 0), None);
    }

    #[test]
    fn the_less_loaded_of_two_is_chosen_by_its_ratio() {
        let hosts = loads(&[(4, 8), (3, 4)]);
        for draw in [0, 1] {
            assert_eq!(choose(&hosts, |n| draw % n), Some(0), "4 of 8 is less than 3 of 4");
        }
    }

    #[test]
    fn each_host_with_room_can_be_chosen() {
        let hosts = loads(&[(0, 4), (0, 4), (0, 4)]);
        let mut seen = [false; 3];
        for _ in 0..1000 {
            seen[choose(&hosts, |n| fastrand::usize(..n)).expect("all have room")] = true;
        }
        assert_eq!(seen, [true; 3]);
    }
}
