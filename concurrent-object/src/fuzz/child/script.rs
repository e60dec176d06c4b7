//! Plays a script: each step is something that the parent asks for, or that its child does.

use std::collections::BTreeMap;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::Ordering;

use super::judge::{Asked, Expected, Judge, Scene, SentFile, Verdict, read};
use super::replies::{in_region, odd_entry, odd_words, short};
use crate::error::CallError;
use crate::fuzz::choices::Choices;
use crate::fuzz::runner::Outcomes;
use crate::memory::sealed::Unsealed;
use crate::parent::object::tests::player::{Player, SLOTS};
use crate::process::fd_socket;
use crate::protocol::notice::FULL;
use crate::protocol::tag::SKIPPED;
use crate::transport::Transport;
use crate::transport::ring::{Entry, InlinePayload, NOTICE};

/// The most calls that are not taken at a time.
const MAX_CALLS: usize = 9;

thread_local! {
    /// A shared file, and one that a child could still write.
    static FILES: [OwnedFd; 2] = [true, false].map(|is_sealed| {
        let file = Unsealed::new("test").expect("a memory file");
        file.write(0, &[7; 64]).expect("written");
        let again = file.as_fd().try_clone_to_owned().expect("a descriptor");
        if is_sealed { file.seal().expect("sealed") } else { again }
    });
}

pub(crate) fn play(input: &[u8], outcomes: &mut Outcomes) {
    let mut stage = Stage { player: Player::ready(), judge: Judge::new(), written: BTreeMap::new(), is_unsure: false };
    let mut choices = Choices::new(input);
    while !choices.is_empty() {
        let step = choices.byte() % 16;
        let verdict = stage.step(step, &mut choices);
        let has_ended = stage.has_ended();
        outcomes.note((step, verdict, has_ended));
        match verdict {
            Some(Verdict::Broken) => assert!(has_ended, "step {step}: what no sound child does is accepted"),
            Some(Verdict::Sound) if !stage.is_unsure => assert!(!has_ended, "step {step}: a sound child is ended"),
            Some(Verdict::Sound) | None => {}
        }
        if has_ended || step == 15 {
            break;
        }
    }
    stage.take_all();
}

struct Stage {
    player: Player,
    judge: Judge,
    /// What was written into the output regions, by slot and offset. The rest is zero.
    written: BTreeMap<(u16, usize), u8>,
    /// Whether the supervisor thread may end the object at any time, since it finds a state that a
    /// call cannot be in, or a call that runs before an earlier one.
    is_unsure: bool,
}

impl Stage {
    fn step(&mut self, step: u8, choices: &mut Choices<'_>) -> Option<Verdict> {
        let call = self.choose(choices);
        let verdict = match (step, call) {
            (0 | 1, _) if self.judge.calls.len() < MAX_CALLS => {
                let key = self.player.call(u64::from(choices.byte()));
                self.judge.ask(key);
                Some(Verdict::Sound)
            }
            (10, Some((asked, _))) if asked.outcome.is_some() => self.take(asked),
            (11, Some((asked, entry))) => {
                let word = self.player.channel.state(entry.slot).0.load(Ordering::SeqCst);
                self.player.object.cancel(asked.key);
                Some(self.judge.cancel(entry.call, word))
            }
            (12, _) => {
                let notice = if choices.flag() { choices.number(FULL) >> 13 } else { FULL };
                self.publish(Entry { slot: NOTICE, call: notice }, [0; 7])
            }
            (15, _) => {
                self.die();
                None
            }
            (_, Some((asked, entry))) => self.act(step, asked, entry, choices),
            _ => Some(Verdict::Sound),
        };
        drop(self.player.object.poll());
        while let Some((entry, _)) = self.player.find_request() {
            self.judge.note_request(entry);
        }
        verdict
    }

