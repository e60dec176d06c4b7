//! Writes the items of a method that streams, while the method's iterator runs.
//!
//! Each item is encoded straight into the ring of bytes in the slot's output region. If it has raw
//! regions and does not fit where the ring continues, it is encoded again where it does. A child
//! without room sleeps on its request bell, as a child without requests does.
//!
//! Items stay in the first part of a large ring, the *window*: 1 MiB, or a few times their size.
//! Otherwise a stream of numbers would touch each page of a ring of 64 MiB, and each item would
//! come from main memory.
//!
//! Knows the ring, the reply ring and the cancel word. Knows no method: the caller passes its
//! iterator. Invariant: an item is published when it is completely written. A child that waits for
//! room ends its wait when the parent requests cancellation.

use super::outlet::Outlet;
use super::reply::{Answer, Reply};
use crate::memory::Region;
use crate::protocol::failure::Failure;
use crate::protocol::item::{ItemHead, raw_start};
use crate::transport::Transport;
use crate::transport::call_state::CallPhase;
use crate::transport::mapped::{Channel, Lease};
use crate::transport::spin::poll_for_a_while;
use crate::transport::steps::Steps;
use crate::wire::{Encoder, Extent, RawSink};

/// The least part of the ring in which items stay, in bytes.
const WINDOW: usize = 1 << 20;

impl Reply<'_> {
    /// Runs an iterator, and sends each item when it comes. Ends early if the parent requests
    /// cancellation. Blocks while the ring is full.
    pub fn stream<I: IntoIterator>(
        &mut self,
        items: I,
        mut write: impl FnMut(&I::Item, &mut Answer<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let (channel, lease, scratch, outlet) = self.for_items()?;
        if channel.is_relayed {
            let reason = "items do not go to another program; return a list, or start the object without `on`";
            return Err(Failure::Encode { reason: reason.into() });
        }
        let mut writer = ItemWriter { channel, lease, scratch, outlet, written: 0, read: 0, last: ItemHead::NONE };
        // Dropped before the reply is sent: it may borrow from the object.
        let mut items = items.into_iter();
        while !writer.is_told_to_end() {
            let Some(item) = items.next() else { break };
            if !writer.write(&mut |answer| write(&item, answer))? {
                break;
            }
        }
        drop(items);
        self.end_items();
        Ok(())
    }
}

/// Writes items into the ring of one slot.
struct ItemWriter<'r, 's> {
    channel: &'r Channel,
    lease: &'r mut Lease,
    scratch: &'r mut Vec<u8>,
    outlet: &'r mut Outlet<'s>,
    /// The position after the last item or marker.
    written: u64,
    /// How far the parent had read when this was last looked up.
    read: u64,
    /// The head of the last item.
    last: ItemHead,
}

type Write<'w> = dyn FnMut(&mut Answer<'_>) -> Result<(), Failure> + 'w;

impl ItemWriter<'_, '_> {
    /// Writes one item. Returns false if the parent requested cancellation before there was room.
    fn write(&mut self, write: &mut Write<'_>) -> Result<bool, Failure> {
        // Most items are as large as the one before. With room for that, they are encoded once.
        if self.last.has_raw() && !self.make_room(self.last) {
            return Ok(false);
        }
        loop {
            let (is_complete, extent) = self.encode(write)?;
            let head = self.head(extent)?;
            let fits = self.fits(head);
            self.last = head;
            if !fits && !self.make_room(head) {
                return Ok(false);
            }
            // Raw regions that were written at another place are written again.
            if !head.has_raw() || (fits && is_complete) {
                self.publish(head);
                return Ok(true);
            }
        }
    }

    /// Encodes an item: raw regions into the ring as far as there is room, the rest into the
    /// scratch. Returns whether there was room for all regions.
    fn encode(&mut self, write: &mut Write<'_>) -> Result<(bool, Extent), Failure> {
        let at = self.offset();
        let end = at + self.free().min(self.size() - at);
        self.scratch.clear();
        let limit = self.size() / 2;
        let region = self.channel.item_ring_region(self.lease);
        let mut sink = ItemSink { region, start: raw_start(at), end, limit, is_complete: true };
        let mut answer = Answer::over(Encoder::new(self.scratch, &mut sink));
        write(&mut answer)?;
        let extent = answer.finish();
        Ok((sink.is_complete, extent))
    }

