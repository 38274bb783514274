// SPDX-License-Identifier: Apache-2.0

// Prints what five libraries and a function in C make of one argument.
use either::Either;
use smallvec::SmallVec;
use std::hash::Hasher;

extern "C" {
    fn twice(n: u32) -> u32;
}

fn main() {
    let text = std::env::args().nth(1).unwrap_or_else(|| "world".to_string());
    let bytes: SmallVec<[u8; 16]> = SmallVec::from_slice(text.as_bytes());
    let mut hash = fnv::FnvHasher::default();
    let mut digits = itoa::Buffer::new();
    let length: Either<usize, usize> = Either::Left(bytes.len());

    hash.write(&bytes);
    println!(
        "{} {:x} {}",
        hex::encode(&bytes),
        hash.finish(),
        digits.format(unsafe { twice(length.into_inner() as u32) })
    );
}