    /// The child does something about a call.
    fn act(&mut self, step: u8, asked: Asked, entry: Entry, choices: &mut Choices<'_>) -> Option<Verdict> {
        match step {
            2 | 3 if asked.outcome.is_none() => {
                self.player.channel.state(entry.slot).start(entry.call);
                let is_before = |(&call, asked): (&u64, &Asked)| call < entry.call && asked.outcome.is_none();
                self.is_unsure |= self.judge.calls.iter().any(is_before);
            }
            4 | 5 => return self.answer(entry, short(choices.word()), true),
            6 => {
                // A child may change a result until it is read. The judge knows the first one only.
                let is_unread = asked.outcome.is_some();
                let words = if is_unread { in_region(0) } else { self.write_long(entry.slot, choices) };
                return self.answer(entry, words, true);
            }
            7 => {
                let words = odd_words(choices, self.player.channel.places.output_region_size);
                return self.answer(entry, words, choices.flag());
            }
            8 => {
                let entry = odd_entry(choices, entry);
                let words = if choices.flag() { short(7) } else { [u64::from(SKIPPED), 0, 0, 0, 0, 0, 0] };
                return self.publish(entry, words);
            }
            9 => {
                let word = choices.number(entry.call << 3);
                self.player.channel.state(entry.slot).0.store(word, Ordering::SeqCst);
                self.is_unsure |= asked.outcome.is_none();
            }
            13 => self.send_file(entry, choices),
            14 => self.scribble(choices),
            _ => {}
        }
        Some(Verdict::Sound)
    }

    fn has_ended(&self) -> bool {
        let state = self.player.object.poll();
        state.phase.broken().is_some() || state.phase.has_ended()
    }

    /// A call, and the entry of it.
    fn choose(&self, choices: &mut Choices<'_>) -> Option<(Asked, Entry)> {
        let seen: Vec<_> = self.judge.calls.values().filter_map(|asked| Some((*asked, asked.slot?))).collect();
        let (asked, slot) = *seen.get(choices.below(seen.len().max(1)))?;
        Some((asked, Entry { slot, call: asked.key.call }))
    }

    /// Answers a call, with its state word if the call runs and `is_noted`.
    fn answer(&mut self, entry: Entry, words: InlinePayload, is_noted: bool) -> Option<Verdict> {
        let places = self.player.channel.answer(entry.slot).iter();
        places.zip(words).for_each(|(place, word)| place.store(word, Ordering::Relaxed));
        if is_noted {
            self.player.channel.state(entry.slot).answer(entry.call);
        }
        self.publish(entry, words)
    }

    fn publish(&mut self, entry: Entry, words: InlinePayload) -> Option<Verdict> {
        let verdict = self.judged(entry.slot, |judge, scene| judge.publish(entry, &words, scene));
        self.player.prepare(words);
        self.player.publish(entry);
        Some(verdict)
    }