    /// Returns the head of the encoded item, if the item is not too large.
    fn head(&self, extent: Extent) -> Result<ItemHead, Failure> {
        let limit = self.size() / 2;
        let head = ItemHead::new(self.scratch.len(), extent.raw_end);
        match head.filter(|head| extent.counted <= limit && head.place(0).end <= limit) {
            Some(head) => Ok(head),
            None => Err(Failure::ItemTooLarge { needed: extent.counted.max(limit + 1), limit }),
        }
    }

    /// Whether an item lies within the ring, the window and the free bytes if it is written now.
    fn fits(&self, head: ItemHead) -> bool {
        let (at, end) = (self.offset(), head.place(self.offset()).end);
        end <= self.end_for(head) && end - at <= self.free()
    }

    /// Waits until an item fits. Returns false if the parent requests cancellation meanwhile.
    fn make_room(&mut self, head: ItemHead) -> bool {
        while !self.fits(head) {
            let at = self.offset();
            let rest = self.size() - at;
            if head.place(at).end > self.end_for(head) && rest <= self.free() {
                self.region().write(at, &ItemHead::WRAP.to_bytes());
                self.written += rest as u64;
            } else if !self.wait_for_room() {
                return false;
            }
        }
        true
    }

    /// Waits until the parent has read further. Returns false if it requests cancellation.
    fn wait_for_room(&mut self) -> bool {
        let (channel, lines, entry) =
            (self.channel, self.channel.item_lines(self.outlet.entry.slot), self.outlet.entry);
        let ends = || {
            channel.cancel().is_requested(entry.call)
                || channel.state(entry.slot).phase_of(entry.call) != Some(CallPhase::Running)
        };
        let has_news = || lines.read() != self.read || ends();
        if !has_news() && !poll_for_a_while(has_news) {
            channel.sleep_unless(has_news, || {
                // After an error (out of memory, say) the caller's loop waits again.
                let _woken = channel.request_bell().wait(None, None);
            });
        }
        self.read = lines.read();
        !ends()
    }

    /// Writes the head and the structured part of an item that fits, and publishes it.
    fn publish(&mut self, head: ItemHead) {
        let place = head.place(self.offset());
        let (at, mut region) = (self.offset(), self.channel.item_ring_region(self.lease));
        region.write(place.structured, self.scratch);
        region.write(at, &head.to_bytes());
        self.written += (place.end - at) as u64;
        let Outlet { replies, notices, entry } = self.outlet;
        if self.channel.item_lines(entry.slot).publish(self.written) {
            notices.publish_items(self.channel, replies, entry.call);
        }
    }

    /// Whether the parent has requested cancellation.
    fn is_told_to_end(&self) -> bool {
        self.channel.cancel().is_requested(self.outlet.entry.call)
    }

    fn region(&mut self) -> Region<'_> {
        self.channel.item_ring_region(self.lease)
    }

    fn size(&self) -> usize {
        self.channel.places.item_ring_size
    }

    /// The offset of the next item.
    fn offset(&self) -> usize {
        self.written as usize & (self.size() - 1)
    }

    /// The bytes that the parent has read and that are not written again yet.
    fn free(&self) -> usize {
        self.size() - (self.written - self.read) as usize
    }

    /// Where the part of the ring ends in which this item may lie.
    fn end_for(&self, head: ItemHead) -> usize {
        // At least twice the item, so that an empty ring always has room for it.
        self.size().min((2 * head.place(0).end).next_power_of_two().max(WINDOW))
    }
}

/// Writes the raw regions of an item into the ring, as far as there is room.
struct ItemSink<'r> {
    region: Region<'r>,
    start: usize,
    end: usize,
    limit: usize,
    is_complete: bool,
}

impl RawSink for ItemSink<'_> {
    fn write(&mut self, offset: usize, bytes: &[u8]) {
        let at = self.start.saturating_add(offset);
        let has_room = at.checked_add(bytes.len()).is_some_and(|end| end <= self.end);
        self.is_complete &= has_room && self.region.write(at, bytes);
    }

    fn limit(&self) -> usize {
        self.limit
    }
}
