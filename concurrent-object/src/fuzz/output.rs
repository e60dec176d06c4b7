//! The target for what a child prints: frames of events between text, and the records in them.

use super::choices::Choices;
use super::runner::{Outcomes, Target, run};
use crate::process::output::forward::frames::{Frames, MARK, MAX_CONTENT, Part};
use crate::process::output::forward::record::{MAX_FIELDS, Record};
use crate::process::output::lines::Lines;

const OUTPUT: Target = Target { name: "output", share: 60, seeds, play };

fn seeds() -> Vec<Vec<u8>> {
    let record = [&[2, 0, 0, 0, 0, 0, 1, 0, b't', 2, 0, b'm', b'm', 0, 0, 0, 1, 0, b'f', 1, 0, b'v'][..]].concat();
    let frame = [MARK, &(record.len() as u16).to_le_bytes(), &record].concat();
    vec![[&[3][..], b"a line\n", &frame, b"another\n"].concat(), [&[200][..], &record].concat()]
}

#[test]
fn nothing_that_is_printed_is_lost_or_invented() {
    run(&OUTPUT);
}

fn play(input: &[u8], outcomes: &mut Outcomes) {
    let mut choices = Choices::new(input);
    let size = usize::from(choices.byte()).max(1);
    let printed = choices.rest();
    let (mut frames, mut lines, mut again, mut events) = (Frames::default(), Lines::with_marks(), Vec::new(), 0);
    let mut take = |part: Part<'_>| match part {
        Part::Text(text) => {
            lines.push(text);
            again.extend_from_slice(text);
        }
        Part::Event(content) => {
            assert!(content.len() <= MAX_CONTENT);
            lines.push_event(content);
            again.extend([MARK, &(content.len() as u16).to_le_bytes(), content].concat());
            events += 1;
        }
    };
    printed.chunks(size).for_each(|chunk| frames.push(chunk, &mut take));
    frames.end(&mut take);
    assert_eq!(again, printed, "the parts are what was printed");
    lines.end();
    let record = Record::decode(printed);
    assert!(record.as_ref().is_none_or(|record| record.fields.len() <= MAX_FIELDS));
    let is_same = record.as_ref().is_some_and(|record| Record::decode(&record.encode()).as_ref() == Some(record));
    assert!(is_same || record.as_ref().is_none_or(is_too_long), "{record:?}");
    outcomes.note((events.min(3), record.map(|record| record.fields.len())));
}

/// Whether the encoder would cut it. Replaced characters can make a text longer than it was.
fn is_too_long(record: &Record) -> bool {
    let texts = [&record.target, &record.message, &record.span].map(String::len);
    let fields: usize = record.fields.iter().map(|field| 5 + field.name.len() + field.value.len()).sum();
    texts[0] > 256 || texts[1] > 2048 || texts[2] > 1024 || 12 + texts.iter().sum::<usize>() + fields > MAX_CONTENT
}