    fn judged<R>(&mut self, slot: u16, judge: impl FnOnce(&mut Judge, &Scene<'_>) -> R) -> R {
        let at = if usize::from(slot) < SLOTS { slot } else { 0 };
        let state = self.player.channel.state(at).0.load(Ordering::SeqCst);
        let written = &self.written;
        let byte = |at| written.get(&(slot, at)).copied().unwrap_or(0);
        let value_at = |at: usize| u64::from_ne_bytes(std::array::from_fn(|byte_of| byte(at + byte_of)));
        let region_size = self.player.channel.places.output_region_size;
        judge(&mut self.judge, &Scene { state, region_size, value_at: &value_at })
    }

    /// Writes a value into the output region, at its begin or close to its end.
    fn write_long(&mut self, slot: u16, choices: &mut Choices<'_>) -> InlinePayload {
        let size = self.player.channel.places.output_region_size;
        let at = if choices.flag() { size - 8 - choices.below(9) } else { choices.below(200) };
        let bytes = choices.word().to_ne_bytes();
        self.player.write_output_at(slot, at, &bytes);
        self.written.extend((at..).zip(bytes).map(|(at, byte)| ((slot, at), byte)));
        in_region(at)
    }

    fn send_file(&mut self, entry: Entry, choices: &mut Choices<'_>) {
        let kind = choices.below(8);
        let call = if kind == 7 { entry.call.wrapping_add(choices.word()) } else { entry.call };
        let (has_file, is_sealed) = (kind != 6, kind != 5);
        let file = SentFile { call, position: choices.number(0) % 4, has_file, is_sealed };
        FILES.with(|files| {
            let descriptor = files[usize::from(!is_sealed)].as_fd();
            let sent = fd_socket::send(&self.player.socket, [call, file.position], has_file.then_some(descriptor));
            if sent.expect("sent") == fd_socket::Sent::Yes {
                self.judge.files.push_back(file);
            }
        });
    }

    /// Writes words that decide nothing about calls.
    fn scribble(&mut self, choices: &mut Choices<'_>) {
        let (slot, word) = (choices.below(SLOTS) as u16, choices.number(2));
        let channel = &self.player.channel;
        match choices.below(7) {
            0 => channel.parent_sleep().0.store(word, Ordering::SeqCst),
            1 => channel.child_sleep().0.store(word, Ordering::SeqCst),
            2 => channel.acknowledged().store(word, Ordering::SeqCst),
            3 => channel.unsaved().store(word, Ordering::SeqCst),
            4 => channel.crash_note().0[choices.below(4)].store(word, Ordering::SeqCst),
            5 => channel.started_at(slot).store(word, Ordering::SeqCst),
            _ => {
                channel.progress(slot).0[choices.below(7)].store(word, Ordering::SeqCst);
                let call = self.judge.calls.keys().next().copied().unwrap_or(1);
                let read = self.player.object.progress_of(call);
                assert!(read.is_none_or(|(bytes, len)| len <= bytes.len()));
            }
        }
    }

    /// Takes the outcome of a settled call, and compares it. Returns `None` if the object may end.
    fn take(&mut self, asked: Asked) -> Option<Verdict> {
        let outcome = self.player.outcome::<u64>(asked.key);
        match self.judge.take(asked.key.call)? {
            Expected::Value(value) => {
                assert_eq!(outcome.expect("a value was written"), value);
                Some(Verdict::Sound)
            }
            Expected::Undecodable => {
                assert!(matches!(outcome, Err(CallError::Protocol { .. })), "no value was written: {outcome:?}");
                Some(Verdict::Broken)
            }
            Expected::Failure => {
                assert!(outcome.is_err(), "no value was written: {outcome:?}");
                None
            }
            Expected::Cancelled => {
                assert!(matches!(outcome, Err(CallError::Cancelled { .. })), "it was cancelled: {outcome:?}");
                Some(Verdict::Sound)
            }
        }
    }

    /// The process dies. What it has answered, though not published, is a result.
    fn die(&mut self) {
        self.player.die();
        let unsettled: Vec<_> = self.judge.calls.values().filter(|asked| asked.outcome.is_none()).copied().collect();
        for asked in unsettled {
            let found = self.player.outcome::<u64>(asked.key);
            self.judge.calls.remove(&asked.key.call);
            let Some(slot) = asked.slot else {
                assert!(found.is_err(), "it was never sent: {found:?}");
                continue;
            };
            let words: Vec<_> =
                self.player.channel.answer(slot).iter().map(|word| word.load(Ordering::Relaxed)).collect();
            let words: InlinePayload = words.try_into().expect("seven words");
            let is_answered = |state: u64| state == asked.key.call << 3 | 2;
            let said = self.judged(slot, |_, scene| read(&words, scene).filter(|_| is_answered(scene.state)));
            if let Ok(found) = found {
                assert_eq!(said, Some(Expected::Value(found)), "no such value was written");
            }
        }
    }

    /// Takes all outcomes of calls that must have one.
    fn take_all(mut self) {
        let has_ended = self.has_ended();
        let calls: Vec<_> = self.judge.calls.values().copied().collect();
        for asked in calls {
            match asked.outcome {
                Some(_) => drop(self.take(asked)),
                None if has_ended => {
                    let found = self.player.outcome::<u64>(asked.key);
                    assert!(found.is_err(), "no value was accepted: {found:?}");
                }
                None => {}
            }
        }
    }
}
