//! Deltas: any instructions are applied or refused, and what is made of a base and a target makes the target.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stoa_git::{DeltaIndex, apply_delta, delta_sizes};

fuzz_target!(|data: &[u8]| {
    let Some((&[high, low], data)) = data.split_first_chunk::<2>() else { return };
    let (base, rest) = data.split_at(usize::from(u16::from_be_bytes([high, low])).min(data.len()));
    if let Ok(result) = apply_delta(base, rest, 1 << 20) {
        assert!(delta_sizes(rest) == Ok((base.len() as u64, result.len() as u64)));
        made(base, &result);
    }
    made(base, rest);
    made(rest, base);
});

fn made(base: &[u8], target: &[u8]) {
    let index = DeltaIndex::new(base);
    let Some(delta) = index.delta(target, usize::MAX) else { panic!("any size is allowed") };
    assert!(apply_delta(base, &delta, target.len() as u64).is_ok_and(|made| made == target));
    // No worse than inserting everything.
    assert!(delta.len() <= target.len() + target.len() / 127 + 1 + 20);
    for max in [target.len() / 2, delta.len(), delta.len() - 1] {
        assert!(index.delta(target, max).is_none_or(|delta| delta.len() <= max));
    }
}
